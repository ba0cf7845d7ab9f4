"""Mappings are kept by source and name, replaced whole, and each change leaves a line in the trail."""

from __future__ import annotations

import pytest

from rewards.errors import FIELD_INVALID, MAPPING_UNKNOWN, RewardsError
from rewards.intake import mappings
from rewards.intake.mappings import find, forget, save
from rewards.storage.engine import SqlDatabase
from tests.storage.people import NOON


def test_a_mapping_is_kept_replaced_and_forgotten(database: SqlDatabase) -> None:
    with database.writing() as store:
        assert save(store, "files", "pms", {"kind": "stay"}, by="ana", at=NOON)
        assert not save(store, "files", "pms", {"kind": "spend"}, by="ben", at=NOON)
        assert not save(store, "files", "pms", {"kind": "spend"}, by="cas", at=NOON)
        assert save(store, "files", "bar", {"b": "first", "a": "second"}, by="ana", at=NOON)
    with database.reading() as store:
        saved = find(store, "files", "pms")
        assert (saved.document, saved.saved_by, saved.saved_at) == ('{"kind": "spend"}', "ben", NOON)
        assert find(store, "files", "bar").document == '{"b": "first", "a": "second"}'
        assert [one.name for one in store.mappings.all("files")] == ["bar", "pms"]
        assert store.mappings.all("tills") == []
    with database.writing() as store:
        forget(store, "files", "pms", by="ana", at=NOON)
    with database.reading() as store:
        with pytest.raises(RewardsError, match="“pms”") as unknown:
            find(store, "files", "pms")
        assert unknown.value.code is MAPPING_UNKNOWN
        assert [line.action for line in store.audit.page(0, 10)] == ["mapping.put"] * 3 + ["mapping.remove"]


def test_names_sizes_and_numbers_are_bounded(database: SqlDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mappings, "MOST", 1)
    with database.writing() as store:
        save(store, "files", "pms", {"kind": "stay"}, by="ana", at=NOON)
        for name, document in (("P", {}), ("", {}), ("a" * 41, {}), ("bar", {}), ("pms", {"x": "y" * 70_000})):
            with pytest.raises(RewardsError) as refused:
                save(store, "files", name, dict(document), by="ana", at=NOON)
            assert refused.value.code is FIELD_INVALID
