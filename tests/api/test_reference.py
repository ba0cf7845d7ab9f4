"""The page of the API says what is so."""

from __future__ import annotations

import json
import re

import pytest

from rewards.api.keys import SCOPES
from rewards.api.problems import STATUS, status_of
from rewards.api.reference import ELSEWHERE, SCOPE_ABOUT, TABLES, filled, named_in
from rewards.errors import Category, RewardsError, all_codes
from tests.api.client import Api
from tests.api.reference_page import PAGE

TEXT = PAGE.read_text(encoding="utf-8")


def test_every_table_is_current_and_stands_there_once() -> None:
    assert filled(TEXT) == TEXT
    assert sorted(named_in(TEXT)) == sorted(TABLES)


def test_every_code_stands_there_or_belongs_to_another_face() -> None:
    told = set(re.findall(r"^\| `([a-z_]+)` \| \d", TEXT, re.MULTILINE))
    assert told | set(ELSEWHERE) == {code.name for code in all_codes()}
    assert told.isdisjoint(ELSEWHERE)


def test_every_category_has_a_status_and_every_scope_a_word() -> None:
    assert set(STATUS) == set(Category)
    assert set(SCOPE_ABOUT) == set(SCOPES)
    assert {status_of(RewardsError(code, "")) for code in all_codes()} <= {
        400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 500, 503,
    }  # fmt: skip


def test_the_example_is_answered_as_the_page_says(desk: Api) -> None:
    example = TEXT.partition("```\n")[2].partition("```")[0]
    key = re.search(r"Idempotency-Key: (\S+)", example)
    assert key is not None
    body = json.loads(example[example.index("{") :])
    desk.stays("card:00412", 14, 28, 42)
    answer = desk.post("/decisions", body, key=key.group(1))
    assert answer.status == 201
    assert {"perks", "near_misses", "withheld"} <= set(answer.json)
    assert desk.post("/decisions", body).status == 200


@pytest.mark.parametrize("word", ["hold_expires_at", "Idempotency-Replayed", "RateLimit-Remaining", "Retry-After"])
def test_it_speaks_of_what_integrators_look_for(word: str) -> None:
    assert word in TEXT
