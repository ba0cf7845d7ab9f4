"""Guests of the house in these stories, and the keys of those who stand at its desks."""

from __future__ import annotations

from collections.abc import Mapping

from rewards.api.keys import hash_secret, new_secret
from rewards.domain.guest import Guest
from rewards.sdk import Identity
from rewards.sdk.testing import House

KEYS = {name: new_secret() for name in ("harbour", "seaside", "reads", "group", "greets")}
_GIVEN = {
    "harbour": (["activities:write"], ["harbour"]),
    "seaside": (["activities:write"], ["seaside"]),
    "reads": (["activities:read"], ["harbour"]),
    "group": (["activities:write"], []),
    "greets": (["activities:write", "guests:read"], ["harbour"]),
}
GUESTS = {
    "Ana": (Identity("card", "00412"), Identity("pms", "G-77"), Identity("link", "x7Kq")),
    "Ben": (Identity("card", "00977"), Identity("pms", "00412X")),
    "Cleo": (Identity("pms", "00977"),),
}


def furnish(house: House) -> None:
    """Guests and keys, where they are not there yet."""
    with house.engine.database.writing() as store:
        if store.guests.resolve(GUESTS["Ana"][0]) is not None:
            return
        for name, identities in GUESTS.items():
            store.guests.add(Guest(f"gst_{name.lower()}", house.now, name), identities)
        for name, (scopes, properties) in _GIVEN.items():
            store.keys.add(f"key_{name}", hash_secret(KEYS[name]), name, scopes, properties, house.now)


def bearing(name: str) -> Mapping[str, str]:
    """The header of a key."""
    return {"Authorization": f"Bearer {KEYS[name]}", "Content-Type": "application/json"}
