"""Invoices of an accounting system: JSON or CSV, each as it stands when it is sent."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal, InvalidOperation

from rewards.sdk import (
    Json,
    Notice,
    RawMessage,
    Refused,
    RewardsError,
    Values,
    exponent,
    instant,
    minor_units,
    pick,
    read_json,
)

from .invoice import day_or_moment, kept, moment, name_of

LARGEST = 2**53
_NUMBERS, _FLAGS = ("amount", "open", "credited"), ("void", "disputed")
_YES, _NO = ("true", "yes", "1"), ("false", "no", "0")
_AHEAD = timedelta(days=1)


def notices(message: RawMessage, settings: Values) -> list[Notice]:
    """A notice for each invoice of a message."""
    told = message.header("content-type").partition(";")[0].strip().lower()
    found = _rows(message.body) if told == "text/csv" else _listed(read_json(message.body))
    return [_notice(one, message, settings) for one in found]


def _listed(body: Json) -> list[Json]:
    if isinstance(body, dict) and "invoices" in body:
        return list(pick(body, "invoices", list))
    return body if isinstance(body, list) else [body]


def _notice(said: Json, message: RawMessage, settings: Values) -> Notice:
    if not isinstance(said, dict):
        raise Refused("an invoice is an object")
    as_of = moment(pick(said, "as_of", str))
    if instant(as_of) > message.received_at + _AHEAD:
        raise Refused("as_of lies ahead of now")
    currency = _currency(said)
    amount, credited = _amount(said, "amount", currency), _amount(said, "credited", currency, Decimal(0))
    due, paid = pick(said, "due", str), pick(said, "paid", str, None)
    if not paid and pick(said, "open", Decimal, Decimal(1)) == 0 and credited < amount:
        raise Refused("open is 0 and paid is missing")
    house, guest, stay = (pick(said, name, str, None) for name in ("property", "guest", "reservation"))
    invoice = kept(
        pick(said, "invoice", str), as_of, 0, settings,
        house=name_of(house, "property") if house else None, guest=name_of(guest, "guest") if guest else None,
    ) | {
        "due": day_or_moment(due, "due"),
        "paid": day_or_moment(paid, "paid") if paid else None,
        "amount": amount,
        "open": _amount(said, "open", currency, Decimal(0)),
        "credited": credited,
        "currency": currency,
        "void": pick(said, "void", bool, False),
        "disputed": pick(said, "disputed", bool, False),
        "reservation": name_of(stay, "reservation") if stay else None,
    }  # fmt: skip
    return Notice(f"{invoice['invoice']}/{as_of}", "invoice", invoice["invoice"], invoice)


def _currency(said: Json) -> str:
    currency: str = pick(said, "currency", str)
    try:
        exponent(currency)
    except RewardsError:
        raise Refused("currency is not one of ISO 4217") from None
    return currency


def _amount(said: Json, name: str, currency: str, otherwise: Decimal | None = None) -> int:
    value = pick(said, name, Decimal) if otherwise is None else pick(said, name, Decimal, otherwise)
    minor = minor_units(value, currency)
    if not 0 <= minor <= LARGEST:
        raise Refused(f"{name} is out of range")
    return minor


def _rows(body: bytes) -> list[Json]:
    """The rows of a CSV with a header, with commas or semicolons; an empty cell is a field that is not there."""
    try:
        text = body.decode("utf-8-sig")
        header = text.partition("\n")[0]
        rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=";" if ";" in header else ",", strict=True)
        return [_row(row) for row in rows]
    except (UnicodeDecodeError, csv.Error):
        raise Refused("the body is not CSV that can be read") from None


def _row(cells: Mapping[str | None, Json]) -> dict[str, Json]:
    if None in cells or None in cells.values():
        raise Refused("a row has more or fewer cells than the header")
    return {str(name).strip(): _cell(str(name).strip(), text.strip()) for name, text in cells.items() if text.strip()}


def _cell(name: str, text: str) -> Json:
    if not text.isprintable():
        raise Refused("a cell holds a control character")
    if name in _FLAGS and text.lower() in (*_YES, *_NO):
        return text.lower() in _YES
    if name not in _NUMBERS:
        return text
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise Refused(f"{name} is not a number such as 1250.50") from None
    if not value.is_finite() or abs(value.adjusted()) > 30:
        raise Refused(f"{name} is out of range")
    return value
