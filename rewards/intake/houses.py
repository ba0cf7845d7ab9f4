"""A property is added or changed: what its fields may be, and the trail of who changed it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from zoneinfo import ZoneInfoNotFoundError

from rewards.domain.property import Property, zone_of
from rewards.errors import POSITION_OUT_OF_RANGE, ZONE_UNKNOWN
from rewards.intake.checks import check_text, invalid
from rewards.ledger.ports import Store
from rewards.money import exponent

_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_COUNTRY = re.compile(r"[A-Z]{2}")
MAX_CODE, MAX_CLASSES = 40, 50


def put_property(store: Store, prop: Property, *, by: str, at: datetime) -> bool:
    """Add or change a property; True where it is new. Refused as `check_property` says."""
    check_property(prop)
    return record_property(store, prop, by=by, at=at)


def record_property(store: Store, prop: Property, *, by: str, at: datetime) -> bool:
    """Keep a property that was checked, and who changed it; True where it is new."""
    before = next((one for one in store.properties.all() if one.code == prop.code), None)
    store.properties.put(prop, at)
    was = json.dumps(asdict(before)) if before else None
    store.audit.add(by, "property.put", prop.code, was, json.dumps(asdict(prop)), at)
    return before is None


def check_property(prop: Property) -> None:
    """Refuse a property whose fields cannot be: `field_invalid`, `zone_unknown`, `currency_unknown`,
    `position_out_of_range`."""
    if len(prop.code) > MAX_CODE or not _CODE.fullmatch(prop.code):
        raise invalid("code", f"“{prop.code[:60]}” is not a code.", "1 to 40 lower case letters, digits and dashes.")
    for name in ("name", "brand", "city"):
        check_text(name, getattr(prop, name), required=True)
    if not _COUNTRY.fullmatch(prop.country):
        raise invalid("country", f"“{prop.country[:20]}” is not a country.", "Two capitals, such as NL.")
    exponent(prop.currency)
    check_zone(prop.zone)
    _check_classes(prop)
    _check_place(prop)


def add_missing(store: Store, properties: Iterable[Property], at: datetime) -> None:
    """Add the properties whose codes are not there yet; the others stay as they are. Nothing is checked."""
    present = {prop.code for prop in store.properties.all()}
    for prop in properties:
        if prop.code not in present:
            store.properties.put(prop, at)
            present.add(prop.code)


def check_zone(zone: str) -> None:
    """Refuse what is no time zone of the IANA list: `zone_unknown`."""
    try:
        zone_of(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        # A name that is a folder of zones, such as Europe, is an OSError.
        raise invalid("zone", f"“{zone[:60]}” is not a time zone.", "Write Europe/Amsterdam.", ZONE_UNKNOWN) from None


def _check_classes(prop: Property) -> None:
    classes = prop.room_classes
    for name in classes:
        check_text("room_classes", name, required=True)
    if len(classes) > MAX_CLASSES or len(set(classes)) < len(classes):
        raise invalid(
            "room_classes", f"{len(classes)} classes, not all different.", f"At most {MAX_CLASSES}, each once."
        )


def _check_place(prop: Property) -> None:
    at = prop.position
    if at is not None and not (-90 <= at.latitude <= 90 and -180 <= at.longitude <= 180):
        where = f"{at.latitude}, {at.longitude}"
        raise invalid("position", f"{where} lies outside the globe.", "Degrees, WGS 84.", POSITION_OUT_OF_RANGE)
