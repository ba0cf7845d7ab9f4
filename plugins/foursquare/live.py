"""The live source: what the API tells of connected guests becomes check-ins, once each."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import ClassVar

from rewards.sdk import (
    Answer,
    Context,
    Desk,
    Draft,
    Evidence,
    Field,
    Json,
    Link,
    LiveSource,
    Normalised,
    Notice,
    Page,
    RawMessage,
    Refused,
    Route,
    Taken,
    TryLater,
    Values,
)

from . import api, connecting, members, pushes
from .checkins import CheckIn, fact, from_json, key_of
from .settings import FIELDS

OVERLAP_S = 86_400
"""So far back every poll looks again: a phone without a network tells of its check-ins late."""

KIND = "checkin"


def notice(check_in: CheckIn, user: str, guest: str | None, *, confirmed: bool) -> Notice:
    """A check-in that was told of. The same telling has the same key; one that says something else has another."""
    payload = {"id": check_in.id, "check_in": check_in.as_json(), "user": user, "guest": guest, "confirmed": confirmed}
    mark = hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()[:24]
    return Notice(f"{check_in.id}/{mark}", KIND, check_in.id, payload)


class Foursquare(LiveSource):
    """Check-ins of guests who have connected Swarm."""

    fields: ClassVar[tuple[Field, ...]] = FIELDS
    poll_every = timedelta(minutes=5)
    routes = (
        Route("GET", "/connect", "connect"),
        Route("GET", "/callback", "callback"),
        Route("POST", "/disconnect", "disconnect"),
    )

    def verify(self, message: RawMessage, settings: Values) -> None:
        """A push holds the app's push secret in clear, for Foursquare has no better proof; links are signed."""
        if message.path in ("/connect", "/disconnect"):
            connecting.check_link(message, settings)
        elif message.path == "/callback":
            connecting.check_return(message, settings)
        else:
            pushes.check(message, settings.secrets("push_secret"))

    def connect(self, message: RawMessage, desk: Desk) -> Answer:
        """A guest opens the hotel's link."""
        return connecting.begin(message, desk)

    def callback(self, message: RawMessage, desk: Desk) -> Answer:
        """A guest comes back from Foursquare."""
        return connecting.finish(message, desk)

    def disconnect(self, message: RawMessage, desk: Desk) -> Answer:
        """The hotel ends a guest's connection."""
        return connecting.stop(message, desk)

    def refuse(self, message: RawMessage, status: int, reason: str) -> Answer | None:
        """A guest's browser is told in plain words, a machine as everywhere."""
        if message.path not in ("/connect", "/callback") or status not in (*range(400, 500), 503):
            return None
        return Answer.text(f"{connecting.DECLINED}\n{reason[:1].upper()}{reason[1:]}.\n", status)

    def parse(self, message: RawMessage, settings: Values) -> list[Notice]:
        """The check-in that a push tells of; nothing else that is pushed is read."""
        said = pushes.read(message)
        return [] if said is None else [notice(said[0], said[1], None, confirmed=False)]

    def answer(self, message: RawMessage, settings: Values, taken: Taken) -> Answer:
        """Foursquare wants to hear 200."""
        return Answer.text("ok")

    def fetch(self, notice: Notice, link: Link) -> Json:
        """A check-in that was pushed, as Foursquare has it: asked for with its guest's token, where there is one.

        Without one, what was pushed is all there is.
        """
        said = notice.payload
        member = None if said["confirmed"] else members.find(link, said["user"])
        if member is None:
            return said
        try:
            found = api.check_in(link, member.token, member.user, notice.entity)
        except api.Withdrawn as withdrawn:
            members.end(link, member.user)
            raise TryLater(withdrawn.reason, after_s=1) from None
        told = None if found is None else found.as_json()
        return {**said, "check_in": told, "guest": member.guest, "confirmed": True}

    def poll(self, cursor: str | None, link: Link) -> Page:
        """One page of one connected guest, the next one's after that, until everybody was asked once."""
        turn = members.turn_of(cursor)
        if turn.user and not turn.offset:
            members.note_seen(link, turn.user, turn.newest)
        users = members.everyone(link)
        user = members.next_of(users, turn)
        member = members.find(link, user) if user else None
        if member is None:
            return Page()
        offset = turn.offset if turn.user == member.user else 0
        newest = turn.newest if offset else 0
        page, after = self._page(link, member, newest, offset)
        return Page(page, after.text(), more=bool(after.offset) or member.user != users[-1])

    def _page(
        self, link: Link, member: members.Connected, newest: int, offset: int
    ) -> tuple[list[Notice], members.Turn]:
        """One that cannot be read is passed over with a note: it must not keep the others waiting."""
        after = max(0, members.seen(link, member) - OVERLAP_S)
        try:
            found, count = api.history(link, member.token, max(after, member.after), offset)
        except api.Withdrawn:
            members.end(link, member.user)
            raise
        except Refused as refused:
            members.note_trouble(link, member.user, refused.reason)
            return [], members.Turn(member.user)
        members.note_trouble(link, member.user, None)
        newest = max([newest, *(one.at for one in found)])
        told = [notice(one, member.user, member.guest, confirmed=True) for one in found]
        return told, members.Turn(member.user, newest, offset + count if count >= api.PAGE else 0)

    def normalise(self, state: Json, last: Json, context: Context) -> Normalised:
        """The check-in as it is told best: what Foursquare confirms goes before what was merely said."""
        known = last or {"confirmed": False, "stands": False}
        if known["confirmed"] and not state["confirmed"]:
            return Normalised(state=last, note="Foursquare has said more of it already")
        if state["check_in"] is None:
            return _gone(state["id"], known, "Foursquare knows no such check-in")
        check_in = from_json(state["check_in"])
        draft = _fact(check_in, state, context)
        if draft is None:
            return _gone(check_in.id, {**known, "confirmed": state["confirmed"]}, "a place that is none of the hotels")
        return Normalised([draft], {"confirmed": state["confirmed"], "stands": True}, corrects=True)

    def check(self, link: Link) -> None:
        """Ask for the account of the first guest who is connected, and tell whom the last poll could not read."""
        for user in members.everyone(link)[:1]:
            member = members.find(link, user)
            if member is not None and api.account(link, member.token) != user:
                raise Refused("Foursquare names another account than the one that was connected")
        troubles = members.troubles(link)
        if troubles:
            raise Refused(f"{len(troubles)} connected guests cannot be read: {troubles[0]}")


def _fact(check_in: CheckIn, state: Json, context: Context) -> Draft | None:
    """None for a place that is none of the hotels, unless its guest has connected and places are kept."""
    settings = context.settings
    houses = settings.mapping("venues")
    if check_in.venue not in houses and (state["guest"] is None or not settings.flag("places")):
        return None
    evidence = Evidence.parse(settings.text("evidence")) if state["confirmed"] else Evidence.CLAIMED
    names = members.identities(state["user"], state["guest"])
    return fact(check_in, names, houses, evidence, companions=settings.flag("companions"))


def _gone(name: str, known: Json, note: str) -> Normalised:
    """Nothing stands, or no longer."""
    back = (key_of(name),) if known["stands"] else ()
    return Normalised((), {**known, "stands": False}, note, corrects=True, takes_back=back)
