"""Proof of the sender: comparisons in constant time, HMACs, timestamps, Standard Webhooks, secrets that rotate.

Every check takes all secrets that are accepted now, so a secret is replaced without losing a message. What does not
prove its sender is `Refused`; nothing here raises anything else, whatever the message holds.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta

from rewards.sdk.fields import Secret
from rewards.sdk.messages import RawMessage, Refused
from rewards.sdk.reading import epoch_s

FIVE_MINUTES = timedelta(minutes=5)
ALGORITHMS = ("sha256", "sha1", "sha512")
_LONGEST = 4_096
_MOST_SIGNATURES = 16


def same(given: str | bytes, expected: str | bytes | Secret) -> bool:
    """Whether two texts are the same, in a time that does not tell where they differ. Empty is never the same."""
    right = _bytes(expected.reveal() if isinstance(expected, Secret) else expected)
    left = _bytes(given)
    return bool(right) and hmac.compare_digest(left, right)


def _bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")


def hmac_hex(secret: str | bytes | Secret, body: bytes, algorithm: str = "sha256") -> str:
    """The HMAC of some bytes in lower-case hex."""
    return _hmac(secret, body, algorithm).hex()


def hmac_base64(secret: str | bytes | Secret, body: bytes, algorithm: str = "sha256") -> str:
    """The HMAC of some bytes in base64."""
    return base64.b64encode(_hmac(secret, body, algorithm)).decode()


def _hmac(secret: str | bytes | Secret, body: bytes, algorithm: str) -> bytes:
    if algorithm not in ALGORITHMS:
        raise ValueError(f"{algorithm} is not one of {', '.join(ALGORITHMS)}")
    key = secret.reveal() if isinstance(secret, Secret) else secret
    return hmac.digest(_bytes(key), body, getattr(hashlib, algorithm))


def check_secret(given: str, secrets: Sequence[Secret]) -> None:
    """`Refused` unless a text is one of the accepted secrets: for a header, a form field or a part of the address."""
    if not any(same(given[:_LONGEST], secret) for secret in secrets):
        raise Refused("the secret is not ours")


def check_hmac(
    given: str, secrets: Sequence[Secret], body: bytes, *, algorithm: str = "sha256", encoding: str = "hex"
) -> None:
    """`Refused` unless a signature in `hex` or `base64` is the HMAC of the bytes under one of the secrets."""
    make = {"hex": hmac_hex, "base64": hmac_base64}[encoding]
    text = given[:_LONGEST].lower() if encoding == "hex" else given[:_LONGEST]
    if not any(secret.reveal() and same(text, make(secret, body, algorithm)) for secret in secrets):
        raise Refused("the signature does not fit")


def check_time(at: datetime, message: RawMessage, tolerance: timedelta = FIVE_MINUTES) -> None:
    """`Refused` where an instant lies further than `tolerance` from the message's arrival, either way."""
    if abs(message.received_at - at) > tolerance:
        raise Refused("the timestamp is too far from now")


def check_stamped_hmac(
    given: str, message: RawMessage, secrets: Sequence[Secret], tolerance: timedelta = FIVE_MINUTES
) -> datetime:
    """The instant of a signature `t=<seconds>,v1=<hex>[,v1=…]`: Stripe's scheme, an HMAC-SHA256 of `<seconds>.<body>`.

    Any `v1` under any of the secrets will do; other versions are no proof. `Refused` where `t` is missing, stands
    twice or lies too far from the message's arrival, and where no `v1` fits.
    """
    parts = [part.strip().partition("=") for part in given[:_LONGEST].split(",")]
    stamps = [value for name, _, value in parts if name == "t"]
    signatures = [value for name, _, value in parts if name == "v1"][:_MOST_SIGNATURES]
    if len(stamps) != 1 or not signatures:
        raise Refused("the message is not signed")
    at = timestamp(stamps[0])
    check_time(at, message, tolerance)
    signed = stamps[0].encode() + b"." + message.body
    made = [hmac_hex(secret, signed) for secret in secrets if secret.reveal()]
    if not any(same(one.lower(), right) for right in made for one in signatures):
        raise Refused("the signature does not fit")
    return at


def timestamp(text: str) -> datetime:
    """The instant of a timestamp header in whole seconds; `Refused` for anything but 1 to 12 digits."""
    if not (1 <= len(text) <= 12 and text.isascii() and text.isdecimal()):
        raise Refused("the timestamp is not a whole number of seconds")
    return epoch_s(int(text))


def basic_auth(message: RawMessage) -> tuple[str, str]:
    """User and password of HTTP basic authentication; `Refused` where there is none that can be read."""
    scheme, _, code = message.header("authorization").partition(" ")
    try:
        user, colon, password = base64.b64decode(code.strip()[:_LONGEST], validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        raise Refused("no user and password came with the call") from None
    if scheme.lower() != "basic" or not colon:
        raise Refused("no user and password came with the call")
    return user, password


def bearer(message: RawMessage) -> str:
    """The token of an Authorization header, "" where there is none."""
    scheme, _, token = message.header("authorization").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def standard_key(secret: Secret) -> bytes:
    """The bytes of a Standard Webhooks secret: what stands in base64 behind `whsec_`; empty where it cannot be read."""
    try:
        return base64.b64decode(secret.reveal().removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        return b""


def sign_standard_webhook(secret: Secret, webhook_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers of a Standard Webhooks message."""
    stamp = str(int(at.timestamp()))
    signature = hmac_base64(standard_key(secret), _signed(webhook_id, stamp, body))
    return {"webhook-id": webhook_id, "webhook-timestamp": stamp, "webhook-signature": f"v1,{signature}"}


def check_standard_webhook(
    message: RawMessage, secrets: Sequence[Secret], tolerance: timedelta = FIVE_MINUTES, *, prefix: str = "webhook"
) -> str:
    """The id of a message that is signed by Standard Webhooks 1.0 (`prefix` "svix" for the older names).

    `Refused` for a missing header, a timestamp that is no whole number of seconds or too far away, and where none of
    the `v1` signatures is made with one of the secrets.
    """
    webhook_id, stamp = message.header(f"{prefix}-id"), message.header(f"{prefix}-timestamp")
    given = [
        part.removeprefix("v1,")
        for part in message.header(f"{prefix}-signature")[:_LONGEST].split(" ")[:_MOST_SIGNATURES]
        if part.startswith("v1,")
    ]
    if not webhook_id or not given:
        raise Refused("the message is not signed")
    check_time(timestamp(stamp), message, tolerance)
    signed = _signed(webhook_id, stamp, message.body)
    keys = [key for key in map(standard_key, secrets) if key]
    if not any(same(one, hmac_base64(key, signed)) for key in keys for one in given):
        raise Refused("the signature does not fit")
    return webhook_id


def _signed(webhook_id: str, stamp: str, body: bytes) -> bytes:
    return b".".join((_bytes(webhook_id), stamp.encode(), body))
