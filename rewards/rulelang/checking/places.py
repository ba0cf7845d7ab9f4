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

    def add(self, code: str, span: Span, key: str, /, **values: Piece) -> None:
        """Notes a problem at the value of a node's key, or at the node where that place is not known."""
        self._report.add(code, self._places.get((span, key), span), **values)

    def stands(self, span: Span, key: str) -> bool:
        """Whether a node's key was written in the document."""
        return (span, key) in self._places
