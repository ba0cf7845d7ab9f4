"""What is kept of Mews's answers, each field of its type. Everything else is dropped here, before it is stored."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from rewards.sdk import Json, Refused, instant, pick

CUSTOMER, COMPANY = "Customer", "Company"
LONGEST_ID = 64
LONGEST_TEXT = 190


def name_of(value: Json, path: str, *, missing: bool = False) -> Any:
    """An id or another short name, None where it may be missing and is."""
    text = pick(value, path, str, None) if missing else pick(value, path, str)
    if text is not None and not (1 <= len(text) <= LONGEST_ID and text.isprintable()):
        raise Refused(f"{path} is not an id")
    return text


def text_of(value: Json, path: str) -> str | None:
    """A line of text that fits an identity, None where it is missing, empty, or no such line."""
    text = pick(value, path, str, None)
    return text.strip() if text and len(text) <= LONGEST_TEXT and text.isprintable() and text.strip() else None


def pick_text(value: Json, path: str) -> str:
    """A text, "" where it is missing."""
    text: str = pick(value, path, str, "")
    return text


def time_of(value: Json, path: str, *, missing: bool = True) -> Any:
    """A time as it was written, once it is known that it can be read."""
    text = pick(value, path, str, None) if missing else pick(value, path, str)
    if text is not None:
        instant(text)
    return text


def reservation(found: Json) -> dict[str, Any]:
    """A reservation of `reservations/getAll/2023-06-06`."""
    return {
        "id": name_of(found, "Id"),
        "number": name_of(found, "Number"),
        "state": pick(found, "State", str),
        "account": name_of(found, "AccountId"),
        "owner": pick(found, "AccountType", str),
        "updated": time_of(found, "UpdatedUtc", missing=False),
        "start": time_of(found, "ScheduledStartUtc", missing=False),
        "end": time_of(found, "ScheduledEndUtc", missing=False),
        "started": time_of(found, "ActualStartUtc"),
        "ended": time_of(found, "ActualEndUtc"),
        "channel": _channel(found),
        "rate": name_of(found, "RateId", missing=True),
        "space": name_of(found, "RequestedResourceCategoryId", missing=True),
        "reason": pick(found, "CancellationReason", str, None),
    }


def _channel(found: Json) -> str:
    """How it was booked, in our words; what cannot be told from direct is not called direct."""
    origin, detail = pick(found, "Origin", str, ""), pick(found, "CommanderOrigin", str, "")
    if name_of(found, "TravelAgencyId", missing=True) or origin == "ChannelManager" or detail == "Channel":
        return "agency"
    if name_of(found, "PartnerCompanyId", missing=True):
        return "corporate"
    return "direct" if origin in ("Distributor", "Commander", "Navigator") else "other"


def line(found: Json) -> dict[str, Any]:
    """An order item of `orderItems/getAll`."""
    return {
        "id": name_of(found, "Id"),
        "order": name_of(found, "ServiceOrderId"),
        "account": name_of(found, "AccountId", missing=True),
        "owner": pick(found, "AccountType", str, CUSTOMER),
        "bill": name_of(found, "BillId", missing=True),
        "service": name_of(found, "ServiceId"),
        "type": pick(found, "Type", str),
        "state": pick(found, "AccountingState", str),
        "closed": time_of(found, "ClosedUtc"),
        "canceled": time_of(found, "CanceledUtc"),
        "currency": pick(found, "Amount.Currency", str),
        "gross": _number(found, "Amount.GrossValue"),
        "net": _number(found, "Amount.NetValue"),
        "of": name_of(found, "Data.Rebate.RebatedItemId", missing=True)
        or name_of(found, "Data.AllowanceDiscount.DiscountedOrderItemId", missing=True),
        "ours": pick_text(found, "ExternalIdentifier").startswith("rewards:"),
    }


def _number(found: Json, path: str) -> Decimal:
    value: Decimal = pick(found, path, Decimal)
    if abs(value) >= Decimal(10) ** 12:
        raise Refused(f"{path} is out of every range")
    return value


def person(found: Json) -> tuple[str, dict[str, Any]]:
    """A customer's id, and the names we know the person by. Nothing else of a profile is read."""
    return name_of(found, "Id"), {
        "code": text_of(found, "LoyaltyCode"),
        "email": text_of(found, "Email"),
        "relayed": pick(found, "HasOtaEmail", bool, False),
    }


def membership(found: Json) -> tuple[str, str | None]:
    """The account of a loyalty membership and its number, None for one that does not stand."""
    stands = pick(found, "State", str) == "Enrolled" and pick(found, "ActivityState", str, "Active") == "Active"
    number = text_of(found, "MembershipNumber") or text_of(found, "Code")
    return name_of(found, "AccountId"), number if stands else None


def bill(found: Json) -> dict[str, Any]:
    """A bill of `bills/getAll`."""
    return {
        "id": name_of(found, "Id"),
        "enterprise": name_of(found, "EnterpriseId"),
        "account": name_of(found, "AccountId"),
        "owner": pick(found, "AccountType", str),
        "type": pick(found, "Type", str),
        "state": pick(found, "State", str),
        "updated": time_of(found, "UpdatedUtc", missing=False),
        "due": time_of(found, "DueUtc"),
        "paid": time_of(found, "PaidUtc"),
        "corrected": pick(found, "CorrectionState", str, "Bill") != "Bill",
    }


def ids(values: Sequence[str | None]) -> list[str]:
    """Each id once, in one order."""
    return sorted({value for value in values if value})
