"""Published points lapse on the day their programme said, told by a house that really keeps them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from rewards.decisions.validity import idle_on
from rewards.domain.activity import Coverage, Kind
from rewards.paths import bundled
from rewards.rulelang import packs
from rewards.rulelang.canonical import dump_rule
from rewards.sdk.drafts import Draft
from rewards.storage.engine import SqlDatabase
from tests.stage import ANA, HARBOUR, HUDSON, KINDS, NOW, Stage

PACK = packs.load_pack(bundled("rules") / "published" / "expiry")
PERKS = (bundled("rules") / "published" / "expiry" / "perks.yaml").read_text(encoding="utf-8")
BOUGHT = (*KINDS, Kind.CUSTOM)


def stage_with(database: SqlDatabase, *names: str) -> Stage:
    """A house where these rules are live, every source of which is heard of for years to come."""
    rules = "---\n".join(dump_rule(rule) for rule in PACK.rules if rule.id in names)
    made = Stage(database, rules, perks=PERKS)
    with database.writing() as store:
        for prop in (HARBOUR, HUDSON):
            for kind in BOUGHT:
                store.properties.put_coverage(Coverage(prop.code, kind, None, NOW + timedelta(days=4_000)))
    made.stay(ANA, 1)
    return made


def given(stage: Stage, moment: str = "checkout") -> str:
    """The guest, after points were given."""
    answer = stage.ask(ANA, moment=moment)
    assert len(answer["perks"]) == 1
    return str(answer["guest"])


def standing(stage: Stage, guest: str) -> int:
    with stage.database.reading() as store:
        return stage.desk.points(store, guest)[0]


def on(stage: Stage, day: date) -> int:
    """How many lots lapse on a day."""
    stage.clock.move_to(NOW + (day - NOW.date()))
    return stage.desk.lapse_idle()


@pytest.mark.parametrize(
    ("rule", "kept", "over"),
    [
        ("e1-points-of-a-stay", date(2028, 11, 21), date(2028, 11, 22)),
        ("e3-stamps-of-a-stay", date(2027, 11, 21), date(2027, 11, 22)),
        ("a26-stamps-with-a-pause", date(2027, 11, 21), date(2027, 11, 22)),
    ],
)
def test_points_of_a_stay_lapse_on_their_day_and_not_before(
    database: SqlDatabase, rule: str, kept: date, over: date
) -> None:
    stage = stage_with(database, rule)
    guest = given(stage)
    assert on(stage, kept) == 0
    assert standing(stage, guest) > 0
    assert on(stage, over) == 1
    assert standing(stage, guest) == 0
    assert stage.violations() == []


def test_points_of_social_media_keep_no_others(database: SqlDatabase) -> None:
    stage = stage_with(database, "e1-points-of-a-stay", "e1-points-of-social-media")
    guest = given(stage)
    stage.clock.move_to(NOW + timedelta(days=700))
    post = Draft(Kind.CUSTOM, "post-1", ANA, "harbour", occurred_at=stage.clock.now(), category="social-post")
    stage.record(post)
    given(stage, "activity")
    assert standing(stage, guest) == 525
    assert [on(stage, date(2028, 11, 21)), on(stage, date(2028, 11, 22))] == [0, 2]
    assert standing(stage, guest) == 0


@pytest.mark.parametrize(
    ("rule", "kept", "over"),
    [
        ("e1-points-of-a-stay", date(2029, 9, 17), date(2029, 9, 18)),
        ("e3-stamps-of-a-stay", date(2027, 11, 21), date(2027, 11, 22)),
    ],
)
def test_what_is_spent_keeps_award_points_and_no_stamps(
    database: SqlDatabase, rule: str, kept: date, over: date
) -> None:
    stage = stage_with(database, rule)
    guest = given(stage)
    stage.clock.move_to(NOW + timedelta(days=300))
    assert stage.clock.now().date() == date(2027, 9, 18)
    stage.database.run_writing(lambda store: stage.desk.spend_points(store, guest, 1, "bill-1", "a towel"))
    assert [on(stage, kept), on(stage, over)] == [0, 1]
    assert standing(stage, guest) == 0
    assert stage.violations() == []


def test_points_that_stay_are_there_after_years(database: SqlDatabase) -> None:
    stage = stage_with(database, "e5-points-that-stay")
    guest = given(stage)
    assert on(stage, date(2036, 11, 22)) == 0
    assert stage.desk.expire_due() == 0
    assert standing(stage, guest) == 500


@pytest.mark.parametrize(
    ("perk", "last", "lapses"),
    [
        ("beauty-points", date(2026, 2, 28), date(2027, 8, 28)),
        ("stamp", date(2019, 6, 1), date(2020, 6, 1)),
        ("stamp-with-a-pause", date(2019, 6, 1), date(2021, 3, 3)),
        ("stamp-with-a-pause", date(2019, 4, 1), date(2020, 4, 1)),
        ("stamp-with-a-pause", date(2020, 12, 31), date(2022, 1, 1)),
        ("stamp-with-a-pause", date(2021, 1, 1), date(2022, 1, 1)),
    ],
)
def test_the_pause_of_2020_does_not_count(perk: str, last: date, lapses: date) -> None:
    known = packs.rule_set(PACK.rules, PACK.perks, 0).perks[perk]
    assert known.lapses is not None
    assert idle_on(known.lapses, last) == lapses


def test_what_keeps_points_is_what_the_programmes_named() -> None:
    perks = packs.rule_set(PACK.rules, PACK.perks, 0).perks
    kept = {code: set(perk.lapses.without) for code, perk in perks.items() if perk.lapses is not None}
    assert kept == {
        "award-points": {"stays", "spend", "spending", "custom:points-bought"},
        "stamp": {"stays"},
        "stamp-with-a-pause": {"stays"},
        "beauty-points": {"spend", "spending"},
    }
