"""69,659 real purchases of 23,570 customers: recorded once each, two of one day apart, none lost for being free."""

from __future__ import annotations

import gzip
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from rewards.domain.guest import Identity
from rewards.intake.importing import ImportReport
from tests.data.houses import House, house

FILE = "cdnow_orders.txt.gz"
ORDERS, CUSTOMERS = 69_659, 23_570


class Orders:
    """The import and its repetition."""

    def __init__(self, made: House, path: Path, folder: Path) -> None:
        self.house = made
        self.first: ImportReport = made.load("cdnow-orders", path, folder / "rejects.csv")
        self.again: ImportReport = made.load("cdnow-orders", path, folder / "rejects.csv")


@pytest.fixture(scope="module")
def orders(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Orders]:
    folder = tmp_path_factory.mktemp("cdnow")
    with house(folder, "big_spender", zone="America/New_York", currency="USD") as made:
        yield Orders(made, shared_data / FILE, folder)


def _lines(path: Path) -> list[list[str]]:
    with gzip.open(path, "rt") as stream:
        next(stream)
        return [line.split() for line in stream if line.strip()]


def test_every_order_is_recorded_once(orders: Orders) -> None:
    assert (orders.first.rows, orders.first.added, orders.first.rejected) == (ORDERS, ORDERS, 0)
    assert orders.first.new_guests == CUSTOMERS
    assert (orders.again.rows, orders.again.added) == (0, 0)


def test_what_a_customer_spent_equals_the_sum_over_the_file(orders: Orders, shared_data: Path) -> None:
    spent: dict[str, int] = defaultdict(int)
    for customer, _, _, dollars in _lines(shared_data / FILE):
        spent[customer] += round(float(dollars) * 100)
    biggest = sorted(spent, key=lambda name: spent[name], reverse=True)[:25]
    with orders.house.database.reading() as store:
        for customer in biggest:
            guest = store.guests.resolve(Identity("cdnow", customer))
            assert guest is not None
            logged = store.activities.of_guest(store.guests.records(guest))
            assert sum(activity.amount_minor or 0 for activity in logged) == spent[customer]


def test_two_orders_of_one_day_are_two_and_free_ones_stay(orders: Orders, shared_data: Path) -> None:
    lines = _lines(shared_data / FILE)
    days = Counter((customer, day) for customer, day, _, _ in lines)
    assert sum(count - 1 for count in days.values()) == 2_068
    with orders.house.database.reading() as store:
        free = store.session.one("SELECT count(*) FROM activity WHERE amount = 0", ())
    assert free is not None
    assert free[0] == sum(float(cells[3]) == 0 for cells in lines) == 80
