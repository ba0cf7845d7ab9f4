"""Distances are geodesic; addresses come from the geocoder that the operator chose, here a stub on this machine."""

from __future__ import annotations

import pytest

from rewards.domain.property import Position
from rewards.errors import RewardsError
from rewards.geo import Geocoder, bounding_degrees, distance_m, within_m
from tests.fixtures.nominatim import ADDRESS, TROUBLE

HARBOUR, HUDSON = Position(51.9042, 4.4847), Position(40.7069, -74.0113)


@pytest.fixture
def geocoder(nominatim_url: str) -> Geocoder:
    return Geocoder(nominatim_url, timeout_s=2)


def test_an_address_becomes_a_position_a_city_and_a_country(geocoder: Geocoder) -> None:
    found = geocoder.locate(ADDRESS)
    assert (found.position, found.city, found.country) == (HARBOUR, "Rotterdam", "NL")


def test_an_address_that_nobody_knows_is_refused(geocoder: Geocoder) -> None:
    with pytest.raises(RewardsError) as caught:
        geocoder.locate("Atlantis 7")
    assert (caught.value.code.name, caught.value.field) == ("address_unknown", "address")


def test_a_geocoder_out_of_order_is_told_apart_from_an_unknown_address(geocoder: Geocoder) -> None:
    with pytest.raises(RewardsError) as caught:
        geocoder.locate(TROUBLE)
    assert caught.value.code.name == "geocoder_down"


def test_distance_is_along_the_ground() -> None:
    assert distance_m(HARBOUR, HARBOUR) == 0
    assert distance_m(HARBOUR, HUDSON) == pytest.approx(5_876_000, rel=0.01)
    assert distance_m(Position(0, 179.9), Position(0, -179.9)) == pytest.approx(22_264, rel=0.01)


def test_within_agrees_with_the_distance_on_both_sides_of_the_edge() -> None:
    near = Position(51.9055, 4.4847)
    edge = distance_m(HARBOUR, near)
    assert within_m(HARBOUR, near, edge + 0.01)
    assert not within_m(HARBOUR, near, edge - 0.01)
    assert not within_m(HARBOUR, HUDSON, 1_000)


def test_the_box_holds_the_circle() -> None:
    latitude, longitude = bounding_degrees(HARBOUR, 500)
    assert distance_m(HARBOUR, Position(HARBOUR.latitude + latitude, HARBOUR.longitude)) > 500
    assert distance_m(HARBOUR, Position(HARBOUR.latitude, HARBOUR.longitude + longitude)) > 500
