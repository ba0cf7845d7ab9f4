"""The gate of a rule: moment, place and schedule; all known, so a gate is open or shut."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from rewards.domain.property import Property
from rewards.rulelang.nodes import Applies, Rule, Schedule


@dataclass(frozen=True, slots=True)
class Gate:
    """What a gate is asked: the moment's name, the property, its hotel day and wall-clock minute of the day."""

    moment: str
    property: Property
    day: date
    minute_of_day: int


def open_at(rule: Rule, gate: Gate) -> bool:
    """Whether a rule is live for this moment, property, day and minute."""
    return (
        gate.moment in rule.moments
        and applies_to(rule.applies, gate.property)
        and scheduled(rule.schedule, gate.day, gate.minute_of_day)
    )


def applies_to(applies: Applies, at: Property) -> bool:
    """Whether a property is in the union of the lists; empty lists mean everywhere."""
    if not (applies.properties or applies.brands or applies.cities or applies.countries):
        return True
    return (
        at.code in applies.properties
        or at.brand in applies.brands
        or at.city in applies.cities
        or at.country in applies.countries
    )


def scheduled(schedule: Schedule, day: date, minute_of_day: int) -> bool:
    """Whether a schedule holds on a hotel day at a wall-clock minute (0 to 1439)."""
    if schedule.first is not None and day < schedule.first:
        return False
    if schedule.last is not None and day > schedule.last:
        return False
    if schedule.weekdays and day.isoweekday() not in schedule.weekdays:
        return False
    return schedule.hours is None or _in_hours(schedule.hours, minute_of_day)


def _in_hours(hours: tuple[int, int], minute: int) -> bool:
    first, end = hours
    return first <= minute < end if first < end else minute >= first or minute < end
