"""Calls to OPERA Cloud: the token, the headers that every call carries, and what its refusals mean."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from urllib.parse import quote

from rewards.sdk import Json, Link, Refused, Response, Secret, TryLater, pick

TOKEN = "token"  # noqa: S105 - the name it is remembered by
SCOPE = "urn:opc:hgbu:ws:__myscopes__"
SHORTEST_S, LONGEST_S = 60, 86_400
NOT_THERE = (204, 404)


def part(text: str) -> str:
    """A text as one part of a path."""
    return quote(text, safe="")


def call(
    link: Link, method: str, path: str, hotel: str, *, params: Mapping[str, str] | None = None, json: Json = None
) -> Response:
    """One call for one hotel, as whoever the settings name.

    A token that is no longer taken is forgotten and `TryLater` asks to come back at once; without the right to call
    (403) it asks to come back later, for rights are given by people.
    """
    found = link.client.request(
        method, link.settings.text("gateway") + path, params=params, json=json, headers=_headers(link, hotel)
    )
    if found.status == 401:
        link.client.forget(TOKEN)
        raise TryLater("OPERA no longer takes the token", after_s=1)
    if found.status == 403:
        raise TryLater("OPERA does not let this application call that (403)", after_s=600)
    return found


def _headers(link: Link, hotel: str) -> dict[str, str]:
    bearer = token(link).reveal()
    return {"Authorization": f"Bearer {bearer}", "x-app-key": app_key(link), "x-hotelid": hotel}


def app_key(link: Link) -> str:
    """The application's key, which every call carries."""
    return link.settings.secret("app_key").reveal()


def token(link: Link) -> Secret:
    """The token of this connection, fetched where there is none that is fresh."""
    return link.client.remember(TOKEN, lambda: fetch_token(link))


def fetch_token(link: Link) -> tuple[Secret, int]:
    """A new token with the seconds it lasts: by client credentials, or by password where a user is set."""
    found = link.client.post(
        f"{link.settings.text('gateway')}/oauth/v1/tokens", headers=_sign_in_headers(link), form=_grant(link)
    )
    if 400 <= found.status < 500:
        raise TryLater(f"OPERA refuses the client id, its secret or the user ({found.status})", after_s=300)
    body = found.expect(200).json()
    try:
        text, lasts_s = pick(body, "access_token", str), pick(body, "expires_in", int, 3_600)
    except Refused as refused:
        raise TryLater(f"OPERA's answer holds no token: {refused.reason}", after_s=300) from None
    if not (text.isascii() and text.isprintable() and text):
        raise TryLater("OPERA's answer holds no token", after_s=300)
    return Secret(text), min(LONGEST_S, max(SHORTEST_S, lasts_s))


def _sign_in_headers(link: Link) -> dict[str, str]:
    pair = f"{link.settings.text('client_id')}:{link.settings.secret('client_secret').reveal()}"
    headers = {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode(), "x-app-key": app_key(link)}
    enterprise = link.settings.text("enterprise_id")
    return {**headers, "enterpriseId": enterprise} if enterprise else headers


def _grant(link: Link) -> dict[str, str]:
    user = link.settings.text("username")
    if user:
        password = link.settings.secret("password").reveal()
        return {"grant_type": "password", "username": user, "password": password}
    return {"grant_type": "client_credentials", "scope": SCOPE}
