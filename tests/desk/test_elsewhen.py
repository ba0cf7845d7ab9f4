"""Asked as of another instant, or with what was known then: what was given later is not seen."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from rewards.clock import isoformat
from rewards.storage.engine import SqlDatabase
from tests.stage import ANA, NOW, Stage, perks_of, reasons_of

SINCE = """
rule: every-two
at: arrival
when: {measure: stays, where: here, since: last grant, at_least: 2}
give: [{perk: cake}]
"""
LIMITED = """
rule: monthly
at: arrival
when: {measure: stays, where: here, ever: true, at_least: 1}
give: [{perk: cake}]
limits: [{per: guest, at_most: 1, every: 30 days}]
---
rule: house
at: arrival
when: {fact: stay.channel, is: direct}
give: [{perk: late-checkout, until: "14:00"}]
limits: [{per: property, at_most: 1, every: 30 days}]
"""


def two_stays(database: SqlDatabase, rules: str) -> Stage:
    stage = Stage(database, rules)
    stage.stay(ANA, 30, key="first")
    stage.stay(ANA, 20, key="second")
    return stage


def as_of(stage: Stage, days: int, **more: Any) -> dict[str, Any]:
    return stage.ask(mode="preview", as_of=isoformat(NOW + timedelta(days=days)), **more)


def test_a_grant_that_came_later_is_not_seen_by_a_window_since_the_last_one(database: SqlDatabase) -> None:
    stage = two_stays(database, SINCE)
    assert perks_of(stage.ask()) == ["cake"]
    assert perks_of(as_of(stage, -3)) == ["cake"]
    assert perks_of(as_of(stage, 0, stay={"reservation": "R-2"})) == []
    assert perks_of(as_of(stage, 3)) == []


def test_a_grant_that_came_later_does_not_fill_a_limit(database: SqlDatabase) -> None:
    stage = two_stays(database, LIMITED)
    assert perks_of(stage.ask()) == ["late-checkout", "cake"]
    assert perks_of(as_of(stage, -3)) == ["late-checkout", "cake"]
    later = as_of(stage, 3)
    assert perks_of(later) == []
    assert reasons_of(later) == {"monthly": "limit_reached", "house": "limit_reached"}
    assert perks_of(as_of(stage, 30)) == ["late-checkout", "cake"]


@pytest.mark.parametrize("known", ["then", "now"])
def test_a_grant_that_was_taken_back_was_known_as_standing_until_then(database: SqlDatabase, known: str) -> None:
    stage = two_stays(database, SINCE)
    grant = stage.ask()["perks"][0]["grant"]
    stage.clock.advance(timedelta(hours=2))
    stage.database.run_writing(lambda store: stage.desk.void(store, grant, "desk", "a mistake"))
    stage.clock.advance(timedelta(hours=2))
    at = isoformat(NOW + timedelta(hours=1))
    answer = stage.ask(mode="preview", as_of=at, **({"known_at": at} if known == "then" else {}))
    assert perks_of(answer) == ([] if known == "then" else ["cake"])


def test_what_a_guest_told_later_changes_no_replay(database: SqlDatabase) -> None:
    rules = "rule: born\nat: arrival\nwhen: {fact: guest.birthday_known, is: false}\ngive: [{perk: cake}]\n"
    stage = two_stays(database, rules)
    answer = stage.ask()
    assert perks_of(answer) == ["cake"]
    with stage.database.writing() as store:
        head = store.guests.head(answer["guest"])
        assert head is not None
        store.guests.update(replace(head.guest, birthday=date(1980, 5, 1)))
        store.guests.bump(head.guest.id)
    with stage.database.reading() as store:
        for deep in (False, True):
            assert [one.verdict for one in stage.desk.replay(store, deep=deep)] == ["identical"], deep


def test_a_deep_replay_reads_the_log_as_it_was_known(database: SqlDatabase) -> None:
    stage = two_stays(database, SINCE)
    stage.ask()
    stage.clock.advance(timedelta(days=1))
    stage.take_back("first")
    stage.stay(ANA, 25, key="late")
    stage.ask(stay={"reservation": "R-2"})
    with stage.database.reading() as store:
        assert [one.verdict for one in stage.desk.replay(store, deep=True)] == ["identical", "identical"]
