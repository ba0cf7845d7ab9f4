"""Tallies: one row for each property, hotel day, guest and kind, added to in the transaction of the fact."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rewards.domain.activity import Kind
from rewards.history.tally import Summed, Sums, Tally, TallyKey, Visit
from rewards.storage.session import Row, Session, Value, marks

_KEY = "place, day, guest, kind, evidence, since, currency"
_COLUMNS = f"{_KEY}, times, nights, net, first_us, last_us"
_INSERT = f"INSERT INTO tally ({_COLUMNS})"
_TOGETHER = (
    f"ON CONFLICT ({_KEY}) DO UPDATE SET times = tally.times + excluded.times, "
    "nights = tally.nights + excluded.nights, net = tally.net + excluded.net, "
    "first_us = CASE WHEN excluded.first_us < tally.first_us THEN excluded.first_us ELSE tally.first_us END, "
    "last_us = CASE WHEN excluded.last_us > tally.last_us THEN excluded.last_us ELSE tally.last_us END"
)
_BETWEEN = f"SELECT {_COLUMNS} FROM tally WHERE place = ? AND day >= ? AND day <= ? AND kind IN "
_CHECK_INS = f"SELECT {_COLUMNS} FROM tally WHERE kind = ? AND last_us > ? AND guest IN ({{keys}})"
_OF_GUESTS = f"SELECT {_COLUMNS} FROM tally WHERE guest IN ({{keys}})"
_ROWS = "FROM tally WHERE place = ? AND day >= ? AND day <= ? AND kind IN ({kinds}) AND first_us <= ?"
_VISITS = (
    f"SELECT guest, '', COUNT(*), MAX(begun) FROM (SELECT guest, MIN(first_us) AS begun {_ROWS} "
    "GROUP BY day, guest HAVING MAX(evidence) >= ?) visit GROUP BY guest"
)
_UNPROVEN = f"SELECT day, guest, MIN(first_us) {_ROWS} GROUP BY day, guest HAVING MAX(evidence) < ?"
_SUMS = {
    of: f"SELECT guest, currency, CAST(SUM({of}) AS BIGINT), MAX(last_us) {_ROWS} AND evidence >= ? "
    "GROUP BY guest, currency"
    for of in ("times", "nights", "net")
}
_FIRST_DAY, _LAST_DAY = 0, 10_000_000


class SqlTallies:
    """The tallies."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, rows: Sequence[Tally]) -> None:
        """Add to what there is; no key twice in one call."""
        # In the order in which they are kept, a large batch touches each page of the table once.
        self._session.insert_all(_INSERT, _TOGETHER, [_values(row) for row in sorted(rows)])

    def replace(self, records: Sequence[str], rows: Sequence[Tally]) -> None:
        """Put these rows in place of all rows of these guest records, none of which is due after it."""
        for record in records:
            self._session.run("DELETE FROM tally WHERE guest = ?", (record,))
            self._session.run("DELETE FROM tally_due WHERE guest = ?", (record,))
        self._session.insert_all(_INSERT, "", [_values(row) for row in rows])

    def between(self, place: str, kinds: Sequence[str], first: int | None, last: int | None) -> list[Tally]:
        """The rows of a property and some kinds on the hotel days `first` to `last` (ordinals; None: open)."""
        sql = f"{_BETWEEN} ({marks(len(kinds))})"
        return _tallies(self._session.all(sql, (place, *_days(first, last), *kinds)))

    def summed(self, asked: Sums) -> list[Summed]:
        """What everybody did, added up: see `Sums`."""
        sql = (_VISITS if asked.of == "visits" else _SUMS[asked.of]).replace("{kinds}", marks(len(asked.kinds)))
        return [Summed(*row) for row in self._session.all(sql, _of(asked))]

    def unproven(self, asked: Sums) -> list[Visit]:
        """The visits that `summed` leaves out for want of evidence."""
        return [
            Visit(*row) for row in self._session.all(_UNPROVEN.replace("{kinds}", marks(len(asked.kinds))), _of(asked))
        ]

    def check_ins_of(self, guests: Sequence[str], after_us: int) -> list[Tally]:
        """Check-ins of these guests at any place, of which the last is later than an instant."""
        return _tallies(self._session.all_in(_CHECK_INS, guests, (Kind.CHECK_IN.value, after_us)))

    def of_guests(self, records: Sequence[str]) -> list[Tally]:
        """Every row of these guest records, in the order of the keys."""
        return sorted(_tallies(self._session.all_in(_OF_GUESTS, records)))

    def complete(self) -> bool:
        """Whether every guest's tally has been made."""
        return self._session.one("SELECT 1 FROM tally_due LIMIT 1") is None

    def is_due(self, guest_id: str) -> bool:
        """Whether a guest's tally is still to be made."""
        return self._session.one("SELECT 1 FROM tally_due WHERE guest = ?", (guest_id,)) is not None

    def due(self, after: str, limit: int) -> list[str]:
        """Ids of guests whose tally is still to be made, by id after `after`."""
        sql = "SELECT guest FROM tally_due WHERE guest > ? ORDER BY guest LIMIT ?"
        return [row[0] for row in self._session.all(sql, (after, limit))]

    def due_count(self) -> int:
        """How many they are."""
        row = self._session.one("SELECT COUNT(*) FROM tally_due", ())
        return int(row[0]) if row else 0


def _of(asked: Sums) -> tuple[Value, ...]:
    return (asked.place, *_days(asked.first, asked.last), *asked.kinds, asked.until_us, asked.least)


def _days(first: int | None, last: int | None) -> tuple[int, int]:
    return _FIRST_DAY if first is None else first, _LAST_DAY if last is None else last


def _values(row: Tally) -> tuple[Value, ...]:
    return (*row.key, *row[1:])


def _tallies(rows: Iterable[Row]) -> list[Tally]:
    return [Tally(TallyKey(*row[:7]), *row[7:]) for row in rows]
