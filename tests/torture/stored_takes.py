"""What must be true of what rules took, in plain SQL; shares no code with the engine."""

from __future__ import annotations

_STANDS = "t.state <> 'given_back'"
_ENDED_HOLD = "(g.state = 'expired' AND g.hold_expires_us IS NOT NULL)"
_RETURNED = f"(g.state IN ('voided', 'failed', 'refused', 'substituted') OR {_ENDED_HOLD})"

SQL = {
    "I19 a take without its decision": (
        "SELECT t.id FROM perk_take t LEFT JOIN decision d ON d.id = t.decision WHERE d.id IS NULL"
    ),
    "I19 more was taken than was asked": (
        "SELECT t.id FROM perk_take t LEFT JOIN perk_take_part p ON p.take = t.id GROUP BY t.id, t.asked, t.owed "
        "HAVING t.owed + COALESCE(SUM(p.quantity), 0) > t.asked"
    ),
    "I19 what was taken of a grant is not what its events say": (
        "SELECT g.id FROM perk_grant g LEFT JOIN (SELECT p.source, SUM(p.quantity) taken FROM perk_take_part p "
        f"JOIN perk_take t ON t.id = p.take WHERE t.points = 0 AND {_STANDS} GROUP BY p.source) s ON s.source = g.id "
        "LEFT JOIN (SELECT grant_id, SUM(CASE kind WHEN 'taken' THEN quantity ELSE -quantity END) net FROM grant_event "
        "WHERE kind IN ('taken', 'given_back') GROUP BY grant_id) e ON e.grant_id = g.id "
        "WHERE COALESCE(s.taken, 0) <> COALESCE(e.net, 0)"
    ),
    "I19 one question was taken the same by one rule twice": (
        "SELECT MIN(t.id) FROM perk_take t JOIN decision d ON d.id = t.decision "
        f"WHERE {_STANDS} GROUP BY d.guest, d.property, d.subject, d.moment, t.rule, t.perk HAVING COUNT(*) > 1"
    ),
    "I19 a take stands and nothing stands of what it paid for": (
        f"SELECT t.id FROM perk_take t WHERE {_STANDS} "
        "AND EXISTS (SELECT 1 FROM perk_grant g WHERE g.decision = t.decision AND g.rule = t.rule) AND NOT EXISTS "
        f"(SELECT 1 FROM perk_grant g WHERE g.decision = t.decision AND g.rule = t.rule AND NOT {_RETURNED}) "
        "AND NOT EXISTS (SELECT 1 FROM waiting w WHERE w.decision = t.decision AND w.rule = t.rule "
        "AND w.state IN ('held', 'waiting'))"
    ),
    "I19 something stands whose price was given back": (
        "SELECT t.id FROM perk_take t JOIN perk_grant g ON g.decision = t.decision AND g.rule = t.rule "
        f"WHERE t.state = 'given_back' AND NOT {_RETURNED}"
    ),
    "I19 a take of a hold that was settled is held, or stands though it was cancelled": (
        "SELECT t.id FROM perk_take t JOIN decision d ON d.id = t.decision WHERE (t.state = 'held' AND d.state <> "
        "'held') OR (t.state <> 'given_back' AND d.state IN ('cancelled', 'expired'))"
    ),
    "I19 a balance of points is not the sum of its lots": (
        "SELECT a.id FROM account a LEFT JOIN points_lot l ON a.id = 'points:' || l.guest WHERE a.id LIKE 'points:%' "
        "GROUP BY a.id, a.balance HAVING a.balance <> COALESCE(SUM(l.points_left), 0)"
    ),
}
