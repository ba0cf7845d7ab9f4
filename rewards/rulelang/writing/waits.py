"""Waits as documents say them."""

from __future__ import annotations

from rewards.rulelang.nodes import BeforeArrival, RollingHours, Wait
from rewards.rulelang.writing.layout import Plain, Word
from rewards.rulelang.writing.measures import length


def wait(node: Wait) -> Plain:
    """What a document says of a wait, defaults left out."""
    keys: dict[str, Plain] = {} if node.first is None else {"from": _before(node.first)}
    if node.hourly:
        keys["every"] = Word("hour")
    if isinstance(node.until, BeforeArrival):
        keys["until"] = _before(node.until)
    elif isinstance(node.until, RollingHours):
        keys["until"] = length(node.until.hours, "hour")
    else:
        keys["until"] = length(node.until.amount, str(node.until.unit))
    return keys


def _before(node: BeforeArrival) -> Plain:
    keys: dict[str, Plain] = {"days_before": node.days}
    if node.minute is not None:
        keys["at"] = Word(f'"{node.minute // 60:02}:{node.minute % 60:02}"')
    return keys
