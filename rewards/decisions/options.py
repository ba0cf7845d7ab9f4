"""What a rule gives, made concrete for this stay: which room class, until when, at what cost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from rewards.clock import to_us
from rewards.decisions.patience import PASSING, Patience, patience_of
from rewards.decisions.reckoned import Param, Reckon, parameter
from rewards.decisions.situation import Situation, end_of_day
from rewards.decisions.validity import last_day
from rewards.domain.perk import Perk, PerkKind
from rewards.domain.property import Property
from rewards.rulelang.limits import MAX_AMOUNT
from rewards.rulelang.nodes import Amount, Choose, Extend, Give, Outcome

CHECKOUT = "checkout"
CHECKOUT_MINUTE = 11 * 60


@dataclass(frozen=True, slots=True)
class Option:
    """One perk that can be given now.

    `quantity` is units of the perk (pieces, minor units of a credit, points), `cost_minor` of `currency` what it costs
    the house (0 where the catalogue says none), `valid_until_us` the last instant it can be used, `rank` how far an
    upgrade goes (classes up), 0 for anything else, `reckoned` the parameters that the rule does not fix, `extends` what
    is to be extended where it is no perk but more time. The parameters of a choice say how many the guest may `choose`
    of `choose_of` (codes, with commas between) up to the hotel day `choose_by`.
    `patience`: until then it is tried again where it cannot be had.
    """

    perk: Perk
    params: tuple[tuple[str, Param], ...]
    quantity: int
    cost_minor: int
    currency: str
    valid_until_us: int
    rank: int = 0
    reckoned: tuple[tuple[str, Amount], ...] = ()
    patience: Patience | None = None
    extends: Extend | None = None


@dataclass(frozen=True, slots=True)
class Unavailable:
    """Why a perk cannot be given now: a reason code with its values, and until when it is tried again."""

    perk: str
    reason: str
    values: tuple[tuple[str, Param], ...] = ()
    patience: Patience | None = None


Chain = tuple[Option | Unavailable, ...]
"""What is tried for one perk, in order: the perk, then its `or_else`s; for a choice, the options that may stand."""


def chains(outcomes: tuple[Outcome, ...], perks: dict[str, Perk], it: Situation, reckon: Reckon) -> tuple[Chain, ...]:
    """For each perk that a rule gives what is tried, in order; a choice of several is several perks."""
    return tuple(chain for outcome in outcomes for chain in _chains(outcome, perks, it, reckon))


def _chains(outcome: Outcome, perks: dict[str, Perk], it: Situation, reckon: Reckon) -> tuple[Chain, ...]:
    if isinstance(outcome, Choose):
        return _choice(outcome, perks, it, reckon)
    return (tuple(resolve_give(give, perks, it, reckon) for give in _links(outcome)),)


def _links(give: Give | None) -> Iterator[Give]:
    while give is not None:
        yield give
        give = give.or_else


def _choice(choose: Choose, perks: dict[str, Perk], it: Situation, reckon: Reckon) -> tuple[Chain, ...]:
    """As many as are chosen stand until the guest chooses: the default, else the first that can be had.

    Without a default nothing is left of them after the last day to choose. Points stand last: they are credited at
    once, and what is credited cannot be exchanged. Past the last day of all there is nothing to choose.
    """
    last = choose.by or it.day + timedelta(days=choose.days)
    if last < it.day:
        over = tuple(Unavailable(give.perk, "choice_over", (("until", last.isoformat()),)) for give in choose.options)
        return tuple((each,) for each in over[: choose.count])
    points = [perks[give.perk].kind is PerkKind.POINTS for give in choose.options]
    order = sorted(range(len(points)), key=lambda at: (at != choose.default, points[at]))
    ends_us = end_of_day(it.property, last) if choose.default is None else None
    codes = ",".join(give.perk for give in choose.options)
    more = (("choose", choose.count), ("choose_by", last.isoformat()), ("choose_of", codes))
    options = [_offered(resolve_give(choose.options[at], perks, it, reckon), more, ends_us) for at in order]
    spare = options[choose.count :]
    return tuple((option, *spare) for option in options[: choose.count])


def _offered(
    option: Option | Unavailable, more: tuple[tuple[str, Param], ...], ends_us: int | None
) -> Option | Unavailable:
    if isinstance(option, Unavailable):
        return option
    until_us = option.valid_until_us if ends_us is None else min(ends_us, option.valid_until_us)
    return replace(option, params=(*option.params, *more), valid_until_us=until_us)


def resolve_give(give: Give, perks: dict[str, Perk], it: Situation, reckon: Reckon) -> Option | Unavailable:
    """One perk with its parameters, those that are reckoned too, for this situation, and until when it waits."""
    found = _made(give, perks, it, reckon)
    if give.wait is None or (isinstance(found, Unavailable) and not _may_pass(found, it)):
        return found
    patience = patience_of(give.wait, it)
    if patience is None:
        return Unavailable(give.perk, "arrival_unknown")
    return replace(found, patience=patience) if it.at_us < patience.end_us else found


def _may_pass(found: Unavailable, it: Situation) -> bool:
    """Whether what is in the way may be over later; above the best class there will be none."""
    booked = it.stay.room_class if it.stay is not None else None
    return found.reason in PASSING and (booked,) != it.property.room_classes[-1:]


def _made(give: Give, perks: dict[str, Perk], it: Situation, reckon: Reckon) -> Option | Unavailable:
    perk = perks[give.perk]
    last = last_day(give.valid if give.valid is not None else perk.valid, it.day)
    if last < it.day:
        return Unavailable(perk.code, "validity_over", (("until", last.isoformat()),))
    params: dict[str, Param] = dict(give.params)
    for name, amount in give.amounts:
        value = parameter(name, amount, it, reckon)
        if not isinstance(value, dict):
            return Unavailable(give.perk, *value)
        params |= value
    option = _resolved(perk, params, it, last)
    if give.amounts and isinstance(option, Option) and option.cost_minor > MAX_AMOUNT:
        return Unavailable(give.perk, "amount_too_large", (("most", MAX_AMOUNT),))
    return replace(option, reckoned=give.amounts) if give.amounts and isinstance(option, Option) else option


def _resolved(perk: Perk, params: dict[str, Param], it: Situation, last: date) -> Option | Unavailable:
    if perk.kind is PerkKind.UPGRADE:
        return _upgrade(perk, params, it)
    if perk.kind is PerkKind.LATE_CHECKOUT:
        return _late_checkout(perk, params, it, last)
    until_us = end_of_day(it.property, last)
    if perk.kind is PerkKind.CREDIT:
        amount, currency = int(params["amount"]), str(params.get("currency", it.property.currency))
        return Option(perk, tuple(sorted(params.items())), amount, amount, currency, until_us)
    quantity = int(params.get("points" if perk.kind is PerkKind.POINTS else "quantity", 1))
    cost, currency = cost_of(perk, it.property, quantity)
    return Option(perk, tuple(sorted(params.items())), quantity, cost, currency, until_us)


def cost_of(perk: Perk, prop: Property, quantity: int) -> tuple[int, str]:
    """What so many of a perk cost at a property: minor units and their currency."""
    unit = perk.cost_at(prop.code, prop.brand)
    return (0, prop.currency) if unit is None else (unit.minor * quantity, unit.currency)


def _upgrade(perk: Perk, params: dict[str, Param], it: Situation) -> Option | Unavailable:
    classes = it.property.room_classes
    booked = it.stay.room_class if it.stay else None
    if it.stay is None or booked not in classes:
        return Unavailable(perk.code, "room_class_unknown", (("room_class", booked or ""),))
    start = classes.index(booked)
    end = min(start + int(params.get("levels", 1)), len(classes) - 1)
    free = it.stay.free_classes
    reachable = [at for at in range(start + 1, end + 1) if free is None or classes[at] in free]
    if not reachable:
        return Unavailable(perk.code, "no_higher_class_free", (("room_class", booked),))
    target = reachable[-1]
    nights = max(1, it.stay.nights or 1)
    cost, currency = cost_of(perk, it.property, (target - start) * nights)
    given: dict[str, Param] = {**params, "levels": target - start, "from": booked, "to": classes[target]}
    until_us = _at_checkout(it, CHECKOUT_MINUTE, it.day)
    return Option(perk, tuple(sorted(given.items())), 1, cost, currency, until_us, rank=target - start)


def _late_checkout(perk: Perk, params: dict[str, Param], it: Situation, last: date) -> Option:
    until = str(params.get("until", CHECKOUT))
    minute = CHECKOUT_MINUTE if until == CHECKOUT else int(until[:2]) * 60 + int(until[3:])
    cost, currency = cost_of(perk, it.property, 1)
    return Option(perk, tuple(sorted(params.items())), 1, cost, currency, _at_checkout(it, minute, last))


def _at_checkout(it: Situation, minute: int, last: date) -> int:
    """A wall-clock minute of the departure day; without one, the end of the hotel day `last`."""
    departure: date | None = it.stay.departure if it.stay else None
    if departure is None:
        return end_of_day(it.property, last)
    zone = it.property.zone_info()
    local = datetime(departure.year, departure.month, departure.day, minute // 60, minute % 60, tzinfo=zone)
    return max(to_us(local), it.at_us)
