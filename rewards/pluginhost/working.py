"""Stored notices become facts: fetched where the source fetches, compared with what was known, recorded once.

Drafts, the entity's new state and the end of the notice are one transaction, under the notice's claim: a process that
is killed at any point leaves a notice that is worked on again, and nothing else.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rewards.clock import US_PER_DAY, US_PER_SECOND, from_us, monotonic_s
from rewards.domain.property import Property
from rewards.errors import RewardsError
from rewards.intake.corrections import Corrections
from rewards.intake.receive import Ground
from rewards.pluginhost.codec import dump, load
from rewards.pluginhost.host import Plugin, SourceHost, in_words
from rewards.sdk.drafts import Draft
from rewards.sdk.fields import Values
from rewards.sdk.files import FileRow
from rewards.sdk.messages import MAX_DRAFTS, MAX_STATE, Json, Notice, Refused, TryLater
from rewards.sdk.sources import Context, LiveSource, Normalised
from rewards.storage.inbox import InboxRow
from rewards.storage.sources import ConnectionRow
from rewards.storage.store import SqlStore

log = logging.getLogger("rewards.sources")

CLAIM_S = 150
RETRY_AFTER_S = (5, 30, 120, 600, 3_600)
MAX_ATTEMPTS = 1 + len(RETRY_AFTER_S)
AT_ONCE = 20
MOST_IN_A_RUN = 2_000
RUN_S = 60.0
"""Seconds after which a run takes no more notices: a job may last three minutes, and one notice 100 seconds."""

BUSY_ENTITY_S = 1


@dataclass(slots=True)
class Worked:
    """What came of some notices: how many are done, skipped, dead, and put off."""

    done: int = 0
    skipped: int = 0
    dead: int = 0
    later: int = 0

    @property
    def touched(self) -> int:
        """All of them."""
        return self.done + self.skipped + self.dead + self.later


def work(host: SourceHost, connection: str | None = None, most: int = MOST_IN_A_RUN) -> Worked:
    """Work on what is due, of one connection or of all; a source that fails keeps nobody else's notices waiting."""
    worked, until_s = Worked(), monotonic_s() + RUN_S
    with host.database.reading() as store:
        waiting = [connection] if connection else store.inbox.waiting(host.clock.now_us())
        rows = [store.connections.get(one) for one in waiting]
    for row in rows:
        if row is None:
            continue
        try:
            plugin = host.plugin(row.source)
            values = host.values(plugin, row)
        except RewardsError as error:
            host.note_failure(row.id, in_words(error))
            continue
        _work_on(host, plugin, row, values, worked, _Bounds(most, until_s))
    return worked


@dataclass(frozen=True, slots=True)
class _Bounds:
    """How many notices a run takes, and until when (by the clock that never goes back)."""

    most: int
    until_s: float

    def left(self, worked: Worked) -> bool:
        """Whether it takes more."""
        return worked.touched < self.most and monotonic_s() < self.until_s


def _work_on(
    host: SourceHost, plugin: Plugin, connection: ConnectionRow, values: Values, worked: Worked, bounds: _Bounds
) -> None:
    fetches = type(plugin.source).fetch is not LiveSource.fetch
    while bounds.left(worked):
        now_us = host.clock.now_us()
        with host.database.writing() as store:
            until_us = now_us + CLAIM_S * US_PER_SECOND
            claimed = store.inbox.claim(connection.id, now_us, until_us, 1 if fetches else AT_ONCE)
        if not claimed:
            return
        for row in claimed:
            one = _One(host, plugin, connection, values, row)
            one.settle(worked, fetches=fetches)


@dataclass(frozen=True, slots=True)
class _One:
    """One claimed notice."""

    host: SourceHost
    plugin: Plugin
    connection: ConnectionRow
    values: Values
    row: InboxRow

    def settle(self, worked: Worked, *, fetches: bool) -> None:
        """Work on it and end it, one way or another."""
        try:
            if fetches and not self._claim_entity():
                self._later(BUSY_ENTITY_S, None, counted=False)
                worked.later += 1
                return
            state = self._fetched() if fetches else load(self.row.payload)
            skipped = self.host.database.run_writing(lambda store: self._recorded(store, state))
        except Exception as error:  # noqa: BLE001 - whatever goes wrong with a notice is kept with it
            self._failed(error, worked, fetches=fetches)
            return
        if skipped is None:
            worked.later += 1
        elif skipped:
            worked.skipped += 1
        else:
            worked.done += 1

    def _claim_entity(self) -> bool:
        now_us = self.host.clock.now_us()
        until_us = now_us + CLAIM_S * US_PER_SECOND
        with self.host.database.writing() as store:
            return store.connections.claim_entity(self.connection.id, self.row.kind, self.row.entity, now_us, until_us)

    def _fetched(self) -> Json:
        notice = Notice(self.row.key, self.row.kind, self.row.entity, load(self.row.payload))
        fetched = self.plugin.source.fetch(notice, self.host.link(self.plugin, self.connection))
        # As it would come back from the database, so that a source meets no other value than on the second day.
        return load(dump(fetched))

    def _recorded(self, store: SqlStore, state: Json) -> bool | None:
        """Record what the notice comes to. True: it was skipped; None: another has taken it over."""
        if not store.inbox.is_mine(self.row):
            return None
        names = (self.connection.id, self.row.kind, self.row.entity)
        now_us = self.host.clock.now_us()
        last = load(store.connections.entity_state(*names, now_us))
        ground = self.host.ground(store)
        on = {code: prop for code, prop in ground.properties.items() if code in self.connection.on}
        context = Context(self.values, on, from_us(self.row.received_us), from_us(now_us))
        found = self.plugin.source.normalise(state, last, context)
        kept = _checked(found)
        elsewhere = _elsewhere(found.drafts, on)
        if elsewhere:
            store.connections.free_entity(*names)
            store.inbox.settle(self.row, "skipped", f"of the property {elsewhere}, which this connection is not on for")
            return True
        self._receive(store, ground, found)
        store.connections.put_entity(*names, kept, now_us)
        store.inbox.settle(self.row, "done", found.note[:300] or None)
        return False

    def _receive(self, store: SqlStore, ground: Ground, found: Normalised) -> None:
        intake, name = self.host.intake, self.connection.namespace
        if not found.corrects:
            intake.receive(store, ground, name, list(found.drafts))
            return
        row = FileRow(1, tuple(found.drafts), corrects=True, takes_back=found.takes_back)
        Corrections(intake, self.host.clock).receive(store, name, ground, [row], as_it_happened=False, live=True)

    def _failed(self, error: Exception, worked: Worked, *, fetches: bool) -> None:
        expected = isinstance(error, Refused | TryLater | RewardsError)
        sentence = in_words(error) if expected else self._defect(error)
        if isinstance(error, Refused):
            self._end("dead", sentence)
            worked.dead += 1
        elif self._patient(error):
            wait_s = error.after_s if isinstance(error, TryLater) else RETRY_AFTER_S[0]
            self._later(max(1, wait_s), sentence, counted=False)
            worked.later += 1
        elif self.row.attempt >= MAX_ATTEMPTS:
            self._end("dead", sentence)
            worked.dead += 1
        else:
            self._later(RETRY_AFTER_S[min(self.row.attempt, len(RETRY_AFTER_S)) - 1], sentence, counted=True)
            worked.later += 1
        self.host.note_failure(self.connection.id, sentence)
        if fetches:
            with self.host.database.writing() as store:
                store.connections.free_entity(self.connection.id, self.row.kind, self.row.entity)

    def _defect(self, error: Exception) -> str:
        return self.host.note_defect(self.plugin.manifest.name, "working on a notice", error)

    def _patient(self, error: Exception) -> bool:
        """Whether waiting is not its fault: for a day where the other system asks for it, always where we are busy."""
        if isinstance(error, RewardsError):
            return error.retry_after_s is not None
        young = self.host.clock.now_us() - self.row.received_us < US_PER_DAY
        return isinstance(error, TryLater) and young

    def _end(self, state: str, note: str) -> None:
        with self.host.database.writing() as store:
            store.inbox.settle(self.row, state, note)
        log.warning("a notice of %s is %s: %s", self.connection.namespace, state, note)

    def _later(self, seconds: int, note: str | None, *, counted: bool) -> None:
        due_us = self.host.clock.now_us() + seconds * US_PER_SECOND
        with self.host.database.writing() as store:
            store.inbox.postpone(self.row, due_us, note, counted=counted)


def _checked(found: Normalised) -> str | None:
    if not isinstance(found, Normalised):
        raise TypeError(f"normalise returned a {type(found).__name__}")
    if len(found.drafts) > MAX_DRAFTS:
        raise Refused(f"{len(found.drafts)} facts of one notice; at most {MAX_DRAFTS} are recorded")
    return None if found.state is None else dump(found.state, MAX_STATE)


def _elsewhere(drafts: Sequence[Draft], on: Mapping[str, Property]) -> str:
    """The first property among the drafts that the connection is not on for."""
    return next((draft.property for draft in drafts if draft.property is not None and draft.property not in on), "")
