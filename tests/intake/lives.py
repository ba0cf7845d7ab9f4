"""Random lives of a house: guests at two hotels who come, stay, pay, correct, turn out to be one, and are parted."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from rewards.domain.activity import Activity, Evidence, Kind
from rewards.domain.guest import Identity
from rewards.errors import RewardsError
from rewards.intake.people import merge, unmerge
from rewards.sdk.drafts import Draft
from rewards.storage.store import SqlStore
from tests.stage import NOW, Stage

RULES = """
rule: drink
at: arrival
when: {fact: stay.channel, is: direct}
give: [{perk: welcome-drink}]
"""
NAMES = ("ana", "ben", "cor", "dew", "eva", "fay", "gus")
DAY = timedelta(days=1)


def who(name: str) -> tuple[Identity, ...]:
    """The card of somebody."""
    return (Identity("card", name, verified=True),)


class Life:
    """What happens at a house, step by step."""

    def __init__(self, stage: Stage, rng: random.Random) -> None:
        self.stage, self.rng = stage, rng
        self.keys: list[str] = []
        self.merges: list[str] = []

    def go_on(self, steps: int) -> None:
        """So many things happen."""
        for _ in range(steps):
            self.rng.choice((self.facts, self.facts, self.facts, self.take_back, self.unite, self.part))()

    def facts(self) -> None:
        """A batch of facts, some late, some of which are taken back before they come."""
        drafts = [self.fact() for _ in range(self.rng.choice((1, 1, 2, 9)))]
        self.keys += [draft.source_key for draft in drafts]
        self.stage.record(*drafts)

    def fact(self) -> Draft:
        """One thing that somebody did, at either hotel or elsewhere, now or some time ago."""
        rng, key = self.rng, f"{len(self.keys)}/{self.rng.random()}"
        kind = rng.choice((Kind.CHECK_IN, Kind.CHECK_IN, Kind.VISIT, Kind.STAY, Kind.SPEND, Kind.OPENING))
        at = NOW - timedelta(days=rng.choice((0, 0, 1, 2, 3, 5, 40)), minutes=rng.choice((0, 1, 50, 200)))
        more: dict[str, Any] = {"property": rng.choice(("harbour", "harbour", "harbour", "hudson")), "occurred_at": at}
        if kind is Kind.STAY:
            more |= {"departure": at.date(), "arrival": at.date() - timedelta(days=rng.choice((1, 2, 3)))}
        if kind is Kind.OPENING:
            more |= {"count": 2, "nights": 3}
        if kind is Kind.SPEND or (kind in (Kind.STAY, Kind.OPENING) and rng.random() < 0.7):
            more |= {"amount_minor": rng.choice((0, 500, 1000)), "currency": "EUR", "property": "harbour"}
        if kind is Kind.CHECK_IN:
            more |= {"evidence": rng.choice((Evidence.CLAIMED, Evidence.LOCATED, Evidence.WITNESSED))}
            if rng.random() < 0.2:
                more |= {"property": None, "place_id": "cafe"}
        return Draft(kind, key, who(rng.choice(NAMES)), **more)

    def take_back(self) -> None:
        """Take something back, or take the taking back back; now and then before it has come at all."""
        if not self.keys:
            return
        name, key = f"back/{len(self.keys)}/{self.rng.random()}", self.rng.choice(self.keys)
        whose = who(self.rng.choice(NAMES))
        amount = {"amount_minor": 300, "currency": "EUR"} if self.rng.random() < 0.3 else {}
        draft = Draft(Kind.REVERSAL, name, whose, None, occurred_at=NOW, reverses_key=key, **amount)
        with contextlib.suppress(RewardsError):  # there may be nothing left to take back
            self.stage.record(draft)
            self.keys.append(name)
        if self.rng.random() < 0.3:
            early = f"early/{name}"
            self.stage.record(Draft(Kind.REVERSAL, f"of {early}", whose, None, occurred_at=NOW, reverses_key=early))
            self.stage.record(Draft(Kind.CHECK_IN, early, whose, "harbour", occurred_at=NOW - DAY))

    def unite(self) -> None:
        """Two guests turn out to be one."""
        guests = self.guests()
        if len(guests) < 3:
            return
        kept, absorbed = self.rng.sample(guests, 2)
        with self.stage.database.writing() as store:
            self.merges.append(merge(store, kept, absorbed, "a test", NOW))

    def part(self) -> None:
        """They were two after all."""
        if not self.merges:
            return
        merge_id = self.merges.pop(self.rng.randrange(len(self.merges)))
        with self.stage.database.writing() as store:
            unmerge(store, merge_id, NOW)

    def guests(self) -> list[str]:
        """Ids of all guests who stand for themselves."""
        with self.stage.database.reading() as store:
            return [guest.id for guest in store.guests.page(None, 100)]

    def lives(self, store: SqlStore) -> dict[str, Sequence[Activity]]:
        """What each of them did, merged records together."""
        guests = [guest.id for guest in store.guests.page(None, 100)]
        return {guest: store.activities.of_guest(store.guests.records(guest)) for guest in guests}
