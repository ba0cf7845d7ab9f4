"""What is read of Apaleo's reservations and folios; everything else is dropped here, before anything is stored."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from rewards.sdk import Json, Refused, instant, pick

_RESERVATION = re.compile(r"[A-Za-z0-9]{1,40}-[0-9]{1,6}")
_FOLIO = re.compile(r"([A-Za-z0-9]{1,40}-[0-9]{1,6})-[0-9]{1,6}")


def reservation_of(kind: str, entity: str) -> str | None:
    """The id of the reservation that a reservation's or folio's id leads to; None for a folio of no reservation."""
    if kind == "folio":
        found = _FOLIO.fullmatch(entity)
        return found.group(1) if found else None
    if not _RESERVATION.fullmatch(entity):
        raise Refused("the id of a reservation does not look like one")
    return entity


def read_reservation(body: Json, asked: str) -> dict[str, Any]:
    """The fields of a reservation that facts are made of; of people only e-mail addresses."""
    if pick(body, "id", str) != asked:
        raise Refused("the answer is another reservation")
    modified = pick(body, "modified", str)
    instant(modified)
    return {
        "id": asked,
        "property": pick(body, "property.id", str),
        "status": pick(body, "status", str),
        "modified": modified,
        "arrival": pick(body, "arrival", str),
        "departure": pick(body, "departure", str),
        "check_in": pick(body, "checkInTime", str, None),
        "check_out": pick(body, "checkOutTime", str, None),
        "channel": pick(body, "channelCode", str, None),
        "rate": pick(body, "ratePlan.code", str, None),
        "group": pick(body, "unitGroup.id", str, None),
        "group_code": pick(body, "unitGroup.code", str, None),
        "emails": _emails(body),
    }


def _emails(body: Json) -> list[str]:
    """Addresses of the guest who stays, the best first.

    The booker's counts where the booker is the guest: somebody who books for others must not be given their stays.
    """
    guest, booker = pick(body, "primaryGuest", dict, None), pick(body, "booker", dict, None)
    people = [guest] if guest else []
    if booker and (not guest or _name(guest) == _name(booker)):
        people.append(booker)
    found = (pick(one, "email", str, "").strip().lower() for one in people)
    return list(dict.fromkeys(one for one in found if "@" in one[1:-1] and len(one) <= 200))


def _name(person: Json) -> tuple[str, str]:
    first, last = pick(person, "firstName", str, ""), pick(person, "lastName", str, "")
    return first.strip().casefold(), last.strip().casefold()


def read_folio(body: Json, asked: str, amounts: str) -> dict[str, Any]:
    """Lines of a folio: posted charges that were not moved away, and allowances. `amounts` is `gross` or `net`."""
    if pick(body, "id", str) != asked:
        raise Refused("the answer is another folio")
    field = "netAmount" if amounts == "net" else "grossAmount"
    charges, allowances = pick(body, "charges", list, []), pick(body, "allowances", list, [])
    return {
        "id": asked,
        "charges": [_line(one, field) for one in charges if pick(one, "isPosted", bool) and not _moved(one)],
        "allowances": [
            {**_line(one, field), "source": pick(one, "sourceChargeId", str, None)}
            for one in allowances
            if not _moved(one)
        ],
    }


def _moved(line: Json) -> bool:
    """Whether a line was moved to another folio, where it is counted."""
    return any(pick(line, name, dict, None) is not None for name in ("movedTo", "routedTo"))


def _line(line: Json, field: str) -> dict[str, Any]:
    return {
        "id": pick(line, "id", str),
        "type": pick(line, "serviceType", str),
        "account": pick(line, "subAccountId", str, None),
        "day": pick(line, "serviceDate", str),
        "amount": pick(line, f"amount.{field}", Decimal),
        "currency": pick(line, "amount.currency", str),
    }
