"""What worked cases extend: earlier grants of a case, in place of the ledger's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from rewards.decisions.extending import UNIT, Extender, Holding, mark_of
from rewards.decisions.propose import first_perk
from rewards.decisions.resolve import Resolution
from rewards.history.grants import Given
from rewards.history.standpoint import HotelGroup
from rewards.ledger.extensions import calendars
from rewards.rulelang.nodes import Rule


def extender(given: Sequence[Given], at_us: int, group: HotelGroup) -> Extender:
    """Plans extensions of what can be used at an instant."""
    usable = [each for each in given if each.held and each.from_us <= at_us < each.until_us]
    held = [Holding(each.id, each.perk, each.rule, each.place, each.until_us) for each in usable]
    return Extender(lambda: held, calendars(group))


def extended(resolution: Resolution, given: Sequence[Given], group: HotelGroup) -> list[tuple[str, date]]:
    """What can be used longer, with the last hotel day of each."""
    claims = [claim for award in resolution.awards for claim in award.claims if claim[2] == UNIT]
    ends = {grant: until_us for grant, until_us, _ in claims}
    return [(each.perk, group.day_of(ends[each.id] - 1, each.place)) for each in given if each.id in ends]


def first_given(rule: Rule) -> str:
    """What a rule records first when it gives; of one that only extends the mark of that."""
    return first_perk(rule) if rule.give or not rule.extend else mark_of(rule.extend[0].perk)
