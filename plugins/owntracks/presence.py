"""From reports of a phone, in whatever order they come, to the times it was at a house, and from those to check-ins.

What is kept of a phone are its sightings of the last days: when, at which house, how far from it; no coordinates. The
check-ins of these days are reckoned anew from all of them whenever one more comes, so a late one ends in the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from rewards.sdk import (
    Context,
    Draft,
    Evidence,
    Identity,
    Json,
    Kind,
    Normalised,
    epoch_s,
    hotel_day,
    settle,
)

MOST_NAMED = 3
MARGIN = timedelta(days=2)
"""How much longer than the oldest report sightings are kept, so that a hotel day is whole and nothing comes late."""

BUCKET_S = 900
MOST_KEPT = 40_000
_COST = 30


class Seen(NamedTuple):
    """A sighting: `at` in seconds since 1970, whether the phone said that it `leaves`, and the place.

    `place` is a house's code, several with `|` between them where nobody can say which, or "" outside all of them.
    `distance_m` is to the first.
    """

    at: int
    leaves: bool
    place: str
    distance_m: int
    accuracy_m: int

    @property
    def houses(self) -> list[str]:
        """The houses it may be at, the nearest first."""
        return self.place.split("|") if self.place else []

    @property
    def certain(self) -> bool:
        """Whether it is at one house."""
        return len(self.houses) == 1


@dataclass(frozen=True, slots=True)
class Ground:
    """Whose phone it is, its name in keys, and what the house says."""

    guest: Identity
    phone: str
    context: Context

    def day(self, house: str, at: int) -> date:
        """The hotel day of an instant; of a house that is not on, the day in UTC."""
        prop = self.context.properties.get(house)
        return hotel_day(epoch_s(at), prop) if prop else epoch_s(at).date()


def settled(ground: Ground, last: Json, new: Seen, received_s: int) -> Normalised:
    """What one sighting more comes to: facts that are new or gone, and the state to keep."""
    known = last or {"newest": 0, "since": 0, "seen": [], "facts": {}}
    newest = max(known["newest"], received_s)
    horizon = newest - int((ground.context.settings.duration("max_age") + MARGIN).total_seconds())
    seen = thinned([*(Seen(*one) for one in known["seen"]), new])
    kept = window(seen, horizon)
    # Of the day of the first that is kept others may be gone: what was said of it and of days before it stands.
    cut = len(kept) < len(seen) or kept[0].at < horizon
    since = max(known["since"], kept[0].at if cut else 0)
    drafts, facts = _facts(ground, known["facts"], kept, since)
    state = {"newest": newest, "since": since, "seen": [list(one) for one in kept], "facts": facts}
    return Normalised(drafts, state)


def thinned(seen: Iterable[Seen]) -> list[Seen]:
    """The first and the last sighting of each quarter of an hour at each place, in order; nobody asks for the rest."""
    ends: dict[tuple[int, bool, str], list[Seen]] = {}
    for one in sorted(set(seen)):
        ends.setdefault((one.at // BUCKET_S, one.leaves, one.place), []).append(one)
    return sorted({one for group in ends.values() for one in (group[0], group[-1])})


def window(seen: Sequence[Seen], since: int) -> list[Seen]:
    """The sightings since an instant with the one before it, which says where the phone was then."""
    first = next((number for number, one in enumerate(seen) if one.at >= since), len(seen))
    cost = 0
    for number in range(len(seen) - 1, first - 1, -1):
        cost += len(seen[number].place) + _COST
        if cost > MOST_KEPT:
            first = number
            break
    return list(seen[max(0, first - 1) :])


def runs(seen: Iterable[Seen]) -> list[list[Seen]]:
    """The times at a place, each as its sightings there, in order.

    Begins with a report of being there that is no leaving, ends with one of leaving or of being elsewhere. A doubtful
    report amid a certain time is no news where it may be at the same house.
    """
    found: list[list[Seen]] = []
    current: list[Seen] = []
    for one in seen:
        if current and one.place == current[0].place:
            current.append(one)
        elif not (current and current[0].certain and current[0].place in one.houses):
            current = [one] if one.place and not one.leaves else []
            found += [current] if current else []
        if one.leaves:
            current = []
    return found


def _facts(ground: Ground, standing: Json, seen: Sequence[Seen], since: int) -> tuple[list[Draft], Json]:
    """The check-ins of the days that are known whole; those of earlier days, and of houses that are off, stand."""

    def whole(key: str) -> bool:
        return _day(key) > ground.day(_house(key), since)

    recent = {key: one for key, one in standing.items() if whole(key)}
    off = {key: one for key, one in recent.items() if _house(key) not in ground.context.properties}
    on = {key: one for key, one in recent.items() if key not in off}
    drafts, after = settle(on, [one for one in _check_ins(ground, seen) if whole(one.source_key)])
    return drafts, {**off, **after}


def _check_ins(ground: Ground, seen: Sequence[Seen]) -> list[Draft]:
    """One a house and hotel day, the first time that is long enough; a certain one goes before a doubtful one."""
    dwell_s = ground.context.settings.duration("dwell").total_seconds()
    best: dict[str, Seen] = {}
    for run in runs(seen):
        house = run[0].houses[0]
        if run[-1].at - run[0].at < dwell_s or house not in ground.context.properties:
            continue
        key = f"{ground.phone}/{house}/{ground.day(house, run[0].at).isoformat()}"
        best[key] = min(best.get(key, run[0]), run[0], key=lambda one: (not one.certain, one))
    return [_check_in(ground, key, one) for key, one in best.items()]


def _check_in(ground: Ground, key: str, seen: Seen) -> Draft:
    return Draft(
        Kind.CHECK_IN,
        key,
        (ground.guest,),
        seen.houses[0],
        epoch_s(seen.at),
        evidence=Evidence.LOCATED if seen.certain else Evidence.CLAIMED,
        withheld=None if seen.certain else f"the position may be at {' or '.join(seen.houses)}"[:200],
        attributes={"distance_m": seen.distance_m, "accuracy_m": seen.accuracy_m},
    )


def _house(key: str) -> str:
    return key.split("/")[1]


def _day(key: str) -> date:
    return date.fromisoformat(key.split("/")[2])
