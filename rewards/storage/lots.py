"""Lots of points: how much of each grant of points is left, and when it lapses."""

from __future__ import annotations

from collections.abc import Sequence

from rewards.ledger.ports import Lot
from rewards.storage.session import Row, Session

_COLUMNS = "id, guest, earned, points_left, lapsed, earned_us, expires_us"
_SELECT = f"SELECT {_COLUMNS} FROM points_lot"
_ADD = f"INSERT INTO points_lot ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)"
_TAKE = "UPDATE points_lot SET points_left = points_left - ? WHERE id = ? AND points_left >= ?"
_LAPSE = (
    "UPDATE points_lot SET lapsed = lapsed + points_left, points_left = 0 WHERE id = ? AND points_left > 0 "
    "AND expires_us <= ? RETURNING lapsed"
)
_OPEN = f"{_SELECT} WHERE points_left > 0 AND guest IN ({{keys}})"
_DUE = f"{_SELECT} WHERE points_left > 0 AND expires_us <= ? ORDER BY expires_us, id LIMIT ?"


def _make(row: Row) -> Lot:
    return Lot(*row)


class SqlLots:
    """Lots of points."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, lot: Lot) -> None:
        """A new lot."""
        self._session.run(_ADD, (lot.id, lot.guest, lot.earned, lot.left, lot.lapsed, lot.earned_us, lot.expires_us))

    def get(self, lot_id: str) -> Lot | None:
        """A lot by the id of the grant that it came with."""
        row = self._session.one(f"{_SELECT} WHERE id = ?", (lot_id,))
        return None if row is None else _make(row)

    def open_of(self, records: Sequence[str]) -> list[Lot]:
        """Lots of these guest records with points left, the first to lapse first."""
        lots = [_make(row) for row in self._session.all_in(_OPEN, records)]
        return sorted(lots, key=lambda lot: (lot.expires_us, lot.earned_us, lot.id))

    def take(self, lot_id: str, amount: int) -> bool:
        """Take from a lot; False, and nothing changed, where less is left."""
        return self._session.execute(_TAKE, (amount, lot_id, amount)) > 0

    def lapse(self, lot_id: str, now_us: int) -> bool:
        """Let what is left of a lot that is over lapse; False where nothing is left or it is not over."""
        return self._session.one(_LAPSE, (lot_id, now_us)) is not None

    def due(self, now_us: int, limit: int) -> list[Lot]:
        """Lots that are over and have points left, the longest over first."""
        return [_make(row) for row in self._session.all(_DUE, (now_us, limit))]
