"""A guest connects Swarm: a signed link of the hotel's leads to Foursquare, which leads back with a code for a token.

Links and the way back are called by browsers, so neither rests on the secrecy of the address. A link is signed by the
hotel; the way back only counts in the browser that left, which holds a signed cookie with the same nonce as `state`.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlencode, urlsplit

from rewards.sdk import (
    Answer,
    Desk,
    Identity,
    Link,
    RawMessage,
    Refused,
    Secret,
    Values,
    check_hmac,
    hmac_hex,
    pick,
    same,
    timestamp,
)

from . import api, members

AUTHENTICATE = "https://foursquare.com/oauth2/authenticate"
ACCESS_TOKEN = "https://foursquare.com/oauth2/access_token"  # noqa: S105 - an address
COOKIE = "rewards_swarm"
TO_COME_BACK = timedelta(minutes=15)
LONGEST_LINK = timedelta(days=31)
NEEDED = ("client_id", "client_secret", "link_secret", "callback")
CONNECTED = "Swarm is connected. You can close this page.\nSwarm is gekoppeld. U kunt deze pagina sluiten.\n"
DECLINED = "Swarm was not connected.\nSwarm is niet gekoppeld.\n"
_QUIET = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


def signed(what: str, *said: str) -> bytes:
    """The bytes that are signed: what is allowed, and everything it is allowed with."""
    return "\n".join((what, *said)).encode("utf-8", "surrogatepass")


def check_link(message: RawMessage, settings: Values) -> None:
    """`Refused` unless the hotel has signed this guest's link, for what it leads to, and it is not over."""
    what = message.path.strip("/")
    guest, until = message.query.get("guest", ""), message.query.get("until", "")
    check_hmac(message.query.get("sign", ""), settings.secrets("link_secret"), signed(what, guest, until))
    _check_until(timestamp(until), message.received_at, LONGEST_LINK)


def check_return(message: RawMessage, settings: Values) -> None:
    """`Refused` unless this browser left here, a moment ago, with this state."""
    if not same(message.query.get("state", ""), _left(message, settings.secrets("link_secret"))[0]):
        raise Refused("the connection was begun elsewhere; open the link of the hotel again")


def _check_until(until: datetime, now: datetime, longest: timedelta) -> None:
    if not now <= until <= now + longest:
        raise Refused("the link is over; ask the hotel for a new one")


def begin(message: RawMessage, desk: Desk) -> Answer:
    """Send the guest to Foursquare, with a nonce that the same browser must bring back."""
    link, guest = desk.link, message.query["guest"]
    settings = _ready(link.settings)
    if desk.find(_identity(guest)) is None:
        raise Refused("the link names no guest of this house", status=404)
    nonce = secrets.token_urlsafe(24)
    until = str(int((link.now + TO_COME_BACK).timestamp()))
    query = {
        "client_id": settings.text("client_id"), "response_type": "code", "redirect_uri": settings.text("callback"),
        "state": nonce,
    }  # fmt: skip
    headers = {"Location": f"{AUTHENTICATE}?{urlencode(query)}", "Set-Cookie": _cookie(settings, nonce, guest, until)}
    return Answer(302, content_type="text/plain; charset=utf-8", headers={**_QUIET, **headers})


def _ready(settings: Values) -> Values:
    lacking = [name for name in NEEDED if not (settings.secrets(name) if "secret" in name else settings.text(name))]
    if lacking:
        raise Refused(f"the house has not set {lacking[0]} yet", status=404)
    return settings


def _identity(guest: str) -> Identity:
    kind, _, value = guest.partition(":")
    if not kind or not value:
        raise Refused("guest is not kind:value")
    return Identity(kind, value)


def _cookie(settings: Values, nonce: str, guest: str, until: str) -> str:
    name = base64.urlsafe_b64encode(guest.encode("utf-8", "surrogatepass")).decode().rstrip("=")
    sign = hmac_hex(settings.secret("link_secret"), signed("return", nonce, guest, until))
    path = urlsplit(settings.text("callback")).path or "/"
    age = int(TO_COME_BACK.total_seconds())
    return f"{COOKIE}={nonce}.{name}.{until}.{sign}; Max-Age={age}; Path={path}; Secure; HttpOnly; SameSite=Lax"


def _left(message: RawMessage, accepted: Sequence[Secret]) -> tuple[str, str]:
    """The nonce with which this browser left, and the guest it left for."""
    parts = _cookies(message.header("cookie")).get(COOKIE, "").split(".")
    if len(parts) != 4:
        raise Refused("the connection was begun elsewhere; open the link of the hotel again")
    nonce, name, until, sign = parts
    try:
        guest = base64.urlsafe_b64decode(name + "=" * (-len(name) % 4)).decode()
    except (binascii.Error, ValueError):
        raise Refused("the cookie cannot be read") from None
    check_hmac(sign, accepted, signed("return", nonce, guest, until))
    _check_until(timestamp(until), message.received_at, TO_COME_BACK)
    return nonce, guest


def _cookies(header: str) -> Mapping[str, str]:
    pairs = (part.partition("=") for part in header.split(";"))
    return {name.strip(): value.strip() for name, _, value in pairs}


def finish(message: RawMessage, desk: Desk) -> Answer:
    """Turn the code into a token, find out whose account it is, and keep both as the guest's."""
    link = desk.link
    settings = _ready(link.settings)
    code = message.query.get("code", "")
    if not code:
        return Answer.text(DECLINED)
    guest = _left(message, settings.secrets("link_secret"))[1]
    token = _token(link, code)
    user = api.account(link, token)
    if _is_anothers(desk, user, guest):
        raise Refused("this Swarm account is connected with another guest", status=409)
    after = link.now - timedelta(days=settings.number("history_days"))
    members.keep(link, members.Connected(user, token, guest, max(0, int(after.timestamp()))))
    gone = {"Set-Cookie": f"{COOKIE}=; Max-Age=0; Path={urlsplit(settings.text('callback')).path or '/'}; Secure"}
    return Answer(200, CONNECTED.encode(), "text/plain; charset=utf-8", {**_QUIET, **gone})


def _token(link: Link, code: str) -> str:
    settings = link.settings
    form = {
        "client_id": settings.text("client_id"), "client_secret": settings.secret("client_secret").reveal(),
        "grant_type": "authorization_code", "redirect_uri": settings.text("callback"), "code": code,
    }  # fmt: skip
    answer = link.client.post(ACCESS_TOKEN, form=form)
    if answer.status >= 500:
        answer.expect()
    if answer.status != 200:
        raise Refused("Foursquare did not accept the code; open the link of the hotel again")
    token: str = pick(answer.json(), "access_token", str)
    if not (1 <= len(token) <= 500 and token.isascii() and token.isprintable()):
        raise Refused("access_token is not a token")
    return token


def _is_anothers(desk: Desk, user: str, guest: str) -> bool:
    """Whether an account was ever connected with another guest: they would become one person here."""
    before = members.owner(desk.link, user)
    if before is None:
        return False
    one, other = desk.find(_identity(before)), desk.find(_identity(guest))
    return one is not None and other is not None and one.guest != other.guest


def stop(message: RawMessage, desk: Desk) -> Answer:
    """End every connection of a guest, at the hotel's word; what was recorded stays."""
    link, guest = desk.link, message.query["guest"]
    found = (members.find(link, user) for user in members.everyone(link))
    ended = [one.user for one in found if one is not None and one.guest == guest]
    for user in ended:
        members.end(link, user)
    return Answer.json({"ended": len(ended)})
