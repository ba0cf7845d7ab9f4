"""What Ana is given at the desk, told to Mews: notes, credits and the membership, each once, and undone."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from rewards.desk.reply import Reader
from rewards.desk.wire import read_question
from rewards.ledger import life
from rewards.pluginhost import delivering
from rewards.sdk.testing import Call, House, Recorded
from rewards.studio.publish import publish, read_draft

from .shapes import (
    ANA,
    HARBOUR,
    LATER,
    SETTINGS,
    R,
    customers,
    items,
    line,
    listed,
    processed,
    reservation,
    reservations,
    webhook,
)

PERKS = """
drink: {kind: item, title: {en: a drink, nl: een drankje}, cost: EUR 5}
dinner: {kind: credit, title: {en: Dinner credit, nl: Dinertegoed}, payer: programme}
gold: {kind: item, title: {en: Gold, nl: Goud}, cost: EUR 0}
silver: {kind: item, title: {en: Silver, nl: Zilver}, cost: EUR 0}
bonus: {kind: points, title: {en: Points, nl: Punten}}
"""
RULE = """
rule: {name}
title: {{en: A rule, nl: Een regel}}
at: arrival
when: {{fact: stay.channel, is: direct}}
give: [{{perk: {perk}}}]
"""
FOLIO = {"folio_service": "svc-credits", "folio_tax": "NL-2026-H"}
MEMBERSHIP = {"programme": "prog-1", "write_membership": True, "levels": "silver: tier-s, gold: tier-g"}


@dataclass(slots=True)
class Mews:
    """Mews as these tests need it: it remembers notes, folio lines and memberships, and answers by them."""

    house: House
    notes: dict[str, dict[str, Any]] = field(default_factory=dict)
    lines: list[dict[str, Any]] = field(default_factory=list)
    memberships: list[dict[str, Any]] = field(default_factory=list)

    def deliver(self) -> tuple[int, int, int]:
        """Deliver what is due; what was written is what Mews says from then on."""
        before = len(self.house.world.heard)
        found = delivering.deliver(self.house.engine.sources)
        for one in self.house.world.heard[before:]:
            self._take(one.url.rpartition("/v1/")[2], one.sent)
        self.say()
        assert self.house.defects == []
        return found.sent, found.later, found.dead

    def _take(self, what: str, sent: Mapping[str, Any]) -> None:
        if what == "serviceOrderNotes/add":
            for one in sent["ServiceOrderNotes"]:
                name = f"note-{len(self.notes) + 1}"
                self.notes[name] = {
                    "Id": name,
                    "OrderId": one["ServiceOrderId"],
                    "Text": one["Text"],
                    "Type": "General",
                }
        elif what == "serviceOrderNotes/delete":
            for name in sent["ServiceOrderNoteIds"]:
                del self.notes[name]
        elif what == "orders/add":
            self.lines += [{**one, "order": sent} for one in sent["Items"]]
        elif what == "loyaltyMemberships/add":
            self.memberships += [{"Id": "m-1", "ActivityState": "Active", **one} for one in sent["LoyaltyMemberships"]]
        elif what == "loyaltyMemberships/update":
            for one in sent["LoyaltyMembershipUpdates"]:
                name = one.pop("LoyaltyMembershipId")
                there = next(member for member in self.memberships if member["Id"] == name)
                there.update({key: value["Value"] for key, value in one.items()})

    def say(self) -> None:
        """What Mews says now."""
        self.house.world.answers[:] = [
            reservations(reservation()), customers(),
            listed("serviceOrderNotes/getAll", "ServiceOrderNotes", [*self.notes.values()]),
            listed("orderItems/getAll", "OrderItems",
                   [{"Id": "x", "ExternalIdentifier": one["ExternalIdentifier"]} for one in self.lines]),
            listed("loyaltyMemberships/getAll", "LoyaltyMemberships", self.memberships),
            *(Recorded("POST", f"/v1/{what}", body=b"{}")
              for what in ("serviceOrderNotes/add", "serviceOrderNotes/delete", "orders/add", "loyaltyMemberships/add",
                           "loyaltyMemberships/update")),
        ]  # fmt: skip


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(Path(__file__).parents[1], tmp_path)
    yield made
    made.close()


@pytest.fixture
def mews(house: House) -> Mews:
    made = Mews(house)
    made.say()
    return made


def gives(house: House, *perks: str) -> None:
    """From now on the house gives these to everybody who booked directly."""
    rules = "---".join(RULE.format(name=f"rule-{at}", perk=perk) for at, perk in enumerate(perks))
    with house.engine.database.writing() as store:
        draft = read_draft(rules, PERKS, store.properties.all(), "EUR")
        publish(store, draft, by="test", note="", now=house.clock.now())


def arrive(house: House, *, number: str = "4711", guest: str = f"pms:mews:{ANA}") -> list[str]:
    """Ana stands at the desk; the grants that she is given."""
    stay = {"reservation": number, "arrival": "2026-11-24", "departure": "2026-11-26", "channel": "direct"}
    question = {
        "guest": guest, "property": "harbour", "moment": "arrival", "mode": "commit", "enrol": True, "stay": stay,
    }  # fmt: skip
    answer = json.loads(house.engine.desk.ask(read_question(question), Reader("en", True)).body)
    return [one["grant"] for one in answer["perks"]]


def void(house: House, grant: str) -> None:
    with house.engine.database.writing() as store:
        life.void(store, grant, by="test", reason="a mistake", at=house.clock.now())


def test_the_desk_reads_what_ana_gets_on_her_reservation_and_not_what_was_taken_back(house: House, mews: Mews) -> None:
    gives(house, "drink", "dinner, amount: EUR 25")
    house.connect(SETTINGS)
    drink, dinner = arrive(house)
    assert mews.deliver() == (1, 0, 0)
    texts = sorted(one["Text"].partition(". Valid")[0] for one in mews.notes.values())
    assert texts == ["Loyalty: Dinner credit, 25.00 EUR", "Loyalty: a drink"]
    assert {one["OrderId"] for one in mews.notes.values()} == {R}
    void(house, drink)
    mews.deliver()
    assert [dinner in one["Text"] for one in mews.notes.values()] == [True]
    assert mews.lines == [], "no credit is put on a folio unless the hotel says with which service"


def test_the_note_is_in_the_language_of_the_desk_or_not_there(house: House, mews: Mews) -> None:
    gives(house, "drink")
    house.connect({**SETTINGS, "notes": "nl"})
    (drink,) = arrive(house)
    mews.deliver()
    (note,) = mews.notes.values()
    assert note["Text"].startswith("Loyaliteit: een drankje. Geldig tot ")
    assert note["Text"].endswith(f"[rewards {drink}]")


def test_no_notes_where_the_hotel_wants_none(house: House, mews: Mews) -> None:
    gives(house, "drink")
    house.connect({**SETTINGS, "notes": "no"})
    void(house, *arrive(house))
    mews.deliver()
    assert mews.notes == {}


def test_a_credit_is_one_line_on_the_folio_and_its_opposite_once_it_is_taken_back(house: House, mews: Mews) -> None:
    gives(house, "dinner, amount: EUR 25")
    house.connect({**SETTINGS, **FOLIO})
    (dinner,) = arrive(house)
    mews.deliver()
    void(house, dinner)
    mews.deliver()
    assert [(one["UnitAmount"]["GrossValue"], one["ExternalIdentifier"]) for one in mews.lines] == [
        (Decimal("-25.00"), f"rewards:{dinner}"), (Decimal("25.00"), f"rewards:{dinner}:undone"),
    ]  # fmt: skip
    order = mews.lines[0]["order"]
    assert (order["AccountId"], order["LinkedReservationId"], order["EnterpriseId"]) == (ANA, R, HARBOUR)
    assert mews.lines[0]["UnitAmount"]["TaxCodes"] == ["NL-2026-H"]


def test_a_credit_whose_answer_was_lost_is_not_put_there_twice(house: House, mews: Mews) -> None:
    gives(house, "dinner, amount: EUR 25")
    house.connect({**SETTINGS, **FOLIO})
    arrive(house)
    house.answers(Recorded("POST", "/v1/orders/add", 502))
    assert mews.deliver() == (0, 1, 0)
    assert len(mews.lines) == 1, "Mews has it, and its answer did not come"
    house.clock.advance(timedelta(minutes=10))
    assert mews.deliver() == (1, 0, 0)
    assert (len(mews.lines), len(mews.notes)) == (1, 1)


def test_our_own_credit_on_a_folio_takes_nothing_off_what_was_spent(house: House, mews: Mews) -> None:
    gives(house, "dinner, amount: EUR 25")
    connection = house.connect({**SETTINGS, **FOLIO})
    arrive(house)
    mews.deliver()
    ours = line("credit", "CustomItem", -25, ExternalIdentifier=mews.lines[0]["ExternalIdentifier"])
    house.answers(reservations(processed()), items(line("dinner", "ProductOrder", 60), ours), customers())
    house.clock.advance(LATER)
    house.send(connection, Call(webhook(R)))
    house.settle()
    assert [one.amount_minor for one in house.facts(connection) if one.kind == "spend"] == [6_000]


def test_a_reservation_that_mews_does_not_have_is_told_to_the_operator(house: House, mews: Mews) -> None:
    gives(house, "drink")
    house.connect(SETTINGS)
    arrive(house, number="0815")
    assert mews.deliver() == (0, 0, 1)
    assert mews.notes == {}


def test_number_points_and_level_are_written_to_the_profile_and_follow(house: House, mews: Mews) -> None:
    gives(house, "silver", "gold", "bonus, points: 100")
    house.connect({**SETTINGS, **MEMBERSHIP})
    _, gold, _ = arrive(house)
    mews.deliver()
    (member,) = mews.memberships
    assert (member["AccountId"], member["LoyaltyProgramId"], member["State"]) == (ANA, "prog-1", "Enrolled")
    assert (member["Points"], member["LoyaltyTierId"]) == (100, "tier-g")
    void(house, gold)
    mews.deliver()
    assert (member["Points"], member["LoyaltyTierId"]) == (100, "tier-s")


def test_what_is_there_already_is_not_written_again(house: House, mews: Mews) -> None:
    gives(house, "silver")
    house.connect({**SETTINGS, **MEMBERSHIP})
    mews.memberships.append(
        {"Id": "m-9", "AccountId": ANA, "Points": 0, "LoyaltyTierId": "tier-s", "MembershipNumber": "7"}
    )
    mews.say()
    arrive(house)
    mews.deliver()
    assert [one.url for one in house.world.heard if one.url.endswith(("Memberships/add", "Memberships/update"))] == []
    assert mews.memberships[0]["MembershipNumber"] == "7", "a number that is not ours to know is left alone"


def test_a_guest_without_a_profile_at_mews_has_nothing_written(house: House, mews: Mews) -> None:
    gives(house, "silver")
    house.connect({**SETTINGS, **MEMBERSHIP})
    arrive(house, guest="card:00412")
    mews.deliver()
    assert mews.memberships == []
