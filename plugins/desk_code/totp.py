"""One-time codes by RFC 4226 and RFC 6238, and the keys of codes, screens and tickets out of one secret."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlencode

from rewards.sdk import Secret, same

ALGORITHMS = ("sha1", "sha256", "sha512")
DIGITS = 6
STEPS_AWAY = (-1, 0, 1)
"""Which steps are accepted beside the one that runs: phones are slow, and clocks of screens differ a little."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def hotp(key: bytes, counter: int, *, digits: int = DIGITS, algorithm: str = "sha1") -> str:
    """The code of a counter, with leading zeros."""
    mac = hmac.digest(key, counter.to_bytes(8, "big"), getattr(hashlib, algorithm))
    place = mac[-1] & 0x0F
    number = int.from_bytes(mac[place : place + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**digits:0{digits}d}"


def step_at(at: datetime, step_s: int) -> int:
    """The number of the step that runs at an aware instant: whole steps since 1970."""
    return (at - _EPOCH) // timedelta(seconds=step_s)


def step_start(step: int, step_s: int) -> datetime:
    """When a step begins."""
    return _EPOCH + timedelta(seconds=step * step_s)


def house_key(secret: Secret, house: str, algorithm: str) -> bytes:
    """The key of a house's codes: as long as the hash, and of no use at another house."""
    return derived(secret, f"code/{house}", algorithm)


def derived(secret: Secret, use: str, algorithm: str = "sha256") -> bytes:
    """A key for one use out of the connection's secret; no use leads to another's."""
    return hmac.digest(secret.reveal().encode(), f"desk-code/{use}".encode(), getattr(hashlib, algorithm))


def matched(keys: Sequence[bytes], code: str, at: datetime, step_s: int, algorithm: str) -> int | None:
    """The step whose code this is, None where it is none's.

    Every candidate is compared, whatever the first one says, so the time tells nothing of how near a code was.
    """
    found = None
    for away in STEPS_AWAY:
        step = step_at(at, step_s) + away
        for key in keys:
            if same(code, hotp(key, step, algorithm=algorithm)):
                found = step
    return found


def otpauth(key: bytes, issuer: str, house: str, step_s: int, algorithm: str) -> str:
    """The code's key as authenticator apps and displays read it."""
    said = {
        "secret": base64.b32encode(key).decode().rstrip("="), "issuer": issuer, "algorithm": algorithm.upper(),
        "digits": str(DIGITS), "period": str(step_s),
    }  # fmt: skip
    return f"otpauth://totp/{quote(f'{issuer}:{house}')}?{urlencode(said, quote_via=quote)}"
