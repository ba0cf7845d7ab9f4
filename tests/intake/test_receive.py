"""A fact is recorded once, for the right guest, on the right day, in any order; what cannot be one is refused."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest

from rewards.domain.activity import Kind
from rewards.domain.guest import Identity
from rewards.errors import RewardsError
from rewards.history.digest import build
from rewards.sdk.drafts import Draft
from rewards.storage.engine import SqlDatabase
from tests.stage import ANA, BEN, NOW, TODAY, Stage

RULES = """
rule: three-stays
at: arrival
when: {measure: stays, where: here, ever: true, at_least: 3}
give: [{perk: cake}]
"""


@pytest.fixture
def stage(database: SqlDatabase) -> Stage:
    return Stage(database, RULES)


def stay(key: str, days_ago: int, who: tuple[Identity, ...] = ANA, **more: Any) -> Draft:
    leaves = TODAY - timedelta(days=days_ago)
    return Draft(Kind.STAY, key, who, "harbour", arrival=leaves - timedelta(days=1), departure=leaves, **more)


def _code(stage: Stage, draft: Draft) -> tuple[str, str | None]:
    before = stage.count("activity"), stage.count("guest"), stage.count("digest")
    with pytest.raises(RewardsError) as caught:
        stage.record(draft)
    assert (stage.count("activity"), stage.count("guest"), stage.count("digest")) == before
    return caught.value.code.name, caught.value.field


def test_the_same_fact_twice_is_one(stage: Stage) -> None:
    first, again = stage.record(stay("s1", 10))[0], stage.record(stay("s1", 10))[0]
    assert (first.status, again.status) == ("recorded", "duplicate")
    assert first.activity == again.activity
    assert stage.count("activity") == 1


def test_the_same_key_with_other_content_is_refused_and_the_batch_leaves_nothing(stage: Stage) -> None:
    stage.record(stay("s1", 10))
    with pytest.raises(RewardsError) as caught:
        stage.record(stay("s2", 20), stay("s1", 11))
    assert caught.value.code.name == "activity_conflict"
    assert stage.count("activity") == 1


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"nights": -1}, "field_invalid", "nights"),
        ({"nights": 401}, "field_invalid", "nights"),
        ({"rooms": 0}, "field_invalid", "rooms"),
        ({"property": "atlantis"}, "property_unknown", "property"),
        ({"departure": date(2026, 1, 1), "arrival": date(2026, 1, 2)}, "field_invalid", "departure"),
        ({"departure": TODAY + timedelta(days=30)}, "time_out_of_range", "departure"),
        ({"occurred_at": datetime(1969, 12, 31, tzinfo=UTC)}, "time_out_of_range", "occurred_at"),
        ({"occurred_at": NOW + timedelta(days=2)}, "time_out_of_range", "occurred_at"),
        ({"occurred_at": NOW.replace(tzinfo=None)}, "field_invalid", "occurred_at"),
        ({"amount_minor": -1, "currency": "EUR"}, "field_invalid", "amount_minor"),
        ({"amount_minor": 2**60, "currency": "EUR"}, "field_invalid", "amount_minor"),
        ({"amount_minor": 100}, "field_invalid", "currency"),
        ({"amount_minor": 100, "currency": "EUX"}, "currency_unknown", "currency"),
        ({"amount_minor": 100, "currency": "USD"}, "rate_unknown", "currency"),
        ({"source_key": ""}, "field_invalid", "source_key"),
        ({"channel": "a\x00b"}, "field_invalid", "channel"),
        ({"channel": "x" * 201}, "field_invalid", "channel"),
        ({"identities": ()}, "field_invalid", "guest"),
        ({"identities": (Identity("klout", "55"),)}, "influence_refused", "guest"),
        ({"kind": Kind.PAYMENT}, "field_invalid", "on_time"),
        ({"kind": Kind.SPEND}, "field_invalid", "amount_minor"),
        ({"attributes": {"x": 2**60}}, "field_invalid", "attributes.x"),
    ],
)
def test_what_cannot_be_a_fact_is_refused_by_name_and_leaves_nothing(
    stage: Stage, change: dict[str, Any], code: str, field: str
) -> None:
    assert _code(stage, replace(stay("s1", 10), **change)) == (code, field)


def test_a_foreign_currency_needs_the_rate_of_its_day(stage: Stage) -> None:
    dollars = replace(stay("s1", 10), amount_minor=100, currency="USD")
    assert _code(stage, dollars)[0] == "rate_unknown"
    with stage.database.writing() as store:
        store.properties.put_rate("USD", "EUR", TODAY - timedelta(days=9), Fraction(9, 10))
    assert _code(stage, dollars)[0] == "rate_unknown"
    with stage.database.writing() as store:
        store.properties.put_rate("USD", "EUR", TODAY - timedelta(days=10), Fraction(9, 10))
    assert stage.record(dollars)[0].status == "recorded"


def test_scores_are_dropped_at_the_door(stage: Stage) -> None:
    receipt = stage.record(replace(stay("s1", 10), attributes={"klout_score": 80, "followers": 1, "pillow": "soft"}))[0]
    assert receipt.dropped == ("followers", "klout_score")
    with stage.database.reading() as store:
        kept = store.activities.get(receipt.activity)
    assert kept is not None
    assert kept.attributes == {"pillow": "soft"}


def test_a_check_in_before_the_roll_over_belongs_to_yesterday(stage: Stage) -> None:
    at = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)
    receipt = stage.record(Draft(Kind.CHECK_IN, "c1", ANA, "harbour", occurred_at=at))[0]
    with stage.database.reading() as store:
        activity = store.activities.get(receipt.activity)
    assert activity is not None
    assert activity.day == date(2026, 11, 21)


def test_any_order_of_stays_and_their_reversals_ends_in_the_same_digest(database: SqlDatabase) -> None:
    facts = [
        stay("s1", 30),
        stay("s2", 20),
        replace(stay("s3", 10), amount_minor=10_000, currency="EUR"),
        Draft(Kind.REVERSAL, "r1", ANA, "harbour", day=TODAY, reverses_key="s1"),
        Draft(
            Kind.REVERSAL, "r3", ANA, "harbour", day=TODAY, amount_minor=4_000, currency="EUR", reverses_key="s3"
        ),
    ]  # fmt: skip
    stage = Stage(database, RULES)
    heads = set()
    for number, order in enumerate(itertools.islice(itertools.permutations(facts), 0, 120, 13)):
        who = (Identity("card", f"perm-{number}", verified=True),)
        renamed = [
            replace(
                fact,
                identities=who,
                source_key=f"{number}/{fact.source_key}",
                reverses_key=f"{number}/{fact.reverses_key}" if fact.reverses_key else None,
            )
            for fact in order
        ]
        guests = {stage.record(fact)[0].guest for fact in renamed}
        assert len(guests) == 1
        guest = guests.pop()
        answer = stage.ask(who, mode="preview")
        heads.add(json_free(answer))
        with stage.database.reading() as store:
            again = build(guest, store.activities.of_guest(store.guests.records(guest)))
            assert store.histories.head(guest) == again.head
    assert len(heads) == 1


def json_free(answer: dict[str, Any]) -> str:
    """What an answer says, without whom it is about."""
    return str([answer["perks"], [(miss["rule"], miss["actual"]) for miss in answer["near_misses"]]])


def test_more_cannot_be_taken_back_than_there_was(stage: Stage) -> None:
    stage.record(replace(stay("s1", 10), amount_minor=10_000, currency="EUR"))
    stage.take_back("s1", 6_000, name="r1")
    with pytest.raises(RewardsError) as caught:
        stage.take_back("s1", 4_001, name="r2")
    assert caught.value.code.name == "reversal_too_large"
    stage.take_back("s1", 4_000, name="r2")
    stage.take_back("s1", name="r3")
    with pytest.raises(RewardsError) as caught:
        stage.take_back("s1", name="r4")
    assert caught.value.code.name == "already_reversed"


def test_an_opening_balance_counts_from_its_day(stage: Stage) -> None:
    stage.record(Draft(Kind.OPENING, "o1", ANA, "harbour", day=date(2025, 12, 31), count=3, nights=9))
    assert [perk["perk"] for perk in stage.ask(mode="preview")["perks"]] == ["cake"]


def test_verified_identities_of_one_fact_unite_two_guests_and_the_union_can_be_undone(stage: Stage) -> None:
    card, mail = (Identity("card", "7", verified=True),), (Identity("email", "x@example.org", verified=True),)
    first = stage.record(stay("a", 30, card))[0].guest
    second = stage.record(stay("b", 20, mail))[0].guest
    assert first != second
    receipt = stage.record(stay("c", 10, card + mail))[0]
    assert (receipt.guest, receipt.united) == (first, (second,))
    assert [perk["perk"] for perk in stage.ask("card:7", mode="preview")["perks"]] == ["cake"]
    assert stage.ask("email:x@example.org", mode="preview")["guest"] == first
    with stage.database.writing() as store:
        merges = store.session.all("SELECT id FROM guest_merge", ())
        from rewards.intake.people import unmerge

        assert unmerge(store, merges[0][0], NOW) == (first, second)
    assert stage.ask("card:7", mode="preview")["perks"] == []
    assert stage.ask("email:x@example.org", mode="preview")["guest"] == second


def test_shared_and_unverified_identities_never_unite(stage: Stage) -> None:
    relay = Identity("email", "relay@agency.example", verified=True, shared=True)
    first = stage.record(stay("a", 30, (Identity("card", "7", verified=True), relay)))[0].guest
    second = stage.record(stay("b", 20, (Identity("card", "8", verified=True), relay)))[0]
    assert second.guest != first
    assert second.united == ()
    third = stage.record(stay("c", 20, (Identity("phone", "1"),)))[0].guest
    fourth = stage.record(stay("d", 10, (Identity("card", "7", verified=True), Identity("phone", "1"))))[0]
    assert fourth.guest == first
    assert fourth.guest != third


def test_a_hotel_that_just_went_live_knows_nobody_as_a_newcomer(database: SqlDatabase) -> None:
    rules = """
rule: newcomer
at: arrival
when: {measure: stays, where: here, ever: true, at_most: 0}
give: [{perk: cake}]
"""
    stage = Stage(database, rules, known=False)
    answer = stage.ask(BEN, mode="preview")
    assert answer["perks"] == []
    assert answer["withheld"][0]["reason"] == "not_covered"
    stage.record(stay("first-ever", 0, BEN), live=True)
    assert stage.ask(ANA, mode="preview")["perks"] == []
