"""`rewards grants` and `rewards ledger`: the later life of what was given, and what must always be true of it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from functools import partial

import click

from rewards.cli.session import GOOD, NO, Session, answering
from rewards.clock import from_us, isoformat
from rewards.desk.approvals import OPERATOR
from rewards.desk.cohort import Cohort, Counts, read_longer
from rewards.domain.grant import GrantState
from rewards.ledger.ports import GrantRow
from rewards.storage.invariants import read_invariants

PAGE = 500
COMMAND_LINE = "command line"
BY = click.option("--by", default=COMMAND_LINE, show_default=True, help="Who does it; kept with the grant.")

MOST_SHOWN = 1_000


@click.group()
def grants() -> None:
    """Perks that were given."""


@grants.command("redeem")
@click.argument("grant")
@click.option("--reference", required=True, help="Names this use for ever: a bill, a receipt.")
@click.option("--quantity", type=click.IntRange(1), help="A part of it, such as minor units of a credit.")
@click.option("--property", "where", help="The hotel where it is used.")
@BY
@answering
def grants_redeem(
    session: Session, grant: str, reference: str, quantity: int | None, where: str | None, by: str
) -> int:
    """Use a grant, named by its id (gnt_…) or the code the guest shows."""
    engine = session.engine()
    row = engine.database.run_writing(lambda store: engine.desk.redeem(store, grant, reference, quantity, by, where))
    state, left = row.grant.state.value, row.grant.quantity - row.used
    session.show(
        {"grant": row.grant.id, "state": state, "used": row.used, "left": left},
        session.say("grant_stands", grant=row.grant.id, state=state, left=left),
    )
    return GOOD


@grants.command("reverse")
@click.argument("grant")
@click.option("--reason", required=True, help="Kept with the grant.")
@BY
@answering
def grants_reverse(session: Session, grant: str, reason: str, by: str) -> int:
    """Take a grant back: what is not used returns, points that were spent become a debt."""
    engine = session.engine()
    row = engine.database.run_writing(lambda store: engine.desk.void(store, grant, by, reason))
    state = row.grant.state.value
    session.show(
        {"grant": row.grant.id, "state": state}, session.say("grant_reversed", grant=row.grant.id, state=state)
    )
    return GOOD


@grants.command("extend")
@click.option("--perk", required=True, help="What the guests hold, by its code.")
@click.option("--rule", help="Only what this rule gave.")
@click.option("--property", "place", help="Only what was given at this hotel.")
@click.option("--by", "length", help="So much longer, such as “12 months”.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="To the end of this hotel day.")
@click.option("--held-on", type=click.DateTime(["%Y-%m-%d"]), help="Only what could be used on this day already.")
@click.option("--reference", required=True, help="Names this extension for ever: under it nothing is extended twice.")
@click.option("--dry-run", is_flag=True, help="Only count.")
@answering
def grants_extend(
    session: Session,
    perk: str,
    rule: str | None,
    place: str | None,
    length: str | None,
    until: datetime | None,
    held_on: datetime | None,
    reference: str,
    dry_run: bool,
) -> int:
    """Let everybody who holds a perk use it longer; broken off, it goes on where it was when run again."""
    engine = session.engine()
    longer = read_longer(length, until.date() if until else None)
    cohort = Cohort(perk, longer, reference, rule, place, held_on.date() if held_on else None)
    counts, after = Counts(), ""
    while True:
        work = partial(engine.desk.extend_page, cohort=cohort, after=after, by=COMMAND_LINE, dry_run=dry_run)
        page = engine.database.run_writing(work)
        counts = counts.plus(page.counts)
        if page.after is None:
            break
        after = page.after
    key = "grants_would_extend" if dry_run else "grants_extended"
    session.show(asdict(counts), session.say(key, **asdict(counts)))
    return GOOD


@grants.command("waiting")
@click.option("--property", "place", help="Only of this hotel.")
@answering
def grants_waiting(session: Session, place: str | None) -> int:
    """What waits until it can be had, the oldest first."""
    engine, found, after = session.engine(), [], ""
    with engine.database.reading() as store:
        if place is not None:
            engine.desk.ground(store).property(place)
        while rows := store.waits.page(after, PAGE, place):
            found += rows
            after = rows[-1].id
    told = [
        {"wait": row.id, "guest": row.guest, "property": row.property, "perk": row.perk, "rule": row.rule,
         "next": isoformat(from_us(row.next_us)), "until": isoformat(from_us(row.end_us)), "reason": row.reason}
        for row in found
    ]  # fmt: skip
    session.show({"waiting": told}, "\n".join(session.say("waits", **one) for one in told) or session.say("no_waits"))
    return GOOD


@grants.command("stop-waiting")
@click.argument("wait")
@click.option("--reason", required=True, help="Kept with what waited.")
@BY
@answering
def grants_stop_waiting(session: Session, wait: str, reason: str, by: str) -> int:
    """Call off what waits, named by its id (wai_…)."""
    engine = session.engine()
    row = engine.database.run_writing(lambda store: engine.desk.stop_waiting(store, wait, by, reason))
    session.show({"wait": row.id, "state": row.state.value}, session.say("wait_stopped", wait=row.id))
    return GOOD


@grants.command("pending")
@click.option("--property", "where", help="Of this hotel only.")
@answering
def grants_pending(session: Session, where: str | None) -> int:
    """What waits for an approval, oldest first."""
    with session.engine().database.reading() as store:
        rows = store.grants.in_state(GrantState.PENDING, None, MOST_SHOWN, where)
    found = [_waiting(row) for row in rows]
    session.show(
        found, "\n".join(session.say("grant_pending", **one) for one in found) or session.say("nothing_pending")
    )
    return GOOD


def _waiting(row: GrantRow) -> dict[str, str]:
    grant, approval = row.grant, row.grant.approval
    role, until = (approval.by, isoformat(approval.until)) if approval else ("", "")
    return {"grant": grant.id, "perk": grant.perk, "rule": grant.rule, "role": role, "until": until}


@grants.command("approve")
@click.argument("grant")
@click.option("--reason", default="approved", show_default=True, help="Kept with the grant.")
@BY
@answering
def grants_approve(session: Session, grant: str, reason: str, by: str) -> int:
    """Give what waits for an approval, as the operator of the house: of any role."""
    engine = session.engine()
    row = engine.database.run_writing(lambda store: engine.desk.approve(store, grant, OPERATOR, by, reason))
    state = row.grant.state.value
    session.show(
        {"grant": row.grant.id, "state": state}, session.say("grant_approved", grant=row.grant.id, state=state)
    )
    return GOOD


@grants.command("refuse")
@click.argument("grant")
@click.option("--reason", required=True, help="Kept with the grant.")
@BY
@answering
def grants_refuse(session: Session, grant: str, reason: str, by: str) -> int:
    """Say no to what waits for an approval, as the operator of the house: what it took returns."""
    engine = session.engine()
    row = engine.database.run_writing(lambda store: engine.desk.refuse(store, grant, OPERATOR, by, reason))
    state = row.grant.state.value
    session.show({"grant": row.grant.id, "state": state}, session.say("grant_refused", grant=row.grant.id))
    return GOOD


@click.group()
def ledger() -> None:
    """Accounts, entries and grants."""


@ledger.command("verify")
@answering
def ledger_verify(session: Session) -> int:
    """Check what must always be true of the ledger."""
    with session.engine().database.reading() as store:
        found = read_invariants(store)
    session.show({"violations": found}, "\n".join(found) or session.say("ledger_clean"))
    return NO if found else GOOD


commands = (grants, ledger)
