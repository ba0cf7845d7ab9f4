"""What is left of Ana's activities after corrections, in whatever order they came."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime

import pytest

from rewards.domain.activity import Activity, Kind
from rewards.history.effective import effective
from tests.history.people import activity, check_in, reversal, spend, stay

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def nets(*activities: Activity) -> list[int | None]:
    """Net amounts of what is left, the same for every order of arrival."""
    answers = []
    for seed in range(6):
        shuffled = list(activities)
        random.Random(seed).shuffle(shuffled)
        answers.append([row.net for row in effective(shuffled)])
    assert all(answer == answers[0] for answer in answers)
    return answers[0]


def test_a_whole_reversal_removes_the_stay() -> None:
    first, second = stay(date(2026, 3, 1), date(2026, 3, 3)), stay(date(2026, 4, 1), date(2026, 4, 3))
    assert [row.day for row in effective([first, second, reversal(first)])] == [date(2026, 4, 3).toordinal()]


def test_partial_reversals_lower_the_amount_and_add_up() -> None:
    bill = spend(NOON, 10_000)
    assert nets(bill, reversal(bill, 2_500), reversal(bill, 1_500)) == [6_000]


def test_a_purchase_given_back_in_full_by_parts_is_still_a_purchase_of_nothing() -> None:
    bill = spend(NOON, 10_000)
    assert nets(bill, reversal(bill, 10_000)) == [0]


def test_no_more_is_taken_back_than_was_there() -> None:
    bill = spend(NOON, 10_000)
    assert nets(bill, reversal(bill, 8_000), reversal(bill, 8_000)) == [0]


def test_a_reversed_reversal_restores() -> None:
    bill = spend(NOON, 10_000)
    back = reversal(bill)
    again = reversal(back)
    assert nets(bill, back) == []
    assert nets(bill, back, again) == [10_000]
    assert nets(bill, back, again, reversal(again)) == []


def test_a_partial_reversal_of_a_partial_reversal_gives_part_back() -> None:
    bill = spend(NOON, 10_000)
    back = reversal(bill, 4_000)
    assert nets(bill, back, reversal(back, 1_000)) == [7_000]


def test_reversals_in_a_ring_do_nothing() -> None:
    bill = spend(NOON, 10_000)
    one = activity(Kind.REVERSAL, NOON, id="act_one", reverses="act_two")
    two = activity(Kind.REVERSAL, NOON, id="act_two", reverses="act_one")
    selfish = activity(Kind.REVERSAL, NOON, id="act_self", reverses="act_self")
    assert nets(bill, one, two, selfish) == [10_000]


def test_a_reversal_of_something_unknown_waits() -> None:
    bill, missing = spend(NOON, 10_000), spend(NOON, 5_000)
    back = reversal(missing)
    assert nets(bill, back) == [10_000]
    assert nets(bill, back, missing) == [10_000]


def test_what_is_withheld_is_left_out_and_a_withheld_reversal_does_nothing() -> None:
    bill = spend(NOON, 10_000)
    assert nets(bill, check_in(NOON, withheld="impossible_travel"), reversal(bill, withheld="in_review")) == [10_000]


def test_an_activity_given_twice_is_one() -> None:
    bill = spend(NOON, 10_000)
    back = reversal(bill, 1_000)
    assert nets(bill, bill, back, back) == [9_000]


def test_an_enrolment_is_no_row() -> None:
    assert effective([activity(Kind.ENROLMENT, NOON, prop=None)]) == []


def test_a_thousand_reversals_of_reversals_are_weighed_without_recursion() -> None:
    chain = [spend(NOON, 10_000)]
    for _ in range(3_001):
        chain.append(activity(Kind.REVERSAL, NOON, reverses=chain[-1].id))
    assert effective(chain) == []
    assert len(effective(chain[:-1])) == 1


@pytest.mark.parametrize("amount", [None, 5_000])
def test_rows_stand_by_instant_then_id(amount: int | None) -> None:
    money = {} if amount is None else {"amount_minor": amount, "currency": "EUR"}
    together = [activity(Kind.VISIT, NOON, **money) for _ in range(20)]
    before = activity(Kind.VISIT, datetime(2026, 3, 1, 12, tzinfo=UTC), **money)
    rows = effective([*together, before])
    assert rows[0].day == date(2026, 3, 1).toordinal()
    assert [row.key for row in rows[1:]] == sorted(row.key for row in rows[1:])
