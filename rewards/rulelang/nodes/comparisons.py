"""Comparisons: an operator with its values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Op(StrEnum):
    """Comparisons. The first group is for numbers and dates, the second for texts and yes/no."""

    AT_LEAST = "at_least"
    MORE_THAN = "more_than"
    AT_MOST = "at_most"
    LESS_THAN = "less_than"
    EXACTLY = "exactly"
    BETWEEN = "between"  # both ends included; two values
    EVERY = "every"  # every n-th: values are (n, after, up_to or 0): x > after, (x − after) % n = 0, x ≤ up_to if set
    IS = "is"  # one value
    IS_NOT = "is_not"
    IN = "in"  # one or more values
    NOT_IN = "not_in"


TEXT_OPS = (Op.IS, Op.IS_NOT, Op.IN, Op.NOT_IN)
"""The comparisons of texts and yes/no; all others compare numbers, dates and times."""


Scalar = int | str | bool | date


@dataclass(frozen=True, slots=True)
class Comparison:
    """An operator with its values, all of the type the fact or measure has. Money stands in minor units."""

    op: Op
    values: tuple[Scalar, ...]
