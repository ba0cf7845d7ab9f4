"""Business events, polled or streamed, as notices: which reservation to look at again, and when something was said.

Of an event nothing is kept but names of things: no guest's name, address or number ever gets into a notice. Nothing
here raises for what an event holds: the queue has forgotten it by the time it is read.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

from rewards.sdk import Json, Notice, Refused, read_json

RESERVATION, UNREADABLE = "reservation", "unreadable"
STATUS = "RESERVATION STATUS"
CHECK_IN, CHECK_OUT = "CHECK IN", "CHECK OUT"
UNDO_IN, UNDO_OUT = "REVERSE CHECK IN", "REVERSE CHECK OUT"
NOTHING_YET = ("NEW RESERVATION",)
"""Tells of a booking only; whoever walks in is checked in by an event of its own."""

_MODULES = {"RESERVATION", "CASHIERING"}
_OTHER_MODULES = {
    "ACTIVITY", "AVAILABILITY", "BLOCK", "BLOCKOFFSETS", "CATERING", "CATERINGNOTES", "CONFIGURATION", "ECERTIFICATE",
    "ENROLLMENT", "HOUSEKEEPING", "MRENROLLMENT", "NIGHTAUDIT", "OWNERCONTRACT", "PROFILE", "RATE", "STAYRECORDS",
    "ROOMROTATION",
}  # fmt: skip
_ABOUT_RESERVATIONS = ("RESERVATION", CHECK_IN, CHECK_OUT)
_ABOUT_FOLIOS = ("POSTING", "FOLIO", "PAYMENT")
_RESERVATION_ELEMENTS = ("RESV NAME ID", "RESERVATION ID", "RESERVATION NAME ID")
_ID = re.compile(r"[A-Za-z0-9_-]{1,60}")
_PRIMARY_KEY = re.compile(r'"primaryKey"\s*:\s*"?([A-Za-z0-9_-]{1,60})')


def polled(body: bytes, hotel: str, hotels: Mapping[str, str]) -> list[Notice]:
    """The notices of one answer of the queue of `hotel`; `hotels` are those that are read.

    An answer that is cut short still names reservations, and each of those is looked at again.
    """
    try:
        value = read_json(body)
    except Refused:
        return _salvaged(body, hotel)
    items = value.get("businessEventData") if isinstance(value, dict) else None
    if items is None and isinstance(value, dict):
        return []
    if not isinstance(items, list):
        return [unreadable(value, "the answer holds no list of events")]
    found = [notice for item in items if (notice := _polled_one(item, hotel, hotels)) is not None]
    return list({notice.key: notice for notice in found}.values())


def count(body: bytes) -> int:
    """How many events an answer of the queue holds, readable or not."""
    try:
        value = read_json(body)
    except Refused:
        return 0
    items = value.get("businessEventData") if isinstance(value, dict) else None
    return len(items) if isinstance(items, list) else 0


def _polled_one(item: Json, hotel: str, hotels: Mapping[str, str]) -> Notice | None:
    header = _at(item, "businessEvent", "header")
    details = _at(item, "businessEvent", "details")
    if not isinstance(header, dict):
        return unreadable(item, "an event has no header")
    return _notice(
        item,
        key=f"{_text(header.get('hotelId')) or hotel}/{_text(_at(item, 'businessEventId', 'id'))}",
        named=_text(_at(item, "businessEventId", "id")),
        module=_text(header.get("moduleName")),
        action=_text(header.get("actionType")),
        primary=_text(header.get("primaryKey")),
        at=_text(header.get("createdDateTime")),
        hotel=_text(header.get("hotelId")) or hotel,
        elements=_elements(details, "dataElement"),
        hotels=hotels,
    )


def streamed(event: Json, hotels: Mapping[str, str]) -> Notice | None:
    """The notice of one event of the stream, None where it tells nothing that is read."""
    unique = _text(_at(event, "metadata", "uniqueEventId"))
    if not isinstance(event, dict):
        return unreadable(event, "an event is not an object")
    return _notice(
        event,
        key=f"stream/{unique}",
        named=unique,
        module=_text(event.get("moduleName")),
        action=_text(event.get("eventName")),
        primary=_text(event.get("primaryKey")),
        at=_text(event.get("timestamp")),
        hotel=_text(event.get("hotelId")),
        elements=_elements(event.get("detail"), "elementName"),
        hotels=hotels,
    )


def _notice(
    item: Json,
    *,
    key: str,
    named: str,
    module: str,
    action: str,
    primary: str,
    at: str,
    hotel: str,
    elements: Mapping[str, str],
    hotels: Mapping[str, str],
) -> Notice | None:
    action = " ".join(action.upper().split())
    about = _about(module, action)
    if not about or action in NOTHING_YET or (hotel and hotel not in hotels):
        return None
    reservation = primary if about == "reservation" else _named_reservation(elements)
    if about == "folio" and not reservation:
        return None
    if not hotel or not _ID.fullmatch(reservation):
        return unreadable(item, "an event names no hotel or no reservation")
    kept = {
        "hotel": hotel, "reservation": reservation, "event": action[:60], "at": at[:40],
        "status": elements.get(STATUS, "")[:40],
    }  # fmt: skip
    return Notice(key[:190] if named else _hashed("event", item), RESERVATION, f"{hotel}/{reservation}", kept)


def _about(module: str, action: str) -> str:
    """What an event is about: "reservation", "folio" or nothing. A module may be a number; then its action tells."""
    name = module.upper().replace(" ", "")
    if name in _OTHER_MODULES:
        return ""
    if name == "RESERVATION" or (name not in _MODULES and any(word in action for word in _ABOUT_RESERVATIONS)):
        return "reservation"
    if name == "CASHIERING" or any(word in action for word in _ABOUT_FOLIOS):
        return "folio"
    return ""


def _elements(details: Json, name: str) -> dict[str, str]:
    """The new value of each element that is read, by its name."""
    if not isinstance(details, list):
        return {}
    wanted = {STATUS, *_RESERVATION_ELEMENTS}
    said = ((_text(one.get(name)), _text(one.get("newValue"))) for one in details if isinstance(one, dict))
    return {word: value for told, value in said if (word := told.upper().replace("_", " ")) in wanted and value}


def _named_reservation(elements: Mapping[str, str]) -> str:
    return next((elements[name] for name in _RESERVATION_ELEMENTS if name in elements), "")


def _salvaged(body: bytes, hotel: str) -> list[Notice]:
    text = body.decode("utf-8", "replace")
    mark = hashlib.sha256(body).hexdigest()[:32]
    found = list(dict.fromkeys(_PRIMARY_KEY.findall(text)))[:900]
    if not found:
        return [unreadable(text, "the answer is not JSON that can be read")]
    return [
        Notice(
            f"salvaged/{mark}/{one}",
            RESERVATION,
            f"{hotel}/{one}",
            {"hotel": hotel, "reservation": one, "event": "", "at": "", "status": ""},
        )
        for one in found
    ]


def unreadable(item: Json, why: str) -> Notice:
    """A notice that ends dead, so that somebody looks; of the event itself nothing is kept, for it may hold a guest."""
    key = _hashed(UNREADABLE, item)
    return Notice(key, UNREADABLE, key, {"why": why})


def _hashed(what: str, item: Json) -> str:
    return f"{what}/" + hashlib.sha256(repr(item).encode("utf-8", "surrogatepass")).hexdigest()


def _at(value: Json, *steps: str) -> Json:
    for step in steps:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _text(value: Json) -> str:
    """A text or a whole number as a text of few characters; "" for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return value.strip()[:200] if isinstance(value, str) and value.isprintable() else ""
