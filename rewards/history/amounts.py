"""Amounts of rows in another currency, each at the rate of its own hotel day."""

from __future__ import annotations

from datetime import date

from rewards.history.rows import Row
from rewards.history.standpoint import HotelGroup


class RateUnknownError(LookupError):
    """An amount stands in a currency of which no rate is known that day; what rests on it is unknown."""


def home_currency(row: Row, group: HotelGroup) -> str:
    """The currency of a row's property; outside the group the programme's."""
    prop = group.properties.get(row.place or "")
    return prop.currency if prop is not None else group.currency


def amount_in(row: Row, currency: str, group: HotelGroup) -> int:
    """The net amount in minor units of `currency`, 0 for a row without one; RateUnknownError where no rate is known."""
    if not row.net:
        return 0
    own = row.currency or home_currency(row, group)
    if own == currency:
        return row.net
    converted = group.exchange(row.net, own, currency, date.fromordinal(row.day))
    if converted is None:
        raise RateUnknownError(f"no rate from {own} to {currency} on {date.fromordinal(row.day)}")
    return converted


def at_home(row: Row, group: HotelGroup) -> Row:
    """The row with its amount in its property's currency; RateUnknownError where no rate is known."""
    currency = home_currency(row, group)
    return row if row.net is None else row._replace(net=amount_in(row, currency, group), currency=currency)
