"""What is left of a payment: refunds add up, doubt withholds, and the order of telling does not matter."""

from __future__ import annotations

from functools import reduce
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from rewards.sdk import HELD, NOTHING, TAKEN, Left, left_of, newest


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
