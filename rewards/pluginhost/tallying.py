"""After an upgrade: the days of guests who were here before tallies were, added up in the background.

Until the last of them is done no place is known. Each guest is a short transaction of its own, so nobody waits; a run
ends after a while, so that other jobs have their turn, and the next goes on with whoever is left.
"""

from __future__ import annotations

import logging

from rewards.clock import monotonic_s
from rewards.desk.paging import in_pages
from rewards.errors import RewardsError
from rewards.intake.digests import make_tally
from rewards.storage.engine import SqlDatabase

TASK = "make_tallies"
EVERY_S = 60
PAGE = 200
RUN_S = 30.0
"""How long one run goes on with guests that are left."""

log = logging.getLogger(__name__)


def catch_up(database: SqlDatabase, *, run_s: float = RUN_S, page: int = PAGE) -> int:
    """Make tallies of guests who are due, until none is or `run_s` seconds are over; how many were made.

    A guest whose tally cannot be made is named in the log and left due; a database that does not answer is raised.
    """
    until_s, made = monotonic_s() + run_s, 0
    for guest in in_pages(database, page, lambda store, after: store.tallies.due(after, page)):
        made += _make(database, guest)
        if monotonic_s() >= until_s:
            break
    return made


def _make(database: SqlDatabase, guest: str) -> bool:
    try:
        database.run_writing(lambda store: make_tally(store, guest))
    except RewardsError as error:
        if error.retry_after_s is not None:
            raise
        log.warning("the days of %s could not be added up: %s", guest, error)
        return False
    return True
