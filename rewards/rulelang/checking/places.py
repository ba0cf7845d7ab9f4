"""What every check needs: where to write, and where in the text a value stood."""

from __future__ import annotations

from collections.abc import Mapping

from rewards.rulelang.diagnostics import Report
from rewards.rulelang.nodes import Span
from rewards.rulelang.wording.entry import Piece


class Notes:
    """A report, with the places of values inside nodes."""

    def __init__(self, report: Report, places: Mapping[tuple[Span, str], Span]) -> None:
        self._report = report
        self._places = places

    def add(self, code: str, span: Span, /, *path: str, **values: Piece) -> None:
        """Notes a problem at the value that a path of keys leads to, or as near to it as places are known."""
        for key in path:
            span = self._places.get((span, key), span)
        self._report.add(code, span, **values)

    def stands(self, span: Span, key: str) -> bool:
        """Whether a node's key was written in the document."""
        return (span, key) in self._places
