"""What must be true of the stored rows whatever clients were told, in plain SQL; shares no code with the engine."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from tests.torture.stored_takes import SQL as TAKES

Query = Callable[[str], list[tuple[Any, ...]]]

# A grant was taken back: what it had not used returned to where it was taken from. A hold that lapsed keeps its end.
_RETURNED = "(g.state IN ('voided', 'failed', 'refused') OR (g.state = 'expired' AND g.hold_expires_us IS NOT NULL))"

SQL = {
    "I1 the entries of a transaction do not sum to zero": (
        "SELECT transaction_id FROM entry GROUP BY transaction_id, unit HAVING SUM(amount) <> 0"
    ),
    "I2 a balance is not the sum of its entries": (
        "SELECT a.id FROM account a LEFT JOIN entry e ON e.account = a.id GROUP BY a.id, a.balance "
        "HAVING a.balance <> COALESCE(SUM(e.amount), 0)"
    ),
    "I2 an entry on no account": (
        "SELECT DISTINCT e.account FROM entry e LEFT JOIN account a ON a.id = e.account WHERE a.id IS NULL"
    ),
    "I3 a stock, budget, limit or balance is below zero": (
        "SELECT id FROM account WHERE balance < 0 AND id NOT LIKE 'out:%' AND id NOT LIKE 'over:%' "
        "AND id NOT LIKE 'debt:%' AND kind IN ('stock', 'budget', 'limit', 'balance')"
    ),
    "I4 a grant without its decision": (
        "SELECT g.id FROM perk_grant g LEFT JOIN decision d ON d.id = g.decision WHERE d.id IS NULL"
    ),
    "I5 a guest nobody can name": (
        "SELECT g.id FROM guest g LEFT JOIN identity i ON i.guest = g.id WHERE i.guest IS NULL"
    ),
    "I5 a question that stands on no decision of its own": (
        "SELECT q.decision FROM question q LEFT JOIN decision d ON d.id = q.decision AND d.guest = q.guest "
        "AND d.property = q.property AND d.subject = q.subject AND d.moment = q.moment WHERE d.id IS NULL"
    ),
    "I5 a decision whose question is not claimed": (
        "SELECT d.id FROM decision d LEFT JOIN question q ON q.guest = d.guest AND q.property = d.property "
        "AND q.subject = d.subject AND q.moment = d.moment WHERE q.decision IS NULL"
    ),
    "I5 one question was given the same by one rule twice": (
        "SELECT MIN(g.id) FROM perk_grant g JOIN decision d ON d.id = g.decision "
        f"WHERE NOT {_RETURNED} AND g.state <> 'substituted' "
        "GROUP BY d.guest, d.property, d.subject, d.moment, g.rule, g.perk HAVING COUNT(*) > 1"
    ),
    "I8 a hold stands after its decision was settled": (
        "SELECT g.id FROM perk_grant g JOIN decision d ON d.id = g.decision "
        "WHERE g.state = 'held' AND d.state <> 'held'"
    ),
    "I8 a grant stands of a hold that was cancelled or lapsed": (
        "SELECT g.id FROM perk_grant g JOIN decision d ON d.id = g.decision "
        "WHERE d.state IN ('cancelled', 'expired') AND g.state IN ('pending', 'granted', 'redeemed', 'delivered')"
    ),
    "I8 a hold was confirmed after its end": (
        "SELECT g.id FROM perk_grant g JOIN decision d ON d.id = g.decision JOIN grant_event e ON e.grant_id = g.id "
        "WHERE d.state = 'confirmed' AND e.kind = CASE WHEN g.approver IS NULL THEN 'granted' ELSE 'pending' END "
        "AND e.at_us > d.hold_expires_us"
    ),
    "I8 a grant stands that nobody approved": (
        "SELECT id FROM perk_grant WHERE approver IS NOT NULL AND approved_us IS NULL "
        "AND state IN ('granted', 'redeemed', 'delivered')"
    ),
    "I8 a grant waits for nobody": "SELECT id FROM perk_grant WHERE state = 'pending' AND approver IS NULL",
    "I8 a grant was approved after its end": "SELECT id FROM perk_grant WHERE approved_us >= approve_by_us",
    "I8 a grant was used more often than its quantity": "SELECT id FROM perk_grant WHERE used > quantity OR used < 0",
    "I8 what is used of a grant is not what its events say": (
        "SELECT g.id FROM perk_grant g LEFT JOIN grant_event e ON e.grant_id = g.id "
        "AND e.kind IN ('redeemed', 'delivered', 'taken', 'given_back') GROUP BY g.id, g.used "
        "HAVING g.used <> COALESCE(SUM(CASE e.kind WHEN 'given_back' THEN -e.quantity ELSE e.quantity END), 0)"
    ),
    "I5 what came of waiting is no grant of its own decision and rule": (
        "SELECT w.id FROM waiting w LEFT JOIN perk_grant g "
        "ON g.id = w.grant_id AND g.decision = w.decision AND g.rule = w.rule "
        "WHERE (w.state = 'had' OR w.grant_id IS NOT NULL) AND g.id IS NULL"
    ),
    "I5 a grant came of waiting twice": (
        "SELECT grant_id FROM waiting WHERE grant_id IS NOT NULL GROUP BY grant_id HAVING COUNT(*) > 1"
    ),
    "I8 it waits although its decision was cancelled or lapsed": (
        "SELECT w.id FROM waiting w JOIN decision d ON d.id = w.decision "
        "WHERE w.state = 'waiting' AND d.state IN ('held', 'cancelled', 'expired')"
    ),
    "I10 one fact is recorded twice": (
        "SELECT source_key FROM activity GROUP BY source, source_key HAVING COUNT(*) > 1"
    ),
    "I10 a fact was taken back whole twice": (
        "SELECT reverses FROM activity WHERE reverses IS NOT NULL AND amount IS NULL GROUP BY reverses "
        "HAVING COUNT(*) > 1"
    ),
}


def stored(query: Query, scarce: dict[str, Any]) -> Iterator[str]:
    """Every violation among the rows; `scarce` says what the house has little of."""
    for name, sql in (SQL | TAKES).items():
        yield from (f"{name}: {row[0]}" for row in query(sql))
    yield from _taken(query)
    yield from _scarce(query, scarce)


def _taken(query: Query) -> Iterator[str]:
    """What is missing from a stock, limit or budget is exactly what the standing grants took from it."""
    taken: Counter[str] = Counter()
    sql = f"SELECT claims, quantity, used, state, CASE WHEN {_RETURNED} THEN 1 ELSE 0 END FROM perk_grant g"
    for claims, quantity, used, state, returned in query(sql):
        for account, amount, unit in json.loads(claims):
            taken[account] += _kept(amount, unit, quantity, used, bool(returned), state)
    for claims, state in query("SELECT claims, state FROM perk_take"):
        for account, amount, _ in json.loads(claims) if state != "given_back" else ():
            taken[account] += amount
    over: dict[str, int] = dict(query("SELECT id, balance FROM account WHERE id LIKE 'over:%'"))
    sql = "SELECT id, funded, balance FROM account WHERE scarce = 1 AND kind IN ('stock', 'limit', 'budget')"
    for account, funded, balance in query(sql):
        missing = funded - balance - over.get(f"over:{account}", 0)
        if missing != taken[account]:
            yield f"I7 {account} lacks {missing}, and standing grants took {taken[account]} from it"


def _kept(amount: int, unit: str, quantity: int, used: int, returned: bool, state: str) -> int:
    """How much of a claim stays taken: of a count or stock all once it is used, of money the share that is used."""
    counted = unit == "grants" or unit.startswith("perk:")
    if counted:
        return 0 if returned and used == 0 else int(amount)
    if returned or state == "expired":
        return int(amount - amount * (quantity - used) // quantity)
    return int(amount)


def _scarce(query: Query, scarce: dict[str, Any]) -> Iterator[str]:
    stock, limit = scarce["stock"], scarce["limit"]
    stands = f"FROM perk_grant g WHERE NOT {_RETURNED}"
    pieces = f"SELECT property, granted_day, SUM(quantity) {stands} AND perk = '{stock['perk']}'"
    for where, day, given in query(f"{pieces} GROUP BY property, granted_day"):
        if given > stock["a_day"]:
            yield f"I7 {given} of {stock['perk']} were given at {where} on day {day}, of {stock['a_day']}"
    for what, allowed in (("property", limit["a_day"]), ("guest", limit["a_guest_a_day"])):
        sql = f"SELECT {what}, granted_day, COUNT(*) {stands} AND rule = '{limit['rule']}' GROUP BY {what}, granted_day"
        for whom, day, given in query(sql):
            if given > allowed:
                yield f"I7 {limit['rule']} gave {given} to the {what} {whom} on day {day}, at most {allowed}"
