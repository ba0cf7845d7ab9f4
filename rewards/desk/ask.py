"""The front desk asks: preview, hold or commit.

Evaluate first, lock last. 1 the question is considered on a snapshot; 2 in one write transaction: the reply stored
under the key, if any; the guest's lock; whether the guest or the house moved since (then it is considered again);
whether a decision stands for this question; limits, stock and budgets are taken; decision, grants, entries, events
and the reply under the key are written. So one question has one answer, whatever the key and however often it comes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import msgspec

from rewards.clock import Clock, from_us
from rewards.decisions.resolve import NOTHING_SETTLED, Resolution, Settled, outcome_of, resolve
from rewards.decisions.situation import Situation, subject_of
from rewards.desk import holds, milestones, standing, waits
from rewards.desk.counter import counter
from rewards.desk.evaluate import Considered, anonymous, consider, find_guest, identity_of, unknown_guest
from rewards.desk.extended import extender_of, told
from rewards.desk.grants import grants_of, preview_rows
from rewards.desk.installation import Ground, Installation
from rewards.desk.reply import Reader, answer
from rewards.desk.standing import Standing
from rewards.desk.takings import preview_takes, take_rows, told_takes
from rewards.desk.wire import Question
from rewards.domain.guest import Guest
from rewards.errors import GUEST_UNKNOWN, RewardsError, key_reused
from rewards.ids import new_id
from rewards.ledger import extensions, life, takes
from rewards.ledger.funds import LiveFunds, PreviewFunds
from rewards.ledger.ports import Database, DecisionRow, GrantRow, Store, StoredReply
from rewards.ledger.purse import GuestPurse
from rewards.ledger.take_rows import TakeRow
from rewards.ledger.taker import RuleTaker
from rewards.ledger.waits import WaitRow

CREATED, OK = 201, 200


@dataclass(frozen=True, slots=True)
class Key:
    """The caller's name of a write: its scope, the key, and the fingerprint of the request."""

    scope: str
    key: str
    fingerprint: bytes


@dataclass(frozen=True, slots=True)
class Answered:
    """What the caller gets: status, bytes, and whether they were stored before."""

    status: int
    body: bytes
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A hold or commit of a batch."""

    question: Question
    reader: Reader
    key: Key


@dataclass(frozen=True, slots=True)
class _Given:
    """What one resolution gave, took, extended and left waiting: the rows, and the reply's words beside them."""

    rows: list[GrantRow]
    perks: list[dict[str, Any]]
    extended: list[dict[str, Any]]
    resolution: Resolution
    takes: list[TakeRow]
    taken: list[dict[str, Any]]
    waits: list[WaitRow]

    @property
    def anything(self) -> bool:
        """Whether anything was given or taken, or waits."""
        return bool(self.rows or self.takes or self.waits)


class Asker:
    """Answers questions. `hold_minutes` is how long a hold lasts unless the question says."""

    def __init__(self, database: Database, clock: Clock, installation: Installation, hold_minutes: int) -> None:
        self._database = database
        self._clock = clock
        self._installation = installation
        self._hold_minutes = hold_minutes

    def preview(self, question: Question, reader: Reader) -> Answered:
        """What would be given; nothing is written."""
        with self._database.reading() as store:
            value = self.previewed(store, question, reader)
        return Answered(OK, msgspec.json.encode(value))

    def previewed(self, store: Store, question: Question, reader: Reader) -> dict[str, Any]:
        """A preview's answer before it is bytes, in the caller's transaction."""
        ground = self._installation.ground(store)
        head = find_guest(store, question.guest)
        if head is None and identity_of(question.guest) is None:
            raise unknown_guest(question.guest)
        now = self._clock.now()
        considered = consider(store, ground, question, head, now, reader.role)
        elsewhen = head is None or question.as_of is not None or question.known_at is not None
        stands = None if elsewhen else self._standing(store, considered, now)
        return self._previewed(store, ground, considered, stands, reader, elsewhen=elsewhen)

    def _previewed(
        self,
        store: Store,
        ground: Ground,
        considered: Considered,
        stands: Standing | None,
        reader: Reader,
        *,
        elsewhen: bool,
    ) -> dict[str, Any]:
        it = considered.situation
        purse, longer = GuestPurse(store, it.guest.id, from_us(it.at_us)), extender_of(store, ground, it)
        count = counter(store, it, elsewhen=elsewhen)
        taker = RuleTaker(it, PreviewFunds(store), count, ground.convert, purse, longer)
        resolution = resolve(considered.proposal, taker, settled_by(store, considered, stands))
        perks, extended = told(store, preview_rows(resolution, it), resolution, longer, it, ground, reader)
        taken = told_takes(preview_takes(resolution, it), resolution, ground, reader)
        kept = standing.told(stands, it, ground, reader) if stands else []
        waiting = [*(stands.waits if stands else ()), *waits.rows_of(resolution, it, "", None, preview=True)]
        withheld = (*resolution.withheld, *standing.refused(stands))
        before = standing.told_takes(stands, reader) if stands else []
        return answer(
            considered, ground, reader, [*kept, *perks], withheld, decision=None, mode="preview",
            taken=[*before, *taken], waiting=waits.told(waiting, it, ground, reader),
            extended=[*(standing.extended(stands, reader) if stands else []), *extended],
        )  # fmt: skip

    def settle(self, question: Question, reader: Reader, key: Key | None, *, at: datetime | None = None) -> Answered:
        """Hold or commit. `at` is the instant of the question, for imports that decide as they go (default: now)."""
        now = at or self._clock.now()
        with self._database.reading() as store:
            stored = recalled(store, key)
            if stored is not None:
                return stored
            first = self._consider_first(store, question, reader, now)
        return self._database.run_writing(lambda store: self.settle_in(store, question, reader, key, now, first))

    def settle_all(self, asked: Sequence[Asked], now: datetime) -> list[Answered | RewardsError]:
        """Hold or commit several questions in one transaction, each under its own key; a refusal is that question's.

        What is refused by the write half would take the others with it, so then each is settled by itself.
        """
        found = {number: self._look(one, now) for number, one in enumerate(asked)}
        open_ = [number for number, one in found.items() if not isinstance(one, Answered | RewardsError)]
        # In one order for all, so that two batches that name the same guests do not wait for each other in a ring.
        in_turn = sorted(open_, key=lambda number: asked[number].question.guest)

        def work(store: Store) -> dict[int, Answered]:
            return {number: self._settle_one(store, asked[number], found[number], now) for number in in_turn}

        try:
            settled: Mapping[int, Answered | RewardsError] = self._database.run_writing(work) if open_ else {}
        except (RewardsError, KeyTakenError):
            settled = {number: self._alone(asked[number]) for number in open_}
        whole = {**found, **settled}
        return [one for number in range(len(asked)) if isinstance(one := whole[number], Answered | RewardsError)]

    def _look(self, one: Asked, now: datetime) -> Answered | RewardsError | Considered | None:
        try:
            with self._database.reading() as store:
                return recalled(store, one.key) or self._consider_first(store, one.question, one.reader, now)
        except RewardsError as error:
            return error

    def _settle_one(self, store: Store, one: Asked, first: object, now: datetime) -> Answered:
        considered = first if isinstance(first, Considered) else None
        return self.settle_in(store, one.question, one.reader, one.key, now, considered)

    def _alone(self, one: Asked) -> Answered | RewardsError:
        try:
            return self.settle_twice(one.question, one.reader, one.key)
        except RewardsError as error:
            return error

    def settle_twice(
        self, question: Question, reader: Reader, key: Key | None, *, at: datetime | None = None
    ) -> Answered:
        """`settle`, and once more where another call under the same key was quicker: its reply is the answer."""
        try:
            return self.settle(question, reader, key, at=at)
        except KeyTakenError:
            return self.settle(question, reader, key, at=at)

    def _consider_first(self, store: Store, question: Question, reader: Reader, now: datetime) -> Considered | None:
        head = find_guest(store, question.guest)
        if head is None:
            if not question.enrol or identity_of(question.guest) is None:
                raise unknown_guest(question.guest)
            return None
        return consider(store, self._installation.ground(store), question, head, now, reader.role)

    def settle_in(
        self,
        store: Store,
        question: Question,
        reader: Reader,
        key: Key | None,
        now: datetime,
        first: Considered | None,
    ) -> Answered:
        """The write half, in the caller's transaction; `first` is what was considered before it began."""
        stored = recalled(store, key)
        if stored is not None:
            return stored
        considered, ground = self._locked(store, question, reader, now, first)
        body, status = self._decide(store, ground, considered, question, reader, now)
        if key is not None:
            reply = StoredReply(key.fingerprint, status, body)
            if not store.idempotency.remember(key.scope, key.key, reply, self._clock.now()):
                raise KeyTakenError
        return Answered(status, body)

    def _locked(
        self, store: Store, question: Question, reader: Reader, now: datetime, first: Considered | None
    ) -> tuple[Considered, Ground]:
        """The guest's lock, and the question considered on what is true under it."""
        asked = first.situation.guest.id if first else self._guest_of(store, question, now)
        guest, version = store.guests.hold(asked)
        ground = self._installation.ground(store)
        if first is not None and guest == asked and (version, ground.generation) == (
            first.guest_version, first.generation,
        ):  # fmt: skip
            return first, ground
        # A merge or its undoing may have given the identity to another guest.
        head = find_guest(store, question.guest)
        if head is None:
            raise unknown_guest(question.guest)
        if head.guest.id != guest:
            store.guests.lock(head.guest.id)
            head = store.guests.head(head.guest.id)
        return consider(store, ground, question, head, now, reader.role), ground

    def _guest_of(self, store: Store, question: Question, now: datetime) -> str:
        head = find_guest(store, question.guest)
        if head is not None:
            return head.guest.id
        identity = identity_of(question.guest)
        if identity is None or not question.enrol:
            raise RewardsError(GUEST_UNKNOWN, f"No guest “{question.guest[:60]}”.", field="guest")
        guest = Guest(new_id("gst"), now, enrolled_at=now, language=question.language or "en")
        store.guests.add(guest, [identity])
        return guest.id

    def _standing(self, store: Store, considered: Considered, now: datetime) -> Standing | None:
        it = considered.situation
        return standing.find(store, self._installation, it, united=considered.united, now=now)

    def _decide(
        self,
        store: Store,
        ground: Ground,
        considered: Considered,
        question: Question,
        reader: Reader,
        now: datetime,
    ) -> tuple[bytes, int]:
        it = considered.situation
        stands = self._standing(store, considered, now)
        for over in stands.over if stands else ():
            # Before anything is taken: what lapsed makes room.
            holds.lapse(store, over, now)
        for taken in stands.over_takes if stands else ():
            holds.lapse_take(store, taken, now)
        settled = settled_by(store, considered, stands)
        decision = new_id("dec")
        held = question.mode == "hold"
        until = now + timedelta(minutes=question.hold_minutes or self._hold_minutes) if held else None
        given = self._take(store, ground, considered, settled, reader, decision, until, now)
        if stands is not None and not given.anything and not standing.is_void(stands, now):
            return _repeated(stands, it, ground, reader), OK
        kept = standing.told(stands, it, ground, reader) if stands else []
        withheld = (*given.resolution.withheld, *standing.refused(stands))
        value = answer(
            considered, ground, reader, [*kept, *given.perks], withheld, decision=decision, mode=question.mode,
            hold_expires_at=until, taken=[*(standing.told_takes(stands, reader) if stands else []), *given.taken],
            waiting=waits.told([*(stands.waits if stands else ()), *given.waits], it, ground, reader),
            extended=[*(standing.extended(stands, reader) if stands else []), *given.extended],
        )  # fmt: skip
        body = msgspec.json.encode(value)
        row = DecisionRow(
            id=decision, guest=it.guest.id, property=it.property.code, moment=it.moment, mode=question.mode,
            subject=subject_of(it), as_of=now, decided_at=now, rule_set=ground.rules().rule_set.version,
            guest_version=considered.guest_version, question=msgspec.json.encode(anonymous(it)).decode(),
            facts=_facts_json(considered, given, stands, settled), reply=body,
            state="held" if held else "committed", hold_expires_at=until,
        )  # fmt: skip
        self._write(store, row, given, replaces=stands is not None)
        return body, CREATED

    def _take(
        self,
        store: Store,
        ground: Ground,
        considered: Considered,
        settled: Settled,
        reader: Reader,
        decision: str,
        hold_until: datetime | None,
        now: datetime,
    ) -> _Given:
        it = considered.situation
        funds = LiveFunds(store, now)
        purse, longer = GuestPurse(store, it.guest.id, now), extender_of(store, ground, it)
        taker = RuleTaker(it, funds, counter(store, it), ground.convert, purse, longer)
        resolution = resolve(considered.proposal, taker, settled)
        given = grants_of(resolution, it, decision, now, hold_until, reader.key)
        rows = [extensions.carry_out(store, row, now) for row in given]
        store.grants.add(rows)
        life.announce_pending(store, rows, now)
        taken = take_rows(resolution, it, decision, now, hold_until)
        for one in taken:
            takes.take(store, funds, one)
        funds.post(f"decision {decision}")
        if hold_until is None:
            rows = [life.credit_points(store, row, now) for row in rows]
        perks, extended = told(store, rows, resolution, longer, it, ground, reader)
        waiting = waits.rows_of(resolution, it, decision, hold_until)
        words = told_takes(taken, resolution, ground, reader)
        return _Given(rows, perks, extended, resolution, taken, words, waiting)

    def _write(self, store: Store, row: DecisionRow, given: _Given, *, replaces: bool) -> None:
        store.decisions.add(row)
        waits.note(store, given.waits, row)
        if given.anything:
            # Rules may read earlier grants: whoever considered a question of this guest meanwhile considers it again.
            store.guests.bump(row.guest)
        claimed = store.decisions.claim(row.guest, row.property, row.subject, row.moment, row.id)
        if not claimed:
            store.decisions.replace(row.guest, row.property, row.subject, row.moment, row.id)
        topic = "decision.held" if row.state == "held" else "decision.committed"
        payload = {"decision": row.id, "guest": row.guest, "property": row.property, "moment": row.moment}
        payload_text = json.dumps({**payload, "grants": [one.grant.id for one in given.rows], "replaces": replaces})
        store.outbox.add(topic, row.guest, payload_text, row.decided_at)


class KeyTakenError(Exception):
    """Another transaction stored a reply under the same key first; asking again returns it."""


def recalled(store: Store, key: Key | None) -> Answered | None:
    """The reply stored under a key; `idempotency_key_reused` when it belongs to another request."""
    stored = store.idempotency.recall(key.scope, key.key) if key else None
    if stored is None or key is None:
        return None
    if stored.fingerprint != key.fingerprint:
        raise key_reused()
    return Answered(stored.status, stored.body, replayed=True)


def settled_by(store: Store, considered: Considered, stands: Standing | None) -> Settled:
    """What is settled before anything is taken: by earlier answers to the question, and by milestones used before."""
    settled = stands.settled if stands else NOTHING_SETTLED
    return replace(settled, reached=milestones.reached_before(store, considered))


def _repeated(stands: Standing, it: Situation, ground: Ground, reader: Reader) -> bytes:
    """The answer that stands; byte for byte, as long as nothing became of its perks."""
    reply = stands.newest.reply
    value = standing.repeated(stands, it, ground, reader)
    return reply if value == json.loads(reply) else msgspec.json.encode(value)


def _facts_json(considered: Considered, given: _Given, stands: Standing | None, settled: Settled) -> str:
    outcome = outcome_of(considered.proposal, given.resolution)
    kept = stands.rows if stands else ()
    takes_too = [*(row.id for row in (stands.takes if stands else ())), *(row.id for row in given.takes)]
    return json.dumps(
        {
            "record": considered.facts.record(),
            "awards": outcome["awards"],
            "refused": outcome["refused"],
            "settled": msgspec.to_builtins(settled),
            "near": outcome["near"],
            "withheld": outcome["withheld"],
            **({"waiting": outcome["waiting"]} if outcome["waiting"] else {}),
            "grants": [row.grant.id for row in (*kept, *given.rows)],
            **({"takes": outcome["takes"]} if "takes" in outcome else {}),
            **({"taken": takes_too} if takes_too else {}),
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )
