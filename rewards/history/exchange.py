"""Exchange rates as dated rows: the newest on or before a day, either way round, or through the pair's inverse."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from fractions import Fraction

from rewards.money import convert_minor


class Rates:
    """Every known rate. `rows` are (base, quote, day, quote units per base unit)."""

    def __init__(self, rows: Iterable[tuple[str, str, date, Fraction]]) -> None:
        dated: dict[tuple[str, str], dict[date, Fraction]] = defaultdict(dict)
        for base, quote, day, rate in rows:
            dated[base, quote][day] = rate
            dated[quote, base].setdefault(day, 1 / rate)
        self._days = {pair: sorted(by_day) for pair, by_day in dated.items()}
        self._rates = dict(dated)

    def rate(self, base: str, quote: str, day: date) -> Fraction | None:
        """Units of `quote` per unit of `base` on `day`: the newest row not after it, None where there is none."""
        if base == quote:
            return Fraction(1)
        days = self._days.get((base, quote), [])
        position = bisect_right(days, day)
        return self._rates[base, quote][days[position - 1]] if position else None

    def convert(self, minor: int, base: str, quote: str, day: date) -> int | None:
        """Minor units of `quote` for `minor` of `base` on `day`, rounded half to even; None without a rate."""
        if base == quote:
            return minor
        rate = self.rate(base, quote, day)
        return None if rate is None else convert_minor(minor, base, quote, rate)
