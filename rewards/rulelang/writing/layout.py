"""The layout of canonical YAML: conditions, outcomes and limits a line each, everything small within brackets.

It writes the subset of YAML that any reader takes alike: a text that could be taken for something else is quoted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*(?: [A-Za-z0-9_.-]+)*")
_TAKEN_OTHERWISE = re.compile(r"null|true|false|yes|no|on|off|y|n|\.?inf|\.?nan", re.IGNORECASE)
_BLOCK_KEYS = ("when", "all", "any", "not", "give", "of", "limits")
_INDENT = "  "


class Word(str):
    """A scalar that stands as it is: a keyword, a date, an amount of money."""

    __slots__ = ()


Plain = Word | str | int | bool | list["Plain"] | dict[str, "Plain"]
"""What a document says: mappings, lists, texts to quote where needed, words, whole numbers, true and false."""


def document(entries: dict[str, Plain]) -> str:
    """One YAML document, ending with a newline."""
    return "".join(f"{line}\n" for line in _mapping(entries, ""))


def _mapping(entries: dict[str, Plain], indent: str) -> Iterator[str]:
    for key, value in entries.items():
        if key in _BLOCK_KEYS and isinstance(value, list) and value:
            yield f"{indent}{_key(key)}:"
            yield from _items(value, indent + _INDENT)
        elif key in _BLOCK_KEYS and _holds_others(value):
            yield f"{indent}{_key(key)}:"
            yield from _lines(value, indent + _INDENT)
        else:
            yield f"{indent}{_key(key)}: {flow(value)}"


def _items(values: list[Plain], indent: str) -> Iterator[str]:
    for value in values:
        lines = list(_lines(value, ""))
        yield f"{indent}- {lines[0]}"
        yield from (f"{indent}{_INDENT}{line}" for line in lines[1:])


def _lines(value: Plain, indent: str) -> Iterator[str]:
    """A mapping that holds others of its kind as a block, everything else in one line."""
    if isinstance(value, dict) and _holds_others(value):
        yield from _mapping(value, indent)
    else:
        yield f"{indent}{flow(value)}"


def _holds_others(value: Plain) -> bool:
    """Whether a mapping holds conditions or outcomes of its own."""
    return isinstance(value, dict) and any(key in _BLOCK_KEYS and isinstance(value[key], list | dict) for key in value)


def flow(value: Plain) -> str:
    """A value in one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(key)}: {flow(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(flow(each) for each in value) + "]"
    return scalar(value)


def _key(key: str) -> str:
    # The one key of ours that an old reader takes for "true"; in quotes it would look like a mistake.
    return key if key == "on" else scalar(key)


def scalar(value: Word | str | int | bool) -> str:
    """A single value; texts in quotes where another reader could take them for something else."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Word):
        return str(value)
    if _PLAIN.fullmatch(value) and not _TAKEN_OTHERWISE.fullmatch(value):
        return value
    return quoted(value)


def quoted(text: str) -> str:
    """A text in double quotes, characters that may not stand in YAML escaped."""
    return '"' + "".join(_escaped(character) for character in text) + '"'


_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    code = ord(character)
    if 0x20 <= code <= 0x7E or 0xA0 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or code >= 0x1_0000:
        # Line separators and the byte order mark are printable to YAML's grammar, but not kept by its readers.
        return f"\\u{code:04x}" if code in (0x2028, 0x2029, 0xFEFF) else character
    return f"\\u{code:04x}"
