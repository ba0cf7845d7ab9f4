"""Every bundled pack is sound, tells its story in two languages, and its worked cases come out as they say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest

from rewards.decisions.situation import gate_of
from rewards.desk.cases import play, scene_of
from rewards.paths import bundled
from rewards.rulelang import packs
from rewards.rulelang.cases import Case
from rewards.rulelang.evaluation import Truth
from rewards.rulelang.gates import open_at
from rewards.rulelang.interpreter import evaluate
from rewards.rulelang.prose import Names, sentence

LIVE = packs.pack_folders(bundled("rules"))
PUBLISHED = packs.pack_folders(bundled("rules") / "published")
FOLDERS = (*LIVE, *PUBLISHED)


@cache
def _pack(folder: Path) -> packs.Pack:
    return packs.load_pack(folder)


def _cases() -> list[tuple[Path, Case]]:
    return [(folder, case) for folder in FOLDERS for case in packs.load_cases(_pack(folder).cases_text, folder.name)]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_pack_has_no_problem_and_a_readme(folder: Path) -> None:
    problems = [each for each in _pack(folder).diagnostics if each.code != "readings_meet"]
    assert problems == []
    assert (folder / "README.md").read_text(encoding="utf-8").startswith("# ")


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_of_every_text_with_two_readings_the_author_is_asked_which_is_meant(folder: Path) -> None:
    readings = defaultdict(set)
    for rule in _pack(folder).rules:
        if rule.reading_of is not None:
            readings[rule.reading_of].add(rule.id)
    asked = {one.span for one in _pack(folder).diagnostics if one.code == "readings_meet"}
    assert all(len(rules) > 1 for rules in readings.values())
    assert len(asked) == sum(len(rules) - 1 for rules in readings.values())
    assert folder in PUBLISHED or not readings


@pytest.mark.parametrize(("folder", "case"), _cases(), ids=lambda value: getattr(value, "name", str(value)))
def test_a_worked_case_comes_out_as_it_says(folder: Path, case: Case) -> None:
    pack = _pack(folder)
    verdict = play(case, packs.rule_set(pack.rules, pack.perks, 0))
    assert verdict.passed, f"{folder.name}/cases.yaml:{case.line} {verdict.detail}"


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_interpreter_and_compiler_say_the_same_of_every_worked_case(folder: Path) -> None:
    pack = _pack(folder)
    rules = {rule.id: rule for rule in pack.rules}
    for case in packs.load_cases(pack.cases_text, folder.name):
        rule = rules[case.rule]
        scene = scene_of(case, packs.rule_set((rule,), pack.perks, 0))
        gate = gate_of(scene.situation)
        matches = scene.compiled.match(gate, scene.facts)
        said = Truth.TRUE if matches.granted else Truth.UNKNOWN if matches.unknown else Truth.FALSE
        meant = evaluate(rule.when, scene.facts, rule.id) if open_at(rule, gate) else Truth.FALSE
        assert said is meant, case.name


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_rule_has_a_case_that_gives_and_one_that_does_not(folder: Path) -> None:
    pack = _pack(folder)
    expected: dict[str, set[str]] = defaultdict(set)
    for case in packs.load_cases(pack.cases_text, folder.name):
        expected[case.rule].add(case.expected)
    for rule in pack.rules:
        given = "granted" if rule.approval is None else "pending"
        assert given in expected[rule.id], rule.id
        assert expected[rule.id] - {given}, rule.id


@pytest.mark.parametrize("folders", [LIVE, PUBLISHED, FOLDERS], ids=["live", "published", "all"])
def test_all_packs_live_together_and_no_two_rules_read_the_same(folders: Sequence[Path]) -> None:
    loaded = [_pack(folder) for folder in folders]
    rule_set = packs.build_rule_set(loaded, 1)
    names = Names(perks=rule_set.perks)
    for language in ("en", "nl"):
        told = [sentence(rule, language, names) for rule in rule_set.rules]
        assert len(set(told)) == len(told)
        assert all(text.endswith(".") for text in told)


def test_rules_of_other_programmes_are_not_published_with_ours() -> None:
    assert PUBLISHED
    assert "published" not in {folder.name for folder in LIVE}
    ours = {rule.id for folder in LIVE for rule in _pack(folder).rules}
    theirs = {rule.id for folder in PUBLISHED for rule in _pack(folder).rules}
    assert not ours & theirs
