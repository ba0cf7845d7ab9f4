"""Plugins are found without running them; a broken one is named; two of one name refuse to start."""

from __future__ import annotations

from pathlib import Path

import pytest

from rewards.errors import RewardsError
from rewards.pluginhost.discover import discover, load_file_source, load_live_source, survey

GOOD = 'name = "{name}"\nsummary = "A test"\nversion = "1"\nreads = "file"\n'


def plugin(folder: Path, name: str, code: str = "", manifest: str = GOOD) -> Path:
    home = folder / name.replace("-", "_")
    home.mkdir(parents=True)
    (home / "plugin.toml").write_text(manifest.format(name=name))
    (home / "__init__.py").write_text(code)
    return folder


def refused(folder: Path, name: str) -> RewardsError:
    with pytest.raises(RewardsError) as caught:
        load_file_source(name, str(folder))
    return caught.value


def test_the_bundled_plugins_are_found_and_offer_what_a_file_source_offers() -> None:
    found = discover()
    assert {"foursquare-tsmc", "hotel-bookings", "cdnow-orders", "demonstration"} <= set(found)
    for name, manifest in found.items():
        if manifest.file:
            assert callable(load_file_source(name).rows)
        else:
            assert load_live_source(manifest).fields


def test_a_manifest_is_read_without_running_code(tmp_path: Path) -> None:
    plugin(tmp_path, "bomb", "raise SystemExit(1)")
    assert discover(str(tmp_path))["bomb"].summary == "A test"


def test_a_plugin_that_fails_to_load_is_named(tmp_path: Path) -> None:
    error = refused(plugin(tmp_path, "broken", "1 / 0"), "broken")
    assert error.code.name == "plugin_invalid"
    assert "“broken”" in error.message


def test_a_plugin_without_a_source_is_named(tmp_path: Path) -> None:
    assert "offers no `source`" in refused(plugin(tmp_path, "empty", "x = 1"), "empty").message


def test_two_of_one_name_refuse_to_start(tmp_path: Path) -> None:
    plugin(tmp_path, "cdnow-orders")
    with pytest.raises(RewardsError) as caught:
        discover(str(tmp_path))
    assert "Two plugins are called “cdnow-orders”" in caught.value.message


@pytest.mark.parametrize(
    ("manifest", "says"),
    [
        ('name = "Bad Name"\nreads = "file"', "is not valid"),
        ('name = "x"\nreads = "mind"', "reads is 'mind'"),
        ('name = "x"\nreads = "file"\nscore = 1', "“score” is not known"),
        ("name = ", "cannot be read"),
        ('name = "x"\nreads = "live"', "api is None"),
        ('name = "x"\nreads = ["live", "mind"]', "reads is"),
        ('name = "x"\nreads = "live"\napi = 1\ngives = ["fame"]', "gives is"),
        ('name = "x"\nreads = "live"\napi = 1\nhosts = ["https://x/"]', "hosts is"),
        ('name = "x"\nreads = "live"\napi = 1\ncalls_per_minute = -1', "calls_per_minute is"),
    ],
)
def test_a_bad_manifest_says_what_is_wrong(tmp_path: Path, manifest: str, says: str) -> None:
    plugin(tmp_path, "odd", "", manifest)
    with pytest.raises(RewardsError) as caught:
        discover(str(tmp_path))
    assert says in caught.value.message


def test_a_broken_plugin_takes_nothing_else_down(tmp_path: Path) -> None:
    plugin(tmp_path, "odd", "", "name = ")
    found = survey(str(tmp_path))
    assert "hotel-bookings" in found.manifests
    assert list(found.broken) == [str(tmp_path / "odd")]
    assert callable(load_file_source("hotel-bookings", str(tmp_path)).rows)


def test_two_of_one_name_refuse_though_others_are_broken(tmp_path: Path) -> None:
    plugin(tmp_path, "cdnow-orders")
    with pytest.raises(RewardsError):
        survey(str(tmp_path))


def test_an_unknown_source_is_told_which_there_are() -> None:
    with pytest.raises(RewardsError) as caught:
        load_file_source("nowhere")
    assert caught.value.code.name == "not_found"
    assert "hotel-bookings" in (caught.value.hint or "")
