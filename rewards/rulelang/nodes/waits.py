"""How long a perk that cannot be had waits for it, and how often it is tried meanwhile."""

from __future__ import annotations

from dataclasses import dataclass

from rewards.rulelang.nodes.measures import Rolling, RollingHours


@dataclass(frozen=True, slots=True)
class BeforeArrival:
    """A day before arrival (0 to 365; 0 is the day of arrival), on the property's clock.

    `minute` is the wall clock of that day, 0 to 1439; None is the hour at which the hotel day begins.
    """

    days: int
    minute: int | None = None


@dataclass(frozen=True, slots=True)
class Wait:
    """What cannot be had is tried again until `until`.

    `until` is a day before arrival, so many hours after the decision, or the end of so many hotel days of which the
    decision's is the first. `first` is when trying begins (None: at once). Tried as each hotel day begins, or `hourly`.
    """

    until: BeforeArrival | Rolling | RollingHours
    first: BeforeArrival | None = None
    hourly: bool = False
