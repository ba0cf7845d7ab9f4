"""`wait`: what cannot be had is tried again, from when, how often and until when."""

from __future__ import annotations

from rewards.rulelang import limits
from rewards.rulelang.diagnostics import Report
from rewards.rulelang.nodes import BeforeArrival, Rolling, RollingHours, Unit, Wait
from rewards.rulelang.reading.fields import Fields, block_of
from rewards.rulelang.reading.scalars import choice, minute_of_day, number
from rewards.rulelang.reading.tree import Block, Text, Tree
from rewards.rulelang.reading.windows import length
from rewards.rulelang.wording.entry import Phrase, Piece

Until = BeforeArrival | Rolling | RollingHours
WAIT_KEYS = ("from", "every", "until")
BEFORE_KEYS = ("days_before", "at")
DAILY, HOURLY = "day", "hour"
_EXAMPLE = '{until: {days_before: 1, at: "14:00"}}'
_BEFORE = '{days_before: 1, at: "14:00"}'
_LONG = Phrase(
    f"a number of hours, days or weeks, such as 48 hours, or {_BEFORE}",
    f"een aantal hours, days of weeks, zoals 48 hours, of {_BEFORE}",
)


def read_wait(fields: Fields, report: Report, inside: str) -> Wait | None:
    """The value of `wait`, None where it is absent or wrong. `inside` names what leaves no room for it, "" nothing."""
    tree = fields.tree("wait")
    if tree is None:
        return None
    if inside:
        why = Phrase("only what is tried first can wait", "alleen wat het eerst geprobeerd wordt, kan wachten")
        advice = Phrase("Leave “wait” out here.", "Laat “wait” hier weg.")
        report.add("parameters_contradict", fields.place("wait"), one="wait", other=inside, why=why, advice=advice)
    block = block_of(tree, "“wait”", _EXAMPLE, report)
    return None if block is None else _wait(Fields(block, WAIT_KEYS, "“wait”", report), report)


def _wait(fields: Fields, report: Report) -> Wait | None:
    first = fields.read("from", _before, None)
    every = fields.read("every", choice((DAILY, HOURLY)), DAILY)
    tree = fields.need("until")
    until = None if tree is None else _until(tree, "“until”", report)
    if first is not None and isinstance(until, BeforeArrival) and _is_backwards(first, until):
        why = Phrase("it ends before it begins", "het eindigt voordat het begint")
        advice = Phrase("Let it begin more days before arrival.", "Laat het meer dagen voor aankomst beginnen.")
        report.add("parameters_contradict", fields.place("until"), one="from", other="until", why=why, advice=advice)
    return None if until is None else Wait(until, first, every == HOURLY)


def _is_backwards(first: BeforeArrival, until: BeforeArrival) -> bool:
    """Whether there is no time between. At which hour a hotel day begins, only the property knows."""
    if first.days != until.days:
        return first.days < until.days
    if first.minute is None:
        return until.minute is None
    return until.minute is not None and first.minute >= until.minute


def _before(tree: Tree, what: Piece, report: Report) -> BeforeArrival | None:
    """`{days_before: 1, at: "14:00"}`."""
    block = block_of(tree, what, _BEFORE, report)
    if block is None:
        return None
    fields = Fields(block, BEFORE_KEYS, what, report)
    days = fields.read_needed("days_before", number(0, limits.MAX_WAIT_DAYS), None)
    minute = fields.read("at", minute_of_day, None)
    return None if days is None else BeforeArrival(days, minute)


def _until(tree: Tree, what: Piece, report: Report) -> Until | None:
    if isinstance(tree, Block):
        return _before(tree, what, report)
    found = length(tree, what, report, _LONG)
    if found is None:
        return None
    amount, unit = found
    if unit == "hour":
        return RollingHours(amount)
    if unit not in ("day", "week"):
        shown = tree.text if isinstance(tree, Text) else ""
        report.add("duration_expected", tree.span, what=what, value=shown, form=_LONG)
        return None
    days = amount * (7 if unit == "week" else 1)
    if days > limits.MAX_WAIT_DAYS:
        report.add("number_out_of_range", tree.span, what=what, value=days, least=1, most=limits.MAX_WAIT_DAYS)
        return None
    return Rolling(days, Unit.DAY)
