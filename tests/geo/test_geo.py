"""Distances are geodesic; addresses come from the geocoder that the operator chose, here a stub on this machine."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlparse

import pytest

from rewards.domain.property import Position
from rewards.errors import RewardsError
from rewards.geo import Geocoder, bounding_degrees, distance_m, within_m

HARBOUR, HUDSON = Position(51.9042, 4.4847), Position(40.7069, -74.0113)
FOUND = [
    {
        "lat": "51.9042", "lon": "4.4847", "display_name": "Boompjes 1, Rotterdam, Nederland",
        "address": {"city": "Rotterdam", "country_code": "nl"},
    }
]  # fmt: skip


class Nominatim(BaseHTTPRequestHandler):
    """Knows one address, and can be out of order."""

    def do_GET(self) -> None:
        asked = parse_qs(urlparse(self.path).query).get("q", [""])[0]
        status = 500 if asked == "trouble" else 200
        body = json.dumps(FOUND if asked == "Boompjes 1" else []).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def geocoder() -> Iterator[Geocoder]:
    server = HTTPServer(("127.0.0.1", 0), Nominatim)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Geocoder(f"http://127.0.0.1:{server.server_port}", timeout_s=2)
    server.shutdown()
    server.server_close()
    thread.join()


def test_an_address_becomes_a_position_a_city_and_a_country(geocoder: Geocoder) -> None:
    found = geocoder.locate("Boompjes 1")
    assert (found.position, found.city, found.country) == (HARBOUR, "Rotterdam", "NL")


def test_an_address_that_nobody_knows_is_refused(geocoder: Geocoder) -> None:
    with pytest.raises(RewardsError) as caught:
        geocoder.locate("Atlantis 7")
    assert (caught.value.code.name, caught.value.field) == ("address_unknown", "address")


def test_a_geocoder_out_of_order_is_told_apart_from_an_unknown_address(geocoder: Geocoder) -> None:
    with pytest.raises(RewardsError) as caught:
        geocoder.locate("trouble")
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
