"""The installation's one row: its generation tells a worker by one read whether what it holds in memory stands."""

from __future__ import annotations

from rewards.storage.session import Session


def generation(session: Session) -> int:
    """Grows with every change of rules, properties, perks, rates or coverage; 0 at first."""
    row = session.one("SELECT generation FROM installation WHERE id = 1")
    if row is None:
        raise LookupError("the installation has no row; the tables were never migrated")
    value: int = row[0]
    return value


def grow(session: Session) -> None:
    """Say that something changed that workers hold in memory."""
    session.run("UPDATE installation SET generation = generation + 1 WHERE id = 1")
