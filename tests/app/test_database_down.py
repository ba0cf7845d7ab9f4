"""A web worker that starts while the database is away says so to whoever calls, and lives."""

from __future__ import annotations

from pathlib import Path

import pytest

from rewards.app import create_app
from rewards.errors import DATABASE_DOWN, RewardsError
from rewards.settings import Settings


def test_a_worker_that_starts_while_the_database_is_away_answers_503(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, database_url=f"postgresql://rewards@/nowhere?host={tmp_path}")
    client = create_app(settings).test_client()
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 503
    answer = client.get("/v1/perks", headers={"Authorization": "Bearer anybody"})
    assert (answer.status_code, answer.get_json()["code"]) == (503, DATABASE_DOWN.name)
    assert answer.headers["Retry-After"] == "5"


def test_tables_that_were_never_made_are_no_reason_to_start(tmp_path: Path) -> None:
    with pytest.raises(RewardsError, match="rewards migrate") as refused:
        create_app(Settings(home=tmp_path))
    assert refused.value.code is DATABASE_DOWN
