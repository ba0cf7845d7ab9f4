"""Every fact of the catalogue has its value, or is unknown; nothing is guessed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from rewards.clock import to_us
from rewards.decisions.facts import DecisionFacts, NotRecordedError, RecordedFacts
from rewards.decisions.situation import Situation, fact_names, fact_of, place_in_time
from rewards.domain.activity import Activity, Evidence, Kind
from rewards.domain.guest import Guest
from rewards.domain.stay import StayInHand
from rewards.rulelang.evaluation import Reading, at_least, exactly
from rewards.rulelang.facts import CATALOGUE, FactType
from rewards.rulelang.nodes import Measure, Rolling, Series, SinceLastGrant
from tests.stage import HARBOUR

AT = datetime(2026, 11, 22, 14, 3, tzinfo=UTC)
ANA = Guest(
    "gst_ana", AT, language="nl", birthday=date(1984, 2, 29), country="NL",
    enrolled_at=datetime(2026, 11, 1, 12, 0, tzinfo=UTC), attributes={"company": "Acme", "floor": 3},
)  # fmt: skip
STAY = StayInHand(
    "R-1", date(2026, 11, 20), date(2026, 11, 24), "superior", "direct", "BAR", 1, 2, 0, 40_000, "EUR", "business",
)  # fmt: skip


def situation(**changes: Any) -> Situation:
    day, minute = place_in_time(HARBOUR, to_us(AT))
    return replace(Situation(ANA, True, HARBOUR, "arrival", to_us(AT), day, minute, STAY), **changes)


def check_in(**changes: Any) -> Activity:
    return replace(
        Activity("act_1", "gst_ana", Kind.CHECK_IN, AT, AT, date(2026, 11, 22), "app", "c1", "harbour",
                 evidence=Evidence.WITNESSED, category="Hotel"),
        **changes,
    )  # fmt: skip


def test_every_fact_of_the_catalogue_is_answered_and_no_other() -> None:
    assert fact_names() == frozenset(CATALOGUE)


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        ("stay.nights", 4),
        ("stay.weekend_nights", 2),
        ("stay.days_ahead", -2),
        ("stay.arrival_weekday", "friday"),
        ("stay.amount", 40_000),
        ("stay.booked_room_class_position", 2),
        ("guest.enrolled", True),
        ("guest.days_enrolled", 21),
        ("guest.days_since_anniversary", 21),
        ("guest.years_enrolled", 0),
        ("guest.age", 42),
        ("guest.days_to_birthday", 99),
        ("guest.days_since_birthday", 266),
        ("guest.verified", True),
        ("guest.attribute.company", "Acme"),
        ("guest.attribute.floor", "3"),
        ("guest.number.floor", 3),
        ("day.date", date(2026, 11, 22)),
        ("day.weekday", "sunday"),
        ("day.time", 15 * 60 + 3),
        ("day.month", 11),
        ("property.kind", "hotel"),
        ("moment.name", "arrival"),
    ],
)
def test_a_known_fact_has_its_value(fact: str, value: object) -> None:
    assert fact_of(situation(), fact) == value


@pytest.mark.parametrize(
    ("declared", "number"),
    [
        ("6", 6), ("0", 0), ("-3", -3), (12, 12), (str(2**53), 2**53), (str(2**53 + 1), None), (2**60, None),
        ("06", None), ("6.0", None), (" 6", None), ("six", None), ("", None), (True, None),
    ],
)  # fmt: skip
def test_an_attribute_is_a_number_where_it_is_written_as_one(declared: str | int | bool, number: int | None) -> None:
    ana = replace(situation().guest, attributes={"nights": declared})
    assert fact_of(situation(guest=ana), "guest.number.nights") == number
    assert fact_of(situation(guest=ana), "guest.number.rooms") is None


@pytest.mark.parametrize("fact", sorted(name for name, fact in CATALOGUE.items() if fact.may_be_unknown))
def test_a_fact_that_nobody_stated_is_unknown(fact: str) -> None:
    nobody = Guest("gst_x", AT)
    value = fact_of(situation(guest=nobody, stay=None), fact)
    assert value is None or fact == "guest.language"


@pytest.mark.parametrize("fact", sorted(name for name, fact in CATALOGUE.items() if not fact.may_be_unknown))
def test_a_fact_that_is_never_unknown_is_known_of_a_stranger_too(fact: str) -> None:
    assert fact_of(situation(guest=Guest("gst_x", AT), stay=None), fact) is not None


@pytest.mark.parametrize("fact", CATALOGUE.values(), ids=lambda fact: fact.name)
def test_a_value_has_the_type_that_the_catalogue_says(fact: Any) -> None:
    value = fact_of(situation(activity=check_in(), topic="complaint", severity=3), fact.name)
    types = {
        FactType.NUMBER: int, FactType.MONEY: int, FactType.TIME: int, FactType.TEXT: str, FactType.YES_NO: bool,
        FactType.DATE: date,
    }  # fmt: skip
    assert value is None or isinstance(value, types[fact.type])


@pytest.mark.parametrize(
    ("joined", "today", "since", "years"),
    [
        ("2024-03-10", "2024-03-10", 0, 0),
        ("2024-03-10", "2025-03-09", 364, 0),
        ("2024-03-10", "2025-03-10", 0, 1),
        ("2024-03-10", "2025-03-11", 1, 1),
        ("2024-03-10", "2027-01-01", 297, 2),
        ("2024-02-29", "2025-02-28", 365, 0),
        ("2024-02-29", "2025-03-01", 0, 1),
        ("2024-02-29", "2028-02-28", 364, 3),
        ("2024-02-29", "2028-02-29", 0, 4),
    ],
)
def test_the_day_of_joining_comes_round(joined: str, today: str, since: int, years: int) -> None:
    # At a quarter to two at night it is still yesterday's hotel day.
    ana = replace(ANA, enrolled_at=datetime.fromisoformat(f"{joined}T00:45Z") + timedelta(days=1))
    at = datetime.fromisoformat(f"{today}T23:00Z") + timedelta(hours=2)
    it = situation(guest=ana, day=date.fromisoformat(today), at_us=to_us(at))
    assert fact_of(it, "guest.days_since_anniversary") == since
    assert fact_of(it, "guest.years_enrolled") == years


def test_whose_name_and_whose_room_is_what_the_desk_says() -> None:
    for name in ("stay.own_name", "stay.own_room"):
        field = name.removeprefix("stay.")
        assert fact_of(situation(), name) is None
        assert fact_of(situation(stay=None), name) is None
        assert [fact_of(situation(stay=replace(STAY, **{field: said})), name) for said in (True, False)] == [
            True,
            False,
        ]


def test_an_amount_in_another_currency_is_not_guessed_at() -> None:
    assert fact_of(situation(stay=replace(STAY, currency="USD")), "stay.amount") is None
    spend = check_in(kind=Kind.SPEND, amount_minor=500, currency="USD")
    assert fact_of(situation(activity=spend), "spend.amount") is None
    assert fact_of(situation(activity=replace(spend, currency="EUR")), "spend.amount") == 500


def test_a_purchase_is_no_check_in_and_the_other_way_round() -> None:
    assert fact_of(situation(activity=check_in()), "checkin.evidence") == "witnessed"
    assert fact_of(situation(activity=check_in()), "spend.outlet") is None
    spend = check_in(kind=Kind.SPEND, amount_minor=500, currency="EUR")
    assert fact_of(situation(activity=spend), "checkin.evidence") is None


@pytest.mark.parametrize(
    ("arrival", "departure", "within"),
    [
        (date(2026, 2, 26), date(2026, 2, 28), False),
        (date(2026, 2, 27), date(2026, 3, 1), True),
        (date(2028, 2, 28), date(2028, 2, 29), True),
        (date(2026, 12, 30), date(2027, 3, 2), True),
    ],
)
def test_born_on_29_february_keeps_1_march_in_common_years(arrival: date, departure: date, within: bool) -> None:
    stay = replace(STAY, arrival=arrival, departure=departure)
    assert fact_of(situation(stay=stay), "stay.birthday_within") is within


def test_the_night_before_the_roll_over_is_still_yesterday() -> None:
    assert place_in_time(HARBOUR, to_us(datetime(2026, 11, 22, 2, 59, tzinfo=UTC)))[0] == date(2026, 11, 21)
    assert place_in_time(HARBOUR, to_us(datetime(2026, 11, 22, 3, 0, tzinfo=UTC)))[0] == date(2026, 11, 22)


def test_what_was_read_is_recorded_and_read_again() -> None:
    stays, since = Measure(Series.STAYS, window=Rolling(90)), Measure(Series.NIGHTS, window=SinceLastGrant())
    readings = {stays: exactly(6), since: at_least(2)}
    asked: list[tuple[Measure, str]] = []

    def read(measure: Measure, rule: str, day: date) -> Reading:
        asked.append((measure, rule))
        return readings[measure]

    facts = DecisionFacts(situation(), read)
    for _ in range(2):
        assert facts.measure(stays, "any-rule") == exactly(6)
        assert facts.measure(since, "a-rule") == at_least(2)
        assert facts.fact("stay.arrival") == date(2026, 11, 20)
    assert asked == [(stays, ""), (since, "a-rule")]
    again = RecordedFacts(facts.record())
    assert again.measure(stays, "another") == exactly(6)
    assert again.measure(since, "a-rule") == at_least(2)
    assert again.fact("stay.arrival") == date(2026, 11, 20)
    with pytest.raises(NotRecordedError):
        again.measure(since, "another")
    with pytest.raises(NotRecordedError):
        again.fact("guest.age")
