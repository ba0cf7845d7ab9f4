"""Wrong codes are counted by guest and by network address; too many close the door for a while, and longer each time.

What is kept is a hash with numbers, in 256 rows that hold so many at most: guessing fills no disk. A try is counted
once it was wrong, so those in flight at one moment are all looked at: a handful beyond the bound, not more.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from datetime import datetime

from rewards.sdk import Json, RawMessage, Secret, Vault, hmac_hex

from .totp import derived

COUNTED_S = 900
FIRST_LOCK_S = 900
LONGEST_LOCK_S = 86_400
FORGOTTEN_S = 86_400
MOST_IN_A_ROW = 100


class Tries:
    """The wrong tries that a connection remembers, each of whom under a name that tells nobody who it is."""

    def __init__(self, vault: Vault, secret: Secret, now: datetime) -> None:
        self._vault = vault
        self._key = derived(secret, "tries")
        self._now_s = int(now.timestamp())

    def wait_s(self, names: Sequence[str]) -> int:
        """Seconds until all of these may try again, 0 for now."""
        return max((self._left(self._entry(name)) for name in names), default=0)

    def wrong(self, bounds: Sequence[tuple[str, int]]) -> int:
        """Count a wrong try of each name, with how many each has; seconds until the next may be made, 0 for now."""
        return max((self._left(self._counted(name, most)) for name, most in bounds), default=0)

    def _left(self, entry: Json) -> int:
        return max(0, entry["until"] - self._now_s) if entry else 0

    def _entry(self, name: str) -> Json:
        row, mark = self._place(name)
        return (self._vault.get(row) or {}).get(mark)

    def _counted(self, name: str, most: int) -> Json:
        row, mark = self._place(name)
        changed = self._vault.change(row, lambda kept: self._with(kept or {}, mark, most))
        return changed[mark]

    def _with(self, kept: dict[str, Json], mark: str, most: int) -> dict[str, Json]:
        fresh = {other: entry for other, entry in kept.items() if self._is_fresh(entry)}
        before = fresh.pop(mark, None)
        # The newest stand last; whoever is locked out longest is forgotten last.
        room = sorted(fresh.items(), key=lambda item: max(item[1]["until"], item[1]["since"]))[-(MOST_IN_A_ROW - 1) :]
        return {**dict(room), mark: self._more(before, most)}

    def _is_fresh(self, entry: Json) -> bool:
        return bool(max(entry["until"], entry["since"]) + FORGOTTEN_S > self._now_s)

    def _more(self, entry: Json, most: int) -> Json:
        """An entry after one more wrong try; whoever is locked out already stays so, no longer."""
        entry = entry or {"count": 0, "since": self._now_s, "until": 0, "locks": 0}
        if self._left(entry):
            return entry
        if self._now_s - entry["since"] > COUNTED_S:
            entry = {**entry, "count": 0, "since": self._now_s}
        if entry["count"] + 1 < most:
            return {**entry, "count": entry["count"] + 1}
        lock_s = min(LONGEST_LOCK_S, FIRST_LOCK_S * 2 ** min(entry["locks"], 10))
        return {"count": 0, "since": self._now_s, "until": self._now_s + lock_s, "locks": entry["locks"] + 1}

    def _place(self, name: str) -> tuple[str, str]:
        mark = hmac_hex(self._key, name.encode("utf-8", "surrogatepass"))[:32]
        return f"tries/{mark[:2]}", mark


def address_of(message: RawMessage, proxies: int) -> str:
    """The caller's network: an IPv4 address or the /64 of an IPv6 one, behind so many proxies of the hotel's own."""
    forwarded = [part.strip() for part in message.header("x-forwarded-for").split(",")]
    text = forwarded[-proxies] if 0 < proxies <= len(forwarded) else message.sender
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return "unknown"
    return str(found) if found.version == 4 else str(ipaddress.ip_network((int(found), 64), strict=False))
