"""What a decision read keeps its name, so that it is found again years later."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from rewards.decisions.facts import measure_key
from rewards.rulelang.nodes import Measure, Rolling, Series

STAYS = Measure(Series.STAYS, window=Rolling(180))


def test_a_measure_is_named_by_what_a_document_says_of_it() -> None:
    said = '[{"measure":"stays","within":"180 days"},null]'
    assert measure_key(STAYS) == hashlib.sha256(said.encode()).hexdigest()[:16]


def test_the_newest_three_are_another_measure_than_all() -> None:
    assert len({measure_key(replace(STAYS, last=last)) for last in (None, 1, 3)}) == 3
