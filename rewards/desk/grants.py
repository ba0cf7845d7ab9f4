"""Awards become grants: ids, codes, validity, and what was claimed for each."""

from __future__ import annotations

from datetime import datetime

from rewards.clock import from_us
from rewards.decisions.resolve import Award, Resolution
from rewards.decisions.situation import Situation
from rewards.domain.grant import Grant, GrantState
from rewards.domain.perk import PerkKind
from rewards.ids import new_code, new_id
from rewards.ledger.accounts import points_account
from rewards.ledger.points import UNIT
from rewards.ledger.ports import Entry, GrantRow


def _grant(
    award: Award, it: Situation, decision: str, at: datetime, hold_until: datetime | None, *, grant_id: str, code: str
) -> GrantRow:
    option = award.option
    claims = [Entry(*claim) for claim in award.claims]
    if option.perk.kind is PerkKind.POINTS:
        claims.append(Entry(points_account(it.guest.id), -option.quantity, UNIT))
    grant = Grant(
        id=grant_id,
        decision=decision,
        guest=it.guest.id,
        property=it.property.code,
        rule=award.candidate.rule.id,
        perk=option.perk.code,
        code=code,
        quantity=option.quantity,
        granted_at=at,
        valid_from=at,
        valid_until=from_us(option.valid_until_us),
        state=GrantState.HELD if hold_until else GrantState.GRANTED,
        reservation=it.stay.reservation if it.stay else None,
        cost_minor=option.cost_minor,
        currency=option.currency,
        hold_expires_at=hold_until,
        params=dict(option.params),
    )
    return GrantRow(grant, it.day.toordinal(), 0, tuple(claims))


def grants_of(
    resolution: Resolution, it: Situation, decision: str, at: datetime, hold_until: datetime | None
) -> list[GrantRow]:
    """The grants of a resolution, in its order."""
    return [
        _grant(award, it, decision, at, hold_until, grant_id=new_id("gnt"), code=new_code())
        for award in resolution.awards
    ]


def preview_rows(resolution: Resolution, it: Situation) -> list[GrantRow]:
    """What the grants would be; without ids and codes, because none exist."""
    at = from_us(it.at_us)
    return [_grant(award, it, "", at, None, grant_id="", code="") for award in resolution.awards]
