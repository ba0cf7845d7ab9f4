"""What a document says of money."""

from __future__ import annotations

from rewards.money import Money, format_decimal
from rewards.rulelang.writing.layout import Plain, Word


def money(minor: int, currency: str | None) -> Plain:
    """`EUR 25` or `EUR 24.50`; the bare number where the currency is not known, which no reader takes for money."""
    if currency is None:
        return minor
    decimal = format_decimal(Money(minor, currency))
    whole, _, fraction = decimal.partition(".")
    return Word(f"{currency} {whole if fraction.strip('0') == '' else decimal}")
