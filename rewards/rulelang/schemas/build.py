"""How pieces of a JSON Schema are written: mappings with the descriptions of the reference, lists, numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rewards.rulelang import limits
from rewards.rulelang.reference.keys import NEEDED, NONE, Key

Json = dict[str, Any]
"""A JSON object."""


def ref(name: str) -> Json:
    """A definition of the same schema."""
    return {"$ref": f"#/$defs/{name}"}


def choice(words: Iterable[str]) -> Json:
    """One of the words."""
    return {"enum": list(words)}


def integer(least: int, most: int) -> Json:
    """A whole number in a range, both ends included."""
    return {"type": "integer", "minimum": least, "maximum": most}


def text(pattern: str, about: str) -> Json:
    """A string of a form."""
    return {"type": "string", "pattern": f"^(?:{pattern})$", "description": about}


def array(items: Json, *, least: int = 1, most: int = limits.MAX_LIST_ITEMS) -> Json:
    """A list."""
    return {"type": "array", "items": items, "minItems": least, "maxItems": most}


def one_or_more(item: Json) -> Json:
    """A value, or a list of different ones."""
    return {"anyOf": [item, array(item) | {"uniqueItems": True}]}


def pair(item: Json) -> Json:
    """Two values in a list."""
    return {"type": "array", "items": item, "minItems": 2, "maxItems": 2}


def mapping(
    known: Sequence[Key],
    properties: Mapping[str, Json],
    *,
    needed: Sequence[str] | None = None,
    at_least_one: bool = False,
) -> Json:
    """A mapping that knows these keys and no other, described as in the reference.

    `needed` are the keys that must stand: without it those that the reference calls needed.
    """
    about = {key.name: key for key in known}
    if needed is None:
        needed = [key.name for key in known if key.default == NEEDED]
    return {
        "type": "object",
        "properties": {name: described(piece, about.get(name)) for name, piece in properties.items()},
        "required": list(needed),
        "additionalProperties": False,
        **({"minProperties": 1} if at_least_one else {}),
    }


def described(piece: Json, key: Key | None) -> Json:
    """A piece with the words of the reference."""
    if key is None:
        return piece
    without = "" if key.default in (NONE, NEEDED) else f" Without it: {key.default}."
    return {**piece, "description": key.about + without}
