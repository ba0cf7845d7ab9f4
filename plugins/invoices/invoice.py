"""An invoice as it stood at an instant, in one form for every sender; and the payment that it comes to.

`due` and `paid` are days (2026-11-30) or instants, which become days in the property's zone. `paid` is when the last
part that was paid came in, `open` what is still to be paid.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from rewards.sdk import DISPUTED, Draft, Evidence, Identity, Json, Kind, Property, Refused, Values, instant

LONGEST = 120


def kept(
    invoice: str, as_of: str, rank: int, settings: Values, *, house: str | None, guest: str | None,
    customer: str | None = None,
) -> dict[str, Json]:  # fmt: skip
    """What every invoice keeps beside its days and amounts; later tellings sort after earlier ones by `order`."""
    houses = settings.mapping("houses")
    return {
        "invoice": name_of(invoice, "invoice"), "as_of": as_of, "order": [as_of, rank],
        "house": houses.get(house or "", None if houses else house), "names_house": house is not None,
        "kind": settings.text("guest_kind"), "guest": guest, "customer": customer,
        "verified": settings.flag("verified"),
    }  # fmt: skip


def name_of(text: str, field: str) -> str:
    """The name of an invoice, a house or a guest; `Refused` where a text is none."""
    found = text.strip()
    if not 0 < len(found) <= LONGEST or not found.isprintable() or "~" in found:
        raise Refused(f"{field} is not a name of 1 to {LONGEST} plain characters")
    return found


def moment(text: str) -> str:
    """An instant in UTC, written so that later ones sort after earlier ones."""
    return instant(text).isoformat(timespec="microseconds")


def day_or_moment(text: str, field: str) -> str:
    """A day as it is, an instant in UTC; `Refused` for anything else."""
    try:
        if len(text) == len("2026-11-30"):
            return date.fromisoformat(text).isoformat()
    except ValueError:
        raise Refused(f"{field} is not a day") from None
    return moment(text)


def facts(known: Mapping[str, Json], prop: Property) -> list[Draft]:
    """The payment that an invoice comes to: on time, late, or none yet."""
    names = who(known)
    left = known["amount"] - known["credited"]
    if known["void"] or left <= 0 or not names or known["due"] is None:
        return []
    due = _day(known["due"], prop.zone_info())
    settled = None if known["paid"] is None or known["open"] else _day(known["paid"], prop.zone_info())
    if settled is None and _day(known["as_of"], prop.zone_info()) <= due:
        return []
    on_time = settled is not None and settled <= due
    return [
        Draft(
            Kind.PAYMENT,
            f"invoice/{known['invoice']}",
            names,
            prop.code,
            # It is late on the day after it was due and stays so, whether it is paid then, a year later or never.
            day=settled if on_time else due + timedelta(days=1),
            amount_minor=left,
            currency=known["currency"],
            evidence=Evidence.RECORDED,
            on_time=on_time,
            reservation=known["reservation"],
            withheld=DISPUTED if known["disputed"] else None,
        )
    ]


def who(known: Mapping[str, Json]) -> tuple[Identity, ...]:
    """Who is to pay: the guest that the invoice names, then Stripe's customer; nobody where neither is known."""
    found = []
    if known["guest"]:
        found.append(Identity(known["kind"], known["guest"], verified=known["verified"]))
    if known["customer"]:
        found.append(Identity("stripe_customer", known["customer"], verified=known["verified"]))
    return tuple(found)


def _day(text: str, zone: ZoneInfo) -> date:
    return date.fromisoformat(text) if len(text) == len("2026-11-30") else instant(text).astimezone(zone).date()
