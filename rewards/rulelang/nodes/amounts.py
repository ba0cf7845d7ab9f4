"""How much: a number or an amount of money, reckoned from fixed values, facts and measures.

An amount is a small tree. Its order is its meaning: what is multiplied, capped or left out is what stands inside, so
"five times the base only" and "five times all of it" are two trees.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from rewards.rulelang.nodes.measures import Measure
from rewards.rulelang.nodes.span import NOWHERE, Span

if TYPE_CHECKING:
    from rewards.rulelang.nodes.conditions import Condition


@dataclass(frozen=True, slots=True)
class Fixed:
    """A whole number, or minor units of `currency`; never below 0."""

    value: int
    currency: str | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class FactAmount:
    """A fact that is a number or money, which is in the property's currency. One below 0 counts as 0."""

    fact: str
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class MeasureAmount:
    """A measure. One of money that names no currency is in the property's, and lies at that property."""

    measure: Measure
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Rate:
    """`rate` for each whole `per` that lies in `of`; both are plain numbers or minor units of their currency."""

    rate: int
    per: int
    of: Amount
    rate_currency: str | None = None
    per_currency: str | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Times:
    """`of`, so many times."""

    times: int
    of: Amount
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Percent:
    """So many hundredths of `of`, rounded down."""

    percent: int
    of: Amount
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Sum:
    """All together."""

    parts: tuple[Amount, ...]
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Less:
    """The first without the others, never below 0."""

    parts: tuple[Amount, ...]
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Smallest:
    """The smallest of them: a cap where one is fixed."""

    parts: tuple[Amount, ...]
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Largest:
    """The largest of them: a top-up where one is fixed."""

    parts: tuple[Amount, ...]
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Band:
    """From `start` on, included, up to the next band: `give`."""

    start: int
    give: Amount


@dataclass(frozen=True, slots=True)
class Bands:
    """What the band gives in which `of` lies; 0 below the first. Starts rise, in minor units of `currency` if any."""

    bands: tuple[Band, ...]
    of: Amount
    currency: str | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Slice:
    """Of the part above `above`, up to the next slice: `percent` hundredths."""

    above: int
    percent: int


@dataclass(frozen=True, slots=True)
class Marginal:
    """Each part of `of` at its own percentage, rounded down once, at the end; nothing of what lies below the first."""

    slices: tuple[Slice, ...]
    of: Amount
    currency: str | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Share:
    """`of`, as far as `share` is a part of `whole`: of × share / whole, rounded down; of a whole of 0 not known."""

    share: Amount
    of: Amount
    whole: Amount
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class If:
    """`then` where a condition holds, `otherwise` (None: nothing) where not; between them where that is unknown."""

    condition: Condition
    then: Amount
    otherwise: Amount | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False)


Amount = (
    Fixed
    | FactAmount
    | MeasureAmount
    | Rate
    | Times
    | Percent
    | Sum
    | Less
    | Smallest
    | Largest
    | Bands
    | Marginal
    | Share
    | If
)
Leaf = FactAmount | MeasureAmount
"""What is read."""

Many = Sum | Less | Smallest | Largest
"""What has parts of one kind, all of the kind of the whole."""


def inside(amount: Amount) -> tuple[Amount, ...]:
    """The amounts directly inside one, in the order of the text."""
    match amount:
        case Fixed() | FactAmount() | MeasureAmount():
            return ()
        case Sum(parts=parts) | Less(parts=parts) | Smallest(parts=parts) | Largest(parts=parts):
            return parts
        case Bands(bands=bands, of=of):
            return (*(band.give for band in bands), of)
        case Share(share=share, of=of, whole=whole):
            return share, of, whole
        case If(then=then, otherwise=otherwise):
            return (then,) if otherwise is None else (then, otherwise)
        case _:
            return (amount.of,)


def amounts_in(amount: Amount) -> Iterator[Amount]:
    """The amount and all inside it, the outermost first; not those that a condition inside it compares."""
    yield amount
    for each in inside(amount):
        yield from amounts_in(each)


def with_leaves(amount: Amount, change: Callable[[Leaf], Leaf]) -> Amount:
    """The same amount with everything that it reads changed; conditions inside it stay."""
    match amount:
        case Fixed():
            return amount
        case FactAmount() | MeasureAmount():
            return change(amount)
        case Sum(parts=parts) | Less(parts=parts) | Smallest(parts=parts) | Largest(parts=parts):
            return replace(amount, parts=tuple([with_leaves(part, change) for part in parts]))
        case Bands(bands=bands, of=of):
            changed = tuple([replace(band, give=with_leaves(band.give, change)) for band in bands])
            return replace(amount, bands=changed, of=with_leaves(of, change))
        case Share(share=share, of=of, whole=whole):
            return replace(
                amount, share=with_leaves(share, change), of=with_leaves(of, change), whole=with_leaves(whole, change)
            )
        case If(then=then, otherwise=otherwise):
            other = None if otherwise is None else with_leaves(otherwise, change)
            return replace(amount, then=with_leaves(then, change), otherwise=other)
        case _:
            return replace(amount, of=with_leaves(amount.of, change))


def measures_in(amount: Amount) -> tuple[Measure, ...]:
    """The measures that an amount reads."""
    return tuple(each.measure for each in amounts_in(amount) if isinstance(each, MeasureAmount))


def facts_in(amount: Amount) -> tuple[str, ...]:
    """The facts that an amount reads."""
    return tuple(each.fact for each in amounts_in(amount) if isinstance(each, FactAmount))
