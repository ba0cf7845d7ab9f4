"""What runs when. A period of an entry runs once in the world, because one primary key can be inserted once.

Periods are cut from 1970-01-01T00:00Z in whole seconds, so every host names them alike. Work that depends on a hotel's
local day (roll-overs, birthdays) is an entry that runs often and looks itself which properties are due. After an outage
only the current period is started: a task looks at what is due, not at how often it should have run.
"""

from __future__ import annotations

from dataclasses import dataclass

from rewards.clock import US_PER_SECOND, from_us, isoformat
from rewards.ids import derived_id


@dataclass(frozen=True, slots=True)
class TimetableEntry:
    """A task and how often it runs, in seconds (1 to 604,800). `payload` is a JSON object as text."""

    task: str
    every_s: int
    payload: str = "{}"

    def __post_init__(self) -> None:
        if not 1 <= self.every_s <= 604_800:
            raise ValueError(f"{self.task} runs every {self.every_s} s; choose 1 to 604800")


def period_start_us(entry: TimetableEntry, now_us: int) -> int:
    """The start of the period `now_us` lies in, in microseconds since 1970 UTC."""
    length_us = entry.every_s * US_PER_SECOND
    return now_us // length_us * length_us


def period_name(start_us: int) -> str:
    """How a period is written in `scheduled_run`: its start in RFC 3339, UTC."""
    return isoformat(from_us(start_us))


def period_job_id(entry: TimetableEntry, start_us: int) -> str:
    """The id of the period's job: always the same for the same period."""
    return derived_id("job", entry.task, period_name(start_us))
