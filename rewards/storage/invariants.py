"""What must always be true of the ledger, asked in plain SQL of what is stored.

Each question names up to a hundred rows: whoever meets the first has work enough, and memory stays bounded.
"""

from __future__ import annotations

from collections.abc import Iterator

from rewards.storage.store import SqlStore

_ZERO_SUM = (
    "SELECT transaction_id, unit, SUM(amount) FROM entry GROUP BY transaction_id, unit HAVING SUM(amount) <> 0 "
    "ORDER BY transaction_id LIMIT 100"
)
_BALANCES = (
    "SELECT a.id, a.balance, COALESCE(SUM(e.amount), 0) FROM account a LEFT JOIN entry e ON e.account = a.id "
    "GROUP BY a.id, a.balance HAVING a.balance <> COALESCE(SUM(e.amount), 0) ORDER BY a.id LIMIT 100"
)
_ORPHANS = "SELECT DISTINCT e.account FROM entry e LEFT JOIN account a ON a.id = e.account WHERE a.id IS NULL LIMIT 100"
_NEGATIVE = "SELECT id, balance FROM account WHERE scarce = 1 AND balance < 0 ORDER BY id LIMIT 100"
_LOTS = (
    "SELECT a.id, a.balance, COALESCE(SUM(l.points_left), 0) FROM account a LEFT JOIN points_lot l "
    "ON a.id = 'points:' || l.guest WHERE a.id LIKE 'points:%' GROUP BY a.id, a.balance "
    "HAVING a.balance <> COALESCE(SUM(l.points_left), 0) ORDER BY a.id LIMIT 100"
)
_USED = (
    "SELECT g.id, g.used, COALESCE(SUM(e.quantity), 0) FROM perk_grant g LEFT JOIN grant_event e "
    "ON e.grant_id = g.id AND e.kind IN ('redeemed', 'delivered') GROUP BY g.id, g.used "
    "HAVING g.used <> COALESCE(SUM(e.quantity), 0) ORDER BY g.id LIMIT 100"
)
# A credit that is redeemed in part stays granted until it is used up; every other step names the state it leads to.
_LAST = (
    "SELECT g.id, g.state, e.kind FROM perk_grant g JOIN grant_event e ON e.grant_id = g.id "
    "WHERE e.seq = (SELECT MAX(seq) FROM grant_event WHERE grant_id = g.id) AND g.state <> "
    "CASE WHEN e.kind = 'redeemed' AND g.used < g.quantity THEN 'granted' ELSE e.kind END ORDER BY g.id LIMIT 100"
)
_NO_EVENT = (
    "SELECT g.id FROM perk_grant g LEFT JOIN grant_event e ON e.grant_id = g.id WHERE e.grant_id IS NULL LIMIT 100"
)
_STANDING = "SELECT q.decision FROM question q LEFT JOIN decision d ON d.id = q.decision WHERE d.id IS NULL LIMIT 100"


def read_invariants(store: SqlStore) -> list[str]:
    """Every violation, each a sentence that names the row; an empty list is a clean ledger."""
    return list(_violations(store))


def _violations(store: SqlStore) -> Iterator[str]:
    every = store.session.all
    for transaction, unit, total in every(_ZERO_SUM, ()):
        yield f"the entries of {transaction} sum to {total} {unit}, not to zero"
    for account, balance, total in every(_BALANCES, ()):
        yield f"{account} shows {balance}, its entries say {total}"
    for (account,) in every(_ORPHANS, ()):
        yield f"entries stand on {account}, which is no account"
    for account, balance in every(_NEGATIVE, ()):
        yield f"{account} is at {balance}, below zero"
    for account, balance, total in every(_LOTS, ()):
        yield f"{account} shows {balance}, its lots hold {total}"
    for grant, used, total in every(_USED, ()):
        yield f"{grant} shows {used} used, its events say {total}"
    for (grant,) in every(_NO_EVENT, ()):
        yield f"{grant} has no event"
    for grant, state, kind in every(_LAST, ()):
        yield f"{grant} is {state}, its last event says {kind}"
    for (decision,) in every(_STANDING, ()):
        yield f"a question stands on {decision}, which is no decision"
