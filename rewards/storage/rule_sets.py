"""Published rule sets: frozen texts, the newest live."""

from __future__ import annotations

from rewards.clock import from_us, to_us
from rewards.errors import ALREADY_EXISTS, RewardsError
from rewards.ledger.ports import RuleSetRow
from rewards.storage.installation import grow
from rewards.storage.session import Row, Session

_COLUMNS = "version, digest, rules, perks, published_us, published_by, note"
_SELECT = f"SELECT {_COLUMNS} FROM rule_set"
_INSERT = f"INSERT INTO rule_set ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (version) DO NOTHING"
_NEWEST = 2**31 - 1


def _make(row: Row) -> RuleSetRow:
    return RuleSetRow(row[0], row[1], row[2], row[3], from_us(row[4]), row[5], row[6])


class SqlRuleSets:
    """Published rule sets."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def live(self) -> RuleSetRow | None:
        """The newest, None before the first publication."""
        row = self._session.one(f"{_SELECT} ORDER BY version DESC LIMIT 1")
        return None if row is None else _make(row)

    def get(self, version: int) -> RuleSetRow | None:
        """One version."""
        row = self._session.one(f"{_SELECT} WHERE version = ?", (version,))
        return None if row is None else _make(row)

    def publish(self, row: RuleSetRow) -> None:
        """Add a version; grows the generation. A version that exists raises `already_exists`."""
        values = (
            row.version,
            row.digest,
            row.rules,
            row.perks,
            to_us(row.published_at),
            row.published_by,
            row.note,
        )
        if not self._session.execute(_INSERT, values):
            raise RewardsError(
                ALREADY_EXISTS,
                f"Rule set {row.version} is published already.",
                hint="Look at what is live now, then publish the next version.",
                field="version",
            )
        grow(self._session)

    def page(self, limit: int, *, before: int | None = None) -> list[RuleSetRow]:
        """Newest first; with `before` only versions older than that one."""
        sql = f"{_SELECT} WHERE version < ? ORDER BY version DESC LIMIT ?"
        newest = _NEWEST if before is None else min(before, _NEWEST)
        return [_make(row) for row in self._session.all(sql, (newest, limit))]
