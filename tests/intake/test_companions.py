"""Who came along equals a scan of the whole log and of everything that became of links, whatever happened."""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from rewards.clock import to_us
from rewards.domain.activity import Evidence
from rewards.domain.link import LinkKind
from rewards.history.presence import Companions
from rewards.history.standpoint import HotelGroup, stand
from rewards.rulelang.evaluation import exactly
from rewards.rulelang.nodes import Aggregate, Measure, RollingHours, Series
from rewards.storage.engine import SqlDatabase
from rewards.storage.store import SqlStore
from tests.history.naive_ranks import Lives, Race, is_here
from tests.intake.lives import RULES, Life
from tests.intake.test_ranks import group
from tests.stage import HARBOUR, HUDSON, NOW, Stage


@dataclass
class Bond:
    """What a scan knows of a link: the records it was made of, from when and until when."""

    one: str
    two: str
    kind: LinkKind
    since: datetime
    until: datetime | None = None

    def stood(self, at: datetime) -> bool:
        return self.since <= at and (self.until is None or self.until > at)


class Bonds:
    """Links that come and go between the guests of a life."""

    def __init__(self, life: Life, rng: random.Random) -> None:
        self.life, self.rng = life, rng
        self.all: list[Bond] = []

    def go_on(self) -> None:
        guests = self.life.guests()
        if len(guests) < 2:
            return
        one, two = self.rng.sample(guests, 2)
        at = NOW - timedelta(minutes=self.rng.choice((0, 1, 90)))
        kind = self.rng.choice(tuple(LinkKind))
        with self.life.stage.database.writing() as store:
            kept = owners(store)
            standing = [
                bond for bond in self.all
                if bond.until is None and bond.kind is kind and {kept[bond.one], kept[bond.two]} == {one, two}
            ]  # fmt: skip
            if self.rng.random() < 0.7:
                assert store.links.add(one, two, kind, at, "test", "test") is not bool(standing)
                self.all += [] if standing else [Bond(one, two, kind, at)]
            else:
                assert store.links.undo(two, one, kind, at, "test") is bool(standing)
                for bond in standing:
                    bond.until = at

    def of(self, kept: Mapping[str, str], guest: str, kinds: Collection[LinkKind], at: datetime) -> set[str]:
        """With whom a guest is linked."""
        found = set()
        for bond in self.all:
            pair = {kept[bond.one], kept[bond.two]}
            if bond.stood(at) and guest in pair and (not kinds or bond.kind in kinds):
                found |= pair - {guest}
        return found


def owners(store: SqlStore) -> dict[str, str]:
    """The guest for whom each record stands."""
    into = dict(store.session.all("SELECT id, merged_into FROM guest"))

    def kept(record: str) -> str:
        return record if into[record] is None else kept(into[record])

    return {record: kept(record) for record in into}


@pytest.mark.parametrize("seed", range(10))
def test_the_answer_equals_a_scan_of_log_and_links(database: SqlDatabase, seed: int) -> None:
    stage, rng = Stage(database, RULES), random.Random(seed)
    life, house = Life(stage, rng), group(stage)
    bonds = Bonds(life, rng)
    some = 0
    for _ in range(6):
        life.go_on(5)
        for _ in range(6):
            bonds.go_on()
        with database.reading() as store:
            some += sum(compare(store, life.lives(store), bonds, house, rng) for _ in range(25))
    assert some, "nobody ever came along"


def compare(store: SqlStore, lives: Lives, bonds: Bonds, house: HotelGroup, rng: random.Random) -> int:
    """One question, answered both ways; how many came along."""
    prop, hours = rng.choice((HARBOUR, HARBOUR, HUDSON)), rng.choice((1, 3, 30, 80))
    when = NOW + timedelta(hours=rng.choice((0, 0, 24)))
    evidence = rng.choice((None, Evidence.LOCATED))
    kinds = tuple(rng.sample(tuple(LinkKind), rng.choice((0, 1, 2))))
    guest = rng.choice([*lives, "gst_nobody"])
    asked = Race(lives, frozenset((prop.code,)), Series.CHECK_INS, lambda day: (day, day), when, when.date(), evidence)
    linked = bonds.of(owners(store), guest, kinds, when)
    found = sum(is_here(asked, other, when - timedelta(hours=hours)) for other in linked)
    measure = Measure(
        Series.CHECK_INS, Aggregate.COMPANIONS, window=RollingHours(hours), evidence=evidence, linked=kinds
    )
    read = Companions(store.tallies, store.links, guest).read(measure, stand(house, prop, to_us(when)))
    assert read == exactly(found), (measure, guest, linked)
    return found


def test_who_is_here_now_is_looked_up_and_not_gone_through(database: SqlDatabase) -> None:
    stage = Stage(database, RULES)
    sql = "SELECT day FROM tally WHERE kind = 'check_in' AND last_us > 0 AND guest IN ('gst_ana', 'gst_ben')"
    if database.dialect != "sqlite":
        with database.reading() as store:
            indexes = store.session.all("SELECT indexdef FROM pg_indexes WHERE tablename = 'tally'")
        assert any("(guest, kind, last_us)" in definition for (definition,) in indexes)
        return
    with stage.database.reading() as store:
        (step,) = store.session.all(f"EXPLAIN QUERY PLAN {sql}")
    assert "ix_tally_guest_kind (guest=? AND kind=? AND last_us>?)" in step[-1]
