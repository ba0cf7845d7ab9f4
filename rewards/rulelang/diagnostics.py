"""What is wrong with a document, as data and as text with a caret.

A diagnostic is made from its code: the wording stands in `wording`, one entry a code, so nothing is ever found by
searching a message. A `Report` collects the problems of one file; readers go on after each, so that all are reported
at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from rewards.rulelang import limits
from rewards.rulelang.nodes import NOWHERE, Span
from rewards.rulelang.wording import WORDING, Phrase, Piece


class Severity(StrEnum):
    """Errors publish nothing; warnings are shown and may be published."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem of a document.

    `code` is stable; `span` says where (line 0: nowhere in particular, such as a missing file); `message` is a whole
    sentence with the value that was wrong, `hint` what would be right, both English; `dutch` is both in Dutch.
    """

    code: str
    severity: Severity
    span: Span
    message: str
    hint: str
    filename: str = ""
    dutch: tuple[str, str] = field(default=("", ""), compare=False, repr=False)

    def in_language(self, language: str) -> tuple[str, str]:
        """The message and the hint in `en` or `nl`; any other language reads English."""
        return self.dutch if language == "nl" else (self.message, self.hint)

    def to_json(self, language: str = "en") -> dict[str, object]:
        """The diagnostic as JSON types: code, severity, message, hint, file, line, column, end_line, end_column."""
        message, hint = self.in_language(language)
        return {
            "code": self.code,
            "severity": str(self.severity),
            "message": message,
            "hint": hint,
            "file": self.filename,
            "line": self.span.line,
            "column": self.span.column,
            "end_line": self.span.end_line,
            "end_column": self.span.end_column,
        }


def make(code: str, span: Span = NOWHERE, filename: str = "", **values: Piece) -> Diagnostic:
    """The diagnostic of a code; `values` fill its wording. KeyError for a code or a value that the wording lacks."""
    wording = WORDING[code]
    english = {name: value.en if isinstance(value, Phrase) else value for name, value in values.items()}
    dutch = {name: value.nl if isinstance(value, Phrase) else value for name, value in values.items()}
    return Diagnostic(
        code,
        Severity.WARNING if wording.warning else Severity.ERROR,
        span,
        wording.en.format(**english),
        wording.en_hint.format(**english),
        filename,
        (wording.nl.format(**dutch), wording.nl_hint.format(**dutch)),
    )


class Report:
    """The problems of one file while it is read, and where the values of its nodes stood.

    `places` maps (span of a node, key) to the span of that key's value, so that a check on nodes can point precisely.
    """

    def __init__(self, filename: str = "") -> None:
        self.filename = filename
        self.diagnostics: list[Diagnostic] = []
        self.places: dict[tuple[Span, str], Span] = {}
        self._errors = 0
        self._faulty_lines: set[int] = set()
        self._muted: set[Span] = set()

    def add(self, code: str, span: Span, /, **values: Piece) -> None:
        """Notes a problem; past `limits.MAX_DIAGNOSTICS` it is only counted."""
        if span in self._muted:
            return
        diagnostic = make(code, span, self.filename, **values)
        if diagnostic.severity is Severity.ERROR:
            self._errors += 1
            self._faulty_lines.add(span.line)
        if len(self.diagnostics) < limits.MAX_DIAGNOSTICS:
            self.diagnostics.append(diagnostic)

    def mute(self, span: Span) -> None:
        """Notes nothing more about exactly this place: what stands there was refused already."""
        self._muted.add(span)

    def take_over(self, other: Report) -> None:
        """Notes all that another report of the same file has noted."""
        self.diagnostics += other.diagnostics[: max(0, limits.MAX_DIAGNOSTICS - len(self.diagnostics))]
        self.places |= other.places
        self._errors += other._errors
        self._faulty_lines |= other._faulty_lines
        self._muted |= other._muted

    @property
    def errors(self) -> int:
        """How many errors were noted so far."""
        return self._errors

    def faulty(self, span: Span) -> bool:
        """Whether an error was noted on one of the lines of a span."""
        return any(line in self._faulty_lines for line in range(span.line, span.end_line + 1))


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Whether any of them is an error."""
    return any(diagnostic.severity is Severity.ERROR for diagnostic in diagnostics)


def in_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The diagnostics by file, line and column, each once."""
    return tuple(sorted(dict.fromkeys(diagnostics), key=_place))


def _place(diagnostic: Diagnostic) -> tuple[str, int, int, str]:
    return diagnostic.filename, diagnostic.span.line, diagnostic.span.column, diagnostic.code


def render(diagnostic: Diagnostic, text: str, language: str = "en") -> str:
    """The diagnostic for a terminal: where, what, the line with carets under the span, and the hint.

    `text` is the document the span is of. Ends without a newline.
    """
    message, hint = diagnostic.in_language(language)
    head = f"{_location(diagnostic)}{diagnostic.severity}: {message} [{diagnostic.code}]"
    return "\n".join([head, *_excerpt(diagnostic.span, text), *([f"  = {hint}"] if hint else [])])


def render_all(diagnostics: Iterable[Diagnostic], text: str, language: str = "en") -> str:
    """All diagnostics of one document, an empty line between them."""
    return "\n\n".join(render(diagnostic, text, language) for diagnostic in diagnostics)


def _location(diagnostic: Diagnostic) -> str:
    parts = [diagnostic.filename] if diagnostic.filename else []
    if diagnostic.span.line:
        parts += [str(diagnostic.span.line), str(diagnostic.span.column)]
    return ":".join(parts) + ": " if parts else ""


def _excerpt(span: Span, text: str) -> list[str]:
    lines = text.splitlines()
    if not 1 <= span.line <= len(lines):
        return []
    line = lines[span.line - 1].replace("\t", " ")
    end = span.end_column if span.end_line == span.line else len(line.rstrip()) + 1
    carets = "^" * max(1, end - span.column)
    number = str(span.line)
    return [f" {number} | {line}", f" {' ' * len(number)} | {' ' * (span.column - 1)}{carets}"]
