"""`rewards properties` and `rewards guests`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command import Command
from tests.fixtures.nominatim import ADDRESS

HARBOUR = ("--name", "Harbour Hotel", "--brand", "quayside", "--zone", "Europe/Amsterdam", "--currency", "EUR")


@pytest.fixture
def nominatim(rewards: Command, nominatim_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A geocoder, configured; after the command line, which starts from an environment without one."""
    monkeypatch.setenv("REWARDS_NOMINATIM_URL", nominatim_url)


@pytest.mark.usefixtures("nominatim")
def test_a_hotel_is_added_by_its_address(rewards: Command) -> None:
    added = rewards.good("properties", "add", "harbour", *HARBOUR, "--address", ADDRESS, "--json").json
    assert added["position"] == {"latitude": 51.9042, "longitude": 4.4847}
    assert (added["city"], added["country"]) == ("Rotterdam", "NL")
    assert [one["code"] for one in rewards.good("properties", "list", "--json").json] == ["harbour"]


@pytest.mark.usefixtures("nominatim")
def test_an_address_that_nobody_knows_is_a_no_and_adds_nothing(rewards: Command) -> None:
    said = rewards("properties", "add", "harbour", *HARBOUR, "--address", "Nowhere 9", "--json")
    assert (said.status, said.json["code"]) == (1, "address_unknown")
    assert "Nowhere 9" in said.json["detail"]
    assert "No hotels yet." in rewards.good("properties", "list").out


def test_without_a_geocoder_an_address_is_refused(rewards: Command) -> None:
    said = rewards("properties", "add", "harbour", *HARBOUR, "--address", ADDRESS, "--json")
    assert said.json["code"] == "address_unknown"
    assert "REWARDS_NOMINATIM_URL" in said.json["hint"]


def test_a_hotel_is_added_at_a_position_and_changed_under_its_code(rewards: Command) -> None:
    place = ("--position", "51.9042,4.4847", "--city", "Rotterdam", "--country", "NL")
    rooms = ("--room-class", "standard", "--room-class", "suite")
    assert "is there as “harbour”" in rewards.good("properties", "add", "harbour", *HARBOUR, *place).out
    assert "is changed" in rewards.good("properties", "add", "harbour", *HARBOUR, *place, *rooms).out
    (hotel,) = rewards.good("properties", "list", "--json").json
    assert hotel["room_classes"] == ["standard", "suite"]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (("Harbour!", *HARBOUR), "field_invalid"),
        (("harbour", *HARBOUR[:-1], "XXQ"), "currency_unknown"),
        (("harbour", *HARBOUR[:5], "Europe/Atlantis", *HARBOUR[6:]), "zone_unknown"),
        (("harbour", *HARBOUR[:5], "Europe", *HARBOUR[6:]), "zone_unknown"),
        (("harbour", *HARBOUR, "--position", "91,4"), "position_out_of_range"),
        (("harbour", *HARBOUR, "--position", "nan,4"), "position_out_of_range"),
        (("harbour", *HARBOUR, "--position", "here"), "field_invalid"),
        (("harbour", *HARBOUR, "--room-class", "suite", "--room-class", "suite"), "field_invalid"),
    ],
)
def test_a_hotel_that_cannot_be_is_a_no_and_adds_nothing(rewards: Command, wrong: tuple[str, ...], code: str) -> None:
    said = rewards("properties", "add", *wrong, "--city", "Rotterdam", "--country", "NL", "--json")
    assert (said.status, said.json["code"]) == (1, code)
    assert rewards.good("properties", "list", "--json").json == []


def test_a_hotel_without_a_city_is_wrong_use(rewards: Command) -> None:
    assert rewards("properties", "add", "harbour", *HARBOUR, "--position", "51.9,4.4").status == 2


def test_two_records_of_one_guest_are_united_and_parted_again(rewards: Command, tmp_path: Path) -> None:
    orders = tmp_path / "orders.txt"
    orders.write_text(
        "customer_id date number_of_cds dollar_value\n00001 19970101 1 11.77\n00002 19970112 1 12.00\n",
        encoding="utf-8",
    )
    rewards.good("import", "cdnow-orders", orders)
    ana, twin = "cdnow:00001", "cdnow:00002"
    united = rewards.good("guests", "merge", ana, twin, "--reason", "the same Ana", "--json").json
    assert rewards("guests", "merge", ana, twin, "--reason", "again", "--json").json["code"] == "merge_invalid"
    parted = rewards.good("guests", "unmerge", united["merge"], "--json").json
    assert (parted["kept"], parted["absorbed"]) == (united["kept"], united["absorbed"])
    rewards.good("history", "rebuild", "--verify")
    assert rewards("guests", "unmerge", united["merge"]).status == 1


def test_a_guest_that_nobody_knows_is_a_no(rewards: Command) -> None:
    said = rewards("guests", "merge", "card:1", "card:2", "--reason", "a guess", "--json")
    assert (said.status, said.json["code"]) == (1, "guest_unknown")


def test_friends_are_linked_and_part_again(rewards: Command, tmp_path: Path) -> None:
    orders = tmp_path / "orders.txt"
    orders.write_text(
        "customer_id date number_of_cds dollar_value\n00001 19970101 1 11.77\n00002 19970112 1 12.00\n",
        encoding="utf-8",
    )
    rewards.good("import", "cdnow-orders", orders)
    ana, ben = "cdnow:00001", "cdnow:00002"
    assert "are linked" in rewards.good("guests", "link", ana, ben).out
    assert rewards.good("guests", "link", ben, ana, "--json").json == {"changed": False}
    (one,) = rewards.good("guests", "links", ben, "--json").json
    assert (one["kind"], one["source"]) == ("friend", "command line")
    assert "niet meer verbonden" in rewards.good("guests", "unlink", ana, ben, "--lang", "nl").out
    assert rewards.good("guests", "links", ana).out.strip() == "Nobody is linked with this guest."
    assert rewards("guests", "link", ana, "card:nobody", "--json").json["code"] == "guest_unknown"
    assert rewards("guests", "link", ana, ben, "--kind", "fan").status == 2
