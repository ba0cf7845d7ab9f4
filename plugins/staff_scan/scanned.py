"""What a scanner types: a card's number, a link of a guest, a code with a prefix, or something that is none of ours."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from rewards.sdk import Identity, Refused, Values

LONGEST = 500
_AIM = re.compile(r"\][A-Za-z][0-9A-Za-z]")
"""What a scanner may put first: the symbology it read (AIM)."""

_PAYMENT = re.compile(r"(%?[A-Z]\d{12,19}\^)|(;?\d{12,19}=\d{4})")
"""A track of a payment card: a number with its name or its end behind it."""

_KIND = re.compile(r"[a-z0-9_.-]{1,40}")


def kinds_of(settings: Values) -> list[str]:
    """The kinds of identity that a bare number may be, in the order in which they are tried."""
    return [part.strip() for part in settings.text("kinds").split(",") if _KIND.fullmatch(part.strip())]


def identities(text: str, settings: Values) -> list[Identity]:
    """The names that what was scanned may be, the likeliest first; none where it is a link that is not ours.

    `Refused` for what cannot be a card: nothing, something too long, and a payment card, of which nothing is read.
    """
    said = _bare(text)
    if not said or len(said) > LONGEST or not said.isprintable():
        raise Refused("scanned is not what a scanner or a keyboard types")
    if _PAYMENT.match(said):
        raise Refused("this is a payment card; nothing of it is read or kept")
    if "://" in said:
        return _linked(said, settings)
    return _prefixed(said, settings) or _numbered(_unframed(said), settings)


def _bare(text: str) -> str:
    said = text.strip("\r\n\t \x02\x03")
    return said[3:] if _AIM.match(said) else said


def _unframed(said: str) -> str:
    """Without the sentinels of a magnetic stripe."""
    return said[1:-1] if said[0] in "%;" and said[-1] == "?" else said


def _linked(said: str, settings: Values) -> list[Identity]:
    ours = settings.text("links").rstrip("/")
    try:
        found = urlsplit(said)._replace(query="", fragment="").geturl()
    except ValueError:
        return []
    name = unquote(found.removeprefix(f"{ours}/")) if ours and found.startswith(f"{ours}/") else ""
    return [Identity(settings.text("link_kind"), name)] if name and "/" not in name and name.isprintable() else []


def _prefixed(said: str, settings: Values) -> list[Identity]:
    kinds = settings.mapping("prefixes")
    fitting = [prefix for prefix in kinds if said.startswith(prefix) and len(said) > len(prefix)]
    if not fitting:
        return []
    prefix = max(fitting, key=len)
    return [Identity(kinds[prefix], said[len(prefix) :])]


def _numbered(said: str, settings: Values) -> list[Identity]:
    kind, colon, value = said.partition(":")
    if colon and value and kind in kinds_of(settings):
        return [Identity(kind, value)]
    # People write numbers in groups.
    texts = dict.fromkeys((said, re.sub(r"[ -]", "", said)))
    return [Identity(kind, text) for kind in kinds_of(settings) for text in texts if text]
