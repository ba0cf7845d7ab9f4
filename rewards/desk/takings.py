"""What a resolution takes: as rows of the ledger, and as the answer tells it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from rewards.clock import from_us
from rewards.decisions.resolve import Resolution, Taken
from rewards.decisions.situation import Situation
from rewards.desk.installation import Ground
from rewards.desk.reply import Reader
from rewards.domain.perk import PerkKind
from rewards.ids import new_id
from rewards.ledger.entries import Entry
from rewards.ledger.take_rows import Part, TakeRow, TakeState, total
from rewards.rulelang.nodes import Give
from rewards.rulelang.prose import amount_text, outcome_text, taken_text


def take_rows(
    resolution: Resolution, it: Situation, decision: str, at: datetime, hold_until: datetime | None
) -> list[TakeRow]:
    """The takes of a resolution, in its order."""
    return [_row(one, it, decision, at, hold_until, take_id=new_id("tak")) for one in resolution.taken]


def preview_takes(resolution: Resolution, it: Situation) -> list[TakeRow]:
    """What the takes would be; without ids, because none exist."""
    return [_row(one, it, "", from_us(it.at_us), None, take_id="") for one in resolution.taken]


def _row(
    taken: Taken, it: Situation, decision: str, at: datetime, hold_until: datetime | None, *, take_id: str
) -> TakeRow:
    taking = taken.paid.taking
    return TakeRow(
        id=take_id, decision=decision, guest=it.guest.id, property=it.property.code, rule=taken.candidate.rule.id,
        perk=taking.perk.code, points=taking.perk.kind is PerkKind.POINTS, asked=taking.quantity,
        parts=tuple(Part(*part) for part in taken.paid.parts), owed=taken.paid.owed, owed_until_us=taking.until_us,
        at=at, day=it.day.toordinal(), state=TakeState.HELD if hold_until else TakeState.TAKEN,
        reservation=it.stay.reservation if it.stay else None, claims=tuple(Entry(*claim) for claim in taken.claims),
        hold_expires_at=hold_until,
    )  # fmt: skip


def taken_json(row: TakeRow, taken: Taken, ground: Ground, reader: Reader) -> dict[str, Any]:
    """What is taken, with the words for the guest and what it was reckoned from."""
    taking, language = taken.paid.taking, reader.language
    params = dict(taking.params)
    for name in ("quantity", "amount", "points"):
        if name in params:
            params[name] = total(row)
    if taking.perk.kind is PerkKind.ITEM:
        params["quantity"] = total(row)
    give = Give(taking.perk.code, tuple(sorted(params.items())))
    value: dict[str, Any] = {
        "take": row.id or None,
        "perk": row.perk,
        "title": taking.perk.titles.get(language, row.perk),
        "quantity": total(row),
        **({"currency": taking.currency} if taking.currency else {}),
        **({"owed": row.owed} if row.owed else {}),
        "state": row.state.value,
        "rule": row.rule,
        "say": taken_text(outcome_text(give, taking.perk, language, ground.names), row.owed, language),
    }
    told = {name: amount_text(amount, name, language, ground.names) for name, amount in taking.reckoned}
    return value | {"reckoned": told} if told else value


def told_takes(rows: Sequence[TakeRow], resolution: Resolution, ground: Ground, reader: Reader) -> list[dict[str, Any]]:
    """What is taken, each with its words."""
    return [taken_json(row, one, ground, reader) for row, one in zip(rows, resolution.taken, strict=True)]
