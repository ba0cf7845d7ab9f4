"""Pieces that several sentences share: what was found, which name may have been meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher, get_close_matches

from rewards.rulelang.wording.entry import Phrase

A_LIST = Phrase("a list", "een lijst")
A_MAPPING = Phrase("a mapping", "een blok")
A_VALUE = Phrase("a single value", "één waarde")
A_RULE = Phrase("A rule", "Een regel")
A_CONDITION = Phrase("A condition", "Een voorwaarde")
AN_AMOUNT = Phrase("An amount", "Een bedrag")
A_PERK = Phrase("A perk", "Een voordeel")
A_CASE = Phrase("A case", "Een voorbeeld")
NAME_FORM = Phrase(
    "1 to 60 small letters, digits and dashes, such as welcome-drink",
    "1 tot 60 kleine letters, cijfers en streepjes, zoals welcome-drink",
)
WORD_FORM = Phrase(
    "1 to 40 small letters and underscores, such as pre_arrival",
    "1 tot 40 kleine letters en lage streepjes, zoals pre_arrival",
)

SHOWN_NAMES = 12
"""Longer lists of known names are cut: fifteen expected names in one message help nobody."""


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that was most likely meant, None where nothing is near."""
    folded = {each.casefold(): each for each in known}
    found = get_close_matches(name.casefold(), folded, n=5, cutoff=0.6)
    best = max(found, key=lambda each: _likeness(name.casefold(), each), default=None)
    return None if best is None else folded[best]


def _likeness(name: str, known: str) -> tuple[float, int]:
    """How alike two names are; among equals a common beginning decides, since people misspell the end."""
    return SequenceMatcher(None, known, name).ratio(), _common_beginning(name, known)


def _common_beginning(one: str, other: str) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((index for index, (left, right) in pairs if left != right), min(len(one), len(other)))


def suggestion(name: str, known: Iterable[str]) -> Phrase:
    """A hint: the near miss if there is one, else what is known."""
    names = list(known)
    near = nearest(name, names)
    if near is not None:
        return Phrase(f"Did you mean “{near}”?", f"Bedoelde u “{near}”?")
    if not names:
        return Phrase("None is known.", "Er is er geen bekend.")
    shown = ", ".join(names[:SHOWN_NAMES]) + (", …" if len(names) > SHOWN_NAMES else "")
    return Phrase(f"Known are: {shown}.", f"Bekend zijn: {shown}.")
