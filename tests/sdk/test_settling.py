"""The facts that stand at the end are those that were stated last, whatever came before."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from rewards.sdk import Draft, Identity, Kind, settle

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
ANA = (Identity("pms", "ana"),)


def bill(cents: int, key: str = "bill/1", *, hours: int = 0) -> Draft:
    return Draft(Kind.SPEND, key, ANA, "harbour", NOON + timedelta(hours=hours), amount_minor=cents, currency="EUR")


def arrival() -> Draft:
    return Draft(Kind.CHECK_IN, "res/1/in", ANA, "harbour", NOON)


class Log:
    """What intake would hold: facts by key with what is left of each; it refuses what intake refuses."""

    def __init__(self) -> None:
        self.left: dict[str, int | None] = {}
        self.gone: set[str] = set()
        self.partly: set[str] = set()
        self.names: set[str] = set()
        self.drafts: dict[str, Draft] = {}

    def take(self, drafts: list[Draft]) -> None:
        for draft in drafts:
            assert draft.source_key not in self.names, "a key names one fact for ever"
            self.names.add(draft.source_key)
            if draft.kind is not Kind.REVERSAL:
                self.left[draft.source_key] = draft.amount_minor
                self.drafts[draft.source_key] = draft
                continue
            whole = draft.amount_minor is None
            key = draft.reverses_key or ""
            assert key in self.left
            assert key not in self.gone
            if whole:
                assert key not in self.partly, "whole and in part do not mix"
                self.gone.add(key)
            else:
                self.partly.add(key)
                left = (self.left[key] or 0) - (draft.amount_minor or 0)
                assert left >= 0
                self.left[key] = left

    def standing(self) -> set[tuple[str, datetime | None, int | None]]:
        return {
            (key.partition("~")[0], self.drafts[key].occurred_at, left)
            for key, left in self.left.items()
            if key not in self.gone and not (key in self.partly and not left)
        }


def test_a_check_in_that_was_undone_is_reversed_and_done_again_recorded_anew() -> None:
    first, standing = settle(None, [arrival()])
    undone, standing = settle(standing, [])
    again, standing = settle(standing, [arrival()])
    assert [draft.source_key for draft in first] == ["res/1/in"]
    assert [(draft.kind, draft.reverses_key) for draft in undone] == [(Kind.REVERSAL, "res/1/in")]
    assert [draft.source_key for draft in again] == ["res/1/in~2"]
    assert settle(standing, [arrival()])[0] == []


def test_a_refund_is_taken_back_in_part_and_the_rest_with_the_bill() -> None:
    _, standing = settle(None, [bill(1_000)])
    part, standing = settle(standing, [bill(700)])
    rest, _ = settle(standing, [])
    assert [(draft.reverses_key, draft.amount_minor) for draft in part + rest] == [("bill/1", 300), ("bill/1", 700)]


def test_nothing_is_said_where_nothing_changed() -> None:
    drafts, standing = settle(None, [bill(500), arrival()])
    assert len(drafts) == 2
    assert settle(standing, [arrival(), bill(500)]) == ([], standing)


SAID = st.lists(
    st.dictionaries(
        st.sampled_from(["a", "b"]), st.tuples(st.integers(0, 5).map(lambda n: n * 100), st.integers(0, 1)), max_size=2
    ),
    max_size=8,
)


@given(SAID)
def test_what_stands_is_what_was_stated_last(said: list[dict[str, tuple[int, int]]]) -> None:
    log, standing = Log(), None
    for facts in said:
        drafts, standing = settle(standing, [bill(cents, key, hours=hours) for key, (cents, hours) in facts.items()])
        log.take(drafts)
    last = said[-1] if said else {}
    stated = {(key, replace(bill(cents), occurred_at=NOON + timedelta(hours=hours)).occurred_at, cents or None)
              for key, (cents, hours) in last.items()}  # fmt: skip
    assert {entry for entry in log.standing() if entry[2]} == {entry for entry in stated if entry[2]}
