"""Windows and scopes: over which time and where a measure looks."""

from __future__ import annotations

import re
from datetime import date

from rewards.rulelang import limits
from rewards.rulelang.diagnostics import Report
from rewards.rulelang.nodes import (
    BetterOf,
    Calendar,
    Dates,
    Lifetime,
    MembershipYear,
    OffsetYear,
    Rolling,
    RollingHours,
    Scope,
    ScopeKind,
    SinceEnrolment,
    SinceLastGrant,
    Unit,
    Window,
)
from rewards.rulelang.reading.fields import Fields, Reader, block_of, items_of, text_of
from rewards.rulelang.reading.names import WINDOW_KEYS, listed
from rewards.rulelang.reading.scalars import a_date, any_text, choice, name, number, only_true, pair, several
from rewards.rulelang.reading.tree import Block, Text, Tree
from rewards.rulelang.wording.entry import Phrase, Piece

_LENGTH = re.compile(r"(-?[0-9]{1,20}) (hour|day|week|month|year)s?")
_YEAR_START = re.compile(r"([0-9]{2})-([0-9]{2})")

LENGTH_FORM = Phrase(
    "a number and hours, days, weeks, months or years, such as 180 days",
    "een getal en hours, days, weeks, months of years, zoals 180 days",
)
DAYS_FORM = Phrase("a number of days or weeks, such as 30 days", "een aantal days of weeks, zoals 30 days")
MOST_OF_UNIT = {
    "hour": limits.MAX_WINDOW_HOURS,
    "day": limits.MAX_WINDOW_DAYS,
    "week": limits.MAX_WINDOW_DAYS // 7,
    "month": 1_200,
    "year": 100,
}
"""The longest window in each unit: a hundred years, or a year of hours."""

MEMBERSHIP_YEAR = "membership year"
CALENDAR_UNITS = (*(str(unit) for unit in Unit), MEMBERSHIP_YEAR)
CALENDAR_WORDS: dict[str, tuple[str, int]] = {
    **{f"this {unit}": (str(unit), 0) for unit in Unit},
    **{f"last {unit}": (str(unit), 1) for unit in Unit},
    MEMBERSHIP_YEAR: (MEMBERSHIP_YEAR, 0),
    f"last {MEMBERSHIP_YEAR}": (MEMBERSHIP_YEAR, 1),
}
SCOPE_KEYS = ("properties", "brands", "cities")
SINCE_WORDS = ("enrolment", "last grant")
SCOPE_WORDS = tuple(str(kind) for kind in ScopeKind if kind is not ScopeKind.LISTED)


def length(tree: Tree, what: Piece, report: Report, form: Phrase = LENGTH_FORM) -> tuple[int, str] | None:
    """A length of time as (amount, unit in the singular), more than none and no longer than the longest."""
    text = text_of(tree, what, "180 days", report)
    if text is None:
        return None
    match = _LENGTH.fullmatch(text.text)
    if match is None:
        report.add("duration_expected", text.span, what=what, value=text.text, form=form)
        return None
    amount, unit = int(match[1]), match[2]
    if amount <= 0:
        _refuse_no_length(text, what, amount, report)
        return None
    if amount > MOST_OF_UNIT[unit]:
        report.add("number_out_of_range", text.span, what=what, value=amount, least=1, most=MOST_OF_UNIT[unit])
        return None
    return amount, unit


def _refuse_no_length(text: Text, what: Piece, amount: int, report: Report) -> None:
    why = (
        Phrase(f"“{text.text}” is none", f"“{text.text}” is er geen")
        if amount == 0
        else Phrase(f"“{text.text}” is less than none", f"“{text.text}” is minder dan niets")
    )
    advice = Phrase("Write 1 day or more; 1 day is today.", "Schrijf 1 day of meer; 1 day is vandaag.")
    report.add("window_empty", text.span, what=what, why=why, advice=advice)


def days(tree: Tree, what: Piece, report: Report) -> int | None:
    """A length in days or weeks, as days."""
    found = length(tree, what, report, DAYS_FORM)
    if found is None:
        return None
    amount, unit = found
    if unit not in ("day", "week"):
        shown = tree.text if isinstance(tree, Text) else ""
        report.add("duration_expected", tree.span, what=what, value=shown, form=DAYS_FORM)
        return None
    return amount * (7 if unit == "week" else 1)


def rolling(tree: Tree, what: Piece, report: Report) -> Rolling | RollingHours | None:
    """`within: 180 days`."""
    found = length(tree, what, report)
    if found is None:
        return None
    amount, unit = found
    return RollingHours(amount) if unit == "hour" else Rolling(amount, Unit(unit))


def window(fields: Fields, report: Report) -> Window:
    """The window that the keys of a measure name; everything ever known where none stands."""
    keys = fields.present(WINDOW_KEYS)
    if len(keys) > 1:
        report.add("windows_many", fields.place(keys[1]), found=listed(keys))
    for key in keys:
        value = fields.tree(key)
        found = _READERS[key](value, f"“{key}”", report) if value is not None else None
        if found is not None:
            return found
    return Lifetime()


def _ever(tree: Tree, what: Piece, report: Report) -> Window | None:
    return Lifetime() if only_true(tree, what, report) else None


def _calendar(tree: Tree, what: Piece, report: Report) -> Window | None:
    if isinstance(tree, Block):
        return _calendar_block(tree, what, report)
    word = choice(tuple(CALENDAR_WORDS))(tree, what, report)
    return None if word is None else _calendar_of(*CALENDAR_WORDS[word])


def _calendar_of(unit: str, back: int) -> Window:
    return MembershipYear(back) if unit == MEMBERSHIP_YEAR else Calendar(Unit(unit), back)


def _calendar_block(block: Block, what: Piece, report: Report) -> Window | None:
    fields = Fields(block, ("unit", "year_from", "back"), what, report)
    back = fields.read("back", number(0, limits.MAX_BACK), 0)
    if "year_from" in fields:
        if "unit" in fields:
            why = Phrase("a year from a day has its unit", "een jaar vanaf een dag heeft al een eenheid")
            advice = Phrase("Keep one of them.", "Houd er één.")
            report.add("parameters_contradict", block.span, one="unit", other="year_from", why=why, advice=advice)
        start = fields.read("year_from", year_start, None)
        return None if start is None else OffsetYear(start[0], start[1], back)
    unit = fields.read_needed("unit", choice(CALENDAR_UNITS), "")
    return _calendar_of(unit, back) if unit else None


def year_start(tree: Tree, what: Piece, report: Report) -> tuple[int, int] | None:
    """The month and day on which a year of one's own begins: `03-01`; 29 February is none."""
    text = text_of(tree, what, "03-01", report)
    if text is None:
        return None
    match = _YEAR_START.fullmatch(text.text)
    start = (int(match[1]), int(match[2])) if match is not None else None
    if start is None or not _in_every_year(*start):
        report.add("year_start_expected", text.span, value=text.text)
        return None
    return start


def _in_every_year(month: int, day: int) -> bool:
    try:
        date(2023, month, day)
    except ValueError:
        return False
    return True


def dates(tree: Tree, what: Piece, report: Report) -> Dates | None:
    """`{from: 2026-01-01, until: 2026-03-31}`, both included; one may be left out."""
    block = block_of(tree, what, "{from: 2026-01-01, until: 2026-03-31}", report)
    if block is None:
        return None
    fields = Fields(block, ("from", "until"), what, report)
    first, last = fields.read("from", a_date, None), fields.read("until", a_date, None)
    fields.refuse_empty(("from", "until"))
    check_order(first, last, tree, report)
    return Dates(first, last)


def check_order(first: date | None, last: date | None, tree: Tree, report: Report) -> None:
    """Notes a span of days that ends before it begins."""
    if first is not None and last is not None and last < first:
        report.add("window_backwards", tree.span, first=first.isoformat(), last=last.isoformat())


def from_until(time: Reader[int]) -> Reader[tuple[int, int]]:
    """A reader of `["17:00", "23:00"]` by the reader of one time; the end is not included and may lie past midnight."""

    def read(tree: Tree, what: Piece, report: Report) -> tuple[int, int] | None:
        found = pair(tree, what, '["17:00", "23:00"]', report)
        if found is None:
            return None
        first, end = time(found[0], what, report), time(found[1], what, report)
        if first is None or end is None:
            return None
        if first == end:
            why = Phrase("it ends when it begins", "het eindigt waar het begint")
            advice = Phrase("For the whole day leave it out.", "Laat het weg voor de hele dag.")
            report.add("window_empty", tree.span, what=what, why=why, advice=advice)
            return None
        return first, end

    return read


def _since(tree: Tree, what: Piece, report: Report) -> Window | None:
    if isinstance(tree, Block):
        fields = Fields(tree, ("grant_of",), what, report)
        rule = fields.read_needed("grant_of", name, "")
        return SinceLastGrant(rule) if rule else None
    word = choice(SINCE_WORDS)(tree, what, report)
    if word is None:
        return None
    return SinceEnrolment() if word == "enrolment" else SinceLastGrant()


def _best_of(tree: Tree, what: Piece, report: Report) -> Window | None:
    example = "[{in: this year}, {in: last year}]"
    items = items_of(tree, what, example, report, most=limits.MAX_WINDOWS)
    windows: list[Window] = []
    for item in items:
        block = block_of(item, what, "{in: this year}", report)
        if block is not None:
            inner = Fields(block, WINDOW_KEYS[:-1], what, report)
            inner.refuse_empty(WINDOW_KEYS[:-1])
            windows.append(window(inner, report))
    if len(items) == 1:
        report.add("list_too_short", tree.span, what=what, size=1, least=2)
    return BetterOf(tuple(windows)) if windows else None


_READERS: dict[str, Reader[Window]] = {
    "within": rolling,
    "in": _calendar,
    "during": dates,
    "since": _since,
    "ever": _ever,
    "best_of": _best_of,
}


def scope(tree: Tree, what: Piece, report: Report) -> Scope | None:
    """`here`, `brand` … or `{properties: [], brands: [], cities: []}`."""
    if not isinstance(tree, Block):
        word = choice(SCOPE_WORDS)(tree, what, report)
        return None if word is None else Scope(ScopeKind(word))
    fields = Fields(tree, SCOPE_KEYS, what, report)
    fields.refuse_empty(SCOPE_KEYS)
    return Scope(
        ScopeKind.LISTED,
        fields.read("properties", several(name), ()),
        fields.read("brands", several(any_text), ()),
        fields.read("cities", several(any_text), ()),
    )
