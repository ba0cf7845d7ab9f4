"""The rows of `tests/conformance/companions.yaml`: which linked guests are here too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from rewards.domain.link import LinkKind
from rewards.history.effective import effective
from rewards.history.presence import Companions, Linked
from rewards.history.tally import Tallied, tally
from rewards.rulelang.evaluation import UNKNOWN_READING
from rewards.rulelang.nodes import Aggregate, Measure, Rolling, RollingHours, Scope, ScopeKind, Series
from tests.history.people import at, group, local
from tests.history.test_rank_rows import NOW, coverage, expected, fact, measure_of

ROWS: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parents[1] / "conformance" / "companions.yaml").read_text(encoding="utf-8")
)


def companions(row: dict[str, Any]) -> Companions:
    """What everybody did, seen by Ana."""
    lives = {name: [fact(did, Series.CHECK_INS, name) for did in dids] for name, dids in row["did"].items()}
    tallied = Tallied(one for name, life in lives.items() for one in tally(name, effective(life)))
    kinds = {name: [said] if isinstance(said, str) else said for name, said in row["linked"].items()}
    return Companions(tallied, Linked({name: [LinkKind(kind) for kind in said] for name, said in kinds.items()}), "ana")


@pytest.mark.parametrize("row", ROWS, ids=[row["name"] for row in ROWS])
def test_it_holds_that(row: dict[str, Any]) -> None:
    here = at(local(NOW), within=group(*coverage(row)))
    assert companions(row).read(measure_of(row["asks"]), here) == expected(row["reads"])


def test_names_are_unique() -> None:
    assert len({row["name"] for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize(
    "measure",
    [
        Measure(Series.CHECK_INS, Aggregate.COMPANIONS, window=Rolling(1)),
        Measure(Series.VISITS, Aggregate.COMPANIONS, window=RollingHours(3)),
        Measure(Series.CHECK_INS, Aggregate.COMPANIONS, window=RollingHours(3), scope=Scope(ScopeKind.GROUP)),
    ],
    ids=["days", "visits", "group"],
)
def test_what_no_document_can_say_is_not_known(measure: Measure) -> None:
    row = {"did": {"ben": ["0@14:00"]}, "linked": {"ben": "friend"}}
    assert companions(row).read(measure, at(local(NOW))) == UNKNOWN_READING
