"""Steps of a grant: taken, or refused without a trace."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rewards.errors import RewardsError
from rewards.ledger.ports import GrantRow, Store
from tests.stage import Stage

Act = Callable[[Store], GrantRow]


def step(stage: Stage, act: Act) -> GrantRow:
    """Take it; the grant as it stands then."""
    return stage.database.run_writing(act)


def refused(stage: Stage, act: Act) -> str:
    """The code under which it is refused; nothing was written."""
    before = stage.count("grant_event"), stage.count("entry")
    with pytest.raises(RewardsError) as caught:
        step(stage, act)
    assert (stage.count("grant_event"), stage.count("entry")) == before
    return caught.value.code.name
