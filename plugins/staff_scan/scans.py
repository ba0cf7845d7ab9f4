"""Scans of one guest at one house, told in whatever order: which of them are one check-in, and which are undone.

A scan within the window of the check-in before it belongs to that one. Undoing a scan takes its whole check-in back;
what is scanned after that is a check-in again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from rewards.sdk import Json

KEPT = timedelta(days=3)


@dataclass(slots=True)
class CheckIn:
    """A check-in: the scan it began with, all scans that belong to it, and whether it stands."""

    scan: str
    at: datetime
    scans: list[str] = field(default_factory=list)
    stands: bool = True


def check_ins(scans: dict[str, Json], undone: dict[str, str], window: timedelta) -> list[CheckIn]:
    """Every check-in that these scans come to, the oldest first."""
    events = [(_at(kept["at"]), 0, scan) for scan, kept in scans.items()]
    events += [(_at(at), 1, scan) for scan, at in undone.items()]
    found: list[CheckIn] = []
    for at, is_undo, scan in sorted(events):
        if is_undo:
            _undo(found, scan)
        elif found and found[-1].stands and at < found[-1].at + window:
            found[-1].scans.append(scan)
        else:
            found.append(CheckIn(scan, at, [scan]))
    return found


def _undo(found: Iterable[CheckIn], scan: str) -> None:
    for one in found:
        if scan in one.scans:
            one.stands = False


def told(last: Json, said: Json) -> dict[str, Json]:
    """What is known after one more scan or undoing: `scans`, `undone` (the first time of each) and `since`."""
    known = last or {"scans": {}, "undone": {}, "since": ""}
    scans, undone = dict(known["scans"]), dict(known["undone"])
    if said["undoes"]:
        undone[said["undoes"]] = min(said["at"], undone.get(said["undoes"], said["at"]))
    elif said["at"] >= known["since"]:
        scans[said["scan"]] = {name: said[name] for name in ("at", "by", "name")}
    return {"scans": scans, "undone": undone, "since": known["since"]}


def without_old(known: dict[str, Json], found: list[CheckIn]) -> tuple[dict[str, Json], list[CheckIn]]:
    """Without check-ins long past, each with all that belongs to it: they stand as they are, for good."""
    if not found or found[-1].at - found[0].at <= KEPT:
        return known, found
    kept = [one for one in found if found[-1].at - one.at <= KEPT]
    gone = {scan for one in found if found[-1].at - one.at > KEPT for scan in one.scans}
    return {
        "scans": {scan: one for scan, one in known["scans"].items() if scan not in gone},
        "undone": {scan: at for scan, at in known["undone"].items() if scan not in gone},
        "since": min(known["scans"][one.scan]["at"] for one in kept),
    }, kept


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)
