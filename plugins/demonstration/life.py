"""What the people of the demonstration group did, day by day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from rewards.sdk import Draft, Evidence, FileRow, Identity, Kind, Property, StayInHand

from .group import NIGHT_RATE_MINOR, PROPERTIES, WITHOUT_INVOICES

# fmt: off
FIRST_NAMES = (
    "Ana", "Ben", "Cas", "Dina", "Emil", "Fleur", "Gus", "Hanne", "Ivo", "Jo", "Kim", "Lou", "Mila", "Noor", "Otis",
    "Pim", "Quinn", "Roos", "Sam", "Tess", "Umar", "Vera", "Wim", "Xena", "Yara", "Zoë",
)
# fmt: on
OUTLETS = ("bar", "restaurant", "spa")
KINDS = (("regular", 15), ("business", 85), ("leisure", 350), ("once", 480), ("local", 70))
MEMBERS_OF_TEN = {"regular": 10, "business": 8, "leisure": 6, "once": 2, "local": 7}


@dataclass(frozen=True, slots=True)
class Spec:
    """Which group: the seed, the last day, how many guests, how many days, and how many last days ask questions."""

    seed: int
    today: date
    guests: int
    days: int
    decide_days: int

    @property
    def first_day(self) -> date:
        """The first day of the history."""
        return self.today - timedelta(days=self.days - 1)


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing at one instant; `order` keeps two at the same instant apart."""

    at: datetime
    order: int
    drafts: tuple[Draft, ...]
    stay: StayInHand | None = None


def happenings(spec: Spec, file_hash: str) -> Iterator[FileRow]:
    """Rows in the order of time. Arrivals of the last `decide_days` pose a question."""
    asks_from = datetime.combine(spec.today - timedelta(days=spec.decide_days), time(0), tzinfo=UTC)
    ordered: list[Happening] = []
    for number in range(spec.guests):
        ordered.extend(_life(spec, number, file_hash[:8]))
    # The last first: what has been told can be let go.
    ordered.sort(key=lambda it: (it.at, it.order), reverse=True)
    for row in range(1, len(ordered) + 1):
        it = ordered.pop()
        asks = it.stay is not None and it.at >= asks_from
        yield FileRow(row, it.drafts, stay=it.stay if asks else None, at=it.at if asks else None)


class _Person:
    """One guest's generator and counters."""

    def __init__(self, spec: Spec, number: int, prefix: str) -> None:
        self.spec = spec
        self.number = number
        self.prefix = prefix
        self.dice = Random(f"{spec.seed}/{number}")
        self.kind = self.dice.choices([kind for kind, _ in KINDS], [weight for _, weight in KINDS])[0]
        self.home = self.dice.choice(PROPERTIES)
        self.count = 0
        self.identities = (
            Identity("card", f"{100_000 + number}", verified=True),
            Identity("email", f"guest{number}@example.org", verified=True),
        )

    def key(self) -> str:
        self.count += 1
        return f"{self.prefix}/{self.number}/{self.count}"

    def order(self) -> int:
        return self.number * 10_000 + self.count

    def property(self) -> Property:
        if self.kind in ("regular", "local") or self.dice.random() < 0.55:
            return self.home
        return self.dice.choice(PROPERTIES)

    def at(self, day: date, hour: int) -> datetime:
        return datetime.combine(day, time(hour, self.dice.randrange(60), self.dice.randrange(60)), tzinfo=UTC)


def _life(spec: Spec, number: int, prefix: str) -> Iterator[Happening]:
    person = _Person(spec, number, prefix)
    joined = person.dice.randrange(max(1, spec.days - 1))
    if person.dice.randrange(10) < MEMBERS_OF_TEN[person.kind]:
        yield _enrolment(person, spec.first_day + timedelta(days=joined))
    if person.kind == "local":
        yield from _evenings(person, joined)
    else:
        yield from _stays(person, joined)


def _enrolment(person: _Person, day: date) -> Happening:
    profile: dict[str, str | int | bool] = {
        "first_name": person.dice.choice(FIRST_NAMES),
        "language": "nl" if person.home.country in ("NL", "BE") else "en",
        "country": person.home.country,
    }
    if person.dice.random() < 0.6:
        profile["birthday"] = date(1950 + person.dice.randrange(55), 1, 1).replace(
            month=1 + person.dice.randrange(12), day=1 + person.dice.randrange(28)
        ).isoformat()  # fmt: skip
    at = person.at(day, 6)
    draft = Draft(Kind.ENROLMENT, person.key(), person.identities, occurred_at=at, attributes=profile)
    return Happening(at, person.order(), (draft,))


_GAP_DAYS = {"regular": (11, 17), "business": (25, 95), "leisure": (150, 380), "once": (5_000, 5_001)}
_NIGHTS = {"regular": (1, 2), "business": (1, 3), "leisure": (2, 6), "once": (1, 4)}


def _stays(person: _Person, joined: int) -> Iterator[Happening]:
    low, high = _GAP_DAYS[person.kind]
    day = joined + person.dice.randrange(1, 14)
    last = person.spec.days + 3
    while day < last:
        nights = person.dice.randint(*_NIGHTS[person.kind])
        yield from _stay(person, person.spec.first_day + timedelta(days=day), nights)
        day += nights + person.dice.randint(low, high)


def _stay(person: _Person, arrival: date, nights: int) -> Iterator[Happening]:
    prop = person.property()
    departure = arrival + timedelta(days=nights)
    dice = person.dice
    direct = dice.random() < (0.9 if person.kind == "regular" else 0.45)
    room = prop.room_classes[min(dice.choice((0, 0, 0, 0, 1, 1, 2)), len(prop.room_classes) - 1)]
    rate = NIGHT_RATE_MINOR[prop.brand] * dice.randint(80, 140) // 100
    reservation = f"R-{person.number:05d}-{person.count + 1}"
    hand = StayInHand(
        reservation=reservation, arrival=arrival, departure=departure, room_class=room,
        channel="direct" if direct else dice.choice(("agency", "agency", "corporate")), rooms=1,
        adults=dice.randint(1, 2), amount_minor=rate * nights, currency=prop.currency,
        purpose="business" if person.kind in ("regular", "business") else "leisure",
        free_classes=prop.room_classes if dice.random() < 0.8 else (room,),
    )  # fmt: skip
    yield _arrival(person, prop, hand)
    if departure <= person.spec.today:
        yield from _departure(person, prop, hand, nights)


def _arrival(person: _Person, prop: Property, hand: StayInHand) -> Happening:
    at = person.at(hand.arrival or person.spec.today, 14)
    draft = Draft(
        Kind.CHECK_IN, person.key(), person.identities, prop.code, occurred_at=at, evidence=Evidence.RECORDED,
        reservation=hand.reservation,
    )  # fmt: skip
    drafts = (draft,) if at.date() <= person.spec.today else ()
    return Happening(at, person.order(), drafts, stay=hand if drafts else None)


def _departure(person: _Person, prop: Property, hand: StayInHand, nights: int) -> Iterator[Happening]:
    day = hand.departure or person.spec.today
    at = person.at(day, 9)
    stay = Draft(
        Kind.STAY, person.key(), person.identities, prop.code, occurred_at=at, arrival=hand.arrival, departure=day,
        nights=nights, amount_minor=hand.amount_minor, currency=prop.currency, channel=hand.channel,
        room_class=hand.room_class, reservation=hand.reservation,
    )  # fmt: skip
    yield Happening(at, person.order(), (stay,))
    if person.dice.random() < 0.35:
        yield _spend(person, prop, day - timedelta(days=1))
    if person.kind in ("regular", "business") and prop.code not in WITHOUT_INVOICES:
        yield from _payment(person, prop, day)


def _payment(person: _Person, prop: Property, departure: date) -> Iterator[Happening]:
    late = person.dice.random() < (0.01 if person.kind == "regular" else 0.12)
    day = departure + timedelta(days=45 if late else 14)
    if day <= person.spec.today:
        at = person.at(day, 10)
        draft = Draft(Kind.PAYMENT, person.key(), person.identities, prop.code, occurred_at=at, on_time=not late)
        yield Happening(at, person.order(), (draft,))


def _spend(person: _Person, prop: Property, day: date) -> Happening:
    at = person.at(day, 19)
    draft = Draft(
        Kind.SPEND, person.key(), person.identities, prop.code, occurred_at=at,
        amount_minor=person.dice.randint(900, 9_500), currency=prop.currency, category=person.dice.choice(OUTLETS),
    )  # fmt: skip
    return Happening(at, person.order(), (draft,))


def _evenings(person: _Person, joined: int) -> Iterator[Happening]:
    day = joined
    while day < person.spec.days:
        when = person.spec.first_day + timedelta(days=day)
        at = person.at(when, 18)
        evidence = person.dice.choice((Evidence.CLAIMED, Evidence.LOCATED, Evidence.WITNESSED))
        check_in = Draft(
            Kind.CHECK_IN, person.key(), person.identities, person.home.code, occurred_at=at, evidence=evidence
        )
        yield Happening(at, person.order(), (check_in,))
        if person.dice.random() < 0.7:
            yield _spend(person, person.home, when)
        day += person.dice.randint(4, 45)
