"""Tickets of guests: how a page of the hotel tells a source, through the guest's own browser, who the guest is.

The page and the connection share a secret. The page signs who is signed in there and when; the browser sends that along
with what it has to say. A ticket is good for a quarter of an hour, for one guest, and for nothing else.

    base64url of {"guest": "card:00412", "issued": 1795521600}, without "=", a dot, and the hex of
    HMAC-SHA256(secret, "guest-ticket." + what stands before the dot)
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from rewards.domain.guest import Identity
from rewards.sdk.fields import Secret
from rewards.sdk.messages import RawMessage, Refused
from rewards.sdk.reading import epoch_s, pick, read_json
from rewards.sdk.signing import check_time, hmac_hex, same

TICKET_LIFE = timedelta(minutes=15)
_PURPOSE = "guest-ticket."
_LONGEST = 2_000
_KIND = re.compile(r"[a-z0-9_.-]{1,40}")
_MOST_VALUE = 200


def guest_ticket(secret: Secret, guest: Identity, issued: datetime) -> str:
    """A ticket for one guest, made at an aware instant."""
    said = json.dumps({"guest": guest.text(), "issued": int(issued.timestamp())}, ensure_ascii=False).encode()
    body = base64.urlsafe_b64encode(said).decode().rstrip("=")
    return f"{body}.{hmac_hex(secret, (_PURPOSE + body).encode())}"


def ticket_guest(ticket: str, secrets: Sequence[Secret], message: RawMessage) -> Identity:
    """The guest of a ticket that came with a message; `Refused` where it is not ours, too old or from the future."""
    body, _, signature = ticket[:_LONGEST].partition(".")
    signed = (_PURPOSE + body).encode("utf-8", "surrogatepass")
    if not any(secret.reveal() and same(signature, hmac_hex(secret, signed)) for secret in secrets):
        raise Refused("the guest's ticket is not ours", status=401)
    said = read_json(_decoded(body))
    check_time(epoch_s(pick(said, "issued", int)), message, TICKET_LIFE)
    return identity_of(pick(said, "guest", str))


def identity_of(text: str) -> Identity:
    """An identity written `kind:value`; `Refused` where it is none."""
    kind, _, value = text.partition(":")
    if not _KIND.fullmatch(kind) or not 1 <= len(value) <= _MOST_VALUE or not value.isprintable():
        raise Refused("a guest is written kind:value")
    return Identity(kind, value)


def _decoded(body: str) -> bytes:
    try:
        return base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise Refused("the guest's ticket cannot be read", status=401) from None
