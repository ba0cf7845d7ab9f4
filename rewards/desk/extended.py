"""What an answer says of things that can be used longer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rewards.clock import from_us
from rewards.decisions.extending import UNIT, Extender
from rewards.decisions.resolve import Award, Resolution
from rewards.decisions.situation import Situation
from rewards.desk.installation import Ground
from rewards.desk.reply import Reader, local_time, perk_json, why_json
from rewards.ledger import extensions
from rewards.ledger.ports import GrantRow, Store
from rewards.rulelang.prose import say_extended


def extender_of(store: Store, ground: Ground, it: Situation) -> Extender:
    """Plans extensions of what the guest holds at the instant of the question."""
    return extensions.extender(store, ground.group, ground.rules().rule_set.perks, it.guest.id, it.at_us)


def told(
    store: Store,
    rows: Sequence[GrantRow],
    resolution: Resolution,
    longer: Extender,
    it: Situation,
    ground: Ground,
    reader: Reader,
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What is said of the perks that a resolution gave, and of what it extended."""
    perks: list[dict[str, Any]] = []
    extended: list[dict[str, Any]] = []
    for row, award in zip(rows, resolution.awards, strict=True):
        if award.option.extends is None:
            perks.append(perk_json(row, award, it, ground, reader))
        else:
            extended += extended_json(store, row, award, longer, it, ground, reader)
    return perks, extended


def extended_json(
    store: Store, mark: GrantRow, award: Award, longer: Extender, it: Situation, ground: Ground, reader: Reader
) -> list[dict[str, Any]]:
    """Each grant that a mark extends, with its ends before and after, the words to say and what earned it.

    `extension` is the mark, null in a preview: taking it back takes the extension back.
    """
    why = [why_json(held, it, ground, reader) for held in award.candidate.why]
    found = []
    for grant, until_us, unit in award.claims:
        row = store.grants.get(grant) if unit == UNIT else None
        if row is None:
            continue
        perk = ground.names.perks.get(row.grant.perk)
        last = ground.group.day_of(until_us - 1, row.grant.property)
        said = award.candidate.rule.says.get(reader.language)
        found.append(
            {
                "extension": mark.grant.id or None,
                "grant": grant,
                "perk": row.grant.perk,
                "title": perk.titles.get(reader.language, row.grant.perk) if perk else row.grant.perk,
                "was_valid_until": local_time(from_us(longer.before[grant, until_us]), it),
                "valid_until": local_time(from_us(until_us), it),
                "rule": mark.grant.rule,
                "say": said or say_extended(row.grant.perk, last, reader.language, ground.names),
                "why": why,
            }
        )
    return found
