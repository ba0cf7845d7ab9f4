"""Prefixed ids that sort by time.

An id says what it names (`gst_…`, `gnt_…`), sorts by the millisecond it was made, cannot be guessed (60 random bits)
and uses Crockford's base 32 in lower case, so it can be read aloud. Short codes for guests avoid look-alikes.
"""

from __future__ import annotations

import hashlib
import secrets
import time

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_CODE_LENGTH = 8


def _encode(number: int, length: int) -> str:
    digits = []
    for _ in range(length):
        digits.append(ALPHABET[number & 31])
        number >>= 5
    return "".join(reversed(digits))


def new_id(prefix: str) -> str:
    """A new id: `prefix`, an underscore, and 22 characters (50 bits of milliseconds, 60 random bits)."""
    milliseconds = time.time_ns() // 1_000_000
    return f"{prefix}_{_encode(milliseconds, 10)}{_encode(secrets.randbits(60), 12)}"


def derived_id(prefix: str, *parts: str) -> str:
    """The id that always names the same `parts`: `prefix`, an underscore, 22 characters of their SHA-256.

    Used where a fact has a natural key, so that recording it twice names it once.
    """
    digest = hashlib.sha256("\x1f".join(parts).encode()).digest()
    return f"{prefix}_{_encode(int.from_bytes(digest[:14], 'big'), 22)}"


def new_code() -> str:
    """A short code a guest shows at the desk: `7KQM-2XRA`; 8 characters of 30, without 0, 1, I, L, O and U."""
    letters = "".join(secrets.choice(CODE_ALPHABET) for _ in range(_CODE_LENGTH))
    return f"{letters[:4]}-{letters[4:]}"
