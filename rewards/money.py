"""Money as integers of the minor unit.

Amounts never become floats. A currency's minor unit follows ISO 4217; a conversion uses an exact rate (a pair of
integers) and rounds half to even once, at the end.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from rewards.errors import CURRENCY_UNKNOWN, FIELD_INVALID, RewardsError

MAX_MINOR = 2**53

_EXPONENT_0 = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_EXPONENT_3 = "BHD IQD JOD KWD LYD OMR TND"
_EXPONENT_4 = "CLF UYW"
_EXPONENT_2 = (
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW "
    "CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR "
    "ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV "
    "MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD "
    "SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG"
)

EXPONENTS: dict[str, int] = {
    **dict.fromkeys(_EXPONENT_0.split(), 0),
    **dict.fromkeys(_EXPONENT_2.split(), 2),
    **dict.fromkeys(_EXPONENT_3.split(), 3),
    **dict.fromkeys(_EXPONENT_4.split(), 4),
}
"""Minor-unit exponent of every active ISO 4217 currency: EUR 2 (cents), JPY 0, KWD 3."""


@dataclass(frozen=True, slots=True)
class Money:
    """An amount: `minor` units (an integer, may be negative) of `currency` (ISO 4217, upper case)."""

    minor: int
    currency: str


def exponent(currency: str) -> int:
    """Digits of the minor unit; `currency_unknown` for a code that ISO 4217 does not list."""
    try:
        return EXPONENTS[currency]
    except KeyError:
        raise RewardsError(
            CURRENCY_UNKNOWN,
            f"“{currency}” is not a currency of ISO 4217.",
            hint="Write three capitals, such as EUR.",
            field="currency",
        ) from None


def parse_decimal(text: str, currency: str) -> Money:
    """Money from a decimal text such as `1250.50`; more digits than the minor unit has are refused, not rounded."""
    digits = exponent(currency)
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise RewardsError(FIELD_INVALID, f"“{text}” is not an amount.", hint="Write 1250.50.") from None
    scaled = value.scaleb(digits) if value.is_finite() else value
    if not value.is_finite() or scaled != scaled.to_integral_value():
        raise RewardsError(FIELD_INVALID, f"“{text}” is not a whole number of minor units of {currency}.")
    return Money(int(scaled), currency)


def format_decimal(money: Money) -> str:
    """The plain decimal text, `1250.50`; for machines. People read Babel's formats at the edge."""
    digits = exponent(money.currency)
    return f"{Decimal(money.minor).scaleb(-digits):.{digits}f}"


def convert_minor(minor: int, source: str, target: str, rate: Fraction) -> int:
    """`minor` units of `source` in minor units of `target`.

    `rate` is units of `target` per unit of `source` (major units, exact). Rounds half to even.
    """
    shift = Fraction(10) ** (exponent(target) - exponent(source))
    return round(minor * rate * shift)
