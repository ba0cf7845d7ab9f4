"""Calls of Apaleo's API: a token that is fetched when it is needed, and renewed once when it is refused."""

from __future__ import annotations

import base64
from collections.abc import Mapping

from rewards.sdk import Json, Link, Refused, Response, Secret, TryLater, pick

IDENTITY = "https://identity.apaleo.com/connect/token"
API = "https://api.apaleo.com"
NOT_KNOWN_S = 300


def get(link: Link, path: str, params: Mapping[str, str]) -> Json:
    """What Apaleo says at a path, None where there is nothing (204, 404); `TryLater` for every other status."""
    found = _call(link, path, params)
    if found.status == 401:
        link.client.forget("token")
        found = _call(link, path, params)
    if found.status == 403:
        raise TryLater(f"the app may not read {path.split('/')[3]}: a scope is missing", after_s=NOT_KNOWN_S)
    if found.status in (204, 404):
        return None
    return found.expect(200).json()


def _call(link: Link, path: str, params: Mapping[str, str]) -> Response:
    token = link.client.remember("token", lambda: _token(link))
    return link.client.get(API + path, params=params, headers={"Authorization": f"Bearer {token.reveal()}"})


def _token(link: Link) -> tuple[Secret, int]:
    user = f"{link.settings.text('client_id')}:{link.settings.secret('client_secret').reveal()}"
    headers = {"Authorization": "Basic " + base64.b64encode(user.encode()).decode()}
    found = link.client.post(IDENTITY, headers=headers, form={"grant_type": "client_credentials"})
    if found.status in (400, 401):
        raise TryLater("Apaleo does not know the client id or its secret", after_s=NOT_KNOWN_S)
    try:
        answer = found.expect(200).json()
        return Secret(pick(answer, "access_token", str)), max(60, pick(answer, "expires_in", int, 3_600))
    except Refused:
        # Whatever stands in for the token now, the notice that asked for it is as good as before.
        raise TryLater("Apaleo's answer holds no token") from None
