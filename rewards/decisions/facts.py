"""The facts a decision reads: from the situation and the history, recorded as they are read; and from such a record.

What was read is stored with the decision, so that it can be evaluated again, years later, on exactly the same values.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any

from rewards.decisions.situation import Situation, fact_of
from rewards.rulelang.compiling.slots import depends_on_rule
from rewards.rulelang.evaluation import FactValue, Number, Reading
from rewards.rulelang.nodes import Measure
from rewards.rulelang.writing.measures import measure_keys

Read = Callable[[Measure, str, date], Reading]
"""Answers a measure for a rule as of a hotel day of the property (later days: what will still count then)."""

_KEYS: dict[Measure, str] = {}


def measure_key(measure: Measure) -> str:
    """A short name of a measure that is the same in every process: 16 hexadecimal digits of its meaning's SHA-256."""
    key = _KEYS.get(measure)
    if key is None:
        if len(_KEYS) > 100_000:
            _KEYS.clear()
        key = _KEYS[measure] = _key_of(measure)
    return key


def _key_of(measure: Measure) -> str:
    """Of what a document says, so that a key that the language learns later leaves the names of old measures alone."""
    said = json.dumps([measure_keys(measure), measure.currency], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(said.encode()).hexdigest()[:16]


class DecisionFacts:
    """Facts of a situation; measures come through `read` and are asked once.

    `tells_amounts`: near misses tell the way to an amount too. Decisions of before did not, and are not made anew so.
    """

    tells_amounts = True

    def __init__(self, situation: Situation, read: Read) -> None:
        self.situation = situation
        self._read = read
        self._facts: dict[str, FactValue] = {}
        # By the identity of the measure: equal ones are one object within a compiled rule set, and hashing a measure
        # costs more than reading it.
        self._readings: dict[tuple[int, str], tuple[Measure, Reading]] = {}

    def fact(self, name: str) -> FactValue:
        """The value of a fact, None when it is not known."""
        if name not in self._facts:
            self._facts[name] = fact_of(self.situation, name)
        return self._facts[name]

    def measure(self, measure: Measure, rule: str) -> Reading:
        """The reading of a measure for a rule."""
        asked_by = rule if depends_on_rule(measure.window) else ""
        key = (id(measure), asked_by)
        found = self._readings.get(key)
        if found is None:
            found = self._readings[key] = (measure, self._read(measure, asked_by, self.situation.day))
        return found[1]

    def measure_on(self, measure: Measure, rule: str, day: date) -> Reading:
        """What a measure will read on a later hotel day if nothing else happens; not recorded."""
        return self._read(measure, rule, day)

    def record(self) -> dict[str, Any]:
        """What was read, as JSON values: `facts` by name, `measures` by key (and rule where it matters)."""
        return {
            "tells_amounts": self.tells_amounts,
            "facts": {name: _fact_json(value) for name, value in sorted(self._facts.items())},
            "measures": {
                _reading_key(measure, rule): [_number_json(reading.low), _number_json(reading.high)]
                for (_, rule), (measure, reading) in self._readings.items()
            },
        }


class NotRecordedError(LookupError):
    """A replay asked for something that the decision did not read."""


class RecordedFacts:
    """The facts that a stored decision read."""

    def __init__(self, record: dict[str, Any]) -> None:
        self.tells_amounts = bool(record.get("tells_amounts", False))
        self._facts = record["facts"]
        self._measures = record["measures"]

    def fact(self, name: str) -> FactValue:
        """The recorded value; NotRecordedError for a fact that was not read."""
        if name not in self._facts:
            raise NotRecordedError(name)
        return _fact_value(self._facts[name])

    def measure(self, measure: Measure, rule: str) -> Reading:
        """The recorded reading; NotRecordedError for a measure that was not read."""
        found = self._measures.get(_reading_key(measure, rule if depends_on_rule(measure.window) else ""))
        if found is None:
            raise NotRecordedError(repr(measure))
        return Reading(_number_value(found[0]), _number_value(found[1]))


def _reading_key(measure: Measure, rule: str) -> str:
    return f"{measure_key(measure)}/{rule}" if rule else measure_key(measure)


def _fact_json(value: FactValue) -> Any:
    return {"date": value.isoformat()} if isinstance(value, date) else value


def _fact_value(value: Any) -> FactValue:
    if isinstance(value, dict):
        return date.fromisoformat(value["date"])
    return value  # type: ignore[no-any-return]


def _number_json(value: Number) -> Any:
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    return ("+" if value > 0 else "-") if isinstance(value, float) and math.isinf(value) else value


def _number_value(value: Any) -> Number:
    if isinstance(value, str):
        return {"+": math.inf, "-": -math.inf}.get(value) or Fraction(value)
    return value  # type: ignore[no-any-return]
