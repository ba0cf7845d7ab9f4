"""Rules that are looked at together, as one generated function.

Compiling holds the interpreter's lock for the whole of one function, so a function holds at most `CHUNK` rules:
decisions go on in between. A change of one rule makes only the functions anew that hold it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from rewards.rulelang.compiling.slots import Cells
from rewards.rulelang.compiling.source import RuleCode
from rewards.rulelang.nodes import Rule

CHUNK = 100
"""The most rules in one function."""

Entry = tuple[tuple[int, str], Rule]
Hit = Callable[[Entry], None]
Run = Callable[[Cells, int, int, int, Hit, Hit], None]
"""(cells, day's ordinal, ISO weekday, minute of the day, what takes a sure hit, what takes an unknown one)."""


@dataclass(frozen=True, slots=True, eq=False)
class Chunk:
    """Some rules and the function that tests them all."""

    codes: tuple[RuleCode, ...]
    run: Run


Bucket = tuple[Chunk, ...]
"""All rules of one moment and place."""


class ChunkMaker:
    """Makes chunks; one that holds the same rules for several moments or places is made once."""

    def __init__(self) -> None:
        self._made: dict[tuple[int, ...], Chunk] = {}

    def chunk(self, codes: Iterable[RuleCode]) -> Chunk:
        """The chunk of these rules, in any order; at most CHUNK of them."""
        ordered = tuple(sorted(codes, key=_number))
        key = tuple(code.number for code in ordered)
        if key not in self._made:
            self._made[key] = Chunk(ordered, _function(ordered))
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


def _function(codes: Sequence[RuleCode]) -> Run:
    namespace: dict[str, Any] = {"__builtins__": {}}
    for code in codes:
        namespace[f"e{code.number}"] = code.entry
        namespace.update(code.constants)
    # The text holds only what `source` wrote: operators, slot numbers and integers, never a word of a document.
    exec(compile(_text(codes), "<rules>", "exec"), namespace)  # noqa: S102
    made: Run = namespace.pop("run")
    return made


def _text(codes: Sequence[RuleCode]) -> str:
    facts = sorted(frozenset().union(*(code.facts for code in codes)))
    measures = sorted(frozenset().union(*(code.measures for code in codes)))
    lines = ["def run(s, d, w, t, sure, maybe):"]
    lines += [f" f{slot} = s[{slot}]" for slot in facts]
    lines += [f" m{slot} = None" for slot in measures]
    for code in codes:
        lines += _rule_lines(code)
    return "\n".join([*lines, " return None", ""])


def _rule_lines(code: RuleCode) -> list[str]:
    hit = f"e{code.number}"
    return [
        f" if {code.possible}:",
        f"  if {code.sure}: sure({hit})",
        f"  else: maybe({hit})",
    ]
