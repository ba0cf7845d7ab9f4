"""More time for what a guest holds."""

from __future__ import annotations

from dataclasses import dataclass, field

from rewards.domain.validity import Lasting, Until
from rewards.rulelang.nodes.span import NOWHERE, Span


@dataclass(frozen=True, slots=True)
class Extend:
    """What a guest holds of a perk can be used longer: so long after its end, or up to a hotel day; never shorter.

    `rules` names the rules that gave it; empty means any.
    """

    perk: str
    longer: Lasting | Until
    rules: tuple[str, ...] = ()
    span: Span = field(default=NOWHERE, compare=False, repr=False)
