"""Lots of points: how much of each grant of points is left, and when it lapses."""

from __future__ import annotations

from collections.abc import Sequence

from rewards.ledger.lots import Lot
from rewards.storage.session import Row, Session

_COLUMNS = "id, guest, earned, points_left, lapsed, earned_us, expires_us, spent_us, perk"
_SELECT = f"SELECT {_COLUMNS} FROM points_lot"
_ADD = f"INSERT INTO points_lot ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
_TAKE = (
    "UPDATE points_lot SET points_left = points_left - ?, spent_us = COALESCE(?, spent_us) "
    "WHERE id = ? AND points_left >= ?"
)
_PUT_BACK = "UPDATE points_lot SET points_left = points_left + ? WHERE id = ? AND points_left + lapsed + ? <= earned"
_LAPSE = (
    "UPDATE points_lot SET lapsed = lapsed + points_left, points_left = 0 WHERE id = ? AND points_left > 0 "
    "AND expires_us <= ? RETURNING lapsed"
)
_OPEN = f"{_SELECT} WHERE points_left > 0 AND guest IN ({{keys}})"
_OF_PERK = (
    "SELECT DISTINCT guest FROM points_lot WHERE points_left > 0 AND perk = ? AND guest > ? ORDER BY guest LIMIT ?"
)
_SPENT = "SELECT MAX(spent_us) FROM points_lot WHERE guest IN ({keys})"
_DUE = f"{_SELECT} WHERE points_left > 0 AND expires_us <= ? ORDER BY expires_us, id LIMIT ?"


def _make(row: Row) -> Lot:
    return Lot(*row)


class SqlLots:
    """Lots of points."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, lot: Lot) -> None:
        """A new lot."""
        instants = (lot.earned_us, lot.expires_us, lot.spent_us)
        self._session.run(_ADD, (lot.id, lot.guest, lot.earned, lot.left, lot.lapsed, *instants, lot.perk))

    def get(self, lot_id: str) -> Lot | None:
        """A lot by the id of the grant that it came with."""
        row = self._session.one(f"{_SELECT} WHERE id = ?", (lot_id,))
        return None if row is None else _make(row)

    def open_of(self, records: Sequence[str]) -> list[Lot]:
        """Lots of these guest records with points left, the first to lapse first."""
        lots = [_make(row) for row in self._session.all_in(_OPEN, records)]
        return sorted(lots, key=lambda lot: (lot.expires_us, lot.earned_us, lot.id))

    def take(self, lot_id: str, amount: int, spent_us: int | None = None) -> bool:
        """Take from a lot; False, and nothing changed, where less is left. `spent_us`: the guest spent it then."""
        return self._session.execute(_TAKE, (amount, spent_us, lot_id, amount)) > 0

    def put_back(self, lot_id: str, amount: int) -> bool:
        """Put back what was taken of a lot; False where there is no such lot, or it would hold more than came."""
        return self._session.execute(_PUT_BACK, (amount, lot_id, amount)) > 0

    def lapse(self, lot_id: str, until_us: int) -> bool:
        """Let what is left of a lot that ends by `until_us` lapse; False where nothing is left or it ends later."""
        return self._session.one(_LAPSE, (lot_id, until_us)) is not None

    def move_end(self, lot_id: str, until_us: int) -> None:
        """Let a lot, where there is one, end at another instant."""
        self._session.execute("UPDATE points_lot SET expires_us = ? WHERE id = ?", (until_us, lot_id))

    def of_perk(self, perk: str, after: str, limit: int) -> list[str]:
        """Guest records with points left of a perk, by id after `after`."""
        return [row[0] for row in self._session.all(_OF_PERK, (perk, after, limit))]

    def last_spent_us(self, records: Sequence[str]) -> int | None:
        """When these guest records last spent points, None for never."""
        rows = self._session.all_in(_SPENT, records)
        return max((row[0] for row in rows if row[0] is not None), default=None)

    def due(self, now_us: int, limit: int) -> list[Lot]:
        """Lots that are over and have points left, the longest over first."""
        return [_make(row) for row in self._session.all(_DUE, (now_us, limit))]
