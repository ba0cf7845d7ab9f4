"""What rules took from guests, and of which grants and lots; only the state of a take ever changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from rewards.clock import from_us, to_us
from rewards.ledger.entries import Entry
from rewards.ledger.take_rows import STANDING, Part, TakeRow, TakeState
from rewards.storage.rows import from_json, maybe_instant, to_json, us
from rewards.storage.session import Row, Session, marks

_COLUMNS = (
    "id, decision, guest, property, reservation, rule, perk, points, asked, owed, owed_until_us, taken_us, taken_day, "
    "claims, state, hold_expires_us"
)
_SELECT = f"SELECT {_COLUMNS} FROM perk_take"
_INSERT = f"INSERT INTO perk_take ({_COLUMNS}) VALUES ({marks(16)})"
_INSERT_PART = "INSERT INTO perk_take_part (take, source, quantity) VALUES (?, ?, ?)"
_PARTS = "SELECT take, source, quantity FROM perk_take_part WHERE take IN ({keys})"
_MOVE = "UPDATE perk_take SET state = ?, settled_us = ?, hold_expires_us = NULL WHERE id = ? AND state IN ({keys})"
_DUE = f"{_SELECT} WHERE state = 'held' AND hold_expires_us <= ? ORDER BY hold_expires_us, id LIMIT ?"


class SqlTakes:
    """What rules took."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, row: TakeRow) -> None:
        """Record what was taken."""
        claims = to_json([[claim.account, claim.amount, claim.unit] for claim in row.claims])
        values = (
            row.id, row.decision, row.guest, row.property, row.reservation, row.rule, row.perk, int(row.points),
            row.asked, row.owed, row.owed_until_us, to_us(row.at), row.day, claims, row.state.value,
            us(row.hold_expires_at),
        )  # fmt: skip
        self._session.run(_INSERT, values)
        self._session.many(_INSERT_PART, [(row.id, part.source, part.quantity) for part in row.parts])

    def get(self, take_id: str) -> TakeRow | None:
        """A take."""
        return next(iter(self._made(self._session.all(f"{_SELECT} WHERE id = ?", (take_id,)))), None)

    def of_decision(self, decision_id: str) -> list[TakeRow]:
        """What a decision took, in order."""
        return self._made(self._session.all(f"{_SELECT} WHERE decision = ? ORDER BY id", (decision_id,)))

    def of_guest(self, guest_records: Sequence[str]) -> list[TakeRow]:
        """What was taken from a guest and not given back, newest first."""
        rows = self._made(self._session.all_in(f"{_SELECT} WHERE guest IN ({{keys}})", guest_records))
        return sorted((row for row in rows if row.state in STANDING), key=lambda row: (row.at, row.id), reverse=True)

    def move(self, take_id: str, expected: Sequence[TakeState], to: TakeState, at: datetime) -> bool:
        """Move to a state; False, and nothing changed, when the state was not expected."""
        sql = _MOVE.replace("{keys}", marks(len(expected)))
        return self._session.execute(sql, (to.value, to_us(at), take_id, *(state.value for state in expected))) > 0

    def due(self, at: datetime, limit: int) -> list[TakeRow]:
        """What was taken for holds that are past their end, oldest first."""
        return self._made(self._session.all(_DUE, (to_us(at), limit)))

    def _made(self, rows: Iterable[Row]) -> list[TakeRow]:
        found = list(rows)
        parts: defaultdict[str, list[Part]] = defaultdict(list)
        for take, source, quantity in self._session.all_in(_PARTS, [row[0] for row in found]) if found else ():
            parts[take].append(Part(source, quantity))
        return [_make(row, sorted(parts[row[0]], key=lambda part: part.source)) for row in found]


def _make(row: Row, parts: Sequence[Part]) -> TakeRow:
    return TakeRow(
        id=row[0], decision=row[1], guest=row[2], property=row[3], reservation=row[4], rule=row[5], perk=row[6],
        points=bool(row[7]), asked=row[8], parts=tuple(parts), owed=row[9], owed_until_us=row[10], at=from_us(row[11]),
        day=row[12], claims=tuple(Entry(*claim) for claim in from_json(row[13])), state=TakeState(row[14]),
        hold_expires_at=maybe_instant(row[15]),
    )  # fmt: skip
