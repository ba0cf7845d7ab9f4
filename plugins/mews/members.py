"""The membership on the guest's profile at Mews: number, points and level, as they are here now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rewards.sdk import Event, Json, Link, instant, pick

from .calls import call, every
from .reading import name_of, pick_text

GIVEN_STATES = ("granted", "delivered", "redeemed")
PROFILE = "pms:mews:"


def tell(event: Event, link: Link) -> None:
    """Make the membership of each of the guest's profiles say what is so here; nothing where nothing changed."""
    programme = link.settings.text("programme")
    if not programme or not link.settings.flag("write_membership") or event.points is None:
        return
    profiles = [one.removeprefix(PROFILE) for one in event.identities if one.startswith(PROFILE)]
    said = {"Points": event.points, "MembershipNumber": _number(event, link), "LoyaltyTierId": _level(event, link)}
    for account in sorted(profiles):
        _write(account, programme, said, link)


def _number(event: Event, link: Link) -> str | None:
    kind = (link.settings.text("member_kind") or "card") + ":"
    return next((one.removeprefix(kind) for one in sorted(event.identities) if one.startswith(kind)), None)


def _levels(link: Link) -> list[tuple[str, str]]:
    """Perks that are levels and their ids at Mews, the lowest first."""
    parts = (part.partition(":") for part in link.settings.text("levels").split(","))
    return [(perk.strip(), level.strip()) for perk, _, level in parts if perk.strip() and level.strip()]


def _level(event: Event, link: Link) -> str | None:
    """The highest level that the guest holds now; what is held is remembered from one event to the next."""
    levels = _levels(link)
    kept = f"levels/{event.guest}"
    held: dict[str, Json] = dict(link.vault.get(kept) or {})
    ranks = {perk: rank for rank, (perk, _) in enumerate(levels)}
    for grant in event.data["grants"]:
        if grant["perk"] in ranks and grant["state"] in GIVEN_STATES:
            held[grant["grant"]] = {"perk": grant["perk"], "until": grant["valid_until"]}
        else:
            held.pop(grant["grant"], None)
    held = {name: one for name, one in held.items() if instant(one["until"]) > link.now}
    link.vault.put(kept, held or None)
    best = max((ranks[one["perk"]] for one in held.values() if one["perk"] in ranks), default=None)
    return None if best is None else levels[best][1]


def _write(account: str, programme: str, said: Mapping[str, Any], link: Link) -> None:
    asked: dict[str, Json] = {"AccountIds": [account], "LoyaltyProgramIds": [programme], "ActivityStates": ["Active"]}
    found = list(every(link, "loyaltyMemberships/getAll", "LoyaltyMemberships", asked))
    there = next((one for one in found if pick_text(one, "AccountId") == account), None)
    if there is None:
        new = {"AccountId": account, "LoyaltyProgramId": programme, "IsPrimary": True, "State": "Enrolled"}
        known = {name: value for name, value in said.items() if value is not None}
        call(link, "loyaltyMemberships/add", {"LoyaltyMemberships": [{**new, **known}]})
        return
    changed = {name: {"Value": value} for name, value in said.items() if _differs(there, name, value)}
    if changed:
        update = {"LoyaltyMembershipId": name_of(there, "Id"), **changed}
        call(link, "loyaltyMemberships/update", {"LoyaltyMembershipUpdates": [update]})


def _differs(there: Json, name: str, value: Any) -> bool:
    """A number that we do not know is left as it is; a level that is over is taken away."""
    if name == "Points":
        return bool(pick(there, name, int, None) != value)
    return (pick_text(there, name) or None) != value and not (name == "MembershipNumber" and value is None)
