"""What can be wrong with a message: cut short, a field missing or of another type, garbage of every sort."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator, Sequence
from typing import Any

MOST = 160
CUTS = 10
MEGABYTE = 1024 * 1024
_MISSING = object()
_OTHERS: tuple[Any, ...] = (_MISSING, None, 7, -1, True, "x", "", [], {}, "y" * 5_000, 10**30, [None], {"a": 1})


def cut_short(body: bytes) -> Iterator[bytes]:
    """The body cut at every tenth of its length."""
    for tenth in range(CUTS):
        yield body[: len(body) * tenth // CUTS]


def spoiled(body: bytes, free: Sequence[str] = (), most: int = MOST) -> list[tuple[str, bytes]]:
    """The JSON body with one field at a time missing, null, or of another type: what was done, and the body.

    Fields in `free` (dotted paths) are left alone. Of many, `most` are picked, always the same. Nothing for a body that
    is not JSON.
    """
    try:
        value = json.loads(body)
    except ValueError:
        return []
    paths = [path for path in _paths(value) if ".".join(map(str, path)) not in free]
    wanted = [(path, other) for path in paths for other in _OTHERS]
    if len(wanted) > most:
        wanted = random.Random(7).sample(wanted, most)
    return [(_told(path, other), json.dumps(_with(value, path, other)).encode()) for path, other in wanted]


def _told(path: Sequence[str | int], other: Any) -> str:
    what = "missing" if other is _MISSING else repr(other)[:20]
    return f"{'.'.join(map(str, path))} is {what}"


def _paths(value: Any, before: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    items: Sequence[tuple[str | int, Any]] = ()
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value[:3]))
    for name, item in items:
        yield (*before, name)
        yield from _paths(item, (*before, name))


def _with(value: Any, path: Sequence[str | int], other: Any) -> Any:
    changed = copy.deepcopy(value)
    inner = changed
    for step in path[:-1]:
        inner = inner[step]
    if other is _MISSING:
        del inner[path[-1]]
    else:
        inner[path[-1]] = other
    return changed


def garbage() -> list[tuple[str, bytes]]:
    """Bodies that say nothing: of every sort, up to a megabyte."""
    noise = random.Random(11).randbytes
    return [
        ("empty", b""), ("a brace", b"{"), ("null", b"null"), ("a number", b"0"), ("a list", b"[]"),
        ("an object", b"{}"), ("a text", b'"x"'), ("a list of lists", b"[[[[]]]]"), ("NaN", b'{"a":NaN}'),
        ("a key twice", b'{"id":1,"id":2}'), ("not UTF-8", b"\xff\xfe\x00{}"), ("a byte order mark", b"\xef\xbb\xbf{}"),
        ("half a character", b'{"id":"\\ud800"}'), ("a NUL", b'{"id":"\\u0000"}'), ("deep", b"[" * 50_000),
        ("digits", b"9" * 50_000), ("a form", b"a=1&b=%00&a=2"), ("XML", b"<?xml version='1.0'?><a><b/></a>"),
        ("noise", noise(2_000)), ("a megabyte of noise", noise(MEGABYTE)),
        ("a megabyte of JSON", b'{"a":"' + b"x" * (MEGABYTE - 8) + b'"}'),
    ]  # fmt: skip


def off_by_a_byte(text: str) -> Iterator[str]:
    """A text with its first, middle or last character changed, with one more, and one less."""
    if not text:
        return
    for place in sorted({0, len(text) // 2, len(text) - 1}):
        # Not the same letter in capitals: hex is the same in both.
        other = "a" if text[place].lower() != "a" else "b"
        yield text[:place] + other + text[place + 1 :]
    yield text + "A"
    yield text[:-1]
