"""Check-ins by staff: whoever stands at the desk scans or types the guest's card, and may undo it within the hour.

Each call asks for an API key that may record activities at the property. A card that nobody has is answered at once,
and nothing of it is kept.
"""

from __future__ import annotations

import re
from datetime import timedelta

from rewards.sdk import (
    Answer,
    Context,
    Desk,
    Draft,
    Evidence,
    Identity,
    Json,
    Kind,
    Link,
    LiveSource,
    Member,
    Normalised,
    Notice,
    RawMessage,
    Refused,
    RewardsError,
    Route,
    Values,
    bearer,
    epoch_ms,
    instant,
    pick,
    read_json,
    settle,
)

from .fields import FIELDS
from .scanned import identities, kinds_of
from .scans import check_ins, told, without_old

SCOPE = "activities:write"
UNDO_WITHIN = timedelta(hours=1)
_SCAN = re.compile(r"(?P<house>[a-z0-9-]{1,40})/(?P<guest>[A-Za-z0-9_]{1,60})/(?P<ms>\d{12,14})")


class StaffScan(LiveSource):
    """A scan, and its undoing."""

    fields = FIELDS
    routes = (Route("POST", "/scan/<house>", "scan"), Route("POST", "/undo/<house>", "undo"))

    def verify(self, message: RawMessage, settings: Values) -> None:
        """A call has an API key, which is looked at where the house can be asked."""
        if not bearer(message):
            raise Refused("no API key came with the call")

    def scan(self, message: RawMessage, desk: Desk) -> Answer:
        """A card is before us: whose it is, and that they are here."""
        house = message.parts["house"]
        key = desk.caller(message, SCOPE, house)
        link = desk.link
        _check_house(house, link)
        name, member = _found(pick(read_json(message.body), "scanned", str), link.settings, desk)
        at = message.received_at
        scan = f"{house}/{member.guest}/{int(at.timestamp() * 1_000)}"
        payload = {
            "scan": scan, "undoes": "", "at": at.isoformat(timespec="microseconds"), "by": key,
            "name": [name.kind, name.value],
        }  # fmt: skip
        taken = desk.take([Notice(scan, "guest", f"{house}/{member.guest}", payload)])
        said = {"scan": scan, "new": taken.new > 0, "undo_until": (at + UNDO_WITHIN).isoformat()}
        return _private({**said, **_person(message, desk, house, member)}, 202)

    def undo(self, message: RawMessage, desk: Desk) -> Answer:
        """The wrong card, or the wrong guest: the check-in of a scan is taken back."""
        house = message.parts["house"]
        key = desk.caller(message, SCOPE, house)
        _check_house(house, desk.link)
        scan = pick(read_json(message.body), "scan", str)
        parts = _SCAN.fullmatch(scan)
        if parts is None or parts["house"] != house:
            raise Refused("there is no such scan at this property", status=404)
        at, now = epoch_ms(parts["ms"]), message.received_at
        if at > now:
            raise Refused("there is no such scan at this property", status=404)
        if now - at > UNDO_WITHIN:
            raise Refused("the scan is over an hour old; a correction is an activity that reverses it", status=409)
        payload = {"scan": "", "undoes": scan, "at": now.isoformat(timespec="microseconds"), "by": key, "name": []}
        taken = desk.take([Notice(f"undo/{scan}", "guest", f"{house}/{parts['guest']}", payload)])
        return _private({"scan": scan, "new": taken.new > 0}, 202)

    def normalise(self, state: Json, last: Json, context: Context) -> Normalised:
        """The check-ins that stand after this scan or undoing."""
        known = told(last, state)
        window = context.settings.duration("window")
        known, found = without_old(known, check_ins(known["scans"], known["undone"], window))
        facts = [_fact(one.scan, known["scans"][one.scan]) for one in found if one.stands]
        standing = (last or {}).get("facts") or {}
        kept = {scan: one for scan, one in standing.items() if scan in known["scans"]}
        drafts, standing = settle(kept, facts)
        return Normalised(drafts, {**known, "facts": standing}, "" if drafts else "it changes nothing")

    def check(self, link: Link) -> None:
        """Whether a number can be anything, and the connection has a property to scan at."""
        if not kinds_of(link.settings):
            raise Refused("kinds names no kind of identity")
        if not link.properties:
            raise Refused("the connection is on for no property")


def _check_house(house: str, link: Link) -> None:
    if house not in link.properties:
        raise Refused("the connection is not on for this property", status=404)


def _found(text: str, settings: Values, desk: Desk) -> tuple[Identity, Member]:
    """Who has this card; `Refused` where nobody has (404), and where two have what it may be (409)."""
    members = [(name, desk.find(name)) for name in identities(text, settings)]
    found = [(name, member) for name, member in members if member is not None]
    if not found:
        raise Refused("nobody has this card; nothing was recorded", status=404)
    if len({member.guest for _, member in found}) > 1:
        raise Refused("this is a number of two guests; say which: kind:number", status=409)
    return found[0]


def _person(message: RawMessage, desk: Desk, house: str, member: Member) -> dict[str, Json]:
    """The guest's first name and language, for a key that may read guests."""
    try:
        desk.caller(message, "guests:read", house)
    except RewardsError:
        return {}
    return {"guest": {"first_name": member.first_name, "language": member.language}}


def _fact(scan: str, kept: Json) -> Draft:
    kind, value = kept["name"]
    return Draft(
        Kind.CHECK_IN,
        scan,
        (Identity(kind, value),),
        scan.partition("/")[0],
        instant(kept["at"]),
        evidence=Evidence.WITNESSED,
        attributes={"rests_on": "staff_scan", "by": kept["by"]},
    )


def _private(value: Json, status: int) -> Answer:
    return Answer.json(value, status, headers={"Cache-Control": "no-store"})


source = StaffScan()
