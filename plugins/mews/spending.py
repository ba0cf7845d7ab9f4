"""What was spent on a service order: its lines of closed bills, with what was taken off them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from rewards.sdk import Draft, Evidence, Kind, Property, Refused, RewardsError, Values, exponent, instant, minor_units

from .facts import account
from .reading import COMPANY, CUSTOMER

OF_THE_ROOM = frozenset({"SpaceOrder", "NightRebate", "Surcharge", "ResourceUpgradeFee", "ServiceCharge"})
TAKES_BACK = frozenset({"NightRebate", "ProductOrderRebate", "AdditionalExpenseRebate", "AllowanceDiscount"})

Line = Mapping[str, Any]


@dataclass(frozen=True, slots=True, order=True)
class Heap:
    """Lines that are one fact: of one bill, one guest, one category, one currency."""

    bill: str
    guest: str
    category: str
    currency: str


@dataclass(frozen=True, slots=True)
class Folio:
    """The lines of one order. `owner` is the guest of its reservation, `number` its confirmation number."""

    order: str
    lines: Sequence[Line]
    owner: str | None
    number: str | None


def of_folio(folio: Folio, hotel: Property, settings: Values) -> list[Draft]:
    """A fact for each closed bill, guest, category and currency; what is negative is taken off."""
    earning = {part.strip() for part in settings.text("earns").split(",")} | TAKES_BACK
    counted = [one for one in folio.lines if one["type"] in earning and _stands(one)]
    heaps = {one["id"]: heap for one in counted if (heap := _heap(one, folio.owner, settings))}
    elsewhere = {one["id"] for one in folio.lines} - set(heaps)
    sums: dict[Heap, Decimal] = defaultdict(Decimal)
    closed: dict[Heap, datetime] = {}
    for one in counted:
        heap = _home(one, heaps, elsewhere)
        if heap is None:
            continue
        sums[heap] += one[settings.text("amounts") or "gross"]
        if one["gross"] > 0:
            # A rebate that is closed later says nothing new of when it was spent: only the amount shrinks.
            closed[heap] = max(closed.get(heap, instant(one["closed"])), instant(one["closed"]))
    left = _levelled(sums)
    return [_fact(folio, heap, closed[heap], left[heap], hotel) for heap in left if left[heap] > 0 and heap in closed]


def _stands(one: Line) -> bool:
    """Closed on a bill, not cancelled, and not a credit that we put there ourselves."""
    return one["state"] == "Closed" and bool(one["closed"] and one["bill"]) and not one["canceled"] and not one["ours"]


def _heap(one: Line, owner: str | None, settings: Values) -> Heap | None:
    """Where a line belongs; None where nobody earns for it."""
    guest = one["account"] if one["owner"] == CUSTOMER else None
    if one["owner"] == COMPANY and settings.flag("company_bills"):
        guest = owner
    if guest is None:
        return None
    given = settings.mapping("categories").get(one["service"])
    category = given[:40] if given else "room" if one["type"] in OF_THE_ROOM else "extra"
    return Heap(one["bill"], guest, category, one["currency"])


def _home(one: Line, heaps: Mapping[str, Heap], elsewhere: set[str]) -> Heap | None:
    """Where a line counts: with the line that it takes something off, and not at all where that one does not count."""
    if one["of"] in elsewhere:
        return None
    heap = heaps.get(one["of"] or "")
    return heap if heap and heap.currency == one["currency"] else heaps.get(one["id"])


def _levelled(sums: Mapping[Heap, Decimal]) -> dict[Heap, Decimal]:
    """Sums of which none is below nothing: what one has too little is taken off the others of its guest, in order."""
    left = dict(sorted(sums.items()))
    for heap in left:
        for other in left:
            if left[heap] < 0 < left[other] and (other.guest, other.currency) == (heap.guest, heap.currency):
                taken = min(left[other], -left[heap])
                left[other] -= taken
                left[heap] += taken
    return left


def _fact(folio: Folio, heap: Heap, at: datetime, amount: Decimal, hotel: Property) -> Draft:
    return Draft(
        Kind.SPEND, f"spend/{folio.order}/{heap.bill}/{heap.guest}/{heap.category}/{heap.currency}",
        (account(heap.guest),), hotel.code, at, amount_minor=_minor(amount, heap.currency), currency=heap.currency,
        evidence=Evidence.RECORDED, reservation=folio.number, category=heap.category,
    )  # fmt: skip


def _minor(amount: Decimal, currency: str) -> int:
    """Minor units of a sum; shares of a cent, which net amounts may have, are rounded once, on the sum."""
    try:
        step = Decimal(1).scaleb(-exponent(currency))
    except RewardsError as error:
        raise Refused(error.message) from None
    return minor_units(amount.quantize(step, ROUND_HALF_EVEN), currency)
