"""Rule packs: a folder with `rules.yaml`, `perks.yaml`, `cases.yaml` and a README becomes part of a rule set."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rewards.domain.perk import Perk
from rewards.domain.property import Property
from rewards.errors import RULES_INVALID, RewardsError
from rewards.rulelang import canonical
from rewards.rulelang.cases import Case
from rewards.rulelang.catalogue import load_perks
from rewards.rulelang.checker import check_text
from rewards.rulelang.diagnostics import Diagnostic, Report, has_errors, in_order, make
from rewards.rulelang.document import compose
from rewards.rulelang.nodes import Counting, Rule, RuleSet
from rewards.rulelang.reading.cases import read_cases

RULES_FILE, PERKS_FILE, CASES_FILE = "rules.yaml", "perks.yaml", "cases.yaml"


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack as it was found: its rules without errors, its perks, the text of its cases, and every problem."""

    name: str
    rules: tuple[Rule, ...]
    perks: dict[str, Perk]
    cases_text: str
    diagnostics: tuple[Diagnostic, ...]
    countings: dict[str, Counting] = field(default_factory=dict)
    rules_text: str = ""
    perks_text: str = ""


def load_pack(folder: Path, *, properties: Sequence[Property] | None = None, known_rules: Collection[str] = ()) -> Pack:
    """The pack in a folder, checked.

    In:     the folder, whose name is the pack's. `rules.yaml` and `perks.yaml` must be there; `cases.yaml` may be.
            `properties` and `known_rules` as for `checker.check`.
    Errors: none is raised for what the files say; OSError where the folder cannot be read.
    """
    problems: list[Diagnostic] = []
    rules_text = _read(folder, RULES_FILE, problems)
    perks_text = _read(folder, PERKS_FILE, problems)
    cases_text = _read(folder, CASES_FILE, problems) if (folder / CASES_FILE).exists() else ""
    perks, perk_problems = load_perks(perks_text or "", f"{folder.name}/{PERKS_FILE}")
    filename = f"{folder.name}/{RULES_FILE}"
    rules: tuple[Rule, ...] = ()
    countings: dict[str, Counting] = {}
    if rules_text is not None:
        parsed, found = check_text(rules_text, perks, filename=filename, properties=properties, known_rules=known_rules)
        rules, countings = parsed.rules, parsed.countings
        problems += found
    everything = in_order((*problems, *perk_problems))
    return Pack(folder.name, rules, perks, cases_text or "", everything, countings, rules_text or "", perks_text or "")


def _read(folder: Path, name: str, problems: list[Diagnostic]) -> str | None:
    try:
        return (folder / name).read_text(encoding="utf-8")
    except FileNotFoundError:
        problems.append(make("file_missing", filename=f"{folder.name}/{name}", pack=folder.name, file=name))
    except UnicodeDecodeError:
        problems.append(make("file_unreadable", filename=f"{folder.name}/{name}", file=name))
    return None


def pack_folders(root: Path) -> tuple[Path, ...]:
    """The folders of a folder of packs, by name: each that holds a `rules.yaml`."""
    return tuple(sorted(folder for folder in root.iterdir() if (folder / RULES_FILE).is_file()))


def build_rule_set(packs: Iterable[Pack], version: int) -> RuleSet:
    """The rules and perks of all packs as one rule set of that version, with its digest.

    Errors: `rules_invalid` when a pack has errors, when two packs have a rule of one name, or a perk of one code with
            different content; its details hold every diagnostic as `to_json` gives it.
    """
    packs = tuple(packs)
    problems = [*(each for pack in packs for each in pack.diagnostics), *conflicts(packs)]
    if has_errors(problems):
        raise invalid(problems)
    return rule_set(*together(packs), version)


def together(packs: Sequence[Pack]) -> tuple[tuple[Rule, ...], dict[str, Perk]]:
    """The rules of packs without conflicts by id, and their perks by code."""
    rules = sorted((rule for pack in packs for rule in pack.rules), key=lambda rule: rule.id)
    perks = {code: perk for pack in packs for code, perk in pack.perks.items()}
    return tuple(rules), {code: perks[code] for code in sorted(perks)}


def rule_set(rules: Iterable[Rule], perks: dict[str, Perk], version: int) -> RuleSet:
    """A rule set with its digest, the rules by id, the perks by code; nothing is checked."""
    ordered = tuple(sorted(rules, key=lambda rule: rule.id))
    return RuleSet(ordered, {code: perks[code] for code in sorted(perks)}, version, canonical.digest(ordered, perks))


def invalid(problems: Iterable[Diagnostic]) -> RewardsError:
    """The refusal of rules with errors: its details hold every diagnostic."""
    ordered = in_order(problems)
    first = next(each for each in ordered if has_errors([each]))
    count = sum(has_errors([each]) for each in ordered)
    more = f" ({count - 1} more)" if count > 1 else ""
    return RewardsError(
        RULES_INVALID,
        f"{first.filename}:{first.span.line}:{first.span.column}: {first.message}{more}",
        hint=first.hint,
        details={"diagnostics": [each.to_json() for each in ordered]},
    )


def conflicts(packs: Sequence[Pack]) -> list[Diagnostic]:
    """What packs that are sound alone say differently: a rule of one name in two, a perk with two meanings."""
    problems: list[Diagnostic] = []
    rules: dict[str, str] = {}
    perks: dict[str, tuple[str, Perk]] = {}
    for pack in packs:
        for rule in pack.rules:
            other = rules.setdefault(rule.id, pack.name)
            if other != pack.name:
                filename = f"{pack.name}/{RULES_FILE}"
                problems.append(make("rule_conflict", rule.span, filename, rule=rule.id, pack=pack.name, other=other))
        for code, perk in pack.perks.items():
            other, known = perks.setdefault(code, (pack.name, perk))
            if known != perk:
                filename = f"{pack.name}/{PERKS_FILE}"
                problem = make("perk_conflict", filename=filename, perk=code, pack=pack.name, other=other)
                problems.append(problem)
    return problems


def read_case_text(text: str, filename: str = "") -> tuple[tuple[Case, ...], tuple[Diagnostic, ...]]:
    """The worked cases of a text, and every problem; an empty text has none of either."""
    report = Report(filename)
    cases = tuple(case for tree in compose(text, report) for case in read_cases(tree, report))
    return cases, in_order(report.diagnostics)


def load_cases(text: str, filename: str = "") -> tuple[Case, ...]:
    """The worked cases of a text. Errors: `rules_invalid` for any problem, with every diagnostic in its details."""
    cases, problems = read_case_text(text, filename)
    if has_errors(problems):
        raise invalid(problems)
    return cases
