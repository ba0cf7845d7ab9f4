"""What a worker holds in memory: properties, coverage, rates and the compiled rules, as of one generation.

Each question reads the generation, one cheap row; only when it moved is the rest read again, and only the rules that
changed are compiled again. What sources are heard to say moves no generation, so the rest is refreshed by time too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from threading import Lock

from rewards.clock import Clock
from rewards.domain.property import Property
from rewards.errors import NO_RULE_SET, PROPERTY_UNKNOWN, RULE_SET_UNKNOWN, RewardsError
from rewards.history.exchange import Rates
from rewards.history.standpoint import HotelGroup
from rewards.ledger.ports import RuleSetRow, Store
from rewards.rulelang import canonical, catalogue, document
from rewards.rulelang.compiler import Compiled, compile_rules, recompile
from rewards.rulelang.diagnostics import Diagnostic, Severity
from rewards.rulelang.nodes import Rule, RuleSet
from rewards.rulelang.prose import Names

REFRESH_EVERY = timedelta(minutes=5)
_VERSIONS_KEPT = 4
MOST_TEXTS = 20_000


@dataclass(frozen=True, slots=True)
class Programme:
    """What the group shares: zone, currency and roll-over hour of its day; how long silence still means none."""

    zone: str
    currency: str
    rollover_hour: int
    stale_after_us: int


@dataclass(frozen=True, slots=True)
class Ground:
    """The house as a decision sees it."""

    generation: int
    group: HotelGroup
    properties: Mapping[str, Property]
    rates: Rates
    compiled: Compiled | None
    names: Names
    texts: dict[object, str] = field(default_factory=dict)

    def told(self, key: object, make: Callable[[], str]) -> str:
        """A text of these rules, made once: what rules say does not change until the next publication."""
        text = self.texts.get(key)
        if text is None:
            if len(self.texts) >= MOST_TEXTS:
                self.texts.clear()
            text = self.texts[key] = make()
        return text

    def property(self, code: str) -> Property:
        """The property of a code; `property_unknown` where there is none."""
        found = self.properties.get(code)
        if found is None:
            raise RewardsError(PROPERTY_UNKNOWN, f"“{code[:60]}” is not a property.", field="property")
        return found

    def rules(self) -> Compiled:
        """The live rules; `no_rule_set` before the first publication."""
        if self.compiled is None:
            raise RewardsError(NO_RULE_SET, "No rules are live.", hint="Publish some: rewards rules publish rules/.")
        return self.compiled

    def convert(self, minor: int, base: str, quote: str, day: date) -> int | None:
        """Minor units in another currency on a day, None without a rate."""
        return self.rates.convert(minor, base, quote, day)


class RuleReader:
    """Reads stored rule sets; a document that was read before is not read again.

    A published version mostly repeats the one before it, so that publishing one changed rule of many costs one.
    """

    def __init__(self) -> None:
        self._known: dict[str, tuple[Rule, ...]] = {}

    def read(self, row: RuleSetRow) -> RuleSet:
        """The rule set of a stored version. A stored text that no longer reads is a defect and raises ValueError."""
        perks, problems = catalogue.load_perks(row.perks, filename=f"v{row.version}")
        _must_read(row, problems)
        known: dict[str, tuple[Rule, ...]] = {}
        for text in canonical.rule_texts(row.rules):
            known[text] = self._known.get(text) or self._read(row, text)
        self._known = known
        rules = tuple(rule for found in known.values() for rule in found)
        return RuleSet(rules, perks, row.version, row.digest)

    @staticmethod
    def _read(row: RuleSetRow, text: str) -> tuple[Rule, ...]:
        parsed = document.load(text, filename=f"v{row.version}")
        _must_read(row, parsed.diagnostics)
        return parsed.rules


def _must_read(row: RuleSetRow, problems: Iterable[Diagnostic]) -> None:
    for problem in problems:
        if problem.severity is Severity.ERROR:
            raise ValueError(f"the stored rule set v{row.version} does not read: {problem.message}")


def read_rule_set(row: RuleSetRow) -> RuleSet:
    """The rule set of a stored version."""
    return RuleReader().read(row)


class Installation:
    """Keeps the newest Ground, and a few older rule sets for replays."""

    def __init__(self, clock: Clock, programme: Programme) -> None:
        self._clock = clock
        self._programme = programme
        self._ground: Ground | None = None
        self._read_at = clock.now()
        self._versions: dict[int, Compiled] = {}
        self._reader = RuleReader()
        self._lock = Lock()

    def ground(self, store: Store) -> Ground:
        """The house as of this transaction's generation."""
        ground, generation = self._ground, store.generation()
        fresh = self._clock.now() - self._read_at < REFRESH_EVERY
        if ground is not None and ground.generation == generation and fresh:
            return ground
        with self._lock:
            if self._ground is None or self._ground.generation != generation or not fresh:
                self._ground = self._read(store, generation, self._ground)
                self._read_at = self._clock.now()
            return self._ground

    def _read(self, store: Store, generation: int, before: Ground | None) -> Ground:
        properties = {prop.code: prop for prop in store.properties.all()}
        rates = Rates(store.properties.rates())
        programme = self._programme
        group = HotelGroup(
            properties.values(),
            store.properties.coverage(),
            rates.convert,
            zone=programme.zone,
            currency=programme.currency,
            stale_after_us=programme.stale_after_us,
            rollover_hour=programme.rollover_hour,
        )
        compiled = self._compile(store.rule_sets.live(), properties, before)
        perks = compiled.rule_set.perks if compiled else {}
        titles = {rule.id: rule.titles for rule in compiled.rule_set.rules if rule.titles} if compiled else {}
        names = Names(properties={code: prop.name for code, prop in properties.items()}, perks=perks, rules=titles)
        return Ground(generation, group, properties, rates, compiled, names)

    def _compile(
        self, row: RuleSetRow | None, properties: Mapping[str, Property], before: Ground | None
    ) -> Compiled | None:
        if row is None:
            return None
        held = before.compiled if before is not None else None
        if held is not None and before is not None:
            same = before.properties == properties
            if same and held.rule_set.version == row.version:
                return held
            return recompile(held, self._rule_set(row, held), list(properties.values()))
        return compile_rules(self._reader.read(row), list(properties.values()))

    def _rule_set(self, row: RuleSetRow, held: Compiled) -> RuleSet:
        return held.rule_set if held.rule_set.version == row.version else self._reader.read(row)

    def version(self, store: Store, number: int) -> Compiled:
        """A published rule set, compiled; `rule_set_unknown` where there is none."""
        ground = self.ground(store)
        if ground.compiled is not None and ground.compiled.rule_set.version == number:
            return ground.compiled
        if number not in self._versions:
            row = store.rule_sets.get(number)
            if row is None:
                raise RewardsError(RULE_SET_UNKNOWN, f"No rule set v{number}.")
            if len(self._versions) >= _VERSIONS_KEPT:
                self._versions.pop(next(iter(self._versions)))
            self._versions[number] = compile_rules(read_rule_set(row), list(ground.properties.values()))
        return self._versions[number]
