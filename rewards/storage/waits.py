"""What waits until it can be had. Its terms never change; where it stands does, each time under a condition."""

from __future__ import annotations

from collections.abc import Sequence

from rewards.ledger.waits import WaitRow, WaitState
from rewards.storage.session import Row, Session, Value, marks

_COLUMNS = (
    "id, guest, decision, property, subject, moment, reservation, rule, perk, outcome, hourly, first_us, next_us, "
    "end_us, state, created_us, tries, reason, grant_id, over_us"
)
_INSERT = f"INSERT INTO waiting ({_COLUMNS}) VALUES ({marks(20)})"
_SELECT = f"SELECT {_COLUMNS} FROM waiting"
_DUE = f"{_SELECT} WHERE state IN ('held', 'waiting') AND next_us <= ? ORDER BY next_us, id LIMIT ?"
_QUESTION = f"{_SELECT} WHERE property = ? AND subject = ? AND moment = ? AND guest IN ({{keys}})"
_MOVE = (
    "UPDATE waiting SET state = ?, next_us = ?, tries = ?, reason = ?, grant_id = ?, over_us = ? "
    "WHERE id = ? AND state IN ({keys})"
)


def _values(row: WaitRow) -> tuple[Value, ...]:
    return (
        row.id, row.guest, row.decision, row.property, row.subject, row.moment, row.reservation, row.rule, row.perk,
        row.outcome, int(row.hourly), row.first_us, row.next_us, row.end_us, row.state.value, row.created_us, row.tries,
        row.reason, row.grant, row.over_us,
    )  # fmt: skip


def _make(row: Row) -> WaitRow:
    values = [*row]
    values[10], values[14] = bool(row[10]), WaitState(row[14])
    return WaitRow(*values)


class SqlWaits:
    """What waits."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, rows: Sequence[WaitRow]) -> None:
        """New ones; of one decision, rule and outcome there is one for ever."""
        self._session.many(_INSERT, [_values(row) for row in rows])

    def get(self, wait_id: str) -> WaitRow | None:
        """One by its id."""
        row = self._session.one(f"{_SELECT} WHERE id = ?", (wait_id,))
        return None if row is None else _make(row)

    def of_guest(self, records: Sequence[str]) -> list[WaitRow]:
        """All of a guest, newest first."""
        rows = [_make(row) for row in self._session.all_in(f"{_SELECT} WHERE guest IN ({{keys}})", records)]
        return sorted(rows, key=lambda row: row.id, reverse=True)

    def of_question(self, records: Sequence[str], property_code: str, subject: str, moment: str) -> list[WaitRow]:
        """All of one question, in order."""
        found = self._session.all_in(_QUESTION, records, (property_code, subject, moment))
        return sorted((_make(row) for row in found), key=lambda row: row.id)

    def of_decision(self, decision: str) -> list[WaitRow]:
        """All of one decision, in order."""
        return [_make(row) for row in self._session.all(f"{_SELECT} WHERE decision = ? ORDER BY id", (decision,))]

    def due(self, now_us: int, limit: int) -> list[WaitRow]:
        """Those at which something is to be done by now, the longest due first."""
        return [_make(row) for row in self._session.all(_DUE, (now_us, limit))]

    def page(self, after: str, limit: int, property_code: str | None) -> list[WaitRow]:
        """Those that wait, by id after `after`, of a property or of all."""
        values: list[Value] = [after]
        sql = f"{_SELECT} WHERE state = 'waiting' AND id > ?"
        if property_code is not None:
            sql += " AND property = ?"
            values.append(property_code)
        return [_make(row) for row in self._session.all(f"{sql} ORDER BY id LIMIT ?", [*values, limit])]

    def move(self, row: WaitRow, expected: Sequence[WaitState]) -> bool:
        """Write where it stands; False, and nothing changed, where it stands in none of the expected states."""
        new = (row.state.value, row.next_us, row.tries, row.reason, row.grant, row.over_us)
        sql = _MOVE.replace("{keys}", marks(len(expected)))
        return self._session.execute(sql, (*new, row.id, *(state.value for state in expected))) > 0
