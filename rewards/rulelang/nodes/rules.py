"""What a rule gives, how often and where, and the set of all rules that are live together."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from rewards.domain.activity import Evidence
from rewards.domain.perk import Perk
from rewards.domain.validity import Validity
from rewards.rulelang.nodes.amounts import Amount
from rewards.rulelang.nodes.conditions import Condition
from rewards.rulelang.nodes.extends import Extend
from rewards.rulelang.nodes.measures import Calendar, Rolling
from rewards.rulelang.nodes.span import NOWHERE, Span
from rewards.rulelang.nodes.takes import Take
from rewards.rulelang.nodes.waits import Wait


@dataclass(frozen=True, slots=True)
class Give:
    """One perk with its parameters, and what to give when it cannot be had.

    `params` are sorted (name, value) pairs, values already in units: levels, minor units, points, `HH:MM`, words.
    `amounts` are sorted pairs of the parameters that are reckoned when it is given. `valid` overrides the perk's.
    `wait`: what cannot be had is tried again; only what is tried first can wait.
    """

    perk: str
    params: tuple[tuple[str, int | str | bool], ...] = ()
    valid: Validity | None = None
    or_else: Give | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False)
    amounts: tuple[tuple[str, Amount], ...] = ()
    wait: Wait | None = None


@dataclass(frozen=True, slots=True)
class Choose:
    """The guest chooses `count` of `options` within `days`; `default` (an index, or None) is taken after that.

    `by`: in place of `days` the last hotel day to choose, whenever it was offered; later nothing is offered any more.
    """

    options: tuple[Give, ...]
    count: int = 1
    days: int = 30
    default: int | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False)
    by: date | None = None


Outcome = Give | Choose


class Per(StrEnum):
    """Whom a limit counts for."""

    GUEST = "guest"
    STAY = "stay"
    PROPERTY = "property"
    RULE = "rule"  # everybody, everywhere


@dataclass(frozen=True, slots=True)
class CountLimit:
    """At most `at_most` grants of this rule per `per`, in each calendar `every` or rolling `every`; None: ever."""

    per: Per
    at_most: int
    every: Calendar | Rolling | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class BudgetLimit:
    """At most `minor` of `currency` for this rule in each calendar `every` (None: ever), per property or in all."""

    minor: int
    currency: str
    every: Calendar | None = None
    per: Per = Per.RULE
    span: Span = field(default=NOWHERE, compare=False, repr=False)


Limit = CountLimit | BudgetLimit


@dataclass(frozen=True, slots=True)
class Approval:
    """Somebody of the role `by` says yes first, up to `days` hotel days after the one on which it was asked."""

    by: str
    days: int = 14


@dataclass(frozen=True, slots=True)
class Applies:
    """Where a rule is live: the union of the lists; all empty means everywhere."""

    properties: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    cities: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a rule is live, on the property's clock.

    `first` and `last` hotel days, both included; `weekdays` 1 Monday … 7 Sunday; `hours` minutes of the day
    [from, to), wrapping midnight where to ≤ from. Empty or None means always.
    """

    first: date | None = None
    last: date | None = None
    weekdays: tuple[int, ...] = ()
    hours: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One condition with what it gives.

    `group` names an exclusive group: of its rules only the first by priority gives. `combines` False: this rule gives
    only when nothing else was given before it, and then nothing after it. Higher `priority` first, ties by id.
    `evidence` is what the check-in or stay at hand must rest on at least; below it the outcome is withheld.
    `titles` and `says` (what the clerk or guest reads) by language. `reading_of` names a published text that can be
    understood in several ways, of which this rule is one. `take` is what the guest pays or forfeits when the rule
    gives, `extend` what the guest may use longer; a rule that takes or extends may give nothing. `approval`: what it
    gives waits until somebody says yes.
    """

    id: str
    moments: tuple[str, ...]
    when: Condition
    give: tuple[Outcome, ...]
    titles: dict[str, str] = field(default_factory=dict)
    says: dict[str, str] = field(default_factory=dict)
    limits: tuple[Limit, ...] = ()
    group: str | None = None
    combines: bool = True
    priority: int = 0
    applies: Applies = Applies()
    schedule: Schedule = Schedule()
    evidence: Evidence | None = None
    reading_of: str | None = None
    approval: Approval | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False)
    take: tuple[Take, ...] = ()
    extend: tuple[Extend, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleSet:
    """All rules that are live together, with the perk catalogue that they name.

    `version` is a number that grows with each publication (0: not published); `digest` is `sha256:` and the SHA-256 of
    the canonical text.
    """

    rules: tuple[Rule, ...]
    perks: dict[str, Perk]
    version: int = 0
    digest: str = ""
