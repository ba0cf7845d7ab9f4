"""`rewards decide`, `explain`, `replay`: asking, and looking again at what was decided."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import click

from rewards.cli.session import GOOD, NO, Session, answering
from rewards.clock import isoformat
from rewards.desk import holds
from rewards.desk.reply import Reader
from rewards.desk.wire import read_question
from rewards.errors import FIELD_INVALID, MALFORMED_JSON, RewardsError
from rewards.rulelang.prose import sentence

NAMED = 20
"""So many differing decisions are shown in a text; JSON shows all."""


@click.command()
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--guest", help="An identity (card:00412) or an id (gst_…).")
@click.option("--property", "property_code", help="Code of the hotel.")
@click.option("--moment", help="Such as arrival.  [default: arrival]")
@click.option("--stay", metavar="JSON", help="The stay at hand, as the API takes it.")
@click.option("--as-of", help="Another instant, such as 2026-12-24T16:00:00Z.")
@click.option("--role", help="As somebody of this role asks, such as clerk.")
@answering
def decide(
    session: Session,
    file: Path | None,
    guest: str | None,
    property_code: str | None,
    moment: str | None,
    stay: str | None,
    as_of: str | None,
    role: str | None,
) -> int:
    """Preview what a guest gets; nothing is written.

    The question comes from options, or from a JSON FILE as the API takes it.
    """
    given = {"guest": guest, "property": property_code, "moment": moment, "as_of": as_of}
    value = {"moment": "arrival"} | (_json(file.name, file.read_bytes()) if file else {})
    value |= {name: one for name, one in given.items() if one is not None} | {"mode": "preview"}
    if stay is not None:
        value["stay"] = _json("--stay", stay.encode())
    if "guest" not in value or "property" not in value:
        raise click.UsageError("Give --guest and --property, or a FILE.")
    answered = session.engine().desk.ask(read_question(value), Reader(session.language, True, role=role))
    answer = json.loads(answered.body)
    session.show(answer, answer_text(session, answer))
    return GOOD if answer["perks"] else NO


def _json(name: str, text: bytes) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise RewardsError(MALFORMED_JSON, f"{name} is not JSON: {error}.") from None
    if not isinstance(value, dict):
        raise RewardsError(FIELD_INVALID, f"{name} holds a {type(value).__name__}.", hint="Write an object: {…}.")
    return value


def answer_text(session: Session, answer: dict[str, Any]) -> str:
    """An answer as people read it: what is given and why, what is near, what waits."""
    say = session.say
    lines = []
    for perk in answer["perks"]:
        until = perk["valid_until"]
        lines.append(say("perk_until", title=perk["title"], until=until, rule=perk["rule"], say=perk["say"]))
        lines += [say("because", condition=why["condition"]) for why in perk["why"]]
    lines += [one["text"] for one in answer.get("waiting", ())]
    for miss in answer["near_misses"]:
        lines.append(say("nearly", perk=miss["perk"], rule=miss["rule"], missing=miss["missing"]))
    for one in answer["withheld"]:
        lines.append(say("withheld", perk=one["perk"], rule=one["rule"], text=one["text"]))
    return "\n".join(lines) or say("nothing")


@click.command()
@click.argument("decision")
@answering
def explain(session: Session, decision: str) -> int:
    """What was decided, by which rules, read aloud, and on which facts. The answer is told as it was given."""
    engine = session.engine()
    with engine.database.reading() as store:
        row = holds.get(store, decision)
        compiled = engine.desk.installation.version(store, row.rule_set)
        names = engine.desk.ground(store).names
    answer = json.loads(row.reply)
    fired = {perk["rule"] for perk in answer["perks"]}
    rules = {one.id: sentence(one, session.language, names) for one in compiled.rule_set.rules if one.id in fired}
    facts = json.loads(row.facts)["record"]
    value = {
        "decision": row.id,
        "state": row.state,
        "decided_at": isoformat(row.decided_at),
        "rule_set": row.rule_set,
        "rules": rules,
        "facts": facts,
        "answer": answer,
    }
    at = isoformat(row.decided_at)
    head = session.say("decided", decision=row.id, state=row.state, at=at, rule_set=f"v{row.rule_set}")
    told = [session.say("rule_reads", rule=rule, text=text) for rule, text in rules.items()]
    read = [session.say("facts_read"), json.dumps(facts, ensure_ascii=False, indent=2)]
    session.show(value, "\n".join([head, answer_text(session, answer), *told, *read]))
    return GOOD


@click.command()
@click.argument("decision", required=False)
@click.option("--all", "everything", is_flag=True, help="Every stored decision; so it is too where none is named.")
@click.option("--deep", is_flag=True, help="On facts taken from the log, as it was known then.")
@answering
def replay(session: Session, decision: str | None, *, everything: bool, deep: bool) -> int:
    """Evaluate stored decisions again; each must come out identical."""
    if decision and everything:
        raise click.UsageError("Name a DECISION, or say --all.")
    engine = session.engine()
    counts: Counter[str] = Counter()
    differing: list[dict[str, Any]] = []
    with engine.database.reading() as store:
        desk = engine.desk
        for one in [desk.replay_one(store, decision, deep=deep)] if decision else desk.replay(store, deep=deep):
            counts[one.verdict] += 1
            if one.differences:
                differing.append({"decision": one.decision, "differences": list(one.differences)})
    session.show(
        {"decisions": counts.total(), "counts": dict(counts), "differing": differing},
        _replayed_text(session, counts, differing),
    )
    return NO if differing else GOOD


def _replayed_text(session: Session, counts: Counter[str], differing: list[dict[str, Any]]) -> str:
    if not counts:
        return session.say("no_decisions")
    lines = [
        session.say("replay_differs", decision=one["decision"], differences="; ".join(one["differences"]))
        for one in differing[:NAMED]
    ]
    lines.append(session.say("replayed", identical=counts["identical"], all=counts.total()))
    if counts["erased"]:
        lines.append(session.say("replay_erased", count=counts["erased"]))
    return "\n".join(lines)


commands = (decide, explain, replay)
