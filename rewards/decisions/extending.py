"""More time for what a guest holds, planned: which grants end when; nothing is changed here.

An extension is given like a perk and recorded as a grant of its own, the *mark*: it counts for the limits of its rule,
is held with a hold, and whoever takes it back takes back what it did. Its code is none that a catalogue can hold.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from rewards.decisions.options import Chain, Option
from rewards.decisions.situation import Situation, end_of_day
from rewards.decisions.validity import later
from rewards.domain.perk import Perk, PerkKind
from rewards.domain.validity import Lasting, Until
from rewards.rulelang.nodes import Extend

UNIT = "extension"
"""The unit of a mark's claims: the account is a grant, the amount its new end in microseconds since 1970 UTC."""

_PREFIX = "extension:"
_LAST_YEAR = 9_000
"""What ends later than this is for ever, and calendars end soon after."""

Claims = tuple[tuple[str, int, str], ...]


def is_mark(perk: str) -> bool:
    """Whether a grant of this code stands for an extension."""
    return perk.startswith(_PREFIX)


def mark_of(perk: str) -> str:
    """The code of the first extension of a perk by a rule."""
    return f"{_PREFIX}{perk}"


def perk_of(code: str) -> str:
    """The perk that is extended, of a mark's code; any other code as it is."""
    return code.split(":")[1] if is_mark(code) else code


def extensions(extends: Iterable[Extend], it: Situation) -> tuple[Chain, ...]:
    """What a rule extends, as things to be given: each of a code of its own within the rule."""
    seen: Counter[str] = Counter()
    chains = []
    for extend in extends:
        seen[extend.perk] += 1
        number = "" if seen[extend.perk] == 1 else f":{seen[extend.perk]}"
        perk = Perk(f"{mark_of(extend.perk)}{number}", PerkKind.CUSTOM, {})
        until_us = end_of_day(it.property, it.day)
        chains.append((Option(perk, _said(extend), 1, 0, it.property.currency, until_us, extends=extend),))
    return tuple(chains)


def _said(extend: Extend) -> tuple[tuple[str, str], ...]:
    rules = (("of_rules", ",".join(extend.rules)),) if extend.rules else ()
    if isinstance(extend.longer, Lasting):
        amount, term = extend.longer.amount, extend.longer.term
        return (("by", f"{amount} {term}{'' if amount == 1 else 's'}"), *rules)
    return (*rules, ("until", extend.longer.day.isoformat()))


@dataclass(frozen=True, slots=True)
class Holding:
    """A grant that can be used: its id, perk, the rule and the property that gave it, and its end (not included)."""

    id: str
    perk: str
    rule: str
    place: str
    until_us: int


class Calendars:
    """The hotel days of properties: of an instant the day, of a day the first instant after it."""

    def __init__(self, day_of: Callable[[int, str], date], end_of: Callable[[date, str], int]) -> None:
        self.day_of = day_of
        self.end_of = end_of


class Extender:
    """Plans extensions, one on top of the other. `holdings` is asked once."""

    def __init__(self, holdings: Callable[[], Iterable[Holding]], calendars: Calendars) -> None:
        self._find = holdings
        self._calendars = calendars
        self._holdings: list[Holding] | None = None
        self._ends: dict[str, int] = {}
        self.before: dict[tuple[str, int], int] = {}
        """The end that a grant had before it was given another: by grant and new end."""

    def lengthen(self, extend: Extend) -> Claims:
        """What is held of a perk with its new ends; nothing where no end moves."""
        return tuple(self._lengthened(extend))

    def _lengthened(self, extend: Extend) -> Iterator[tuple[str, int, str]]:
        if self._holdings is None:
            self._holdings = list(self._find())
        for each in self._holdings:
            if each.perk != extend.perk or (extend.rules and each.rule not in extend.rules):
                continue
            old_us = self._ends.get(each.id, each.until_us)
            new_us = longer(extend.longer, old_us, each.place, self._calendars)
            if new_us > old_us:
                self._ends[each.id] = new_us
                self.before[each.id, new_us] = old_us
                yield each.id, new_us, UNIT

    def undo(self, claim: tuple[str, int, str]) -> None:
        """Forget the newest extension of a grant."""
        grant, new_us, _ = claim
        self._ends[grant] = self.before.pop((grant, new_us))


def longer(term: Lasting | Until, end_us: int, place: str, calendars: Calendars) -> int:
    """The end of what ends at `end_us` with more time: the end of a hotel day of its property; never before it."""
    last = calendars.day_of(end_us - 1, place)
    if last.year > _LAST_YEAR:
        return end_us
    day = later(last + timedelta(days=1), term) - timedelta(days=1) if isinstance(term, Lasting) else term.day
    return max(end_us, calendars.end_of(day, place))
