"""The folio's lines: which of them are spend, and what is left of each once voids and rebates are taken off.

Every number here is an integer of minor units or a text as OPERA wrote it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation

from rewards.sdk import Json, Refused, minor_units, pick

REVENUE = "Revenue"
MOST_LINES = 180
"""Lines of one folio that may stand as facts: 200 facts may be told at once, and 64 KiB be kept."""


@dataclass(frozen=True, slots=True)
class Line:
    """One revenue line: `amount` signed minor units of `currency`, `category` ours, `day` the business date.

    `at` is the local text of when it was posted, "" where only the day is known.
    """

    number: int
    code: str
    category: str
    amount: int
    currency: str
    day: date
    at: str


def windows(answer: Json) -> list[Json]:
    """The folio windows of an answer."""
    return list(pick(answer, "reservationFolioInformation.folioWindows", list, []))


def postings(window: Json) -> list[Json]:
    """The postings of a window, whole as OPERA wrote them."""
    found: list[Json] = []
    for folio in pick(window, "folios", list, []):
        found += _listed(folio)
    return found


def _listed(folio: Json) -> list[Json]:
    held = folio.get("postings") if isinstance(folio, dict) else None
    # A list in answers that are seen, an object that holds one by the type's name.
    where = "postings.postings" if isinstance(held, dict) else "postings"
    return list(pick(folio, where, list, []))


def kept(posting: Json) -> Json:
    """What is read of a posting; `Refused` where a field is wrong. None for what is no revenue."""
    if pick(posting, "transactionType", str, "") != REVENUE:
        return None
    return {
        "number": _number(posting),
        "code": _code(posting),
        "amount": _amount(posting),
        "currency": pick(posting, "postedAmount.currencyCode", str, ""),
        "day": _date(pick(posting, "revenueDate", str, None) or pick(posting, "postingDate", str)),
        "at": pick(posting, "postingTime.time", str, ""),
    }


def _number(posting: Json) -> int:
    value = _decimal(posting.get("transactionNo"), "transactionNo")
    if value != value.to_integral_value() or not 0 < value < 10**15:
        raise Refused("transactionNo is no number of a transaction")
    return int(value)


def _code(posting: Json) -> str:
    code = posting.get("transactionCode")
    return str(code) if isinstance(code, int) and not isinstance(code, bool) else pick(posting, "transactionCode", str)


def _amount(posting: Json) -> Decimal:
    """The line's amount with its sign: a negative quantity takes back, whichever sign the amount itself has."""
    amount = _decimal(pick(posting, "postedAmount", dict).get("amount"), "postedAmount.amount")
    quantity = posting.get("quantity")
    if quantity is not None and _decimal(quantity, "quantity") < 0:
        return -abs(amount)
    return amount


def _decimal(value: Json, name: str) -> Decimal:
    """A number, or a number written as a text: OPERA writes both."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        raise Refused(f"{name} is not a number")
    try:
        found = Decimal(value)
    except InvalidOperation:
        raise Refused(f"{name} is not a number") from None
    if not found.is_finite() or abs(found) > 10**15:
        raise Refused(f"{name} is out of range")
    return found


def _date(text: str) -> str:
    try:
        return date.fromisoformat(text[:10]).isoformat()
    except ValueError:
        raise Refused("a day of a posting cannot be read") from None


def lines(found: Iterable[Json], categories: Mapping[str, str], currency: str) -> list[Line]:
    """The lines that earn, in the order of their numbers, each number once; `currency` where a posting names none."""
    read = {
        one["number"]: Line(
            one["number"],
            one["code"],
            categories[one["code"]],
            minor_units(one["amount"], one["currency"] or currency),
            one["currency"] or currency,
            date.fromisoformat(one["day"]),
            one["at"],
        )
        for one in found
        if one["code"] in categories
    }
    return [read[number] for number in sorted(read)]


def unmapped(found: Iterable[Json], categories: Mapping[str, str]) -> list[str]:
    """Codes of revenue that nobody has mapped, in order."""
    return sorted({one["code"] for one in found} - set(categories))


def left(all_lines: Sequence[Line]) -> list[Line]:
    """The positive lines with what is left of them once every negative one is taken off; those used up are left out.

    A negative line names no parent. It is taken off lines that were posted before it: the newest of its code with
    exactly its amount, else its code's, then its category's, then any, the newest first; only of its own currency.
    What is then still left of it is taken off whatever comes later.
    """
    open_lines = {line.number: line for line in all_lines if line.amount > 0}
    for taken in (line for line in all_lines if line.amount < 0):
        rest = -taken.amount
        for line in _order(list(open_lines.values()), taken):
            part = min(rest, line.amount)
            open_lines[line.number] = replace(line, amount=line.amount - part)
            rest -= part
    return [line for line in open_lines.values() if line.amount > 0]


def _order(candidates: Sequence[Line], taken: Line) -> list[Line]:
    def nearness(line: Line) -> tuple[bool, bool, bool, bool, int]:
        # Lines that come later must not move what an earlier void was taken off: that would tell old facts anew.
        later, exact = line.number > taken.number, line.code == taken.code and line.amount == -taken.amount
        return later, not exact, line.code != taken.code, line.category != taken.category, -line.number

    return sorted((line for line in candidates if line.currency == taken.currency), key=nearness)
