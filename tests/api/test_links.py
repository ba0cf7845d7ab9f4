"""Links over HTTP: put, told from both sides, undone; nothing of the other guest but the id."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.client import Api

ANA, BEN = "card:00412", "card:00413"
PATH = f"/guests/{ANA}/links"


@pytest.fixture
def known(api: Api) -> tuple[str, str]:
    """Ana and Ben, as ids."""
    made = [api.good("POST", "/guests", {"identities": [who], "first_name": "Somebody"})["id"] for who in (ANA, BEN)]
    return made[0], made[1]


def links(api: Api, guest: str = ANA) -> list[tuple[str, str]]:
    return [(one["guest"], one["kind"]) for one in api.good("GET", f"/guests/{guest}/links")["links"]]


def test_a_link_is_told_from_both_sides_and_undone_from_either(api: Api, known: tuple[str, str]) -> None:
    ana, ben = known
    put = api.good("PUT", f"{PATH}/friend/{BEN}")
    (one,) = put["links"]
    assert put["guest"] == ana
    assert set(one) == {"guest", "kind", "linked_at", "source", "linked_by"}
    assert (one["guest"], one["kind"], one["linked_at"]) == (ben, "friend", "2026-11-22T14:03:11Z")
    assert links(api, BEN) == [(ana, "friend")]
    assert api.good("DELETE", f"/guests/{ben}/links/friend/{ana}") == {"guest": ben, "links": []}
    assert links(api) == []


def test_the_same_again_changes_nothing(api: Api, known: tuple[str, str]) -> None:
    first = api.good("PUT", f"{PATH}/friend/{BEN}")
    before = api.rows()
    assert api.good("PUT", f"{PATH}/friend/{BEN}") == first
    assert api.good("DELETE", f"{PATH}/household/{BEN}") == first
    assert {name: rows for name, rows in api.rows().items() if name != "idempotency"} == {
        name: rows for name, rows in before.items() if name != "idempotency"
    }


def test_two_guests_may_be_linked_in_several_ways(api: Api, known: tuple[str, str]) -> None:
    _, ben = known
    for kind in ("friend", "travels_with", "household"):
        api.good("PUT", f"{PATH}/{kind}/{BEN}")
    assert links(api) == [(ben, "friend"), (ben, "travels_with"), (ben, "household")]
    api.good("DELETE", f"{PATH}/travels_with/{BEN}")
    assert links(api) == [(ben, "friend"), (ben, "household")]


def test_a_link_changes_what_is_known_of_both_and_is_in_the_trail(api: Api, known: tuple[str, str]) -> None:
    ana, ben = known
    versions = [api.good("GET", f"/guests/{who}")["version"] for who in known]
    api.good("PUT", f"{PATH}/friend/{BEN}")
    assert [api.good("GET", f"/guests/{who}")["version"] for who in known] == [one + 1 for one in versions]
    api.good("DELETE", f"{PATH}/friend/{BEN}")
    trail: list[dict[str, Any]] = api.good("GET", "/audit")["audit"]
    told = {(one["action"], one["object"]) for one in trail}
    assert {("guest.link", ana), ("guest.unlink", ana)} <= told
    assert ben in str(trail)


@pytest.mark.parametrize(
    ("path", "code"),
    [
        (f"{PATH}/friend/card:nobody", "guest_unknown"),
        (f"/guests/card:nobody/links/friend/{BEN}", "guest_unknown"),
        (f"{PATH}/friend/{ANA}", "field_invalid"),
        (f"{PATH}/followers/{BEN}", "field_invalid"),
    ],
)
def test_a_link_that_cannot_be_is_refused_and_leaves_nothing(
    api: Api, known: tuple[str, str], path: str, code: str
) -> None:
    assert api.put(path).code == code
    assert api.call("DELETE", path).code == code
    assert links(api) == links(api, BEN) == []


def test_a_fact_brings_links_to_those_who_are_known(api: Api, known: tuple[str, str]) -> None:
    _, ben = known
    fact = {
        "key": "table/1", "kind": "check_in", "guest": ANA, "property": "harbour",
        "occurred_at": "2026-11-22T14:00:00Z",
        "links": [{"kind": "friend", "guest": BEN}, {"kind": "friend", "guest": "card:stranger"}],
    }  # fmt: skip
    for _ in range(2):
        api.good("POST", "/activities", {"activities": [fact]})
    assert links(api) == [(ben, "friend")]
    assert api.get("/guests/card:stranger").code == "guest_unknown"
    wrong = fact | {"key": "table/2", "links": [{"kind": "fan", "guest": BEN}]}
    refused = api.post("/activities", {"activities": [wrong]})
    assert (refused.status, refused.code) == (422, "field_invalid")
