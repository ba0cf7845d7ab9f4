"""Scalars read by the type that their place expects.

YAML 1.1 would make `no` false, `22:30` the number 1350 and `010` the number 8. Here a number is digits, a time is
HH:MM, a yes or no is true or false, and nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import date
from typing import TypeVar

from rewards.domain.activity import Evidence
from rewards.money import EXPONENTS, Money
from rewards.rulelang import limits
from rewards.rulelang.diagnostics import Report
from rewards.rulelang.facts import EVIDENCE_WORDS, WEEKDAYS, is_influence
from rewards.rulelang.reading.fields import Reader, items_of, one_or_more, text_of
from rewards.rulelang.reading.tree import Text, Tree
from rewards.rulelang.wording.entry import Piece
from rewards.rulelang.wording.phrases import NAME_FORM, WORD_FORM, suggestion

T = TypeVar("T")
NAME = re.compile(r"[a-z0-9-]{1,60}")
CODE = re.compile(r"[a-z][a-z0-9-]{0,59}")
WORD = re.compile(r"[a-z_]{1,40}")
_NUMBER = re.compile(r"0|-?[1-9][0-9]*")
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
_MONEY = re.compile(r"([A-Z]{3}) ((?:0|[1-9][0-9]*)(?:\.([0-9]+))?)")
_LOOKS_LIKE_MONEY = re.compile(r"([A-Za-z]{3}) (?:0|[1-9][0-9]*)(?:\.[0-9]+)?")


def number(least: int, most: int) -> Reader[int]:
    """A reader of whole numbers from `least` to `most`."""

    def read(tree: Tree, what: Piece, report: Report) -> int | None:
        value = any_number(tree, what, report)
        if value is None or least <= value <= most:
            return value
        report.add("number_out_of_range", tree.span, what=what, value=value, least=least, most=most)
        return None

    return read


def any_number(tree: Tree, what: Piece, report: Report) -> int | None:
    """A whole number up to 2^53 either way, written in digits without quotes."""
    text = text_of(tree, what, "6", report)
    if text is None:
        return None
    if not text.plain or not _NUMBER.fullmatch(text.text):
        shown = text.text if text.plain else f'"{text.text}"'
        report.add("number_expected", text.span, what=what, value=shown)
        return None
    # Longer than 2^53 in digits: never handed to int(), which refuses thousands of them.
    if len(text.text) > 20 or abs(int(text.text)) > limits.MAX_NUMBER:
        report.add("number_too_large", text.span, value=text.text[:40], most=limits.MAX_NUMBER)
        return None
    return int(text.text)


def yes_no(tree: Tree, what: Piece, report: Report) -> bool | None:
    """`true` or `false`, without quotes."""
    text = text_of(tree, what, "true", report)
    if text is None:
        return None
    if text.plain and text.text in ("true", "false"):
        return text.text == "true"
    report.add("yes_no_expected", text.span, what=what, value=text.text)
    return None


def only_true(tree: Tree, what: Piece, report: Report) -> bool | None:
    """`true`: the value of a key that is otherwise left out."""
    value = yes_no(tree, what, report)
    if value is False:
        report.add("choice_unknown", tree.span, value="false", what=what, suggestion=suggestion("true", ["true"]))
        return None
    return value


def a_date(tree: Tree, what: Piece, report: Report) -> date | None:
    """A day of the calendar, YYYY-MM-DD."""
    text = text_of(tree, what, "2026-03-01", report)
    if text is None:
        return None
    value = _date_of(text.text)
    if value is None:
        least, most = limits.FIRST_YEAR, limits.LAST_YEAR
        report.add("date_expected", text.span, what=what, value=text.text, least=least, most=most)
    return value


def _date_of(text: str) -> date | None:
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    year, month, day = (int(part) for part in match.groups())
    try:
        return date(year, month, day) if limits.FIRST_YEAR <= year <= limits.LAST_YEAR else None
    except ValueError:
        return None


def minute_of_day(tree: Tree, what: Piece, report: Report) -> int | None:
    """A time HH:MM as minutes after midnight, 0 to 1439."""
    text = text_of(tree, what, '"17:00"', report)
    if text is None:
        return None
    match = TIME.fullmatch(text.text)
    if match is None:
        report.add("time_expected", text.span, what=what, value=text.text)
        return None
    return int(match[1]) * 60 + int(match[2])


def money(tree: Tree, what: Piece, report: Report) -> Money | None:
    """An amount such as `EUR 499.50`: a currency and a decimal of no more digits than its minor unit has."""
    text = text_of(tree, what, "EUR 500", report)
    if text is None:
        return None
    match = _MONEY.fullmatch(text.text)
    if match is None:
        _refuse_money(text, what, report)
        return None
    currency, digits = match[1], EXPONENTS.get(match[1])
    if digits is None:
        report.add("currency_unknown", text.span, value=currency, suggestion=suggestion(currency, EXPONENTS))
        return None
    return _in_minor(text, currency, digits, match, report)


def _refuse_money(text: Text, what: Piece, report: Report) -> None:
    match = _LOOKS_LIKE_MONEY.fullmatch(text.text)
    if match is not None and match[1] not in EXPONENTS:
        report.add("currency_unknown", text.span, value=match[1], suggestion=suggestion(match[1], EXPONENTS))
    else:
        report.add("money_expected", text.span, what=what, value=text.text)


def _in_minor(text: Text, currency: str, digits: int, match: re.Match[str], report: Report) -> Money | None:
    whole, _, fraction = match[2].partition(".")
    if len(fraction) > digits:
        report.add("money_too_precise", text.span, value=text.text, currency=currency, digits=digits)
        return None
    joined = whole + fraction.ljust(digits, "0")
    if len(joined) > 20 or int(joined) > limits.MAX_NUMBER:
        report.add("number_too_large", text.span, value=text.text[:40], most=limits.MAX_NUMBER)
        return None
    return Money(int(joined), currency)


def currency_code(tree: Tree, what: Piece, report: Report) -> str | None:
    """A currency of ISO 4217."""
    text = text_of(tree, what, "EUR", report)
    if text is None:
        return None
    if text.text not in EXPONENTS:
        report.add("currency_unknown", text.span, value=text.text, suggestion=suggestion(text.text, EXPONENTS))
        return None
    return text.text


def any_text(tree: Tree, what: Piece, report: Report) -> str | None:
    """A text that is not empty, quoted or not."""
    text = text_of(tree, what, "a text", report)
    if text is None:
        return None
    if not text.text.strip():
        report.add("value_missing", text.span, what=what)
        return None
    return text.text


def name(tree: Tree, what: Piece, report: Report) -> str | None:
    """A name of small letters, digits and dashes, up to 60."""
    return _matching(NAME, NAME_FORM, tree, what, report)


def code(tree: Tree, what: Piece, report: Report) -> str | None:
    """As `name`, beginning with a letter."""
    return _matching(CODE, NAME_FORM, tree, what, report)


def word(tree: Tree, what: Piece, report: Report) -> str | None:
    """A word of small letters and underscores, up to 40, that means no influence score."""
    text = _matching(WORD, WORD_FORM, tree, what, report)
    if text is not None and is_influence(text):
        report.add("influence_refused", tree.span, name=text)
        return None
    return text


def _matching(pattern: re.Pattern[str], form: Piece, tree: Tree, what: Piece, report: Report) -> str | None:
    text = text_of(tree, what, "a-name", report)
    if text is None:
        return None
    if not pattern.fullmatch(text.text):
        report.add("name_invalid", text.span, value=text.text, what=what, form=form)
        return None
    return text.text


def choice(known: Collection[str]) -> Reader[str]:
    """A reader of one of the known words."""

    def read(tree: Tree, what: Piece, report: Report) -> str | None:
        text = text_of(tree, what, next(iter(known)), report)
        if text is None:
            return None
        if text.text in known:
            return text.text
        refuse_choice(text, known, what, report)
        return None

    return read


def refuse_choice(text: Text, known: Iterable[str], what: Piece, report: Report) -> None:
    """Notes that a word is none of the known ones; an influence score is told apart."""
    if is_influence(text.text):
        report.add("influence_refused", text.span, name=text.text)
    else:
        report.add("choice_unknown", text.span, value=text.text, what=what, suggestion=suggestion(text.text, known))


def several(reader: Reader[T]) -> Reader[tuple[T, ...]]:
    """A reader of a list of values, or of one value alone; none may stand twice."""

    def read(tree: Tree, what: Piece, report: Report) -> tuple[T, ...] | None:
        values: list[T] = []
        for item in one_or_more(tree, what, report):
            value = reader(item, what, report)
            if value is not None and value in values:
                report.add("value_repeated", item.span, value=str(value), what=what)
            elif value is not None:
                values.append(value)
                report.places[tree.span, str(value)] = item.span
        return tuple(values)

    return read


def weekdays(tree: Tree, what: Piece, report: Report) -> tuple[int, ...] | None:
    """Weekdays as numbers, 1 Monday to 7 Sunday, in order."""
    names = several(choice(WEEKDAYS))(tree, what, report)
    return None if names is None else tuple(sorted(WEEKDAYS.index(name) + 1 for name in names))


def evidence(tree: Tree, what: Piece, report: Report) -> Evidence | None:
    """A level of evidence by its word."""
    text = choice(EVIDENCE_WORDS)(tree, what, report)
    return None if text is None else Evidence.parse(text)


def pair(tree: Tree, what: Piece, example: str, report: Report) -> tuple[Tree, Tree] | None:
    """Two values in a list."""
    items = items_of(tree, what, example, report, most=limits.MAX_LIST_ITEMS)
    if len(items) == 2:
        return items[0], items[1]
    if items:
        report.add("pair_expected", tree.span, what=what, size=len(items), example=example)
    return None
