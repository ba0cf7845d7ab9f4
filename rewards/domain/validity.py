"""How long what is given can be used: some days, up to the end of a year, until a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Term(StrEnum):
    """Units of validity. Weeks are told in days."""

    DAY = "day"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Lasting:
    """So many days, months or years, the hotel day on which it is given included; months and years end by date."""

    amount: int
    term: Term = Term.DAY


@dataclass(frozen=True, slots=True)
class EndOf:
    """Up to the end of the calendar month, quarter or year in which it is given, and `plus` after that.

    `starts` is the month and day on which a year of one's own begins (term YEAR only): (3, 1) is from March to
    February. With 14 months more, what is given in 2026 can be used until the last of February 2028.
    """

    term: Term
    plus: Lasting | None = None
    starts: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Until:
    """Up to a hotel day, that day included; given later it is good for that day alone, and so for nothing."""

    day: date


Validity = Lasting | EndOf | Until


@dataclass(frozen=True, slots=True)
class Idleness:
    """Points lapse, whatever their own end, when a guest did none of `without` for `after`.

    `without` are names of series (`stays`, `spend`, `custom:…`), `earning` (being given such points) and `spending`
    (of any points). Days from `paused_from` to `paused_until`, both included, do not count; both None: none.
    """

    after: Lasting
    without: tuple[str, ...]
    paused_from: date | None = None
    paused_until: date | None = None


EARNING, SPENDING = "earning", "spending"

THIRTY_DAYS, HUNDRED_YEARS = Lasting(30), Lasting(100, Term.YEAR)
"""What neither the rule nor the catalogue says anything of: a thing to be used soon, and points, which stay."""
