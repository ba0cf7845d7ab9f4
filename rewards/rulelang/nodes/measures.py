"""What a rule measures: which activities, reckoned how, where and in which window."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import lru_cache

from rewards.domain.activity import Evidence
from rewards.domain.link import LinkKind
from rewards.rulelang.nodes.comparisons import Comparison, Op


class Series(StrEnum):
    """The activities a measure looks at. `count` of a series is its natural number (see `Aggregate.COUNT`)."""

    STAYS = "stays"
    NIGHTS = "nights"  # stays, counted by their nights
    VISITS = "visits"  # fused presence: one per guest, property and hotel day
    CHECK_INS = "check-ins"  # every check-in message that counts
    SPEND = "spend"  # net amounts of spend activities, and of stays that carry an amount
    PAYMENTS = "payments"
    PAYMENTS_ON_TIME = "payments.on_time"
    PAYMENTS_LATE = "payments.late"
    REFERRALS = "referrals"
    CUSTOM = "custom"  # custom activities; the name stands in Measure.custom
    GRANTS = "grants"  # grants to the guest that were not taken back
    EARNED = "earned"  # the same, counted by their quantity: points, minor units of a credit, items
    HELD = "held"  # grants that can be used now, or could at some time in the window
    LEFT = "left"  # how much of them can still be used now: items, minor units of credits, points


GIVEN = (Series.GRANTS, Series.EARNED, Series.HELD, Series.LEFT)
"""Series of what the guest was given, rather than of what the guest did."""


class Aggregate(StrEnum):
    """How many, how much, how long."""

    COUNT = "count"  # number of them (nights: number of nights; spend: number of purchases)
    SUM = "sum"  # net amount in minor units
    AVERAGE = "average"  # net amount per activity (exact fraction, minor units)
    LARGEST = "largest"  # largest single net amount
    DISTINCT = "distinct"  # different values of `dimension`
    STREAK = "streak"  # unbroken run of `dimension` units (day, week, month, year) up to now; the current may be open
    DAYS_SINCE_LAST = "days_since_last"  # whole hotel days since the newest
    DAYS_SINCE_FIRST = "days_since_first"  # whole hotel days since the oldest
    # Of groups of activities, in each of which a number is compared (see `Groups`).
    GROUPS = "groups"  # how many groups compare as asked
    GROUPS_IN_A_ROW = "groups.row"  # how many of them in a row up to now, where groups are units of the calendar
    # Of all guests of a property together. Ranks go by the count of the series, of spend by its sum; 1 is the first.
    RANK = "rank"  # equal guests share a place
    RANK_EARLIEST = "rank.earliest"  # of equal guests the one who got there first is ahead
    RANK_INCUMBENT = "rank.incumbent"  # of equal guests who held first place yesterday keeps it
    BEHIND = "behind"  # how many fewer than the first
    BEHIND_AMOUNT = "behind.amount"  # how much less than the first, in minor units
    CROWD = "crowd"  # guests whose last check-in was here
    COMPANIONS = "companions"  # the same, of those who are linked with the guest


class Ties(StrEnum):
    """Who is ahead of guests with equal numbers."""

    SHARED = "shared"
    EARLIEST = "earliest"
    INCUMBENT = "incumbent"


RANKS: dict[Aggregate, Ties] = {
    Aggregate.RANK: Ties.SHARED,
    Aggregate.RANK_EARLIEST: Ties.EARLIEST,
    Aggregate.RANK_INCUMBENT: Ties.INCUMBENT,
}
"""The ranks, each with its rule for ties."""
BEHINDS = (Aggregate.BEHIND, Aggregate.BEHIND_AMOUNT)
HERE_NOW = (Aggregate.CROWD, Aggregate.COMPANIONS)
"""Who is here: guests who checked in here within the hours and nowhere else since."""
AMONG_GUESTS = frozenset({*RANKS, *BEHINDS, *HERE_NOW})
"""What cannot be told from one guest's history."""
GROUPED = (Aggregate.GROUPS, Aggregate.GROUPS_IN_A_ROW)
"""What is counted in groups."""
RANKED = (Series.VISITS, Series.CHECK_INS, Series.STAYS, Series.NIGHTS, Series.SPEND)
"""The series that a rank can go by."""


class Dimension(StrEnum):
    """What `distinct` tells apart or `streak` runs over."""

    PROPERTY = "property"
    BRAND = "brand"
    CITY = "city"
    COUNTRY = "country"
    CATEGORY = "category"
    PLACE = "place"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Groups:
    """Activities put together by what `of` tells apart, and what must be true of each group for it to count.

    `aggregate` (with the `dimension` of DISTINCT) is the number that is compared in a group. A group is there where
    something lies in it: a month without a stay is no month with at most one.
    """

    of: Dimension
    comparison: Comparison
    aggregate: Aggregate = Aggregate.COUNT
    dimension: Dimension | None = None

    @property
    def grows(self) -> bool:
        """Whether a group that counts goes on counting whatever is added to it."""
        return self.comparison.op in (Op.AT_LEAST, Op.MORE_THAN) and self.aggregate is not Aggregate.AVERAGE


class ScopeKind(StrEnum):
    """Where the activities must lie."""

    HERE = "here"  # the property of the decision
    BRAND = "brand"  # properties of the decision's brand
    CITY = "city"  # properties in the decision's city
    COUNTRY = "country"
    GROUP = "group"  # every property
    ANYWHERE = "anywhere"  # every property, and places outside the group
    LISTED = "listed"  # the named properties, brands and cities together


@dataclass(frozen=True, slots=True)
class Scope:
    """A scope; the three lists are for LISTED only."""

    kind: ScopeKind = ScopeKind.HERE
    properties: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    cities: tuple[str, ...] = ()


class Unit(StrEnum):
    """Calendar units. Weeks start on Monday."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Rolling:
    """The last `amount` units, today included: hotel days d with D − n < d ≤ D (months and years step back by date)."""

    amount: int
    unit: Unit = Unit.DAY


@dataclass(frozen=True, slots=True)
class RollingHours:
    """The instants in (t − hours, t]."""

    hours: int


@dataclass(frozen=True, slots=True)
class Calendar:
    """A whole calendar unit up to now: the current one (`back` 0) or an earlier one (`back` 1 is the one before)."""

    unit: Unit
    back: int = 0


@dataclass(frozen=True, slots=True)
class OffsetYear:
    """A year that begins on `month`/`day` (a status year from March); `back` as in Calendar."""

    month: int
    day: int = 1
    back: int = 0


@dataclass(frozen=True, slots=True)
class MembershipYear:
    """A year that begins on the guest's enrolment day; 29 February counts as 1 March in common years."""

    back: int = 0


@dataclass(frozen=True, slots=True)
class Dates:
    """Fixed hotel days, both ends included; None is open."""

    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class Lifetime:
    """Everything ever known."""


@dataclass(frozen=True, slots=True)
class SinceEnrolment:
    """From the hotel day of enrolment on; unknown for a guest who never enrolled."""


@dataclass(frozen=True, slots=True)
class SinceLastGrant:
    """After the last grant of `rule` to this guest (None: of the rule it stands in); lifetime where there is none."""

    rule: str | None = None


@dataclass(frozen=True, slots=True)
class BetterOf:
    """The window in which the measure is larger."""

    windows: tuple[Window, ...]


Window = (
    Rolling
    | RollingHours
    | Calendar
    | OffsetYear
    | MembershipYear
    | Dates
    | Lifetime
    | SinceEnrolment
    | SinceLastGrant
    | BetterOf
)


def windows(window: Window) -> tuple[Window, ...]:
    """The window, or those it is the better of."""
    return window.windows if isinstance(window, BetterOf) else (window,)


class Attribution(StrEnum):
    """Which date places a stay in a window."""

    DEPARTURE = "departure"
    ARRIVAL = "arrival"
    POSTED = "posted"  # the hotel day on which it was recorded
    NIGHTS = "nights"  # each night on its own date: a stay is clipped to the window


@dataclass(frozen=True, slots=True)
class Counting:
    """What counts as a stay, night or visit. The default counts everything once as it was recorded.

    `merge_adjoining`: stays at one property that touch (departure = next arrival) are one. `one_per_day`: at most one
    a property and hotel day. `max_rooms`: rooms of one stay that count (None: a stay counts once, its nights once,
    whatever its rooms; n: nights × min(rooms, n)). `min_nights`, `min_amount_minor` (per activity) and
    `min_amount_per_night_minor`, both in `currency` (None: the property's own). Channels and rates are compared
    case-insensitively.
    """

    name: str = "default"
    merge_adjoining: bool = False
    one_per_day: bool = False
    max_rooms: int | None = None
    min_nights: int = 0
    min_amount_minor: int = 0
    min_amount_per_night_minor: int = 0
    exclude_channels: tuple[str, ...] = ()
    only_channels: tuple[str, ...] = ()
    exclude_rates: tuple[str, ...] = ()
    currency: str | None = None


DEFAULT_COUNTING = Counting()


@dataclass(frozen=True, slots=True)
class Measure:
    """A number over a guest's activities in a window.

    `categories`, `weekdays` (1 Monday … 7 Sunday), `hours` (first, last wall-clock hour, both included, may wrap
    midnight: (17, 22) is from 17:00 until before 23:00) and `room_classes` narrow the activities; empty means any.
    `including_this` adds the stay or check-in being decided. `currency` is the unit of amounts: None means the
    decision's property's currency for scope here, else the programme's. `perks` and `rules` narrow what was given
    (`GIVEN` series only) by code and by the id of the rule that gave it; `by` ARRIVAL of HELD looks at the day of
    arrival of the stay at hand. `last` keeps only so many of the newest, after everything else has been sorted out;
    None keeps all. `linked` narrows COMPANIONS to links of these kinds; empty means any. `groups` stands where the
    aggregate is one of GROUPED, and nowhere else; its amounts are in `currency`.
    """

    series: Series
    aggregate: Aggregate = Aggregate.COUNT
    dimension: Dimension | None = None
    scope: Scope = Scope()
    window: Window = Lifetime()
    by: Attribution = Attribution.DEPARTURE
    counting: Counting = DEFAULT_COUNTING
    evidence: Evidence | None = None
    categories: tuple[str, ...] = ()
    room_classes: tuple[str, ...] = ()
    weekdays: tuple[int, ...] = ()
    hours: tuple[int, int] | None = None
    custom: str | None = None
    including_this: bool = False
    currency: str | None = None
    perks: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    last: int | None = None
    linked: tuple[LinkKind, ...] = ()
    groups: Groups | None = None


@lru_cache(maxsize=65_536)
def in_each(measure: Measure) -> Measure:
    """What a measure in groups measures in each of them; the measure itself where there are none."""
    groups = measure.groups
    if groups is None:
        return measure
    return replace(measure, aggregate=groups.aggregate, dimension=groups.dimension, groups=None)


def ranked(measure: Measure) -> Measure:
    """The number that a rank goes by, of one guest: the count of the series, of spend the sum."""
    return _with_aggregate(measure, Aggregate.SUM if measure.series is Series.SPEND else Aggregate.COUNT)


def behind_first(measure: Measure) -> Measure:
    """How far behind first place of a rank a guest is."""
    return _with_aggregate(measure, Aggregate.BEHIND_AMOUNT if measure.series is Series.SPEND else Aggregate.BEHIND)


@lru_cache(maxsize=65_536)
def _with_aggregate(measure: Measure, aggregate: Aggregate) -> Measure:
    # Answers are kept by the identity of the measure, so the same one must come each time.
    return replace(measure, aggregate=aggregate)
