"""Reading a mapping by its keys: unknown and missing ones are noted, values go to the reader of their type."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TypeVar

from rewards.rulelang import limits
from rewards.rulelang.diagnostics import Report
from rewards.rulelang.facts import is_influence
from rewards.rulelang.nodes import Span
from rewards.rulelang.reading.tree import Block, Items, Text, Tree, found
from rewards.rulelang.wording.entry import Piece
from rewards.rulelang.wording.phrases import suggestion

T = TypeVar("T")
Default = TypeVar("Default")
Reader = Callable[[Tree, Piece, Report], "T | None"]
"""Reads one value. The piece names the value in sentences; None means that a problem was noted."""


class Fields:
    """The entries of one mapping.

    Reading a key notes where its value stands, under `span`, for checks that come later.
    """

    def __init__(self, block: Block, known: Collection[str], what: Piece, report: Report) -> None:
        self.span: Span = block.span
        self._values = {entry.key.text: entry.value for entry in block.entries}
        self._what = what
        self._report = report
        _refuse_unknown(block, known, what, report)

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def refuse_empty(self, keys: Collection[str]) -> None:
        """Notes a mapping in which none of these keys stands."""
        if not self.present(keys):
            self._report.add("mapping_empty", _head(self.span), what=self._what, keys=", ".join(keys))

    def present(self, keys: Collection[str]) -> list[str]:
        """Those of `keys` that stand in the mapping, in the order of the text."""
        return [key for key in self._values if key in keys]

    def tree(self, key: str) -> Tree | None:
        """What stands at a key, None where the key is absent."""
        value = self._values.get(key)
        if value is not None:
            self._report.places[self.span, key] = value.span
        return value

    def place(self, key: str) -> Span:
        """Where the value of a key stands; the whole mapping where the key is absent."""
        tree = self.tree(key)
        return self.span if tree is None else tree.span

    def need(self, key: str) -> Tree | None:
        """As `tree`, noting a missing key."""
        value = self.tree(key)
        if value is None:
            self._report.add("key_missing", _head(self.span), what=self._what, key=key)
        return value

    def read(self, key: str, reader: Reader[T], default: Default) -> T | Default:
        """The value of an optional key, `default` where it is absent or wrong."""
        tree = self.tree(key)
        value = reader(tree, f"“{key}”", self._report) if tree is not None else None
        return default if value is None else value

    def read_needed(self, key: str, reader: Reader[T], default: Default) -> T | Default:
        """As `read`, noting a missing key."""
        self.need(key)
        return self.read(key, reader, default)


def _refuse_unknown(block: Block, known: Collection[str], what: Piece, report: Report) -> None:
    for entry in block.entries:
        key = entry.key.text
        if key in known:
            continue
        if is_influence(key):
            report.add("influence_refused", entry.key.span, name=key)
        else:
            report.add("key_unknown", entry.key.span, what=what, key=key, suggestion=suggestion(key, known))


def _head(span: Span) -> Span:
    """The first line of a span: a caret under a whole rule would underline the page."""
    if span.end_line == span.line:
        return span
    return Span(span.line, span.column, span.line, span.column + 1)


def block_of(tree: Tree, what: Piece, example: str, report: Report) -> Block | None:
    """The mapping that stands there, None where something else does."""
    if isinstance(tree, Block):
        return tree
    report.add("mapping_expected", tree.span, what=what, found=found(tree), example=example)
    return None


def items_of(tree: Tree, what: Piece, example: str, report: Report, *, most: int) -> tuple[Tree, ...]:
    """The entries of a list of 1 to `most`, empty where it is none."""
    if not isinstance(tree, Items):
        report.add("list_expected", tree.span, what=what, found=found(tree), example=example)
        return ()
    if not tree.items:
        report.add("list_empty", tree.span, what=what)
    if len(tree.items) > most:
        report.add("list_too_long", _head(tree.span), what=what, size=len(tree.items), most=most)
        return ()
    return tree.items


def one_or_more(tree: Tree, what: Piece, report: Report, most: int = limits.MAX_LIST_ITEMS) -> tuple[Tree, ...]:
    """The entries of a list, or the single value that stands in its place."""
    if isinstance(tree, Text):
        return (tree,)
    return items_of(tree, what, "[one, another]", report, most=most)


def list_or_one(tree: Tree, what: Piece, report: Report, *, most: int) -> tuple[Tree, ...]:
    """The entries of a list, or whatever stands in its place, for its own reader to judge."""
    return items_of(tree, what, "[one, another]", report, most=most) if isinstance(tree, Items) else (tree,)


def text_of(tree: Tree, what: Piece, example: str, report: Report) -> Text | None:
    """The scalar that stands there, None where it is empty or something else."""
    if not isinstance(tree, Text):
        report.add("value_expected", tree.span, what=what, found=found(tree), example=example)
        return None
    if tree.empty:
        report.add("value_missing", tree.span, what=what)
        return None
    return tree
