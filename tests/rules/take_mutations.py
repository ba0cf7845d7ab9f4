"""Every smallest change to what a rule takes: another number, another way where there is too little, one take fewer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from rewards.rulelang.nodes import Rule, Short, Take
from tests.rules.amount_mutations import beside, of_amount


def of_takes(rule: Rule) -> Iterator[tuple[str, str, tuple[Take, ...]]]:
    """Where, what, and the takes as they then are."""
    for index, take in enumerate(rule.take):
        before, after, where = rule.take[:index], rule.take[index + 1 :], f"take[{index}]"
        if before or after or rule.give:
            yield where, "left out", (*before, *after)
        for at, what, other in _of_take(take, where):
            yield at, what, (*before, other, *after)


def _of_take(take: Take, where: str) -> Iterator[tuple[str, str, Take]]:
    for short in Short:
        if short is not take.short and (short is not Short.DEBT or "points" in dict((*take.params, *take.amounts))):
            yield where, f"short {take.short} → {short}", replace(take, short=short)
    for name, value in take.params:
        for other in beside(value, 1) if isinstance(value, int) else ():
            params = tuple((key, other if key == name else kept) for key, kept in take.params)
            yield where, f"{name} {value} → {other}", replace(take, params=params)
    for index, (name, amount) in enumerate(take.amounts):
        for at, what, reckoned in of_amount(amount, f"{where}.{name}"):
            amounts = (*take.amounts[:index], (name, reckoned), *take.amounts[index + 1 :])
            yield at, what, replace(take, amounts=amounts)
