"""All wording of diagnostics, one entry for each code.

A code is stable; its words may be bettered. Every code has a row under `tests/conformance/errors/`.
"""

from __future__ import annotations

from rewards.rulelang.wording.checks import CHECKS
from rewards.rulelang.wording.entry import Phrase, Piece, Wording
from rewards.rulelang.wording.lints import LINTS
from rewards.rulelang.wording.rules import RULES
from rewards.rulelang.wording.text import TEXT
from rewards.rulelang.wording.values import VALUES

WORDING: dict[str, Wording] = {**TEXT, **VALUES, **RULES, **CHECKS, **LINTS}
"""Every diagnostic code with its words."""

__all__ = ["WORDING", "Phrase", "Piece", "Wording"]
