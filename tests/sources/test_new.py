"""A new source works as it is written, and a source that was packaged elsewhere is found and run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from rewards.errors import RewardsError
from rewards.pluginhost.template import new_plugin
from tests.cli.command import Command
from tests.cli.conftest import bare, rewards

__all__ = ["bare", "rewards"]

ROOT = Path(__file__).resolve().parents[2]
SAID = {"bill": {"id": "B-9", "version": 1, "closed_at": "2026-11-01T20:10:00+01:00", "outlet": "bar", "card": "00412",
                 "total": 12.5, "currency": "EUR"}}  # fmt: skip


def python(*arguments: str, path: Path = ROOT, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(path), str(ROOT)])}
    return subprocess.run(
        [sys.executable, *arguments], check=False, capture_output=True, text=True, env=environment, cwd=cwd
    )


def test_a_new_source_has_tests_that_pass_and_fail_once_it_is_broken(
    rewards: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REWARDS_PLUGINS_DIR", str(tmp_path / "own"))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    made = Path(rewards.good("plugins", "new", "acme-till", "--json").json["folder"])
    assert made == tmp_path / "own" / "acme_till"
    assert "acme-till" in rewards.good("plugins", "list").out
    assert rewards.good("plugins", "test", "acme-till", "--suite", "--json").json[0]["problems"] == []
    code = made / "__init__.py"
    code.write_text(code.read_text(encoding="utf-8").replace("check_hmac(message", "(message"), encoding="utf-8")
    broken = python("-m", "pytest", str(made / "tests"), "-q", "-k", "signature or secret", cwd=tmp_path)
    assert broken.returncode == 1
    assert "2 failed" in broken.stdout


@pytest.mark.parametrize("name", ["Acme", "acme_till", "", "a" * 41, "../acme", "acme-"])
def test_a_name_that_is_none_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(RewardsError) as caught:
        new_plugin(name, tmp_path)
    assert caught.value.code.name == "field_invalid"
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written_over(tmp_path: Path) -> None:
    new_plugin("acme-till", tmp_path)
    with pytest.raises(RewardsError) as caught:
        new_plugin("acme-till", tmp_path)
    assert caught.value.code.name == "already_exists"


PROJECT = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "harbour-till"
version = "1.0"

[project.entry-points."rewards.sources"]
harbour-till = "harbour_till"

[tool.hatch.build.targets.wheel]
packages = ["harbour_till"]
"""

STORY = """
import json, sys
from pathlib import Path
from rewards.pluginhost.discover import survey
from rewards.sdk import hmac_hex
from rewards.sdk.testing import Call, House

folder = survey().manifests["harbour-till"].folder
assert Path(sys.argv[1]) in folder.parents, folder
house = House(folder, Path(sys.argv[2]))
connection = house.connect({"signing_secret": "s", "outlets": {"bar": "harbour"}})
body = sys.argv[3].encode()
told = house.send(connection, Call(body, {"X-Signature": hmac_hex("s", body)}))
house.settle()
print(json.dumps([told.status, [one.amount_minor for one in house.facts(connection)], house.defects]))
house.close()
"""


def test_a_source_that_was_packaged_elsewhere_is_found_and_run(tmp_path: Path) -> None:
    project, site, home = tmp_path / "project", tmp_path / "site", tmp_path / "home"
    home.mkdir()
    new_plugin("harbour-till", project)
    (project / "pyproject.toml").write_text(PROJECT, encoding="utf-8")
    built = python("-m", "hatchling", "build", "-t", "wheel", cwd=project)
    assert built.returncode == 0, built.stderr
    (wheel,) = (project / "dist").glob("*.whl")
    installed = python("-m", "pip", "install", "--no-index", "--no-deps", "--quiet", "--target", str(site), str(wheel))
    assert installed.returncode == 0, installed.stderr
    told = python("-c", STORY, str(site), str(home), json.dumps(SAID), path=site, cwd=tmp_path)
    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout.splitlines()[-1]) == [202, [1_250], []]
