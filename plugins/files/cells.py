"""What one cell says: days, times, amounts, numbers, yes or no; the same whatever kind of file it stood in.

A cell is a text (CSV), or what JSON and Excel make of it: an exact number, yes or no, a day, a moment, a time. Nothing
is guessed: how texts write days and amounts is said by the mapping, and what is not written so is refused.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation

from rewards.sdk import RewardsError, exponent

from .words import Refused

Cell = str | Decimal | bool | date | datetime | time | None
"""`date` and `datetime` may be naive; a number is always a Decimal."""

EXCEL_1900, EXCEL_1904 = "excel-1900", "excel-1904"
_DATE = {
    "iso": r"(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})",
    "d-m-y": r"(?P<d>\d{1,2})[-/.](?P<m>\d{1,2})[-/.](?P<y>\d{4})",
    "d-m-yy": r"(?P<d>\d{1,2})[-/.](?P<m>\d{1,2})[-/.](?P<y>\d{2})",
    "m/d/y": r"(?P<m>\d{1,2})[-/.](?P<d>\d{1,2})[-/.](?P<y>\d{4})",
    "m/d/yy": r"(?P<m>\d{1,2})[-/.](?P<d>\d{1,2})[-/.](?P<y>\d{2})",
    "y/m/d": r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})",
    "yyyymmdd": r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})",
}
DATES = (*_DATE, EXCEL_1900, EXCEL_1904)
_TIME = r"(?P<h>\d{1,2}):(?P<min>\d{2})(?::(?P<s>\d{2})(?:[.,]\d{1,9})?)?(?: ?(?P<half>[AaPp])\.?[Mm]\.?)?"
_READS = {name: re.compile(rf"{form}(?:(?:T|,? ){_TIME})?", re.ASCII) for name, form in _DATE.items()}
_TIME_ALONE = re.compile(_TIME, re.ASCII)
_CENTURY = 2_000
_MOST_DIGITS = 25
_LAST_SERIAL = 2_958_465

_GROUPS = {",": ".", ".": ","}
_SPACES = str.maketrans(dict.fromkeys(" \u00a0\u202f\u2009'’", " "))
_SIGNS = {"€": "EUR", "£": "GBP", "zł": "PLN", "₺": "TRY", "₽": "RUB"}
_MONEY = re.compile(r"(?P<before>[^\d\s.,+-]{0,4})\s*(?P<number>[\d.,][\d., ]*?)\s*(?P<after>[^\d\s.,+-]{0,4})")

_YES = ("yes", "y", "true", "1", "ja", "j", "wahr", "oui", "x")
_NO = ("no", "n", "false", "0", "nee", "nein", "falsch", "non")


def text_of(cell: Cell) -> str:
    """The one text of a cell: 1001 for the number 1001.0, ISO for days and moments, "" for nothing."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, Decimal):
        return f"{cell.to_integral_value():f}" if cell == cell.to_integral_value() else f"{cell.normalize():f}"
    if isinstance(cell, (datetime, date, time)):
        return cell.isoformat()
    return cell.strip()


def moment_of(cell: Cell, form: str) -> date | datetime:
    """A day, or a moment where a time of day stands with it (aware where an offset does)."""
    if isinstance(cell, (datetime, date)):
        return cell
    text = text_of(cell)
    if form in (EXCEL_1900, EXCEL_1904):
        return _from_serial(cell, form) if isinstance(cell, Decimal) else _from_serial_text(text, form)
    found = _READS[form].fullmatch(text)
    if found is None:
        return _with_offset(text, form)
    try:
        return _built(found, text)
    except ValueError:
        raise Refused("date", value=text, format=form) from None


def _built(found: re.Match[str], text: str) -> date | datetime:
    year = int(found["y"])
    day = date(year if len(found["y"]) == 4 else _CENTURY + year, int(found["m"]), int(found["d"]))
    return day if found["h"] is None else datetime.combine(day, _clock(found, text))


def _clock(found: re.Match[str], text: str) -> time:
    hour = int(found["h"])
    if found["half"] is not None:
        if not 1 <= hour <= 12:
            raise Refused("time", value=text)
        hour = hour % 12 + (12 if found["half"] in "Pp" else 0)
    try:
        return time(hour, int(found["min"]), int(found["s"] or 0))
    except ValueError:
        raise Refused("time", value=text) from None


def _with_offset(text: str, form: str) -> datetime:
    """An ISO instant with Z or an offset, which stands for itself whatever the mapping says of days."""
    try:
        at = datetime.fromisoformat(text) if text[10:11] in ("T", " ") else None
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise Refused("date", value=text[:60], format=form)
    return at.replace(microsecond=0)


def _from_serial_text(text: str, form: str) -> date | datetime:
    try:
        number = Decimal(text.replace(",", "."))
    except InvalidOperation:
        raise Refused("date", value=text[:60], format=form) from None
    return _from_serial(number, form)


def _from_serial(number: Decimal, form: str) -> date | datetime:
    """Days since the workbook's epoch. Serial 60 of the 1900 system is 29 February 1900, which never was."""
    if not number.is_finite() or not 0 <= number <= _LAST_SERIAL or (form == EXCEL_1900 and number < 1):
        raise Refused("date", value=f"{number}"[:60], format=form)
    whole = int(number)
    if form == EXCEL_1904:
        day = date(1904, 1, 1) + timedelta(days=whole)
    elif whole == 60:
        raise Refused("date", value=f"{number}", format=form)
    else:
        day = date(1899, 12, 31 if whole < 60 else 30) + timedelta(days=whole)
    seconds = round((number - whole) * 86_400)
    return datetime.combine(day, time()) + timedelta(seconds=seconds) if seconds else day


def day_of(cell: Cell, form: str) -> date:
    """A day; a moment at midnight is its day, any other is refused."""
    found = moment_of(cell, form)
    if not isinstance(found, datetime):
        return found
    if found.timetz() != time():
        raise Refused("needs_day", value=text_of(cell)[:60])
    return found.date()


def time_of(cell: Cell) -> time:
    """A time of day, also as Excel keeps it: a part of a day."""
    if isinstance(cell, datetime):
        return cell.time()
    if isinstance(cell, time):
        return cell
    if isinstance(cell, Decimal) and 0 <= cell < 1:
        return (datetime(2000, 1, 1) + timedelta(seconds=round(cell * 86_400))).time()  # noqa: DTZ001 - only its time
    text = text_of(cell)
    found = _TIME_ALONE.fullmatch(text)
    if found is None:
        raise Refused("time", value=text[:60])
    return _clock(found, text)


def minor_of(cell: Cell, decimal: str, currency: str) -> int:
    """Integer minor units, negative ones too; more digits than the currency has are refused, not rounded."""
    value = cell if isinstance(cell, Decimal) else _number(text_of(cell), decimal, currency)
    try:
        scaled = value.scaleb(exponent(currency))
    except RewardsError:
        raise Refused("currency", value=currency[:20]) from None
    if not value.is_finite() or scaled != scaled.to_integral_value():
        raise Refused("digits", value=text_of(cell)[:60], currency=currency)
    return int(scaled)


def _number(text: str, decimal: str, currency: str) -> Decimal:
    """An exact number from a text: thousands in threes, a currency before or after it, a minus or brackets."""
    refused = Refused("amount", value=text[:60], decimal=decimal)
    bare, negative = _unsigned(text.translate(_SPACES).replace("−", "-").strip())
    found = _MONEY.fullmatch(bare)
    if found is None or len(found["number"]) > _MOST_DIGITS:
        raise refused
    for word in (found["before"], found["after"]):
        if word and _SIGNS.get(word, word.upper()) != currency:
            raise Refused("other_currency", value=text[:60], currency=currency)
    whole, point, cents = found["number"].partition(decimal)
    if not _grouped(whole, _GROUPS[decimal]) or (point and not (cents.isascii() and cents.isdigit())):
        raise refused
    digits = re.sub(r"[ .,]", "", whole)
    return Decimal(f"{'-' if negative else ''}{digits}.{cents or '0'}")


def _unsigned(text: str) -> tuple[str, bool]:
    """A text without its sign: -12, 12-, (12), € -12."""
    if text.startswith("(") and text.endswith(")"):
        return text[1:-1].strip(), True
    if text.endswith("-"):
        return text[:-1].strip(), True
    before, minus, after = text.partition("-")
    if minus and not any(letter.isdigit() for letter in before):
        return f"{before.strip()} {after.strip()}".strip(), True
    return text.removeprefix("+"), False


def _grouped(whole: str, comma: str) -> bool:
    """Digits alone, or in threes parted by one and the same sign (a blank or the thousands sign)."""
    return any(re.fullmatch(rf"\d{{1,3}}({re.escape(sign)}\d{{3}})+|\d+", whole, re.ASCII) for sign in (comma, " "))


def whole_of(cell: Cell) -> int:
    """A whole number of at most nine digits."""
    text = text_of(cell)
    if not re.fullmatch(r"-?\d{1,9}", text, re.ASCII):
        raise Refused("whole", value=text[:60])
    return int(text)


def yes_of(cell: Cell) -> bool:
    """Yes or no, in English, Dutch or German."""
    word = text_of(cell).casefold()
    if word not in _YES + _NO:
        raise Refused("yes_no", value=word[:60])
    return word in _YES
