"""Scans and undoings come in any order, and come to the same check-ins."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from plugins.staff_scan.scans import KEPT, check_ins, told, without_old

WINDOW = timedelta(hours=4)
BEGIN = datetime(2026, 11, 24, tzinfo=UTC)


def minute(number: int) -> str:
    return (BEGIN + timedelta(minutes=number)).isoformat(timespec="microseconds")


def scan(number: int) -> dict[str, Any]:
    return {"scan": f"s{number}", "undoes": "", "at": minute(number), "by": "key", "name": ["card", "1"]}


def undo(number: int, at: int) -> dict[str, Any]:
    return {"scan": "", "undoes": f"s{number}", "at": minute(at), "by": "key", "name": []}


def standing(*events: dict[str, Any]) -> list[str]:
    known: Any = None
    for event in events:
        known = told(known, event)
    return [one.scan for one in check_ins(known["scans"], known["undone"], WINDOW) if one.stands]


def test_scans_within_the_window_are_one_and_the_next_is_another() -> None:
    assert standing(scan(0), scan(1), scan(239), scan(240)) == ["s0", "s240"]


def test_undoing_any_of_them_undoes_the_check_in() -> None:
    assert standing(scan(0), scan(1), undo(1, 2)) == []
    assert standing(scan(0), scan(1), undo(0, 2)) == []


def test_what_is_scanned_after_the_undoing_counts() -> None:
    assert standing(scan(0), undo(0, 1), scan(2), scan(3)) == ["s2"]
    assert standing(scan(0), undo(0, 1), scan(2), undo(2, 3)) == []


def test_an_undoing_of_nothing_takes_nothing() -> None:
    assert standing(scan(0), undo(5, 6)) == ["s0"]


EVENTS = st.lists(
    st.integers(0, 600).flatmap(
        lambda number: st.one_of(st.just(scan(number)), st.integers(number, 660).map(lambda at: undo(number, at)))
    ),
    min_size=1,
    max_size=8,
)


@given(EVENTS, st.randoms(use_true_random=False))
def test_any_order_comes_to_the_same(events: list[dict[str, Any]], shuffle: Any) -> None:
    mixed = list(events)
    shuffle.shuffle(mixed)
    assert standing(*mixed) == standing(*events)


@given(st.lists(st.integers(0, 20_000), min_size=1, max_size=40, unique=True))
def test_what_is_long_past_is_let_go_and_nothing_new_comes_of_it(numbers: list[int]) -> None:
    """Of everything known at once, and of scans told day by day with the old ones let go: the same check-ins."""
    in_order = sorted(numbers)
    known: Any = None
    seen: dict[str, None] = {}
    for number in in_order:
        known = told(known, scan(number))
        known, found = without_old(known, check_ins(known["scans"], known["undone"], WINDOW))
        seen |= {one.scan: None for one in found}
        assert max(one.at for one in found) - min(one.at for one in found) <= KEPT
    assert list(seen) == standing(*[scan(number) for number in in_order])
    late = told(known, scan(0)) if known["since"] > minute(0) else known
    assert late["scans"] == known["scans"]
