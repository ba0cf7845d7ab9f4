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
    "SELECT g.id, g.used, COALESCE(SUM(CASE e.kind WHEN 'given_back' THEN -e.quantity ELSE e.quantity END), 0) total "
    "FROM perk_grant g LEFT JOIN grant_event e ON e.grant_id = g.id AND e.kind IN "
    "('redeemed', 'delivered', 'taken', 'given_back') GROUP BY g.id, g.used HAVING g.used <> "
    "COALESCE(SUM(CASE e.kind WHEN 'given_back' THEN -e.quantity ELSE e.quantity END), 0) ORDER BY g.id LIMIT 100"
)
# What is redeemed or taken in part stays granted until it is used up; what comes back is granted again, unless the rest
# had ended otherwise. Every other step names the state it leads to.
_LAST = (
    "SELECT g.id, g.state, e.kind FROM perk_grant g JOIN grant_event e ON e.grant_id = g.id "
    "WHERE e.seq = (SELECT MAX(seq) FROM grant_event WHERE grant_id = g.id AND until_us IS NULL) AND g.state <> "
    "CASE WHEN e.kind IN ('redeemed', 'taken') THEN CASE WHEN g.used < g.quantity THEN 'granted' ELSE 'redeemed' END "
    "WHEN e.kind = 'given_back' AND g.state IN ('voided', 'failed', 'refused', 'substituted', 'expired') THEN g.state "
    "WHEN e.kind = 'given_back' THEN 'granted' ELSE e.kind END ORDER BY g.id LIMIT 100"
)
# What takes name of a grant is what its events say was taken and did not come back.
_TAKEN = (
    "SELECT g.id, COALESCE(p.quantity, 0), COALESCE(e.quantity, 0) FROM perk_grant g LEFT JOIN "
    "(SELECT p.source, SUM(p.quantity) quantity FROM perk_take_part p JOIN perk_take t ON t.id = p.take "
    "WHERE t.points = 0 AND t.state <> 'given_back' GROUP BY p.source) p ON p.source = g.id LEFT JOIN "
    "(SELECT grant_id, SUM(CASE kind WHEN 'taken' THEN quantity ELSE -quantity END) quantity FROM grant_event "
    "WHERE kind IN ('taken', 'given_back') GROUP BY grant_id) e ON e.grant_id = g.id "
    "WHERE COALESCE(p.quantity, 0) <> COALESCE(e.quantity, 0) ORDER BY g.id LIMIT 100"
)
_SOURCES = (
    "SELECT p.take, p.source FROM perk_take_part p JOIN perk_take t ON t.id = p.take "
    "LEFT JOIN perk_grant g ON g.id = p.source AND t.points = 0 LEFT JOIN points_lot l ON l.id = p.source "
    "AND t.points = 1 WHERE g.id IS NULL AND l.id IS NULL ORDER BY p.take LIMIT 100"
)
_MORE = (
    "SELECT t.id, t.asked, t.owed + COALESCE(SUM(p.quantity), 0) FROM perk_take t LEFT JOIN perk_take_part p "
    "ON p.take = t.id GROUP BY t.id, t.asked, t.owed HAVING t.owed + COALESCE(SUM(p.quantity), 0) > t.asked "
    "ORDER BY t.id LIMIT 100"
)
# What was given for a take stands or waits, or the take was given back; a rule that gives nothing has no grant.
_PAID = (
    "SELECT t.id, t.decision FROM perk_take t WHERE t.state <> 'given_back' AND EXISTS "
    "(SELECT 1 FROM perk_grant g WHERE g.decision = t.decision AND g.rule = t.rule) AND NOT EXISTS "
    "(SELECT 1 FROM perk_grant g WHERE g.decision = t.decision AND g.rule = t.rule AND g.state NOT IN "
    "('voided', 'failed', 'refused', 'substituted') AND (g.state <> 'expired' OR g.hold_expires_us IS NULL)) "
    "AND NOT EXISTS (SELECT 1 FROM waiting w WHERE w.decision = t.decision AND w.rule = t.rule "
    "AND w.state IN ('held', 'waiting')) ORDER BY t.id LIMIT 100"
)
_UNAPPROVED = (
    "SELECT id, state FROM perk_grant WHERE approver IS NOT NULL AND approved_us IS NULL "
    "AND state IN ('granted', 'redeemed', 'delivered', 'substituted', 'failed') ORDER BY id LIMIT 100"
)
_APPROVED_LATE = "SELECT id FROM perk_grant WHERE approved_us >= approve_by_us ORDER BY id LIMIT 100"
_WAITS_FOR_NOBODY = (
    "SELECT id FROM perk_grant WHERE state = 'pending' AND (approver IS NULL OR approve_by_us IS NULL "
    "OR hold_expires_us IS NULL OR hold_expires_us <> approve_by_us) ORDER BY id LIMIT 100"
)
# Each event that moves an end begins where the one before it ended, and the last is where the grant ends now.
_ENDS = (
    "SELECT e.grant_id, e.until_us, COALESCE((SELECT n.from_us FROM grant_event n WHERE n.seq = (SELECT MIN(seq) FROM "
    "grant_event m WHERE m.grant_id = e.grant_id AND m.until_us IS NOT NULL AND m.seq > e.seq)), g.valid_until_us) "
    "goes_on FROM grant_event e JOIN perk_grant g ON g.id = e.grant_id WHERE e.until_us IS NOT NULL"
)
_ENDS = f"SELECT grant_id, until_us, goes_on FROM ({_ENDS}) ends WHERE until_us <> goes_on ORDER BY grant_id LIMIT 100"
_LOT_ENDS = (
    "SELECT l.id, l.expires_us, g.valid_until_us FROM points_lot l JOIN perk_grant g ON g.id = l.id "
    "WHERE l.expires_us <> g.valid_until_us ORDER BY l.id LIMIT 100"
)
_NO_EVENT = (
    "SELECT g.id FROM perk_grant g LEFT JOIN grant_event e ON e.grant_id = g.id WHERE e.grant_id IS NULL LIMIT 100"
)
_WAITED = (
    "SELECT w.id, w.state FROM waiting w LEFT JOIN perk_grant g "
    "ON g.id = w.grant_id AND g.decision = w.decision AND g.rule = w.rule "
    "WHERE (w.state = 'had' AND w.grant_id IS NULL) OR (w.grant_id IS NOT NULL AND g.id IS NULL) "
    "OR (w.grant_id IS NOT NULL AND w.state NOT IN ('had', 'ended')) "
    "OR (w.over_us IS NULL) <> (w.state IN ('held', 'waiting')) ORDER BY w.id LIMIT 100"
)
_WAITED_TWICE = (
    "SELECT grant_id FROM waiting WHERE grant_id IS NOT NULL GROUP BY grant_id HAVING COUNT(*) > 1 LIMIT 100"
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
    yield from _of_takes(store)
    for (grant,) in every(_NO_EVENT, ()):
        yield f"{grant} has no event"
    for grant, state, kind in every(_LAST, ()):
        yield f"{grant} is {state}, its last event says {kind}"
    for wait, state in every(_WAITED, ()):
        yield f"{wait} is {state}, which does not fit what came of it"
    for (grant,) in every(_WAITED_TWICE, ()):
        yield f"{grant} came of waiting twice"
    for grant, state in every(_UNAPPROVED, ()):
        yield f"{grant} is {state}, and nobody approved it"
    for (grant,) in every(_APPROVED_LATE, ()):
        yield f"{grant} was approved after its end"
    for (grant,) in every(_WAITS_FOR_NOBODY, ()):
        yield f"{grant} is pending, and nobody can approve it"
    for grant, until, goes_on in every(_ENDS, ()):
        yield f"{grant} was moved to end at {until} and goes on from {goes_on}"
    for lot, expires, until in every(_LOT_ENDS, ()):
        yield f"the points of {lot} lapse at {expires}, their grant ends at {until}"
    for (decision,) in every(_STANDING, ()):
        yield f"a question stands on {decision}, which is no decision"


def _of_takes(store: SqlStore) -> Iterator[str]:
    every = store.session.all
    for grant, noted, total in every(_TAKEN, ()):
        yield f"takes name {noted} of {grant}, its events say {total}"
    for take, source in every(_SOURCES, ()):
        yield f"{take} was taken from {source}, which is no grant and no lot"
    for take, asked, total in every(_MORE, ()):
        yield f"{take} asked {asked} and took {total}"
    for take, decision in every(_PAID, ()):
        yield f"{take} was paid for something of {decision} that does not stand"
