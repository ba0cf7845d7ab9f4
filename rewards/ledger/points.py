"""Points: lots that lapse, a balance that may not go below zero, and a debt that later points pay first.

Each grant of points is a lot with an end. Points are spent from the lot that lapses first, over all records of a guest.
A guest's account holds what their lots hold together; it is what bounds every spending under any race.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from rewards.clock import to_us
from rewards.domain.grant import Grant
from rewards.errors import ALREADY_EXISTS, BALANCE_TOO_LOW, RewardsError
from rewards.ids import derived_id
from rewards.ledger.accounts import counterpart, debt_account, points_account
from rewards.ledger.funds import LiveFunds
from rewards.ledger.lots import Lot
from rewards.ledger.ports import Account, Store

UNIT = "points"


def _accounts(guest: str) -> tuple[Account, Account, Account]:
    points = points_account(guest)
    return (
        Account(points, "balance", UNIT, True, 0, 0),
        Account(debt_account(guest), "debt", UNIT, False, 0, 0),
        Account(counterpart(points), "balance", UNIT, False, 0, 0),
    )


def balance(store: Store, guest: str) -> tuple[int, int]:
    """Points of one record that did not lapse yet, and points that are owed (both 0 or more)."""
    points, debt = store.accounts.get(points_account(guest)), store.accounts.get(debt_account(guest))
    return (points.balance if points else 0, -debt.balance if debt else 0)


def credit(store: Store, funds: LiveFunds, grant: Grant, amount: int, at: datetime) -> None:
    """Give the points of a grant: what is owed is paid first, the rest is the guest's until the grant's end."""
    points, debt, out = _accounts(grant.guest)
    owed = balance(store, grant.guest)[1]
    paid = min(owed, amount)
    funds.move(out, debt, paid)
    funds.move(out, points, amount - paid)
    ends = to_us(grant.valid_until)
    store.lots.add(Lot(grant.id, grant.guest, amount, amount - paid, 0, to_us(at), ends, perk=grant.perk))


def take_back(store: Store, funds: LiveFunds, grant: Grant, amount: int) -> int:
    """Take the points of a grant back: from its own lot, then from others; what was spent already becomes debt.

    What lapsed unspent is gone already. Returns the debt that was added.
    """
    _, debt, out = _accounts(grant.guest)
    own = store.lots.get(grant.id)
    lots = sorted(store.lots.open_of([grant.guest]), key=lambda lot: lot.id != grant.id)
    owed = _take(store, funds, lots, amount - (own.lapsed if own else 0))
    funds.move(debt, out, owed)
    return owed


def _take(store: Store, funds: LiveFunds, lots: Sequence[Lot], amount: int, *, spent_us: int | None = None) -> int:
    """Take from lots in their order; returns what they did not cover. `spent_us` where the guest spends them."""
    for lot in lots:
        part = min(amount, lot.left)
        if part == 0:
            break
        points, _, out = _accounts(lot.guest)
        if not (store.lots.take(lot.id, part, spent_us) and funds.move(points, out, part)):
            # Their guest is locked, so nobody else took from them: lots and account disagree.
            raise ValueError(f"the lot {lot.id} of {lot.left} points and the account of {lot.guest} disagree")
        amount -= part
    return amount


def take_from(store: Store, funds: LiveFunds, lot_id: str, amount: int, at: datetime) -> None:
    """Take points of one lot, as a guest spends them; ValueError where fewer are left."""
    lot = store.lots.get(lot_id)
    if lot is None or _take(store, funds, [lot], amount, spent_us=to_us(at)):
        raise ValueError(f"{amount} points of {lot_id} are not there to be taken")


def put_back(store: Store, funds: LiveFunds, lot_id: str, amount: int, at: datetime) -> None:
    """Put points back into the lot that they came from; of what did not lapse, a debt is paid first."""
    lot = store.lots.get(lot_id)
    if lot is None:
        raise LookupError(f"there is no lot {lot_id!r} to put points back into")
    back = amount - (forgive(store, funds, lot.guest, amount) if lot.expires_us > to_us(at) else 0)
    points, _, out = _accounts(lot.guest)
    funds.move(out, points, back)
    if not store.lots.put_back(lot_id, back):
        raise ValueError(f"{back} points cannot come back into {lot_id}")


def owe(funds: LiveFunds, guest: str, amount: int) -> None:
    """Let a guest owe points, which later ones pay first."""
    _, debt, out = _accounts(guest)
    funds.move(debt, out, amount)


def forgive(store: Store, funds: LiveFunds, guest: str, amount: int) -> int:
    """Take points off what a guest owes; returns how many, at most what is owed."""
    _, debt, out = _accounts(guest)
    paid = min(amount, balance(store, guest)[1])
    funds.move(out, debt, paid)
    return paid


def add_lot(store: Store, funds: LiveFunds, lot: Lot) -> None:
    """Points of a lot that no grant came with."""
    points, _, out = _accounts(lot.guest)
    funds.move(out, points, lot.left)
    store.lots.add(lot)


def lapse(store: Store, lot: Lot, at: datetime, *, until_us: int | None = None) -> bool:
    """Let a lot that ends by `until_us` (default: by now) lapse, under its guest's lock.

    False where another was quicker, or spent the rest.
    """
    store.guests.lock(lot.guest)
    fresh = store.lots.get(lot.id)
    if fresh is None or not store.lots.lapse(lot.id, to_us(at) if until_us is None else until_us):
        return False
    points, _, out = _accounts(lot.guest)
    funds = LiveFunds(store, at)
    funds.move(points, out, fresh.left)
    funds.post(f"lapse {lot.id}")
    payload = json.dumps({"grant": lot.id, "guest": lot.guest, "points": fresh.left})
    store.outbox.add("points.lapsed", lot.guest, payload, at)
    return True


def _too_low(amount: int, there: int, owed: int) -> RewardsError:
    return RewardsError(
        BALANCE_TOO_LOW,
        f"{amount} points are asked; there are {there}, and {owed} are owed.",
        field="points",
        details={"points": there, "owed": owed},
    )


# --- a guest of several records: what was merged keeps its accounts, so that a merge can be undone -------------------


def balance_of(store: Store, records: Sequence[str], at: datetime) -> tuple[int, int]:
    """Points and debt of a guest over all of their records, one set off against the other (both 0 or more).

    Points whose end has come do not count, whether or not they were taken off yet.
    """
    standings = [balance(store, record) for record in records]
    over = sum(lot.left for lot in store.lots.open_of(records) if lot.expires_us <= to_us(at))
    net = sum(there for there, _ in standings) - over - sum(owed for _, owed in standings)
    return max(net, 0), max(-net, 0)


def lapsing(store: Store, records: Sequence[str], at: datetime) -> list[Lot]:
    """The lots that can be spent, the first to lapse first."""
    return [lot for lot in store.lots.open_of(records) if lot.expires_us > to_us(at)]


def by_perk(store: Store, records: Sequence[str], at: datetime) -> dict[str, int]:
    """Points of a guest by perk, those of which nobody knows which they are under ""; what is owed is not taken off."""
    found: dict[str, int] = {}
    for lot in lapsing(store, records, at):
        found[lot.perk] = found.get(lot.perk, 0) + lot.left
    return found


def spend_of(
    store: Store,
    records: Sequence[str],
    amount: int,
    *,
    reference: str,
    why: str,
    at: datetime,
    perk: str | None = None,
) -> None:
    """Spend points of a guest under their lock, from the lot that lapses first on, whichever record it is of.

    With `perk` only points of that perk. `reference` names this use for ever: a second one raises `already_exists`.
    `balance_too_low` when all of them, less what is owed, do not cover it.
    """
    names = [derived_id("txn", "points", record, reference) for record in records]
    if any(store.accounts.posted(name) for name in names):
        raise RewardsError(ALREADY_EXISTS, f"“{reference}” is recorded for this guest already.", field="reference")
    there, owed = balance_of(store, records, at)
    lots = [lot for lot in lapsing(store, records, at) if perk is None or lot.perk == perk]
    if perk is not None:
        there = min(there, sum(lot.left for lot in lots))
    if amount > there:
        raise _too_low(amount, there, owed)
    funds = LiveFunds(store, at)
    if _take(store, funds, lots, amount, spent_us=to_us(at)):
        raise _too_low(amount, there, owed)
    funds.post(why, transaction=names[0])
