"""Every smallest change of how a perk waits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from rewards.rulelang.nodes import BeforeArrival, RollingHours, Wait

MIDNIGHT = 1_440


def of_wait(wait: Wait) -> Iterator[tuple[str, Wait | None]]:
    """The wait with one change: what, and the wait as it then is (None: none)."""
    yield "without wait", None
    yield f"wait every {'hour → day' if wait.hourly else 'day → hour'}", replace(wait, hourly=not wait.hourly)
    if wait.first is not None:
        yield "wait at once", replace(wait, first=None)
        yield from ((f"wait from {what}", replace(wait, first=other)) for what, other in _of_before(wait.first))
    if isinstance(wait.until, BeforeArrival):
        yield from ((f"wait until {what}", replace(wait, until=other)) for what, other in _of_before(wait.until))
    elif isinstance(wait.until, RollingHours):
        for hours in (wait.until.hours - 1, wait.until.hours + 1):
            yield f"wait {wait.until.hours} → {hours} hours", replace(wait, until=RollingHours(hours))
    else:
        for days in (wait.until.amount - 1, wait.until.amount + 1):
            yield f"wait {wait.until.amount} → {days} days", replace(wait, until=replace(wait.until, amount=days))


def _of_before(before: BeforeArrival) -> Iterator[tuple[str, BeforeArrival]]:
    for days in (before.days - 1, before.days + 1):
        if days >= 0:
            yield f"days_before {before.days} → {days}", replace(before, days=days)
    for minute in (before.minute - 1, before.minute + 1) if before.minute is not None else ():
        if 0 <= minute < MIDNIGHT:
            yield f"at {before.minute} → {minute}", replace(before, minute=minute)
