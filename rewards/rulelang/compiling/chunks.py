"""Rules that are looked at together, as one generated function.

Compiling holds the interpreter's lock for the whole of one function, so a function holds at most `CHUNK` rules:
decisions go on in between. A change of one rule makes only the functions anew that hold it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from rewards.rulelang.compiling.slots import Readings, Slots
from rewards.rulelang.compiling.source import RuleCode

CHUNK = 100
"""The most rules in one function."""

Hit = Callable[[int], None]
Run = Callable[[list[Any], Readings, int, int, int, Hit, Hit], None]
"""(facts, readings, day's ordinal, ISO weekday, minute, what takes the number of a sure rule and of an unknown one)."""


@dataclass(frozen=True, slots=True, eq=False)
class Chunk:
    """Some rules, the function that tests them all, and the facts it reads."""

    codes: tuple[RuleCode, ...]
    run: Run
    facts: frozenset[int]


Bucket = tuple[Chunk, ...]
"""All rules of one moment and place."""


class ChunkMaker:
    """Makes chunks; one that holds the same rules for several moments or places is made once."""

    def __init__(self, slots: Slots) -> None:
        self._slots = slots
        self._made: dict[tuple[int, ...], Chunk] = {}

    def chunk(self, codes: Iterable[RuleCode]) -> Chunk:
        """The chunk of these rules, in any order; at most CHUNK of them."""
        ordered = tuple(sorted(codes, key=_number))
        key = tuple(code.number for code in ordered)
        if key not in self._made:
            self._made[key] = Chunk(ordered, _function(ordered, self._slots), _facts(ordered))
        return self._made[key]

    def bucket(self, codes: Sequence[RuleCode]) -> Bucket:
        """Chunks for any number of rules."""
        return tuple(self.chunk(codes[at : at + CHUNK]) for at in range(0, len(codes), CHUNK))

    def changed(self, bucket: Bucket, gone: Sequence[RuleCode], new: Sequence[RuleCode]) -> Bucket:
        """A bucket without some rules and with others, keeping every chunk that need not change.

        New rules go where others went first, then where there is room. A bucket that has become mostly gaps is cut
        afresh.
        """
        numbers = {code.number for code in gone}
        kept = [[code for code in chunk.codes if code.number not in numbers] for chunk in bucket]
        rules = sum(map(len, kept)) + len(new)
        if rules * 2 < CHUNK * (len(kept) - 1):
            return self.bucket([*(code for codes in kept for code in codes), *new])
        grown = _spread(kept, [len(codes) < len(chunk.codes) for codes, chunk in zip(kept, bucket, strict=True)], new)
        known = dict(zip(map(_numbers, (chunk.codes for chunk in bucket)), bucket, strict=True))
        return tuple(known.get(_numbers(codes)) or self.chunk(codes) for codes in grown if codes)


def _spread(kept: list[list[RuleCode]], touched: Sequence[bool], new: Sequence[RuleCode]) -> list[list[RuleCode]]:
    order = sorted(range(len(kept)), key=lambda at: not touched[at])
    waiting = list(new)
    for at in order:
        room = CHUNK - len(kept[at])
        kept[at].extend(waiting[:room])
        del waiting[:room]
    return [*kept, *(waiting[at : at + CHUNK] for at in range(0, len(waiting), CHUNK))]


def _number(code: RuleCode) -> int:
    return code.number


def _numbers(codes: Iterable[RuleCode]) -> tuple[int, ...]:
    return tuple(sorted(code.number for code in codes))


# --- the function ---------------------------------------------------------------------------------------------------


def _function(codes: Sequence[RuleCode], slots: Slots) -> Run:
    namespace: dict[str, Any] = {"__builtins__": {}}
    for slot in frozenset[int]().union(*(code.constants for code in codes)):
        namespace[f"c{slot}"] = slots.constant_at(slot)
    # The text holds only what `source` wrote: operators, slot numbers and integers, never a word of a document.
    exec(compile(_text(codes), "<rules>", "exec"), namespace)  # noqa: S102
    made: Run = namespace.pop("run")
    return made


def _text(codes: Sequence[RuleCode]) -> str:
    measures = sorted(frozenset[int]().union(*(code.measures for code in codes)))
    lines = ["def run(f, s, d, w, t, sure, maybe):"]
    lines += [f" f{slot} = f[{slot}]" for slot in sorted(_facts(codes))]
    lines += [f" m{slot} = None" for slot in measures]
    lines += [f" {name} = None" for name in sorted(frozenset[str]().union(*(code.amounts for code in codes)))]
    lines += _block([(list(code.possible), code) for code in codes], " ")
    return "\n".join([*lines, " return None", ""])


def _facts(codes: Sequence[RuleCode]) -> frozenset[int]:
    return frozenset[int]().union(*(code.facts for code in codes))


_Pending = tuple[list[str], RuleCode]
"""A rule with the tests that still have to be made."""


def _block(pending: Sequence[_Pending], indent: str) -> list[str]:
    """The tests of some rules. A test that several rules begin with or hold is made once for all of them."""
    lines: list[str] = []
    while pending:
        shared = _most_shared(pending) if len(indent) < _DEEPEST else None
        if shared is None:
            return lines + [line for tests, code in pending for line in _rule_lines(tests, code, indent)]
        lines.append(f"{indent}if {shared}:")
        inner = [([test for test in tests if test != shared], code) for tests, code in pending if shared in tests]
        lines += _block(inner, indent + " ")
        pending = [each for each in pending if shared not in each[0]]
    return lines


_DEEPEST = 8


def _most_shared(pending: Sequence[_Pending]) -> str | None:
    counts = Counter(test for tests, _ in pending for test in tests if "s[" not in test)
    most = max(counts.values(), default=0)
    return next(test for test, count in counts.items() if count == most) if most > 1 else None


def _rule_lines(tests: Sequence[str], code: RuleCode, indent: str) -> list[str]:
    known = " and ".join(code.sure) or "True"
    return [
        f"{indent}if {' and '.join(tests) or 'True'}:",
        f"{indent} if {known}: sure({code.number})",
        f"{indent} else: maybe({code.number})",
    ]
