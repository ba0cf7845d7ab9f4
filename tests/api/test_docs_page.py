"""The docs page: served from the package, without anything from elsewhere, and working under its own policy."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import sync_playwright
from werkzeug.serving import make_server

from rewards.api.blueprint import ENDPOINTS
from tests.api.client import Api, open_api


def chromium() -> str | None:
    """The browser of the machine."""
    return next(
        (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
    )


@pytest.fixture(params=["", "/loyalty"])
def mounted(request: pytest.FixtureRequest, sqlite_file: Path, tmp_path: Path) -> Iterator[Api]:
    made = open_api(f"sqlite:///{sqlite_file}", tmp_path, prefix=request.param)
    yield made
    made.database.close()


def test_nothing_is_inline_and_nothing_comes_from_elsewhere(mounted: Api) -> None:
    client = mounted.app.test_client()
    page = client.get(f"{mounted.prefix}/docs")
    assert page.status_code == 200
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert re.findall(r"<script(?![^>]*src=)", page.text) == []
    assert re.findall(r"https?://", page.text) == []
    addresses = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert len(addresses) >= 4
    for address in addresses:
        assert address.startswith(f"{mounted.prefix}/docs/")
        assert client.get(address).status_code == 200, address
    for endpoint in ENDPOINTS:
        path = re.sub(r"<(\w+)>", r"{\1}", endpoint.rule)
        assert f"{endpoint.method} /v1{path}" in page.text


@pytest.mark.parametrize("name", ["../__init__.py", "index.html", "..%2f__init__.py", "swagger-ui.js.map"])
def test_only_what_the_page_needs_is_served(mounted: Api, name: str) -> None:
    assert mounted.app.test_client().get(f"{mounted.prefix}/docs/assets/{name}").status_code == 404


def test_it_works_in_a_browser(mounted: Api) -> None:
    browser_path = chromium()
    if browser_path is None:
        pytest.skip("no Chromium on this machine")
    server = make_server("127.0.0.1", 0, mounted.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    said: list[Any] = []
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
            page = browser.new_page()
            page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
            page.on("pageerror", lambda error: said.append(str(error)))
            page.goto(f"http://127.0.0.1:{server.server_port}{mounted.prefix}/docs")
            page.wait_for_selector("#operations-decisions-post_decisions")
            operations = page.locator(".opblock").count()
            page.locator("#operations-decisions-post_decisions .opblock-summary-control").click()
            page.wait_for_selector("text=Idempotency-Key")
            browser.close()
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert operations == len(ENDPOINTS)
    assert said == []
