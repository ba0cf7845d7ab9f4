"""The contract that every live source keeps, as tests: whatever arrives, the right facts once, or a refusal.

A source's tests subclass `Contract` and say what the other system sends; see `docs/sources.md`. Each test drives the
real application on a real database.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice, permutations
from pathlib import Path
from typing import Any, ClassVar

import pytest

from rewards.sdk.testing.cases import Call, Case, Fact, Recorded, Step
from rewards.sdk.testing.house import NOON, House, Standing, Told
from rewards.sdk.testing.mutations import MEGABYTE, cut_short, garbage, off_by_a_byte, spoiled
from rewards.storage.sources import ConnectionRow

MOST_ORDERS = 24
AT_ONCE = 50
MOST_SPOILED = 160
"""Spoiled bodies of all messages, and again of all answers; each message has 12 at least."""


class Contract:
    """What a source says of itself, and the tests that follow from it."""

    folder: ClassVar[Path]
    """The source's folder, where `plugin.toml` lies."""

    settings: ClassVar[Mapping[str, Any]] = {}
    """The settings of a connection."""

    other_settings: ClassVar[Mapping[str, Any] | None] = None
    """Those of another house, whose messages prove nothing here; None where only the address is secret."""

    properties: ClassVar[Sequence[str]] = ("harbour", "seaside")
    """What the connection is on for."""

    tolerance: ClassVar[timedelta | None] = None
    """How old or young a dated message may be; None where messages are not dated."""

    free: ClassVar[Sequence[str]] = ()
    """Fields of messages (dotted paths) that may hold anything and are not spoiled."""

    now: ClassVar[datetime] = NOON

    def call(self, body: bytes, settings: Mapping[str, Any], at: datetime) -> Call:
        """A message as the other system sends it at `at`, signed with these settings."""
        return Call(body)

    def cases(self) -> Sequence[Case]:
        """Stories that together hold every message the source reads."""
        raise NotImplementedError

    # --- the house ---

    @pytest.fixture
    def house(self, tmp_path: Path) -> Iterator[House]:
        """A house on SQLite."""
        made = House(self.folder, tmp_path, self.now)
        yield made
        made.close()

    @pytest.fixture(params=["sqlite", "postgresql"])
    def each_house(self, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
        """A house on each kind of database that the tests' own fixtures give (`migrated_postgres_url`)."""
        url = ""
        if request.param == "postgresql":
            try:
                url = request.getfixturevalue("migrated_postgres_url")
            except pytest.FixtureLookupError:
                pytest.skip("no fixture migrated_postgres_url gives a PostgreSQL database")
        made = House(self.folder, tmp_path, self.now, url)
        yield made
        made.close()

    # --- telling stories ---

    def tell(self, house: House, connection: ConnectionRow, steps: Sequence[Step], *, times: int = 1) -> None:
        """Let steps happen in order, each so often."""
        for step in steps:
            house.clock.advance(step.after)
            house.world.answers += step.answers
            for _ in range(times):
                self.happen(house, connection, step)
            house.settle()

    def happen(self, house: House, connection: ConnectionRow, step: Step) -> Told | None:
        """Let one step happen, which must go as it says."""
        if step.poll:
            why = house.poll(connection)
            assert not why, f"a poll of what is recorded fails: {why}; {house.defects}"
            return None
        told = house.send(connection, self.made(step, self.settings, house.clock.now()))
        good = told.status == step.status if step.status else 200 <= told.status < 300
        assert good, f"a good message was answered {told.status}: {told.body[:300]!r}; {house.defects}"
        return told

    def made(self, step: Step, settings: Mapping[str, Any], at: datetime, body: bytes | None = None) -> Call:
        """The call of a step, with another body where one is given."""
        call = self.call(step.body if body is None else body, settings, at)
        return replace(call, method=step.method or call.method, path=step.path or call.path)

    def end(self, house: House, connection: ConnectionRow, facts: Sequence[Fact]) -> None:
        """Assert that exactly these facts stand, that nothing waits, and that the source raised nothing of its own."""
        standing = house.facts(connection)
        waiting = [(row.key, row.state, row.note) for row in house.inbox(connection) if row.state in ("due", "dead")]
        assert waiting == [], f"notices that came to nothing: {waiting}"
        assert house.defects == []
        assert len(standing) == len(facts), f"{len(facts)} facts are expected, there are {_listed(standing)}"
        left = list(standing)
        for fact in facts:
            found = next((one for one in left if one.fits(fact)), None)
            assert found is not None, f"no fact is {fact}; there are {_listed(standing)}"
            left.remove(found)

    def pushes(self) -> list[tuple[Case, Step]]:
        """Every message of every case, with its case."""
        return [(case, step) for case in self.cases() for step in case.steps if not step.poll]

    def fresh(self, house: House, case: Case | None = None) -> ConnectionRow:
        """A connection of its own in a house; the world says what it says at the end of a case."""
        house.world.answers = [one for step in case.steps for one in step.answers] if case else []
        house.world.down = False
        return house.connect(self.settings, properties=self.properties)

    # --- the contract ---

    def test_stories_end_as_they_should(self, each_house: House) -> None:
        for case in self.cases():
            connection = self.fresh(each_house)
            self.tell(each_house, connection, case.steps)
            self.end(each_house, connection, case.facts)

    def test_each_message_twice_is_once(self, house: House) -> None:
        for case in self.cases():
            connection = self.fresh(house)
            self.tell(house, connection, case.steps, times=2)
            self.end(house, connection, case.facts)

    def test_all_of_it_again_is_once(self, house: House) -> None:
        for case in self.cases():
            connection = self.fresh(house)
            self.tell(house, connection, case.steps)
            for step in case.steps:
                self.happen(house, connection, step)
            house.settle()
            self.end(house, connection, case.facts)

    def test_fifty_at_once_are_once(self, each_house: House) -> None:
        for case in self.cases()[:2]:
            if any(step.poll for step in case.steps):
                continue
            connection = self.fresh(each_house, case)
            for step in case.steps:
                call = self.made(step, self.settings, each_house.clock.now())
                told = each_house.send_at_once(connection, [call] * AT_ONCE)
                bad = [one for one in told if not (one.status == step.status or 200 <= one.status < 300)]
                assert bad == []
                each_house.work_at_once()
            each_house.settle()
            self.end(each_house, connection, case.facts)

    def test_every_order_ends_the_same(self, house: House) -> None:
        for case in self.cases():
            if any(step.poll for step in case.steps) or len(case.steps) < 2:
                continue
            for order in _orders(case.steps):
                connection = self.fresh(house, case)
                for step in order:
                    told = house.send(connection, self.made(step, self.settings, house.clock.now()))
                    assert told.status < 500, told.body
                house.settle()
                self.end(house, connection, case.facts)

    def test_a_message_cut_short_is_refused_or_says_nothing(self, house: House) -> None:
        for case, step in self.pushes():
            for body in cut_short(step.body):
                self.hostile(house, case, step, body, f"cut to {len(body)} bytes")

    def test_a_field_that_is_missing_or_wrong(self, house: House) -> None:
        pushes = self.pushes()
        for case, step in pushes:
            for what, body in spoiled(step.body, self.free, most=max(12, MOST_SPOILED // len(pushes))):
                self.hostile(house, case, step, body, what, most=len(case.facts) or None)

    def test_an_answer_whose_field_is_missing_or_wrong(self, house: House) -> None:
        said = [(case, step, one) for case in self.cases() for step in case.steps for one in step.answers]
        told = list({(one.method, one.url, one.body): (case, step, one) for case, step, one in said}.values())
        for case, step, one in told:
            for what, body in spoiled(one.body, self.free, most=max(12, MOST_SPOILED // len(told))):
                self._spoiled_answer(house, case, step, replace(one, body=body), f"in {one.url}: {what}")

    def _spoiled_answer(self, house: House, case: Case, step: Step, answer: Recorded, what: str) -> None:
        connection = self.fresh(house, case)
        house.world.answers.append(answer)
        if step.poll:
            house.poll(connection)
        else:
            house.send(connection, self.made(step, self.settings, house.clock.now()))
        house.work()
        found = [one for one in house.defects if not one.startswith("not recorded")]
        assert found == [], f"{case.name}, {what}"
        house.world.unrecorded.clear()
        assert len(house.facts(connection)) <= max(1, len(case.facts)), what

    def test_a_signature_off_by_a_byte_is_refused(self, house: House) -> None:
        if self.other_settings is None:
            return
        for case, step in self.pushes():
            at = house.clock.now()
            call, other = self.made(step, self.settings, at), self.made(step, self.other_settings, at)
            proofs = [name for name, value in call.headers.items() if other.headers.get(name) != value]
            for name in proofs:
                for value in off_by_a_byte(call.headers[name]):
                    self.refused(house, case, replace(call, headers={**call.headers, name: value}), f"{name} changed")
                without = {key: value for key, value in call.headers.items() if key != name}
                self.refused(house, case, replace(call, headers=without), f"without {name}")

    def test_another_houses_secret_is_refused(self, house: House) -> None:
        for case, step in self.pushes():
            if self.other_settings is None:
                foreign = replace(self.fresh(house, case), address="0" * 32)
                told = house.send(foreign, self.made(step, self.settings, house.clock.now()))
                assert told.status == 404
                continue
            call = self.made(step, self.other_settings, house.clock.now())
            self.refused(house, case, call, "signed with another house's secret")
            self.refused(house, case, replace(call, headers={}, query={}, body=b""), "without anything")

    def test_timestamps_at_the_edges(self, house: House) -> None:
        if self.tolerance is None:
            return
        case, step = self.pushes()[0]
        second = timedelta(seconds=1)
        for away in (self.tolerance, -self.tolerance):
            connection = self.fresh(house, case)
            told = house.send(connection, self.made(step, self.settings, house.clock.now() + away))
            assert told.status < 300, f"{away} away was refused: {told.body!r}"
        for away in (self.tolerance + second, -self.tolerance - second, timedelta(days=400)):
            call = self.made(step, self.settings, house.clock.now() + away)
            self.refused(house, case, call, f"{away} away")

    def test_garbage_is_refused_or_says_nothing(self, house: House) -> None:
        pushes = self.pushes()
        for case, step in pushes[:1]:
            for what, body in garbage():
                self.hostile(house, case, step, body, what, most=0)
            connection = self.fresh(house, case)
            call = self.made(step, self.settings, house.clock.now(), b"x" * (MEGABYTE + 1))
            assert house.send(connection, call).status == 413
            assert house.inbox(connection) == []

    def test_the_other_system_down_at_first(self, house: House) -> None:
        for case in self.cases():
            if not any(step.answers for step in case.steps):
                continue
            connection = self.fresh(house, case)
            house.world.down = True
            for step in case.steps:
                if step.poll:
                    house.poll(connection)
                else:
                    house.send(connection, self.made(step, self.settings, house.clock.now()))
            house.work()
            assert house.facts(connection) == []
            house.world.down = False
            for step in case.steps:
                if step.poll:
                    house.poll(connection)
            house.settle()
            self.end(house, connection, case.facts)

    def test_a_house_that_is_not_on_hears_nothing(self, house: House) -> None:
        for case in self.cases():
            if not any(fact.property for fact in case.facts):
                continue
            connection = house.connect(self.settings, properties=self.properties)
            house.world.answers = [one for step in case.steps for one in step.answers]
            self._turn_off(house, connection)
            for step in case.steps:
                if not step.poll:
                    told = house.send(connection, self.made(step, self.settings, house.clock.now()))
                    assert 400 <= told.status < 500, "a connection that is off takes a message"
            house.settle()
            assert house.facts(connection) == []

    def _turn_off(self, house: House, connection: ConnectionRow) -> None:
        with house.engine.database.writing() as store:
            store.connections.put(connection.id, "off", connection.properties, connection.settings)

    # --- what a bad message may do ---

    def hostile(self, house: House, case: Case, step: Step, body: bytes, what: str, *, most: int | None = None) -> None:
        """Send a bad body, signed well: refused and nothing is there, or taken and no more than it should be."""
        connection = self.fresh(house, case)
        told = house.send(connection, self.made(step, self.settings, house.clock.now(), body))
        assert told.status < 500, f"{case.name}, {what}: {told.status} {told.body[:200]!r}"
        house.work()
        assert [one for one in house.defects if not one.startswith("not recorded")] == [], f"{case.name}, {what}"
        house.world.unrecorded.clear()
        facts = house.facts(connection)
        if told.status >= 400:
            assert house.inbox(connection) == [], f"{what}: refused, and something is kept"
            assert facts == [], f"{what}: refused, and something is recorded"
        if most is not None:
            assert len(facts) <= most, f"{what}: {_listed(facts)}"

    def refused(self, house: House, case: Case, call: Call, what: str) -> None:
        """Make a call that proves nothing: 4xx, and nothing is there."""
        connection = self.fresh(house, case)
        told = house.send(connection, call)
        assert 400 <= told.status < 500, f"{case.name}, {what}: answered {told.status}"
        house.work()
        assert house.inbox(connection) == [], f"{what}: refused, and something is kept"
        assert house.facts(connection) == [], f"{what}: refused, and something is recorded"
        assert house.defects == [], what


def _orders(steps: Sequence[Step]) -> list[Sequence[Step]]:
    """Every order of a few steps, or 24 of many; never the one they happened in."""
    if len(steps) <= 4:
        return list(islice(permutations(steps), 1, MOST_ORDERS))
    shuffle = random.Random(5)
    return [shuffle.sample(list(steps), len(steps)) for _ in range(MOST_ORDERS)]


def _listed(standing: Sequence[Standing]) -> str:
    return "; ".join(repr(one) for one in standing) or "none"
