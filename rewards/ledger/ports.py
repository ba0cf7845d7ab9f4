"""What one transaction writes: the ledger's accounts and grants, decisions, replies, events; storage implements it.

Every method runs inside the transaction of the store it belongs to; nothing here commits. `Database` hands out stores.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from rewards.domain.grant import Grant, GrantState
from rewards.history.ports import Activities, Guests, Histories, Links, Properties, Tallies
from rewards.ledger.entries import Entry as Entry
from rewards.ledger.lots import Lots
from rewards.ledger.take_rows import Takes
from rewards.ledger.waits import Waits

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Account:
    """An account: `scarce` ones may not go below zero; `funded` is what its limit has put in so far."""

    id: str
    kind: str
    unit: str
    scarce: bool
    balance: int
    funded: int


@dataclass(frozen=True, slots=True)
class GrantRow:
    """A grant as stored: the grant, the hotel day it was given on, how much is used, and the claims it took.

    `claims` are the (account, amount, unit) that were taken for it, so that a void gives exactly those back.
    """

    grant: Grant
    granted_day: int
    used: int
    claims: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class GrantEvent:
    """One step of a grant's life. `reference` is the caller's name of a redemption; unique per grant and kind."""

    grant: str
    kind: str
    quantity: int
    by: str
    reason: str
    at: datetime
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Extended:
    """A grant's end was moved from an instant to another (microseconds since 1970 UTC), once for each `reference`."""

    grant: str
    kind: str
    from_us: int
    until_us: int
    by: str
    reason: str
    at: datetime
    reference: str


class Accounts(Protocol):
    """Accounts and entries."""

    def get(self, account_id: str) -> Account | None:
        """An account, None when it was never opened."""
        ...

    def held(self, account_id: str) -> Account | None:
        """An account that nobody else moves until this transaction ends, None when it was never opened."""
        ...

    def open(self, account: Account) -> bool:
        """Open an account unless it is there; True when this call opened it."""
        ...

    def add(self, account_id: str, amount: int, *, funded: int = 0) -> int | None:
        """Conditionally add `amount` (may be negative) to the balance and `funded` to what was put in.

        One statement: returns the new balance, or None when a scarce account would go below zero (nothing changed).
        """
        ...

    def post(self, transaction_id: str, entries: Sequence[Entry], why: str, at: datetime) -> None:
        """Append entries; balances are moved by `add`. Entries that do not sum to zero per unit raise ValueError."""
        ...

    def posted(self, transaction_id: str) -> bool:
        """Whether entries of a transaction are there."""
        ...


class Grants(Protocol):
    """Grants and the events of their life."""

    def add(self, rows: Sequence[GrantRow]) -> None:
        """Record new grants with their first event (`held`, `pending` or `granted`)."""
        ...

    def get(self, grant_id_or_code: str) -> GrantRow | None:
        """A grant by id or by the code the guest shows."""
        ...

    def move(self, grant_id: str, expected: Sequence[GrantState], to: GrantState, event: GrantEvent, used: int) -> bool:
        """Move to a state, add `used` to what is used, and append the event; False when the state was not expected.

        An event whose reference was recorded before raises `already_exists`.
        """
        ...

    def of_decision(self, decision_id: str) -> list[GrantRow]:
        """Grants of a decision, in order."""
        ...

    def in_state(self, state: GrantState, after: str | None, limit: int, property_code: str | None) -> list[GrantRow]:
        """Grants that stand so, by id after `after` (ids sort by time), of a property or of all."""
        ...

    def of_guest(self, guest_records: Sequence[str], *, states: Sequence[GrantState] | None = None) -> list[GrantRow]:
        """Grants of a guest, newest first."""
        ...

    def count(self, guest_records: Sequence[str], rule: str, first_day: int | None, reservation: str | None) -> int:
        """How often a rule gave to a guest, or took, and it stands (not voided, failed, refused or a lapsed hold).

        From a hotel day on, for a reservation; what one decision gave and took of one rule is one time. What waits for
        an approval counts.
        """
        ...

    def count_all(self, rule: str, first_day: int, property_code: str | None) -> int:
        """How often a rule gave to anybody or took, and it stands, from a hotel day on, at a property or everywhere."""
        ...

    def last_us(self, guest_records: Sequence[str], rule: str) -> int | None:
        """Instant at which a rule last gave to a guest, or took, and it stands; microseconds since 1970, or None."""
        ...

    def move_end(self, moved: Extended, left: int) -> bool:
        """Let a grant end at another instant, and append the event; False when it does not end where it is said to.

        An event of this reference that was recorded before raises `already_exists`.
        """
        ...

    def holders(self, perk: str, rule: str | None, property_code: str | None, after: str, limit: int) -> list[str]:
        """Guest records that were given a perk (by a rule, at a property where said), by id after `after`."""
        ...

    def extended(self, guest_records: Sequence[str]) -> list[Extended]:
        """How the ends of a guest's grants were moved, in order."""
        ...

    def due(self, at: datetime, limit: int) -> list[GrantRow]:
        """Holds past their end and grants past `valid_until` that are not used up, oldest first."""
        ...

    def events(self, grant_id: str) -> list[GrantEvent]:
        """The grant's life, in order."""
        ...


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A decision as stored. `question` and `facts` are JSON texts, `reply` the answer's bytes.

    `subject` is the reservation, else the activity, else `day:<hotel day>`. `state` is `preview` (never stored),
    `committed`, `held`, `confirmed`, `cancelled` or `expired`.
    """

    id: str
    guest: str
    property: str
    moment: str
    mode: str
    subject: str
    as_of: datetime
    decided_at: datetime
    rule_set: int
    guest_version: int
    question: str
    facts: str
    reply: bytes
    state: str
    hold_expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StoredReply:
    """The answer stored under an idempotency key: fingerprint of the request, status, body and headers (JSON)."""

    fingerprint: bytes
    status: int
    body: bytes
    headers: str = "{}"


@dataclass(frozen=True, slots=True)
class RuleSetRow:
    """A published rule set as stored."""

    version: int
    digest: str
    rules: str
    perks: str
    published_at: datetime
    published_by: str
    note: str


class Decisions(Protocol):
    """Decisions and the questions that they stand for."""

    def standing(self, guest: str, property_code: str, subject: str, moment: str) -> str | None:
        """Id of the decision that stands for this question."""
        ...

    def claim(self, guest: str, property_code: str, subject: str, moment: str, decision: str) -> bool:
        """Make `decision` the standing one if there is none; True when it is now."""
        ...

    def replace(self, guest: str, property_code: str, subject: str, moment: str, decision: str) -> None:
        """Make `decision` the standing one."""
        ...

    def add(self, row: DecisionRow) -> None:
        """Record a decision."""
        ...

    def get(self, decision_id: str) -> DecisionRow | None:
        """A decision."""
        ...

    def move(self, decision_id: str, expected: str, to: str) -> bool:
        """Move a hold's state; False when it was not in the expected one."""
        ...

    def page(self, after: str | None, limit: int, guest_records: Sequence[str] | None = None) -> list[DecisionRow]:
        """Decisions by id after `after` (ids sort by time), of a guest or of all."""
        ...


class RuleSets(Protocol):
    """Published rule sets."""

    def live(self) -> RuleSetRow | None:
        """The newest, None before the first publication."""
        ...

    def get(self, version: int) -> RuleSetRow | None:
        """One version."""
        ...

    def publish(self, row: RuleSetRow) -> None:
        """Add a version; grows the generation. A version that exists raises `already_exists`."""
        ...

    def page(self, limit: int, *, before: int | None = None) -> list[RuleSetRow]:
        """Newest first; with `before` only versions older than that one."""
        ...


class Idempotency(Protocol):
    """Replies kept under the caller's key."""

    def recall(self, scope: str, key: str) -> StoredReply | None:
        """The reply stored under a key."""
        ...

    def remember(self, scope: str, key: str, reply: StoredReply, at: datetime) -> bool:
        """Store a reply; False when another transaction stored one first."""
        ...


class Outbox(Protocol):
    """Events for the hotel's systems, in the transaction of their cause."""

    def add(self, topic: str, guest: str | None, payload: str, at: datetime) -> None:
        """Append an event; `payload` is JSON."""
        ...


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One change; `before` and `after` are JSON or None."""

    seq: int
    at: datetime
    actor: str
    action: str
    object: str
    before: str | None
    after: str | None


class Audit(Protocol):
    """Who changed what."""

    def add(self, actor: str, action: str, obj: str, before: str | None, after: str | None, at: datetime) -> None:
        """Append a line; `before` and `after` are JSON."""
        ...

    def page(self, after_seq: int, limit: int) -> list[AuditLine]:
        """Lines after a sequence number, in order."""
        ...


class Imports(Protocol):
    """How far each file has been read."""

    def begin(self, source: str, file_hash: str, at: datetime) -> int:
        """Open (or open again) the import of a file; returns the number of the last row recorded, 0 at first."""
        ...

    def restart(self, source: str, file_hash: str, at: datetime) -> None:
        """Read a file from its first row again; nothing where its import was never begun."""
        ...

    def is_done(self, source: str, file_hash: str) -> bool:
        """Whether the whole file is recorded."""
        ...

    def advance(self, source: str, file_hash: str, row: int, added: int, rejected: int, at: datetime) -> None:
        """Rows up to `row` are recorded; `added` and `rejected` are added to the counts."""
        ...

    def finish(self, source: str, file_hash: str, at: datetime) -> None:
        """The whole file is recorded; a later `begin` still returns its last row."""
        ...


class Store(Protocol):
    """One transaction's view of everything."""

    guests: Guests
    activities: Activities
    histories: Histories
    tallies: Tallies
    properties: Properties
    accounts: Accounts
    grants: Grants
    decisions: Decisions
    rule_sets: RuleSets
    idempotency: Idempotency
    outbox: Outbox
    audit: Audit
    imports: Imports
    lots: Lots
    takes: Takes
    links: Links
    waits: Waits

    def generation(self) -> int:
        """Grows with every change of rules, properties, perks, rates or coverage."""
        ...


class Database(Protocol):
    """Where stores come from."""

    def reading(self) -> AbstractContextManager[Store]:
        """A consistent snapshot that writes nothing."""
        ...

    def writing(self) -> AbstractContextManager[Store]:
        """A transaction that commits on a clean exit and leaves nothing on an exception.

        Takes the writer's turn first (SQLite) or runs at READ COMMITTED (PostgreSQL), so callers lock the guest.
        A busy database raises `database_busy`.
        """
        ...

    def run_writing(self, work: Callable[[Store], T]) -> T:
        """Run `work` in a write transaction; where the database asks for it (a deadlock), from the top again."""
        ...
