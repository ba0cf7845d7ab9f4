"""Decisions and the questions that they stand for."""

from __future__ import annotations

from collections.abc import Sequence

from rewards.clock import from_us, to_us
from rewards.ledger.ports import DecisionRow
from rewards.storage.rows import maybe_instant, us
from rewards.storage.session import Row, Session, marks

_COLUMNS = (
    "id, guest, property, moment, mode, subject, as_of_us, decided_us, rule_set, guest_version, question, facts, "
    "reply, state, hold_expires_us"
)
_INSERT = f"INSERT INTO decision ({_COLUMNS}) VALUES ({marks(15)})"
_SELECT = f"SELECT {_COLUMNS} FROM decision"
_QUESTION = "guest = ? AND property = ? AND subject = ? AND moment = ?"
_ASK = "INSERT INTO question (guest, property, subject, moment, decision) VALUES (?, ?, ?, ?, ?) "


def _make(row: Row) -> DecisionRow:
    (
        id_, guest, property_code, moment, mode, subject, as_of, decided, rule_set, version, question, facts, reply,
        state, expires,
    ) = row  # fmt: skip
    return DecisionRow(
        id_, guest, property_code, moment, mode, subject, from_us(as_of), from_us(decided), rule_set, version,
        question, facts, reply, state, maybe_instant(expires),
    )  # fmt: skip


class SqlDecisions:
    """Decisions and the questions that they stand for."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def standing(self, guest: str, property_code: str, subject: str, moment: str) -> str | None:
        """Id of the decision that stands for this question."""
        sql = f"SELECT decision FROM question WHERE {_QUESTION}"
        row = self._session.one(sql, (guest, property_code, subject, moment))
        return None if row is None else row[0]

    def claim(self, guest: str, property_code: str, subject: str, moment: str, decision: str) -> bool:
        """Make `decision` the standing one if there is none; True when it is now."""
        sql = f"{_ASK} ON CONFLICT (guest, property, subject, moment) DO NOTHING"
        return self._session.execute(sql, (guest, property_code, subject, moment, decision)) > 0

    def replace(self, guest: str, property_code: str, subject: str, moment: str, decision: str) -> None:
        """Make `decision` the standing one."""
        sql = f"{_ASK} ON CONFLICT (guest, property, subject, moment) DO UPDATE SET decision = excluded.decision"
        self._session.run(sql, (guest, property_code, subject, moment, decision))

    def add(self, row: DecisionRow) -> None:
        """Record a decision."""
        values = (
            row.id,
            row.guest,
            row.property,
            row.moment,
            row.mode,
            row.subject,
            to_us(row.as_of),
            to_us(row.decided_at),
            row.rule_set,
            row.guest_version,
            row.question,
            row.facts,
            row.reply,
            row.state,
            us(row.hold_expires_at),
        )
        self._session.run(_INSERT, values)

    def get(self, decision_id: str) -> DecisionRow | None:
        """A decision."""
        row = self._session.one(f"{_SELECT} WHERE id = ?", (decision_id,))
        return None if row is None else _make(row)

    def move(self, decision_id: str, expected: str, to: str) -> bool:
        """Move a hold's state; False when it was not in the expected one."""
        sql = "UPDATE decision SET state = ? WHERE id = ? AND state = ?"
        return self._session.execute(sql, (to, decision_id, expected)) > 0

    def page(self, after: str | None, limit: int, guest_records: Sequence[str] | None = None) -> list[DecisionRow]:
        """Decisions by id after `after` (ids sort by time), of a guest or of all."""
        if guest_records is None:
            rows = self._session.all(f"{_SELECT} WHERE id > ? ORDER BY id LIMIT ?", (after or "", limit))
        else:
            sql = f"{_SELECT} WHERE id > ? AND guest IN ({{keys}}) ORDER BY id LIMIT {limit:d}"
            rows = sorted(self._session.all_in(sql, guest_records, (after or "",)), key=lambda row: row[0])[:limit]
        return [_make(row) for row in rows]
