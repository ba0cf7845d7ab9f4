"""How often a rule gave, as the limits of one question count it."""

from __future__ import annotations

from functools import cache

from rewards.decisions.situation import Situation, subject_of
from rewards.ledger.ports import Store
from rewards.ledger.taker import CountStanding
from rewards.rulelang.nodes import Per, Rule


def counter(store: Store, it: Situation, *, elsewhen: bool = False) -> CountStanding:
    """Counts firings of a rule for rolling limits and limits a guest, under the lock that the taker holds.

    `elsewhen`: for a question as of another day, which does not see what was given after that day.
    """
    subject = subject_of(it)
    reservation = subject.removeprefix("stay:") if subject.startswith("stay:") else None
    records = cache(lambda: store.guests.records(it.guest.id))

    def since(rule: Rule, per: Per, first_day: int | None) -> int:
        if per in (Per.PROPERTY, Per.RULE):
            return store.grants.count_all(rule.id, first_day or 0, it.property.code if per is Per.PROPERTY else None)
        return store.grants.count(records(), rule.id, first_day, reservation if per is Per.STAY else None)

    def count(rule: Rule, per: Per, first_day: int | None) -> int:
        later = since(rule, per, it.day.toordinal() + 1) if elsewhen else 0
        return since(rule, per, first_day) - later

    return count
