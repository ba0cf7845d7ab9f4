"""The yardstick: a bare Flask app with one POST route that reads the same body and answers one fixed perk."""

from __future__ import annotations

import json

from flask import Flask, Response, request

try:
    from orjson import loads
except ImportError:
    loads = json.loads

ANSWER = json.dumps({"decision": "dec_0", "perks": [{"perk": "late-checkout", "until": "14:00"}]}).encode()


def create_app() -> Flask:
    """The app; no key, no hook, no blueprint."""
    app = Flask("noop")

    @app.post("/v1/decisions")
    def decide() -> Response:
        loads(request.get_data())
        return Response(ANSWER, 200, mimetype="application/json")

    return app
