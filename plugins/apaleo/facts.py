"""The facts a reservation comes to now: a check-in, a stay, and a spend for each line of its folios."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from rewards.sdk import Context, Draft, Identity, Kind, Property, Refused, instant, minor_units

from .fields import category, channel, room_class

THERE = ("InHouse", "CheckedOut")
"""States in which the guest was checked in. An undone check-in is Confirmed again; Canceled and NoShow never were."""


@dataclass(frozen=True, slots=True)
class Whose:
    """What all facts of a reservation share: the property, the guest's names, the reservation, and its settings."""

    prop: Property
    names: tuple[Identity, ...]
    reservation: dict[str, Any]
    context: Context


def facts_of(whose: Whose, folios: Sequence[dict[str, Any]]) -> list[Draft]:
    """Everything that is true now."""
    return [*_presence(whose), *_spend(whose, folios)]


def _presence(whose: Whose) -> list[Draft]:
    one = whose.reservation
    if one["status"] not in THERE:
        return []
    found = []
    if one["check_in"] is not None:
        found.append(_draft(whose, Kind.CHECK_IN, "check-in", occurred_at=instant(one["check_in"])))
    if one["status"] == "CheckedOut":
        found.append(_stay(whose))
    return found


def _stay(whose: Whose) -> Draft:
    """Nights from the booked arrival to the departure, the booked one or an earlier one that really was."""
    one, zone = whose.reservation, whose.prop.zone_info()
    arrival, departure = (instant(one[name]).astimezone(zone).date() for name in ("arrival", "departure"))
    left = None if one["check_out"] is None else instant(one["check_out"])
    if left is not None:
        departure = max(arrival, min(departure, left.astimezone(zone).date()))
    return _draft(whose, Kind.STAY, "stay", arrival=arrival, departure=departure, occurred_at=left)


def _draft(whose: Whose, kind: Kind, key: str, **more: Any) -> Draft:
    one, settings = whose.reservation, whose.context.settings
    return Draft(
        kind, f"{key}/{one['id']}", whose.names, whose.prop.code, reservation=one["id"],
        channel=channel(settings, one["channel"]), rate_code=one["rate"],
        room_class=room_class(settings, whose.prop, one["group"], one["group_code"]), **more,
    )  # fmt: skip


@dataclass(slots=True)
class _Line:
    """A charge that earns, and what is left of it in minor units after reductions."""

    folio: str
    id: str
    type: str
    category: str
    day: date
    currency: str
    left: int


def _spend(whose: Whose, folios: Sequence[dict[str, Any]]) -> list[Draft]:
    settings = whose.context.settings
    lines = sorted(
        (
            _Line(folio["id"], one["id"], one["type"], name, _day(one["day"]), one["currency"], _minor(one))
            for folio in folios
            for one in folio["charges"]
            if (name := category(settings, one["type"], one["account"])) is not None and one["amount"] > 0
        ),
        key=lambda line: (line.day, line.folio, line.id),
    )
    for folio in folios:
        for one in [*folio["allowances"], *(one for one in folio["charges"] if one["amount"] < 0)]:
            _reduce(lines, folio["id"], one)
    # A night that is charged ahead has not happened; it is told once its day has come.
    latest = whose.context.now.astimezone(whose.prop.zone_info()).date() + timedelta(days=1)
    return [_spent(whose, line) for line in lines if line.left and line.day <= latest]


def _reduce(lines: Sequence[_Line], folio: str, one: dict[str, Any]) -> None:
    """Take a reduction from the charge it names; without one, from charges of its type, those of its folio first.

    The earliest first, so that a line posted later moves nothing that was told.
    """
    source, left = one.get("source"), abs(_minor(one))
    of_type = [line for line in lines if line.type == one["type"]]
    named = [line for line in lines if source is not None and line.id == source]
    for line in named or sorted(of_type, key=lambda line: line.folio != folio):
        if line.currency == one["currency"]:
            taken = min(left, line.left)
            line.left, left = line.left - taken, left - taken


def _spent(whose: Whose, line: _Line) -> Draft:
    return Draft(
        Kind.SPEND, f"charge/{line.folio}/{line.id}", whose.names, whose.prop.code, day=line.day,
        amount_minor=line.left, currency=line.currency, reservation=whose.reservation["id"], category=line.category,
    )  # fmt: skip


def _minor(one: dict[str, Any]) -> int:
    return minor_units(one["amount"], one["currency"])


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused("serviceDate is not a day") from None
