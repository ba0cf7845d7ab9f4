"""The blueprint in somebody else's app: its refusals are problems, the app's pages and errors stay the app's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from rewards.errors import NOT_FOUND, RewardsError
from tests.api.client import Api, open_api, publish
from tests.stage import question

LOST = "the shop has no such shelf"


def furnish(app: Flask) -> None:
    """Somebody's pages, and what they show where something is wrong."""

    @app.get("/shop")
    def front() -> str:
        return "the shop"

    @app.get("/shop/defect")
    def defect() -> str:
        raise RewardsError(NOT_FOUND, "raised by the shop itself")

    @app.errorhandler(404)
    @app.errorhandler(405)
    def lost(error: Any) -> tuple[str, int]:
        return LOST, error.code

    @app.errorhandler(Exception)
    def broken(error: Exception) -> tuple[str, int]:
        return f"the shop is sorry: {type(error).__name__}", 500


@pytest.fixture
def mounted(sqlite_file: Path, tmp_path: Path) -> Iterator[Api]:
    """The engine under /loyalty in a shop that has handlers for everything."""
    made = open_api(f"sqlite:///{sqlite_file}", tmp_path, prefix="/loyalty")
    furnish(made.app)
    publish(made)
    yield made
    made.database.close()


def test_the_shops_pages_and_errors_stay_the_shops(mounted: Api) -> None:
    client = mounted.app.test_client()
    assert client.get("/shop").text == "the shop"
    for path in ("/nowhere", "/loyalty", "/loyalty/nowhere", "/v1/decisions", "/loyaltyv1/decisions"):
        answer = client.get(path)
        assert (answer.status_code, answer.text) == (404, LOST), path
    assert (client.post("/shop").status_code, client.post("/shop").text) == (405, LOST)
    assert client.get("/shop/defect").text == "the shop is sorry: RewardsError"


@pytest.mark.parametrize("path", ["/nowhere", "/", "/decisions/x/y/z", "/Decisions", "/decisions/", "/%2e%2e/shop"])
def test_an_address_that_is_none_is_a_problem(mounted: Api, path: str) -> None:
    answer = mounted.get(path)
    assert (answer.status, answer.code) == (404, "not_found")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/decisions", "GET, HEAD, POST"), ("PATCH", "/guests/gst_1", "GET, HEAD"),
        ("GET", "/guests/gst_1/enrol", "POST"), ("POST", "/properties/harbour", "GET, HEAD, PUT"),
        ("GET", "/keys/key_1", "DELETE"),
    ],
)  # fmt: skip
def test_a_method_that_is_not_taken_is_a_problem_that_says_which_are(
    mounted: Api, method: str, path: str, allowed: str
) -> None:
    answer = mounted.call(method, path)
    assert (answer.status, answer.code, answer.headers["Allow"]) == (405, "method_not_allowed", allowed)


def test_what_the_framework_refuses_is_a_problem_too(mounted: Api) -> None:
    mounted.app.config["MAX_CONTENT_LENGTH"] = 100
    answer = mounted.post("/decisions", question())
    assert (answer.status, answer.code) == (413, "body_too_large")
    mounted.app.config["MAX_CONTENT_LENGTH"] = None
    assert mounted.post("/decisions", question(enrol=True)).status == 201


@pytest.mark.parametrize("testing", [True, False])
def test_a_defect_of_ours_is_a_problem_and_not_the_shops_page(
    mounted: Api, testing: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounted.app.testing = testing

    def defect(*_: object, **__: object) -> None:
        raise KeyError("a defect of ours")

    monkeypatch.setattr("rewards.desk.ask.consider", defect)
    answer = mounted.post("/decisions", question(mode="preview"))
    assert (answer.status, answer.code) == (500, "internal")
    assert b"KeyError" not in answer.data


def test_links_lead_back_to_where_the_engine_is(mounted: Api) -> None:
    for number in range(3):
        mounted.stays(f"card:m{number}", 10)
    link = mounted.get("/guests?limit=2").headers["Link"]
    assert link.startswith("</loyalty/v1/guests?limit=2&cursor=")
    assert link.endswith('>; rel="next"')
    under = mounted.app.test_client().get(
        "/loyalty/v1/guests?limit=2",
        headers={"Authorization": f"Bearer {mounted.secret}"},
        environ_overrides={"SCRIPT_NAME": "/hotels"},
    )
    assert under.headers["Link"].startswith("</hotels/loyalty/v1/guests?")


def test_a_key_means_the_same_wherever_the_engine_is_mounted(mounted: Api, tmp_path: Path) -> None:
    body, key = question(enrol=True), "arrival-R-4711-2026"
    first = mounted.post("/decisions", body, key=key)
    grant = first.json["perks"][0]["grant"] if first.json["perks"] else None
    assert grant is None
    moved = open_api(mounted.database.url, tmp_path)
    there = Api(moved.app, moved.database, moved.clock, mounted.secret)
    again = there.post("/decisions", body, key=key)
    assert (again.data, again.replayed) == (first.data, True)
    guest = first.json["guest"]
    joined = mounted.post(f"/guests/{guest}/enrol", key=key)
    assert there.post(f"/guests/{guest}/enrol", key=key).data == joined.data
    moved.database.close()
