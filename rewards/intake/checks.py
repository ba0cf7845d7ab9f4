"""What an activity must be before it is recorded; every refusal names the field and the value."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

from rewards.domain.activity import Kind
from rewards.domain.guest import Identity
from rewards.errors import FIELD_INVALID, INFLUENCE_REFUSED, TIME_OUT_OF_RANGE, Code, RewardsError
from rewards.money import MAX_MINOR, exponent
from rewards.rulelang.facts import is_influence
from rewards.sdk.drafts import Draft

EARLIEST = datetime(1970, 1, 2, tzinfo=UTC)
AHEAD = timedelta(days=1)
MAX_NIGHTS = 400
MAX_ROOMS = 1_000
MAX_COUNT = 100_000
MAX_TEXT = 200
MAX_ATTRIBUTES = 32
MAX_IDENTITIES = 10
MAX_DRAFT_LINKS = 50
_CONTROL = re.compile("[\x00-\x1f\ud800-\udfff]")
_IDENTITY_KINDS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_-.")


def check_draft(draft: Draft, now: datetime) -> None:
    """Refuse a draft that cannot be a fact; `now` is the clock's. Raises on the first thing that is wrong."""
    _check_texts(draft)
    _check_identities(draft)
    _check_times(draft, now)
    _check_numbers(draft)
    _check_money(draft)
    _check_attributes(draft)


def invalid(field: str, message: str, hint: str, code: Code = FIELD_INVALID) -> RewardsError:
    """The refusal of a field."""
    return RewardsError(code, message, hint=hint, field=field)


def check_text(field: str, value: str | None, *, required: bool = False) -> None:
    """Refuse an empty required text, a text over 200 characters, and control characters."""
    if value is None or value == "":
        if required:
            raise invalid(field, "It is missing.", "Give a text of 1 to 200 characters.")
        return
    if len(value) > MAX_TEXT:
        raise invalid(field, f"It has {len(value)} characters.", f"At most {MAX_TEXT} are kept.")
    if _CONTROL.search(value):
        raise invalid(field, "It holds a control character.", "Leave control characters out.")


def _check_texts(draft: Draft) -> None:
    check_text("source_key", draft.source_key, required=True)
    for name in (
        "property", "channel", "rate_code", "room_class", "reservation", "category", "place_id", "place_name",
        "reverses_key", "withheld",
    ):  # fmt: skip
        check_text(name, getattr(draft, name))


def check_identity(identity: Identity) -> None:
    """Refuse an identity whose kind or value cannot be one, and accounts of influence scores."""
    if not identity.kind or len(identity.kind) > 40 or not set(identity.kind) <= _IDENTITY_KINDS:
        raise invalid("guest", f"“{identity.text()[:60]}” is not an identity.", "Write kind:value, such as card:00412.")
    if is_influence(identity.kind):
        raise RewardsError(INFLUENCE_REFUSED, f"“{identity.kind}” names an influence score.", field="guest")
    check_text("guest", identity.value, required=True)


def _check_identities(draft: Draft) -> None:
    if not draft.identities and draft.kind is not Kind.REVERSAL:
        raise invalid("guest", "No identity is given.", "Write kind:value, such as card:00412.")
    if len(draft.identities) > MAX_IDENTITIES:
        raise invalid("guest", f"{len(draft.identities)} identities.", f"At most {MAX_IDENTITIES} come at once.")
    if len(draft.links) > MAX_DRAFT_LINKS:
        raise invalid("links", f"{len(draft.links)} links.", f"At most {MAX_DRAFT_LINKS} come at once.")
    for identity in (*draft.identities, *(link.identity for link in draft.links)):
        check_identity(identity)


def _check_times(draft: Draft, now: datetime) -> None:
    if draft.occurred_at is not None:
        check_instant("occurred_at", draft.occurred_at, now)
    for name in ("day", "arrival", "departure"):
        value: date | None = getattr(draft, name)
        if value is not None:
            check_day(name, value, now)
    if draft.arrival and draft.departure and draft.departure < draft.arrival:
        raise invalid("departure", f"{draft.departure} is before the arrival {draft.arrival}.", "Swap them.")
    if draft.occurred_at is None and draft.day is None and draft.departure is None:
        raise invalid("occurred_at", "It is not said when this happened.", "Give occurred_at, day or departure.")


def check_instant(field: str, at: datetime, now: datetime) -> None:
    """Refuse a naive instant, one before 1970-01-02 and one more than a day ahead of the clock."""
    if at.tzinfo is None:
        raise invalid(field, f"{at.isoformat()} has no time zone.", "End it with Z or an offset.")
    if not EARLIEST <= at <= now + AHEAD:
        hint = f"From {EARLIEST.date()} to a day ahead of now."
        raise invalid(field, f"{at.isoformat()} lies outside what is accepted.", hint, TIME_OUT_OF_RANGE)


def check_day(field: str, day: date, now: datetime) -> None:
    """Refuse a hotel day before 1970-01-02 or more than two days ahead of the clock."""
    if not EARLIEST.date() <= day <= now.date() + 2 * AHEAD:
        hint = f"From {EARLIEST.date()} to two days ahead of today; a fact is something that happened."
        raise invalid(field, f"{day} lies outside what is accepted.", hint, TIME_OUT_OF_RANGE)


def _check_numbers(draft: Draft) -> None:
    ranges = {"count": (1, MAX_COUNT), "nights": (0, MAX_NIGHTS), "rooms": (1, MAX_ROOMS)}
    if draft.kind is Kind.OPENING:
        ranges = {"count": (0, MAX_COUNT), "nights": (0, MAX_COUNT), "rooms": (1, 1)}
    for name, (low, high) in ranges.items():
        value = getattr(draft, name)
        if value is not None and not low <= value <= high:
            raise invalid(name, f"{value} is out of range.", f"Give {low} to {high}.")
    if draft.kind is Kind.PAYMENT and draft.on_time is None:
        raise invalid("on_time", "A payment says whether it was on time.", "Give true or false.")


def _check_money(draft: Draft) -> None:
    if draft.amount_minor is None:
        if draft.kind is Kind.SPEND:
            raise invalid("amount_minor", "A spend has an amount.", "Give integer minor units.")
        return
    if not 0 <= draft.amount_minor <= MAX_MINOR:
        raise invalid(
            "amount_minor", f"{draft.amount_minor} is out of range.", "Amounts are 0 or more; reverse to take back."
        )
    if draft.currency is None:
        raise invalid("currency", "An amount has a currency.", "Write three capitals, such as EUR.")
    exponent(draft.currency)


def _check_profile(draft: Draft) -> None:
    birthday = draft.attributes.get("birthday") if draft.kind is Kind.ENROLMENT else None
    if birthday is None:
        return
    try:
        date.fromisoformat(str(birthday))
    except ValueError:
        raise invalid("attributes.birthday", f"“{birthday}” is not a date.", "Write 1980-05-17.") from None


def _check_attributes(draft: Draft) -> None:
    _check_profile(draft)
    if len(draft.attributes) > MAX_ATTRIBUTES:
        raise invalid("attributes", f"{len(draft.attributes)} attributes.", f"At most {MAX_ATTRIBUTES} are kept.")
    for name, value in draft.attributes.items():
        check_text(f"attributes.{name}", name, required=True)
        if isinstance(value, str):
            check_text(f"attributes.{name}", value)
        elif abs(value) > MAX_MINOR:
            raise invalid(f"attributes.{name}", f"{value} is out of range.", "Give at most 2^53.")
