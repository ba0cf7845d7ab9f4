"""Check-ins by phones that run OwnTracks in its HTTP mode: reports of places and of crossed borders, in any order."""

from __future__ import annotations

import hashlib
import json
import math
from decimal import Decimal
from typing import Any

from rewards.sdk import (
    Answer,
    Bounds,
    Context,
    Field,
    FieldKind,
    Fix,
    Identity,
    Json,
    Link,
    LiveSource,
    Normalised,
    Notice,
    RawMessage,
    Refused,
    Sighting,
    Taken,
    Values,
    Verdict,
    basic_auth,
    epoch_s,
    hmac_hex,
    identity_of,
    pick,
    position_of,
    read_json,
    same,
    sighting,
)

from .presence import MOST_NAMED, Ground, Seen, settled

PASSWORD_LETTERS = 24
MOST_USER = 100
LONGEST_ACCURACY = Decimal(10_000_000)
READ = ("location", "transition")
EVENTS = ("enter", "leave")

_NOTES = {
    Verdict.INACCURATE: "perhaps at a house, but the accuracy is over the limit",
    Verdict.NO_ACCURACY: "the phone does not say how accurate this is",
    Verdict.TOO_OLD: "older than is taken",
    Verdict.AHEAD: "the phone's clock is ahead of ours",
}


class OwnTracks(LiveSource):
    """Every phone posts to the connection's address, with a user name and that user's own password."""

    fields = (
        Field(
            "password_secret",
            FieldKind.SECRET,
            {"en": "Secret that passwords are made of", "nl": "Geheim waarvan wachtwoorden zijn gemaakt"},
            {
                "en": "32 random characters or more; each guest's password follows from it and the user name.",
                "nl": "32 willekeurige tekens of meer; het wachtwoord van elke gast volgt eruit en uit de naam.",
            },
        ),
        Field(
            "identity_kind",
            FieldKind.TEXT,
            {"en": "What user names are", "nl": "Wat gebruikersnamen zijn"},
            {
                "en": "The kind of identity, such as card where a guest's user name is the number of their card.",
                "nl": "Het soort identiteit, zoals card als de naam van een gast het nummer van zijn kaart is.",
            },
            required=False,
            default="owntracks",
        ),
        Field(
            "guests",
            FieldKind.MAPPING,
            {"en": "User name to identity", "nl": "Gebruikersnaam naar identiteit"},
            {
                "en": "For those whose user name is not the identity itself, such as ana:00412.",
                "nl": "Voor wie de gebruikersnaam niet zelf de identiteit is, zoals ana:00412.",
            },
            required=False,
            to="text",
        ),
        Field(
            "max_accuracy_m",
            FieldKind.NUMBER,
            {"en": "Largest accuracy that counts, in metres", "nl": "Grootste nauwkeurigheid die telt, in meters"},
            required=False,
            default=150,
            low=5,
            high=2_000,
        ),
        Field(
            "max_age",
            FieldKind.DURATION,
            {"en": "Oldest report, in seconds", "nl": "Oudste melding, in seconden"},
            {
                "en": "A phone without a network keeps its reports and sends them later.",
                "nl": "Een telefoon zonder netwerk bewaart zijn meldingen en stuurt ze later.",
            },
            required=False,
            default=86_400,
            low=60,
            high=172_800,
        ),
        Field(
            "dwell",
            FieldKind.DURATION,
            {"en": "Shortest time at the house, in seconds", "nl": "Kortste tijd bij het hotel, in seconden"},
            {
                "en": "Keeps out who only walks by: the phone reports twice, so far apart. 0: the first report counts.",
                "nl": "Houdt voorbijgangers buiten: de telefoon meldt zich twee keer, met zo veel tijd ertussen. "
                "0: de eerste melding telt.",
            },
            required=False,
            default=0,
            low=0,
            high=14_400,
        ),
    )

    def verify(self, message: RawMessage, settings: Values) -> None:
        """The user's own password; who says they are another user is refused."""
        user, password = basic_auth(message)
        secrets = settings.secrets("password_secret")
        if not any(secret.reveal() and same(password, password_of(secret.reveal(), user)) for secret in secrets):
            raise Refused("the password is not that of this user")
        said = message.header("x-limit-u")
        if said and said != user:
            raise Refused("X-Limit-U names another user")

    def parse(self, message: RawMessage, settings: Values) -> list[Notice]:
        """One report; none for whatever else a phone says of itself."""
        if not message.body.strip():
            return []
        body = read_json(message.body)
        said = pick(body, "_type", str)
        if said == "encrypted":
            raise Refused("this phone encrypts its reports; take the encryption key out of the app's settings")
        if said not in READ:
            return []
        user = basic_auth(message)[0]
        if not 1 <= len(user) <= MOST_USER or not user.isprintable():
            raise Refused(f"a user name has 1 to {MOST_USER} plain characters")
        kept = {"user": user, "phone": _short(f"{user}\n{message.header('x-limit-d')}"), **_report(body, said)}
        mark = hashlib.sha256(json.dumps(kept, sort_keys=True, default=str).encode()).hexdigest()[:24]
        return [Notice(f"{kept['phone']}/{kept['tst']}/{mark}", "phone", kept["phone"], kept)]

    def answer(self, message: RawMessage, settings: Values, taken: Taken) -> Answer:
        """No commands for the phone, and no positions of friends."""
        return Answer.json([])

    def normalise(self, state: Json, last: Json, context: Context) -> Normalised:
        """The check-ins of the last days, with one report more."""
        received_s = int(context.received_at.timestamp())
        fix = Fix(position_of(state["lat"], state["lon"]), _accuracy(state["acc"]), epoch_s(state["tst"]))
        bounds = Bounds(context.settings.number("max_accuracy_m"), context.settings.duration("max_age"))
        found = sighting(fix, context.properties.values(), bounds, context.received_at)
        if found.verdict in _NOTES:
            return Normalised(state=last, note=_NOTES[found.verdict])
        # A clock that is a little ahead dates nothing into the future.
        seen = _seen(min(state["tst"], received_s), found, fix, leaves=state["leaves"])
        ground = Ground(_guest(state["user"], context.settings), state["phone"], context)
        return settled(ground, last, seen, received_s)

    def check(self, link: Link) -> None:
        """Every house needs a position, and guests an identity."""
        without = sorted(code for code, house in link.properties.items() if house.position is None)
        if without:
            raise Refused(f"no position is known of {', '.join(without[:MOST_NAMED])}")
        for user in ["anybody", *link.settings.mapping("guests")]:
            _guest(user, link.settings)


def password_of(secret: str, user: str) -> str:
    """The password of a user, 24 characters."""
    return hmac_hex(secret, f"owntracks-user.{user}".encode("utf-8", "surrogatepass"))[:PASSWORD_LETTERS]


def _guest(user: str, settings: Values) -> Identity:
    return identity_of(f"{settings.text('identity_kind')}:{settings.mapping('guests').get(user, user)}")


def _short(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _report(body: Json, said: str) -> dict[str, Any]:
    """Place, accuracy and time, and whether the phone was leaving; battery, network and speed are not read."""
    place = pick(body, "lat", Decimal), pick(body, "lon", Decimal)
    tst = pick(body, "tst", int)
    position_of(*place)
    epoch_s(tst)
    event = pick(body, "event", str) if said == "transition" else "enter"
    if event not in EVENTS:
        raise Refused("event is neither enter nor leave")
    accuracy = pick(body, "acc", Decimal, None)
    return {"lat": place[0], "lon": place[1], "acc": accuracy, "tst": tst, "leaves": event == "leave"}


def _accuracy(said: Any) -> float | None:
    return None if said is None else float(min(Decimal(said), LONGEST_ACCURACY))


def _seen(at: int, found: Sighting, fix: Fix, *, leaves: bool) -> Seen:
    place = "|".join(found.houses[:MOST_NAMED])
    return Seen(at, leaves, place, found.distance_m or 0, math.ceil(fix.accuracy_m or 0))


source = OwnTracks()
