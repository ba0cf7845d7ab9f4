"""`rewards guests`: uniting and parting the records of one person, and who belongs together."""

from __future__ import annotations

from collections.abc import Callable

import click

from rewards.cli.admin import BY
from rewards.cli.session import GOOD, Session, answering
from rewards.clock import isoformat
from rewards.domain.link import LinkKind
from rewards.errors import GUEST_UNKNOWN, RewardsError
from rewards.intake.links import link, unlink
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
        first, second = guest_named(store, kept), guest_named(store, absorbed)
        made = merge(store, first, second, reason, engine.clock.now())
        return {"merge": made, "kept": first, "absorbed": second}

    done = engine.database.run_writing(work)
    session.show(done, session.say("merged", merge=done["merge"]))
    return GOOD


def guest_named(store: SqlStore, text: str) -> str:
    """The id of the guest that an id (gst_…) or an identity (card:00412) names; `guest_unknown` where nobody is."""
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


# --- who belongs together -------------------------------------------------------------------------------------------

_KIND = click.option(
    "--kind", type=click.Choice([kind.value for kind in LinkKind]), default=LinkKind.FRIEND.value, show_default=True,
    help="How they belong together.",
)  # fmt: skip


@guests.command("link")
@click.argument("guest")
@click.argument("other")
@_KIND
@answering
def guests_link(session: Session, guest: str, other: str, kind: str) -> int:
    """Link two guests, each named by id (gst_…) or identity (card:00412)."""
    at = session.engine().clock.now()

    def work(store: SqlStore, one: str, two: str) -> bool:
        return link(store, one, two, LinkKind(kind), at, source=BY, by=BY)

    return _change(session, guest, other, work, ("linked", "linked_already"))


@guests.command("unlink")
@click.argument("guest")
@click.argument("other")
@_KIND
@answering
def guests_unlink(session: Session, guest: str, other: str, kind: str) -> int:
    """Undo a link."""
    at = session.engine().clock.now()

    def work(store: SqlStore, one: str, two: str) -> bool:
        return unlink(store, one, two, LinkKind(kind), at, by=BY)

    return _change(session, guest, other, work, ("unlinked", "unlinked_already"))


def _change(
    session: Session,
    guest: str,
    other: str,
    work: Callable[[SqlStore, str, str], bool],
    phrases: tuple[str, str],
) -> int:
    engine = session.engine()
    changed = engine.database.run_writing(
        lambda store: work(store, guest_named(store, guest), guest_named(store, other))
    )
    session.show({"changed": changed}, session.say(phrases[not changed], guest=guest, other=other))
    return GOOD


@guests.command("links")
@click.argument("guest")
@answering
def guests_links(session: Session, guest: str) -> int:
    """Who is linked with a guest."""
    with session.engine().database.reading() as store:
        found = store.links.of_guest(guest_named(store, guest))
    value = [
        {"guest": one.guest, "kind": one.kind.value, "linked_at": isoformat(one.linked_at), "source": one.source,
         "linked_by": one.linked_by}
        for one in found
    ]  # fmt: skip
    lines = [f"{one.guest}  {one.kind.value}  {one.linked_at:%Y-%m-%d}  {one.source}" for one in found]
    session.show(value, "\n".join(lines) or session.say("links_none"))
    return GOOD


commands = (guests,)
