"""A write happens once, whoever repeats it and however often. On both kinds of database."""

from __future__ import annotations

from typing import Any

import pytest

from rewards.errors import DATABASE_BUSY, RewardsError
from tests.api.client import Answer, Api, publish, stock
from tests.crowd import at_once
from tests.stage import question

KEY = "arrival-R-4711-2026-11-22"
ANA = "card:00412"


@pytest.fixture
def ana(api: Api) -> Api:
    api.stays(ANA, 10, 40, 70)
    return api


def test_one_key_fifty_times_at_once_is_one_commit_and_fifty_equal_answers(ana: Api) -> None:
    answers = at_once(50, lambda _: ana.post("/decisions", question(), key=KEY))
    assert {answer.status for answer in answers} == {201}
    assert len({answer.data for answer in answers}) == 1
    assert sum(answer.replayed for answer in answers) == 49
    rows = ana.rows()
    assert (rows["decision"], rows["perk_grant"]) == (1, 2)
    assert ana.violations() == []


def test_one_key_fifty_times_at_once_redeems_once(ana: Api) -> None:
    grant = ana.ask()["perks"][1]["grant"]
    body = {"reference": "bill-9", "quantity": 1}
    answers = at_once(50, lambda _: ana.post(f"/grants/{grant}/redeem", body, key=KEY))
    assert {answer.status for answer in answers} == {200}
    assert len({answer.data for answer in answers}) == 1
    assert sum(answer.replayed for answer in answers) == 49
    kinds = [event["kind"] for event in ana.good("GET", f"/grants/{grant}/events")["events"]]
    assert kinds == ["granted", "redeemed"]


def test_one_key_in_parts_redeems_one_part(ana: Api) -> None:
    ana.good("POST", "/activities", {"activities": [spend(60_000)]})
    grant = next(perk["grant"] for perk in ana.ask()["perks"] if perk["perk"] == "dinner")
    body = {"reference": "bill-1", "quantity": 3_000}
    answers = at_once(20, lambda _: ana.post(f"/grants/{grant}/redeem", body, key=KEY))
    assert {answer.status for answer in answers} == {200}
    assert ana.good("GET", f"/grants/{grant}")["used"] == 3_000


def spend(cents: int, key: str = "bill-0", guest: str = ANA) -> dict[str, Any]:
    return {
        "key": key, "kind": "spend", "guest": guest, "property": "harbour", "day": "2026-11-20",
        "amount_minor": cents, "currency": "EUR",
    }  # fmt: skip


def test_twenty_keys_for_one_question_are_one_decision(ana: Api) -> None:
    def call(number: int) -> Answer:
        return ana.post("/decisions", question(), key=f"{KEY}-{number:03d}")

    answers = at_once(20, call)
    assert sorted(answer.status for answer in answers) == [200] * 19 + [201]
    assert len({answer.data for answer in answers}) == 1
    assert ana.rows()["decision"] == 1


def test_two_new_identities_racing_with_one_key_are_one_guest(api: Api) -> None:
    answers = at_once(20, lambda _: api.post("/decisions", question("card:new", enrol=True), key=KEY))
    assert {answer.status for answer in answers} == {201}
    assert len({answer.data for answer in answers}) == 1
    rows = api.rows()
    assert (rows["guest"], rows["decision"]) == (1, 1)


def test_another_body_under_the_key_is_refused_and_changes_nothing(ana: Api) -> None:
    first = ana.post("/decisions", question(), key=KEY)
    before = ana.rows()
    other = ana.post("/decisions", question(stay={"reservation": "R-2"}), key=KEY)
    assert (other.status, other.code) == (422, "idempotency_key_reused")
    assert ana.post("/decisions", question(), key=KEY).data == first.data
    body = {"property": "harbour", "perk": "welcome-drink", "day": "2026-11-22", "quantity": 7}
    assert ana.put("/stock", body, key=KEY).status == 200
    assert ana.put("/stock", body | {"quantity": 8}, key=KEY).code == "idempotency_key_reused"
    assert ana.put("/stock", body, key=KEY).json["quantity"] == 7
    assert ana.rows()["perk_grant"] == before["perk_grant"]


def test_the_order_of_members_makes_no_other_body(ana: Api) -> None:
    asked = question()
    first = ana.post("/decisions", asked, key=KEY)
    turned = dict(reversed(list(asked.items())))
    again = ana.post("/decisions", turned, key=KEY)
    assert (again.data, again.replayed) == (first.data, True)


def test_a_key_names_an_intent_of_one_caller_on_one_route(ana: Api) -> None:
    first = ana.post("/decisions", question(), key=KEY)
    stranger = ana.again().post("/decisions", question(), key=KEY)
    assert (stranger.status, stranger.replayed) == (200, False)
    grant = first.json["perks"][1]["grant"]
    assert ana.post(f"/grants/{grant}/deliver", {}, key=KEY).status == 200
    assert ana.post(f"/grants/{grant}/void", {"reason": "x"}, key=KEY).status == 409


def test_a_key_of_one_grant_fits_no_other(ana: Api) -> None:
    perks = ana.ask()["perks"]
    assert ana.post(f"/grants/{perks[0]['grant']}/deliver", {}, key=KEY).status == 200
    assert ana.post(f"/grants/{perks[1]['grant']}/deliver", {}, key=KEY).code == "idempotency_key_reused"


def test_a_business_refusal_is_an_answer_that_is_repeated(ana: Api) -> None:
    held = ana.ask(mode="hold")["decision"]
    ana.good("POST", f"/decisions/{held}/cancel")
    first = ana.post(f"/decisions/{held}/confirm", key=KEY)
    assert (first.status, first.code, first.replayed) == (409, "hold_not_open", False)
    again = ana.post(f"/decisions/{held}/confirm", key=KEY)
    assert (again.status, again.data, again.replayed) == (409, first.data, True)
    assert again.headers["Content-Type"] == "application/problem+json"


def test_a_refusal_of_form_rights_or_existence_may_be_mended_under_the_same_key(api: Api) -> None:
    assert api.post("/decisions", question(ANA), key=KEY).code == "guest_unknown"
    assert api.post("/decisions", question(ANA, stay={"rooms": 0}), key=KEY).code == "field_invalid"
    clerk = api.again(["decisions:read"])
    assert clerk.post("/decisions", question(ANA), key=KEY).code == "scope_missing"
    api.stays(ANA, 5)
    assert api.post("/decisions", question(ANA), key=KEY).status == 201
    rate = {"base": "GBP", "quote": "EUR", "day": "2026-11-01", "numerator": 0, "denominator": 100}
    assert api.post("/exchange-rates", rate, key=KEY).code == "field_invalid"
    assert api.post("/exchange-rates", rate | {"day": "1812-01-01", "numerator": 1}, key=KEY).status == 422
    assert api.post("/exchange-rates", rate | {"numerator": 117}, key=KEY).status == 201


def test_rules_that_are_refused_may_be_mended_under_the_same_key(api: Api) -> None:
    perks = "cake: {kind: item, title: {en: a cake, nl: een taart}}"
    bad = {"rules": "rule: x", "perks": perks}
    refused = api.post("/rule-sets/publish", bad, key=KEY)
    assert (refused.status, refused.code) == (422, "rules_invalid")
    rules = "rule: x\nat: arrival\nwhen: {fact: stay.nights, at_least: 2}\ngive: [{perk: cake}]"
    assert api.post("/rule-sets/publish", {"rules": rules, "perks": perks}, key=KEY).status == 201


def test_a_question_before_any_rules_are_live_is_asked_again_under_its_key(api: Api) -> None:
    with api.database.writing() as store:
        store.session.run("DELETE FROM rule_set")
        store.session.run("UPDATE installation SET generation = generation + 1")
    asked = question("card:early", enrol=True)
    refused = api.post("/decisions", asked, key=KEY)
    assert (refused.status, refused.code) == (409, "no_rule_set")
    assert api.rows()["guest"] == 0
    publish(api)
    assert api.post("/decisions", asked, key=KEY).status == 201


def test_what_fails_on_our_side_is_not_kept(ana: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    writing = type(ana.database).run_writing

    def busy(*_: object) -> None:
        raise RewardsError(DATABASE_BUSY, "Others have been writing.", retry_after_s=1)

    monkeypatch.setattr(type(ana.database), "run_writing", busy)
    refused = ana.post("/decisions", question(), key=KEY)
    assert (refused.status, refused.headers["Retry-After"]) == (503, "1")
    monkeypatch.setattr(type(ana.database), "run_writing", writing)
    before = ana.rows()
    assert before["decision"] == 0
    answer = ana.post("/decisions", question(), key=KEY)
    assert (answer.status, answer.replayed) == (201, False)


def test_a_defect_is_an_incident_that_leaves_nothing(ana: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    grant = ana.ask()["perks"][0]["grant"]
    before = ana.rows()
    with monkeypatch.context() as broken:

        def defect(*_: object, **__: object) -> None:
            raise ZeroDivisionError("a defect of ours")

        broken.setattr("rewards.ledger.life.deliver", defect)
        refused = ana.post(f"/grants/{grant}/deliver", {}, key=KEY)
    assert (refused.status, refused.code) == (500, "internal")
    assert refused.json["details"]["incident"].startswith("inc_")
    assert b"ZeroDivision" not in refused.data
    assert ana.rows() == before
    assert ana.post(f"/grants/{grant}/deliver", {}, key=KEY).status == 200


@pytest.mark.parametrize("key", ["", "short", "x" * 129, "with spaces in the key", "ключ-из-букв-других"])
def test_a_write_without_a_fit_key_is_refused(ana: Api, key: str) -> None:
    before = ana.rows()
    headers = {"Idempotency-Key": key.encode("utf-8").decode("latin-1")} if key else {}
    for method, path, body in (
        ("POST", "/decisions", question()),
        ("POST", "/activities", {"activities": [spend(100)]}),
    ):
        refused = ana.call(method, path, body, key="", headers=headers)
        assert refused.status == 400
        assert refused.code == ("idempotency_key_invalid" if key else "idempotency_key_missing")
    assert ana.rows() == before


def test_a_preview_needs_no_key(ana: Api) -> None:
    assert ana.post("/decisions", question(mode="preview"), key="").status == 200


def test_a_new_secret_is_told_once_and_kept_nowhere(api: Api) -> None:
    body = {"name": "till", "scopes": ["activities:write"], "properties": ["harbour"]}
    first = api.post("/keys", body, key=KEY)
    secret = first.json["secret"]
    again = api.post("/keys", body, key=KEY)
    assert (again.status, again.replayed) == (201, True)
    assert again.json == {name: value for name, value in first.json.items() if name != "secret"}
    with api.database.reading() as store:
        kept = store.session.all("SELECT body FROM idempotency")
    assert all(secret.encode() not in bytes(row[0]) for row in kept)
    assert Api(api.app, api.database, api.clock, secret).get("/guests").code == "scope_missing"


def test_racing_for_the_last_unit_gives_it_once(api: Api) -> None:
    stock(api, "welcome-drink", 1)

    def call(number: int) -> Answer:
        return api.post("/decisions", question(f"card:c{number}", enrol=True, stay={"reservation": f"C{number}"}))

    answers = [answer.json for answer in at_once(20, call)]
    given = [perk for answer in answers for perk in answer["perks"]]
    assert [perk["perk"] for perk in given] == ["welcome-drink"]
    reasons = [one["reason"] for answer in answers for one in answer["withheld"] if one["rule"] == "welcome"]
    assert reasons == ["stock_gone"] * 19
    assert api.violations() == []


def test_a_hold_is_settled_once_by_many_at_once(ana: Api) -> None:
    held = ana.ask(mode="hold")["decision"]

    def call(number: int) -> Answer:
        return ana.post(f"/decisions/{held}/{'confirm' if number % 2 else 'cancel'}")

    answers = at_once(20, call)
    assert sorted(answer.status for answer in answers) == [200] + [409] * 19
    settled = next(answer.json for answer in answers if answer.status == 200)
    shown = ana.good("GET", f"/decisions/{held}")
    assert shown["state"] == settled["state"]
    expected = "granted" if settled["state"] == "confirmed" else "voided"
    assert {grant["state"] for grant in shown["grants"]} == {expected}
    assert ana.violations() == []


def test_a_grant_is_used_once_by_many_at_once(ana: Api) -> None:
    grant = ana.ask()["perks"][1]["grant"]
    steps = ("redeem", "deliver", "void", "fail", "substitute")
    bodies = {
        "redeem": {"reference": "bill"}, "deliver": {}, "void": {"reason": "r"}, "fail": {"reason": "r"},
        "substitute": {"reason": "r", "perk": "cake"},
    }  # fmt: skip
    answers = at_once(20, lambda number: ana.post(f"/grants/{grant}/{steps[number % 5]}", bodies[steps[number % 5]]))
    assert sorted(answer.status for answer in answers)[1:] == [409] * 19
    assert ana.violations() == []


def test_one_merge_of_many_at_once(ana: Api) -> None:
    ana.stays("card:twin", 20)
    body = {"absorbed": "card:twin", "reason": "one person"}
    answers = at_once(10, lambda _: ana.post(f"/guests/{ANA}/merge", body))
    assert sorted(answer.status for answer in answers) == [201] + [409] * 9


def test_facts_of_one_guest_told_at_once_are_all_there(ana: Api) -> None:
    at_once(20, lambda number: ana.good("POST", "/activities", {"activities": [spend(1_000, f"bill-{number}")]}))
    near = {miss["rule"]: miss for miss in ana.ask(mode="preview")["near_misses"]}
    assert near["spender"]["actual"] == 20_000
