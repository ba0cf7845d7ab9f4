"""Names of accounts, and the periods that limits count in.

Every limit is an account that may not go below zero. Its counterpart `out:<account>` takes the other side of each
entry, so entries of a transaction sum to zero; `over:<account>` holds what was promised beyond a limit that was cut.
"""

from __future__ import annotations

from datetime import date

from rewards.decisions.situation import Situation, subject_of
from rewards.rulelang.nodes import BudgetLimit, Calendar, CountLimit, Per, Rule, Unit

COUNT = "grants"


def counterpart(account: str) -> str:
    """The account that takes the other side of a limit's entries."""
    return f"out:{account}"


def over(account: str) -> str:
    """The account of what was promised beyond a limit."""
    return f"over:{account}"


def stock_account(property_code: str, perk: str, day: date) -> str:
    """Stock of a perk at a property on a hotel day; unit `perk:<code>`."""
    return f"stock:{property_code}:{perk}:{day.isoformat()}"


def points_account(guest: str) -> str:
    """A guest's points."""
    return f"points:{guest}"


def debt_account(guest: str) -> str:
    """What a guest owes in points: negative, and paid first by later points."""
    return f"debt:{guest}"


def period(every: Calendar | None, day: date) -> str:
    """The name of the calendar period that a hotel day lies in; `ever` without one."""
    if every is None:
        return "ever"
    return {
        Unit.DAY: day.isoformat(),
        Unit.WEEK: f"{day.isocalendar().year}-W{day.isocalendar().week:02d}",
        Unit.MONTH: f"{day.year}-{day.month:02d}",
        Unit.QUARTER: f"{day.year}-Q{(day.month + 2) // 3}",
        Unit.YEAR: f"{day.year}",
    }[every.unit]


def limit_account(rule: Rule, limit: CountLimit, it: Situation) -> str:
    """The account of a count limit with a calendar period, or none; unit `grants`."""
    every = limit.every if isinstance(limit.every, Calendar) else None
    subject = subject_of(it)
    # A reservation is one stay whoever its guest turns out to be; a day is each guest's own.
    stay = subject if subject.startswith("stay:") else f"{subject}:{it.guest.id}"
    whom = {
        Per.GUEST: f"guest:{it.guest.id}",
        Per.STAY: f"stay:{it.property.code}:{stay}",
        Per.PROPERTY: f"property:{it.property.code}",
        Per.RULE: "all",
    }[limit.per]
    return f"limit:{rule.id}:{whom}:{period(every, it.day)}"


def budget_account(rule: Rule, limit: BudgetLimit, it: Situation) -> str:
    """The account of a budget; its unit is the currency."""
    where = f"property:{it.property.code}" if limit.per is Per.PROPERTY else "all"
    return f"budget:{rule.id}:{limit.currency}:{where}:{period(limit.every, it.day)}"
