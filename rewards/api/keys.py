"""API keys: shown once, stored as a hash, bound to scopes and properties."""

from __future__ import annotations

import hashlib
import re
import secrets
import zlib
from dataclasses import dataclass

from rewards.errors import FIELD_INVALID, PROPERTY_FORBIDDEN, SCOPE_MISSING, UNAUTHENTICATED, RewardsError

PREFIX = "lk_live_"
_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

SCOPES = (
    "decisions:write", "decisions:read", "activities:write", "activities:read", "guests:write", "guests:read",
    "spend:read", "grants:write", "grants:read", "grants:approve", "rules:read", "rules:write", "rules:publish",
    "stock:write", "admin",
)  # fmt: skip
"""Every scope; `admin` includes all."""

ROLE_PATTERN = "[a-z][a-z0-9-]{0,59}"
ROLE_FORM = "a role, such as supervisor"


def _base62(number: int, length: int) -> str:
    digits = []
    for _ in range(length):
        number, digit = divmod(number, 62)
        digits.append(_BASE62[digit])
    return "".join(reversed(digits))


def new_secret() -> str:
    """A new key: `lk_live_`, 32 random bytes in base 62 and a checksum, so that a typing slip costs no look-up."""
    body = _base62(int.from_bytes(secrets.token_bytes(32), "big"), 43)
    return f"{PREFIX}{body}{_base62(zlib.crc32(body.encode()), 6)}"


def plausible(secret: str) -> bool:
    """Whether a text has the shape and the checksum of a key."""
    body = secret.removeprefix(PREFIX)
    return (
        secret.startswith(PREFIX)
        and len(body) == 49
        and body.isascii()
        and body.isalnum()
        and _base62(zlib.crc32(body[:43].encode()), 6) == body[43:]
    )


def hash_secret(secret: str) -> bytes:
    """SHA-256 of a key: enough for 256 random bits, and cheap at each call."""
    return hashlib.sha256(secret.encode()).digest()


@dataclass(frozen=True, slots=True)
class Key:
    """Who is calling: the key's id and name, its scopes, the properties it is bound to (empty: all), and its role."""

    id: str
    name: str
    scopes: frozenset[str]
    properties: frozenset[str]
    role: str | None = None

    def allows(self, scope: str) -> bool:
        """Whether the key has a scope."""
        return scope in self.scopes or "admin" in self.scopes

    def require(self, scope: str) -> None:
        """`scope_missing` unless the key has the scope."""
        if not self.allows(scope):
            raise RewardsError(SCOPE_MISSING, f"The key “{self.name}” lacks the scope {scope}.")

    def require_property(self, code: str | None) -> None:
        """`property_forbidden` unless the key is bound to the property, or to all."""
        if not self.sees(code):
            what = f"is not bound to “{code[:60]}”" if code else "is bound to some properties, and this is of none"
            raise RewardsError(PROPERTY_FORBIDDEN, f"The key “{self.name}” {what}.", field="property")

    def require_group(self, what: str) -> None:
        """`property_forbidden` for a key that is bound to some properties: `what` concerns all of them."""
        if self.properties:
            raise RewardsError(
                PROPERTY_FORBIDDEN,
                f"The key “{self.name}” is bound to some properties; {what} concerns all of them.",
                hint="Use a key that is bound to none.",
                field="property",
            )

    def sees(self, code: str | None) -> bool:
        """Whether something of this property (None: of no property) is the key's business."""
        return not self.properties or code in self.properties


def bearer(header: str | None) -> str:
    """The secret of an Authorization header; `unauthenticated` when there is none that can be one."""
    scheme, _, secret = (header or "").partition(" ")
    if scheme.lower() != "bearer" or not plausible(secret.strip()):
        raise RewardsError(
            UNAUTHENTICATED, "No API key came with the call.", hint="Send Authorization: Bearer lk_live_…."
        )
    return secret.strip()


def check_scopes(scopes: list[str]) -> None:
    """`field_invalid` naming the first scope that does not exist."""
    for scope in scopes:
        if scope not in SCOPES:
            raise RewardsError(
                FIELD_INVALID, f"“{scope}” is not a scope.", hint=f"There are {', '.join(SCOPES)}.", field="scopes"
            )


def check_role(role: str | None) -> None:
    """`field_invalid` for what is no role."""
    if role is not None and not re.fullmatch(ROLE_PATTERN, role):
        raise RewardsError(
            FIELD_INVALID, f"“{role[:60]}” is no role.", hint="1 to 60 small letters, digits and dashes.", field="role"
        )
