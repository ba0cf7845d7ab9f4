"""Pieces of text that remember which field of the rule they say, and the filling of whole-clause templates.

A sentence is a list of parts so that a page can link every number to its field. Templates are whole clauses with
named slots; a slot that is empty takes one space with it, so that no template needs to know which slots are filled.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Path = tuple[str | int, ...]
"""Where a value stands in the rule: `("when", 0, "at_least")` is the number of the first condition."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a sentence and the path of the field that it says."""

    text: str
    path: Path = ()


Text = tuple[Part, ...]
NOTHING: Text = ()

_SLOT = re.compile(r"\{(\w+)\}")
_SPACES = re.compile(r" {2,}")


def text(value: str, path: Path = ()) -> Text:
    """One part, or nothing for an empty text."""
    return (Part(value, path),) if value else NOTHING


def plain(parts: Sequence[Part]) -> str:
    """The text alone."""
    return "".join(part.text for part in parts)


def fill(template: str, path: Path, slots: Mapping[str, Text | str]) -> Text:
    """A template with its slots filled; what stands between belongs to `path`. KeyError for a lacking slot."""
    parts: list[Part] = []
    for index, piece in enumerate(_SLOT.split(template)):
        if index % 2 == 0:
            parts.extend(text(piece, path))
        else:
            value = slots[piece]
            parts.extend(text(value, path) if isinstance(value, str) else value)
    return tuple(parts)


_CLOSING = ",.;)"
"""No space stands before these."""


def tidy(parts: Sequence[Part]) -> Text:
    """Without double, leading and trailing spaces or empty parts; neighbours of one path become one part."""
    merged: list[Part] = []
    for part in parts:
        last = merged[-1] if merged else Part(" ")
        piece = _SPACES.sub(" ", part.text)
        if piece.startswith(" ") and last.text.endswith(" "):
            piece = piece[1:]
        if not piece:
            continue
        if piece[0] in _CLOSING and merged and last.text.endswith(" "):
            merged[-1] = last = Part(last.text.rstrip(" "), last.path)
        if merged and last.path == part.path:
            merged[-1] = Part(last.text + piece, part.path)
        else:
            merged.append(Part(piece, part.path))
    if merged and merged[-1].text.endswith(" "):
        last = merged.pop()
        merged.extend(text(last.text.rstrip(" "), last.path))
    return tuple(merged)


def joined(items: Sequence[Text], between: str, last: str, path: Path) -> Text:
    """`a, b and c`: the items with `between` after each but the last two, which `last` joins."""
    parts: list[Part] = []
    for index, item in enumerate(items):
        if index:
            parts.append(Part(last if index == len(items) - 1 else between, path))
        parts.extend(item)
    return tuple(parts)


def capital(parts: Text) -> Text:
    """The same with a capital at its beginning."""
    if not parts:
        return parts
    head = parts[0]
    return (Part(head.text[:1].upper() + head.text[1:], head.path), *parts[1:])
