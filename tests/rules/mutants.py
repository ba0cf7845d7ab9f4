"""How well the worked cases of a pack know its rules: `python -m tests.rules.mutants [FOLDER…]`.

Every rule is changed in each smallest way and its cases are played. A change that some case notices is killed; one
that none notices survives, which means that a case is missing or that the changed rule means the same. Those of the
second kind stand in `EQUIVALENT` with the reason; an entry that no longer survives is an error too.

Without folders: every pack of `rules/` and `rules/published/`. Exit status 1 where a survivor is unexplained.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from rewards.desk.cases import play
from rewards.paths import bundled
from rewards.rulelang import packs
from rewards.rulelang.cases import Case
from rewards.rulelang.nodes import Rule, RuleSet
from tests.rules.equivalent import EQUIVALENT
from tests.rules.mutations import Mutant, of_rule


@dataclass(frozen=True, slots=True)
class Survivor:
    """A change that no case noticed: where the rule stands, and what was changed in it."""

    place: str
    rule: str
    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.place} {self.rule}: {self.where}: {self.what}"


@dataclass(frozen=True, slots=True)
class Score:
    """What became of the mutants of a pack; `explained` survived as they should, `stale` should have but did not."""

    pack: str
    mutants: int
    killed: int
    survivors: tuple[Survivor, ...]
    explained: int = 0
    stale: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether every change is noticed or explained."""
        return not self.survivors and not self.stale


@dataclass(slots=True)
class _Tally:
    mutants: int = 0
    survivors: list[Survivor] = field(default_factory=list)
    explained: set[tuple[str, str, str]] = field(default_factory=set)


def every_pack() -> tuple[Path, ...]:
    """The packs of `rules/` and of `rules/published/`."""
    return (*packs.pack_folders(bundled("rules")), *packs.pack_folders(bundled("rules") / "published"))


def score(folder: Path) -> Score:
    """Play every mutant of a pack against the pack's cases."""
    pack = packs.load_pack(folder)
    rule_set = packs.build_rule_set([pack], 0)
    return score_cases(pack.name, rule_set, packs.load_cases(pack.cases_text, pack.name))


def score_cases(pack: str, rule_set: RuleSet, cases: Sequence[Case]) -> Score:
    """Play every mutant of some rules against some cases."""
    tally = _Tally()
    for rule in rule_set.rules:
        _try_rule(pack, rule_set, rule, [case for case in cases if case.rule == rule.id], tally)
    names = {rule.id for rule in rule_set.rules}
    stale = [": ".join(key) for key in EQUIVALENT if key[0] in names and key not in tally.explained]
    alive = len(tally.survivors) + len(tally.explained)
    return Score(
        pack, tally.mutants, tally.mutants - alive, tuple(tally.survivors), len(tally.explained), tuple(sorted(stale))
    )


def _try_rule(pack: str, rule_set: RuleSet, rule: Rule, cases: list[Case], tally: _Tally) -> None:
    for mutant in of_rule(rule):
        tally.mutants += 1
        if _killed(mutant, rule_set, cases):
            continue
        key = (rule.id, mutant.where, mutant.what)
        if key in EQUIVALENT:
            tally.explained.add(key)
        else:
            place = f"{pack}/{packs.RULES_FILE}:{rule.span.line}"
            tally.survivors.append(Survivor(place, *key))


def _killed(mutant: Mutant, rule_set: RuleSet, cases: list[Case]) -> bool:
    """Whether a case fails. The one that did goes to the front: what noticed one change often notices the next."""
    changed = replace(rule_set, rules=(mutant.rule,))
    for index, case in enumerate(cases):
        if not play(case, changed).passed:
            cases.insert(0, cases.pop(index))
            return True
    return False


def report(scores: Iterable[Score]) -> list[str]:
    """The scores as lines of text: each pack, then each survivor, then all together."""
    scores = list(scores)
    lines = [f"{one.pack}: {one.killed} of {one.mutants} killed, {one.explained} equivalent" for one in scores]
    lines += [f"survives: {survivor}" for one in scores for survivor in one.survivors]
    lines += [f"stale: {what}" for one in scores for what in one.stale]
    mutants, killed = sum(one.mutants for one in scores), sum(one.killed for one in scores)
    return [*lines, f"{killed} of {mutants} mutants killed, {sum(one.explained for one in scores)} equivalent"]


def main(arguments: Sequence[str]) -> int:
    """Score the folders given, or every pack; 0 where nothing survives unexplained."""
    folders = [Path(argument).resolve() for argument in arguments] or every_pack()
    scores = [score(folder) for folder in folders]
    print("\n".join(report(scores)))
    return 0 if all(one.complete for one in scores) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
