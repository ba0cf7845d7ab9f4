"""The last unit goes to exactly one of fifty; the suite runs some rounds, `python -m tests.races` all two hundred."""

from __future__ import annotations

from rewards.storage.engine import SqlDatabase
from tests.races.last_unit import Round, race

ROUNDS, CLIENTS = 25, 50


def test_the_last_unit_goes_to_exactly_one_of_fifty(database: SqlDatabase) -> None:
    assert race(database, ROUNDS, CLIENTS) == [Round(1, CLIENTS - 1, ())] * ROUNDS
