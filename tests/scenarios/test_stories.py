"""What guests, clerks and tills do in a week, as their systems tell it and ask it over HTTP."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.api.client import Api, publish, stay_item, stock
from tests.stage import TODAY, question

ANA, BEN, CAS = "card:00412", "card:00413", "card:00414"


def perks(answer: Any) -> dict[str, str]:
    """The perks of an answer by the rule that gave them."""
    return {perk["rule"]: perk["perk"] for perk in answer["perks"]}


def grant(answer: Any, rule: str) -> str:
    return str(next(perk["grant"] for perk in answer["perks"] if perk["rule"] == rule))


def reasons(answer: Any) -> dict[str, str]:
    return {one["rule"]: one["reason"] for one in answer["withheld"]}


def states(house: Api, answer: Any) -> dict[str, str]:
    """The perks of a decision as they stand now."""
    shown = house.good("GET", f"/decisions/{answer['decision']}")
    return {one["perk"]: one["state"] for one in shown["grants"]}


def spend(guest: str, cents: int, key: str, **more: Any) -> dict[str, Any]:
    return {
        "key": key, "kind": "spend", "guest": guest, "property": "harbour", "day": str(TODAY - timedelta(days=3)),
        "amount_minor": cents, "currency": "EUR",
    } | more  # fmt: skip


def payment(guest: str, ago: int, key: str) -> dict[str, Any]:
    return {
        "key": key, "kind": "payment", "guest": guest, "property": "harbour",
        "day": str(TODAY - timedelta(days=ago)), "on_time": True,
    }  # fmt: skip


def test_anas_eighth_stay_is_upgraded_and_a_retry_grants_once(house: Api) -> None:
    house.stays(ANA, *range(14, 14 * 8, 14))
    house.good("POST", "/activities", {"activities": [payment(ANA, 14 * n, f"invoice-{n}") for n in range(1, 5)]})
    asked = question(ANA, stay={"reservation": "R-4711", "arrival": str(TODAY), "room_class": "standard"})
    key = "arrival-R-4711-2026-11-22"
    first = house.post("/decisions", asked, key=key)
    assert first.status == 201
    upgrade = next(perk for perk in first.json["perks"] if perk["rule"] == "fortnightly-regular")
    assert (upgrade["perk"], upgrade["from"], upgrade["to"]) == ("room-upgrade", "standard", "superior")
    assert upgrade["valid_until"] == "2026-11-24T11:00+01:00"
    assert upgrade["say"].startswith("You stay with us so often")
    assert {"condition": "at least 6 stays at this hotel in 180 days", "needed": 6, "actual": 7} in upgrade["why"]
    assert reasons(first.json)["returning-guest-upgrade"] == "group_taken"

    # The network lost the answer: the desk asks again, and once more under another key by another clerk.
    again = house.post("/decisions", asked, key=key)
    other = house.post("/decisions", asked)
    assert (again.data, again.replayed) == (first.data, True)
    assert (other.status, other.data) == (200, first.data)
    grants = house.good("GET", f"/guests/{ANA}/grants")["grants"]
    assert {one["id"] for one in grants} == {perk["grant"] for perk in first.json["perks"]}

    # She leaves; her eighth stay is history, and the next arrival is another question.
    house.clock.move_to(datetime(2026, 11, 24, 15, 0, tzinfo=UTC))
    house.good("POST", "/activities", {"activities": [stay_item(ANA, -2, reservation="R-4711")]})
    later = house.ask(ANA, stay={"reservation": "R-4900", "arrival": "2026-11-24", "departure": "2026-11-26"})
    why = next(perk for perk in later["perks"] if perk["rule"] == "fortnightly-regular")["why"]
    assert why[0]["actual"] == 8


def test_bens_complaint_is_served_by_loyalty(house: Api) -> None:
    house.stays(BEN, 20, 60, 100, 140)
    house.good("POST", "/guests", {"identities": ["instagram:famous"], "attributes": {"followers": 900_000}})
    complaint = {"moment": "request", "topic": "complaint", "severity": 4, "stay": {"reservation": "R-1"}}
    famous = house.ask("instagram:famous", **complaint)
    ben = house.ask(BEN, **complaint)
    assert perks(famous) == {"care-for-everybody": "priority-care"}
    assert perks(ben) == {"care-for-regulars": "priority-care", "make-it-good": "apology-credit"}
    levels = [one["perks"][0]["level"] for one in (ben, famous)]
    assert levels == [1, 2]
    shown = house.good("GET", "/guests/instagram:famous")
    assert shown["attributes"] == {}
    scored = house.post("/guests", {"identities": ["klout:ben"]})
    assert (scored.status, scored.code) == (422, "influence_refused")


def test_a_cancelled_stay_voids_an_unused_upgrade_and_keeps_a_redeemed_dinner(house: Api) -> None:
    stays = house.stays(ANA, *range(14, 14 * 7, 14))
    house.good("POST", "/activities", {"activities": [spend(ANA, 120_000, "folio-1")]})
    given = house.ask(ANA)
    assert perks(given) == {
        "fortnightly-regular": "room-upgrade", "big-spender": "dinner-credit", "direct-booker": "late-checkout",
    }  # fmt: skip
    dinner = grant(given, "big-spender")
    house.good("POST", f"/grants/{dinner}/redeem", {"reference": "bill-77", "by": "the restaurant"})

    # The oldest of six stays turns out to have been another guest's: five are too few for the upgrade.
    house.good("POST", f"/activities/{stays[-1]}/reverse", {"key": "wrong-guest", "reason": "booked on the wrong card"})
    assert states(house, given) == {
        "room-upgrade": "voided", "dinner-credit": "redeemed", "late-checkout": "granted",
    }  # fmt: skip
    shown = house.good("GET", f"/decisions/{given['decision']}")
    because = {one["perk"]: one.get("because", "") for one in shown["grants"]}
    assert because["room-upgrade"].startswith("the fact it rested on was taken back")

    # The spend is taken back too: what was eaten stays eaten, and keeps its charge on the budget.
    folio = next(
        one["id"] for one in house.good("GET", f"/guests/{ANA}/activities")["activities"] if one["kind"] == "spend"
    )
    house.good("POST", f"/activities/{folio}/reverse", {"key": "wrong-folio"})
    assert states(house, given)["dinner-credit"] == "redeemed"
    life = house.good("GET", f"/grants/{dinner}/events")["events"]
    assert [event["kind"] for event in life] == ["granted", "redeemed"]


def test_a_stay_that_is_called_off_takes_what_was_given_for_it(house: Api) -> None:
    house.stays(ANA, *range(14, 14 * 8, 14))
    given = house.ask(ANA, stay={"reservation": "R-9", "arrival": str(TODAY), "departure": str(TODAY)})
    other = house.ask(ANA, stay={"reservation": "R-10", "arrival": str(TODAY)})
    told = stay_item(ANA, 0, reservation="R-9", arrival=str(TODAY), departure=str(TODAY))
    fact = house.good("POST", "/activities", {"activities": [told]})["activities"][0]["activity"]
    assert "voided" not in states(house, given).values()
    house.good("POST", f"/activities/{fact}/reverse", {"key": "no-show"})
    assert set(states(house, given).values()) == {"voided"}
    assert set(states(house, other).values()) == {"granted"}


def test_a_stay_that_is_told_anew_keeps_what_was_given_for_it(house: Api) -> None:
    house.stays(ANA, *range(14, 14 * 8, 14))
    told = stay_item(ANA, 0, reservation="R-9", arrival=str(TODAY), departure=str(TODAY))
    given = house.ask(ANA, stay={"reservation": "R-9", "arrival": str(TODAY), "departure": str(TODAY)})
    fact = house.good("POST", "/activities", {"activities": [told]})["activities"][0]["activity"]
    mended = told | {"key": "stay/mended", "amount_minor": 9_900, "currency": "EUR"}
    house.good("POST", "/activities", {"activities": [mended]})
    house.good("POST", f"/activities/{fact}/reverse", {"key": "amended"})
    assert set(states(house, given).values()) == {"granted"}


def test_a_sold_out_house_falls_to_the_or_else_and_gives_the_room_later(house: Api) -> None:
    house.stays(ANA, *range(14, 14 * 8, 14))
    full = house.ask(ANA, stay={"free_classes": ["standard"]})
    assert perks(full)["fortnightly-regular"] == "late-checkout"
    assert reasons(full)["fortnightly-regular"] == "no_higher_class_free"
    assert next(one["text"] for one in full["withheld"] if one["rule"] == "fortnightly-regular") == (
        "No room in a higher class is free."
    )
    # A room became free: the rule of this question has given already, so the standing answer stays.
    later = house.ask(ANA, stay={"free_classes": ["standard", "suite"]})
    assert perks(later) == perks(full)
    assert grant(later, "fortnightly-regular") == grant(full, "fortnightly-regular")


def test_a_sold_out_stock_falls_to_the_or_else_for_one_of_many(house: Api) -> None:
    rules = (
        "rule: spa-day\nat: arrival\nwhen: {measure: stays, where: here, ever: true, at_least: 1}\n"
        "give: [{perk: spa-entry, or_else: {perk: cake}}]\n"
    )
    catalogue = (
        "spa-entry: {kind: item, title: {en: the spa, nl: de spa}, cost: EUR 18, stock: daily}\n"
        "cake: {kind: item, title: {en: a cake, nl: een taart}, cost: EUR 12}\n"
    )
    publish(house, rules, catalogue)
    stock(house, "spa-entry", 2)
    guests = [f"card:spa-{number}" for number in range(4)]
    given = []
    for guest in guests:
        house.stays(guest, 30)
        given.append(house.ask(guest, stay={"reservation": f"S-{guest}"}))
    assert [perks(answer)["spa-day"] for answer in given] == ["spa-entry", "spa-entry", "cake", "cake"]
    assert reasons(given[2]) == {"spa-day": "stock_gone"}
    # The house cannot do one of them after all: its place is free for whoever asks next.
    house.good("POST", f"/grants/{grant(given[0], 'spa-day')}/fail", {"reason": "the sauna is broken"})
    house.stays("card:spa-9", 30)
    assert perks(house.ask("card:spa-9", stay={"reservation": "S-9"}))["spa-day"] == "spa-entry"


def test_a_credit_is_redeemed_in_parts_and_never_beyond(house: Api) -> None:
    house.good("POST", "/activities", {"activities": [spend(CAS, 150_000, "folio-2")]})
    given = house.ask(CAS, moment="checkout")
    dinner = grant(given, "big-spender")
    code = next(perk["code"] for perk in given["perks"] if perk["rule"] == "big-spender")

    def redeem(reference: str, cents: int | None, name: str = dinner) -> Any:
        return house.post(f"/grants/{name}/redeem", {"reference": reference, "quantity": cents, "by": "the bar"})

    assert redeem("bar-1", 1_250).json["used"] == 1_250
    assert redeem("bar-1", 1_250).code == "already_exists"
    assert redeem("bar-2", 3_751).code == "field_invalid"
    assert redeem("bar-3", 2_000, code).json["used"] == 3_250
    rest = redeem("bar-4", None).json
    assert (rest["used"], rest["state"]) == (5_000, "redeemed")
    assert redeem("bar-5", 1).code == "grant_not_redeemable"
    life = house.good("GET", f"/grants/{dinner}/events")["events"]
    assert [(event["quantity"], event["reference"]) for event in life[1:]] == [
        (1_250, "bar-1"), (2_000, "bar-3"), (1_750, "bar-4"),
    ]  # fmt: skip


def test_a_credit_lapses_and_the_budget_has_its_rest_back(house: Api) -> None:
    house.good("POST", "/activities", {"activities": [spend(CAS, 150_000, "folio-2")]})
    dinner = grant(house.ask(CAS, moment="checkout"), "big-spender")
    house.good("POST", f"/grants/{dinner}/redeem", {"reference": "bar-1", "quantity": 1_000})
    house.clock.advance(timedelta(days=91))
    late = house.post(f"/grants/{dinner}/redeem", {"reference": "bar-2"})
    assert (late.status, late.code) == (409, "grant_not_redeemable")
    assert house.good("GET", f"/grants/{dinner}")["state"] == "granted"


def test_two_profiles_of_one_person_are_united_and_parted(house: Api) -> None:
    house.stays(ANA, 20, 60, 100)
    house.stays("email:ana@old.example", 40, 80, 120, verified=False)
    alone = house.ask(ANA, mode="preview")
    assert perks(alone) == {"returning-guest-upgrade": "room-upgrade", "direct-booker": "late-checkout"}
    ana, old = (house.good("GET", f"/guests/{name}")["id"] for name in (ANA, "email:ana@old.example"))
    used = house.ask("email:ana@old.example", stay={"reservation": "OLD-1"})
    house.good("POST", f"/grants/{grant(used, 'returning-guest-upgrade')}/deliver", {})

    union = house.good("POST", f"/guests/{ANA}/merge", {"absorbed": old, "reason": "same passport"})
    assert (union["kept"], union["absorbed"]) == (ana, old)
    for name in (ANA, "email:ana@old.example", old):
        shown = house.good("GET", f"/guests/{name}")
        assert shown["id"] == ana
        assert {one["identity"] for one in shown["identities"]} == {ANA, "email:ana@old.example"}
    together = house.ask("email:ana@old.example")
    assert perks(together)["fortnightly-regular"] == "room-upgrade"
    assert together["guest"] == ana
    assert len(house.good("GET", f"/guests/{ANA}/activities")["activities"]) == 6
    assert house.post(f"/guests/{ANA}/merge", {"absorbed": old, "reason": "again"}).code == "merge_invalid"

    house.good("POST", "/guests/unmerge", {"merge": union["merge"]})
    assert house.good("GET", f"/guests/{old}")["id"] == old
    assert house.post("/guests/unmerge", {"merge": union["merge"]}).code == "merge_invalid"
    assert len(house.good("GET", f"/guests/{ANA}/activities")["activities"]) == 3
    # Grants stay with whom they were given to: the delivered one with the old record, the new ones with the kept one.
    mine = {one["decision"] for one in house.good("GET", f"/guests/{ANA}/grants")["grants"]}
    theirs = {one["decision"] for one in house.good("GET", f"/guests/{old}/grants")["grants"]}
    assert (mine, theirs) == ({together["decision"]}, {used["decision"]})
    apart = house.ask(ANA, mode="preview", stay={"reservation": "R-7"})
    assert "fortnightly-regular" not in perks(apart)


def test_a_late_checkout_keeps_the_clock_of_its_house(house: Api) -> None:
    house.stays(ANA, 20)
    rotterdam = house.ask(ANA)
    new_york = house.ask(ANA, property="hudson", stay={"reservation": "H-1", "room_class": "queen"})
    local = {
        answer["property"]: next(perk for perk in answer["perks"] if perk["rule"] == "direct-booker")["valid_until"]
        for answer in (rotterdam, new_york)
    }
    assert local == {"harbour": "2026-11-24T13:00+01:00", "hudson": "2026-11-24T13:00-05:00"}
    grants = {one["property"]: one["valid_until"] for one in house.good("GET", f"/guests/{ANA}/grants")["grants"]}
    assert grants == {"harbour": "2026-11-24T12:00:00Z", "hudson": "2026-11-24T18:00:00Z"}
    # At five past one in Rotterdam it is over there, and six hours early in New York.
    house.clock.move_to(datetime(2026, 11, 24, 12, 5, tzinfo=UTC))
    over = house.post(f"/grants/{grant(rotterdam, 'direct-booker')}/deliver", {})
    assert over.code == "grant_not_redeemable"
    assert house.post(f"/grants/{grant(new_york, 'direct-booker')}/deliver", {}).status == 200


@pytest.mark.parametrize(
    ("departure", "harbour", "hudson"),
    [
        (date(2027, 3, 28), "2027-03-28T13:00+02:00", "2027-03-28T13:00-04:00"),
        (date(2027, 3, 14), "2027-03-14T13:00+01:00", "2027-03-14T13:00-04:00"),
        (date(2027, 10, 31), "2027-10-31T13:00+01:00", "2027-10-31T13:00-04:00"),
        (date(2027, 11, 7), "2027-11-07T13:00+01:00", "2027-11-07T13:00-05:00"),
    ],
)
def test_a_late_checkout_on_the_day_the_clocks_change(house: Api, departure: date, harbour: str, hudson: str) -> None:
    house.stays(ANA, 20)
    arrival = departure - timedelta(days=2)
    at = datetime(arrival.year, arrival.month, arrival.day, 15, tzinfo=UTC)
    house.clock.move_to(at)
    house.good(
        "POST", "/activities",
        {"activities": [stay_item(ANA, 0, key="recent", arrival=str(arrival - timedelta(days=9)),
                                  departure=str(arrival - timedelta(days=7)))]},
    )  # fmt: skip
    for place, expected in (("harbour", harbour), ("hudson", hudson)):
        stay = {"reservation": f"{place}-1", "arrival": str(arrival), "departure": str(departure)}
        answer = house.ask(ANA, property=place, stay=stay)
        late = next(perk for perk in answer["perks"] if perk["rule"] == "direct-booker")
        assert late["valid_until"] == expected


def test_midnight_belongs_to_the_day_before_until_the_roll_over(house: Api) -> None:
    # Half past three at night in Rotterdam: still yesterday's hotel day, so yesterday's stock.
    house.clock.move_to(datetime(2026, 11, 23, 2, 30, tzinfo=UTC))
    rules = "rule: night-cap\nat: arrival\nwhen: {fact: stay.channel, is: direct}\ngive: [{perk: night-cap}]\n"
    publish(house, rules, "night-cap: {kind: item, title: {en: a drink, nl: een drankje}, stock: daily}\n")
    stock(house, "night-cap", 1, TODAY)
    assert perks(house.ask("card:late", enrol=True)) == {"night-cap": "night-cap"}
    house.clock.move_to(datetime(2026, 11, 23, 3, 30, tzinfo=UTC))
    assert reasons(house.ask("card:early", enrol=True)) == {"night-cap": "stock_gone"}
