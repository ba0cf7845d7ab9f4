"""Check-ins by the position of a phone: the hotel's page asks the browser (W3C Geolocation) and sends what it says.

The position becomes a house and a distance at the door; coordinates are never stored. One check-in a guest, house and
hotel day, the earliest that is certain.
"""

from __future__ import annotations

import hashlib
import math
from decimal import Decimal
from typing import Any

from rewards.sdk import (
    Answer,
    Bounds,
    Context,
    Desk,
    Draft,
    Evidence,
    Field,
    FieldKind,
    Fix,
    Identity,
    Json,
    Kind,
    Link,
    LiveSource,
    Normalised,
    Notice,
    RawMessage,
    Refused,
    Route,
    Sighting,
    Values,
    Verdict,
    bearer,
    epoch_ms,
    hotel_day,
    pick,
    position_of,
    read_json,
    settle,
    sighting,
    ticket_guest,
)

from .answers import told

LONGEST_ACCURACY = Decimal(10_000_000)
MOST_NAMED = 4


class PhonePosition(LiveSource):
    """One own address, which the hotel's page calls from the guest's browser."""

    fields = (
        Field(
            "page_secret",
            FieldKind.SECRET,
            {"en": "Secret of the guest page", "nl": "Geheim van de gastenpagina"},
            {
                "en": "What the page signs its guests' tickets with; 32 random characters or more.",
                "nl": "Waarmee de pagina de kaartjes van haar gasten ondertekent; 32 willekeurige tekens of meer.",
            },
        ),
        Field(
            "max_accuracy_m",
            FieldKind.NUMBER,
            {"en": "Largest accuracy that counts, in metres", "nl": "Grootste nauwkeurigheid die telt, in meters"},
            {
                "en": "A phone that knows its place less well than this is not checked in.",
                "nl": "Een telefoon die zijn plaats minder goed kent dan dit wordt niet ingecheckt.",
            },
            required=False,
            default=150,
            low=5,
            high=2_000,
        ),
        Field(
            "max_age",
            FieldKind.DURATION,
            {"en": "Oldest position, in seconds", "nl": "Oudste positie, in seconden"},
            {
                "en": "Browsers may answer with a position from before.",
                "nl": "Browsers mogen met een eerdere positie antwoorden.",
            },
            required=False,
            default=300,
            low=10,
            high=3_600,
        ),
    )
    routes = (Route("POST", "/position", "position"),)

    def verify(self, message: RawMessage, settings: Values) -> None:
        """The ticket of the guest whom the page has signed in."""
        _guest(message, settings)

    def parse(self, message: RawMessage, settings: Values) -> list[Notice]:
        """Nothing comes here."""
        raise Refused("positions go to this address with /position behind it", status=404)

    def position(self, message: RawMessage, desk: Desk) -> Answer:
        """Say where the phone is, and take a notice where that is at a house or at one of several."""
        link = desk.link
        guest, fix = _guest(message, link.settings), _fix(read_json(message.body))
        bounds = Bounds(link.settings.number("max_accuracy_m"), link.settings.duration("max_age"))
        seen = sighting(fix, link.properties.values(), bounds, message.received_at)
        # Without a house there is nothing to keep, but the page was heard.
        desk.take([_notice(guest, fix, seen, link)] if seen.houses else [])
        return told(seen)

    def normalise(self, state: Json, last: Json, context: Context) -> Normalised:
        """The earliest certain sighting of the day; without one, the earliest doubtful one."""
        # A clock that is a little ahead dates nothing into the future.
        state = {**state, "happened_ms": min(state["at_ms"], int(context.received_at.timestamp() * 1000))}
        best = min([state, last["best"]] if last else [state], key=_rank)
        drafts, standing = settle(last and last["facts"], [_check_in(best)])
        return Normalised(drafts, {"best": best, "facts": standing})

    def check(self, link: Link) -> None:
        """Every house needs a position; without one no phone is ever there."""
        without = sorted(code for code, house in link.properties.items() if house.position is None)
        if without:
            raise Refused(f"no position is known of {', '.join(without[:MOST_NAMED])}")


def _guest(message: RawMessage, settings: Values) -> Identity:
    return ticket_guest(bearer(message), settings.secrets("page_secret"), message)


def _fix(body: Json) -> Fix:
    """The position, its accuracy and its time; nothing else of it is read."""
    place = position_of(pick(body, "coords.latitude", Decimal), pick(body, "coords.longitude", Decimal))
    accuracy = min(pick(body, "coords.accuracy", Decimal), LONGEST_ACCURACY)
    return Fix(place, float(accuracy), epoch_ms(pick(body, "timestamp", Decimal)))


def _notice(guest: Identity, fix: Fix, seen: Sighting, link: Link) -> Notice:
    code = seen.houses[0]
    day = hotel_day(fix.at, link.properties[code]).isoformat()
    # A hash, not the guest's name: what a notice is about is shown to whoever looks at the inbox.
    who = hashlib.sha256(guest.text().encode()).hexdigest()[:32]
    at_ms = int(fix.at.timestamp() * 1000)
    kept: dict[str, Any] = {
        "guest": [guest.kind, guest.value],
        "houses": list(seen.houses[:MOST_NAMED]),
        "certain": seen.verdict is Verdict.AT,
        "at_ms": at_ms,
        "distance_m": seen.distance_m,
        "accuracy_m": math.ceil(fix.accuracy_m or 0),
        "name": f"{who}/{code}/{day}",
    }
    return Notice(f"{who}/{at_ms}", "presence", kept["name"], kept)


def _rank(seen: Json) -> tuple[bool, int, int]:
    return not seen["certain"], seen["at_ms"], seen["distance_m"]


def _check_in(seen: Json) -> Draft:
    kind, value = seen["guest"]
    certain = seen["certain"]
    return Draft(
        Kind.CHECK_IN,
        f"position/{seen['name']}",
        (Identity(kind, value),),
        seen["houses"][0],
        epoch_ms(seen["happened_ms"]),
        evidence=Evidence.LOCATED if certain else Evidence.CLAIMED,
        withheld=None if certain else f"the position may be at {' or '.join(seen['houses'])}"[:200],
        attributes={"distance_m": seen["distance_m"], "accuracy_m": seen["accuracy_m"]},
    )


source = PhonePosition()
