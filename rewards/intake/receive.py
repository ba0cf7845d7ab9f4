"""An activity arrives: check, find the guest, log it once, keep the digest and the coverage in step.

The order matters. 1 check the draft; 2 find or make the guest; 3 append to the log, where the natural key refuses a
second recording; 4 bring the guest's digest up to date; 5 note that the source was heard; 6 tell the outbox. All of it
in the caller's transaction, so an acknowledged activity is durable and a refused one leaves nothing.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from rewards.clock import Clock, day_start_us, from_us, hotel_day, to_us
from rewards.domain.activity import Activity, Kind
from rewards.domain.guest import Guest, Identity
from rewards.domain.property import Property, zone_of
from rewards.errors import (
    ACTIVITY_UNKNOWN,
    ALREADY_REVERSED,
    PROPERTY_UNKNOWN,
    RATE_UNKNOWN,
    REVERSAL_TOO_LARGE,
    RewardsError,
)
from rewards.history.exchange import Rates
from rewards.ids import derived_id
from rewards.intake.checks import check_draft
from rewards.intake.digests import extend_all
from rewards.intake.links import link_those_who_came
from rewards.intake.people import Whose, whose
from rewards.ledger.ports import Store
from rewards.rulelang.facts import is_influence
from rewards.sdk.drafts import Draft

LANGUAGES = ("en", "nl")
HEARD_EVERY = timedelta(minutes=10)
_CHECKOUT_HOURS_INTO_DAY = 7

Corrected = Callable[[Store, str, str], None]
"""Called in the transaction of a reversal with the store, the guest and the reversed activity's id."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What intake knows of the house: properties, exchange rates, and the programme's own day."""

    properties: Mapping[str, Property]
    rates: Rates
    zone: str
    rollover_hour: int


def ground_of(store: Store, zone: str, rollover_hour: int) -> Ground:
    """What a transaction knows of the house; `zone` and `rollover_hour` are the programme's."""
    properties = {prop.code: prop for prop in store.properties.all()}
    return Ground(properties, Rates(store.properties.rates()), zone, rollover_hour)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one draft: `recorded` or `duplicate`; attributes dropped at the door; guests united by it."""

    activity: str
    guest: str
    status: str
    dropped: tuple[str, ...] = ()
    united: tuple[str, ...] = ()
    new_guest: bool = False


class Intake:
    """Receives activities. `corrected` is told of every reversal, in its transaction."""

    def __init__(self, clock: Clock, *, corrected: Corrected | None = None) -> None:
        self._clock = clock
        self._corrected = corrected
        self._heard: dict[tuple[str, Kind], datetime] = {}

    def receive(
        self,
        store: Store,
        ground: Ground,
        source: str,
        drafts: Sequence[Draft],
        *,
        as_it_happened: bool = False,
        live: bool = True,
    ) -> list[Receipt]:
        """Record drafts of one source, in order.

        `as_it_happened` records each as known from the instant it happened (a history told in order), else all as
        known from now. `live` False says that the source is not being heard
        now (a file of the past), so coverage is left to the caller. Raises the first refusal; the caller's
        transaction then leaves nothing of the batch.
        """
        now = self._clock.now()
        known_at = None if as_it_happened else now
        met: dict[tuple[Identity, ...], Whose] = {}
        prepared = [self._prepare(store, ground, source, draft, now, known_at, met) for draft in drafts]
        added = store.activities.add([activity for activity, _, _ in prepared])
        fresh = [item for item, new in zip(prepared, added, strict=True) if new]
        self._update_digests(store, [activity for activity, _, _ in fresh])
        told = zip(drafts, prepared, added, strict=True)
        link_those_who_came(
            store, [(activity, one) for draft, (activity, *_), new in told if new for one in draft.links]
        )
        for activity, _, _ in fresh:
            self._after(store, activity, live=live)
        return [
            Receipt(
                activity.id, mine.guest, "recorded" if new else "duplicate", dropped, mine.absorbed, mine.new and new
            )
            for (activity, mine, dropped), new in zip(prepared, added, strict=True)
        ]

    def _prepare(
        self,
        store: Store,
        ground: Ground,
        source: str,
        draft: Draft,
        now: datetime,
        known_at: datetime | None,
        met: dict[tuple[Identity, ...], Whose],
    ) -> tuple[Activity, Whose, tuple[str, ...]]:
        draft = _timed(store, source, draft, now)
        check_draft(draft, now)
        draft, dropped = as_admitted(draft)
        _check_place(ground, draft)
        reversed_id = derived_id("act", source, draft.reverses_key) if draft.reverses_key else None
        mine = self._owner(store, draft, reversed_id, now, met)
        activity = make_activity(ground, source, draft, mine.guest, reversed_id, known_at)
        if reversed_id is not None:
            _check_reversal(store, activity)
        return activity, mine, dropped

    def _owner(
        self,
        store: Store,
        draft: Draft,
        reversed_id: str | None,
        now: datetime,
        met: dict[tuple[Identity, ...], Whose],
    ) -> Whose:
        """The guest of a draft; `met` are those that this call has found already."""
        if reversed_id is not None:
            original = store.activities.get(reversed_id)
            if original is not None:
                # Held until the end, or two that take the same thing back would each find it there.
                return Whose(store.guests.hold(original.guest)[0])
            if not draft.identities:
                raise RewardsError(
                    ACTIVITY_UNKNOWN,
                    f"“{draft.reverses_key}” was never recorded.",
                    hint="A reversal that comes before its activity names the guest.",
                    field="reverses_key",
                )
        known = met.get(draft.identities)
        if known is None:
            known = whose(store, draft.identities, now)
            if known.absorbed:
                # Whoever was found before may have been united with somebody now.
                met.clear()
            met[draft.identities] = Whose(known.guest)
        return known

    def _update_digests(self, store: Store, fresh: Sequence[Activity]) -> None:
        by_guest: dict[str, list[Activity]] = defaultdict(list)
        for activity in fresh:
            by_guest[activity.guest].append(activity)
        extend_all(store, by_guest)
        for guest, activities in by_guest.items():
            _note_enrolment(store, guest, activities)

    def _after(self, store: Store, activity: Activity, *, live: bool) -> None:
        if live and activity.property is not None and activity.kind is not Kind.REVERSAL:
            self._hear(store, activity.property, activity.kind)
        if activity.reverses is not None and self._corrected is not None:
            self._corrected(store, activity.guest, activity.reverses)
        if live:
            payload = {"activity": activity.id, "guest": activity.guest, "kind": activity.kind.value}
            store.outbox.add("activity.recorded", activity.guest, json.dumps(payload), activity.recorded_at)

    def _hear(self, store: Store, property_code: str, kind: Kind) -> None:
        now = self._clock.now()
        last = self._heard.get((property_code, kind))
        if last is None or now - last >= HEARD_EVERY:
            store.properties.heard(property_code, kind.value, now, now)
            self._heard[property_code, kind] = now


def _timed(store: Store, source: str, draft: Draft, now: datetime) -> Draft:
    """A reversal that says no time happens when it is first told; told again it says that time again."""
    if draft.kind is not Kind.REVERSAL or draft.occurred_at or draft.day:
        return draft
    told = store.activities.get(derived_id("act", source, draft.source_key))
    return replace(draft, occurred_at=told.occurred_at if told else now)


def as_admitted(draft: Draft) -> tuple[Draft, tuple[str, ...]]:
    """A draft without the attributes that have no place here, and their names."""
    dropped = tuple(sorted(name for name in draft.attributes if is_influence(name)))
    kept = {name: value for name, value in draft.attributes.items() if name not in dropped}
    return (replace(draft, attributes=kept) if dropped else draft), dropped


def _check_place(ground: Ground, draft: Draft) -> None:
    if draft.property is None:
        return
    prop = ground.properties.get(draft.property)
    if prop is None:
        raise RewardsError(
            PROPERTY_UNKNOWN, f"“{draft.property}” is not a property.", hint="Add it first.", field="property"
        )
    if draft.amount_minor is None or draft.currency in (None, prop.currency):
        return
    day = draft.day or draft.departure or (draft.occurred_at.date() if draft.occurred_at else date.max)
    if ground.rates.rate(draft.currency or prop.currency, prop.currency, day) is None:
        raise RewardsError(
            RATE_UNKNOWN,
            f"There is no rate from {draft.currency} to {prop.currency} on or before {day}.",
            hint="Add the rate of that day, then send this again.",
            field="currency",
        )


def _check_reversal(store: Store, reversal: Activity) -> None:
    original = store.activities.get(reversal.reverses or "")
    if original is None:
        return
    earlier = [other for other in store.activities.reversals_of(original.id) if other.id != reversal.id]
    if any(other.amount_minor is None for other in earlier):
        raise RewardsError(ALREADY_REVERSED, f"{original.id} is already taken back whole.", field="reverses_key")
    taken = sum(other.amount_minor or 0 for other in earlier)
    if reversal.amount_minor is not None and taken + reversal.amount_minor > (original.amount_minor or 0):
        raise RewardsError(
            REVERSAL_TOO_LARGE,
            f"{reversal.amount_minor} would be taken back of {(original.amount_minor or 0) - taken} that are left.",
            field="amount_minor",
        )


def _note_enrolment(store: Store, guest: str, activities: Sequence[Activity]) -> None:
    """The first enrolment says since when; its declared profile fills what is not known of the guest yet."""
    enrolments = [activity for activity in activities if activity.kind is Kind.ENROLMENT]
    head = store.guests.head(guest) if enrolments else None
    if head is None:
        return
    changed = head.guest
    for activity in enrolments:
        changed = _enrolled(changed, activity)
    if changed != head.guest:
        store.guests.update(changed)


def _enrolled(guest: Guest, activity: Activity) -> Guest:
    profile = activity.attributes
    birthday = profile.get("birthday")
    language, name, country = profile.get("language"), profile.get("first_name"), profile.get("country")
    return replace(
        guest,
        enrolled_at=min(activity.occurred_at, guest.enrolled_at or activity.occurred_at),
        first_name=guest.first_name or (name if isinstance(name, str) else None),
        language=language if language in LANGUAGES and isinstance(language, str) else guest.language,
        country=guest.country or (country if isinstance(country, str) else None),
        birthday=guest.birthday or (date.fromisoformat(birthday) if isinstance(birthday, str) else None),
    )


def make_activity(
    ground: Ground, source: str, draft: Draft, guest: str, reverses: str | None, recorded_at: datetime | None
) -> Activity:
    """The activity that a checked draft becomes; without `recorded_at` it became known when it happened."""
    prop = ground.properties.get(draft.property) if draft.property else None
    zone = prop.zone_info() if prop else zone_of(ground.zone)
    rollover = prop.rollover_hour if prop else ground.rollover_hour
    occurred, day = _when(draft, zone, rollover)
    return Activity(
        id=derived_id("act", source, draft.source_key),
        guest=guest,
        kind=draft.kind,
        occurred_at=occurred,
        recorded_at=recorded_at or occurred,
        day=day,
        source=source,
        source_key=draft.source_key,
        property=draft.property,
        arrival_day=draft.arrival,
        count=draft.count,
        nights=_nights(draft),
        rooms=draft.rooms,
        amount_minor=draft.amount_minor,
        currency=draft.currency,
        evidence=draft.evidence,
        on_time=draft.on_time,
        channel=draft.channel,
        rate_code=draft.rate_code,
        room_class=draft.room_class,
        reservation=draft.reservation,
        category=draft.category,
        place_id=draft.place_id,
        place_name=draft.place_name,
        reverses=reverses,
        withheld=draft.withheld,
        attributes=draft.attributes,
    )


def _when(draft: Draft, zone: ZoneInfo, rollover: int) -> tuple[datetime, date]:
    """A stay without an instant happened on the morning of its departure, another dated fact on that morning too."""
    if draft.occurred_at is not None:
        fallback = draft.departure if draft.kind is Kind.STAY else None
        return draft.occurred_at, draft.day or fallback or hotel_day(to_us(draft.occurred_at), zone, rollover)
    day = draft.day or draft.departure
    if day is None:
        raise ValueError("a draft without a time passed its check")
    return from_us(day_start_us(day, zone, rollover)) + timedelta(hours=_CHECKOUT_HOURS_INTO_DAY), day


def _nights(draft: Draft) -> int:
    if draft.nights is not None:
        return draft.nights
    if draft.arrival is not None and draft.departure is not None:
        return (draft.departure - draft.arrival).days
    return 0
