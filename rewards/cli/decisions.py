"""Commands about decisions and grants: decide, explain, replay, grants, ledger."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import click

from rewards.cli.tools import GOOD, NO, json_option, show, tools_of
from rewards.desk import holds
from rewards.desk.reply import Reader
from rewards.desk.wire import read_question
from rewards.errors import FIELD_INVALID, RewardsError
from rewards.storage.invariants import read_invariants


@click.command()
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--guest", help="An identity (card:00412) or an id.")
@click.option("--property", "property_code")
@click.option("--moment", default="arrival", show_default=True)
@click.option("--lang", type=click.Choice(["en", "nl"]), default="en", show_default=True)
@json_option
@click.pass_context
def decide(
    context: click.Context,
    file: Path | None,
    guest: str | None,
    property_code: str | None,
    moment: str,
    lang: str,
    *,
    as_json: bool,
) -> int:
    """Preview what a guest gets; the question from options, or from a JSON FILE as the API takes it."""
    if file is not None:
        try:
            value = json.loads(file.read_text(encoding="utf-8"))
        except (ValueError, UnicodeDecodeError) as error:
            raise RewardsError(FIELD_INVALID, f"{file.name} is not JSON: {error}.") from None
    else:
        if not guest or not property_code:
            raise click.UsageError("Give --guest and --property, or a FILE.")
        value = {"guest": guest, "property": property_code, "moment": moment}
    desk = tools_of(context).make_engine().desk
    answer = json.loads(desk.ask(read_question({**value, "mode": "preview"}), Reader(lang, True)).body)
    show(answer, _answer_text(answer), as_json=as_json)
    return GOOD if answer["perks"] else NO


def _answer_text(answer: dict[str, object]) -> str:
    lines = []
    for perk in answer["perks"]:  # type: ignore[attr-defined]
        lines.append(f"{perk['title']} ({perk['rule']}), until {perk['valid_until']}: {perk['say']}")
        lines += [f"    because {why['condition']}" for why in perk["why"]]
    lines += [f"nearly: {miss['rule']}: {miss['missing']}" for miss in answer["near_misses"]]  # type: ignore[attr-defined]
    lines += [f"withheld: {one['rule']}: {one['text']}" for one in answer["withheld"]]  # type: ignore[attr-defined]
    return "\n".join(lines) or "Nothing, and nothing is near."


@click.command()
@click.argument("decision")
@json_option
@click.pass_context
def explain(context: click.Context, decision: str, *, as_json: bool) -> int:
    """What was decided, on which facts, by which rules."""
    engine = tools_of(context).make_engine()
    with engine.database.reading() as store:
        row = holds.get(store, decision)
    answer = json.loads(row.reply)
    value = {
        "decision": row.id,
        "state": row.state,
        "decided_at": row.decided_at.isoformat(),
        "answer": answer,
        "read": json.loads(row.facts)["record"],
    }
    show(value, f"{row.id} ({row.state}) of {row.decided_at.isoformat()}\n{_answer_text(answer)}", as_json=as_json)
    return GOOD


@click.command()
@click.argument("decision", required=False)
@click.option("--deep", is_flag=True, help="On facts taken from the log as it was known then.")
@json_option
@click.pass_context
def replay(context: click.Context, decision: str | None, *, deep: bool, as_json: bool) -> int:
    """Evaluate stored decisions again; each must come out identical."""
    engine = tools_of(context).make_engine()
    counts: Counter[str] = Counter()
    differing = []
    with engine.database.reading() as store:
        found = (
            [engine.desk.replay_one(store, decision, deep=deep)] if decision else engine.desk.replay(store, deep=deep)
        )
        for one in found:
            counts[one.verdict] += 1
            if one.verdict == "different":
                differing.append({"decision": one.decision, "differences": list(one.differences)})
    lines = [f"{one['decision']}: {'; '.join(one['differences'])}" for one in differing[:20]]
    lines.append(", ".join(f"{count:,} {verdict}" for verdict, count in sorted(counts.items())) or "No decisions yet.")
    show({"counts": dict(counts), "differing": differing}, "\n".join(lines), as_json=as_json)
    return NO if differing else GOOD


@click.group()
def grants() -> None:
    """Perks that were given."""


@grants.command("redeem")
@click.argument("grant")
@click.option("--reference", required=True, help="Names this use for ever: a bill, a receipt.")
@click.option("--quantity", type=int, help="A part of it (minor units of a credit).")
@click.option("--by", default="command line", show_default=True)
@json_option
@click.pass_context
def grants_redeem(
    context: click.Context, grant: str, reference: str, quantity: int | None, by: str, *, as_json: bool
) -> int:
    """Use a grant, by id or code."""
    engine = tools_of(context).make_engine()
    row = engine.database.run_writing(lambda store: engine.desk.redeem(store, grant, reference, quantity, by))
    left = row.grant.quantity - row.used
    value = {"grant": row.grant.id, "state": row.grant.state.value, "used": row.used, "left": left}
    show(value, f"{row.grant.id} is {row.grant.state.value}; {left} is left.", as_json=as_json)
    return GOOD


@grants.command("reverse")
@click.argument("grant")
@click.option("--reason", required=True)
@click.option("--by", default="command line", show_default=True)
@json_option
@click.pass_context
def grants_reverse(context: click.Context, grant: str, reason: str, by: str, *, as_json: bool) -> int:
    """Take a grant back."""
    engine = tools_of(context).make_engine()
    row = engine.database.run_writing(lambda store: engine.desk.void(store, grant, by, reason))
    show({"grant": row.grant.id, "state": row.grant.state.value}, f"{row.grant.id} is taken back.", as_json=as_json)
    return GOOD


@click.group()
def ledger() -> None:
    """Accounts, entries and grants."""


@ledger.command("verify")
@json_option
@click.pass_context
def ledger_verify(context: click.Context, *, as_json: bool) -> int:
    """Check what must always be true of the ledger."""
    engine = tools_of(context).make_engine()
    with engine.database.reading() as store:
        found = read_invariants(store)
    show({"violations": found}, "\n".join(found) or "Every invariant holds.", as_json=as_json)
    return NO if found else GOOD


commands = (decide, explain, replay, grants, ledger)
