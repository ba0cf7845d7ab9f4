"""What a rule takes from the guest when it gives."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from rewards.rulelang.nodes.amounts import Amount
from rewards.rulelang.nodes.span import NOWHERE, Span


class Short(StrEnum):
    """What becomes of it where there is not enough."""

    REFUSE = "refuse"  # the rule gives nothing and takes nothing
    PART = "part"  # what is there is taken
    DEBT = "debt"  # of points: what is not there is owed


@dataclass(frozen=True, slots=True)
class Take:
    """One perk of which something is taken, with how much: parameters and amounts as of `Give`."""

    perk: str
    params: tuple[tuple[str, int | str | bool], ...] = ()
    amounts: tuple[tuple[str, Amount], ...] = ()
    short: Short = Short.REFUSE
    span: Span = field(default=NOWHERE, compare=False, repr=False)
