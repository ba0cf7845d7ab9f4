"""A file and a live source that tell the same facts: the better telling stands, whichever comes first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from rewards.domain.activity import Evidence
from rewards.history.effective import effective
from rewards.history.rows import Row
from rewards.intake.corrections import Corrections
from rewards.intake.receive import Intake, Receipt, ground_of
from rewards.sdk import Draft, FileRow, Kind
from rewards.storage.engine import SqlDatabase
from tests.stage import ANA, Stage

RULES = """
rule: three-times
at: arrival
when: {measure: check-ins, where: here, ever: true, at_least: 3}
give: [{perk: cake}]
"""
CLAIMED = Draft(
    Kind.CHECK_IN, "checkin/1", ANA, "harbour", datetime(2026, 3, 1, 18, 0, tzinfo=UTC), evidence=Evidence.CLAIMED
)
LOCATED = replace(CLAIMED, evidence=Evidence.LOCATED, category="Hotel")


@pytest.fixture
def stage(database: SqlDatabase) -> Stage:
    return Stage(database, RULES)


def tell(stage: Stage, *rows: FileRow, live: bool = False) -> list[Receipt]:
    with stage.database.writing() as store:
        ground = ground_of(store, "Europe/Amsterdam", 4)
        corrections = Corrections(Intake(stage.clock), stage.clock)
        return corrections.receive(store, "swarm", ground, rows, as_it_happened=False, live=live)


def file_row(number: int = 1) -> FileRow:
    return FileRow(number, (CLAIMED,), yields=True)


def live_row(*drafts: Draft, takes_back: tuple[str, ...] = ()) -> FileRow:
    return FileRow(1, drafts, corrects=True, takes_back=takes_back)


def counts(stage: Stage) -> Sequence[Row]:
    with stage.database.reading() as store:
        guest = store.guests.resolve(ANA[0])
        return effective(store.activities.of_guest(store.guests.records(guest))) if guest else ()


def evidences(stage: Stage) -> list[str]:
    return [Evidence(row.evidence).word for row in counts(stage)]


def test_the_file_first_and_then_the_better_telling(stage: Stage) -> None:
    tell(stage, file_row())
    tell(stage, live_row(LOCATED), live=True)
    assert evidences(stage) == ["located"]


def test_the_better_telling_first_and_then_the_file(stage: Stage) -> None:
    (first,) = tell(stage, live_row(LOCATED), live=True)
    (again,) = tell(stage, file_row())
    assert (again.status, again.activity) == ("duplicate", first.activity)
    assert evidences(stage) == ["located"]
    assert stage.count("activity") == 1


def test_the_file_after_a_correction_is_known_too(stage: Stage) -> None:
    tell(stage, file_row())
    tell(stage, live_row(LOCATED), live=True)
    said = stage.count("activity")
    assert [one.status for one in tell(stage, file_row())] == ["duplicate"]
    assert stage.count("activity") == said


def test_a_fact_that_was_taken_back_does_not_come_again_by_a_file(stage: Stage) -> None:
    tell(stage, live_row(LOCATED), live=True)
    tell(stage, live_row(takes_back=("checkin/1",)), live=True)
    tell(stage, file_row())
    assert evidences(stage) == []
    tell(stage, live_row(LOCATED), live=True)
    assert evidences(stage) == ["located"]


def test_a_row_twice_in_one_file_is_one_fact(stage: Stage) -> None:
    assert [one.status for one in tell(stage, file_row(1), file_row(2))] == ["recorded", "duplicate"]
    assert stage.count("activity") == 1


def test_a_live_telling_is_told_to_the_outbox_and_a_file_is_not(stage: Stage) -> None:
    before = stage.count("outbox")
    tell(stage, file_row())
    assert stage.count("outbox") == before
    tell(stage, live_row(LOCATED), live=True)
    assert stage.count("outbox") == before + 2
