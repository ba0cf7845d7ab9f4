"""Guests who share a room: a limit of the stay is the reservation's, whoever of them asks."""

from __future__ import annotations

from rewards.storage.engine import SqlDatabase
from tests.desk.test_companions import arrives
from tests.stage import ANA, BEN, Stage, perks_of

RULES = """
rule: points-for-the-room
at: checkout
when: {fact: stay.nights, at_least: 1}
give: [{perk: points, points: 100}]
limits: [{per: stay, at_most: 1}]
"""
SHARED = {"reservation": "R-1", "arrival": "2026-11-20", "departure": "2026-11-22"}


def test_of_two_who_share_a_room_one_earns_and_of_two_rooms_both(database: SqlDatabase) -> None:
    stage = Stage(database, RULES)
    for who in (ANA, BEN):
        arrives(stage, who)
    assert perks_of(stage.ask(ANA, moment="checkout", stay=SHARED)) == ["points"]
    assert perks_of(stage.ask(BEN, moment="checkout", stay=SHARED)) == []
    assert perks_of(stage.ask(BEN, moment="checkout", stay={**SHARED, "reservation": "R-2"})) == ["points"]
