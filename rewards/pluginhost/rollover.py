"""Moments that fall due by themselves: each property's `scheduled` rules are asked once a hotel day.

Every guest who was ever at the property is looked at by a preview, and only a guest who would get something is
decided. The property's day is noted as done when all are; a run that was killed asks again, and a question that was
answered keeps its answer, so nobody is given twice.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

from rewards.clock import Clock
from rewards.desk.desk import Desk
from rewards.desk.paging import in_pages
from rewards.desk.reply import Reader
from rewards.desk.wire import read_question
from rewards.domain.property import Property
from rewards.errors import RewardsError
from rewards.storage.engine import SqlDatabase

MOMENT = "scheduled"
TASK = "scheduled_moment"
EVERY_S = 900
PAGE = 500
_READER = Reader("en", True)

log = logging.getLogger(__name__)


def roll_over(database: SqlDatabase, clock: Clock, desk: Desk) -> int:
    """Ask the scheduled moment where a new hotel day began; returns how many guests were given something."""
    given = 0
    for prop, period in _due(database, clock, desk):
        for guest in _guests(database, prop):
            given += _decide(desk, guest, prop)
        with database.writing() as store:
            store.jobs.mark_run(MOMENT, period, clock.now_us())
    return given


def _due(database: SqlDatabase, clock: Clock, desk: Desk) -> list[tuple[Property, str]]:
    """Properties with scheduled rules whose hotel day was not asked about yet, and the name of that day's run."""
    due = []
    with database.reading() as store:
        ground = desk.ground(store)
        if ground.compiled is None:
            return []
        for prop in ground.properties.values():
            day = ground.group.day_of(clock.now_us(), prop.code).isoformat()
            period = f"{prop.code} {day}"
            if not store.jobs.has_run(MOMENT, period) and ground.compiled.live_at(MOMENT, prop):
                due.append((prop, period))
    return due


def _guests(database: SqlDatabase, prop: Property) -> Iterator[str]:
    return in_pages(database, PAGE, lambda store, after: store.activities.guests_at(prop.code, after, PAGE))


def _decide(desk: Desk, guest: str, prop: Property) -> bool:
    question = {"guest": guest, "property": prop.code, "moment": MOMENT}
    try:
        preview = desk.ask(read_question(question), _READER)
        answer = json.loads(preview.body)
        if not answer["perks"] and not answer.get("extended"):
            return False
        desk.ask(read_question({**question, "mode": "commit"}), _READER)
    except RewardsError as error:
        if error.retry_after_s is not None:
            raise
        log.warning("the scheduled moment of %s at %s was refused: %s", guest, prop.code, error)
        return False
    return True
