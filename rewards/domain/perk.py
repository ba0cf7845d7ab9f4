"""A perk: a thing of value that a guest can receive."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from rewards.domain.validity import HUNDRED_YEARS, THIRTY_DAYS, Idleness, Validity


class PerkKind(StrEnum):
    """What sort of thing a perk is; it fixes the parameters a rule may give."""

    UPGRADE = "upgrade"  # levels, until
    LATE_CHECKOUT = "late-checkout"  # until (wall-clock time), guaranteed
    ITEM = "item"  # quantity
    CREDIT = "credit"  # amount (money)
    POINTS = "points"  # points
    PRIORITY = "priority"  # level
    CUSTOM = "custom"  # note


class StockPolicy(StrEnum):
    """What bounds how many can be given: nothing, or the stock that the property sets for each hotel day.

    Daily takes from the day on which it is given, nightly from the day of each night that is left of the stay at hand.
    """

    UNLIMITED = "unlimited"
    DAILY = "daily"
    NIGHTLY = "nightly"


@dataclass(frozen=True, slots=True)
class UnitCost:
    """What one of a perk costs the house: integer minor units of `currency`."""

    minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Perk:
    """One entry of the perk catalogue.

    `titles` by language (`en`, `nl`). `cost` is the default unit cost (for a credit: per minor unit of credit it is
    the amount itself, and `cost` is None); `cost_by_brand` and `cost_by_property` override it. `payer` is who pays:
    `property` or `programme`. `valid` is how long a grant can be used, unless the rule says; `lapses`, of
    points, when they lapse for want of any activity.
    """

    code: str
    kind: PerkKind
    titles: dict[str, str]
    cost: UnitCost | None = None
    cost_by_brand: dict[str, UnitCost] = field(default_factory=dict)
    cost_by_property: dict[str, UnitCost] = field(default_factory=dict)
    payer: str = "property"
    stock: StockPolicy = StockPolicy.UNLIMITED
    valid: Validity = THIRTY_DAYS
    lapses: Idleness | None = None

    @property
    def usual_validity(self) -> Validity:
        """How long such a perk can be used where nobody says: points for a hundred years, all else for 30 days."""
        return HUNDRED_YEARS if self.kind is PerkKind.POINTS else THIRTY_DAYS

    def cost_at(self, property_code: str, brand: str) -> UnitCost | None:
        """The unit cost at a property: its own, else its brand's, else the default."""
        return self.cost_by_property.get(property_code) or self.cost_by_brand.get(brand) or self.cost
