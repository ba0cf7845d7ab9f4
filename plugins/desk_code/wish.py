"""What a guest sends: a code, and a number where no ticket says who they are; JSON or a form."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from rewards.sdk import RawMessage, Refused, pick, read_json

from .words import NO_CODE, POSTER

FORM = "application/x-www-form-urlencoded"
LONGEST_NUMBER = 100


@dataclass(frozen=True, slots=True)
class Wish:
    """A call to check in: `code` of digits, and the `guest` (a number, or `kind:value`; "" beside a ticket)."""

    code: str
    guest: str


def is_form(message: RawMessage) -> bool:
    """Whether a browser's form sent this; it is answered with a page."""
    return message.header("content-type").partition(";")[0].strip().lower() == FORM


def read_wish(message: RawMessage) -> Wish:
    """The wish of a call; `Refused` for what cannot be read, and for what proves nothing: a tag, a printed code."""
    body = _form(message.body) if is_form(message) else read_json(message.body)
    guest = pick(body, "guest", str, "").strip()
    if len(guest) > LONGEST_NUMBER or not guest.isprintable():
        raise Refused("guest is not a number of a card")
    return Wish(read_code(pick(body, "code", str, "")), guest)


def read_code(text: str) -> str:
    """The digits of a code that was typed, or scanned with the link around it."""
    code = "".join(text.split())
    if "://" in code:
        code = linked_code(code)
    if not code:
        raise Refused(NO_CODE)
    if not (code.isascii() and code.isdecimal()):
        raise Refused(POSTER)
    return code


def linked_code(link: str) -> str:
    """The code in a link of the screen, "" where it holds none."""
    try:
        said = dict(parse_qsl(urlsplit(link).query))
    except ValueError:
        return ""
    return said.get("code", said.get("c", ""))


def _form(body: bytes) -> dict[str, str]:
    try:
        return dict(parse_qsl(body.decode("utf-8"), max_num_fields=10))
    except ValueError:
        raise Refused("the form cannot be read") from None
