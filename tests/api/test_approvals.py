"""Approvals over the API: a clerk's key asks, a supervisor's key says yes or no."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.client import Answer, Api, publish
from tests.stage import question

RULES = """
rule: recovery
title: {en: Points for a bad night, nl: Punten voor een slechte nacht}
at: request
when: {fact: request.points, more_than: 2000}
give: {perk: points, points: {fact: request.points}}
approval: {by: supervisor, within: 7 days}
---
rule: by-role
title: {en: A cake from the kitchen, nl: Een taart uit de keuken}
at: during_stay
when: {fact: request.role, is: kitchen}
give: cake
"""
CLERK_SCOPES = ("decisions:write", "grants:read", "grants:write", "guests:read")


@pytest.fixture
def house(api: Api) -> Api:
    publish(api, RULES)
    api.good("POST", "/guests", {"identities": ["card:00412"]})
    return api


def worker(api: Api, role: str | None, *scopes: str, **more: Any) -> Api:
    """The API with a key that the operator made for somebody of a role."""
    made = api.good("POST", "/keys", {"name": f"{role} at work", "scopes": list(scopes), "role": role, **more})
    assert made["role"] == role
    return Api(api.app, api.database, api.clock, made["secret"])


def asks(clerk: Api, points: int = 5000, **more: Any) -> dict[str, Any]:
    """What a clerk's question for points is answered."""
    return dict(clerk.ask(moment="request", request={"points": points}, **more))


def says(who: Api, what: str, grant: str, key: str | None = None) -> Answer:
    return who.post(f"/grants/{grant}/{what}", {"by": "Mia", "reason": "a bad night"}, key=key)


def test_a_supervisor_finds_what_waits_and_says_yes(house: Api) -> None:
    clerk = worker(house, "clerk", *CLERK_SCOPES)
    supervisor = worker(house, "supervisor", "grants:read", "grants:approve", properties=["harbour"])
    asked = asks(clerk)
    (perk,) = asked["perks"]
    assert (perk["state"], perk["approval"]["by"]) == ("pending", "supervisor")
    (waits,) = supervisor.good("GET", "/grants?state=pending&property=harbour")["grants"]
    assert (waits["id"], waits["state"], waits["approval"]["by"]) == (perk["grant"], "pending", "supervisor")
    assert waits["approval"]["asked_by"].startswith("key_")
    assert waits["approval"]["given_at"] is None
    assert house.good("GET", "/guests/card:00412/points")["points"] == 0
    given = says(supervisor, "approve", perk["grant"], key="an-approval-of-mia")
    assert (given.status, given.json["state"]) == (200, "delivered")
    assert given.json["approval"]["given_at"] == "2026-11-22T14:03:11Z"
    again = says(supervisor, "approve", perk["grant"], key="an-approval-of-mia")
    assert (again.data, again.replayed) == (given.data, True)
    assert house.good("GET", "/guests/card:00412/points")["points"] == 5000
    assert supervisor.good("GET", "/grants?state=pending&property=harbour")["grants"] == []
    told = supervisor.good("GET", f"/grants/{perk['grant']}/events")["events"]
    assert [(one["kind"], one["by"], one["reason"]) for one in told[1:2]] == [("granted", "Mia", "a bad night")]
    assert house.violations() == []


def test_a_refusal_needs_a_reason_and_gives_all_back(house: Api) -> None:
    grant = asks(worker(house, "clerk", *CLERK_SCOPES))["perks"][0]["grant"]
    supervisor = worker(house, "supervisor", "grants:approve")
    bare = supervisor.post(f"/grants/{grant}/refuse", {"by": "Mia"})
    assert (bare.status, bare.code, bare.json["field"]) == (422, "field_invalid", "reason")
    assert says(supervisor, "refuse", grant).json["state"] == "refused"
    assert says(supervisor, "approve", grant).code == "approval_not_open"
    assert house.good("GET", "/guests/card:00412/points")["points"] == 0
    trail = house.good("GET", "/audit?limit=200")["audit"]
    (line,) = [one for one in trail if one["action"] == "grant.refuse"]
    assert (line["object"], line["actor"].startswith("key_")) == (grant, True)
    assert house.violations() == []


@pytest.mark.parametrize("what", ["approve", "refuse"])
def test_who_may_not_say_yes_or_no(house: Api, what: str) -> None:
    asker = worker(house, "supervisor", *CLERK_SCOPES, "grants:approve")
    grant = asks(asker)["perks"][0]["grant"]
    for who, code in (
        (asker, "approval_own"),
        (worker(house, "clerk", "grants:approve"), "role_missing"),
        (worker(house, None, "grants:approve"), "role_missing"),
        (worker(house, "supervisor", "grants:write"), "scope_missing"),
        (worker(house, "supervisor", "grants:approve", properties=["hudson"]), "property_forbidden"),
    ):
        told = says(who, what, grant)
        assert (told.status, told.code) == (403, code)
    assert house.good("GET", f"/grants/{grant}")["state"] == "pending"
    assert says(house, what, grant).status == 200


def test_the_operators_own_key_may_approve_what_it_asked(house: Api) -> None:
    assert says(house, "approve", asks(house)["perks"][0]["grant"]).json["state"] == "delivered"


def test_the_role_comes_from_the_key_and_a_body_cannot_say_it(house: Api) -> None:
    kitchen, clerk = worker(house, "kitchen", *CLERK_SCOPES), worker(house, "clerk", *CLERK_SCOPES)
    for body in ({"request": {"role": "kitchen"}}, {"role": "kitchen"}):
        value = {"guest": "card:00412", "property": "harbour", "moment": "during_stay", **body}
        assert clerk.post("/decisions", value).code == "field_invalid"
    assert clerk.ask(moment="during_stay", mode="preview")["perks"] == []
    assert [one["perk"] for one in kitchen.ask(moment="during_stay")["perks"]] == ["cake"]


def test_a_role_is_a_word_of_small_letters(house: Api) -> None:
    for role in ("Supervisor", "", "night manager", "1st"):
        told = house.post("/keys", {"name": "k", "scopes": ["rules:read"], "role": role})
        assert (told.status, told.code, told.json["field"]) == (422, "field_invalid", "role")


def test_grants_are_listed_by_state_a_page_at_a_time(house: Api) -> None:
    clerk = worker(house, "clerk", *CLERK_SCOPES)
    asked = [asks(clerk, stay={"reservation": f"R-{number}"})["perks"][0]["grant"] for number in range(5)]
    first = house.get("/grants?state=pending&limit=3")
    link = first.headers["Link"]
    rest = house.get(link.partition("/v1")[2].partition(">")[0])
    assert [one["id"] for one in (*first.json["grants"], *rest.json["grants"])] == sorted(asked)
    assert house.get("/grants?state=waiting").json["field"] == "state"
    assert house.get("/grants").json["field"] == "state"
    assert house.good("GET", "/grants?state=pending&property=hudson")["grants"] == []


def test_a_desk_asks_for_money_in_its_own_currency_or_one_with_a_rate(house: Api) -> None:
    rule = RULES.replace("{fact: request.points, more_than: 2000}", "{fact: request.amount, at_most: EUR 50}")
    rule = rule.replace("{fact: request.points}", "100").replace(
        "at: request", "at: request\nonly_at: {cities: [Rotterdam]}"
    )
    publish(house, rule)
    asked = {"moment": "request", "mode": "preview"}
    assert house.ask(**asked, request={"amount_minor": 5000, "currency": "EUR"})["perks"]
    assert house.ask(**asked, request={"amount_minor": 5001})["perks"] == []
    told = house.post("/decisions", question(**asked, request={"amount_minor": 1, "currency": "USD"}))
    assert (told.code, told.json["field"]) == ("rate_unknown", "request.currency")
    rate = {"base": "USD", "quote": "EUR", "day": "2026-11-01", "numerator": 1, "denominator": 2}
    house.good("POST", "/exchange-rates", rate)
    assert house.ask(**asked, request={"amount_minor": 10_000, "currency": "USD"})["perks"]
    assert house.ask(**asked, request={"amount_minor": 10_002, "currency": "USD"})["perks"] == []
