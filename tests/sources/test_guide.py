"""What `docs/sources.md` shows works as it stands there."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from rewards.pluginhost.manifest import read_manifest
from rewards.sdk import hmac_hex
from rewards.sdk.testing import Call, Contract, House

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")


def block(language: str, number: int) -> str:
    """A block of code of the guide."""
    return re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)[number]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    folder, home = tmp_path / "plugins" / "acme_till", tmp_path / "home"
    folder.mkdir(parents=True)
    home.mkdir()
    (folder / "plugin.toml").write_text(block("toml", 0), encoding="utf-8")
    (folder / "__init__.py").write_text(block("python", 0), encoding="utf-8")
    made = House(folder, home)
    yield made
    made.close()


def test_the_manifest_is_one_and_names_every_key_of_a_live_source(tmp_path: Path) -> None:
    (tmp_path / "plugin.toml").write_text(block("toml", 0), encoding="utf-8")
    manifest = read_manifest(tmp_path)
    assert (manifest.name, manifest.live, manifest.calls_per_minute) == ("acme-till", True, 300)
    assert set(tomllib.loads(block("toml", 0))) >= {"api", "reads", "gives", "evidence", "hosts", "streams"}


def test_the_source_of_the_guide_records_a_bill_and_its_refund(house: House) -> None:
    connection = house.connect({"signing_secret": "s", "outlets": {"bar": "harbour"}})
    for version, refunded in ((1, 0), (2, 17.0)):
        bill = {
            "id": "B-1", "version": version, "closed_at": "2026-11-23T20:10:00+01:00", "outlet": "bar",
            "member": "00412", "total": 42.5, "refunded": refunded, "currency": "EUR",
        }  # fmt: skip
        body = json.dumps({"type": "bill", "bill": bill}).encode()
        told = house.send(connection, Call(body, {"X-Acme-Signature": hmac_hex("s", body)}))
        assert told.status == 202
    house.settle()
    assert house.defects == []
    assert [one.amount_minor for one in house.facts(connection)] == [2_550]


def test_every_question_of_the_suite_is_told_and_every_name_is_there() -> None:
    assert sum(name.startswith("test_") for name in dir(Contract)) == 14
    import rewards.sdk
    import rewards.sdk.testing

    for package, text in ((rewards.sdk, block("python", 0)), (rewards.sdk.testing, block("python", 1))):
        (names,) = re.findall(rf"from {package.__name__} import \(?(.*?)\)?\n\n", text, re.DOTALL)
        for name in re.findall(r"\w+", names):
            assert hasattr(package, name), name
