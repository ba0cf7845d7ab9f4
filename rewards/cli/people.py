"""`rewards guests`: uniting and parting the records of one person."""

from __future__ import annotations

import click

from rewards.cli.session import GOOD, Session, answering
from rewards.errors import GUEST_UNKNOWN, RewardsError
from rewards.intake.people import merge, parse_identity, unmerge
from rewards.storage.store import SqlStore


@click.group()
def guests() -> None:
    """Guests."""


@guests.command("merge")
@click.argument("kept")
@click.argument("absorbed")
@click.option("--reason", required=True, help="Kept with the union.")
@answering
def guests_merge(session: Session, kept: str, absorbed: str, reason: str) -> int:
    """Unite two guests, each named by id (gst_…) or identity (card:00412); KEPT keeps its name."""
    engine = session.engine()

    def work(store: SqlStore) -> dict[str, str]:
        first, second = _guest(store, kept), _guest(store, absorbed)
        made = merge(store, first, second, reason, engine.clock.now())
        return {"merge": made, "kept": first, "absorbed": second}

    done = engine.database.run_writing(work)
    session.show(done, session.say("merged", merge=done["merge"]))
    return GOOD


def _guest(store: SqlStore, text: str) -> str:
    found = store.guests.resolve(parse_identity(text)) if ":" in text else text
    if found is None:
        raise RewardsError(GUEST_UNKNOWN, f"No guest “{text[:60]}”.", field="guest")
    return found


@guests.command("unmerge")
@click.argument("merge_id", metavar="MERGE")
@answering
def guests_unmerge(session: Session, merge_id: str) -> int:
    """Undo a union, named by the id (mrg_…) it was given."""
    engine = session.engine()
    kept, absorbed = engine.database.run_writing(lambda store: unmerge(store, merge_id, engine.clock.now()))
    session.show({"merge": merge_id, "kept": kept, "absorbed": absorbed}, session.say("unmerged", absorbed=absorbed))
    return GOOD


commands = (guests,)
