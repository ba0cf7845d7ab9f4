"""A property management system of the thin sort: a message names a reservation, and one has to look."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from rewards.sdk import (
    Context,
    Draft,
    Event,
    Field,
    FieldKind,
    Identity,
    Json,
    Kind,
    Link,
    LiveSource,
    Normalised,
    Notice,
    Page,
    RawMessage,
    Refused,
    Secret,
    TryLater,
    Values,
    check_secret,
    instant,
    pick,
    read_json,
    settle,
)

BASE = "https://pms.example"


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused("a day cannot be read") from None


class ToyPms(LiveSource):
    """Arrivals, departures, and their undoing."""

    fields = (
        Field("secret", FieldKind.SECRET, {"en": "Header secret", "nl": "Geheim in de kop"}),
        Field("houses", FieldKind.MAPPING, {"en": "Hotel to property", "nl": "Hotel naar huis"}),
    )
    poll_every = timedelta(minutes=1)
    topics = ("decision.committed", "grant.voided")

    def verify(self, message: RawMessage, settings: Values) -> None:
        """A header of our choice."""
        check_secret(message.header("X-Toy-Secret"), settings.secrets("secret"))

    def parse(self, message: RawMessage, settings: Values) -> list[Notice]:
        """Each reservation that changed, by its time of change."""
        return [_notice(one) for one in pick(read_json(message.body), "changed", list)]

    def fetch(self, notice: Notice, link: Link) -> Json:
        """The reservation as it is now; None where it is gone."""
        token = link.client.remember("token", lambda: self._token(link))
        found = link.client.get(
            f"{BASE}/reservations/{notice.entity}", headers={"Authorization": f"Bearer {token.reveal()}"}
        )
        if found.status == 401:
            link.client.forget("token")
            raise TryLater("the token was refused", after_s=1)
        if found.status == 404:
            return None
        body = found.expect(200).json()
        kept = {name: pick(body, name, str) for name in ("status", "guest", "house", "arrival", "departure")}
        kept["in_at"] = pick(body, "checked_in_at", str, None)
        return kept

    def _token(self, link: Link) -> tuple[Secret, int]:
        secret = link.settings.secret("secret").reveal()
        body = link.client.post(f"{BASE}/token", form={"client_secret": secret}).expect(200).json()
        return Secret(pick(body, "access_token", str)), pick(body, "expires_in", int)

    def normalise(self, state: Json, last: Json, context: Context) -> Normalised:
        """A check-in while the guest is in house, and a stay once they have left."""
        stated = _stated(state, context) if state else []
        drafts, standing = settle(last, stated)
        return Normalised(drafts, standing)

    def poll(self, cursor: str | None, link: Link) -> Page:
        """A queue that deletes what it hands out."""
        body = link.client.get(f"{BASE}/queue", params={"after": cursor or "0"}).expect(200).json()
        notices = [_notice(one) for one in pick(body, "changed", list)]
        return Page(notices, pick(body, "next", str, None), pick(body, "more", bool, False))

    def listen(self, cursor: str | None, link: Link) -> Iterator[Page]:
        """A stream, which is here as long as somebody answers."""
        while True:
            page = self.poll(cursor, link)
            if not page.notices:
                return
            cursor = page.cursor
            yield page

    def deliver(self, event: Event, link: Link) -> None:
        """An alert on the reservation, or its undoing."""
        for grant in event.data["grants"]:
            alert = {"reservation": grant["reservation"], "text": grant["title"].get("en", grant["perk"])}
            how = "DELETE" if event.topic == "grant.voided" else "PUT"
            where = f"{BASE}/alerts/{grant['grant']}"
            link.client.request(how, where, json=alert, headers={"Idempotency-Key": event.id}).expect()


def _notice(one: Json) -> Notice:
    reservation, at = pick(one, "id", str), pick(one, "at", str)
    if not 1 <= len(reservation) <= 60 or not reservation.isalnum():
        raise Refused("id is not a reservation's")
    return Notice(f"{reservation}/{at}", "reservation", reservation)


def _stated(state: Json, context: Context) -> list[Draft]:
    code = context.settings.mapping("houses").get(state["house"])
    if code is None:
        return []
    who = (Identity("pms", state["guest"], verified=True),)
    if state["status"] == "InHouse" and state["in_at"]:
        key = f"{state['house']}/{state['arrival']}/{state['guest']}/in"
        return [Draft(Kind.CHECK_IN, key, who, code, instant(state["in_at"]))]
    if state["status"] == "CheckedOut":
        arrival, departure = _day(state["arrival"]), _day(state["departure"])
        key = f"{state['house']}/{state['arrival']}/{state['guest']}/stay"
        return [Draft(Kind.STAY, key, who, code, arrival=arrival, departure=departure)]
    return []


source = ToyPms()
