"""A good answer before it is bytes."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from flask import Response


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: a JSON value, its status, and headers.

    `shown_once` are members of the object that go out with the first answer only: a repetition under the same
    idempotency key lacks them, because what is kept must not hold a secret.
    """

    value: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    shown_once: dict[str, str] = field(default_factory=dict)

    def kept(self) -> Response:
        """The answer as it is kept and repeated."""
        return self._response(self.value)

    def sent(self) -> Response:
        """The answer as it goes out the first time."""
        return self._response({**self.value, **self.shown_once} if self.shown_once else self.value)

    def _response(self, value: Any) -> Response:
        body = json.dumps(value, ensure_ascii=False).encode()
        response = Response(body, self.status, mimetype="application/json")
        response.headers.update(self.headers)
        return response
