"""Previews, batches, language, lists, limits: what a front desk meets every day."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from rewards.api.limits import RateLimiter
from tests.api.client import Api, open_api, stay_item, stock
from tests.crowd import at_once
from tests.stage import question

ANA = "card:00412"


def pages(api: Api, path: str, member: str) -> tuple[list[Any], int]:
    """Everything of a list by its Link headers, and how many pages it took."""
    found: list[Any] = []
    count = 0
    while path:
        answer = api.get(path)
        assert answer.status == 200, answer.data
        found += answer.json[member]
        count += 1
        link = answer.headers.get("Link", "")
        path = link.partition("<")[2].partition(">")[0].removeprefix(f"{api.prefix}/v1")
    return found, count


# --- previews


def test_a_preview_writes_nothing_whatever_it_is_asked(api: Api) -> None:
    api.stays(ANA, 10, 40, 70)
    given = api.ask()
    before = api.rows()
    for more in (
        {}, {"moment": "checkout"}, {"moment": "during_stay"}, {"stay": {"reservation": "R-9"}},
        {"as_of": "2026-06-01T12:00:00Z"}, {"as_of": "2027-06-01T12:00:00Z", "known_at": "2026-11-01T00:00:00Z"},
    ):  # fmt: skip
        assert api.ask(mode="preview", **more)["decision"] is None
        assert api.post("/decisions", question("card:nobody", mode="preview", enrol=True, **more)).status == 200
    assert api.good("GET", f"/guests/{ANA}/progress?property=harbour")["near_misses"]
    assert api.rows() == before
    assert api.ask()["decision"] == given["decision"]


def test_the_way_of_a_hold(api: Api) -> None:
    api.stays(ANA, 10, 40, 70)
    held = api.ask(mode="hold", hold_minutes=20)
    assert held["hold_expires_at"] == "2026-11-22T14:23:11Z"
    confirmed = api.good("POST", f"/decisions/{held['decision']}/confirm")
    assert (confirmed["state"], {grant["state"] for grant in confirmed["grants"]}) == ("confirmed", {"granted"})
    for settle in ("confirm", "cancel"):
        assert api.post(f"/decisions/{held['decision']}/{settle}").code == "hold_not_open"
    other = api.ask(mode="hold", stay={"reservation": "R-2"})
    cancelled = api.good("POST", f"/decisions/{other['decision']}/cancel")
    assert {grant["state"] for grant in cancelled["grants"]} == {"voided"}
    shown = api.good("GET", f"/decisions/{other['decision']}")
    assert (shown["state"], shown["answer"]) == ("cancelled", other)
    assert {grant["because"] for grant in shown["grants"]} == {"hold cancelled"}
    assert api.violations() == []


def test_progress_tells_what_is_missing_in_the_guests_language(desk: Api) -> None:
    desk.stays(ANA, 10, 40)
    told = desk.good("GET", f"/guests/{ANA}/progress?property=harbour", headers={"Accept-Language": "nl-NL,nl;q=0.9"})
    assert [perk["rule"] for perk in told["perks"]] == []
    near = next(miss for miss in told["near_misses"] if miss["rule"] == "regular")
    assert near["missing"] == "nog 1 verblijf hier vóór 11 april 2027"
    assert (near["needed"], near["actual"], near["by"]) == (3, 2, "2027-04-10")


@pytest.mark.parametrize(
    ("header", "asked", "title"),
    [
        ("nl", None, "een kamerupgrade"), ("nl-BE, en;q=0.5", None, "een kamerupgrade"),
        ("fr, nl;q=0.3, en;q=0.2", None, "een kamerupgrade"), ("fr, de", None, "a room upgrade"),
        ("", None, "a room upgrade"), ("nl", "en", "a room upgrade"), ("en", "nl", "een kamerupgrade"),
        ("*;q=0, nonsense;;", None, "a room upgrade"),
    ],
)  # fmt: skip
def test_an_answer_speaks_the_language_that_is_asked_for(desk: Api, header: str, asked: str | None, title: str) -> None:
    desk.stays(ANA, 10, 40, 70)
    body = question(mode="preview", **({"language": asked} if asked else {}))
    answer = desk.post("/decisions", body, headers={"Accept-Language": header})
    assert answer.json["perks"][0]["title"] == title


# --- batches


def item(number: int, **more: Any) -> dict[str, Any]:
    return {
        "key": f"arrivals-of-today-{number:04d}",
        "question": question(f"card:b{number}", enrol=True, stay={"reservation": f"B{number}"}, **more),
    }


def test_a_days_arrivals_each_stand_on_their_own(api: Api) -> None:
    items: list[Any] = [item(number) for number in range(500)]
    wrong = {
        3: 7, 50: {"key": "arrivals-of-today-0050"}, 51: {"question": question()}, 52: {"key": 5, "question": {}},
        100: item(100, severity=9), 101: {"key": "short", "question": question()},
        200: {"key": "arrivals-of-today-0200", "question": question("card:nobody")},
        201: {"key": "arrivals-of-today-0201", "question": question(property="atlantis")},
        300: {"key": "arrivals-of-today-0000", "question": question("card:b0")},
        301: items[0],
        499: item(499) | {"more": 1},
    }  # fmt: skip
    for place, bad in wrong.items():
        items[place] = bad
    answer = api.good("POST", "/decisions/batch", {"questions": items}, key="")
    told = answer["results"]
    assert len(told) == 500
    assert {place: told[place]["status"] for place in wrong} == {
        3: 422, 50: 422, 51: 422, 52: 422, 100: 422, 101: 400, 200: 404, 201: 404, 300: 422, 301: 201, 499: 422,
    }  # fmt: skip
    assert (told[301]["replayed"], told[301]["decision"]) == (True, told[0]["decision"])
    assert told[300]["problem"]["code"] == "idempotency_key_reused"
    good = [one for place, one in enumerate(told) if place not in wrong]
    assert {one["status"] for one in good} == {201}
    assert [one["key"] for one in good] == [items[place]["key"] for place in range(500) if place not in wrong]
    assert api.rows()["decision"] == 500 - len(wrong)
    again = api.good("POST", "/decisions/batch", {"questions": items}, key="")["results"]
    assert [one.get("decision") for one in again] == [one.get("decision") for one in told]
    assert all(one["replayed"] for one in again if one["status"] == 201)
    assert api.rows()["decision"] == 500 - len(wrong)
    assert api.violations() == []


def test_a_question_of_a_batch_may_be_repeated_alone(api: Api) -> None:
    sent = item(1)
    first = api.good("POST", "/decisions/batch", {"questions": [sent]}, key="")["results"][0]
    alone = api.post("/decisions", sent["question"], key=sent["key"])
    assert (alone.status, alone.replayed, alone.json) == (201, True, first["decision"])


def test_two_batches_at_once_answer_each_question_once(api: Api) -> None:
    body = {"questions": [item(number) for number in range(60)]}
    turned = {"questions": body["questions"][::-1]}
    answers = at_once(2, lambda number: api.good("POST", "/decisions/batch", turned if number else body, key=""))
    assert {one["status"] for answer in answers for one in answer["results"]} == {201}
    assert api.rows()["decision"] == 60
    assert api.violations() == []


@pytest.mark.parametrize("body", [{}, [], {"questions": {}}, {"questions": []}, {"questions": [], "more": 1}])
def test_what_is_no_batch_is_refused_as_a_whole(desk: Api, body: Any) -> None:
    refused = desk.post("/decisions/batch", body, key="")
    assert (refused.status, refused.code, refused.json["field"]) == (422, "field_invalid", "questions")


# --- lists


def test_lists_are_whole_whatever_the_size_of_a_page(api: Api) -> None:
    guests = [f"card:p{number:02d}" for number in range(13)]
    for guest in guests:
        api.stays(guest, 10)
    api.stays(ANA, *range(3, 90, 6))
    for number in range(7):
        api.ask(stay={"reservation": f"R-{number}"})
        api.put("/stock", {"property": "harbour", "perk": "cake", "day": "2026-11-22", "quantity": number})
    for number in range(3):
        api.good("POST", "/rule-sets/publish", one_rule(number))
    lists = (
        ("/guests", "guests"), ("/audit", "audit"), ("/rule-sets", "rule_sets"), ("/decisions", "decisions"),
        (f"/decisions?guest={ANA}", "decisions"), (f"/guests/{ANA}/grants", "grants"),
        (f"/guests/{ANA}/activities", "activities"),
    )  # fmt: skip
    for path, member in lists:
        joint = "&" if "?" in path else "?"
        whole, one_page = pages(api, f"{path}{joint}limit=200", member)
        assert one_page == 1
        for size in (1, 3, 7, len(whole)):
            found, count = pages(api, f"{path}{joint}limit={size}", member)
            assert found == whole, path
            assert count == -(-len(whole) // size), path


def one_rule(number: int) -> dict[str, str]:
    return {
        "rules": f"rule: r{number}\nat: arrival\nwhen: {{fact: stay.nights, at_least: {number + 2}}}\n"
        "give: [{perk: cake}]",
        "perks": "cake: {kind: item, title: {en: a cake, nl: een taart}}",
    }


def test_a_list_that_grows_while_it_is_read_repeats_and_loses_nothing(api: Api) -> None:
    for number in range(5):
        api.stays(f"card:before-{number}", 10)
    first = api.get("/guests?limit=2")
    api.stays("card:later", 10)
    path = first.headers["Link"].partition("<")[2].partition(">")[0].removeprefix("/v1")
    rest, _ = pages(api, path, "guests")
    ids = [guest["id"] for guest in first.json["guests"] + rest]
    assert len(ids) == len(set(ids)) == 6
    assert ids == sorted(ids)


# --- rules


def test_a_draft_is_checked_in_the_callers_language_and_publishes_nothing(desk: Api) -> None:
    before = desk.rows()
    bad = {"rules": "rule: x\nat: arrival\nwhen: {fact: stay.nigths, at_least: 2}\ngive: [{perk: moon}]", "perks": "{}"}
    english = desk.good("POST", "/rule-sets/check", bad)
    dutch = desk.good("POST", "/rule-sets/check", bad, headers={"Accept-Language": "nl"})
    assert english["sound"] is False
    places = [(one["code"], one["line"], one["column"]) for one in english["diagnostics"]]
    assert places == [(one["code"], one["line"], one["column"]) for one in dutch["diagnostics"]]
    assert {line for _, line, _ in places} >= {3, 4}
    assert all(one["message"] and one["hint"] for one in english["diagnostics"] + dutch["diagnostics"])
    assert [one["message"] for one in english["diagnostics"]] != [one["message"] for one in dutch["diagnostics"]]
    for path in ("/rule-sets/publish", "/rule-sets/explain"):
        refused = desk.post(path, bad)
        assert (refused.status, refused.code) == (422, "rules_invalid")
        assert refused.json["details"]["diagnostics"] == english["diagnostics"]
    assert desk.rows() == before


def test_a_draft_is_read_aloud_in_both_languages(desk: Api) -> None:
    told = desk.good("POST", "/rule-sets/explain", one_rule(0))["rules"]
    assert told[0]["rule"] == "r0"
    assert told[0]["en"].startswith("On arrival, when this stay lasts at least 2 nights")
    assert told[0]["nl"].startswith("Bij aankomst geldt: als dit verblijf minstens 2 nachten duurt")


def test_what_is_published_is_live_for_the_next_question(api: Api) -> None:
    assert [perk["perk"] for perk in api.ask("card:new", enrol=True)["perks"]] == ["welcome-drink"]
    published = api.good("POST", "/rule-sets/publish", one_rule(0))
    assert published["version"] == 2
    answer = api.ask("card:new", stay={"reservation": "R-2"})
    assert ([perk["perk"] for perk in answer["perks"]], answer["rule_set"][:3]) == (["cake"], "v2 ")
    again = api.post("/rule-sets/publish", one_rule(0))
    assert (again.status, again.json["version"]) == (200, 2)
    assert api.good("GET", "/rule-sets/live")["version"] == 2
    assert api.good("GET", "/rule-sets/1")["perks"]
    assert [one["version"] for one in api.good("GET", "/rule-sets")["rule_sets"]] == [2, 1]


def test_the_desk_says_in_whose_name_a_room_is_booked_and_who_sleeps_in_it(api: Api) -> None:
    rule = """
rule: own-room
at: arrival
when: {all: [{fact: stay.own_name, is: true}, {fact: stay.own_room, is: true}]}
give: cake
"""
    api.good("POST", "/rule-sets/publish", {**one_rule(0), "rules": rule})
    own = {"reservation": "R-9/1", "own_name": True, "own_room": True}
    other = {**own, "reservation": "R-9/2", "own_room": False}
    nobody_says = {"reservation": "R-9/3", "own_name": True}
    assert [perk["perk"] for perk in api.ask("card:new", stay=own, enrol=True)["perks"]] == ["cake"]
    assert api.ask("card:new", stay=other)["perks"] == []
    answer = api.ask("card:new", stay=nobody_says)
    assert (answer["perks"], [one["reason"] for one in answer["withheld"]]) == ([], ["unknown_fact"])
    again = api.ask("card:new", stay={**own, "own_room": False})
    assert [perk["perk"] for perk in again["perks"]] == ["cake"]
    bad = api.post("/decisions", {"guest": "card:new", "property": "harbour", "moment": "arrival",
                                  "stay": {**own, "own_room": "yes"}})  # fmt: skip
    assert (bad.status, bad.code) == (422, "field_invalid")


def test_more_time_for_a_cohort_is_given_once_and_by_who_may(api: Api) -> None:
    api.stays(ANA, 10, 40, 70)
    given = {perk["perk"]: perk for perk in api.ask()["perks"]}["welcome-drink"]
    sent = {"perk": "welcome-drink", "by": "1 month", "reference": "late summer"}
    counted = api.good("POST", "/grants/extend", {**sent, "dry_run": True})
    assert counted == {"guests": 1, "extended": 1, "before": 0, "unchanged": 0, "next": None}
    answers = at_once(5, lambda _: api.post("/grants/extend", sent))
    assert {answer.status for answer in answers} == {200}
    assert sum(answer.json["extended"] for answer in answers) == 1
    life = api.good("GET", f"/grants/{given['grant']}/events")["events"]
    assert [event["kind"] for event in life].count("extended") == 1
    assert api.post("/grants/extend", {**sent, "until": "2027-01-01"}).code == "field_invalid"
    assert api.post("/grants/extend", {**sent, "perk": "nothing"}).code == "perk_unknown"
    assert api.violations() == []


# --- points and choices


def test_points_are_spent_once_for_each_reference(api: Api) -> None:
    api.stays(ANA, 10)
    api.ask(moment="checkout")
    assert api.good("GET", f"/guests/{ANA}/points")["points"] == 250
    sent = {"points": 100, "reference": "towel-1"}
    answers = at_once(10, lambda number: api.post(f"/guests/{ANA}/points/spend", sent))
    assert sorted(answer.status for answer in answers) == [200] + [409] * 9
    assert {answer.code for answer in answers if answer.status == 409} == {"already_exists"}
    told = api.good("GET", f"/guests/{ANA}/points")
    assert (told["points"], told["owed"]) == (150, 0)
    assert [each["points"] for each in told["lapsing"]] == [150]
    assert api.post(f"/guests/{ANA}/points/spend", {"points": 151, "reference": "towel-2"}).code == "balance_too_low"
    assert api.violations() == []


SOLD = """
rule: award
at: checkout
when: always
give: [{perk: night-award, quantity: 3}, {perk: award-points, points: 500}, {perk: level-points, points: 500}]
---
rule: upgrade-for-awards
at: booking
when: {measure: left, perk: night-award, at_least: 1}
give: cake
take: {perk: night-award, quantity: {fact: stay.nights}}
"""
SOLD_PERKS = """
cake: {kind: item, title: {en: a cake, nl: een taart}}
night-award: {kind: item, title: {en: a night award, nl: een nachtaward}}
award-points: {kind: points, title: {en: award points, nl: awardpunten}}
level-points: {kind: points, title: {en: points of a level, nl: niveaupunten}}
"""


def test_what_is_taken_is_told_and_comes_back_with_what_it_paid_for(api: Api) -> None:
    api.good("POST", "/rule-sets/publish", {"rules": SOLD, "perks": SOLD_PERKS})
    api.ask("card:new", moment="checkout", enrol=True, stay={"reservation": "R-0"})
    stay = {"reservation": "R-8", "arrival": "2026-11-23", "departure": "2026-11-25"}
    shown = api.ask("card:new", moment="booking", mode="preview", stay=stay)
    answer = api.ask("card:new", moment="booking", stay=stay)
    (taken,) = answer["taken"]
    assert (taken["perk"], taken["quantity"], taken["state"], taken["rule"]) == (
        "night-award", 2, "taken", "upgrade-for-awards",
    )  # fmt: skip
    assert taken["reckoned"] == {"quantity": "the nights of this stay"}
    assert shown["taken"] == [{**taken, "take": None}]
    assert taken["say"] == "Taken: 2 × “a night award”."
    one_night = {**stay, "reservation": "R-7", "departure": "2026-11-24"}
    asked = {"guest": "card:new", "property": "harbour", "moment": "booking", "mode": "preview", "stay": one_night}
    dutch = api.good("POST", "/decisions", asked, headers={"Accept-Language": "nl"})
    assert dutch["taken"][0]["say"] == "Genomen: 1 × “een nachtaward”."
    short = api.ask("card:new", moment="booking", stay={**stay, "reservation": "R-9"})
    assert [(one["reason"], one["there"], one["asked"]) for one in short["withheld"]] == [("not_enough_left", 1, 2)]
    api.good("POST", f"/grants/{answer['perks'][0]['grant']}/fail", {"reason": "no cake", "by": "desk"})
    record = api.good("GET", f"/decisions/{answer['decision']}")
    told = [(one["perk"], one["quantity"], one["owed"], one["state"]) for one in record["taken"]]
    assert told == [("night-award", 2, 0, "given_back")]
    assert api.violations() == []


def test_points_are_told_and_spent_by_perk(api: Api) -> None:
    api.good("POST", "/rule-sets/publish", {"rules": SOLD, "perks": SOLD_PERKS})
    api.ask("card:new", moment="checkout", enrol=True)
    path = "/guests/card:new/points"
    api.good("POST", f"{path}/spend", {"points": 400, "reference": "towel-1", "perk": "award-points"})
    told = api.good("GET", path)
    assert (told["points"], told["owed"]) == (600, 0)
    assert told["perks"] == [{"perk": "award-points", "points": 100}, {"perk": "level-points", "points": 500}]
    refused = api.post(f"{path}/spend", {"points": 101, "reference": "towel-2", "perk": "award-points"})
    assert (refused.status, refused.code) == (409, "balance_too_low")
    assert api.post(f"{path}/spend", {"points": 1, "reference": "towel-3", "perk": "unheard-of"}).code == (
        "balance_too_low"
    )
    api.good("POST", f"{path}/spend", {"points": 600, "reference": "towel-4"})
    assert api.good("GET", path)["perks"] == []
    assert api.violations() == []


def test_points_are_never_spent_beyond_the_balance(api: Api) -> None:
    api.stays(ANA, 10)
    api.ask(moment="checkout")
    at_once(10, lambda number: api.post(f"/guests/{ANA}/points/spend", {"points": 100, "reference": f"r{number}"}))
    assert api.good("GET", f"/guests/{ANA}/points")["points"] == 50
    assert api.violations() == []


def test_a_guest_chooses_once(api: Api) -> None:
    api.stays(ANA, 10)
    given = api.ask(moment="during_stay")["perks"][0]
    assert (given["perk"], given["choose_of"], given["choose_by"]) == ("cake", "cake,welcome-drink", "2026-12-22")
    chosen = api.good("POST", f"/grants/{given['grant']}/choose", {"perk": "welcome-drink"})
    assert (chosen["perk"], chosen["state"]) == ("welcome-drink", "granted")
    assert api.post(f"/grants/{given['grant']}/choose", {"perk": "welcome-drink"}).code == "field_invalid"
    assert api.post(f"/grants/{chosen['id']}/choose", {"perk": "cake"}).code == "field_invalid"
    assert api.violations() == []


def test_a_grant_is_found_by_its_code_and_its_life_is_told(api: Api) -> None:
    api.stays(ANA, 10, 40, 70)
    code = api.ask()["perks"][1]["code"]
    shown = api.good("GET", f"/grants/{code}")
    assert shown["perk"] == "welcome-drink"
    api.good("POST", f"/grants/{code}/deliver", {"by": "Cas", "reason": "at the bar"})
    life = api.good("GET", f"/grants/{shown['id']}/events")["events"]
    assert [(event["kind"], event["by"]) for event in life][1:] == [("delivered", "Cas")]


# --- rates


def test_the_minute_of_a_key_is_counted_and_told(sqlite_file: Path, tmp_path: Path) -> None:
    api = open_api(f"sqlite:///{sqlite_file}", tmp_path, rate_limit_per_minute=5)
    left = [api.get("/properties").headers["RateLimit-Remaining"] for _ in range(3)]
    assert left == ["4", "3", "2"]
    refused = api.post("/decisions", {})
    assert (refused.status, refused.headers["RateLimit-Remaining"], refused.headers["RateLimit-Limit"]) == (
        422,
        "1",
        "5",
    )
    assert api.again(["guests:read"]).get("/properties").headers["RateLimit-Remaining"] == "4"
    assert api.get("/properties").status == 200
    full = api.get("/properties")
    assert (full.status, full.code, full.headers["RateLimit-Remaining"]) == (429, "rate_limited", "0")
    assert 1 <= int(full.headers["Retry-After"]) <= 60
    assert api.post("/decisions", question()).status == 429
    assert api.again().get("/properties").status == 200
    api.database.close()


def test_a_minute_slides() -> None:
    seconds = [600.0]
    limiter = RateLimiter(10, lambda: seconds[0])
    assert [limiter.take("k").full for _ in range(11)] == [False] * 10 + [True]
    assert limiter.take("other").full is False
    seconds[0] = 660.0
    assert limiter.take("k").full is True
    seconds[0] = 690.0
    assert [limiter.take("k").full for _ in range(6)] == [False] * 5 + [True]
    seconds[0] = 780.0
    standing = limiter.take("k")
    assert (standing.remaining, standing.reset_s, standing.headers()["RateLimit-Reset"]) == (9, 60, "60")
    assert RateLimiter(0).take("k").headers() == {}


# --- stock


def test_stock_is_set_in_all_and_cut_with_what_is_promised_in_sight(api: Api) -> None:
    stock(api, "welcome-drink", 2)
    for number in range(2):
        api.ask(f"card:s{number}", enrol=True, stay={"reservation": f"S{number}"})
    path = "/stock?property=harbour&perk=welcome-drink&day=2026-11-22"
    assert api.good("GET", path)["left"] == 0
    stock(api, "welcome-drink", 1)
    assert {name: api.good("GET", path)[name] for name in ("quantity", "left", "over_promised")} == {
        "quantity": 1, "left": 0, "over_promised": 1,
    }  # fmt: skip
    assert api.violations() == []


def test_facts_of_another_system_are_not_taken_back(api: Api) -> None:
    fact = api.stays(ANA, 10)[0]
    other = api.again(["activities:write", "activities:read"], name="another till")
    assert other.post(f"/activities/{fact}/reverse", {"key": "back-1"}).code == "field_invalid"
    assert other.good("POST", "/activities", {"activities": [stay_item(ANA, 10)]})["activities"][0]["activity"] != fact
    taken = api.good("POST", f"/activities/{fact}/reverse", {"key": "back-1", "reason": "never came"})
    assert taken["status"] == "recorded"
    assert api.post(f"/activities/{fact}/reverse", {"key": "back-2"}).code == "already_reversed"


def test_a_correction_that_says_no_time_and_is_told_again_later_is_the_same_one(api: Api) -> None:
    fact = api.stays(ANA, 10)[0]
    first = api.good("POST", f"/activities/{fact}/reverse", {"key": "back-1"})
    api.clock.advance(timedelta(hours=3))
    again = api.good("POST", f"/activities/{fact}/reverse", {"key": "back-1"})
    assert (first["activity"], again["status"]) == (again["activity"], "duplicate")
    later = {"key": "back-1", "occurred_at": "2026-11-22T17:00:00Z"}
    assert api.post(f"/activities/{fact}/reverse", later).code == "activity_conflict"


def test_a_system_whose_key_was_replaced_tells_no_fact_twice(api: Api) -> None:
    body = {"activities": [stay_item(ANA, 10), stay_item(ANA, 20)]}
    first = api.good("POST", "/activities", body)["activities"]
    again = api.again(name="a test").good("POST", "/activities", body)["activities"]
    assert [one["status"] for one in first + again] == ["recorded"] * 2 + ["duplicate"] * 2
    assert [one["activity"] for one in first] == [one["activity"] for one in again]


def test_one_key_for_two_questions_of_a_batch_is_the_firsts(api: Api) -> None:
    twice = [item(2), item(1) | {"key": item(2)["key"]}, item(3)]
    told = api.good("POST", "/decisions/batch", {"questions": twice}, key="")["results"]
    assert [one["status"] for one in told] == [201, 422, 201]
    assert told[1]["problem"]["code"] == "idempotency_key_reused"
    assert api.rows()["decision"] == 2


def test_a_guests_two_reservations_in_one_batch_know_of_each_other(api: Api) -> None:
    api.stays(ANA, 10, 40, 70)
    bill = {
        "key": "bill-1", "kind": "spend", "guest": ANA, "property": "harbour", "day": "2026-11-20",
        "amount_minor": 60_000, "currency": "EUR",
    }  # fmt: skip
    api.good("POST", "/activities", {"activities": [bill]})
    items = [
        {"key": f"two-stays-of-one-{n}", "question": question(ANA, stay={"reservation": f"R-{n}"})} for n in range(2)
    ]
    told = api.good("POST", "/decisions/batch", {"questions": items}, key="")["results"]
    given = [[perk["rule"] for perk in one["decision"]["perks"]] for one in told]
    assert given == [["regular", "spender", "welcome"], ["regular", "welcome"]]
    assert api.violations() == []
