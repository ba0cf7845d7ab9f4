"""What an amount comes to, reckoned exactly on intervals.

Whole numbers and fractions only. Every operation gives the tightest interval that its own intervals allow; what is
not known at all stays so through every operation, because it may be something that does not exist (the average of
nothing) and must not be topped up into a grant.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import assert_never

from rewards.rulelang.evaluation import UNKNOWN_READING, FactValue, Number, Reading, Truth, exactly
from rewards.rulelang.nodes import (
    Amount,
    Bands,
    Condition,
    FactAmount,
    Fixed,
    If,
    Largest,
    Leaf,
    Less,
    Marginal,
    MeasureAmount,
    Percent,
    Rate,
    Share,
    Slice,
    Smallest,
    Sum,
    Times,
)

HUNDRED = 100
Read = Callable[[Leaf], Reading]
"""What a fact or measure of an amount reads; `fact_reading` makes a fact's value a reading."""
Holds = Callable[[Condition], Truth]
"""Whether a condition inside an amount holds."""


def reckon(amount: Amount, read: Read, holds: Holds) -> Reading:
    """The interval in which an amount lies.

    In:     the amount, where its facts and measures are read, and whether a condition inside it holds.
    Out:    numbers from 0 up, in units: whole for whole ones, minor units for money; `UNKNOWN_READING` where something
            that it needs is not known at all, or a share is asked of a whole that may be 0.
    """
    match amount:
        case Fixed(value=value):
            return exactly(value)
        case FactAmount() | MeasureAmount():
            return _from_nothing_up(read(amount))
        case Sum(parts=parts) | Less(parts=parts) | Smallest(parts=parts) | Largest(parts=parts):
            return _of_many(amount, [reckon(part, read, holds) for part in parts])
        case Bands():
            return _banded(amount, read, holds)
        case Share(share=share, of=of, whole=whole):
            return _shared(reckon(share, read, holds), reckon(of, read, holds), reckon(whole, read, holds))
        case Rate(rate=rate, per=per, of=of):
            return _mapped(reckon(of, read, holds), lambda value: _floor(value, per) * rate)
        case Times(times=times, of=of):
            return _mapped(reckon(of, read, holds), lambda value: value * times)
        case Percent(percent=percent, of=of):
            return _mapped(reckon(of, read, holds), lambda value: _floor(value * percent, HUNDRED))
        case Marginal(slices=slices, of=of):
            return _mapped(reckon(of, read, holds), lambda value: _floor(sliced(value, slices), HUNDRED))
        case If(condition=condition, then=then, otherwise=otherwise):
            other = exactly(0) if otherwise is None else reckon(otherwise, read, holds)
            return _either(holds(condition), reckon(then, read, holds), other)
    assert_never(amount)


def fact_reading(value: FactValue) -> Reading:
    """A fact that is a number as a reading; unknown where it is not known or is no number."""
    return exactly(value) if isinstance(value, int) else UNKNOWN_READING


def known(reading: Reading) -> bool:
    """Whether anything at all is known of a number."""
    return reading.low > -math.inf


def _from_nothing_up(reading: Reading) -> Reading:
    return Reading(max(0, reading.low), max(0, reading.high)) if known(reading) else UNKNOWN_READING


def _mapped(of: Reading, rising: Callable[[Number], Number]) -> Reading:
    """The interval under something that never falls."""
    if not known(of):
        return UNKNOWN_READING
    low = _under(of.low, rising)
    return Reading(low, low if of.exact else _under(of.high, rising))


def _under(value: Number, rising: Callable[[Number], Number]) -> Number:
    if value != math.inf:
        return rising(value)
    # Where it gives the same at two far apart numbers it is level from there on; a float could not tell 0 × ∞.
    return rising(_FAR) if rising(_FAR) == rising(_FARTHER) else math.inf


_FAR, _FARTHER = 10**40, 10**60
"""Beyond every number that a rule can name, and far enough apart that whatever still rises has risen between them."""


def _floor(value: Number, by: int) -> Number:
    return int(value // by)


def _either(truth: Truth, then: Reading, otherwise: Reading) -> Reading:
    """The one or the other; where it is not known which, the range over both. Both are read all the same."""
    if truth is not Truth.UNKNOWN:
        return then if truth is Truth.TRUE else otherwise
    if not (known(then) and known(otherwise)):
        return UNKNOWN_READING
    return Reading(min(then.low, otherwise.low), max(then.high, otherwise.high))


# --- several ----------------------------------------------------------------------------------------------------------


def _of_many(amount: Sum | Less | Smallest | Largest, parts: Sequence[Reading]) -> Reading:
    if not all(map(known, parts)):
        return UNKNOWN_READING
    lows, highs = [part.low for part in parts], [part.high for part in parts]
    match amount:
        case Sum():
            return Reading(sum(lows), sum(highs))
        case Smallest():
            return Reading(min(lows), min(highs))
        case Largest():
            return Reading(max(lows), max(highs))
        case Less():
            return Reading(_without(lows[0], highs[1:]), _without(highs[0], lows[1:]))
    assert_never(amount)


def _without(first: Number, others: Iterable[Number]) -> Number:
    taken = sum(others)
    # How much of the endless is left after the endless is anybody's guess; the least is nothing.
    return 0 if taken == math.inf else max(0, first - taken)


def _shared(share: Reading, of: Reading, whole: Reading) -> Reading:
    if not (known(share) and known(of) and known(whole)) or whole.low <= 0:
        return UNKNOWN_READING
    return Reading(_part(share.low, of.low, whole.high), _part(share.high, of.high, whole.low))


def _part(share: Number, of: Number, whole: Number) -> Number:
    if share == 0 or of == 0 or whole == math.inf:
        return 0
    if math.inf in (share, of):
        return math.inf
    return int(Fraction(share) * Fraction(of) // Fraction(whole))


# --- bands ------------------------------------------------------------------------------------------------------------


def _banded(amount: Bands, read: Read, holds: Holds) -> Reading:
    """What the bands give that `of` may lie in, together; those that it cannot lie in are read all the same."""
    of = reckon(amount.of, read, holds)
    given = [exactly(0), *(reckon(band.give, read, holds) for band in amount.bands)]
    if not known(of):
        return UNKNOWN_READING
    starts = [band.start for band in amount.bands]
    first = sum(start <= of.low for start in starts)
    last = sum(start <= of.high for start in starts)
    possible = given[first : last + 1]
    if not all(map(known, possible)):
        return UNKNOWN_READING
    return Reading(min(each.low for each in possible), max(each.high for each in possible))


def sliced(value: Number, slices: Sequence[Slice]) -> Number:
    """The hundredths of all parts of a number together, each at the percentage of its slice."""
    ends: list[Number] = [*(each.above for each in slices[1:]), value]
    parts = ((each.percent, max(0, min(value, end) - each.above)) for each, end in zip(slices, ends, strict=True))
    return sum(percent * part for percent, part in parts)
