"""Takes what a rule's firing needs: its limits, then stock and budgets of each perk; all or nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from rewards.decisions.extending import UNIT, Extender
from rewards.decisions.options import Option
from rewards.decisions.resolve import Claims, Paid, Refusal
from rewards.decisions.situation import Situation
from rewards.decisions.takings import Taking
from rewards.domain.perk import StockPolicy
from rewards.history.windows import before, calendar
from rewards.ledger.accounts import COUNT, budget_account, limit_account, stock_account
from rewards.ledger.funds import Funds
from rewards.ledger.purse import Planned, Purse
from rewards.ledger.stock import pieces, stock_days
from rewards.rulelang.nodes import BudgetLimit, Calendar, CountLimit, Per, Rolling, Rule

CountStanding = Callable[[Rule, Per, int | None], int]
"""How often a rule fired: for this guest, this stay, this property or at all, from a hotel day (ordinal) on."""

Convert = Callable[[int, str, str, date], int | None]
"""Minor units from one currency to another on a day; None without a rate."""


class RuleTaker:
    """The taker of one decision; without a `purse` nothing to pay with, without an `extender` no more time."""

    def __init__(
        self,
        it: Situation,
        funds: Funds,
        count: CountStanding,
        convert: Convert,
        purse: Purse | None = None,
        extender: Extender | None = None,
    ) -> None:
        self._it = it
        self._funds = funds
        self._count = count
        self._convert = convert
        self._purse: Purse = purse or Planned()
        self._extender = extender

    def begin(self, rule: Rule) -> Claims | Refusal:
        """Take one firing from each of the rule's count limits."""
        taken: list[tuple[str, int, str]] = []
        for limit in rule.limits:
            if not isinstance(limit, CountLimit):
                continue
            if limit.per is Per.GUEST or isinstance(limit.every, Rolling):
                # Counted under the guest's lock, so that a merge counts what either record was given; what counts for
                # everybody is counted under a lock of its own.
                if limit.per in (Per.PROPERTY, Per.RULE):
                    self._funds.hold(f"lock:{limit_account(rule, limit, self._it)}", "lock", COUNT)
                if self._count(rule, limit.per, _first_day(limit.every, self._it.day)) >= limit.at_most:
                    return self._back(taken, _limit_refusal(limit))
                continue
            account = limit_account(rule, limit, self._it)
            self._funds.limited(account, "limit", COUNT, limit.at_most)
            if not self._funds.take(account, 1, COUNT):
                return self._back(taken, _limit_refusal(limit))
            taken.append((account, 1, COUNT))
        return tuple(taken)

    def take(self, rule: Rule, option: Option) -> Claims | Refusal:
        """Take stock, then every budget; of an extension the grants that end later."""
        if option.extends is not None:
            longer = self._extender.lengthen(option.extends) if self._extender is not None else ()
            return longer or Refusal("nothing_to_extend")
        taken: list[tuple[str, int, str]] = []
        short = self._stock(option, taken)
        if short is not None:
            return self._back(taken, short)
        for limit in rule.limits:
            if isinstance(limit, BudgetLimit):
                refusal = self._budget(rule, limit, option, taken)
                if refusal is not None:
                    return self._back(taken, refusal)
        return tuple(taken)

    def _stock(self, option: Option, taken: list[tuple[str, int, str]]) -> Refusal | None:
        """Take from the stock of every day that the perk is for."""
        perk = option.perk
        days = stock_days(perk, self._it)
        if days is None:
            return Refusal("no_nights", (("perk", perk.code),))
        unit, amount = f"perk:{perk.code}", pieces(perk, option.quantity, self._it)
        for day in days:
            account = stock_account(self._it.property.code, perk.code, day)
            if not self._funds.take(account, amount, unit):
                which = () if perk.stock is StockPolicy.DAILY else (("night", day.isoformat()),)
                return Refusal("stock_gone", (("perk", perk.code), ("left", self._funds.left(account)), *which))
            taken.append((account, amount, unit))
        return None

    def _budget(
        self, rule: Rule, limit: BudgetLimit, option: Option, taken: list[tuple[str, int, str]]
    ) -> Refusal | None:
        cost = self._convert(option.cost_minor, option.currency, limit.currency, self._it.day)
        if cost is None:
            return Refusal("rate_unknown", (("from", option.currency), ("to", limit.currency)))
        account = budget_account(rule, limit, self._it)
        self._funds.limited(account, "budget", limit.currency, limit.minor)
        if not self._funds.take(account, cost, limit.currency):
            return Refusal(
                "budget_spent",
                (("left", self._funds.left(account)), ("needed", cost), ("currency", limit.currency)),
            )
        if cost:
            taken.append((account, cost, limit.currency))
        return None

    def _back(self, taken: list[tuple[str, int, str]], refusal: Refusal) -> Refusal:
        self.give_back(tuple(taken))
        return refusal

    def give_back(self, claims: Claims) -> None:
        """Undo claims of this decision."""
        for account, amount, unit in reversed(claims):
            if unit != UNIT:
                self._funds.put_back(account, amount, unit)
            elif self._extender is not None:
                self._extender.undo((account, amount, unit))

    def pay(self, taking: Taking) -> Paid | Refusal:
        """Plan what the guest pays."""
        return self._purse.pay(taking)

    def put_back(self, paid: Paid) -> None:
        """Undo what was planned."""
        self._purse.put_back(paid)


def _first_day(every: Calendar | Rolling | None, day: date) -> int | None:
    """The first hotel day (ordinal) of the period that `day` lies in or ends; None where it never began."""
    if every is None:
        return None
    if isinstance(every, Rolling):
        return before(day, every.amount, every.unit) + 1
    return calendar(day, every.unit).first


def _limit_refusal(limit: CountLimit) -> Refusal:
    every = limit.every
    if every is None:
        text = "stay" if limit.per is Per.STAY else "ever"
    else:
        text = f"{every.amount} {every.unit.value}" if isinstance(every, Rolling) else every.unit.value
    return Refusal("limit_reached", (("per", limit.per.value), ("at_most", limit.at_most), ("every", text)))
