"""Routes beside /v1: the OpenAPI document, the docs page, health, readiness, metrics."""

from __future__ import annotations

import json
import mimetypes
from collections.abc import Callable
from html import escape
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, url_for

from rewards.api.house import House
from rewards.api.problems import nothing_here
from rewards.clock import SKEW_REFUSES_S, SKEW_WARNS_S, skew_s
from rewards.errors import RewardsError

_ASSETS = ("swagger-ui.css", "swagger-ui-bundle.js", "swagger-ui-standalone-preset.js", "favicon-32x32.png")
_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Rewards API</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="{icon}"><link rel="stylesheet" href="{css}"></head>
<body><main><h1>Rewards API</h1>
<p>Base address <code>{base}</code>. Send <code>Authorization: Bearer lk_live_…</code>; make a key with
<code>rewards keys new</code>. Every write carries an <code>Idempotency-Key</code>: repeat a call with the same key and
you get the same answer, never a second effect. Refusals are problems (RFC 9457) with a stable <code>code</code>.</p>
<div id="ui"></div><noscript><h2>Routes</h2><ul>{routes}</ul></noscript></main>
<script src="{bundle}"></script><script src="{start}"></script></body></html>"""
_START = """SwaggerUIBundle({{url: {url}, dom_id: "#ui", deepLinking: true, persistAuthorization: false,
  presets: [SwaggerUIBundle.presets.apis]}});"""


def swagger_folder() -> Path:
    """Where the docs page's files lie: inside the package that carries them."""
    spec = find_spec("flask_swagger_ui")
    if spec is None or spec.origin is None:
        raise RuntimeError("the package flask-swagger-ui is not installed; the docs page needs its files")
    return Path(spec.origin).parent / "dist"


def add_meta(blueprint: Blueprint, house: House, document: Callable[[], dict[str, Any]], prefix: str) -> None:
    """Add the routes; `document` makes the OpenAPI document, `prefix` is where the engine is mounted."""
    folder = swagger_folder()

    @blueprint.get("/openapi.json")
    def openapi_json() -> Response:
        return _json(document())

    @blueprint.get("/docs")
    def docs() -> Response:
        def asset(name: str) -> str:
            return url_for(f"{blueprint.name}.docs_asset", name=name)

        routes = "".join(
            f"<li><code>{escape(method.upper())} {escape(path)}</code> {escape(what['summary'])}</li>"
            for path, methods in document()["paths"].items()
            for method, what in methods.items()
        )
        page = _PAGE.format(
            icon=asset("favicon-32x32.png"), css=asset("swagger-ui.css"), bundle=asset("swagger-ui-bundle.js"),
            start=url_for(f"{blueprint.name}.docs_start"), base=escape(f"{prefix}/v1"), routes=routes,
        )  # fmt: skip
        response = Response(page, mimetype="text/html")
        response.headers["Content-Security-Policy"] = _CSP
        return response

    @blueprint.get("/docs/start.js")
    def docs_start() -> Response:
        url = json.dumps(url_for(f"{blueprint.name}.openapi_json"))
        return Response(_START.format(url=url), mimetype="text/javascript")

    @blueprint.get("/docs/assets/<name>")
    def docs_asset(name: str) -> Response:
        if name not in _ASSETS:
            raise nothing_here(f"/docs/assets/{name}")
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        response = Response((folder / name).read_bytes(), mimetype=kind)
        response.headers["Cache-Control"] = "public, max-age=86400"
        return response

    _add_health(blueprint, house)


def _add_health(blueprint: Blueprint, house: House) -> None:
    @blueprint.get("/healthz")
    def healthz() -> Response:
        return _json({"status": "up"})

    @blueprint.get("/readyz")
    def readyz() -> Response:
        checks = readiness(house)
        return _json(checks, 200 if checks["ready"] else 503)

    @blueprint.get("/metrics")
    def metrics() -> Response:
        return Response(_metrics(house), mimetype="text/plain; version=0.0.4")


def readiness(house: House) -> dict[str, Any]:
    """Whether this worker can decide: the database answers, a rule set is live, the clocks agree."""
    try:
        with house.database.reading() as store:
            live = store.rule_sets.live()
            skew = round(skew_s(store.now_us(), house.clock), 3)
    except RewardsError as error:
        return {"ready": False, "database": error.code.name}
    return {
        "ready": live is not None and abs(skew) <= SKEW_REFUSES_S,
        "database": "up",
        "rule_set": live.version if live else None,
        "clock_skew_s": skew,
        "clock": "good" if abs(skew) <= SKEW_WARNS_S else "off",
    }


def _metrics(house: House) -> str:
    with house.database.reading() as store:
        counts = store.counts()
    lines = []
    for name, value in counts.items():
        lines += [f"# TYPE rewards_{name} gauge", f"rewards_{name} {value}"]
    return "\n".join(lines) + "\n"


def _json(value: Any, status: int = 200) -> Response:
    return Response(json.dumps(value, ensure_ascii=False), status, mimetype="application/json")
