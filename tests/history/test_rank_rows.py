"""The rows of `tests/conformance/ranks.yaml`: what a guest reads among all guests of a house."""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from rewards.domain.activity import Activity, Coverage, Evidence, Kind
from rewards.history.effective import effective
from rewards.history.ranks import GuestsHere
from rewards.history.tally import Tallied, tally
from rewards.rulelang.document import load
from rewards.rulelang.evaluation import UNKNOWN_READING, Reading
from rewards.rulelang.nodes import Measure, MeasureTest, Series
from tests.history.people import HARBOUR, HEARD_FOR_EVER, PROPERTIES, activity, at, group, local

ROWS: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parents[1] / "conformance" / "ranks.yaml").read_text(encoding="utf-8")
)
TODAY, NOW = date(2026, 11, 22), "2026-11-22 15:00"
KINDS = {Series.STAYS: Kind.STAY, Series.NIGHTS: Kind.STAY, Series.SPEND: Kind.SPEND}
DID = re.compile(r"(\d+)(?:@(\d\d:\d\d))?(?:\*(\d+))?(?:!(\w+))?(?:/(\w+))?")


def measure_of(asks: dict[str, Any]) -> Measure:
    """The measure, read as a rule's."""
    least = "EUR 1" if asks["measure"] == "behind" and asks.get("of") == "spend" else 1
    keys = yaml.safe_dump(asks | {"at_least": least}, default_flow_style=True)
    parsed = load(f"rule: r\nat: arrival\nwhen: {keys}give: welcome-drink\n", filename="row")
    assert not parsed.diagnostics, parsed.diagnostics
    test = parsed.rules[0].when
    assert isinstance(test, MeasureTest)
    return test.measure


def fact(did: str, series: Series, guest: str) -> Activity:
    found = DID.fullmatch(str(did))
    assert found is not None, did
    days, hour, size, evidence, place = found.groups()
    day = TODAY - timedelta(days=int(days))
    kind = KINDS.get(series, Kind.CHECK_IN)
    more: dict[str, Any] = {"guest": guest, "evidence": Evidence[(evidence or "witnessed").upper()]}
    if kind is Kind.STAY:
        more |= {"nights": int(size or 1), "arrival_day": day - timedelta(days=int(size or 1))}
    if kind is Kind.SPEND:
        more |= {"amount_minor": int(size), "currency": "EUR"}
    prop = HARBOUR if place is None else PROPERTIES.get(place)
    return activity(kind, local(f"{day} {hour or '12:00'}"), prop=prop, day=day, **more)


def stay(span: str, guest: str) -> Activity:
    first, last = (TODAY - timedelta(days=int(days)) for days in span.split("-"))
    more = {"guest": guest, "arrival_day": first, "nights": (last - first).days, "evidence": Evidence.RECORDED}
    return activity(Kind.STAY, local(f"{last} 11:00"), day=last, **more)


def reader(row: dict[str, Any], guest: str, series: Series) -> GuestsHere:
    """Everybody's tallies, seen by one guest."""
    lives = {name: [fact(did, series, name) for did in dids] for name, dids in row["did"].items()}
    for name, spans in row.get("stays", {}).items():
        lives[name] += [stay(span, name) for span in spans]
    return GuestsHere(Tallied(one for name, life in lives.items() for one in tally(name, effective(life))), guest)


def coverage(row: dict[str, Any]) -> list[Coverage]:
    if "known" not in row:
        return []
    day = TODAY - timedelta(days=row["known"])
    since = datetime.combine(day, time(4), tzinfo=HARBOUR.zone_info()).astimezone(UTC)
    return [Coverage("harbour", kind, since, HEARD_FOR_EVER) for kind in Kind]


def expected(reads: object) -> Reading:
    if isinstance(reads, list):
        return Reading(*(math.inf if each == "inf" else each for each in reads))
    if reads == "unknown":
        return UNKNOWN_READING
    number = math.inf if reads == "none" else reads
    assert isinstance(number, int | float)
    return Reading(number, number)


@pytest.mark.parametrize("row", ROWS, ids=[row["name"] for row in ROWS])
def test_it_holds_that(row: dict[str, Any]) -> None:
    measure = measure_of(row["asks"])
    here = at(local(NOW), within=group(*coverage(row)))
    read = {guest: reader(row, guest, measure.series).read(measure, here) for guest in row["reads"]}
    assert read == {guest: expected(reads) for guest, reads in row["reads"].items()}


def test_names_are_unique() -> None:
    assert len({row["name"] for row in ROWS}) == len(ROWS)
