"""Markers of lists inside a sentence: (a), (b), inside (b): (b1), (b2), inside (b2): (b2a).

A marker tells its whole place, so that somebody who only hears the sentence knows where a list ends.
"""

from __future__ import annotations

from collections.abc import Sequence

from rewards.rulelang.prose.languages import Language
from rewards.rulelang.prose.parts import Path, Text, fill, joined, text


def marker(place: tuple[int, ...], *, numbers_first: bool = False) -> str:
    """The marker of a place: its index at every depth, letters and numbers by turns."""
    signs = []
    for depth, index in enumerate(place):
        lettered = (depth % 2 == 0) is not numbers_first
        signs.append(_letters(index) if lettered else str(index + 1))
    return f"({''.join(signs)})"


def _letters(index: int) -> str:
    letter = chr(ord("a") + index % 26)
    return letter if index < 26 else _letters(index // 26 - 1) + letter


def enumerated(
    items: Sequence[Text],
    place: tuple[int, ...],
    last: str,
    path: Path,
    language: Language,
    *,
    numbers_first: bool = False,
    lead: bool = False,
) -> Text:
    """The items with their markers; `last` (and, or) joins the last. `lead`: each item is led in as a clause is."""
    template = language.frame["item"] if lead else "{marker} {part}"
    marked = [
        fill(template, path, {"marker": text(marker((*place, at), numbers_first=numbers_first), path), "part": item})
        for at, item in enumerate(items)
    ]
    return joined(marked, language.frame["semicolon"], language.frame[last], path)
