"""The shape of one wording, apart from the tables so that they may import it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wording:
    """What a diagnostic says: the sentence and the hint in English and Dutch; `{names}` are filled with values."""

    en: str
    en_hint: str
    nl: str
    nl_hint: str
    warning: bool = False


@dataclass(frozen=True, slots=True)
class Phrase:
    """A piece of a sentence that is not the same in both languages."""

    en: str
    nl: str


Piece = str | int | Phrase
"""What may fill a `{name}`: a word of the document, a number, or a phrase."""
