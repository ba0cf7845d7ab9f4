"""Which own route a call is for: by method and path, in any number of threads at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from rewards.pluginhost.host import Plugin
from rewards.pluginhost.manifest import read_manifest
from rewards.pluginhost.routes import find_route
from rewards.sdk import LiveSource, Route


class Till(LiveSource):
    """Routes of every form."""

    routes = (
        Route("GET", "", "challenge"),
        Route("GET", "/loyalty/<card>", "search"),
        Route("GET", "/loyalty/offers", "offers"),
        Route("POST", "/loyalty/<card>/bills/<bill>", "bill"),
        Route("GET", "/v1.0/x", "dotted"),
    )


PLUGIN = Plugin(read_manifest(Path(__file__).parent / "plugins" / "toy_till"), Till())


@pytest.mark.parametrize(
    ("method", "path", "handler", "parts"),
    [
        ("GET", "", "challenge", {}),
        ("HEAD", "/loyalty/00412", "search", {"card": "00412"}),
        ("GET", "/loyalty/00412", "search", {"card": "00412"}),
        ("GET", "/loyalty/00412/", "search", {"card": "00412"}),
        ("GET", "/loyalty/offers", "offers", {}),
        ("POST", "/loyalty/00412/bills/B 1", "bill", {"card": "00412", "bill": "B 1"}),
        ("GET", "/v1.0/x", "dotted", {}),
    ],
)
def test_a_call_finds_its_route(method: str, path: str, handler: str, parts: dict[str, str]) -> None:
    found = find_route(PLUGIN, method, path)
    assert found is not None
    assert (found[0].handler, found[1]) == (handler, parts)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", ""), ("POST", "/loyalty/00412"), ("GET", "/loyalty"), ("GET", "/loyalty/"), ("GET", "/loyalty/a/b"),
        ("GET", "/loyalty//"), ("GET", "/v1x0/x"), ("GET", "/LOYALTY/1"), ("POST", "/loyalty//bills/1"),
    ],
)  # fmt: skip
def test_no_other_call_finds_one(method: str, path: str) -> None:
    assert find_route(PLUGIN, method, path) is None


def test_threads_that_look_at_once_all_find_it() -> None:
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda n: find_route(PLUGIN, "GET", f"/loyalty/{n}"), range(2_000)))
    assert [one[1] for one in found if one is not None] == [{"card": str(n)} for n in range(2_000)]
