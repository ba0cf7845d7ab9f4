"""Numbers, money, dates and times as people write them, in English and Dutch.

Own and small, because the rule language does no input or output and knows no framework: 1,250.50 against 1.250,50,
"14 March 2027" against "14 maart 2027".
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from itertools import pairwise

from rewards.money import EXPONENTS

_SEPARATORS = {"en": (",", "."), "nl": (".", ",")}
_SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥"}
_MONTHS = {
    "en": (
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ),
    "nl": (
        "januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november",
        "december",
    ),
}  # fmt: skip
_WEEKDAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "nl": ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"),
}
_WORDS = {
    "en": ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    "nl": ("geen", "één", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien"),
}


def number(value: int | Fraction, language: str) -> str:
    """A whole number with thousands marks; a fraction with at most two decimals, rounded half to even."""
    if isinstance(value, Fraction) and value.denominator != 1:
        return _decimal(round(value * 100), 2, language).rstrip("0")
    return _decimal(int(value), 0, language)


def word(value: int, language: str) -> str:
    """A number from 1 to 10 as a word, else its digits."""
    return _WORDS[language][value] if 1 <= value <= 10 else number(value, language)


def ordinal(value: int, language: str) -> str:
    """5th, 22nd; in Dutch 5e, 22e."""
    shown = number(value, language)
    if language == "nl":
        return f"{shown}e"
    if abs(value) % 100 in (11, 12, 13):
        return f"{shown}th"
    return shown + {1: "st", 2: "nd", 3: "rd"}.get(abs(value) % 10, "th")


def money(minor: int | Fraction, currency: str, language: str) -> str:
    """An amount of minor units: €2,000 and €1,250.50, in Dutch € 2.000 and € 1.250,50; CHF 20 where no symbol is."""
    digits = EXPONENTS.get(currency, 2)
    whole = math.ceil(minor)
    symbol = _SYMBOLS.get(currency)
    amount = decimals(abs(whole), digits, language)
    sign = "−" if whole < 0 else ""
    if symbol is None:
        return f"{sign}{currency} {amount}"
    return f"{sign}{symbol}{amount}" if language == "en" else f"{sign}{symbol} {amount}"


def decimals(minor: int, digits: int, language: str) -> str:
    """A decimal number from its smallest units; whole numbers stand without a decimal mark."""
    if minor % 10**digits == 0:
        return _decimal(minor // 10**digits, 0, language)
    return _decimal(minor, digits, language)


def day(value: date, language: str, *, year: bool = True) -> str:
    """14 March 2027, 14 maart 2027; without the year where it is plain."""
    shown = f"{value.day} {month(value.month, language)}"
    return f"{shown} {value.year}" if year else shown


def month(value: int, language: str) -> str:
    """The name of a month, 1 to 12; any other number as it is."""
    return _MONTHS[language][value - 1] if 1 <= value <= 12 else number(value, language)


def weekday(value: int, language: str) -> str:
    """The name of a weekday, 1 Monday to 7 Sunday."""
    return _WEEKDAYS[language][value - 1]


def weekdays_run(days: Sequence[int]) -> bool:
    """Whether days follow on each other without a gap and are at least three, so that "Monday to Friday" says it."""
    return len(days) > 2 and all(after - before == 1 for before, after in pairwise(days))


def clock(minutes: int) -> str:
    """Minutes after midnight as 17:00."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _decimal(scaled: int, digits: int, language: str) -> str:
    thousands, point = _SEPARATORS[language]
    whole, rest = divmod(abs(scaled), 10**digits)
    grouped = f"{whole:,}".replace(",", thousands)
    sign = "−" if scaled < 0 else ""
    return f"{sign}{grouped}{point}{rest:0{digits}}" if digits else f"{sign}{grouped}"
