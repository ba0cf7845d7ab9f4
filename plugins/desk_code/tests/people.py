"""Guests and keys of the house in these stories, and the codes that its screens show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from plugins.desk_code.totp import derived, hotp, house_key, step_at
from rewards.api.keys import hash_secret, new_secret
from rewards.sdk import Identity, Secret, guest_ticket
from rewards.sdk.testing import House

SECRET = {"secret": "harbour secret of 2026, long enough"}
ANA, BEN = Identity("card", "00412"), Identity("card", "00977")


def guests(house: House) -> None:
    """Ana and Ben are known, each by a card."""
    from rewards.domain.guest import Guest

    with house.engine.database.writing() as store:
        for name, identity in (("Ana", ANA), ("Ben", BEN)):
            if store.guests.resolve(identity) is None:
                store.guests.add(Guest(f"gst_{name.lower()}", house.now, name), [identity])


def code(settings: Mapping[str, Any], at: datetime, house: str = "harbour", step_s: int = 30) -> str:
    """What a house's screen shows at an instant."""
    algorithm = settings.get("algorithm", "sha1")
    key = house_key(Secret(settings["secret"]), house, algorithm)
    return hotp(key, step_at(at, step_s), algorithm=algorithm)


def ticket(settings: Mapping[str, Any], at: datetime, guest: Identity = ANA) -> Mapping[str, str]:
    """The header with a ticket that we made for a guest at the hotel's own page."""
    made = guest_ticket(Secret(derived(Secret(settings["secret"]), "ticket").hex()), guest, at)
    return {"Authorization": f"Bearer {made}"}


def key(house: House, name: str, scopes: Sequence[str], properties: Sequence[str] = ()) -> Mapping[str, str]:
    """The header of a new API key."""
    secret = new_secret()
    with house.engine.database.writing() as store:
        store.keys.add(name, hash_secret(secret), name, scopes, properties, house.now)
    return {"Authorization": f"Bearer {secret}"}
