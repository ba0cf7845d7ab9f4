"""A payment and what was said of it afterwards: refunds in parts, disputes; the same end in whatever order it is told.

Payment systems tell of refunds and disputes in messages of their own, late, twice, and before the payment. A source
keeps all parts of a payment in one state, the newest telling of each, and asks what is left.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rewards.sdk.messages import Json

TAKEN, HELD, NOTHING = "taken", "held", "nothing"
"""What a part does to its payment: its amount went back; the payment is in doubt; nothing (it failed, it was won)."""

DISPUTED, OTHER_CURRENCY = "disputed", "refunded in another currency"
"""Why what is left of a payment is without its effect."""


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of a payment: 0 or more minor units, why it is withheld (None: it is not), a note or ""."""

    amount: int
    withheld: str | None = None
    note: str = ""


def newest(kept: Json, said: Json) -> Json:
    """The later of two tellings of one thing by their `order`, a list compared place by place; None is the earliest.

    Of two with the same order and other content always the same one is picked, whichever came first.
    """
    if kept is None:
        return said
    return max(kept, said, key=lambda one: (one["order"], json.dumps(one, sort_keys=True, default=str)))


def left_of(amount: int, currency: str, parts: Iterable[Mapping[str, Json]]) -> Left:
    """What is left of `amount` minor units after parts with `amount`, `currency` and `effect` (see above).

    A part in another currency is not reckoned with: what it takes is not known here, so the payment is withheld. More
    taken back than was paid leaves nothing.
    """
    taken, withheld = 0, None
    for part in parts:
        if part["effect"] == HELD:
            withheld = withheld or DISPUTED
        elif part["effect"] == TAKEN and part["currency"] != currency:
            withheld = OTHER_CURRENCY
        elif part["effect"] == TAKEN:
            taken += part["amount"]
    note = "more was taken back than was paid" if taken > amount else ""
    return Left(max(0, amount - taken), withheld, note)
