"""A limit much longer than every window of its rule: what the guest does meanwhile is forgotten before it can count."""

from __future__ import annotations

from collections.abc import Mapping

from rewards.domain.perk import Perk
from rewards.rulelang.checking.places import Notes
from rewards.rulelang.checking.walk import measure_tests
from rewards.rulelang.nodes import Calendar, CountLimit, Op, Per, Rolling, RollingHours, Rule, Unit, Window
from rewards.rulelang.writing.measures import length

_DAYS = {Unit.DAY: 1, Unit.WEEK: 7, Unit.MONTH: 30, Unit.QUARTER: 91, Unit.YEAR: 365}
_FLOORS = (Op.AT_LEAST, Op.MORE_THAN, Op.EXACTLY, Op.EVERY)
_MUCH = 2
"""So many times longer is no oversight by a few days."""


def short_windows(rule: Rule, _perks: Mapping[str, Perk], notes: Notes) -> None:
    """Notes each limit a guest that outlasts by far what the rule looks back at; only rolling windows fall short."""
    earned = [test for test in measure_tests(rule) if test.comparison.op in _FLOORS and test.comparison.values[0] != 0]
    spans = [_span(test.measure.window) for test in earned]
    known = [span for span in spans if span is not None]
    if not known or len(known) < len(spans):
        return
    longest = max(known)
    for limit in rule.limits:
        if not isinstance(limit, CountLimit) or limit.per is not Per.GUEST or limit.every is None:
            continue
        days, said = _period(limit.every)
        if days > _MUCH * longest[0]:
            notes.add("window_shorter_than_limit", limit.span, "every", window=longest[1], limit=said)


def _span(window: Window) -> tuple[int, str] | None:
    """About how many days a rolling window holds, and how it is written; None for any other."""
    match window:
        case Rolling(amount=amount, unit=unit):
            return amount * _DAYS[unit], str(length(amount, str(unit)))
        case RollingHours(hours=hours):
            return -(-hours // 24), str(length(hours, "hour"))
        case _:
            return None


def _period(every: Calendar | Rolling) -> tuple[int, str]:
    amount = every.amount if isinstance(every, Rolling) else 1
    return amount * _DAYS[every.unit], str(length(amount, str(every.unit)))
