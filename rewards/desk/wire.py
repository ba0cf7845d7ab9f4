"""The question a front desk asks and how it is read: structs that take exactly what they say."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec

from rewards.domain.stay import StayInHand
from rewards.errors import FIELD_INVALID, RewardsError

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Code = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
Small = Annotated[int, msgspec.Meta(ge=0, le=10_000)]
Amount = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Instant = Annotated[datetime, msgspec.Meta(tz=True)]
Mode = Literal["preview", "hold", "commit"]

MOMENTS = ("booking", "pre_arrival", "arrival", "during_stay", "checkout", "activity", "request", "scheduled")
MAX_STAY_NIGHTS = 400


class Stay(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The stay at hand; what the desk does not know it leaves out."""

    reservation: Name | None = None
    arrival: date | None = None
    departure: date | None = None
    room_class: Code | None = None
    channel: Code | None = None
    rate_code: Code | None = None
    rooms: Annotated[int, msgspec.Meta(ge=1, le=1_000)] | None = None
    adults: Small | None = None
    children: Small | None = None
    amount_minor: Amount | None = None
    currency: Annotated[str, msgspec.Meta(min_length=3, max_length=3)] | None = None
    purpose: Code | None = None
    free_classes: Annotated[tuple[Code, ...], msgspec.Meta(max_length=50)] | None = None

    def in_hand(self) -> StayInHand:
        """The stay as the engine sees it; `field_invalid` for a departure before the arrival or a stay without end."""
        if self.arrival and self.departure:
            nights = (self.departure - self.arrival).days
            if not 0 <= nights <= MAX_STAY_NIGHTS:
                raise RewardsError(
                    FIELD_INVALID,
                    f"From {self.arrival} to {self.departure} are {nights} nights.",
                    hint=f"A stay has 0 to {MAX_STAY_NIGHTS} nights.",
                    field="stay.departure",
                )
        return StayInHand(**{name: getattr(self, name) for name in self.__struct_fields__})


class Question(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What does this guest get, here, now?

    `guest` is an identity (`card:00412`) or an id (`gst_…`). `mode`: `preview` writes nothing, `hold` promises for
    `hold_minutes`, `commit` gives. `as_of` asks as of another instant (preview only), `known_at` with what was known
    then. `enrol` makes a guest of an unknown identity. `activity` is the id of the check-in or spend that came in.
    """

    guest: Name
    property: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    moment: Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z_]{0,39}$")]
    mode: Mode = "preview"
    stay: Stay | None = None
    activity: Name | None = None
    topic: Code | None = None
    severity: Annotated[int, msgspec.Meta(ge=1, le=5)] | None = None
    as_of: Instant | None = None
    known_at: Instant | None = None
    enrol: bool = False
    language: Literal["en", "nl"] | None = None
    hold_minutes: Annotated[int, msgspec.Meta(ge=1, le=44_640)] | None = None


class BatchItem(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """One arrival of a batch: its own key and its question."""

    key: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{16,128}$")]
    question: Question


class Batch(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A day's arrivals, at most 500."""

    questions: Annotated[tuple[BatchItem, ...], msgspec.Meta(min_length=1, max_length=500)]


def convert(value: object, kind: type[msgspec.Struct]) -> msgspec.Struct:
    """A JSON value as a struct; `field_invalid` names the field and what is wrong with it."""
    try:
        return msgspec.convert(value, kind, strict=True)
    except msgspec.ValidationError as error:
        message, _, where = str(error).partition(" - at `$")
        field = where.rstrip("`").lstrip(".") or None
        raise RewardsError(FIELD_INVALID, f"{message}.", field=field) from None


def read_question(value: object) -> Question:
    """A question from a JSON value."""
    question = convert(value, Question)
    if not isinstance(question, Question):
        raise TypeError("not a question")
    if question.mode != "preview" and (question.as_of or question.known_at):
        raise RewardsError(
            FIELD_INVALID, "Only a preview is asked as of another instant.", hint="Leave it out.", field="as_of"
        )
    return question
