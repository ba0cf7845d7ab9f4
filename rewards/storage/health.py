"""What an operator asks of a database: its clock, and how much of everything there is."""

from __future__ import annotations

from rewards.storage.session import Session

_CLOCK = {
    "sqlite": "SELECT CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER)",
    "postgresql": "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)",
}
_SETTINGS = ("server_version", "fsync", "full_page_writes", "synchronous_commit", "default_transaction_isolation")
_COUNTED = {
    "guests": "guest",
    "activities": "activity",
    "decisions": "decision",
    "grants": "perk_grant",
    "ledger_entries": "entry",
    "idempotency_keys": "idempotency",
}


def now_us(session: Session) -> int:
    """The database's clock, microseconds since 1970 UTC (SQLite: to the millisecond)."""
    row = session.one(_CLOCK[session.dialect], ())
    return int(row[0]) if row else 0


def counts(session: Session) -> dict[str, int]:
    """Rows by kind, and what waits: tallies to be made, outbox rows not sent, jobs and notices that are due or dead."""
    found = {name: _count(session, f"SELECT COUNT(*) FROM {table}") for name, table in _COUNTED.items()}
    found["tallies_due"] = _count(session, "SELECT COUNT(*) FROM tally_due")
    found["outbox_waiting"] = _count(session, "SELECT COUNT(*) FROM outbox WHERE sent_us IS NULL")
    for state in ("due", "dead"):
        found[f"jobs_{state}"] = _count(session, "SELECT COUNT(*) FROM job WHERE state = ?", state)
        found[f"notices_{state}"] = _count(session, "SELECT COUNT(*) FROM inbox WHERE state = ?", state)
    return found


def server(session: Session) -> dict[str, str]:
    """PostgreSQL's version and the settings that promises rest on; empty for SQLite, which is a library."""
    if session.dialect == "sqlite":
        return {}
    found = {name: session.one(f"SHOW {name}", ()) for name in _SETTINGS}
    return {name: str(row[0]) for name, row in found.items() if row}


def _count(session: Session, sql: str, *values: str) -> int:
    row = session.one(sql, values)
    return int(row[0]) if row else 0
