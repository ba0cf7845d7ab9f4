"""The wheel holds the engine with its plugins and rule packs inside, and nothing beside it."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_wheel_holds_only_the_engine(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    names = zipfile.ZipFile(next(tmp_path.glob("*.whl"))).namelist()
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"rewards"}
    assert "rewards/_bundled/plugins/foursquare_tsmc/plugin.toml" in names
    assert "rewards/_bundled/rules/fortnightly_regular/rules.yaml" in names
    assert "rewards/_bundled/rules/published/hotel_status/cases.yaml" in names
    assert not [name for name in names if "/tests/" in name or name.endswith(".pyc")]
