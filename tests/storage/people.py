"""Ana, Ben and the Harbour Hotel: guests, stays, grants and decisions for the stories of these tests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from rewards.domain.activity import Activity, Evidence, Kind
from rewards.domain.grant import Grant, GrantState
from rewards.domain.guest import Guest, Identity
from rewards.domain.property import Position, Property
from rewards.ids import derived_id
from rewards.ledger.ports import DecisionRow, Entry, GrantRow
from rewards.storage.engine import SqlDatabase
from rewards.storage.store import SqlStore

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
TODAY = date(2026, 11, 24)
CARD = Identity("card", "00412")
MAIL = Identity("email", "ana@example.org", verified=True)

HARBOUR = Property(
    code="harbour",
    name="Harbour Hotel",
    brand="quay",
    city="Rotterdam",
    country="NL",
    zone="Europe/Amsterdam",
    currency="EUR",
    room_classes=("standard", "superior", "suite"),
    position=Position(51.9036, 4.4861),
)


def guest(name: str = "ana", **changes: Any) -> Guest:
    """A guest called `gst_<name>`."""
    return Guest(f"gst_{name}", NOON, **changes)


def add_guest(database: SqlDatabase, name: str = "ana", *identities: Identity, **changes: Any) -> str:
    """A guest in the database; her id."""
    with database.writing() as store:
        store.guests.add(guest(name, **changes), identities)
    return f"gst_{name}"


def write_and_fail(database: SqlDatabase, work: Callable[[SqlStore], object]) -> None:
    """A transaction that writes and then meets an error of its caller."""
    with database.writing() as store:
        work(store)
        raise RuntimeError("the till is closed")


def stay(key: str, who: str = "gst_ana", **changes: Any) -> Activity:
    """A stay at the Harbour Hotel, as the PMS tells it; two nights, left this morning."""
    fields: dict[str, Any] = {
        "id": derived_id("act", "pms", key),
        "guest": who,
        "kind": Kind.STAY,
        "occurred_at": NOON - timedelta(hours=2),
        "recorded_at": NOON,
        "day": TODAY,
        "source": "pms",
        "source_key": key,
        "property": "harbour",
        "arrival_day": TODAY - timedelta(days=2),
        "nights": 2,
        "amount_minor": 24_850,
        "currency": "EUR",
        "evidence": Evidence.RECORDED,
        "channel": "direct",
        "reservation": f"R-{key}",
        "attributes": {"view": "sea", "floor": 3, "pets": False},
    }
    return Activity(**{**fields, **changes})


def grant_row(number: int = 1, *, claims: tuple[Entry, ...] = (), used: int = 0, **changes: Any) -> GrantRow:
    """A grant of one room upgrade to Ana, good for a day."""
    fields: dict[str, Any] = {
        "id": f"gnt_{number:04}",
        "decision": "dec_1",
        "guest": "gst_ana",
        "property": "harbour",
        "rule": "fortnightly-regular",
        "perk": "room-upgrade",
        "code": f"7KQM-{number:04}",
        "quantity": 1,
        "granted_at": NOON,
        "valid_from": NOON,
        "valid_until": NOON + timedelta(days=1),
        "state": GrantState.GRANTED,
        "reservation": "R-4711",
        "cost_minor": 4_000,
        "currency": "EUR",
        "params": {"levels": 1, "to": "superior"},
    }
    grant = Grant(**{**fields, **changes})
    return GrantRow(grant, TODAY.toordinal(), used, claims)


def decision_row(number: int = 1, **changes: Any) -> DecisionRow:
    """A committed decision on Ana's arrival."""
    fields: dict[str, Any] = {
        "id": f"dec_{number:04}",
        "guest": "gst_ana",
        "property": "harbour",
        "moment": "arrival",
        "mode": "commit",
        "subject": "R-4711",
        "as_of": NOON,
        "decided_at": NOON + timedelta(microseconds=1),
        "rule_set": 7,
        "guest_version": 3,
        "question": '{"guest":"card:00412"}',
        "facts": '{"stays":8}',
        "reply": '{"say":"Wij upgraden u – graag gedaan"}'.encode(),
        "state": "committed",
    }
    return DecisionRow(**{**fields, **changes})
