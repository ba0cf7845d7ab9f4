"""Where a decision stands: the group around it, the instant, the property's day, and what is at hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property, partial

from rewards.clock import US_PER_DAY, day_start_us, hotel_day
from rewards.domain.activity import Activity, Coverage, Evidence, Kind
from rewards.domain.property import Property, zone_of
from rewards.domain.stay import StayInHand
from rewards.history.coverage import OUTSIDE, Covers, Known
from rewards.history.rows import Row, booking_of, row_of
from rewards.rulelang.nodes import Scope, ScopeKind, Series

Exchange = Callable[[int, str, str, date], int | None]
"""Minor units of the second currency for minor units of the first on a day; None where no rate is known."""


class HotelGroup:
    """What all decisions share until properties, coverage or rates change; then make a new one.

    `zone`, `rollover_hour` and `currency` are the programme's, for scopes wider than one property.
    `stale_after_us` is how long a source may be silent before its silence stops meaning "none".
    """

    def __init__(
        self,
        properties: Iterable[Property],
        coverages: Iterable[Coverage],
        exchange: Exchange,
        *,
        zone: str,
        currency: str,
        stale_after_us: int,
        rollover_hour: int = 4,
    ) -> None:
        self.properties = {prop.code: prop for prop in properties}
        self.covers = Covers(coverages, self.properties, stale_after_us, zone)
        self.exchange = exchange
        self.zone = zone_of(zone)
        self.rollover_hour = rollover_hour
        self.currency = currency
        self._places: dict[tuple[Scope, str], frozenset[str]] = {}
        self._alone: dict[str, frozenset[str]] = {}

    def places(self, scope: Scope, here: Property) -> frozenset[str]:
        """Codes of the properties in a scope seen from `here`; OUTSIDE is among them for `anywhere`."""
        if scope.kind is ScopeKind.HERE:
            return self._here(here.code)
        key = (scope, here.code)
        places = self._places.get(key)
        if places is None:
            places = self._places[key] = frozenset(self._codes(scope, here))
        return places

    def _here(self, code: str) -> frozenset[str]:
        places = self._alone.get(code)
        if places is None:
            places = self._alone[code] = frozenset((code,))
        return places

    def _codes(self, scope: Scope, here: Property) -> Iterable[str]:
        within = partial(_within, scope, here)
        codes = [code for code, prop in self.properties.items() if within(prop)]
        return [*codes, OUTSIDE] if scope.kind is ScopeKind.ANYWHERE else codes

    def known(self, places: frozenset[str], series: Series) -> Known:
        """What is known of a series at these places together."""
        return self.covers.known(places, series)

    def day_of(self, us: int, code: str | None) -> date:
        """The hotel day of an instant at a property, the programme's where there is none."""
        prop = self.properties.get(code or OUTSIDE)
        if prop is None:
            return hotel_day(us, self.zone, self.rollover_hour)
        return hotel_day(us, prop.zone_info(), prop.rollover_hour)

    def end_of(self, day: date, code: str | None) -> int:
        """The first instant after a hotel day at a property, the programme's where there is none."""
        prop, following = self.properties.get(code or OUTSIDE), day + timedelta(days=1)
        if prop is None:
            return day_start_us(following, self.zone, self.rollover_hour)
        return day_start_us(following, prop.zone_info(), prop.rollover_hour)


def _within(scope: Scope, here: Property, prop: Property) -> bool:
    match scope.kind:
        case ScopeKind.BRAND:
            return prop.brand == here.brand
        case ScopeKind.CITY:
            return (prop.city, prop.country) == (here.city, here.country)
        case ScopeKind.COUNTRY:
            return prop.country == here.country
        case ScopeKind.LISTED:
            return prop.code in scope.properties or prop.brand in scope.brands or prop.city in scope.cities
        case _:
            return True


@dataclass(frozen=True, slots=True)
class AtHand:
    """The stay or activity being decided, as a row; `complete` False when its nights are not known."""

    row: Row
    complete: bool = True


def activity_at_hand(activity: Activity) -> AtHand | None:
    """An activity that just came in, in the history already or not; None for a withheld one, which does not count."""
    return None if activity.withheld is not None else AtHand(row_of(activity, activity.amount_minor))


def stay_at_hand(prop: Property, stay: StayInHand, us: int) -> AtHand:
    """The stay that the desk states, as if it ended at this instant: it lies on today, with all its nights."""
    day = hotel_day(us, prop.zone_info(), prop.rollover_hour)
    money = stay.currency or prop.currency
    row = Row(
        us, 0, Kind.STAY.value, prop.code, day.toordinal(), stay.arrival.toordinal() if stay.arrival else None, us, 1,
        stay.nights or 0, stay.rooms or 1, stay.amount_minor, None if stay.amount_minor is None else money,
        int(Evidence.RECORDED), None, stay.channel.casefold() if stay.channel else None,
        stay.rate_code.casefold() if stay.rate_code else None, None, stay.room_class, None,
        booking_of(prop.code, stay.reservation),
    )  # fmt: skip
    return AtHand(row, stay.nights is not None)


def no_grants(rule: str) -> int | None:
    """For a guest to whom nothing was ever granted."""
    return None


@dataclass(frozen=True)
class Clocked:
    """An instant by one clock, the property's or the programme's; what windows are seen from."""

    us: int
    day: date
    last_grant: Callable[[str], int | None]
    joined: Callable[[], date | None]

    @cached_property
    def enrolled(self) -> date | None:
        """The hotel day of enrolment by this clock; None for never, or not yet."""
        return self.joined()


@dataclass(frozen=True)
class Standpoint:
    """One decision's view. Make it with `stand`.

    `us` is the instant, `day` the hotel day at `property`, `programme_day` the programme's. `enrolled_us` is when the
    guest enrolled (None: never). `last_grant` gives the instant of a rule's last grant to the guest. `this` is what is
    being decided.
    """

    group: HotelGroup
    property: Property
    us: int
    day: date
    programme_day: date
    enrolled_us: int | None = None
    last_grant: Callable[[str], int | None] = no_grants
    this: AtHand | None = None

    def on(self, day: date) -> Standpoint:
        """The view on another hotel day at the same time of day."""
        ahead = day - self.day
        return replace(self, us=self.us + ahead.days * US_PER_DAY, day=day, programme_day=self.programme_day + ahead)

    @cached_property
    def arrival(self) -> int | None:
        """The day (ordinal) on which the stay at hand begins; None where there is none, or it does not say."""
        return self.this.row.arrival if self.this is not None and self.this.row.kind == Kind.STAY else None

    @cached_property
    def here(self) -> Clocked:
        """The view by the property's clock."""
        return Clocked(self.us, self.day, self.last_grant, partial(self._enrolled, self.property.code))

    @cached_property
    def wide(self) -> Clocked:
        """The view by the programme's clock."""
        return Clocked(self.us, self.programme_day, self.last_grant, partial(self._enrolled, None))

    def _enrolled(self, code: str | None) -> date | None:
        if self.enrolled_us is None or self.enrolled_us > self.us:
            return None
        return self.group.day_of(self.enrolled_us, code)


def stand(
    group: HotelGroup,
    prop: Property,
    us: int,
    *,
    enrolled_us: int | None = None,
    last_grant: Callable[[str], int | None] = no_grants,
    this: AtHand | None = None,
) -> Standpoint:
    """The view from a property at an instant (microseconds since 1970 UTC)."""
    day = hotel_day(us, prop.zone_info(), prop.rollover_hour)
    programme_day = hotel_day(us, group.zone, group.rollover_hour)
    return Standpoint(group, prop, us, day, programme_day, enrolled_us, last_grant, this)
