"""Every route asks for its scope and keeps to the properties of the key; amounts of money have a scope of their own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest

from rewards.api.blueprint import ENDPOINTS
from rewards.api.calls import Endpoint
from rewards.api.keys import SCOPES
from rewards.ledger.waits import WaitRow, WaitState
from tests.api.client import Api, stay_item
from tests.stage import question

ANA = "card:00412"
HUDSON_STAY = {"property": "hudson", "stay": {"reservation": "H-1", "room_class": "queen"}}


@dataclass
class World:
    """Something of each sort at each property: what addresses name, by property."""

    api: Api
    names: dict[str, dict[str, str]]


@pytest.fixture(scope="module")
def world(settled: Api) -> World:
    names: dict[str, dict[str, str]] = {}
    for place in ("harbour", "hudson"):
        activity = settled.stays(ANA, 10, 40, 70, place=place)[0]
        more = HUDSON_STAY if place == "hudson" else {}
        decision = settled.ask(ANA, mode="hold", **more)
        names[place] = {
            "code": place, "activity": activity, "decision": decision["decision"],
            "grant": decision["perks"][0]["grant"], "guest": ANA, "version": "1", "job": "job_x", "key": "key_x",
            "kind": "friend", "other": "card:00413",
            "wait": _waiting(settled, decision, place),
            "connection": "src_x",
            "source": "files", "name": "bar",
        }  # fmt: skip
    return World(settled, names)


def _waiting(api: Api, decision: dict[str, Any], place: str) -> str:
    """Something that waits at a property until the end of the year."""
    row = WaitRow(
        f"wai_{place}", decision["guest"], decision["decision"], place, "stay:R-1", "booking", "R-1", "suite", "cake",
        0, False, 1, 2**52, 2**53, WaitState.WAITING, 0,
    )  # fmt: skip
    with api.database.writing() as store:
        store.waits.add([row])
    return row.id


def address(endpoint: Endpoint, names: dict[str, str]) -> str:
    path = endpoint.rule
    for name, value in names.items():
        path = path.replace(f"<{name}>", value)
    query = {"property": names["code"], "perk": "cake", "day": "2026-11-22", "state": "pending"}
    needed = "&".join(f"{name}={query[name]}" for name in endpoint.needs)
    return f"{path}?{needed}" if needed else path


def body(endpoint: Endpoint, place: str) -> Any:
    """A body that concerns a property, where the route's body names one."""
    return {
        "/decisions": question(ANA, property=place),
        "/decisions/batch": {"questions": [{"key": "batch-item-of-a-test", "question": question(ANA, property=place)}]},
        "/activities": {"activities": [stay_item(ANA, 3, place)]},
        "/activities/<activity>/reverse": {"key": "back-of-a-foreign-one"},
        "/stock": {"property": place, "perk": "cake", "day": "2026-11-22", "quantity": 1},
        "/grants/<grant>/approve": {"by": "Mia"},
        "/grants/<grant>/refuse": {"by": "Mia", "reason": "too much"},
        "/grants/extend": {"perk": "cake", "by": "1 month", "reference": "summer"},
        "/grants/<grant>/redeem": {"reference": "bill-1"},
        "/grants/<grant>/deliver": {},
        "/grants/<grant>/fail": {"reason": "none left"},
        "/grants/<grant>/void": {"reason": "a mistake"},
        "/grants/<grant>/substitute": {"reason": "none left", "perk": "cake"},
        "/grants/<grant>/choose": {"perk": "cake"},
        "/waiting/<wait>/cancel": {"reason": "a mistake"},
        "/properties/<code>": {
            "name": "N", "brand": "b", "zone": "UTC", "currency": "EUR", "city": "c", "country": "NL",
        },
        "/properties/<code>/coverage": {"kind": "stay", "complete": True},
        "/guests/<guest>/points/spend": {"points": 1, "reference": "r", "property": place},
        "/exchange-rates": {"base": "USD", "quote": "EUR", "day": "2026-11-01", "numerator": 9, "denominator": 10},
        "/keys": {"name": "k", "scopes": ["rules:read"], "properties": [place]},
        "/rule-sets/check": {"rules": "x", "perks": "y"},
        "/rule-sets/explain": {"rules": "x", "perks": "y"},
        "/rule-sets/publish": {"rules": "x", "perks": "y"},
        "/guests": {"identities": ["card:fresh"]},
        "/sources": {"source": "cloudevents", "properties": [place]},
        "/sources/<connection>": {"on": False},
        "/guests/<guest>/identities": {"identity": "card:fresh"},
        "/guests/<guest>/merge": {"absorbed": "card:00413", "reason": "one person"},
        "/guests/unmerge": {"merge": "mrg_x"},
        "/sources/<source>/mappings/<name>": {"mapping": {"kind": "stay"}},
        "/sources/<source>/mappings/<name>/preview": {"content": "QQo="},
    }.get(endpoint.rule if endpoint.method != "DELETE" else "")  # fmt: skip


NAMED = {endpoint.name: endpoint for endpoint in ENDPOINTS}
# Routes that name no property: what they concern is the group's, or a guest, who is nobody's.
GROUP = {
    "get_decisions", "get_grants", "get_guests", "get_audit", "get_jobs_job", "post_exchange_rates",
    "post_rule_sets_publish", "get_sources", "post_sources", "get_sources_connection", "put_sources_connection",
    "delete_sources_connection", "get_sources_connection_inbox", "post_sources_connection_retry",
    "post_sources_connection_poll",
    "get_sources_source_mappings", "get_sources_source_mappings_name", "put_sources_source_mappings_name",
    "delete_sources_source_mappings_name", "post_sources_source_mappings_name_preview",
    "post_grants_extend",
}  # fmt: skip
OF_NO_PROPERTY = {
    "post_guests", "get_guests_guest", "post_guests_guest_identities", "post_guests_guest_enrol",
    "post_guests_guest_merge", "post_guests_unmerge", "get_guests_guest_activities", "get_guests_guest_grants",
    "get_guests_guest_waiting",
    "get_guests_guest_points", "get_perks", "get_properties", "get_rule_sets", "get_rule_sets_live",
    "get_rule_sets_version", "post_rule_sets_check", "post_rule_sets_explain", "get_keys", "delete_keys_key",
    "get_guests_guest_links", "put_guests_guest_links_kind_other", "delete_guests_guest_links_kind_other",
}  # fmt: skip
FOREIGN = sorted(set(NAMED) - GROUP - OF_NO_PROPERTY)


def rows(api: Api) -> dict[str, int]:
    return api.rows()


@pytest.mark.parametrize("name", NAMED)
def test_a_key_without_the_scope_is_refused_and_changes_nothing(world: World, name: str) -> None:
    endpoint = NAMED[name]
    others = [scope for scope in SCOPES if scope not in (endpoint.scope, "admin")]
    api = world.api.again(others)
    before = rows(world.api)
    answer = api.call(endpoint.method, address(endpoint, world.names["harbour"]), body(endpoint, "harbour"))
    assert (answer.status, answer.code) == (403, "scope_missing")
    assert endpoint.scope in answer.json["detail"]
    assert rows(world.api) == before


@pytest.mark.parametrize("name", NAMED)
@pytest.mark.parametrize("secret", ["", "lk_live_" + "x" * 49, "a-password", "lk_live_"])
def test_a_call_without_a_key_of_ours_is_refused(world: World, name: str, secret: str) -> None:
    endpoint = NAMED[name]
    api = Api(world.api.app, world.api.database, world.api.clock, secret)
    answer = api.call(endpoint.method, address(endpoint, world.names["harbour"]), body(endpoint, "harbour"))
    assert (answer.status, answer.code) == (401, "unauthenticated")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("name", FOREIGN)
def test_a_bound_key_touches_nothing_of_another_property(world: World, name: str) -> None:
    endpoint = NAMED[name]
    api = world.api.again(SCOPES, ["harbour"])
    before = rows(world.api)
    answer = api.call(endpoint.method, address(endpoint, world.names["hudson"]), body(endpoint, "hudson"))
    if name == "post_decisions_batch":
        assert answer.status == 200
        told = answer.json["results"][0]
        assert (told["status"], told["problem"]["code"]) == (403, "property_forbidden")
    else:
        assert (answer.status, answer.code) == (403, "property_forbidden"), answer.data
    assert rows(world.api) == before


@pytest.mark.parametrize("name", sorted(GROUP))
def test_a_bound_key_has_no_part_in_what_concerns_all(world: World, name: str) -> None:
    endpoint = NAMED[name]
    api = world.api.again(SCOPES, ["harbour"])
    before = rows(world.api)
    answer = api.call(endpoint.method, address(endpoint, world.names["harbour"]), body(endpoint, "harbour"))
    assert (answer.status, answer.code) == (403, "property_forbidden")
    assert rows(world.api) == before


def test_a_bound_key_sees_of_a_guest_what_is_its_own(world: World) -> None:
    clerk = world.api.again(SCOPES, ["harbour"])
    everybody = world.api
    for path, member in (
        (f"/guests/{ANA}/activities", "activities"), (f"/guests/{ANA}/grants", "grants"),
        (f"/decisions?guest={ANA}", "decisions"), (f"/guests/{ANA}/waiting", "waiting"),
    ):  # fmt: skip
        place = (lambda it: it["answer"]["property"]) if member == "decisions" else (lambda it: it["property"])
        assert {place(one) for one in everybody.good("GET", path)[member]} == {"harbour", "hudson"}
        assert {place(one) for one in clerk.good("GET", path)[member]} == {"harbour"}
    assert [one["code"] for one in clerk.good("GET", "/properties")["properties"]] == ["harbour"]


def test_a_bound_key_pages_through_all_of_its_own(world: World) -> None:
    clerk = world.api.again(SCOPES, ["harbour"])
    seen, path = [], f"/guests/{ANA}/activities?limit=1"
    while path:
        answer = clerk.get(path)
        seen += [one["id"] for one in answer.json["activities"]]
        link = answer.headers.get("Link", "")
        path = link.partition("<")[2].partition(">")[0].removeprefix("/v1")
    whole = [one["id"] for one in clerk.good("GET", f"/guests/{ANA}/activities")["activities"]]
    assert seen == whole
    assert len(whole) == 3


def test_a_bound_key_makes_no_wider_key(world: World) -> None:
    chief = world.api.again(["admin"], ["harbour"])
    wanted = {"name": "wider", "scopes": ["admin"]}
    for properties in ([], ["hudson"], ["harbour", "hudson"]):
        assert chief.post("/keys", wanted | {"properties": properties}).code == "property_forbidden"
    made = chief.good("POST", "/keys", wanted | {"properties": ["harbour"]})
    assert made["properties"] == ["harbour"]
    shown = chief.good("GET", "/keys")["keys"]
    assert {tuple(key["properties"]) for key in shown} == {("harbour",)}
    other = world.api.good("POST", "/keys", {"name": "all", "scopes": ["admin"]})
    assert chief.call("DELETE", f"/keys/{other['id']}").status == 404
    assert chief.call("DELETE", f"/keys/{made['id']}").status == 200
    assert Api(chief.app, chief.database, chief.clock, made["secret"]).get("/properties").code == "unauthenticated"


def test_a_bound_key_names_its_property_for_what_is_of_none(world: World) -> None:
    clerk = world.api.again(SCOPES, ["harbour"])
    place = {key: value for key, value in stay_item(ANA, 2).items() if key != "property"}
    assert clerk.post("/activities", {"activities": [place]}).code == "property_forbidden"
    spend = {"points": 1, "reference": "r"}
    assert clerk.post(f"/guests/{ANA}/points/spend", spend).code == "property_forbidden"
    assert clerk.post(f"/guests/{ANA}/points/spend", spend | {"property": "harbour"}).code == "balance_too_low"


def test_every_route_is_either_of_a_property_or_said_to_be_of_none(world: World) -> None:
    assert set(NAMED) >= GROUP | OF_NO_PROPERTY
    assert len(FOREIGN) == len(NAMED) - len(GROUP) - len(OF_NO_PROPERTY)
    assert {name for name in FOREIGN if "grant" in name} >= {"post_grants_grant_choose", "get_grants_grant"}


# --- amounts


def test_amounts_are_told_only_to_who_may_read_them(desk: Api) -> None:
    clerk = desk.again([scope for scope in SCOPES if scope not in ("spend:read", "admin")])
    desk.stays(ANA, 10, 40, 70)
    bill = {
        "key": "bill-1", "kind": "spend", "guest": ANA, "property": "harbour", "day": "2026-11-20",
        "amount_minor": 43_211, "currency": "EUR",
    }  # fmt: skip
    recorded = clerk.good("POST", "/activities", {"activities": [bill]})["activities"][0]["activity"]
    near = desk.ask(mode="preview")["near_misses"][0]
    assert (near["needed"], near["actual"], near["unit"]) == (50_000, 43_211, "EUR minor")
    assert near["missing"].startswith("€67.89 more")
    desk.good("POST", "/activities", {"activities": [bill | {"key": "bill-2", "amount_minor": 20_000}]})
    decision = desk.ask()
    why = next(perk for perk in decision["perks"] if perk["rule"] == "spender")["why"][0]
    assert (why["needed"], why["actual"], why["unit"]) == (50_000, 63_211, "EUR minor")

    told: list[bytes] = []
    for method, path, sent in (
        ("POST", "/decisions", question()), ("POST", "/decisions", question(mode="preview")),
        ("GET", f"/decisions/{decision['decision']}", None), ("GET", f"/decisions?guest={ANA}", None),
        ("GET", f"/guests/{ANA}/activities", None), ("GET", f"/activities/{recorded}", None),
        ("GET", f"/guests/{ANA}/progress?property=harbour", None),
        ("POST", "/decisions/batch", {"questions": [{"key": "batch-item-of-a-clerk", "question": question()}]}),
    ):  # fmt: skip
        answer = clerk.call(method, path, sent)
        assert 200 <= answer.status < 300
        told.append(answer.data)
    everything = b"\n".join(told).decode()
    for secret in ("63211", "43211", "20000", "632.11", "67.89", "432.11"):
        assert secret not in everything
    why = next(perk for perk in json.loads(told[0])["perks"] if perk["rule"] == "spender")["why"][0]
    assert why == {"condition": "at least €500 spent at this hotel in the last year"}
    grants = clerk.good("GET", f"/guests/{ANA}/grants")["grants"]
    assert {"cost_minor", "currency"}.isdisjoint(grants[0])
