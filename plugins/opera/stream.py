"""OPERA's stream of business events: GraphQL over a WebSocket, one listener for each application key and chain.

There is no acknowledgement. Each event has an offset, which is stored together with what the event said; the next
opening asks for events from that offset on, itself included, and what comes twice is known by its key. OPERA keeps
events for seven days.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Callable, Iterator

from rewards.sdk import Closed, Json, Link, Page, Refused, Secret, Socket, TryLater, pick, read_json

from . import events
from .calls import TOKEN, app_key, fetch_token

PROTOCOL = "graphql-transport-ws"
PING_S = 10.0
"""OPERA wants to hear of us every fifteen seconds."""

MOST_UNANSWERED = 3
ANSWER_S = 10.0
SHARE_OF_TOKEN = 0.9
CURSOR = "offset:"
_CHAIN = re.compile(r"[A-Za-z0-9 _%#$&-]{1,20}")
_OFFSET = re.compile(r"[0-9]{1,10}")
_ENDS = {
    4401: ("OPERA does not take the token for the stream (4401)", 5),
    4403: ("this application may not listen: has the environment's owner approved it? (4403)", 900),
    4408: ("OPERA waited too long for our greeting (4408)", 10),
    4409: ("somebody else listens with this application key (4409)", 60),
    4429: ("OPERA was greeted twice (4429)", 30),
    4504: ("OPERA did not answer our greeting (4504)", 10),
}
_HEADER = "moduleName eventName primaryKey timestamp hotelId"
_EVENT = f"metadata {{ offset uniqueEventId }} {_HEADER} detail {{ elementName newValue }}"


def hashed_key(key: str) -> str:
    """The application key as the stream's address has it: SHA-256 in lower-case hex."""
    return hashlib.sha256(key.encode()).hexdigest()


def subscription(chain: str, offset: str) -> str:
    """The subscription to a chain's events from an offset on; without one from the last that was handed out."""
    if not _CHAIN.fullmatch(chain):
        raise Refused("the chain code is not one that the stream takes")
    since = f', offset: "{offset}"' if _OFFSET.fullmatch(offset) else ""
    return f'subscription {{ newEvent(input: {{chainCode: "{chain}", delta: true{since}}}) {{ {_EVENT} }} }}'


def listen(cursor: str | None, link: Link, now_s: Callable[[], float] = time.monotonic) -> Iterator[Page]:
    """Pages of one opening of the stream: one for each event, and an empty one while nothing happens.

    Ends before the token does, when OPERA ends it, and with `TryLater` where OPERA says why not. `now_s` counts
    seconds.
    """
    offset = (cursor or "").removeprefix(CURSOR) if (cursor or "").startswith(CURSOR) else ""
    query = subscription(link.settings.text("chain"), offset)
    # Only a token that was fetched just now says how long it still lasts.
    link.client.forget(TOKEN)
    lasts_s = 0

    def fetched() -> tuple[Secret, int]:
        nonlocal lasts_s
        secret, lasts_s = fetch_token(link)
        return secret, lasts_s

    bearer = link.client.remember(TOKEN, fetched).reveal()
    until_s = now_s() + lasts_s * SHARE_OF_TOKEN
    key = app_key(link)
    socket = link.client.socket(f"{link.settings.text('gateway')}/subscriptions?key={hashed_key(key)}", PROTOCOL)
    try:
        _greet(socket, {"Authorization": f"Bearer {bearer}", "x-app-key": key})
        _send(socket, {"id": "1", "type": "subscribe", "payload": {"query": query}})
        yield from _heard(socket, link, until_s, now_s)
    except Closed as closed:
        _ended(link, closed)
    finally:
        socket.close()


def _send(socket: Socket, message: Json) -> None:
    socket.send(json.dumps(message))


def _greet(socket: Socket, proof: Json) -> None:
    _send(socket, {"type": "connection_init", "payload": proof})
    for _ in range(MOST_UNANSWERED):
        text = socket.receive(ANSWER_S)
        kind = _kind(_read(text)) if text is not None else ""
        if kind == "connection_ack":
            return
        if kind == "ping":
            _send(socket, {"type": "pong"})
    raise TryLater("OPERA did not answer our greeting", after_s=10)


def _heard(socket: Socket, link: Link, until_s: float, now_s: Callable[[], float]) -> Iterator[Page]:
    """What comes until the token is about to end, OPERA says that it was all, or no longer answers."""
    pinged_s, unanswered = now_s(), 0
    while now_s() < until_s:
        if now_s() - pinged_s >= PING_S:
            if unanswered >= MOST_UNANSWERED:
                raise TryLater("OPERA no longer answers", after_s=1)
            _send(socket, {"type": "ping"})
            pinged_s, unanswered = now_s(), unanswered + 1
            # Somebody may want to stop us, and learns here that the stream lives.
            yield Page()
        text = socket.receive(max(0.0, min(PING_S - (now_s() - pinged_s), until_s - now_s())))
        if text is None:
            continue
        unanswered = 0
        message = _read(text)
        kind = _kind(message)
        if kind == "ping":
            _send(socket, {"type": "pong"})
        elif kind == "next":
            yield _page(message, link)
        elif kind == "error":
            raise TryLater("OPERA refuses the subscription", after_s=300)
        elif kind == "complete":
            return
        elif kind != "pong":
            yield Page([events.unreadable(text, "a message of the stream is not one that is known")])
    _leave(socket)


def _leave(socket: Socket) -> None:
    """Say that it was all, and let OPERA close: what still comes is sent again from our offset on."""
    _send(socket, {"id": "1", "type": "complete"})
    while socket.receive(ANSWER_S) is not None:
        pass


def _ended(link: Link, closed: Closed) -> None:
    """A close that is no reason to complain ends the pages; any other says why and how long to wait."""
    if closed.code in (1000, 1001):
        return
    if closed.code == 4401:
        link.client.forget(TOKEN)
    reason, after_s = _ENDS.get(closed.code, (f"the stream was closed ({closed.code})", 1))
    raise TryLater(reason, after_s=after_s) from None


def _read(text: str) -> Json:
    """A message, None where it is no JSON: a stream is not left for one message, which would come again for ever."""
    try:
        return read_json(text.encode("utf-8", "surrogatepass"))
    except Refused:
        return None


def _kind(message: Json) -> str:
    kind = message.get("type") if isinstance(message, dict) else None
    return kind if isinstance(kind, str) else ""


def _page(message: Json, link: Link) -> Page:
    """The page of one `next`: its notice, if it tells one, and the offset after which the next opening begins."""
    event = _inner(message, "payload", "data", "newEvent")
    if event is None:
        return Page([events.unreadable(message, "a message of the stream has no event")])
    notice = events.streamed(event, link.settings.mapping("hotels"))
    try:
        offset = pick(event, "metadata.offset", str, "")
    except Refused:
        offset = ""
    cursor = CURSOR + offset if _OFFSET.fullmatch(offset) else None
    return Page([] if notice is None else [notice], cursor)


def _inner(value: Json, *steps: str) -> Json:
    for step in steps:
        value = value.get(step) if isinstance(value, dict) else None
    return value
