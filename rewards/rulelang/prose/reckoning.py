"""How an amount reads: "10 points for each whole €1 of the price of this stay (at most 5,000)".

Whatever stands inside another operation stands in brackets, and lists stand in brackets of their own, so that no two
trees give one text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from rewards.rulelang.facts import NUMBER_PREFIX
from rewards.rulelang.nodes import (
    Amount,
    AmountTest,
    Bands,
    FactAmount,
    Fixed,
    If,
    Largest,
    Less,
    Marginal,
    Measure,
    MeasureAmount,
    Percent,
    Rate,
    Share,
    Smallest,
    Sum,
    Times,
)
from rewards.rulelang.prose.amounts import amount_style
from rewards.rulelang.prose.clauses import Clause, clause_of
from rewards.rulelang.prose.languages import Language
from rewards.rulelang.prose.measures import measure_noun
from rewards.rulelang.prose.names import Names, quoted
from rewards.rulelang.prose.numbers import money, number
from rewards.rulelang.prose.parts import Path, Text, fill, joined, text, tidy
from rewards.rulelang.prose.quantities import bare, quantity
from rewards.rulelang.prose.small_print import small_print
from rewards.rulelang.reading.names import MONEY_AGGREGATES

Slots = dict[str, Text | str]


def amount_text(amount: Amount, path: Path, language: Language, names: Names, noun: str = "") -> Text:
    """An amount as a phrase; `noun` is the key of what it is counted in, which is said where `takes_noun` says so."""
    return _Teller(language, names).tell(amount, path, noun)


def takes_noun(amount: Amount) -> bool:
    """Whether the amount begins with a number that a noun can follow: "10 points for each …"."""
    if isinstance(amount, Smallest | Largest) and _bound(amount) is not None:
        return takes_noun(amount.parts[0])
    return isinstance(amount, Fixed | Rate)


def amount_clause(test: AmountTest, path: Path, language: Language, names: Names) -> Clause:
    """A test of an amount as a clause."""
    return clause_of(language.amounts["test"], path, _test_slots(test, path, language, names))


def amount_phrase(test: AmountTest, path: Path, language: Language, names: Names) -> Text:
    """A test of an amount as a phrase like a noun."""
    return fill(language.amounts["test.noun"], path, _test_slots(test, path, language, names))


def _test_slots(test: AmountTest, path: Path, language: Language, names: Names) -> Slots:
    teller = _Teller(language, names)
    told = teller.inner(test.amount, (*path, "amount"))
    if test.than is not None:
        at = (*path, test.comparison.op.value)
        template = language.comparisons[f"amount.{test.comparison.op}"]
        return {"amount": told, "q": fill(template, at, {"n": teller.inner(test.than, at)})}
    style = bare(language) if test.currency is None else amount_style(test.currency, language, names)
    return {"amount": told, "q": quantity(test.comparison, style, path, language)}


def _bound(amount: Smallest | Largest) -> Fixed | None:
    """The cap or top-up of an amount, where the second of two is fixed."""
    last = amount.parts[-1] if len(amount.parts) == 2 else None
    return last if isinstance(last, Fixed) else None


@dataclass(frozen=True)
class _Teller:
    """Tells amounts in one language."""

    language: Language
    names: Names

    def tell(self, amount: Amount, path: Path, noun: str = "") -> Text:
        """The amount without brackets around it."""
        match amount:
            case Fixed(value=value, currency=currency):
                return text(self._counted(value, currency, noun), path)
            case FactAmount(fact=fact):
                return text(self._fact(fact), (*path, "fact"))
            case MeasureAmount(measure=measure):
                return self._measure(measure, path)
            case Rate():
                return self._rate(amount, path, noun)
            case Times(times=times, of=of):
                return self._of("times", times, of, path)
            case Percent(percent=percent, of=of):
                return self._of("percent", percent, of, path)
            case Sum(parts=parts) | Less(parts=parts):
                return self._row(parts, type(amount).__name__.lower(), path)
            case Smallest() | Largest():
                return self._extreme(amount, path, noun)
            case Bands():
                return self._bands(amount, path)
            case Marginal():
                return self._marginal(amount, path)
            case Share(share=share, of=of, whole=whole):
                parts_by_key = {"share": share, "of": of, "whole": whole}
                told: Slots = {key: self.inner(each, (*path, key)) for key, each in parts_by_key.items()}
                return fill(self.language.amounts["share"], path, told)
            case If():
                return self._if(amount, path)
        assert_never(amount)

    def inner(self, amount: Amount, path: Path) -> Text:
        """The amount as it stands inside another: operations in brackets."""
        told = self.tell(amount, path)
        if isinstance(amount, Fixed | FactAmount | MeasureAmount):
            return told
        return (*text("(", path), *told, *text(")", path))

    def _if(self, amount: If, path: Path) -> Text:
        # Conditions hold amounts, and amounts conditions: the one has to be told inside the other.
        from rewards.rulelang.prose.conditions import conditions_text

        slots: Slots = {
            "if": tidy(conditions_text(amount.condition, (*path, "if"), self.language, self.names)),
            "then": self.inner(amount.then, (*path, "then")),
        }
        if amount.otherwise is None:
            return fill(self.language.amounts["if"], path, slots)
        slots["else"] = self.inner(amount.otherwise, (*path, "else"))
        return fill(self.language.amounts["if.else"], path, slots)

    def _fact(self, fact: str) -> str:
        if fact.startswith(NUMBER_PREFIX):
            return self.language.amounts["fact.guest.number"].format(name=quoted(fact.removeprefix(NUMBER_PREFIX)))
        known = self.language.amounts.get(f"fact.{fact}")
        return known or self.language.amounts["fact"].format(name=quoted(fact))

    def _shown(self, value: int, currency: str | None) -> str:
        return number(value, self.language.code) if currency is None else money(value, currency, self.language.code)

    def _counted(self, value: int, currency: str | None, noun: str) -> str:
        shown = self._shown(value, currency)
        return f"{shown} {self.language.noun(noun, value)}" if noun and currency is None else shown

    def _measure(self, measure: Measure, path: Path) -> Text:
        prints = small_print(measure, path, self.language, self.names)
        if measure.currency is not None and measure.aggregate in MONEY_AGGREGATES:
            shown = {"currency": measure.currency}
            prints.append(fill(self.language.amounts["in"], (*path, "currency"), shown))
        told = measure_noun(measure, path, self.language, self.names)
        if not prints:
            return told
        return (*told, *text(" (", path), *joined(prints, "; ", "; ", path), *text(")", path))

    def _rate(self, amount: Rate, path: Path, noun: str) -> Text:
        plain = amount.per_currency is None
        key = ("rate.each" if amount.per == 1 else "rate") if plain else "rate.money"
        slots: Slots = {
            "rate": text(self._counted(amount.rate, amount.rate_currency, noun), (*path, "rate")),
            "per": text(self._shown(amount.per, amount.per_currency), (*path, "per")),
            "of": self.inner(amount.of, (*path, "of")),
        }
        return fill(self.language.amounts[key], path, slots)

    def _of(self, key: str, value: int, of: Amount, path: Path) -> Text:
        shown = text(number(value, self.language.code), (*path, key))
        return fill(self.language.amounts[key], path, {"n": shown, "of": self.inner(of, (*path, "of"))})

    def _row(self, parts: Sequence[Amount], key: str, path: Path) -> Text:
        word = self.language.amounts[f"{key}.and"]
        return joined([self.inner(part, (*path, key, at)) for at, part in enumerate(parts)], word, word, path)

    def _extreme(self, amount: Smallest | Largest, path: Path, noun: str) -> Text:
        smallest, bound = isinstance(amount, Smallest), _bound(amount)
        key = "smallest" if smallest else "largest"
        if bound is not None:
            slots: Slots = {
                "of": self.tell(amount.parts[0], (*path, key, 0), noun),
                "n": text(self._shown(bound.value, bound.currency), (*path, key, 1)),
            }
            return fill(self.language.amounts["cap" if smallest else "top_up"], path, slots)
        items = [self.tell(part, (*path, key, at)) for at, part in enumerate(amount.parts)]
        return self._listed("smallest" if smallest else "largest.of", items, {}, path)

    def _listed(self, key: str, items: Sequence[Text], slots: Slots, path: Path) -> Text:
        between = self.language.amounts["semicolon"]
        return fill(self.language.amounts[key], path, {**slots, "list": joined(items, between, between, path)})

    def _bands(self, amount: Bands, path: Path) -> Text:
        items = []
        for at, band in enumerate(amount.bands):
            place = (*path, "bands", at)
            start = text(self._shown(band.start, amount.currency), (*place, "from"))
            slots: Slots = {"start": start, "give": self.tell(band.give, (*place, "give"))}
            items.append(fill(self.language.amounts["bands.from"], place, slots))
        return self._listed("bands", items, {"of": self.inner(amount.of, (*path, "of"))}, path)

    def _marginal(self, amount: Marginal, path: Path) -> Text:
        items = []
        for at, part in enumerate(amount.slices):
            place, last = (*path, "marginal", at), at == len(amount.slices) - 1
            slots: Slots = {
                "n": text(number(part.percent, self.language.code), (*place, "percent")),
                "start": text(self._shown(part.above, amount.currency), (*place, "above")),
                "end": "" if last else self._shown(amount.slices[at + 1].above, amount.currency),
            }
            items.append(fill(self.language.amounts["marginal.above" if last else "marginal.to"], place, slots))
        return self._listed("marginal", items, {"of": self.inner(amount.of, (*path, "of"))}, path)
