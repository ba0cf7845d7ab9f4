"""The digest is a function of the set of activities: however they came, the bytes are the same."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rewards.domain.activity import Activity, Evidence, Kind
from rewards.history.digest import CHUNK_ROWS, Digest, History, append, build, chunks_closed, read_chunk
from rewards.history.effective import effective
from tests.history.people import ANA, PROPERTIES, activity, check_in, reversal, spend, stay

START = datetime(2020, 1, 1, 12, tzinfo=UTC)


def arrive(activities: Sequence[Activity]) -> History:
    """The digest after facts came one by one: appended where that is possible, else built anew."""
    history, known = build(ANA, []), list[Activity]()
    for fact in activities:
        twice = any(other.id == fact.id for other in known)
        known.append(fact)
        if twice:
            continue
        reversed_before = any(other.reverses == fact.id for other in known)
        longer = None if reversed_before else append(history.head, fact)
        history = build(ANA, known) if longer is None else History(longer, history.chunks)
    return history


def facts(seed: int, size: int) -> list[Activity]:
    """A life of every kind of fact, some corrected."""
    rng = random.Random(seed)
    life: list[Activity] = []
    at = START
    for _ in range(size):
        at += timedelta(minutes=rng.choice((0, 1, 700, 20_000)))
        life.append(_fact(rng, at, life))
    return life


def _fact(rng: random.Random, at: datetime, life: Sequence[Activity]) -> Activity:
    prop = rng.choice([*PROPERTIES.values(), None])
    kind = rng.choice(list(Kind))
    if kind is Kind.REVERSAL and life:
        return reversal(rng.choice(life), rng.choice((None, None, 500)))
    amount = rng.choice((None, 0, 1_999, 2**53))
    return activity(
        kind if kind is not Kind.REVERSAL else Kind.SPEND,
        at,
        prop=prop,
        arrival_day=rng.choice((None, at.date() - timedelta(days=3))),
        count=rng.choice((1, 1, 7)),
        nights=rng.choice((0, 1, 400)),
        rooms=rng.choice((1, 1, 3)),
        amount_minor=amount,
        currency=None if amount is None else rng.choice(("EUR", "JPY")),
        evidence=rng.choice(list(Evidence)),
        on_time=rng.choice((None, True, False)),
        channel=rng.choice((None, "Direct", "OTA", "")),
        rate_code=rng.choice((None, "BAR")),
        room_class=rng.choice((None, "superior")),
        reservation=rng.choice((None, f"R-{rng.randrange(50)}")),
        category=rng.choice((None, "bar", "スパ")),
        place_id=rng.choice((None, "4b12")),
        withheld=rng.choice((None, None, None, "in_review")),
        recorded_at=at + timedelta(seconds=rng.randrange(10**6)),
    )


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), size=st.integers(0, 40), order=st.randoms(use_true_random=False))
def test_any_order_of_arrival_gives_the_same_bytes(seed: int, size: int, order: random.Random) -> None:
    life = facts(seed, size)
    whole = build(ANA, life)
    assert arrive(life) == whole
    shuffled = life + order.sample(life, k=len(life) // 2)
    order.shuffle(shuffled)
    assert build(ANA, shuffled) == whole
    assert arrive(shuffled) == whole


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), size=st.integers(0, 60))
def test_the_head_gives_back_every_row(seed: int, size: int) -> None:
    life = facts(seed, size)
    digest = Digest(build(ANA, life).head)
    assert digest.rows() == effective(life)
    assert (digest.guest, digest.rows_in_all, digest.chunk_count) == (ANA, len(effective(life)), 0)


def test_a_long_life_at_many_places_is_appended_to_the_same_bytes() -> None:
    rng = random.Random(5)
    life = [
        check_in(
            START + timedelta(minutes=90 * number),
            rng.choice(list(Evidence)),
            prop=rng.choice((None, *PROPERTIES.values())),
            place_id=f"spot-{rng.randrange(600)}",
            category=rng.choice((None, "bar", f"kind-{number // 100}")),
            nights=10 ** (number // 100),
            recorded_at=START + timedelta(minutes=90 * number, seconds=rng.randrange(10 ** (number // 120))),
        )
        for number in range(700)
    ]
    head = build(ANA, life[:1]).head
    for number, fact in enumerate(life[1:], 2):
        longer = append(head, fact)
        assert longer is not None
        head = longer
        if number % 50 == 0:
            assert head == build(ANA, life[:number]).head
    assert Digest(head).rows() == effective(life)


def test_ten_thousand_activities_stand_in_chunks_of_512_and_a_head() -> None:
    life = [check_in(START + timedelta(hours=7 * number)) for number in range(10_000)]
    history = build(ANA, life)
    digest = Digest(history.head)
    rows = [row for chunk in history.chunks for row in read_chunk(chunk)] + digest.rows()
    assert rows == effective(life)
    assert len(history.chunks) == digest.chunk_count == chunks_closed(10_000) == 19
    assert [len(read_chunk(chunk)) for chunk in history.chunks] == [CHUNK_ROWS] * 19
    assert [bound.last_us for bound in digest.bounds()] == [read_chunk(chunk)[-1].us for chunk in history.chunks]
    assert sum(total.rows for total in digest.totals().totals) == 19 * CHUNK_ROWS


@pytest.mark.parametrize(("rows", "chunks"), [(0, 0), (255, 0), (767, 0), (768, 1), (1_279, 1), (1_280, 2)])
def test_a_chunk_closes_when_the_head_keeps_256_rows(rows: int, chunks: int) -> None:
    assert chunks_closed(rows) == chunks


def test_appending_over_the_edge_of_a_chunk_asks_for_a_rebuild() -> None:
    life = [check_in(START + timedelta(hours=number)) for number in range(768)]
    head = build(ANA, life[:767]).head
    assert append(head, life[767]) is None
    longer = append(build(ANA, life).head, check_in(START + timedelta(hours=800)))
    assert longer is not None
    assert Digest(longer).chunk_count == 1


def test_what_cannot_be_appended_asks_for_a_rebuild() -> None:
    bill = spend(START, 10_000)
    head = build(ANA, [bill]).head
    assert append(head, reversal(bill)) is None
    assert append(head, spend(START - timedelta(hours=1), 500)) is None
    assert append(head, bill) is None


def test_what_changes_nothing_leaves_the_head_alone() -> None:
    head = build(ANA, [spend(START, 10_000)]).head
    assert append(head, check_in(START + timedelta(days=1), withheld="in_review")) == head
    assert append(head, activity(Kind.ENROLMENT, START + timedelta(days=1), prop=None)) == head


def test_a_digest_of_another_format_is_refused_by_name() -> None:
    head = bytearray(build(ANA, []).head)
    head[2] = 99
    with pytest.raises(ValueError, match="rebuild"):
        Digest(bytes(head))


def test_the_digest_is_small() -> None:
    life = [stay(date(2020, 1, 1) + timedelta(days=9 * n), date(2020, 1, 3) + timedelta(days=9 * n)) for n in range(50)]
    assert len(build(ANA, life).head) < 50 * 64
