"""What the application gives its workers: the tasks, and the guests of the demonstration."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from rewards import app
from rewards.app import EXPIRE_TASK, build_engine, create_job_runtime
from rewards.clock import SystemClock
from rewards.desk.reply import Reader
from rewards.desk.wire import read_question
from rewards.domain.grant import GrantState
from rewards.intake.importing import Importer, file_hash
from rewards.intake.receive import Receipt
from rewards.jobs.tasks import JobRuntime, Outcome, run_row
from rewards.pluginhost import seeding
from rewards.pluginhost.asking import Asking
from rewards.sdk.files import FileRow
from rewards.settings import Settings


class LaterClock(SystemClock):
    """The machine's clock, ahead by as much as a test says."""

    ahead = timedelta()

    def now_us(self) -> int:
        return super().now_us() + self.ahead // timedelta(microseconds=1)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A migrated home with the demonstration prepared, its settings in the environment."""
    for name in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("REWARDS_HOME", str(tmp_path))
    engine = build_engine(Settings(home=tmp_path))
    engine.database.migrate()
    seeding.prepare(engine.database, engine.clock, engine.settings, guests=60)
    engine.database.close()
    return tmp_path


def runtime() -> JobRuntime[object]:
    return create_job_runtime()


def test_the_guests_are_seeded_once_and_decided_as_they_came(home: Path) -> None:
    assert run_row(runtime(), seeding.JOB) is Outcome.DONE
    engine = build_engine(Settings(home=home))
    with engine.database.reading() as store:
        counts = store.counts()
        verdicts = {one.verdict for one in engine.desk.replay(store, deep=True)}
    assert counts["guests"] > 60
    assert counts["decisions"] > 5
    assert verdicts == {"identical"}
    seeding.prepare(engine.database, engine.clock, engine.settings, guests=60)
    assert run_row(runtime(), seeding.JOB) is Outcome.NOT_CLAIMED
    with engine.database.reading() as store:
        assert store.counts()["activities"] == counts["activities"]
    engine.database.close()


def test_seeding_that_was_stopped_goes_on_where_it_stopped(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, calls = Importer._advance, []

    def stopped(self: Importer, *arguments: object) -> None:
        calls.append(1)
        if len(calls) == 4:
            raise OSError("the machine was switched off")
        real(self, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(Importer, "_advance", stopped)
    assert run_row(runtime(), seeding.JOB) is Outcome.RETRY
    monkeypatch.setattr(Importer, "_advance", real)
    engine = build_engine(Settings(home=home))
    report = seeding.seed(engine.database, engine.clock, engine.desk, engine.settings)
    assert report.resumed_from > 0
    assert (report.unchanged, report.rejected) == (0, 0)
    engine.database.close()


def test_a_question_before_which_seeding_was_stopped_is_asked_when_it_goes_on(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped before the first question, the first, the second and the fifth; then none is left out."""
    engine = build_engine(Settings(home=home))
    real, turns = Asking.__call__, [0, 0, 1, 4]

    def stopped(self: Asking, row: FileRow, receipts: list[Receipt]) -> None:
        if turns and turns[0] == 0:
            turns.pop(0)
            raise OSError("the machine was switched off")
        if turns:
            turns[0] -= 1
        real(self, row, receipts)

    monkeypatch.setattr(Asking, "__call__", stopped)
    for _ in range(4):
        with pytest.raises(OSError, match="switched off"):
            seeding.seed(engine.database, engine.clock, engine.desk, engine.settings)
    assert not turns
    seeding.seed(engine.database, engine.clock, engine.desk, engine.settings)
    spec = seeding.spec_file(home)
    rows = list(seeding.load_file_source(seeding.SOURCE).rows(spec, file_hash(spec)))
    with engine.database.reading() as store:
        assert store.counts()["decisions"] == sum(row.at is not None for row in rows)
    engine.database.close()


def test_holds_and_grants_that_are_over_lapse(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = LaterClock()
    monkeypatch.setattr(app, "SystemClock", lambda: clock)
    engine = build_engine(Settings(home=home))
    question = {
        "guest": "card:00412", "property": "harbour", "moment": "arrival", "mode": "hold",
        "stay": {"reservation": "R-1", "room_class": "standard", "channel": "direct"},
    }  # fmt: skip
    answer = json.loads(engine.desk.ask(read_question(question), Reader("en", True)).body)
    held = [perk["grant"] for perk in answer["perks"]]
    assert held
    clock.ahead = timedelta(hours=1)
    made = runtime()
    assert made.holds is not None
    assert made.holds.expire_holds(clock.now_us(), 100) >= len(held)
    made.store.add(job_id="job_1", name=EXPIRE_TASK, payload="{}", due_at_us=clock.now_us() - 1, max_attempts=1)
    assert run_row(made, "job_1") is Outcome.DONE
    with engine.database.reading() as store:
        states = {row.grant.state for row in store.grants.of_decision(answer["decision"])}
        decision = store.decisions.get(answer["decision"])
    assert states == {GrantState.EXPIRED}
    assert decision is not None
    assert decision.state == "expired"
    engine.database.close()
