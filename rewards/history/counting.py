"""What counts as one: stays that touch are merged, presence of a day is fused, nights are told one by one.

Every function takes rows and gives rows, so that whatever counts, sums or looks for the newest need not know which
definition is at work. Rows that a definition makes anew keep the key of their first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence

from rewards.history.effective import in_order
from rewards.history.rows import Row

AtHome = Callable[[Row], Row]
"""The row with its amount in the currency of its own property."""


def spot_of(row: Row) -> Hashable:
    """Where a row lies: a property, or a place outside the group."""
    return row.place if row.place is not None else (row.spot,)


def first_night(row: Row) -> int:
    """The hotel day (ordinal) of a stay's first night; it follows from the last one where no arrival was given."""
    return row.arrival if row.arrival is not None else row.day - row.nights


def nights_of(row: Row) -> range:
    """The hotel days of a stay's nights."""
    start = first_night(row)
    return range(start, start + row.nights)


# --- stays ----------------------------------------------------------------------------------------------------------


def chains(rows: Iterable[Row]) -> list[list[Row]]:
    """Stays at one property that touch or overlap, together, each chain by arrival."""
    by_place: dict[str | None, list[Row]] = defaultdict(list)
    for row in rows:
        by_place[row.place].append(row)
    found: list[list[Row]] = []
    for stays in by_place.values():
        stays.sort(key=lambda row: (first_night(row), row.day, row.us, row.key))
        end = None
        for row in stays:
            if end is not None and first_night(row) <= end:
                found[-1].append(row)
            else:
                found.append([row])
                end = row.day
            end = max(end, row.day)
    return found


def merged(chain: Sequence[Row], at_home: AtHome) -> Row:
    """A chain as one stay: it lies where its last part does, and has the nights and amounts of all."""
    if len(chain) == 1:
        return chain[0]
    last = max(chain, key=lambda row: (row.day, row.us))
    net, currency = _added_up(chain, at_home)
    return chain[0]._replace(
        us=max(row.us for row in chain),
        day=last.day,
        arrival=first_night(chain[0]),
        recorded_us=max(row.recorded_us for row in chain),
        nights=len({night for row in chain for night in nights_of(row)}),
        rooms=max(row.rooms for row in chain),
        net=net,
        currency=currency,
    )


def _added_up(rows: Sequence[Row], at_home: AtHome) -> tuple[int | None, str | None]:
    """The sum of the amounts there are with its currency: their own, or that of the property where they differ."""
    paid = [row for row in rows if row.net is not None]
    if len({row.currency for row in paid}) > 1:
        paid = [at_home(row) for row in paid]
    return (sum(row.net or 0 for row in paid), paid[0].currency) if paid else (None, None)


def parts_of(chain: Sequence[Row], whole: Row) -> Iterator[Row]:
    """The parts of a merged stay, each with its own nights and rooms, all lying where the whole does."""
    return (
        row._replace(us=whole.us, day=whole.day, arrival=first_night(row), recorded_us=whole.recorded_us)
        for row in chain
    )


def night_by_night(rows: Iterable[Row]) -> Iterator[Row]:
    """Each night as a row of its own, on its own date, with its share of the amount; the shares add up exactly."""
    for row in rows:
        for number, night in enumerate(nights_of(row)):
            net = row.net
            share = None if net is None else net * (number + 1) // row.nights - net * number // row.nights
            yield row._replace(day=night, arrival=night, nights=1, net=share)


def clipped(row: Row, first: int, last: int) -> Row:
    """A stay with only its nights on the hotel days `first` to `last`, lying on the first of them."""
    start = max(first_night(row), first)
    end = min(first_night(row) + row.nights, last + 1)
    return row._replace(day=start, arrival=start, nights=end - start)


def night_credits(rows: Iterable[Row], rooms: int) -> int:
    """Nights that count, each property and date once, with up to `rooms` rooms of all bookings together."""
    taken: dict[tuple[Hashable, int], int] = defaultdict(int)
    for row in rows:
        for night in nights_of(row):
            taken[spot_of(row), night] += row.rooms
    return sum(min(number, rooms) for number in taken.values())


# --- presence -------------------------------------------------------------------------------------------------------


def fused(rows: Iterable[Row], at_home: AtHome) -> list[Row]:
    """One visit a place and hotel day: the first presence of it, with the amounts of all."""
    visits: dict[tuple[Hashable, int], list[Row]] = defaultdict(list)
    for row in rows:
        visits[spot_of(row), row.day].append(row)
    return [_one_visit(presence, at_home) for presence in visits.values()]


def _one_visit(presence: Sequence[Row], at_home: AtHome) -> Row:
    if len(presence) == 1:
        return presence[0]._replace(times=1)
    net, currency = _added_up(presence, at_home)
    return min(presence, key=in_order)._replace(times=1, net=net, currency=currency)


def best_evidence(presence: Iterable[Row], stays: Iterable[Row]) -> Callable[[Row], int]:
    """How well a visit's presence is known: the best of that day there, raised by a stay that spans the day."""
    best: dict[tuple[Hashable, int], int] = {}
    for row in presence:
        key = (spot_of(row), row.day)
        best[key] = max(best.get(key, 0), row.evidence)
    for stay in stays:
        if stay.place is None:
            continue
        for day in range(first_night(stay), stay.day + 1):
            if (stay.place, day) in best:
                best[stay.place, day] = max(best[stay.place, day], stay.evidence)
    return lambda row: best[spot_of(row), row.day]


# --- any ------------------------------------------------------------------------------------------------------------


def one_per_day(rows: Iterable[Row]) -> list[Row]:
    """The first of each place and hotel day."""
    seen: dict[tuple[Hashable, int], Row] = {}
    for row in sorted(rows, key=in_order):
        seen.setdefault((spot_of(row), row.day), row)
    return list(seen.values())
