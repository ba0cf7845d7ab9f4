"""From a reservation as it is to facts: a check-in, a stay, lines of spend, and what of it is taken back.

The state that is kept of a reservation: `in` and `undone`, the local times at which it was said to be checked in and
that to be undone; `seen`, when it was first found in house where nobody said when; `stays` and `lines`, what stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from rewards.sdk import Context, Draft, Identity, Json, Kind, Normalised, Property, Refused, instant, settle

from . import folio
from .events import CHECK_IN, UNDO_IN
from .reservation import GONE, IN_HOUSE, KNOWN, OUT

MOST_TIMES = 20
_EMPTY: dict[str, Any] = {"in": [], "undone": [], "seen": "", "stays": None, "lines": None}


def tell(state: Json, last: Json, context: Context) -> Normalised:
    """The facts that are new of a reservation and what to keep of it; `state` has the event under `event`."""
    found, event = state["found"], state["event"]
    house = _house(event["hotel"], context)
    if found is None:
        return Normalised(state=last, note="OPERA has no reservation of this number")
    if house is None:
        return Normalised(state=last, note="a hotel that is not mapped to a property which is on")
    if found["status"] not in KNOWN:
        return Normalised(state=last, note="a status that is not known; nothing is changed by it")
    kept = _timed({**_EMPTY, **(last or {})}, event, found["status"], house)
    names = _names(found, context)
    drafts, kept["stays"] = settle(kept["stays"], _stays(found, event, kept, names, house, context))
    if found["lines"] is not None:
        told, kept["lines"] = settle(kept["lines"], _spend(found, event, names, house, context))
        drafts += told
    return Normalised(drafts, kept, _note(found, names, context))


def _house(hotel: str, context: Context) -> Property | None:
    return context.properties.get(context.settings.mapping("hotels").get(hotel, ""))


def _timed(kept: dict[str, Any], event: Json, status: str, house: Property) -> dict[str, Any]:
    """The state with what this event says about when somebody checked in."""
    at = _local(event["at"], house)
    said_in = event["event"] == CHECK_IN or event["status"].upper() == "CHECKED IN"
    if at and event["event"] == UNDO_IN:
        kept["undone"] = _with(kept["undone"], at)
    elif at and said_in:
        kept["in"] = _with(kept["in"], at)
    inside = status in IN_HOUSE | OUT
    kept["seen"] = (kept["seen"] or at) if inside else ""
    return kept


def _with(times: Sequence[str], at: str) -> list[str]:
    return sorted({*times, at})[-MOST_TIMES:]


def _local(text: str, house: Property) -> str:
    """A time as OPERA writes it (local, without a zone) as an instant in UTC; "" where it cannot be read."""
    try:
        return instant(text, house.zone_info()).isoformat()
    except Refused:
        return ""


def _checked_in(kept: Mapping[str, Any], found: Json, house: Property) -> datetime:
    """When the check-in that stands was made: the first one said after the last that was undone.

    Where no event said it, when it was first seen; failing that, noon of the day of arrival.
    """
    after = max(kept["undone"], default="")
    said = next((at for at in kept["in"] if at > after), "") or kept["seen"]
    if said:
        return datetime.fromisoformat(said)
    return datetime.combine(date.fromisoformat(found["arrival"]), time(12), house.zone_info())


def _stays(
    found: Json, event: Json, kept: Mapping[str, Any], names: tuple[Identity, ...], house: Property, context: Context
) -> list[Draft]:
    if not names or found["house_use"] or found["status"] not in IN_HOUSE | OUT:
        return []
    number = event["reservation"]
    at = _checked_in(kept, found, house)
    where = f"{event['hotel']}/{number}"
    # Rates, rooms and channels may change during a stay: they are told of the stay, for a check-in would be told anew.
    facts = [Draft(Kind.CHECK_IN, f"in/{where}", names, house.code, at, reservation=number)]
    if found["status"] in OUT:
        facts.append(
            Draft(
                Kind.STAY,
                f"stay/{where}",
                names,
                house.code,
                arrival=date.fromisoformat(found["arrival"]),
                departure=date.fromisoformat(found["departure"]),
                rate_code=found["rate"] or None,
                room_class=context.settings.mapping("room_classes").get(found["room_type"]),
                channel=context.settings.mapping("channels").get(found["source"]),
                reservation=number,
            )
        )
    return facts


def _spend(found: Json, event: Json, names: tuple[Identity, ...], house: Property, context: Context) -> list[Draft]:
    if not names or found["house_use"]:
        return []
    all_lines = folio.lines(found["lines"], context.settings.mapping("categories"), house.currency)
    standing = folio.left(all_lines)
    if len(standing) > folio.MOST_LINES:
        raise Refused(f"a folio of more than {folio.MOST_LINES} lines that earn is not read")
    where = f"{event['hotel']}/{event['reservation']}"
    return [
        Draft(
            Kind.SPEND,
            f"line/{where}/{line.number}",
            names,
            house.code,
            _posted(line, house),
            line.day,
            amount_minor=line.amount,
            currency=line.currency,
            reservation=event["reservation"],
            category=line.category,
        )
        for line in standing
    ]


def _posted(line: folio.Line, house: Property) -> datetime:
    """When a line was posted; noon of its business date where only that is known."""
    zone = house.zone_info()
    if line.at:
        return instant(line.at, zone)
    return datetime.combine(line.day, time(12), zone)


def _names(found: Json, context: Context) -> tuple[Identity, ...]:
    """The guest's names, a membership number first: its holder is who the stay belongs to."""
    kinds, checked = context.settings.mapping("memberships"), context.settings.flag("cards_checked")
    names = [Identity(kinds[kind], number, verified=checked) for kind, number in found["cards"] if kind in kinds]
    if found["profile"]:
        names.append(Identity("opera", f"{context.settings.text('chain')}/{found['profile']}", verified=True))
    return tuple(names)


def _note(found: Json, names: tuple[Identity, ...], context: Context) -> str:
    """What an operator may want to know of a notice that came to nothing, or to less than one would think."""
    if not names:
        return "the reservation names no guest"
    if found["house_use"]:
        return "house use does not earn"
    if found["status"] in GONE:
        return {"NoShow": "no-show", "Cancelled": "cancelled"}[found["status"]]
    missing = folio.unmapped(found["lines"] or [], context.settings.mapping("categories"))
    return f"transaction codes without a category: {', '.join(missing)[:200]}" if missing else ""
