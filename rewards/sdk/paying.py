"""A payment and what was said of it afterwards: refunds in parts, disputes; the same end in whatever order it is told.

Payment systems tell of refunds and disputes in messages of their own, late, twice, and before the payment. A source
keeps all parts of a payment in one state, the newest telling of each, and asks what is left.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rewards.domain.guest import Identity
from rewards.errors import RewardsError
from rewards.money import exponent
from rewards.sdk.messages import Json, Refused
from rewards.sdk.reading import pick

TAKEN, HELD, NOTHING = "taken", "held", "nothing"
"""What a part does to its payment: its amount went back; the payment is in doubt; nothing (it failed, it was won)."""

DISPUTED, OTHER_CURRENCY = "disputed", "refunded in another currency"
"""Why what is left of a payment is without its effect."""

LARGEST_AMOUNT = 2**53
"""No payment is larger, in minor units; what says so is garbage."""

STRIPE_DIGITS = {"ISK": 2, "UGX": 2, "MGA": 0}
"""Digits of the amounts where Stripe differs from ISO 4217, for every source that reads Stripe's.

Hundredths for two currencies that have none, and none for one that has. All others are as in the standard, three
digits (KWD) included.
"""

MOST_PARTS = 150
"""Refunds and disputes that are kept of one payment."""


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


def with_part(parts: Mapping[str, Json], said: Mapping[str, Json]) -> dict[str, Json]:
    """The parts of a payment by id, with the newest telling of one; `Refused` for more than `MOST_PARTS`."""
    found = {**parts, said["id"]: newest(parts.get(said["id"]), dict(said))}
    if len(found) > MOST_PARTS:
        raise Refused(f"more than {MOST_PARTS} refunds and disputes of one payment")
    return found


def payers(payment: Mapping[str, Json], customers: str) -> tuple[Identity, ...]:
    """Who paid: the `guest` that a payment names, of its `kind`, then its `customer`, an identity of kind `customers`.

    Either may be None; nobody where both are. Both are as `verified` as the payment says.
    """
    named = ((payment["kind"], payment["guest"]), (customers, payment["customer"]))
    return tuple(Identity(kind, value, verified=payment["verified"]) for kind, value in named if value)


def currency_of(thing: Json, path: str, *, small: bool = False) -> str:
    """The currency at `path` in capitals; `Refused` for one that ISO 4217 does not list.

    Small letters are refused too, unless `small` says that the system writes them.
    """
    said: str = pick(thing, path, str)
    currency = said.upper() if small else said
    _digits_of(currency, path)
    return currency


def amount_of(thing: Json, path: str, currency: str, digits: Mapping[str, int] | None = None) -> int:
    """The integer at `path` in minor units of a listed currency; `Refused` where it is none, below 0 or too large.

    `digits` are those of the system where they differ from ISO 4217.
    """
    amount: int = pick(thing, path, int)
    if not 0 <= amount <= LARGEST_AMOUNT:
        raise Refused(f"{path} is out of range")
    ours = _digits_of(currency, "currency")
    whole, rest = divmod(amount * 10**ours, 10 ** (digits or {}).get(currency, ours))
    if rest:
        raise Refused(f"{path} is not a whole number of the smallest unit of its currency")
    return int(whole)


def _digits_of(currency: str, path: str) -> int:
    try:
        return exponent(currency)
    except RewardsError:
        raise Refused(f"{path} is not one of ISO 4217") from None
