"""The stock that a property sets for a hotel day: what it gives in all, not what is left."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime

from rewards.domain.perk import Perk, PerkKind
from rewards.ledger.accounts import over, stock_account
from rewards.ledger.funds import LiveFunds
from rewards.ledger.ports import Store


@dataclass(frozen=True, slots=True)
class StockStanding:
    """Stock of a day: what was set in all, what is left, and what is promised beyond it."""

    quantity: int
    left: int
    over_promised: int


def pieces(perk: Perk, quantity: int) -> int:
    """How many of a perk's stock one grant takes: its pieces, and one of anything that is not counted in pieces."""
    return quantity if perk.kind is PerkKind.ITEM else 1


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
