"""Comparisons: one operator with values of the type that the fact or measure has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rewards.rulelang import limits
from rewards.rulelang.diagnostics import Report
from rewards.rulelang.facts import FactType
from rewards.rulelang.nodes import Comparison, Op, Scalar
from rewards.rulelang.reading.fields import Fields, Reader
from rewards.rulelang.reading.names import OPERATOR_KEYS, OPERATORS, TYPE_PHRASES, listed
from rewards.rulelang.reading.scalars import (
    a_date,
    any_number,
    any_text,
    choice,
    minute_of_day,
    money,
    number,
    pair,
    several,
    yes_no,
)
from rewards.rulelang.reading.tree import Block, Tree
from rewards.rulelang.wording.entry import Piece


@dataclass(frozen=True, slots=True)
class Compared:
    """A comparison with the currency of its amounts, None for every type but money."""

    comparison: Comparison
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """What is compared: its name, its type, the words it may take (any where empty), and the keys that compare it."""

    name: str
    type: FactType
    choices: tuple[str, ...] = ()
    keys: tuple[str, ...] = OPERATOR_KEYS


def comparison(fields: Fields, subject: Subject, report: Report) -> Compared | None:
    """The one comparison among the keys of a test, None where it is missing or wrong."""
    keys = fields.present(subject.keys)
    operators = OPERATORS[subject.type]
    if not keys:
        report.add("operator_missing", fields.span, name=subject.name, operators=listed(_keys(operators)))
        return None
    if len(keys) > 1:
        report.add("operators_many", fields.place(keys[1]), name=subject.name, found=listed(keys))
    found = [_compared(fields, Op(key), subject, report) for key in keys]
    return found[0]


def _keys(operators: tuple[Op, ...]) -> list[str]:
    return [str(op) for op in operators]


def _compared(fields: Fields, op: Op, subject: Subject, report: Report) -> Compared | None:
    tree = fields.tree(op)
    if tree is None:
        return None
    operators = OPERATORS[subject.type]
    if op not in operators:
        kind, known = TYPE_PHRASES[subject.type], listed(_keys(operators))
        report.add("operator_not_for_type", tree.span, operator=op, name=subject.name, type=kind, operators=known)
        return None
    values = _Values(subject, report)
    numbers = values.read(op, tree)
    if numbers is None:
        return None
    return Compared(Comparison(op, numbers), values.currency(tree))


class _Values:
    """Reads the values of one comparison, and remembers the currencies they were written in."""

    def __init__(self, subject: Subject, report: Report) -> None:
        self._subject = subject
        self._report = report
        self._currencies: list[str] = []
        self._what = f"“{subject.name}”"

    def currency(self, tree: Tree) -> str | None:
        """The one currency of the values, None for other types."""
        if len(set(self._currencies)) > 1:
            self._report.add("currencies_differ", tree.span, found=listed(self._currencies))
        return self._currencies[0] if self._currencies else None

    def read(self, op: Op, tree: Tree) -> tuple[Scalar, ...] | None:
        """The values in units, None where one is wrong."""
        if op is Op.BETWEEN:
            return self._between(tree)
        if op is Op.EVERY:
            return every(tree, self._what, self._report)
        if op in (Op.IN, Op.NOT_IN):
            return self._many(tree)
        value = self._one(tree)
        return None if value is None else (value,)

    def _one(self, tree: Tree) -> Scalar | None:
        return self._reader()(tree, self._what, self._report)

    def _reader(self) -> Reader[Scalar]:
        if self._subject.type is FactType.MONEY:
            return self._money
        if self._subject.choices:
            return choice(self._subject.choices)
        return _READERS[self._subject.type]

    def _money(self, tree: Tree, what: Piece, report: Report) -> int | None:
        amount = money(tree, what, report)
        if amount is None:
            return None
        self._currencies.append(amount.currency)
        return amount.minor

    def _between(self, tree: Tree) -> tuple[Scalar, ...] | None:
        found = pair(tree, "“between”", "[2, 5]", self._report)
        if found is None:
            return None
        low, high = self._one(found[0]), self._one(found[1])
        if low is None or high is None:
            return None
        if low > high:  # type: ignore[operator]
            shown = (_shown(found[0]), _shown(found[1]))
            self._report.add("between_backwards", tree.span, low=shown[0], high=shown[1])
            return None
        return low, high

    def _many(self, tree: Tree) -> tuple[Scalar, ...] | None:
        read: Reader[tuple[Scalar, ...]] = several(self._reader())
        return read(tree, self._what, self._report) or None


def _shown(tree: Tree) -> str:
    return getattr(tree, "text", "…")


_READERS: dict[FactType, Callable[[Tree, Piece, Report], Scalar | None]] = {
    FactType.NUMBER: any_number,
    FactType.TEXT: any_text,
    FactType.YES_NO: yes_no,
    FactType.DATE: a_date,
    FactType.TIME: minute_of_day,
}


def every(tree: Tree, what: Piece, report: Report) -> tuple[int, int, int] | None:
    """`5`, or `{n: 5, after: 2, up_to: 50}`, as (n, after, up_to); up_to 0 is without end."""
    counted = number(1, limits.MAX_NUMBER)
    if not isinstance(tree, Block):
        n = counted(tree, what, report)
        return None if n is None else (n, 0, 0)
    fields = Fields(tree, ("n", "after", "up_to"), "“every”", report)
    n = fields.read_needed("n", counted, 1)
    after = fields.read("after", number(0, limits.MAX_NUMBER), 0)
    up_to = fields.read("up_to", counted, 0)
    if up_to and up_to < after + n:
        report.add("every_never", tree.span, after=after, first=after + n, up_to=up_to)
    return n, after, up_to
