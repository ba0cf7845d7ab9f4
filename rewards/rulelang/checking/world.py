"""What a rule names of the world: properties, brands, cities, countries, other rules, and currencies."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from rewards.domain.property import Property
from rewards.rulelang.checking.places import Notes
from rewards.rulelang.checking.walk import amount_tests, amounts, fact_tests, measure_tests, measures, moves
from rewards.rulelang.gates import applies_to
from rewards.rulelang.nodes import (
    Amount,
    Bands,
    BudgetLimit,
    FactAmount,
    Fixed,
    Marginal,
    Measure,
    MeasureAmount,
    Rate,
    Rule,
    SinceLastGrant,
    Span,
    amounts_in,
    compared_in,
    windows,
)
from rewards.rulelang.units import Unit, currency_of, leaves, unit_of, unit_of_test
from rewards.rulelang.wording.phrases import suggestion


class World:
    """The properties of the group, by what rules call them."""

    def __init__(self, properties: Sequence[Property], group_currency: str | None = None) -> None:
        self.properties = properties
        self.currencies = {each.currency for each in properties} | ({group_currency} if group_currency else set())
        self.names: dict[str, tuple[str, ...]] = {
            "property": _sorted(each.code for each in properties),
            "brand": _sorted(each.brand for each in properties),
            "city": _sorted(each.city for each in properties),
            "country": _sorted(each.country for each in properties),
            "kind": _sorted(each.kind for each in properties),
        }


def _sorted(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(names)))


def check_world(rule: Rule, world: World, notes: Notes) -> None:
    """Notes names that no property has, and amounts in a currency that a property does not reckon in."""
    applies = rule.applies
    _check_names(applies.properties, "property", rule.span, ("only_at", "properties"), world, notes)
    _check_names(applies.brands, "brand", rule.span, ("only_at", "brands"), world, notes)
    _check_names(applies.cities, "city", rule.span, ("only_at", "cities"), world, notes)
    _check_names(applies.countries, "country", rule.span, ("only_at", "countries"), world, notes)
    applicable = [each for each in world.properties if applies_to(applies, each)]
    for measure, at in measures(rule):
        _check_measure(measure, at, world, notes)
    for currency, span, key in _currencies(rule):
        if world.currencies and currency not in world.currencies:
            own = ", ".join(sorted(world.currencies))
            notes.add("currency_foreign", span, key, currency=currency, own=own)
    for fact in fact_tests(rule):
        kind = fact.fact.removeprefix("property.").replace("code", "property")
        if fact.fact.startswith("property.") and kind in ("property", "brand", "city", "country"):
            names = [str(value) for value in fact.comparison.values]
            _check_names(names, kind, fact.span, (fact.comparison.op,), world, notes)
        if fact.currency is not None:
            _check_currency(fact.currency, fact.fact, applicable, fact.span, fact.comparison.op, notes)
    for amount, unit in _with_units(rule):
        for leaf, of in leaves(amount, unit):
            named = currency_of(of)
            if isinstance(leaf, FactAmount) and named is not None:
                _check_currency(named, leaf.fact, applicable, leaf.span, "fact", notes)


def _with_units(rule: Rule) -> Iterator[tuple[Amount, Unit | None]]:
    for test in amount_tests(rule):
        unit = test.currency or unit_of_test(test)
        yield from ((amount, unit) for amount in compared_in(test))
    for moved in moves(rule):
        yield from ((amount, unit_of(amount)) for _, amount in moved.amounts)


def _check_names(
    names: Iterable[str], kind: str, span: Span, path: tuple[str, ...], world: World, notes: Notes
) -> None:
    known = world.names[kind]
    for name in names:
        if name not in known:
            notes.add(f"{kind}_unknown", span, *path, name, name=name, suggestion=suggestion(name, known))


def _check_measure(measure: Measure, span: Span, world: World, notes: Notes) -> None:
    scope = measure.scope
    _check_names(scope.properties, "property", span, ("where", "properties"), world, notes)
    _check_names(scope.brands, "brand", span, ("where", "brands"), world, notes)
    _check_names(scope.cities, "city", span, ("where", "cities"), world, notes)


def _currencies(rule: Rule) -> Iterator[tuple[str, Span, str]]:
    """The currencies that a rule reckons in, each with its node and key; those of facts are checked more strictly."""
    for test in measure_tests(rule):
        if test.measure.currency is not None:
            yield test.measure.currency, test.span, test.comparison.op
        if test.measure.counting.currency is not None:
            yield test.measure.counting.currency, test.span, "counting"
    for amount in amounts(rule):
        yield from _currencies_in(amount)
    for limit in rule.limits:
        if isinstance(limit, BudgetLimit):
            yield limit.currency, limit.span, "budget"
    for moved in moves(rule):
        currency = dict(moved.params).get("currency")
        if isinstance(currency, str):
            yield currency, moved.span, "amount"


def _currencies_in(amount: Amount) -> Iterator[tuple[str, Span, str]]:
    for each in amounts_in(amount):
        named: tuple[str | None, ...] = ()
        match each:
            case Fixed(currency=currency) | Bands(currency=currency) | Marginal(currency=currency):
                named = (currency,)
            case Rate():
                named = (each.rate_currency, each.per_currency)
            case MeasureAmount(measure=measure):
                named = (measure.currency, measure.counting.currency)
        yield from ((name, each.span, "currency") for name in dict.fromkeys(named) if name is not None)


def _check_currency(
    currency: str, name: str, properties: Iterable[Property], span: Span, key: str, notes: Notes
) -> None:
    other = next((each for each in properties if each.currency != currency), None)
    if other is not None:
        values = {"name": name, "currency": currency, "property": other.code, "own": other.currency}
        notes.add("currency_not_of_property", span, key, **values)


def check_rule_names(rule: Rule, known: Collection[str], notes: Notes) -> None:
    """Notes rules that do not exist where a window begins at their last grant, or what they gave is counted."""
    named_by = [(extend.rules, extend.span) for extend in rule.extend]
    for names, span in [*((measure.rules, span) for measure, span in measures(rule)), *named_by]:
        for named in names:
            if named not in known:
                hint = suggestion(named, sorted(known))
                notes.add("rule_unknown", span, "rule", named, name=named, suggestion=hint)
    for measure, span in measures(rule):
        for window in windows(measure.window):
            if isinstance(window, SinceLastGrant) and window.rule is not None and window.rule not in known:
                hint = suggestion(window.rule, sorted(known))
                notes.add("rule_unknown", span, "since", "grant_of", name=window.rule, suggestion=hint)
