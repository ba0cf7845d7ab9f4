"""Grants and the events of their life.

A grant's terms never change; where it stands and when it ends does, one event at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from rewards.clock import from_us, to_us
from rewards.domain.grant import Approval, Grant, GrantState
from rewards.errors import ALREADY_EXISTS, RewardsError
from rewards.ledger.ports import Entry, Extended, GrantEvent, GrantRow
from rewards.storage.rows import attributes_json, attributes_of, from_json, maybe_instant, to_json, us
from rewards.storage.session import Row, Session, Value, marks

_COLUMNS = (
    "id, guest, decision, property, reservation, rule, perk, code, quantity, params, granted_us, granted_day, "
    "valid_from_us, valid_until_us, cost_minor, currency, claims, state, used, hold_expires_us, "
    "approver, asked_by, approve_by_us, approved_us"
)
_INSERT = f"INSERT INTO perk_grant ({_COLUMNS}) VALUES ({marks(24)})"
_SELECT = f"SELECT {_COLUMNS} FROM perk_grant"
_EVENT = (
    "INSERT INTO grant_event (grant_id, kind, quantity, by, reason, reference, at_us) VALUES (?, ?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (grant_id, kind, reference) DO NOTHING RETURNING seq"
)
_RECORDED = "SELECT 1 FROM grant_event WHERE grant_id = ? AND kind = ? AND reference = ?"
# A hold's end says nothing once it is no hold any more; what waits for an approval has an end of its own.
_MOVE = (
    "UPDATE perk_grant SET state = ?, used = used + ?, "
    "hold_expires_us = CASE ? WHEN 'expired' THEN hold_expires_us WHEN 'pending' THEN approve_by_us ELSE NULL END, "
    "approved_us = CASE WHEN state = 'pending' AND ? = 'granted' THEN ? ELSE approved_us END "
    "WHERE id = ? AND used + ? <= quantity AND state IN ({keys})"
)
_MOVE_END = "UPDATE perk_grant SET valid_until_us = ? WHERE id = ? AND valid_until_us = ?"
_END_MOVED = (
    "INSERT INTO grant_event (grant_id, kind, quantity, by, reason, reference, at_us, from_us, until_us) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (grant_id, kind, reference) DO NOTHING RETURNING seq"
)
_EXTENDED = (
    "SELECT e.grant_id, e.kind, e.from_us, e.until_us, e.by, e.reason, e.at_us, e.reference FROM grant_event e "
    "JOIN perk_grant g ON g.id = e.grant_id WHERE e.kind IN ('extended', 'shortened') AND g.guest IN ({keys}) "
    "ORDER BY e.seq"
)
# A hold that lapsed was never a grant, so it counts for no limit; a confirmed one has no end of its hold any more.
_STANDING = "state NOT IN ('voided', 'failed', 'refused') AND (state <> 'expired' OR hold_expires_us IS NULL)"
_GAVE = f"SELECT DISTINCT decision FROM perk_grant WHERE rule = ? AND granted_day >= ? AND {_STANDING}"
_TOOK = "SELECT DISTINCT decision FROM perk_take WHERE rule = ? AND taken_day >= ? AND state <> 'given_back'"
_LAST = (
    f"SELECT max(granted_us) FROM perk_grant WHERE rule = ? AND {_STANDING} AND guest IN ({{keys}})",
    "SELECT max(taken_us) FROM perk_take WHERE rule = ? AND state <> 'given_back' AND guest IN ({keys})",
)
_DUE = (
    f"{_SELECT} WHERE (state IN ('held', 'pending') AND hold_expires_us <= ?) "
    "OR (state = 'granted' AND valid_until_us <= ?) "
    "ORDER BY CASE state WHEN 'granted' THEN valid_until_us ELSE hold_expires_us END, id LIMIT ?"
)

FIRST = (GrantState.HELD, GrantState.PENDING, GrantState.GRANTED)
"""The states that a grant begins in, each with an event of its name."""


def _values(row: GrantRow) -> tuple[Value, ...]:
    grant, approval = row.grant, row.grant.approval
    return (
        grant.id,
        grant.guest,
        grant.decision,
        grant.property,
        grant.reservation,
        grant.rule,
        grant.perk,
        grant.code,
        grant.quantity,
        attributes_json(grant.params),
        to_us(grant.granted_at),
        row.granted_day,
        to_us(grant.valid_from),
        to_us(grant.valid_until),
        grant.cost_minor,
        grant.currency,
        to_json([[claim.account, claim.amount, claim.unit] for claim in row.claims]),
        grant.state.value,
        row.used,
        us(grant.hold_expires_at),
        approval.by if approval else None,
        approval.asked_by if approval else None,
        to_us(approval.until) if approval else None,
        us(approval.given_at) if approval else None,
    )


def _make(row: Row) -> GrantRow:
    grant = Grant(
        id=row[0],
        guest=row[1],
        decision=row[2],
        property=row[3],
        reservation=row[4],
        rule=row[5],
        perk=row[6],
        code=row[7],
        quantity=row[8],
        params=attributes_of(row[9]),
        granted_at=from_us(row[10]),
        valid_from=from_us(row[12]),
        valid_until=from_us(row[13]),
        cost_minor=row[14],
        currency=row[15],
        state=GrantState(row[17]),
        hold_expires_at=maybe_instant(row[19]),
        approval=_approval(row),
    )
    return GrantRow(grant, row[11], row[18], tuple(Entry(*claim) for claim in from_json(row[16])))


def _approval(row: Row) -> Approval | None:
    return None if row[20] is None else Approval(row[20], from_us(row[22]), row[21], maybe_instant(row[23]))


class SqlGrants:
    """Grants and the events of their life."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, rows: Sequence[GrantRow]) -> None:
        """Record new grants with their first event: their state, by their decision, because of their rule."""
        self._session.many(_INSERT, [_values(row) for row in rows])
        self._session.many(
            "INSERT INTO grant_event (grant_id, kind, quantity, by, reason, at_us) VALUES (?, ?, ?, ?, ?, ?)",
            [
                (
                    row.grant.id,
                    row.grant.state.value if row.grant.state in FIRST else GrantState.GRANTED.value,
                    row.grant.quantity,
                    row.grant.decision,
                    row.grant.rule,
                    to_us(row.grant.granted_at),
                )
                for row in rows
            ],
        )

    def get(self, grant_id_or_code: str) -> GrantRow | None:
        """A grant by id or by the code the guest shows."""
        row = self._session.one(f"{_SELECT} WHERE id = ?", (grant_id_or_code,))
        if row is None:
            row = self._session.one(f"{_SELECT} WHERE code = ?", (grant_id_or_code,))
        return None if row is None else _make(row)

    def move(self, grant_id: str, expected: Sequence[GrantState], to: GrantState, event: GrantEvent, used: int) -> bool:
        """Move to a state, add `used` to what is used, and append the event.

        False, and no change, when the state was not expected or less than `used` is left. An event whose reference
        was recorded before for this grant and kind raises `already_exists`, whatever the state is by now.
        """
        if event.reference is not None and self._session.one(_RECORDED, (grant_id, event.kind, event.reference)):
            raise _recorded(event)
        sql = _MOVE.replace("{keys}", marks(len(expected)))
        states = [state.value for state in expected]
        at_us = to_us(event.at)
        if not self._session.execute(sql, (to.value, used, to.value, to.value, at_us, grant_id, used, *states)):
            return False
        # The row is ours now; who recorded the same reference meanwhile was first.
        if self._session.one(_EVENT, _event_values(event)) is None:
            raise _recorded(event)
        return True

    def of_decision(self, decision_id: str) -> list[GrantRow]:
        """Grants of a decision, by id, which is the order they were made in."""
        return [_make(row) for row in self._session.all(f"{_SELECT} WHERE decision = ? ORDER BY id", (decision_id,))]

    def in_state(self, state: GrantState, after: str | None, limit: int, property_code: str | None) -> list[GrantRow]:
        """Grants that stand so, by id after `after` (ids sort by time), of a property or of all."""
        sql, values = f"{_SELECT} WHERE state = ? AND id > ?", [state.value, after or ""]
        if property_code is not None:
            sql, values = f"{sql} AND property = ?", [*values, property_code]
        return [_make(row) for row in self._session.all(f"{sql} ORDER BY id LIMIT ?", [*values, limit])]

    def of_guest(self, guest_records: Sequence[str], *, states: Sequence[GrantState] | None = None) -> list[GrantRow]:
        """Grants of a guest, newest first; with `states` only those that stand there."""
        rows = [_make(row) for row in self._session.all_in(f"{_SELECT} WHERE guest IN ({{keys}})", guest_records)]
        kept = rows if states is None else [row for row in rows if row.grant.state in states]
        return sorted(kept, key=lambda row: (row.grant.granted_at, row.grant.id), reverse=True)

    def count(self, guest_records: Sequence[str], rule: str, first_day: int | None, reservation: str | None) -> int:
        """How often a rule gave to a guest, or took, and it stands, from a hotel day on, for a reservation.

        What one decision gave and took of one rule is one time, however many perks it is and whatever replaced them.
        """
        more, value = ("", ()) if reservation is None else (" AND reservation = ?", (reservation,))
        found: set[str] = set()
        for sql in (_GAVE, _TOOK):
            values: list[Value] = [rule, first_day or 0, *value]
            rows = self._session.all_in(f"{sql}{more} AND guest IN ({{keys}})", guest_records, values)
            found |= {row[0] for row in rows}
        return len(found)

    def count_all(self, rule: str, first_day: int, property_code: str | None) -> int:
        """How often a rule gave to anybody or took, and it stands, from a hotel day on, at a property or everywhere."""
        more, value = ("", ()) if property_code is None else (" AND property = ?", (property_code,))
        values: list[Value] = [rule, first_day, *value]
        row = self._session.one(f"SELECT COUNT(*) FROM ({_GAVE}{more} UNION {_TOOK}{more}) fired", [*values, *values])
        return int(row[0]) if row else 0

    def last_us(self, guest_records: Sequence[str], rule: str) -> int | None:
        """Instant at which a rule last gave to a guest, or took, and it stands; microseconds since 1970, or None."""
        rows = [row for sql in _LAST for row in self._session.all_in(sql, guest_records, (rule,))]
        return max((row[0] for row in rows if row[0] is not None), default=None)

    def move_end(self, moved: Extended, left: int) -> bool:
        """Let a grant end at another instant, and append the event; False when it does not end where it is said to.

        An event whose reference was recorded before for this grant and kind raises `already_exists`.
        """
        if not self._session.execute(_MOVE_END, (moved.until_us, moved.grant, moved.from_us)):
            return False
        values = (
            moved.grant, moved.kind, left, moved.by, moved.reason, moved.reference, to_us(moved.at), moved.from_us,
            moved.until_us,
        )  # fmt: skip
        if self._session.one(_END_MOVED, values) is None:
            at, reference = moved.at, moved.reference
            raise _recorded(GrantEvent(moved.grant, moved.kind, left, moved.by, moved.reason, at, reference))
        return True

    def holders(self, perk: str, rule: str | None, property_code: str | None, after: str, limit: int) -> list[str]:
        """Guest records that were given a perk (by a rule, at a property where said), by id after `after`."""
        sql, values = "SELECT DISTINCT guest FROM perk_grant WHERE perk = ? AND guest > ?", [perk, after]
        for column, value in (("rule", rule), ("property", property_code)):
            if value is not None:
                sql, values = f"{sql} AND {column} = ?", [*values, value]
        return [row[0] for row in self._session.all(f"{sql} ORDER BY guest LIMIT ?", [*values, limit])]

    def extended(self, guest_records: Sequence[str]) -> list[Extended]:
        """How the ends of a guest's grants were moved, in order."""
        rows = self._session.all_in(_EXTENDED, guest_records)
        return [Extended(row[0], row[1], row[2], row[3], row[4], row[5], from_us(row[6]), row[7]) for row in rows]

    def due(self, at: datetime, limit: int) -> list[GrantRow]:
        """Holds past their end and grants past `valid_until` that are not used up, oldest first."""
        at_us = to_us(at)
        return [_make(row) for row in self._session.all(_DUE, (at_us, at_us, limit))]

    def events(self, grant_id: str) -> list[GrantEvent]:
        """The grant's life, in order."""
        sql = (
            "SELECT grant_id, kind, quantity, by, reason, at_us, reference FROM grant_event "
            "WHERE grant_id = ? ORDER BY seq"
        )
        return [_make_event(row) for row in self._session.all(sql, (grant_id,))]


def _make_event(row: Row) -> GrantEvent:
    grant, kind, quantity, by, reason, at_us, reference = row
    return GrantEvent(grant, kind, quantity, by, reason, from_us(at_us), reference)


def _event_values(event: GrantEvent) -> tuple[Value, ...]:
    at_us = to_us(event.at)
    return (event.grant, event.kind, event.quantity, event.by, event.reason, event.reference, at_us)


def _recorded(event: GrantEvent) -> RewardsError:
    return RewardsError(
        ALREADY_EXISTS,
        f"“{event.reference}” is recorded for {event.grant} already.",
        field="reference",
        details={"grant": event.grant, "kind": event.kind},
    )
