"""Harbour Hotel as OPERA tells of it: events, reservations and folios of the real shape, about Ana and Ben."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from rewards.sdk.testing import Recorded, Step

HERE = Path(__file__).parent
GATEWAY = "https://harbour.hospitality.example"
SETTINGS: dict[str, Any] = {
    "gateway": GATEWAY,
    "app_key": "11111111-2222-3333-4444-555555555555",
    "client_id": "rewards_client",
    "client_secret": "harbour-secret",
    "chain": "QUAY",
    "system": "REWARDS",
    "hotels": {"HOTEL1": "harbour"},
    "categories": {"1000": "room", "1900": "room", "2010": "bar"},
    "memberships": {"HC": "card"},
    "room_classes": {"DLXK": "superior"},
    "channels": {"CWEB": "direct"},
}
QUEUE = "/int/v1/externalSystem/REWARDS/hotels/HOTEL1/businessEvents"
TOKEN = Recorded("POST", "/oauth/v1/tokens", body=b'{"access_token":"t-1","expires_in":3600,"token_type":"Bearer"}')
ANA, BEN = ("687128", "00412"), ("687129", "")


def as_body(value: Any) -> bytes:
    return json.dumps(value).encode()


def payload(name: str) -> bytes:
    return (HERE / "payloads" / name).read_bytes()


def event(
    number: int, action: str, at: str, *, reservation: str = "919074", status: str = "", hotel: str = "HOTEL1"
) -> dict[str, Any]:
    """A business event of the Reservation module, with a name and a number in it that nobody may keep."""
    details = [
        {"dataElement": "NAME", "newValue": "Loud-Stranger"},
        {"dataElement": "PHONE NUMBER", "newValue": "31415926"},
    ]
    if status:
        details.append({"dataElement": "RESERVATION STATUS", "oldValue": "RESERVED", "newValue": status})
    header = {
        "moduleName": "Reservation", "actionType": action, "actionId": number, "primaryKey": reservation,
        "publisherId": 57489, "createdDateTime": at, "hotelId": hotel,
    }  # fmt: skip
    return {"businessEvent": {"header": header, "details": details}, "businessEventId": {"id": str(1_970_000 + number)}}


def queue(*events: Any) -> bytes:
    return as_body({"businessEventData": list(events)})


def reservation(
    status: str,
    *,
    number: str = "919074",
    guest: tuple[str, str] = ANA,
    arrival: str = "2026-11-20",
    departure: str = "2026-11-22",
    **rate: Any,
) -> bytes:
    """The answer of getReservation: `guest` is a profile and the number of its card, "" for none."""
    profile, card = guest
    memberships = [{"membershipType": "AA", "membershipId": "9900"}]
    if card:
        memberships.append({"membershipType": "HC", "membershipId": card})
    one = {
        "reservationIdList": [{"id": number, "type": "Reservation"}, {"id": "1462855", "type": "Confirmation"}],
        "roomStay": {
            "arrivalDate": arrival,
            "departureDate": departure,
            "currentRoomInfo": {"roomType": "DLXK", "roomId": "203"},
            "roomRates": [{"ratePlanCode": "BAR1", "roomType": "DLXK", "sourceCode": "CWEB", **rate}],
        },
        "reservationGuests": [
            {
                "profileInfo": {
                    "profileIdList": [{"id": profile, "type": "Profile"}],
                    "profile": {"customer": {"personName": [{"givenName": "Ana", "surname": "Loud-Stranger"}]}},
                },
                "primary": True,
            }
        ],
        "reservationPaymentMethods": [{"paymentMethod": "VA", "paymentCard": {"cardNumberMasked": "XXXX31415926"}}],
        "guestMemberships": memberships,
        "hotelId": "HOTEL1",
        "reservationStatus": status,
    }
    return as_body({"reservations": {"reservation": [one]}})


def line(
    number: int, code: str, amount: Any, day: str = "2026-11-21", *, quantity: int = 1, kind: str = "Revenue"
) -> dict[str, Any]:
    return {
        "transactionNo": number, "transactionCode": code, "transactionType": kind, "quantity": quantity,
        "postedAmount": {"amount": amount, "currencyCode": "EUR"}, "revenueDate": day, "postingDate": day,
        "postingTime": {"time": f"{day} 21:15:00.0"}, "remark": "Loud-Stranger", "transactionDescription": "…",
    }  # fmt: skip


def folio(*lines: Any, **window: Any) -> bytes:
    one = {"folioWindowNo": 1, "emptyWindow": not lines, "folios": [{"postings": list(lines)}], **window}
    return as_body({"reservationFolioInformation": {"folioWindows": [one]}})


def step(
    events: Sequence[Any], state: bytes | None = None, lines: bytes | None = None, *, number: str = "919074"
) -> Step:
    """The queue hands out these events; from now on OPERA answers with this reservation and this folio."""
    path = f"/hotels/HOTEL1/reservations/{number}"
    answers = [TOKEN, Recorded("GET", QUEUE, body=queue(*events))]
    if state is not None:
        answers.append(Recorded("GET", f"/rsv/v1{path}", body=state))
    answers.append(Recorded("GET", f"/csh/v1{path}/folios", body=folio() if lines is None else lines))
    return Step(poll=True, answers=answers)


def heaped(steps: Sequence[Step]) -> list[Step]:
    """The steps with a queue that hands out what it handed out before, too: what is polled late is all there."""
    found: list[Step] = []
    events: list[Any] = []
    for one in steps:
        events += json.loads(one.answers[1].body)["businessEventData"]
        answers = [one.answers[0], replace(one.answers[1], body=queue(*events)), *one.answers[2:]]
        found.append(replace(one, answers=answers))
    return found


ARRIVES = step([event(1, "CHECK IN", "2026-11-20 15:02:10.0", status="CHECKED IN")], reservation("InHouse"))
DRINKS = step(
    [event(2, "UPDATE RESERVATION", "2026-11-21 22:00:00.0")],
    reservation("InHouse"),
    folio(line(501, "1000", 119.00, "2026-11-20"), line(502, "2010", 25.50), line(503, "9000", -50, kind="Payment")),
)
LEAVES = step(
    [event(3, "CHECK OUT", "2026-11-22 10:41:03.0", status="CHECKED OUT")],
    reservation("CheckedOut"),
    folio(line(501, "1000", 119.00, "2026-11-20"), line(502, "2010", "25.50"), line(504, "1000", 119.00)),
)
