"""What is left of a payment: refunds add up, doubt withholds, and the order of telling does not matter."""

from __future__ import annotations

from functools import reduce
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewards.sdk import (
    HELD,
    NOTHING,
    STRIPE_DIGITS,
    TAKEN,
    Left,
    Refused,
    amount_of,
    currency_of,
    left_of,
    newest,
    with_part,
)


def part(amount: int, effect: str = TAKEN, currency: str = "EUR") -> dict[str, Any]:
    return {"amount": amount, "currency": currency, "effect": effect}


def test_refunds_in_parts_add_up_and_failed_ones_do_not_count() -> None:
    assert left_of(12_000, "EUR", []) == Left(12_000)
    assert left_of(12_000, "EUR", [part(3_000), part(2_000), part(5_000, NOTHING)]) == Left(7_000)
    assert left_of(12_000, "EUR", [part(12_000)]) == Left(0)


def test_more_taken_back_than_was_paid_leaves_nothing_and_says_so() -> None:
    assert left_of(1_000, "EUR", [part(900), part(900)]) == Left(0, None, "more was taken back than was paid")


def test_a_dispute_withholds_what_is_left() -> None:
    assert left_of(1_000, "EUR", [part(200), part(800, HELD)]) == Left(800, "disputed")
    assert left_of(1_000, "EUR", [part(800, HELD, "USD")]) == Left(1_000, "disputed")


def test_a_refund_in_another_currency_withholds_and_is_not_reckoned_with() -> None:
    refunded = [part(300), part(500, TAKEN, "USD")]
    assert left_of(1_000, "EUR", refunded) == Left(700, "refunded in another currency")
    assert left_of(1_000, "EUR", [part(500, NOTHING, "USD")]) == Left(1_000)


def test_money_is_read_in_the_units_of_the_standard_and_nothing_else_is() -> None:
    thing = {"amount": 1_500, "currency": "isk", "code": "KWD"}
    assert currency_of(thing, "currency", small=True) == "ISK"
    assert amount_of(thing, "amount", "ISK", STRIPE_DIGITS) == 15
    assert amount_of(thing, "amount", "ISK") == amount_of(thing, "amount", currency_of(thing, "code")) == 1_500
    with pytest.raises(Refused, match="currency is not one of ISO 4217"):
        currency_of(thing, "currency")
    with pytest.raises(Refused, match="not a whole number of the smallest unit"):
        amount_of({"amount": 1_501}, "amount", "ISK", STRIPE_DIGITS)
    for wrong in (-1, 2**53 + 1):
        with pytest.raises(Refused, match="total is out of range"):
            amount_of({"total": wrong}, "total", "EUR")


def test_a_payment_keeps_the_newest_of_each_part_and_no_more_than_a_bound() -> None:
    kept = with_part({}, {"id": "re_1", "order": [1], "amount": 5})
    assert with_part(kept, {"id": "re_1", "order": [0], "amount": 4}) == kept
    full = reduce(lambda parts, n: with_part(parts, {"id": f"re_{n}", "order": [n]}), range(150), {})
    assert len(full) == 150
    with pytest.raises(Refused, match="more than 150 refunds"):
        with_part(full, {"id": "re_150", "order": [0]})


TELLINGS = st.lists(
    st.builds(
        lambda at, rank, amount: {"order": [at, rank], "amount": amount},
        st.integers(0, 3), st.integers(0, 1), st.integers(0, 3),
    ),
    min_size=1, max_size=6,
)  # fmt: skip


@given(TELLINGS, st.randoms())
def test_the_newest_telling_wins_in_any_order(said: list[dict[str, Any]], chance: Any) -> None:
    other = list(said)
    chance.shuffle(other)
    found = reduce(newest, said, None)
    assert found == reduce(newest, other, None)
    assert found["order"] == max(one["order"] for one in said)
