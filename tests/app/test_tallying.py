"""After an upgrade the days of earlier guests are added up in the background, and then places are known."""

from __future__ import annotations

from pathlib import Path

import pytest

from rewards.app import build_engine, create_job_runtime
from rewards.domain.activity import Kind
from rewards.intake.digests import is_current
from rewards.intake.people import merge
from rewards.jobs.sweeper import Sweeper
from rewards.jobs.tasks import Outcome
from rewards.pluginhost import tallying
from rewards.pluginhost.tallying import catch_up
from rewards.sdk.drafts import Draft
from rewards.settings import Settings
from rewards.storage.engine import SqlDatabase
from tests.desk.test_ranks import MAYOR, card, visits
from tests.stage import ANA, BEN, NOW, Stage, perks_of, reasons_of

PEOPLE = (ANA, BEN, *(card(name) for name in ("cor", "dew", "eva")))


@pytest.fixture
def stage(database: SqlDatabase) -> Stage:
    """A house with five guests as an upgrade leaves it: their digests are there, their tallies are not."""
    stage = Stage(database, MAYOR)
    for count, who in enumerate(reversed(PEOPLE), 1):
        visits(stage, who, *range(1, count + 1))
    as_an_upgrade_leaves_it(database)
    return stage


def as_an_upgrade_leaves_it(database: SqlDatabase) -> None:
    with database.writing() as store:
        store.session.run("DELETE FROM tally", ())
        store.session.run("INSERT INTO tally_due (guest) SELECT guest FROM digest", ())


def left(database: SqlDatabase) -> int:
    with database.reading() as store:
        assert store.counts()["tallies_due"] == store.tallies.due_count()
        return store.tallies.due_count()


def is_whole(database: SqlDatabase) -> bool:
    with database.reading() as store:
        return all(is_current(store, guest) for guest in store.histories.guests())


def test_until_the_last_guest_is_done_nobody_leads_and_then_the_right_one_does(stage: Stage) -> None:
    for done in range(len(PEOPLE)):
        assert left(stage.database) == len(PEOPLE) - done
        answer = stage.ask(ANA, mode="preview")
        assert (perks_of(answer), reasons_of(answer)) == ([], {"mayor": "not_covered"})
        assert catch_up(stage.database, run_s=0) == 1
    assert left(stage.database) == 0
    assert perks_of(stage.ask(ANA, mode="preview")) == ["cake"]
    assert is_whole(stage.database)


@pytest.mark.parametrize("page", [1, 2, 5, 100])
def test_pages_of_any_size_come_to_the_same(stage: Stage, page: int) -> None:
    assert catch_up(stage.database, page=page) == len(PEOPLE)
    assert catch_up(stage.database, page=page) == 0
    assert is_whole(stage.database)


def test_facts_that_arrive_meanwhile_are_counted_once(stage: Stage) -> None:
    catch_up(stage.database, run_s=0, page=2)
    for who in PEOPLE:
        visits(stage, who, 0)
    stage.record(Draft(Kind.REVERSAL, "back", ANA, "harbour", occurred_at=NOW, reverses_key="early"))
    catch_up(stage.database)
    assert is_whole(stage.database)


def test_guests_who_were_united_meanwhile_are_done_with_the_one_who_was_kept(stage: Stage) -> None:
    with stage.database.writing() as store:
        cor, ben = (store.guests.resolve(who[0]) or "" for who in (PEOPLE[2], BEN))
        merge(store, cor, ben, "one person", NOW)
        store.session.run("INSERT INTO tally_due (guest) VALUES (?)", (ben,))
    catch_up(stage.database)
    assert left(stage.database) == 0
    assert is_whole(stage.database)


def test_a_guest_who_cannot_be_done_stays_due_and_holds_up_nobody(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    with stage.database.writing() as store:
        store.session.run("INSERT INTO tally_due (guest) VALUES ('gst_0')", ())
    assert catch_up(stage.database, page=2) == len(PEOPLE)
    assert left(stage.database) == 1
    assert "gst_0" in caplog.text


def test_versions_do_not_grow_for_nothing_new_is_known_of_anybody(stage: Stage) -> None:
    def versions() -> list[tuple[object, ...]]:
        with stage.database.reading() as store:
            return store.session.all("SELECT id, version FROM guest ORDER BY id")

    before = versions()
    catch_up(stage.database)
    assert versions() == before


def test_the_sweeper_starts_it_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("REWARDS_HOME", str(tmp_path))
    engine = build_engine(Settings(home=tmp_path))
    engine.database.migrate()
    visits(Stage(engine.database, MAYOR), ANA, 1, 2)
    as_an_upgrade_leaves_it(engine.database)
    runtime = create_job_runtime()
    sweeper = Sweeper(runtime)
    assert sweeper.sweep().started == len(runtime.timetable)
    assert set(sweeper.drain()) == {Outcome.DONE}
    assert tallying.TASK in {entry.task for entry in runtime.timetable}
    assert left(engine.database) == 0
    assert is_whole(engine.database)
    engine.database.close()
