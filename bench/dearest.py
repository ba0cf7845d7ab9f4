"""The dearest rules that the limits let through, over a guest of a long history: none may take 50 ms.

Each reads as many different measures as a rule may, all of one kind, so that no reading serves two of them.

    python -m bench dearest
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from bench.digest import activities, ask, medians, standpoint
from bench.rows import Row, row
from rewards.history.digest import build
from rewards.rulelang.document import load
from rewards.rulelang.limits import MAX_RULE_MEASURES
from rewards.rulelang.nodes import AnyOf, Measure, MeasureTest

BAR_MS = 50
ACTIVITIES = 2_000
"""Two a day for three years."""

FORMS = {
    "stays that touch as one": "measure: stays, where: group, within: {n} days, "
    "counting: {{merge_adjoining: true, min_amount: EUR 1}}, at_least: 2",
    "nights by date": "measure: nights, where: group, within: {n} days, by: nights, on: [friday], at_least: 2",
    "different days": "measure: check-ins, where: group, within: {n} days, distinct: day, at_least: 2",
    "groups": "measure: check-ins, where: group, within: {n} days, groups: {{of: day, at_least: 2}}, at_least: 2",
    "streaks": "measure: visits, where: group, within: {n} days, streak: day, at_least: 2",
    "averages": "measure: spend, where: group, within: {n} days, average: true, category: bar, at_least: EUR 2",
    "the newest thousand": "measure: spend, where: group, within: {n} days, average: true, last: 1000, at_least: EUR 2",
}


def run(quick: bool) -> list[Row]:
    """The processor time of each form's measures together, read as a decision reads them, in milliseconds."""
    history, at = build("gst_ana", activities(ACTIVITIES)), standpoint()
    read = {name: _measures(form) for name, form in FORMS.items()}
    cases: dict[str, Callable[[], object]] = {
        name: partial(ask, history, measures, at) for name, measures in read.items()
    }
    found = medians(cases, 3 if quick else 15)
    title = f"{MAX_RULE_MEASURES} measures over {ACTIVITIES:,} activities"
    return [_row(f"{title}: {name}, ms", round(micros / 1_000, 1)) for name, micros in found.items()]


def _row(name: str, value: float) -> Row:
    return row("dearest", name, value, f"≤ {BAR_MS}", value <= BAR_MS)


def _measures(form: str) -> list[Measure]:
    """The measures of the largest rule of a form; windows of 600 days and more reach far into the history."""
    tests = ", ".join("{" + form.format(n=600 + 10 * index) + "}" for index in range(MAX_RULE_MEASURES))
    when = load(f"rule: r\nat: checkout\nwhen: {{any: [{tests}]}}\ngive: drink\n").rules[0].when
    parts = when.parts if isinstance(when, AnyOf) else ()
    return [each.measure for each in parts if isinstance(each, MeasureTest)]
