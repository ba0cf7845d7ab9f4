"""The smallest changes to an amount: a point more, a dollar less for each, a band fewer, the cap left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from rewards.rulelang.nodes import (
    Amount,
    Band,
    Bands,
    Fixed,
    If,
    Largest,
    Less,
    Marginal,
    MeasureAmount,
    Not,
    Percent,
    Rate,
    Share,
    Smallest,
    Sum,
    Times,
    inside,
)
from tests.rules.measure_mutations import changed, of_measure


def of_amount(amount: Amount, where: str) -> Iterator[tuple[str, str, Amount]]:
    """Every amount that differs in one small thing: where in it, what differs, and the whole as it then is."""
    for what, other in _of_itself(amount):
        yield where, what, other
    for index, part in enumerate(inside(amount)):
        for at, what, other in of_amount(part, f"{where}[{index}]"):
            yield at, what, _with(amount, index, other)


def beside(number: int, least: int = 0) -> tuple[int, ...]:
    """One less, where that is allowed, and one more."""
    return tuple(near for near in (number - 1, number + 1) if near >= least)


def _of_itself(amount: Amount) -> Iterator[tuple[str, Amount]]:
    match amount:
        case Fixed():
            yield from _of_number(amount, "value", 0)
        case MeasureAmount(measure=measure):
            for what, other in of_measure(measure):
                yield f"{measure.series} {what}", replace(amount, measure=other)
        case Rate():
            yield from _of_number(amount, "rate", 1)
            yield from _of_number(amount, "per", 1)
        case Times():
            yield from _of_number(amount, "times", 1)
        case Percent():
            yield from _of_number(amount, "percent", 1)
        case Sum(parts=parts) | Less(parts=parts) | Smallest(parts=parts) | Largest(parts=parts):
            yield from _of_parts(amount, parts)
        case Bands():
            yield from _of_bands(amount)
        case Marginal():
            yield from _of_slices(amount)
        case If(condition=condition, then=then, otherwise=otherwise):
            yield "then always", then
            yield "then never", otherwise or Fixed(0)
            yield "if not", replace(amount, condition=Not(condition))
            # Conditions hold amounts, and amounts conditions.
            from tests.rules.mutations import of_condition

            for where, what, other in of_condition(condition, "if"):
                yield f"{where} {what}", replace(amount, condition=other)
        case _:
            return


def _of_number(amount: Amount, key: str, least: int) -> Iterator[tuple[str, Amount]]:
    number = getattr(amount, key)
    for near in beside(number, least):
        yield f"{key} {number} → {near}", changed(amount, key, near)


def _of_parts(amount: Sum | Less | Smallest | Largest, parts: Sequence[Amount]) -> Iterator[tuple[str, Amount]]:
    for index in range(1 if isinstance(amount, Less) else 0, len(parts)):
        rest = (*parts[:index], *parts[index + 1 :])
        yield f"without {index}", rest[0] if len(rest) == 1 else replace(amount, parts=rest)
    if isinstance(amount, (Smallest, Largest)):
        other = Largest if isinstance(amount, Smallest) else Smallest
        yield f"{type(amount).__name__} → {other.__name__}".lower(), other(amount.parts)


def _of_bands(amount: Bands) -> Iterator[tuple[str, Amount]]:
    starts = [band.start for band in amount.bands]
    for index, band in enumerate(amount.bands):
        before, after = amount.bands[:index], amount.bands[index + 1 :]
        if before or after:
            yield f"without {band.start}", replace(amount, bands=(*before, *after))
        for near in _between(starts, index):
            moved = (*before, Band(near, band.give), *after)
            yield f"from {band.start} → {near}", replace(amount, bands=moved)


def _of_slices(amount: Marginal) -> Iterator[tuple[str, Amount]]:
    starts = [each.above for each in amount.slices]
    for index, each in enumerate(amount.slices):
        before, after = amount.slices[:index], amount.slices[index + 1 :]
        if before or after:
            yield f"without {each.above}", replace(amount, slices=(*before, *after))
        for near in _between(starts, index):
            moved = (*before, replace(each, above=near), *after)
            yield f"above {each.above} → {near}", replace(amount, slices=moved)
        for near in beside(each.percent):
            other = (*before, replace(each, percent=near), *after)
            yield f"above {each.above} percent {each.percent} → {near}", replace(amount, slices=other)


def _between(starts: Sequence[int], index: int) -> Iterator[int]:
    """The starts beside one that leave the order of all as it is."""
    least = starts[index - 1] + 1 if index else 0
    most = starts[index + 1] - 1 if index + 1 < len(starts) else None
    for near in beside(starts[index], least):
        if most is None or near <= most:
            yield near


def _with(amount: Amount, index: int, other: Amount) -> Amount:
    """The amount with another one in the place of the index-th that is inside it."""
    parts = [other if at == index else part for at, part in enumerate(inside(amount))]
    match amount:
        case Sum() | Less() | Smallest() | Largest():
            return replace(amount, parts=tuple(parts))
        case Bands():
            bands = tuple(Band(band.start, give) for band, give in zip(amount.bands, parts, strict=False))
            return replace(amount, bands=bands, of=parts[-1])
        case Share():
            share, of, whole = parts
            return replace(amount, share=share, of=of, whole=whole)
        case If():
            then, *rest = parts
            return replace(amount, then=then, otherwise=rest[0] if rest else None)
        case _:
            return changed(amount, "of", parts[0])
