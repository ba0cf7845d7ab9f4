"""What a document says of a comparison."""

from __future__ import annotations

from datetime import date

from rewards.rulelang.facts import FactType
from rewards.rulelang.nodes import Comparison, Op, Scalar
from rewards.rulelang.writing.layout import Plain, Word
from rewards.rulelang.writing.money import money

Keys = dict[str, Plain]


def comparison_keys(comparison: Comparison, kind: FactType, currency: str | None) -> Keys:
    """The operator of a comparison with its values."""
    if comparison.op is Op.EVERY:
        return {"every": _every(comparison.values)}
    values = [_value(value, kind, currency) for value in comparison.values]
    many = comparison.op in (Op.BETWEEN, Op.IN, Op.NOT_IN) or len(values) != 1
    return {str(comparison.op): list[Plain](values) if many else values[0]}


def _every(values: tuple[Scalar, ...]) -> Plain:
    numbers = [int(value) for value in values if isinstance(value, int)]
    n, after, up_to = (*numbers, 0, 0, 0)[:3]
    if not after and not up_to:
        return n
    keys: Keys = {"n": n}
    if after:
        keys["after"] = after
    if up_to:
        keys["up_to"] = up_to
    return keys


def _value(value: Scalar, kind: FactType, currency: str | None) -> Plain:
    if isinstance(value, bool):
        return value
    if isinstance(value, date):
        return Word(value.isoformat())
    if isinstance(value, str):
        return value
    if kind is FactType.TIME:
        return time_of_day(value)
    return money(value, currency) if kind is FactType.MONEY else value


def time_of_day(minute: int) -> Plain:
    """`"17:00"`."""
    return Word(f'"{minute // 60:02}:{minute % 60:02}"')
