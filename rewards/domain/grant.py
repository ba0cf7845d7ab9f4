"""A grant: the immutable record that this guest gets this perk, and the states of its later life."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class GrantState(StrEnum):
    """Where a grant stands; computed from its entries, the grant itself never changes."""

    HELD = "held"  # promised for now, lapses unless confirmed
    PENDING = "pending"  # waits until somebody approves it, lapses unless they do
    GRANTED = "granted"
    REDEEMED = "redeemed"  # used (a credit: used up)
    DELIVERED = "delivered"  # handed over by a clerk
    SUBSTITUTED = "substituted"  # replaced by another grant
    FAILED = "failed"  # the house could not
    REFUSED = "refused"  # whoever was to approve it said no
    VOIDED = "voided"  # taken back unused, or a hold cancelled
    EXPIRED = "expired"  # reached its end unused


@dataclass(frozen=True, slots=True)
class Approval:
    """Who says yes before a grant is given: a key of the role `by`, up to `until` (aware UTC), but not who asked.

    `asked_by` is the API key that asked for it, None for the house itself. `given_at` is when somebody said yes.
    """

    by: str
    until: datetime
    asked_by: str | None = None
    given_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """One perk for one guest.

    `quantity` is units of the perk: 1, minor units for a credit, points for points. `params` are what the rule gave,
    resolved (`levels`, `to`, `until`). `cost_minor`/`currency` is what it costs the house, charged to the payer.
    `code` is what the guest shows. `approval` is None where nobody has to say yes. Times are aware UTC;
    `hold_expires_at` ends a hold, and the wait for an approval.
    """

    id: str
    decision: str
    guest: str
    property: str
    rule: str
    perk: str
    code: str
    quantity: int
    granted_at: datetime
    valid_from: datetime
    valid_until: datetime
    state: GrantState
    reservation: str | None = None
    cost_minor: int = 0
    currency: str | None = None
    hold_expires_at: datetime | None = None
    params: dict[str, str | int | bool] = field(default_factory=dict)
    approval: Approval | None = None
