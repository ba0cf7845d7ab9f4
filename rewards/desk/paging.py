"""Ids read page by page, each page in a transaction of its own, so that none stays open while they are worked on."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from rewards.ledger.ports import Database, Store


def in_pages(database: Database, size: int, read: Callable[[Store, str], list[str]]) -> Iterator[str]:
    """Every id, in order; `read` gives up to `size` ids after an id ("" at first)."""
    after = ""
    while True:
        with database.reading() as store:
            page = read(store, after)
        yield from page
        if len(page) < size:
            return
        after = page[-1]
