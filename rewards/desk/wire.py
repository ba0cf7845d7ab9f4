"""The question a front desk asks and how it is read: structs that take exactly what they say."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime
from typing import Annotated, Literal

import msgspec

from rewards.domain.stay import StayInHand
from rewards.errors import FIELD_INVALID, RewardsError

_NO_CONTROL = r"^[^\x00-\x1f]+\Z"
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=_NO_CONTROL)]
Code = Annotated[str, msgspec.Meta(min_length=1, max_length=60, pattern=_NO_CONTROL)]
Small = Annotated[int, msgspec.Meta(ge=0, le=10_000)]
Amount = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Instant = Annotated[datetime, msgspec.Meta(tz=True)]
Mode = Literal["preview", "hold", "commit"]

MOMENTS = (
    "booking", "pre_arrival", "arrival", "during_stay", "checkout", "cancellation", "activity", "request", "scheduled",
)  # fmt: skip
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
    currency: Annotated[str, msgspec.Meta(max_length=3, pattern=r"^[A-Z]{3}\Z")] | None = None
    purpose: Code | None = None
    free_classes: Annotated[tuple[Code, ...], msgspec.Meta(max_length=50)] | None = None
    own_name: bool | None = None
    own_room: bool | None = None
    email: Name | None = None

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
        return StayInHand(**{name: getattr(self, name) for name in self.__struct_fields__ if name != "email"})


class Asked(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What the desk asks for on the guest's behalf: points, or an amount of money."""

    points: Annotated[int, msgspec.Meta(ge=1, le=2**53)] | None = None
    amount_minor: Amount | None = None
    currency: Annotated[str, msgspec.Meta(max_length=3, pattern=r"^[A-Z]{3}\Z")] | None = None


class Question(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What does this guest get, here, now?

    `guest` is an identity (`card:00412`) or an id (`gst_…`). `mode`: `preview` writes nothing, `hold` promises for
    `hold_minutes`, `commit` gives. `as_of` asks as of another instant (preview only), `known_at` with what was known
    then. `enrol` makes a guest of an unknown identity. `activity` is the id of the check-in or spend that came in.
    """

    guest: Name
    property: Annotated[str, msgspec.Meta(min_length=1, max_length=40, pattern=_NO_CONTROL)]
    moment: Annotated[str, msgspec.Meta(max_length=40, pattern=r"^[a-z][a-z_]{0,39}\Z")]
    mode: Mode = "preview"
    stay: Stay | None = None
    activity: Name | None = None
    topic: Code | None = None
    severity: Annotated[int, msgspec.Meta(ge=1, le=5)] | None = None
    request: Asked | None = None
    as_of: Instant | None = None
    known_at: Instant | None = None
    enrol: bool = False
    language: Literal["en", "nl"] | None = None
    hold_minutes: Annotated[int, msgspec.Meta(ge=1, le=44_640)] | None = None


def convert(value: object, kind: type[msgspec.Struct]) -> msgspec.Struct:
    """A JSON value as a struct; `field_invalid` names the field and what is wrong with it."""
    try:
        return msgspec.convert(value, kind, strict=True)
    except msgspec.ValidationError as error:
        message, _, where = str(error).partition(" - at `$")
        field = ".".join(part for part in (where.rstrip("`").lstrip("."), _named(message)) if part) or None
        raise RewardsError(
            FIELD_INVALID, f"{message.replace(_CONTROL_SAID, 'no control characters')}.", field=field
        ) from None


_CONTROL_SAID = f"`str` matching regex {_NO_CONTROL!r}"


def _named(message: str) -> str:
    """The field that is missing or unknown, which the library names in its message only."""
    parts = message.split("`")
    return parts[1][:60] if "field `" in message and len(parts) == 3 else ""


def _normal(value: object) -> object:
    """The same value with its texts in NFC, so that one name is one name however it was typed."""
    if isinstance(value, str):
        return value if value.isascii() else unicodedata.normalize("NFC", value)
    if isinstance(value, dict):
        return {name: _normal(item) for name, item in value.items()}
    return [_normal(item) for item in value] if isinstance(value, list) else value


def read_question(value: object) -> Question:
    """A question from a JSON value."""
    question = convert(_normal(value), Question)
    if not isinstance(question, Question):
        raise TypeError("not a question")
    if question.mode != "preview" and (question.as_of or question.known_at):
        raise RewardsError(
            FIELD_INVALID, "Only a preview is asked as of another instant.", hint="Leave it out.", field="as_of"
        )
    return question
