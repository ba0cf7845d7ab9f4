"""The table of published rules names every row, every rule where it stands, and what is refused."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from rewards.paths import bundled
from rewards.rulelang import packs
from tests.rulelang.documents.reports import ERRORS, diagnose

PAGE = Path(__file__).resolve().parents[2] / "docs" / "published-rules.md"
NUMBERS = {
    "A": (1, 2, 3, 4, 6, 8, 9, 10, 11, 12, 14, 15, 16, 18, 19, 21, 22, 24, 26, 27, 28),
    "B": (2, 3, 5, 6, 8, 9, 10, 11, 12, 15, 16),
    "C": (2, 5, 6, 7, 8, 11, 12, 13, 14, 15, 17, 18, 19, 21, 22, 24, 25),
    "D": (1, 4, 5, 6, 7, 8, 9, 11, 12, 13),
    "E": (1, 3, 5, 6, 7, 8),
    "F": (1, 3, 4, 5, 6, 8, 10, 11, 12, 14, 17, 18, 19, 20, 21, 22),
    "G": (2, 4, 5, 7, 10, 11, 13),
}
ROWS = [f"{group}{number}" for group, numbers in NUMBERS.items() for number in numbers]
STATES = ("said", "partly", "waits", "missing", "refused")
LINE = re.compile(r"^\| ([A-G]\d+) \| (.+) \| (\w+) \| (.*) \| (.*) \|$", re.MULTILINE)
PACK = re.compile(r"\[(\w+)\]\(\.\./rules/published/(\w+)/rules\.yaml\): ((?:`[a-z0-9-]+`(?:, )?)+)")
COUNTS = re.compile(
    r"^(\d+) are said, (\d+) partly, (\d+) wait, (\d+) are missing and (\d+) are refused\.$", re.MULTILINE
)


@dataclass(frozen=True)
class Row:
    """A line of the table; `rules` by the pack that is named for them."""

    id: str
    short: str
    state: str
    where: str
    missing: str

    @property
    def rules(self) -> dict[str, list[str]]:
        return {pack: re.findall(r"`([^`]+)`", ids) for _, pack, ids in PACK.findall(self.where)}


TEXT = PAGE.read_text(encoding="utf-8")
TABLE = [Row(*found) for found in LINE.findall(TEXT)]
STANDING = {
    folder.name: {rule.id for rule in packs.load_pack(folder).rules}
    for folder in packs.pack_folders(bundled("rules") / "published")
}


def test_every_row_has_a_line_in_order() -> None:
    assert len(ROWS) == 88
    assert [row.id for row in TABLE] == ROWS


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.id)
def test_a_line_names_rules_that_stand_where_it_says(row: Row) -> None:
    for pack, ids in row.rules.items():
        assert set(ids) <= STANDING[pack]
        assert all(rule.startswith(f"{row.id.lower()}-") for rule in ids)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.id)
def test_a_line_says_what_is_there_and_what_is_not(row: Row) -> None:
    assert row.state in STATES
    assert bool(row.rules) == (row.state in ("said", "partly"))
    assert bool(row.missing) or row.state in ("said", "refused")


def test_every_rule_of_the_packs_is_in_the_table() -> None:
    named: Counter[tuple[str, str]] = Counter(
        (pack, rule) for row in TABLE for pack, ids in row.rules.items() for rule in ids
    )
    assert set(named) == {(pack, rule) for pack, rules in STANDING.items() for rule in rules}
    assert set(named.values()) == {1}


def test_the_numbers_above_the_table_are_those_of_the_table() -> None:
    told = COUNTS.search(TEXT)
    assert told is not None
    states = Counter(row.state for row in TABLE)
    assert [int(number) for number in told.groups()] == [states[state] for state in STATES]


def test_a_rule_by_influence_is_refused_wherever_the_score_stands() -> None:
    refused = [row for row in TABLE if row.state == "refused"]
    assert [row.id for row in refused] == ["D12", "D13"]
    assert all("tests/conformance/errors/klout.yaml" in row.where for row in refused)
    problems = diagnose(ERRORS / "klout.yaml")
    assert {problem.code for problem in problems} == {"influence_refused"}
    assert len(problems) == 3


def test_every_published_pack_is_in_the_list() -> None:
    listed = (bundled("rules") / "published" / "README.md").read_text(encoding="utf-8")
    assert all(f"`{pack}`" in listed for pack in STANDING)
