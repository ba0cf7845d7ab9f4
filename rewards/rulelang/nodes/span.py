"""Where in a document a node stood, so that a diagnostic can point there."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """Where a node stood: 1-based lines and columns, the end exclusive. Line 0 means "not from a document"."""

    line: int = 0
    column: int = 0
    end_line: int = 0
    end_column: int = 0


NOWHERE = Span()
