"""Stripe's amounts in the minor units of ISO 4217."""

from __future__ import annotations

from rewards.sdk import Json, Refused, RewardsError, exponent, pick

LARGEST = 2**53
_DIGITS = {"ISK": 2, "UGX": 2, "MGA": 0}
"""Digits of the amounts where Stripe differs from ISO 4217: hundredths for two currencies that have none, and none for
one that has. All others are as in the standard, three digits (KWD) included."""


def amount_of(thing: Json, name: str, currency: str) -> int:
    """The field of this name in minor units of a currency in capitals; `Refused` where it is no amount."""
    amount: int = pick(thing, name, int)
    if not 0 <= amount <= LARGEST:
        raise Refused(f"{name} is out of range")
    ours = _exponent(currency)
    theirs = _DIGITS.get(currency, ours)
    whole, rest = divmod(amount * 10**ours, 10**theirs)
    if rest:
        raise Refused(f"{name} is not a whole number of the smallest unit of its currency")
    return int(whole)


def currency_of(thing: Json) -> str:
    """The currency in capitals; `Refused` for one that ISO 4217 does not list."""
    currency: str = pick(thing, "currency", str).upper()
    _exponent(currency)
    return currency


def _exponent(currency: str) -> int:
    try:
        return exponent(currency)
    except RewardsError:
        raise Refused("currency is not one of ISO 4217") from None
