"""The stock that a property sets for a hotel day: what it gives in all, not what is left."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from rewards.decisions.situation import Situation
from rewards.domain.perk import Perk, PerkKind, StockPolicy
from rewards.ledger.accounts import over, stock_account
from rewards.ledger.funds import LiveFunds
from rewards.ledger.ports import Store


@dataclass(frozen=True, slots=True)
class StockStanding:
    """Stock of a day: what was set in all, what is left, and what is promised beyond it."""

    quantity: int
    left: int
    over_promised: int


def pieces(perk: Perk, quantity: int, it: Situation) -> int:
    """How many of a perk's stock of a day one grant takes: its pieces, and one of what is not counted in pieces.

    Of an upgrade by nights one for each room of the stay.
    """
    if perk.kind is PerkKind.ITEM:
        return quantity
    by_rooms = perk.kind is PerkKind.UPGRADE and perk.stock is StockPolicy.NIGHTLY and it.stay is not None
    return (it.stay.rooms or 1) if by_rooms and it.stay is not None else 1


def stock_days(perk: Perk, it: Situation) -> tuple[date, ...] | None:
    """The hotel days of whose stock one grant takes, all or none; none at all of what has no stock.

    Nightly: each night of the stay from today on, on the day on which it begins. None where no night is known to be
    left.
    """
    if perk.stock is not StockPolicy.NIGHTLY:
        return (it.day,) if perk.stock is StockPolicy.DAILY else ()
    stay = it.stay
    if stay is None or stay.arrival is None or stay.departure is None:
        return None
    first = max(stay.arrival, it.day)
    return tuple(first + timedelta(days=night) for night in range((stay.departure - first).days)) or None


def set_stock(store: Store, property_code: str, perk: str, day: date, quantity: int, by: str, at: datetime) -> None:
    """Set how many are given on a hotel day in all. A cut below what is promised is posted as promised beyond it."""
    account = stock_account(property_code, perk, day)
    before = stock_of(store, property_code, perk, day)
    funds = LiveFunds(store, at)
    funds.limited(account, "stock", f"perk:{perk}", quantity)
    funds.post(f"stock set by {by}")
    store.audit.add(by, "stock.set", account, json.dumps(before.quantity), json.dumps(quantity), at)


def stock_of(store: Store, property_code: str, perk: str, day: date) -> StockStanding:
    """The stock of a perk at a property on a hotel day; nothing set is 0."""
    account = stock_account(property_code, perk, day)
    found, beyond = store.accounts.get(account), store.accounts.get(over(account))
    if found is None:
        return StockStanding(0, 0, 0)
    return StockStanding(found.funded, found.balance, -beyond.balance if beyond else 0)
