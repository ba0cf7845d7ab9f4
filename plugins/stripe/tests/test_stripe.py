"""What is special about Stripe: which payments count and where, whose they are, and amounts that are not in cents."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from plugins.stripe.tests.told import PAID, SETTINGS, dispute, event, paid, refund, refunded, signed, thing
from rewards.sdk.testing import House, Standing
from rewards.storage.sources import ConnectionRow


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(Path(__file__).parents[1], tmp_path)
    yield made
    made.close()


def tell(house: House, connection: ConnectionRow, *bodies: bytes) -> list[int]:
    """What each message is answered; then all are worked on."""
    secret = SETTINGS["signing_secret"]
    told = [house.send(connection, signed(body, str(secret), house.clock.now())).status for body in bodies]
    house.settle()
    return told


def after(house: House, *bodies: bytes, settings: Mapping[str, Any] = SETTINGS) -> list[Standing]:
    connection = house.connect(settings)
    assert all(status == 202 for status in tell(house, connection, *bodies))
    assert house.defects == []
    return house.facts(connection)


def rate(house: House, currency: str) -> None:
    with house.engine.database.writing() as store:
        store.properties.put_rate(currency, "EUR", date(2000, 1, 1), Fraction(1, 100))


def notes(house: House, connection: ConnectionRow) -> list[str | None]:
    return [row.note for row in house.inbox(connection)]


def test_one_payment_that_is_told_twice_counts_once(house: House) -> None:
    both = (paid(), event("charge.succeeded", thing("charge")))
    assert len(after(house, *both)) == 1
    by_charge = after(house, *both, settings={**SETTINGS, "counts": "charge"})
    assert [(one.source_key, one.amount_minor) for one in by_charge] == [("payment/ch_3Harbour0001", 12_000)]


def test_a_charge_that_is_only_authorised_counts_once_it_is_captured(house: House) -> None:
    connection = house.connect({**SETTINGS, "counts": "charge"})
    tell(house, connection, event("charge.succeeded", thing("charge", captured=False, amount_captured=0)))
    assert house.facts(connection) == []
    tell(house, connection, event("charge.captured", thing("charge", amount_captured=9_000), PAID + 60))
    assert [one.amount_minor for one in house.facts(connection)] == [9_000]


def test_refunds_and_disputes_find_a_payment_by_its_charge(house: House) -> None:
    told = (
        event("charge.succeeded", thing("charge")),
        refund(payment_intent=None),
        refunded(3_000, payment_intent=None),
    )
    assert [one.amount_minor for one in after(house, *told, settings={**SETTINGS, "counts": "charge"})] == [9_000]


def test_a_refund_before_its_payment_waits_for_it(house: House) -> None:
    connection = house.connect(SETTINGS)
    tell(house, connection, refund())
    assert (house.facts(connection), notes(house, connection)) == ([], ["the payment itself has not come yet"])
    tell(house, connection, paid())
    assert [one.amount_minor for one in house.facts(connection)] == [9_000]


def test_more_refunded_than_paid_leaves_nothing_and_says_so(house: House) -> None:
    connection = house.connect(SETTINGS)
    tell(house, connection, paid(), refund(amount=9_000), refund(id="re_2", amount=9_000))
    assert house.facts(connection) == []
    assert "more was taken back than was paid" in notes(house, connection)


def test_a_refund_in_another_currency_withholds_the_payment(house: House) -> None:
    assert [(one.amount_minor, one.withheld) for one in after(house, paid(), refund(currency="usd"))] == [
        (12_000, "refunded in another currency")
    ]


def test_the_same_refund_under_two_events_is_taken_back_once(house: House) -> None:
    told = (paid(), refund(), refund("updated", at=PAID + 601, created=PAID + 600), refunded(3_000, at=PAID + 602))
    assert [one.amount_minor for one in after(house, *told)] == [9_000]


def test_an_old_total_does_not_take_back_what_came_later_or_failed(house: House) -> None:
    told = (
        paid(),
        refund(at=PAID + 600),
        refunded(3_000, at=PAID + 600),
        refund("failed", at=PAID + 700, created=PAID + 600, status="failed"),
        refund(at=PAID + 800, id="re_2", amount=1_000),
    )
    assert [one.amount_minor for one in after(house, *told)] == [11_000]


def test_a_dispute_that_is_lost_takes_back_its_part(house: House) -> None:
    told = (
        paid(),
        dispute("created", "needs_response", amount=5_000),
        dispute("closed", "lost", PAID + 900, amount=5_000),
    )
    assert [(one.amount_minor, one.withheld) for one in after(house, *told)] == [(7_000, None)]


def test_an_inquiry_withholds_until_it_is_closed(house: House) -> None:
    connection = house.connect(SETTINGS)
    tell(house, connection, paid(), dispute("created", "warning_needs_response"))
    assert [one.withheld for one in house.facts(connection)] == ["disputed"]
    tell(house, connection, dispute("closed", "warning_closed", PAID + 900))
    assert [(one.withheld, one.amount_minor) for one in house.facts(connection)] == [(None, 12_000)]


@pytest.mark.parametrize(
    ("currency", "theirs", "ours"),
    [("jpy", 500, 500), ("kwd", 5_120, 5_120), ("isk", 500, 5), ("ugx", 500, 5), ("mga", 500, 50_000), ("usd", 5, 5)],
)
def test_amounts_are_in_the_smallest_unit_of_the_standard(house: House, currency: str, theirs: int, ours: int) -> None:
    rate(house, currency.upper())
    found = after(house, paid(currency=currency, amount_received=theirs))
    assert [(one.amount_minor, one.currency) for one in found] == [(ours, currency.upper())]


def test_a_fraction_of_a_crown_and_an_unknown_currency_are_refused(house: House) -> None:
    connection = house.connect(SETTINGS)
    assert tell(house, connection, paid(currency="isk", amount_received=550)) == [400]
    assert tell(house, connection, paid(currency="xyz")) == [400]
    assert house.inbox(connection) == []


def test_test_payments_are_refused_where_live_ones_are_taken_and_the_other_way_round(house: House) -> None:
    test = event("payment_intent.succeeded", thing("payment_intent", livemode=False), livemode=False)
    live, other = house.connect(SETTINGS), house.connect({**SETTINGS, "mode": "test"})
    assert tell(house, live, test, paid()) == [400, 202]
    assert tell(house, other, test, paid()) == [202, 400]
    assert len(house.inbox(live)) == len(house.inbox(other)) == 1


def test_metadata_says_the_house_before_the_account_does(house: House) -> None:
    settings = {**SETTINGS, "accounts": {"acct_sea": "seaside"}}
    plain = thing("payment_intent", metadata={"guest": "00412"}, id="pi_2")
    by_account = event("payment_intent.succeeded", plain, account="acct_sea")
    by_both = event("payment_intent.succeeded", thing("payment_intent"), account="acct_sea")
    by_neither = event("payment_intent.succeeded", {**plain, "id": "pi_3"}, account="acct_unknown")
    found = after(house, by_account, by_both, by_neither, settings=settings)
    assert sorted((one.source_key, one.property) for one in found) == [
        ("payment/pi_2", "seaside"), ("payment/pi_3Harbour0001", "harbour"),
    ]  # fmt: skip


def test_a_connection_of_one_house_needs_no_mapping(house: House) -> None:
    settings = {"signing_secret": SETTINGS["signing_secret"]}
    one = house.connect(settings, properties=["seaside"])
    both = house.connect(settings)
    for connection in (one, both):
        tell(house, connection, paid(), refund())
    assert [(fact.property, fact.amount_minor) for fact in house.facts(one)] == [("seaside", 9_000)]
    assert house.facts(both) == []
    assert set(notes(house, both)) == {"the payment's account and metadata lead to no property"}


def test_a_customer_of_stripe_is_a_guest_unless_the_hotel_says_otherwise(house: House) -> None:
    nobody = paid(metadata={"property": "HH"})
    assert [one.identities for one in after(house, nobody)] == [{"stripe_customer:cus_Ana0001"}]
    assert after(house, nobody, settings={**SETTINGS, "customers": False}) == []
    assert after(house, paid(metadata={"property": "HH"}, customer=None)) == []


def test_ben_pays_with_a_card_that_stripe_knows_as_anas(house: House) -> None:
    connection = house.connect(SETTINGS)
    tell(house, connection, paid(), paid(id="pi_2", metadata={"guest": "00777", "property": "HH"}))
    ana, ben = house.facts(connection)
    assert "card:00412" in ana.identities
    assert ben.identities == {"card:00777"}


def test_keys_of_the_metadata_are_the_hotels_own(house: House) -> None:
    keys = {"guest_key": "memberMail", "guest_kind": "email", "house_key": "site.code", "outlet_key": "till"}
    said = {"memberMail": "ana@example.org", "site.code": "SH", "till": "bar"}
    (found,) = after(house, paid(metadata=said), settings={**SETTINGS, **keys})
    assert "email:ana@example.org" in found.identities
    assert (found.property, found.category, found.reservation) == ("seaside", "bar", None)


def test_no_name_address_or_card_is_kept(house: House) -> None:
    connection = house.connect({**SETTINGS, "counts": "charge"})
    tell(house, connection, event("charge.succeeded", thing("charge")), refund(), dispute("created", "needs_response"))
    assert len(house.facts(connection)) == 1
    stored = (house.home / "rewards.db").read_bytes() + (house.home / "rewards.db-wal").read_bytes()
    for word in (b"loud-stranger", b"Loud Stranger", b"AOBfingerprint", b"do_not_keep", b"table 7"):
        assert word not in stored


def test_other_events_are_taken_and_say_nothing(house: House) -> None:
    connection = house.connect(SETTINGS)
    assert tell(house, connection, event("customer.created", {"id": "cus_1", "email": "ana@example.org"})) == [202]
    assert house.inbox(connection) == []


@pytest.mark.parametrize("counts", ["payment_intent", "charge"])
def test_recorded_events_are_read(house: House, wire: Path, counts: str) -> None:
    connection = house.connect({**SETTINGS, "mode": "test", "counts": counts})
    bodies = [file.read_bytes() for file in sorted((wire / "stripe").glob("event_*.json"))]
    assert set(tell(house, connection, *bodies)) == {202}
    assert house.defects == []


def test_official_objects_are_read(house: House, wire: Path) -> None:
    rate(house, "USD")
    connection = house.connect({**SETTINGS, "mode": "test", "counts": "charge"})
    charge, taken, doubt = (
        json.loads((wire / "stripe" / f"fixture_{name}.json").read_bytes()) for name in ("charge", "refund", "dispute")
    )
    charge = {**charge, "captured": True, "amount_captured": 1_000, "metadata": {"guest": "00412", "property": "HH"}}
    said = [("charge.succeeded", charge), ("refund.created", taken), ("charge.dispute.created", doubt)]
    assert set(tell(house, connection, *(event(kind, one, livemode=False) for kind, one in said))) == {202}
    assert [(one.amount_minor, one.currency, one.withheld) for one in house.facts(connection)] == [
        (900, "USD", "disputed")
    ]
