"""Digests: one row a guest for what is read most, chunks for what is read seldom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rewards.storage.session import Session

_PUT = (
    "INSERT INTO digest (guest, version, head) VALUES (?, ?, ?) "
    "ON CONFLICT (guest) DO UPDATE SET version = excluded.version, head = excluded.head"
)
_PAGE = (
    "SELECT d.guest FROM digest d JOIN guest g ON g.id = d.guest "
    "WHERE d.guest > ? AND g.merged_into IS NULL ORDER BY d.guest LIMIT ?"
)
_GUESTS_A_PAGE = 1_000


class SqlHistories:
    """The digests."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def head(self, guest_id: str) -> bytes | None:
        """The digest's head, None for a guest without activities."""
        row = self._session.one("SELECT head FROM digest WHERE guest = ?", (guest_id,))
        return None if row is None else row[0]

    def heads(self, guest_ids: Sequence[str]) -> dict[str, bytes]:
        """Heads of many guests; those without one are left out."""
        return dict(self._session.all_in("SELECT guest, head FROM digest WHERE guest IN ({keys})", guest_ids))

    def chunks(self, guest_id: str, first: int) -> list[bytes]:
        """Closed chunks from number `first` on, in order."""
        sql = "SELECT rows FROM digest_chunk WHERE guest = ? AND number >= ? ORDER BY number"
        return [row[0] for row in self._session.all(sql, (guest_id, first))]

    def put(self, guest_id: str, version: int, head: bytes, chunks: Iterable[tuple[int, bytes]] | None) -> None:
        """Replace the head; where `chunks` is given, replace all chunks by these."""
        self._session.run(_PUT, (guest_id, version, head))
        if chunks is None:
            return
        self._session.run("DELETE FROM digest_chunk WHERE guest = ?", (guest_id,))
        rows = [(guest_id, number, chunk) for number, chunk in chunks]
        if rows:
            self._session.many("INSERT INTO digest_chunk (guest, number, rows) VALUES (?, ?, ?)", rows)

    def guests(self) -> Iterator[str]:
        """Ids of every guest with a digest, in order, merged records left out."""
        after = ""
        while page := self._session.all(_PAGE, (after, _GUESTS_A_PAGE)):
            for (guest_id,) in page:
                yield guest_id
            after = page[-1][0]
