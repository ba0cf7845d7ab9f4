"""The text of a rule document: YAML in, nodes out, every problem with its place; the only reader of YAML.

PyYAML is used for its events alone: they carry line and column, and nothing is built, resolved or guessed on the way.
What YAML offers beyond plain data (anchors, aliases, tags, keys that are not text) is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import yaml

from rewards.rulelang import limits
from rewards.rulelang.diagnostics import Diagnostic, Report, in_order
from rewards.rulelang.nodes import Counting, Rule, Span
from rewards.rulelang.reading.rules import read_documents
from rewards.rulelang.reading.tree import Block, Entry, Items, Text, Tree
from rewards.rulelang.wording.syntax import syntax_problem

Places = dict[tuple[Span, str], Span]
"""(span of a node, key) to the span of that key's value."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a document says.

    `rules` are whole. `unfinished` are rules with an error, without their faulty parts: the checker looks at them too,
    so that one round finds every problem, and nothing else may use them. `countings` by name. `places` let the
    checker point at a value inside a node.
    """

    rules: tuple[Rule, ...]
    countings: dict[str, Counting]
    diagnostics: tuple[Diagnostic, ...]
    unfinished: tuple[Rule, ...] = ()
    places: Places = field(default_factory=dict, repr=False)


def load(text: str, *, filename: str = "") -> Parsed:
    """The rules of a text.

    In:     YAML: one document or several; each is a rule, or a `countings:` mapping. `filename` goes into diagnostics.
    Out:    what could be read, and every problem in the order of the text.
    Errors: none is raised; a text of any kind gives diagnostics.
    """
    report = Report(filename)
    trees = compose(text, report)
    rules, unfinished, countings = read_documents(trees, report)
    if not trees and not report.errors:
        report.add("document_empty", Span(1, 1, 1, 1))
    return Parsed(rules, countings, in_order(report.diagnostics), unfinished, report.places)


def compose(text: str, report: Report) -> list[Tree]:
    """The trees of a YAML text, one for each document that holds anything; problems are noted in the report.

    After text that is not YAML nothing more can be read, but what stood before it is kept.
    """
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > limits.MAX_DOCUMENT_BYTES:
        report.add("document_too_long", Span(1, 1, 1, 1), size=size, most=limits.MAX_DOCUMENT_BYTES)
        return []
    fast = _composed_fast(text, report)
    return _composed(text, report) if fast is None else fast


def _composed(text: str, report: Report) -> list[Tree]:
    builder = _Builder(report)
    try:
        builder.take_all(yaml.parse(text, Loader=yaml.SafeLoader))
    except yaml.MarkedYAMLError as error:
        _refuse_syntax(error, report)
    except yaml.reader.ReaderError as error:
        _refuse_character(error, text, report)
    return builder.documents


def _composed_fast(text: str, report: Report) -> list[Tree] | None:
    """The same by libyaml, None where it cannot be had or might answer otherwise.

    It is some twenty times as fast, but takes a few texts that PyYAML refuses and words complaints in its own way. It
    reads what the two read alike; all else, and whatever it refuses, goes to PyYAML, so that the answer never depends
    on whether it is installed. Events are taken as they come: both are slow on depths that a maximum cuts off.
    """
    if _FAST is None or _READ_DIFFERENTLY.search(text):
        return None
    trial = Report(report.filename)
    builder = _Builder(trial)
    try:
        builder.take_all(yaml.parse(text, Loader=_FAST))
    except (yaml.YAMLError, UnicodeEncodeError):
        return None
    report.take_over(trial)
    return builder.documents


_FAST: Any = getattr(yaml, "CSafeLoader", None)
_READ_DIFFERENTLY = re.compile("[\t|>&*!\ufeff]|\\?\\s")


def _refuse_syntax(error: yaml.MarkedYAMLError, report: Report) -> None:
    complaint = error.problem or ""
    # What is never closed is best shown where it opens, not at the end of the text.
    mark = error.context_mark if "end of stream" in complaint else error.problem_mark
    line, column, _ = _mark(mark or error.problem_mark)
    problem, advice = syntax_problem(complaint)
    report.add("yaml_syntax", Span(line, column, line, column + 1), problem=problem, advice=advice)


def _refuse_character(error: yaml.reader.ReaderError, text: str, report: Report) -> None:
    before = text[: error.position]
    line = before.count("\n") + 1
    column = error.position - (before.rfind("\n") + 1) + 1
    code = error.character if isinstance(error.character, int) else ord(error.character[:1] or "\0")
    report.add("character_refused", Span(line, column, line, column + 1), character=f"U+{code:04X}")


@dataclass(slots=True)
class _Open:
    """A list or mapping that is being read: its children so far; for a mapping keys and values by turns."""

    event: yaml.Event
    children: list[Tree] = field(default_factory=list)


class _Builder:
    """Builds trees from events without recursion, so that no depth of text can exhaust the stack."""

    def __init__(self, report: Report) -> None:
        self.documents: list[Tree] = []
        self._report = report
        self._open: list[_Open] = []
        self._nodes = 0

    def take_all(self, events: Iterable[yaml.Event]) -> None:
        """Takes events until they end or the text is past a maximum."""
        for event in events:
            if not self._take(event):
                return

    def _take(self, event: yaml.Event) -> bool:
        if isinstance(event, yaml.NodeEvent):
            self._refuse_extras(event)
            self._nodes += 1
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event, _span(event))
        elif isinstance(event, yaml.AliasEvent):
            self._report.mute(_span(event))
            self._place(Text("", False, _span(event)))
        elif isinstance(event, yaml.CollectionStartEvent):
            self._open.append(_Open(event))
        elif isinstance(event, yaml.CollectionEndEvent):
            self._close(event)
        return self._within_limits(event)

    def _within_limits(self, event: yaml.Event) -> bool:
        if len(self._open) > limits.MAX_DEPTH:
            self._report.add("too_deep", _span(event), most=limits.MAX_DEPTH)
            return False
        if self._nodes > limits.MAX_TREE_NODES:
            self._report.add("too_many_nodes", _span(event), most=limits.MAX_TREE_NODES)
            return False
        return True

    def _refuse_extras(self, event: yaml.NodeEvent) -> None:
        if event.anchor is not None:
            mark = "*" if isinstance(event, yaml.AliasEvent) else "&"
            self._report.add("anchor_refused", _span(event), text=f"{mark}{event.anchor}")
        tag = getattr(event, "tag", None)
        if tag is not None:
            self._report.add("tag_refused", _span(event), text=tag.replace("tag:yaml.org,2002:", "!!"))

    def _scalar(self, event: yaml.ScalarEvent, span: Span) -> None:
        value = event.value
        if not value and not event.style:
            span = self._after_key() or span
        if len(value) > limits.MAX_SCALAR_CHARACTERS:
            most = limits.MAX_SCALAR_CHARACTERS
            self._report.add("text_too_long", span, size=len(value), most=most)
            value = value[:most]
        self._place(Text(value, not event.style, span))

    def _after_key(self) -> Span | None:
        """Where a value that was not written would begin: right after its key's colon."""
        opened = self._open[-1] if self._open else None
        if opened is None or not isinstance(opened.event, yaml.MappingStartEvent) or len(opened.children) % 2 == 0:
            return None
        key = opened.children[-1].span
        return Span(key.end_line, key.end_column + 1, key.end_line, key.end_column + 1)

    def _place(self, tree: Tree) -> None:
        if self._open:
            self._open[-1].children.append(tree)
        elif not (isinstance(tree, Text) and tree.empty):
            self.documents.append(tree)

    def _close(self, event: yaml.Event) -> None:
        opened = self._open.pop()
        children = opened.children
        span = _enclosing(opened.event, event, children)
        if isinstance(event, yaml.SequenceEndEvent):
            self._place(Items(tuple(children), span))
        else:
            self._place(Block(self._entries(children), span))

    def _entries(self, children: list[Tree]) -> tuple[Entry, ...]:
        entries: dict[str, Entry] = {}
        for key, value in zip(children[::2], children[1::2], strict=True):
            if not isinstance(key, Text):
                self._report.add("key_not_text", key.span)
            elif key.text in entries:
                first = entries[key.text].key.span.line
                self._report.add("key_repeated", key.span, key=key.text, line=first)
            else:
                entries[key.text] = Entry(key, value)
        return tuple(entries.values())


def _span(event: yaml.Event) -> Span:
    (line, column, _), (end_line, end_column, _) = _marks(event)
    return Span(line, column, end_line, end_column)


def _marks(event: yaml.Event) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    """Line, column (1-based) and index of the start and the end."""
    return _mark(event.start_mark), _mark(event.end_mark)


def _mark(mark: Any) -> tuple[int, int, int]:
    # Either of PyYAML's two marks, which share no type; None only for errors outside the text.
    return (mark.line + 1, mark.column + 1, mark.index) if mark is not None else (1, 1, 0)


def _enclosing(opening: yaml.Event, closing: yaml.Event, children: list[Tree]) -> Span:
    """From the first character to the last; a block without brackets ends with its last child, not with the page."""
    start, (close, end) = _marks(opening)[0], _marks(closing)
    if close[2] == end[2] and children:
        last = children[-1].span
        return Span(start[0], start[1], last.end_line, last.end_column)
    return Span(start[0], start[1], end[0], end[1])
