"""What has to rise so that an amount comes to so much: the way back through its operations to what a guest can do.

Of several parts that would each do, the nearest counts. An amount turns round exactly where it only rises; elsewhere
(a part is taken off, a share) the other parts are taken as they are, and whoever asks looks whether it comes true.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import assert_never

from rewards.rulelang.amounts import HUNDRED, known, sliced
from rewards.rulelang.evaluation import Number, Reading
from rewards.rulelang.limits import MAX_AMOUNT
from rewards.rulelang.nodes import (
    Amount,
    Bands,
    Comparison,
    FactAmount,
    FactTest,
    Fixed,
    If,
    Largest,
    Less,
    Marginal,
    MeasureAmount,
    MeasureTest,
    Op,
    Percent,
    Rate,
    Share,
    Smallest,
    Sum,
    Times,
)
from rewards.rulelang.reach import Leaf, Way, distance, way_of


@dataclass(frozen=True, slots=True)
class Need:
    """A fact or measure that has to rise: the test that it passes then, the number to reach, what there is, and how."""

    leaf: Leaf
    target: int
    low: Number
    way: Way

    @property
    def distance(self) -> float:
        """The share of the way that is left."""
        return distance(self.target, self.low)


Needs = tuple[Need, ...] | None
"""What has to rise, all of it: nothing where it is empty; None where the guest cannot bring it about."""

Reckon = Callable[[Amount], Reading]


def needs(amount: Amount, target: Number, reckon: Reckon, today: date | None) -> Needs:
    """What has to rise for an amount to come to `target` or more.

    In:     the amount, and what it and each amount inside it comes to now; `today` as in `way_of`.
    Out:    in units of what is read: minor units of money, whole numbers.
    """
    return _Way(reckon, today).to(amount, target)


@dataclass(frozen=True, slots=True)
class _Way:
    reckon: Reckon
    today: date | None

    def to(self, amount: Amount, target: Number) -> Needs:
        reading = self.reckon(amount)
        if not known(reading) or target == math.inf:
            return None
        if reading.low >= target:
            return ()
        match amount:
            case Fixed():
                return None
            case FactAmount(fact=fact):
                return self._of_leaf(FactTest(fact, _at_least(target)), target, reading)
            case MeasureAmount(measure=measure):
                return self._of_leaf(MeasureTest(measure, _at_least(target)), target, reading)
            case Sum() | Less() | Smallest() | Largest():
                return self._of_many(amount, target, reading)
            case Bands():
                return _nearest(self._of_bands(amount, target))
            case Share():
                return _nearest(self._of_share(amount, target))
            case Rate(rate=rate, per=per, of=of):
                return self.to(of, _ceiling(target, rate) * per)
            case Times(times=times, of=of):
                return self.to(of, _ceiling(target, times))
            case Percent(percent=percent, of=of):
                return self.to(of, _ceiling(target * HUNDRED, percent)) if percent else None
            case Marginal():
                return self._of_slices(amount, target)
            case If(then=then, otherwise=otherwise):
                return _nearest(self.to(each, target) for each in (then, otherwise) if each is not None)
        assert_never(amount)

    def _of_leaf(self, leaf: Leaf, target: Number, reading: Reading) -> Needs:
        way = way_of(leaf, self.today)
        return None if way is None else (Need(leaf, math.ceil(target), reading.low, way),)

    def _of_many(self, amount: Sum | Less | Smallest | Largest, target: Number, reading: Reading) -> Needs:
        match amount:
            case Sum(parts=parts):
                # What the others come to is there already.
                return _nearest(self.to(part, target - (reading.low - self.reckon(part).low)) for part in parts)
            case Largest(parts=parts):
                return _nearest(self.to(part, target) for part in parts)
            case Smallest(parts=parts):
                return _together([self.to(part, target) for part in parts])
            case Less(parts=(first, *others)):
                return self.to(first, target + sum(self.reckon(each).high for each in others))
        raise ValueError("an amount without parts")

    def _of_bands(self, amount: Bands, target: Number) -> Iterator[Needs]:
        """Into a higher band that gives enough, or more of what the band gives in which it lies."""
        of = self.reckon(amount.of)
        for band, following in zip(amount.bands, (*amount.bands[1:], None), strict=True):
            if band.start > of.low:
                if self.reckon(band.give).low >= target:
                    yield self.to(amount.of, band.start)
            elif of.exact and (following is None or of.low < following.start):
                yield self.to(band.give, target)

    def _of_share(self, amount: Share, target: Number) -> Iterator[Needs]:
        share, of, whole = (self.reckon(each) for each in (amount.share, amount.of, amount.whole))
        if whole.low <= 0 or whole.high == math.inf:
            return
        for part, other in ((amount.share, of), (amount.of, share)):
            if 0 < other.low < math.inf:
                yield self.to(part, math.ceil(Fraction(target) * Fraction(whole.high) / Fraction(other.low)))

    def _of_slices(self, amount: Marginal, target: Number) -> Needs:
        low, high = 0, MAX_AMOUNT
        if sliced(high, amount.slices) < target * HUNDRED:
            return None
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if sliced(middle, amount.slices) >= target * HUNDRED else (middle + 1, high)
        return self.to(amount.of, low)


def _at_least(target: Number) -> Comparison:
    return Comparison(Op.AT_LEAST, (math.ceil(target),))


def _ceiling(value: Number, by: int) -> int:
    return math.ceil(Fraction(value) / by)


def _nearest(ways: Iterable[Needs]) -> Needs:
    """The way with the least left to do; None where none leads there."""
    open_ = [way for way in ways if way is not None]
    return min(open_, key=lambda way: (sum(need.distance for need in way), len(way)), default=None)


def _together(ways: Sequence[Needs]) -> Needs:
    if any(way is None for way in ways):
        return None
    return tuple([need for way in ways if way is not None for need in way])
