"""Bodies in the shape in which Mews writes them, with people and houses of our own; and Mews as a test says it is."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from rewards.sdk.testing import Recorded, Step

HARBOUR = "7d0f3b52-0b0e-4c53-9a51-1f7f2c5b6a01"
ANA, BEN, ACME = "ana-5f0c1f0e-6f7e-4a55", "ben-0a4c7f13-8f50-4d3b", "acme-2b7d7e0c-1d52-4e9f"
R, ORDER = "r-4711-3b9a-46a0-8a6d", "o-77b1-4f60-9a2e"
STAYS, BAR = "svc-stay-9e1c", "svc-bar-4d2f"
BILL, SECOND_BILL = "bill-1-aa01", "bill-2-aa02"
SETTINGS: Mapping[str, Any] = {
    "client_token": "our-client-token",
    "access_token": "harbours-access-token",
    "enterprises": {HARBOUR: "harbour"},
    "categories": {BAR: "bar"},
    "rates": {"rate-flex-1": "FLEX"},
    "room_classes": {"cat-sup-1": "superior"},
}
LATER = timedelta(minutes=10)


def webhook(*orders: str, enterprise: str = HARBOUR) -> bytes:
    """The general webhook: ids of what changed, among them things we do not read."""
    events = [{"Discriminator": "ServiceOrderUpdated", "Value": {"Id": one}} for one in orders]
    events += [
        {"Discriminator": "CustomerUpdated", "Value": {"Id": ANA}},
        {"Discriminator": "ResourceUpdated", "Value": {"Id": "room-12"}},
    ]
    return json.dumps({"EnterpriseId": enterprise, "IntegrationId": "int-1", "Events": events}).encode()


def reservation(state: str = "Confirmed", updated: str = "2026-11-20T09:00:00Z", **other: Any) -> dict[str, Any]:
    """Ana's reservation R-4711: two nights at Harbour Hotel, 20 to 22 November."""
    said = {
        "Id": R, "ServiceId": STAYS, "AccountId": ANA, "AccountType": "Customer", "BookerId": None, "Number": "4711",
        "State": state, "Origin": "Distributor", "CommanderOrigin": None, "OriginDetails": None,
        "CreatedUtc": "2026-10-01T08:00:00Z", "UpdatedUtc": updated, "CancelledUtc": None, "VoucherId": None,
        "BusinessSegmentId": None, "RateId": "rate-flex-1", "CreditCardId": None, "GroupId": "group-1",
        "Options": {"OwnerCheckedIn": True, "AllCompanionsCheckedIn": False, "AnyCompanionCheckedIn": False,
                    "ConnectorCheckIn": False},
        "RequestedResourceCategoryId": "cat-sup-1", "AssignedResourceId": "room-12", "AvailabilityBlockId": None,
        "PartnerCompanyId": None, "TravelAgencyId": None, "AssignedResourceLocked": False, "ChannelNumber": "",
        "ChannelManagerNumber": "", "CancellationReason": None, "ReleasedUtc": None,
        "StartUtc": "2026-11-20T14:00:00Z", "EndUtc": "2026-11-22T10:00:00Z",
        "ScheduledStartUtc": "2026-11-20T14:00:00Z", "ActualStartUtc": None,
        "ScheduledEndUtc": "2026-11-22T10:00:00Z", "ActualEndUtc": None, "Purpose": "Leisure",
        "QrCodeData": "{}", "PersonCounts": [{"AgeCategoryId": "adult", "Count": 2}],
    }  # fmt: skip
    return {**said, **other}


def started(**other: Any) -> dict[str, Any]:
    """Ana has checked in."""
    return reservation(
        "Started", **{"updated": "2026-11-20T15:02:00Z", "ActualStartUtc": "2026-11-20T15:01:00Z", **other}
    )


def processed(**other: Any) -> dict[str, Any]:
    """Ana has checked out."""
    said = {"updated": "2026-11-22T09:31:00Z", "ActualStartUtc": "2026-11-20T15:01:00Z"}
    return reservation("Processed", **{**said, "ActualEndUtc": "2026-11-22T09:30:00Z", **other})


def amount(gross: float, net: float | None = None, currency: str = "EUR") -> dict[str, Any]:
    """An amount with its tax."""
    without = gross if net is None else net
    return {
        "Currency": currency, "NetValue": without, "GrossValue": gross,
        "TaxValues": [{"Code": "NL-2026-L", "Value": 0}],
        "Breakdown": {"Items": [{"TaxRateCode": "NL-2026-L", "NetValue": without, "TaxValue": 0}]},
    }  # fmt: skip


def line(name: str, kind: str, gross: float, **other: Any) -> dict[str, Any]:
    """An order item of Ana's, closed on her bill when she left."""
    said = {
        "Id": name, "EnterpriseId": HARBOUR, "AccountId": ANA, "AccountType": "Customer", "Notes": "window seat",
        "ServiceId": STAYS, "ServiceOrderId": R, "BillId": BILL, "AccountingCategoryId": None, "BillingName": None,
        "ExternalIdentifier": None, "UnitCount": 1, "UnitAmount": amount(gross), "Amount": amount(gross),
        "OriginalAmount": amount(gross), "RevenueType": "Service", "CreatorProfileId": "p-1", "UpdaterProfileId": "p-1",
        "CreatedUtc": "2026-11-20T15:01:00Z", "UpdatedUtc": "2026-11-22T09:29:00Z",
        "ConsumedUtc": "2026-11-20T23:00:00Z", "CanceledUtc": None, "ClosedUtc": "2026-11-22T09:29:00Z",
        "StartUtc": None, "AccountingState": "Closed", "Type": kind, "Options": {"CanceledWithReservation": False},
        "Data": None,
    }  # fmt: skip
    return {**said, **other}


def rebate(name: str, of: str, gross: float, **other: Any) -> dict[str, Any]:
    """Something taken off a line, closed a day later on a bill of its own."""
    data = {"Discriminator": "Rebate", "Rebate": {"ProductId": "prod-1", "RebatedItemId": of}, "Product": None}
    said = {"BillId": SECOND_BILL, "Data": data, "ClosedUtc": "2026-11-23T10:00:00Z"}
    return line(name, "ProductOrderRebate", gross, **{**said, **other})


def customer(name: str = ANA, **other: Any) -> dict[str, Any]:
    """A profile, with much that nobody here needs to know."""
    said = {
        "Id": name, "ChainId": "chain-1", "Number": "12", "Title": "Misses", "Sex": "Female", "FirstName": "Ana",
        "LastName": "Silva", "NationalityCode": "PT", "LanguageCode": "nl-NL", "BirthDate": "1983-12-31",
        "Email": f"{name[:3]}@example.org", "HasOtaEmail": False, "Phone": "0031612345678", "LoyaltyCode": None,
        "Notes": "prefers-the-loud-room", "CarRegistrationNumber": "31-ZZZ-9", "Passport": None, "Options": [],
        "Address": None, "Classifications": ["Returning"], "MergeTargetId": None, "ActivityState": "Active",
        "IsActive": True, "UpdatedUtc": "2026-11-20T14:00:00Z",
    }  # fmt: skip
    return {**said, **other}


def listed(what: str, name: str, items: Sequence[Mapping[str, Any]], **sent: Any) -> Recorded:
    """What Mews answers to a list that is asked for."""
    cursor = items[-1].get("Id") if items else None
    body = json.dumps({name: items, "Cursor": cursor}).encode()
    return Recorded("POST", f"/api/connector/v1/{what}", body=body, sent=sent or None)


def reservations(*items: Mapping[str, Any]) -> Recorded:
    """What there is of the reservations that are asked for."""
    return listed("reservations/getAll/2023-06-06", "Reservations", items)


def items(*lines: Mapping[str, Any]) -> Recorded:
    """What there is of the lines that are asked for."""
    return listed("orderItems/getAll", "OrderItems", lines)


def customers(*people: Mapping[str, Any]) -> Recorded:
    """Who there is."""
    return listed("customers/getAll", "Customers", people or (customer(),))


def payments(*found: Mapping[str, Any]) -> Recorded:
    """What was paid."""
    return listed("payments/getAll", "Payments", found)


def bills(*found: Mapping[str, Any]) -> Recorded:
    """What bills there are."""
    return listed("bills/getAll", "Bills", found)


def payment(**other: Any) -> dict[str, Any]:
    """A payment for Ana's invoice. Its card is none of our business."""
    said = {
        "Id": "pay-1", "EnterpriseId": HARBOUR, "AccountId": ANA, "AccountType": "Customer", "PaymentRequestId": None,
        "BillId": BILL, "ReservationId": R, "Amount": amount(-238), "OriginalAmount": amount(-238), "Notes": None,
        "ClosedUtc": None, "ChargedUtc": "2026-11-23T10:00:00Z", "CreatedUtc": "2026-11-23T10:00:00Z",
        "UpdatedUtc": "2026-11-23T10:00:01Z", "AccountingState": "Closed", "State": "Charged", "Identifier": "ch_1",
        "Type": "CreditCardPayment", "Kind": "Payment", "PaymentOrigin": "Terminal",
        "Data": {"Discriminator": "CreditCard", "CreditCard": {"CreditCardId": "card-on-file-77", "Transaction": None}},
    }  # fmt: skip
    return {**said, **other}


def invoice(**other: Any) -> dict[str, Any]:
    """Ana's invoice, due on 23 November and not paid yet."""
    said = {
        "Id": BILL, "Name": "Stay", "EnterpriseId": HARBOUR, "AccountId": ANA, "AccountType": "Customer",
        "State": "Closed", "Type": "Invoice", "Number": "29", "CreatedUtc": "2026-11-20T15:00:00Z",
        "IssuedUtc": "2026-11-22T09:29:00Z", "PaidUtc": None, "DueUtc": "2026-11-23T22:59:59Z",
        "UpdatedUtc": "2026-11-22T09:29:00Z", "Notes": "", "CorrectionState": "Bill", "CorrectedBillId": None,
    }  # fmt: skip
    return {**said, **other}


def paid(at: str = "2026-11-23T10:00:00Z", **other: Any) -> dict[str, Any]:
    """The same, paid."""
    return invoice(PaidUtc=at, UpdatedUtc="2026-11-23T10:00:01Z", **other)


def told(*answers: Recorded, orders: Sequence[str] = (R,)) -> Step:
    """A webhook, some minutes after what came before, and what Mews says from then on."""
    return Step(webhook(*orders), answers=answers, after=LATER)
