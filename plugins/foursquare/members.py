"""Guests who have connected their Swarm account, as the connection's vault keeps them, and whose turn it is."""

from __future__ import annotations

import json
from dataclasses import dataclass

from rewards.sdk import Identity, Json, Link

from .checkins import ACCOUNT

_MEMBER, _SEEN, _TROUBLE, _OWNER = "member/", "seen/", "trouble/", "owner/"


@dataclass(frozen=True, slots=True)
class Connected:
    """A guest who has connected: the account, its token, who it is here, and since when check-ins are read."""

    user: str
    token: str
    guest: str
    after: int

    def identities(self) -> tuple[Identity, ...]:
        """Names of the guest; both are sure, for the hotel signed the one and Foursquare vouched for the other."""
        return identities(self.user, self.guest)


def identities(user: str, guest: str | None) -> tuple[Identity, ...]:
    """Names of whoever has an account; who has not connected it is known by the account alone."""
    if guest is None:
        return (Identity(ACCOUNT, user),)
    kind, _, value = guest.partition(":")
    return (Identity(kind, value, verified=True), Identity(ACCOUNT, user, verified=True))


def find(link: Link, user: str) -> Connected | None:
    """The connected guest of an account."""
    kept = link.vault.get(_MEMBER + user)
    return None if kept is None else Connected(user, kept["token"], kept["guest"], kept["after"])


def everyone(link: Link) -> list[str]:
    """Accounts of all who are connected, in one order."""
    return [name.removeprefix(_MEMBER) for name in link.vault.names(_MEMBER)]


def keep(link: Link, one: Connected) -> None:
    """Connect a guest, or connect them anew."""
    link.vault.put(_MEMBER + one.user, {"token": one.token, "guest": one.guest, "after": one.after})
    link.vault.put(_TROUBLE + one.user, None)
    link.vault.put(_OWNER + one.user, one.guest)


def owner(link: Link, user: str) -> str | None:
    """The guest with whom an account is connected, or was the last time."""
    kept: str | None = link.vault.get(_OWNER + user)
    return kept


def end(link: Link, user: str) -> None:
    """End a guest's connection: the token is forgotten; what was recorded stays."""
    for kind in (_MEMBER, _SEEN, _TROUBLE):
        link.vault.put(kind + user, None)


def note_trouble(link: Link, user: str, reason: str | None) -> None:
    """Keep why a guest could not be read, None where they could."""
    if link.vault.get(_TROUBLE + user) != reason:
        link.vault.put(_TROUBLE + user, reason)


def troubles(link: Link) -> list[str]:
    """Why connected guests could not be read the last time."""
    return [str(link.vault.get(name)) for name in link.vault.names(_TROUBLE)]


def seen(link: Link, one: Connected) -> int:
    """The second of the newest check-in that is stored of a guest; that of connecting before there is one."""
    newest: int = link.vault.get(_SEEN + one.user) or 0
    return max(newest, one.after)


def note_seen(link: Link, user: str, second: int) -> None:
    """Keep how far a guest is read; the page that it is about is stored already."""
    if link.vault.get(_MEMBER + user) is not None and (link.vault.get(_SEEN + user) or 0) < second:
        link.vault.put(_SEEN + user, second)


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn it was, as the cursor says it: the account, the newest second met, and the page that comes next.

    `offset` 0 says that the account is read to its end. It is written with the notices of its page, and `note_seen`
    follows when the next page is asked for: a process that dies in between loses nothing.
    """

    user: str = ""
    newest: int = 0
    offset: int = 0

    def text(self) -> str:
        """As it is stored."""
        return json.dumps([self.user, self.newest, self.offset])


def turn_of(cursor: str | None) -> Turn:
    """The turn that a cursor says."""
    said: Json = json.loads(cursor) if cursor else ["", 0, 0]
    return Turn(*said)


def next_of(users: list[str], turn: Turn) -> str | None:
    """Whose turn it is now: the same account's while it has pages, else the next one's; the first follows the last."""
    if turn.offset and turn.user in users:
        return turn.user
    later = [user for user in users if user > turn.user]
    return later[0] if later else users[0] if users else None
