"""Links resolve, every setting and plugin is documented, and the README's commands are those of the Makefile."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rewards.pluginhost.discover import discover
from rewards.settings import documented

ROOT = Path(__file__).resolve().parents[2]
SKIPPED = {".venv", "var", "build", "dist", "node_modules"}
PAGES = [path for path in sorted(ROOT.rglob("*.md")) if not SKIPPED.intersection(path.relative_to(ROOT).parts)]
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_resolve(page: Path) -> None:
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


@pytest.mark.parametrize("setting", documented(), ids=lambda setting: setting.variable)
def test_every_setting_is_in_the_operators_guide(setting: object) -> None:
    guide = (ROOT / "docs" / "guides" / "settings.md").read_text(encoding="utf-8")
    variable, default = setting.variable, setting.default
    assert f"| `{variable}` | `{default}` |" in guide


def test_every_plugin_is_in_the_list() -> None:
    listed = (ROOT / "plugins" / "README.md").read_text(encoding="utf-8")
    for name, manifest in discover().items():
        assert f"`{name}`" in listed
        assert (manifest.folder / "README.md").is_file()


def test_every_rule_pack_is_in_the_list() -> None:
    listed = (ROOT / "rules" / "README.md").read_text(encoding="utf-8")
    for folder in sorted((ROOT / "rules").glob("*/rules.yaml")):
        assert f"`{folder.parent.name}`" in listed


def test_the_readme_opens_with_a_question_and_names_commands_that_exist() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert readme.index("POST /v1/decisions") < readme.index("make run") < readme.index("make test")
    for command in set(re.findall(r"(?:^|`)make ([a-z]+)", readme, re.MULTILINE)):
        assert re.search(rf"^{command}:", makefile, re.MULTILINE), command
