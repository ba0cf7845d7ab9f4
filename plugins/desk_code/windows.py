"""Windows of a hotel day, in each of which a guest checks in once at a property."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from rewards.sdk import Evidence, Json, Property

KEPT_DAYS = 3
"""Days of windows that a guest's state holds; a notice that fails is done or dead long before."""


def window_of(at: datetime, house: Property, length: timedelta) -> str:
    """The window an instant lies in: the hotel day and the number of the window in it, by the house's wall clock."""
    wall = at.astimezone(house.zone_info()).replace(tzinfo=None) - timedelta(hours=house.rollover_hour)
    into_day = wall - datetime(wall.year, wall.month, wall.day)  # noqa: DTZ001 - wall time has no zone
    return f"{wall.date().isoformat()}/{into_day // length}"


def merged(windows: Json, code: Json) -> dict[str, Json]:
    """The windows with one more code: of the best evidence, then the earliest; without those long gone."""
    found: dict[str, Json] = dict(windows or {})
    said = {name: code[name] for name in ("at", "evidence", "name")}
    before = found.get(code["window"])
    found[code["window"]] = said if before is None else min(before, said, key=_rank)
    newest = max(_day(window) for window in found)
    return {window: kept for window, kept in found.items() if newest - _day(window) <= timedelta(days=KEPT_DAYS)}


def _rank(kept: Json) -> tuple[int, datetime, str]:
    at = datetime.fromisoformat(kept["at"]).astimezone(UTC)
    return -Evidence.parse(kept["evidence"]), at, ":".join(kept["name"])


def _day(window: str) -> date:
    return date.fromisoformat(window.partition("/")[0])
