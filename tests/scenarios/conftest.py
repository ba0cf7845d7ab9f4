"""The bundled packs live at two hotels, on both kinds of database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rewards.paths import bundled
from rewards.rulelang import canonical, packs
from tests.api.client import Api, open_api, stock


@pytest.fixture
def house(migrated_url: str, tmp_path: Path) -> Iterator[Api]:
    """Harbour Hotel in Rotterdam and Hudson House in New York, with every bundled pack live."""
    made = open_api(migrated_url, tmp_path)
    loaded = [packs.load_pack(folder) for folder in packs.pack_folders(bundled("rules"))]
    found = packs.build_rule_set(loaded, 1)
    texts = {"rules": canonical.dump_rules(found.rules), "perks": canonical.dump_perks(found.perks)}
    published = made.good("POST", "/rule-sets/publish", texts | {"note": "the bundled packs"})
    assert published["digest"] == found.digest
    for place in ("harbour", "hudson"):
        stock(made, "spa-entry", 4, place=place)
    yield made
    assert made.violations() == []
    made.database.close()
