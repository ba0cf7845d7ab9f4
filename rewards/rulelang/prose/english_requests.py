"""The English phrases of what a desk asks for, and of who asks."""

from __future__ import annotations

REQUESTS: dict[str, str] = {
    "request.points": "the request is for {q}",
    "request.points.noun": "a request for {q}",
    "request.amount": "the request is for {q}",
    "request.amount.noun": "a request for {q}",
    "request.role": "the role of who asks is {v}",
    "request.role.noun": "asked by the role {v}",
    "request.role.noun.not": "not asked by the role {v}",
}
