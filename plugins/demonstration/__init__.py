"""A generated hotel group, the same for the same few lines of TOML.

Everything follows from one seeded generator, and activities come in the order of time, so that an import can decide as
it goes and resume where it stopped.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from rewards.sdk import FILE_INVALID, FileRow, Kind, Known, Property, RewardsError

from .group import PROPERTIES, WITHOUT_INVOICES
from .life import Spec, happenings

_LIMITS = {"seed": (0, 2**31), "guests": (1, 200_000), "days": (30, 3_700), "decide_days": (0, 3_700)}


def read_spec(path: Path) -> Spec:
    """The group that a file asks for; `file_invalid` names the line that is wrong."""
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RewardsError(FILE_INVALID, f"{path.name} is not TOML: {error}.") from error
    today = values.get("today")
    if not isinstance(today, date):
        raise RewardsError(FILE_INVALID, f"{path.name}: today is {today!r}.", hint="Write today = 2026-11-22.")
    numbers = {}
    for name, (low, high) in _LIMITS.items():
        value = values.get(name)
        if not isinstance(value, int) or not low <= value <= high:
            raise RewardsError(FILE_INVALID, f"{path.name}: {name} is {value!r}.", hint=f"Write {low} to {high}.")
        numbers[name] = value
    return Spec(today=today, **numbers)


class DemonstrationSource:
    """Generates instead of reading; the file says what."""

    def properties(self, path: Path) -> Iterable[Property]:
        """The twelve hotels."""
        read_spec(path)
        return PROPERTIES

    def known(self, path: Path) -> Iterable[Known]:
        """Stays, visits, check-ins and spend of every hotel, and invoices of those that send them."""
        spec = read_spec(path)
        first = datetime.combine(spec.first_day, time(0, 0), tzinfo=UTC)
        until = datetime.combine(spec.today + timedelta(days=1), time(0, 0), tzinfo=UTC)
        for prop in PROPERTIES:
            for kind in (Kind.STAY, Kind.VISIT, Kind.CHECK_IN, Kind.SPEND):
                yield Known(prop.code, kind, None, until)
            if prop.code not in WITHOUT_INVOICES:
                yield Known(prop.code, Kind.PAYMENT, first, until)

    def rows(self, path: Path, file_hash: str) -> Iterator[FileRow]:
        """Everything that happened, in the order of time."""
        return happenings(read_spec(path), file_hash)


source = DemonstrationSource()
