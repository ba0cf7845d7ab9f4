"""The Dutch phrases of what a desk asks for, and of who asks."""

from __future__ import annotations

REQUESTS: dict[str, str] = {
    "request.points": "het verzoek {q} betreft",
    "request.points.noun": "een verzoek om {q}",
    "request.amount": "het verzoek {q} betreft",
    "request.amount.noun": "een verzoek om {q}",
    "request.role": "de rol van wie vraagt {v} is",
    "request.role.noun": "gevraagd door de rol {v}",
    "request.role.noun.not": "niet gevraagd door de rol {v}",
}
