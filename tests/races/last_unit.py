"""Fifty clients race for the last unit of stock; each round has a unit of its own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta

from rewards.desk.desk import Desk
from rewards.desk.reply import Reader
from rewards.desk.wire import read_question
from rewards.domain.guest import Guest, Identity
from rewards.storage.engine import SqlDatabase
from tests.crowd import at_once
from tests.stage import NOW, TODAY, Stage

RULES = """
rule: last-drink
at: arrival
when: {fact: stay.channel, is: direct}
give: [{perk: welcome-drink}]
"""
READER = Reader("en", True)


@dataclass(frozen=True, slots=True)
class Round:
    """What one round came to: how many got the unit, how many read that it is gone, and what else happened."""

    given: int
    refused: int
    failures: tuple[str, ...]


def race(database: SqlDatabase, rounds: int, clients: int = 50) -> list[Round]:
    """Run rounds; each is a hotel day with one unit left."""
    stage = Stage(database, RULES)
    with database.writing() as store:
        for number in range(clients):
            store.guests.add(Guest(f"gst_race_{number}", NOW), [Identity("card", f"race-{number}")])
    return [_round(stage, turn, clients) for turn in range(rounds)]


def _round(stage: Stage, turn: int, clients: int) -> Round:
    day = TODAY + timedelta(days=turn)
    stage.clock.move_to(NOW + timedelta(days=turn))
    stage.stock("welcome-drink", 1, day)
    found = at_once(clients, lambda number: _ask(stage.desk, number, day))
    odd = tuple(one for one in found if one not in ("given", "stock_gone"))
    return Round(found.count("given"), found.count("stock_gone"), odd)


def _ask(desk: Desk, number: int, day: date) -> str:
    question = {
        "guest": f"card:race-{number}",
        "property": "harbour",
        "moment": "arrival",
        "mode": "commit",
        "stay": {"reservation": f"race-{day}-{number}", "channel": "direct"},
    }
    try:
        answer = json.loads(desk.ask(read_question(question), READER).body)
    except Exception as error:  # noqa: BLE001 - whatever a racer meets is what the round reports
        return repr(error)
    if answer["perks"]:
        return "given"
    return str(answer["withheld"][0]["reason"])
