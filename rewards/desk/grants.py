"""Awards become grants: ids, codes, validity, and what was claimed for each."""

from __future__ import annotations

from datetime import datetime, timedelta

from rewards.clock import from_us
from rewards.decisions.resolve import Award, Resolution
from rewards.decisions.situation import Situation, end_of_day
from rewards.domain.grant import Approval, Grant, GrantState
from rewards.domain.perk import PerkKind
from rewards.ids import new_code, new_id
from rewards.ledger.accounts import points_account
from rewards.ledger.points import UNIT
from rewards.ledger.ports import Entry, GrantRow


def _grant(
    award: Award,
    it: Situation,
    decision: str,
    at: datetime,
    hold_until: datetime | None,
    asked_by: str | None,
    *,
    grant_id: str,
    code: str,
) -> GrantRow:
    option, approval = award.option, _approval(award, it, asked_by)
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
        state=GrantState.HELD if hold_until else GrantState.PENDING if approval else GrantState.GRANTED,
        reservation=it.stay.reservation if it.stay else None,
        cost_minor=option.cost_minor,
        currency=option.currency,
        hold_expires_at=hold_until or (approval.until if approval else None),
        params=dict(option.params),
        approval=approval,
    )
    return GrantRow(grant, it.day.toordinal(), 0, tuple(claims))


def _approval(award: Award, it: Situation, asked_by: str | None) -> Approval | None:
    """Who says yes first, up to the end of the last hotel day for it, or of the grant where that is sooner."""
    asked = award.candidate.rule.approval
    if asked is None:
        return None
    end_us = min(end_of_day(it.property, it.day + timedelta(days=asked.days)), award.option.valid_until_us)
    return Approval(asked.by, from_us(end_us), asked_by)


def grants_of(
    resolution: Resolution,
    it: Situation,
    decision: str,
    at: datetime,
    hold_until: datetime | None,
    asked_by: str | None = None,
) -> list[GrantRow]:
    """The grants of a resolution, in its order; `asked_by` is the API key that asked for them."""
    return [
        _grant(award, it, decision, at, hold_until, asked_by, grant_id=new_id("gnt"), code=new_code())
        for award in resolution.awards
    ]


def preview_rows(resolution: Resolution, it: Situation) -> list[GrantRow]:
    """What the grants would be; without ids and codes, because none exist."""
    at = from_us(it.at_us)
    return [_grant(award, it, "", at, None, None, grant_id="", code="") for award in resolution.awards]
