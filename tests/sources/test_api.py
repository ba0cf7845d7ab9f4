"""Connections through the API: added, changed, polled, retried, removed; secrets go in and never come out."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rewards.sdk import Secret, sign_standard_webhook
from tests.api.client import Api
from tests.api.conftest import api, desk

__all__ = ["api", "desk"]

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = {"source": "cloudevents", "properties": ["harbour"], "settings": {"signing_secret": SECRET}}
EVENT = {
    "specversion": "1.0", "type": "rewards.activity.recorded.v1", "source": "x", "id": "1",
    "data": {"kind": "spend", "guest": "card:00412", "property": "harbour", "occurred_at": "2026-11-20T20:00:00Z",
             "amount_minor": 900, "currency": "EUR"},
}  # fmt: skip


def push(api: Api, path: str, event: Any = EVENT) -> int:
    body = json.dumps(event).encode()
    signed = sign_standard_webhook(Secret(SECRET), "msg_1", api.clock.now(), body)
    headers = {**signed, "Content-Type": "application/cloudevents+json"}
    return api.app.test_client().post(path, data=body, headers=headers).status_code


def test_a_source_is_turned_on_and_hears_messages(api: Api) -> None:
    made = api.good("POST", "/sources", BODY)
    assert (made["on"], made["properties"], made["settings"]["signing_secret"]) == (True, {"harbour": True}, "•••")
    assert push(api, made["path"]) == 202
    (notice,) = api.good("GET", f"/sources/{made['id']}/inbox")["notices"]
    assert (notice["state"], notice["key"]) == ("due", "x/1")
    assert api.good("GET", f"/sources/{made['id']}")["health"]["due"] == 1
    assert api.good("GET", f"/sources/{made['id']}/inbox?state=dead")["notices"] == []
    assert api.good("POST", f"/sources/{made['id']}/retry")["count"] == 0
    assert api.good("POST", f"/sources/{made['id']}/poll")["job"].startswith("job_")


def test_every_source_there_is_is_listed_with_the_connections(desk: Api) -> None:
    page = desk.good("GET", "/sources")
    assert "cloudevents" in [one["name"] for one in page["sources"]]
    assert (page["connections"], page["broken"]) == ([], {})


def test_off_is_refused_and_on_is_taken_again(desk: Api) -> None:
    made = desk.good("POST", "/sources", BODY)
    assert desk.good("PUT", f"/sources/{made['id']}", {"on": False})["on"] is False
    assert push(desk, made["path"]) == 404
    assert desk.good("PUT", f"/sources/{made['id']}", {"on": True})["on"] is True
    assert push(desk, made["path"]) == 202


def test_without_what_it_needs_a_source_stays_off_and_says_what(desk: Api) -> None:
    made = desk.good("POST", "/sources", {**BODY, "settings": {}})
    assert (made["on"], made["health"]["trouble"]) == (False, "“signing_secret” is not set")
    refused = desk.put(f"/sources/{made['id']}", {"on": True})
    assert (refused.status, refused.json["field"]) == (422, "settings.signing_secret")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"source": "nowhere"}, None),
        ({"properties": ["atlantis"]}, "properties"),
        ({"properties": []}, "properties"),
        ({"label": "a/b"}, "label"),
        ({"settings": {"signing_secret": 7}}, "settings.signing_secret"),
        ({"settings": {"signing_secret": SECRET, "evidence": "fame"}}, "settings.evidence"),
        ({"settings": {"signing_secret": SECRET, "verified": "perhaps"}}, "settings.verified"),
        ({"settings": {"signing_secret": SECRET, "properties": {"H": "atlantis"}}}, "settings.properties"),
        ({"settings": {"signing_secret": SECRET, "followers": "1"}}, "settings.followers"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(desk: Api, change: dict[str, Any], field: str | None) -> None:
    before = desk.rows()
    answer = desk.post("/sources", {**BODY, **change})
    assert 400 <= answer.status < 500
    assert answer.json.get("field") == field
    assert SECRET.encode() not in answer.data
    assert desk.rows() == before


def test_the_second_connection_of_a_source_has_a_label(desk: Api) -> None:
    first = desk.good("POST", "/sources", BODY)
    assert desk.post("/sources", BODY).code == "already_exists"
    second = desk.good("POST", "/sources", {**BODY, "label": "till"})
    assert first["path"] != second["path"]


def test_a_replaced_secret_is_accepted_for_as_long_as_is_said(desk: Api) -> None:
    made = desk.good("POST", "/sources", BODY)
    new = {"signing_secret": "whsec_c2Vhc2lkZSBoYXMgYSBzZWNyZXQgdG9v"}
    desk.good("PUT", f"/sources/{made['id']}", {"settings": new, "keep_old_hours": 1})
    assert push(desk, made["path"]) == 202
    desk.good(
        "PUT", f"/sources/{made['id']}", {"settings": {"signing_secret": "whsec_dGhlIHRoaXJkIG9uZSBpcyBzZWNyZXQu"}}
    )
    assert push(desk, made["path"], {**EVENT, "id": "2"}) == 401


def test_removed_is_gone_and_what_it_told_of_stays(desk: Api) -> None:
    made = desk.good("POST", "/sources", BODY)
    assert desk.good("DELETE", f"/sources/{made['id']}")["id"] == made["id"]
    assert desk.get(f"/sources/{made['id']}").status == 404
    assert push(desk, made["path"]) == 404


def test_the_same_key_turns_on_once(desk: Api) -> None:
    first = desk.post("/sources", BODY, key="turn-on-cloudevents")
    again = desk.post("/sources", BODY, key="turn-on-cloudevents")
    assert (again.replayed, again.json["id"]) == (True, first.json["id"])
    assert len(desk.good("GET", "/sources")["connections"]) == 1
