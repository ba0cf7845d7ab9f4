"""From what is true now to what must be said: new facts, reversals, partial reversals; the same end in any order.

A source that knows all facts an entity comes to *now* need not think about undoing: it states them, and `settle`
compares them with those that stand. A check-in that was undone is no longer stated, so it is reversed; done again it is
recorded anew; a smaller amount is taken back in part.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace

from rewards.domain.activity import Kind
from rewards.sdk.drafts import Draft
from rewards.sdk.messages import Json


def settle(standing: Json, facts: Sequence[Draft]) -> tuple[list[Draft], Json]:
    """The drafts that lead from the facts that stand to `facts`, and what stands then.

    `standing` is the second value of the last call for this entity, None at first: keep it inside the entity's state.
    `facts` are every draft the entity comes to now, each with a `source_key` that is unique among all of the source's
    facts; reversals are not stated. A fact that is gone is reversed; one that changed is reversed and recorded anew
    under the key with a number (`key~2`); one of which only the amount shrank is taken back in part.
    """
    before: dict[str, Json] = dict(standing or {})
    after: dict[str, Json] = {}
    drafts: list[Draft] = []
    stated = {fact.source_key: fact for fact in facts}
    for key, kept in before.items():
        if key not in stated:
            drafts += _undone(key, kept)
            after[key] = {**kept, "stands": False}
    for key, fact in stated.items():
        said, after[key] = _fact(key, fact, before.get(key))
        drafts += said
    return drafts, after


def _fact(key: str, fact: Draft, kept: Mapping[str, Json] | None) -> tuple[list[Draft], Json]:
    mark = _mark(fact)
    if kept is None:
        return [fact], _kept(fact, mark, 1)
    if not kept["stands"]:
        again = replace(fact, source_key=_numbered(key, kept["number"] + 1))
        return [again], _kept(fact, mark, kept["number"] + 1)
    if kept["mark"] != mark or (fact.amount_minor or 0) > (kept["amount"] or 0):
        again = replace(fact, source_key=_numbered(key, kept["number"] + 1))
        return [*_undone(key, kept), again], _kept(fact, mark, kept["number"] + 1)
    less = (kept["amount"] or 0) - (fact.amount_minor or 0)
    if not less:
        return [], kept
    taken = kept["taken"] + less
    part = _reversal(key, kept, f"less-{taken}", fact.property, amount=less, currency=fact.currency)
    return [part], {**kept, "amount": fact.amount_minor, "taken": taken}


def _kept(fact: Draft, mark: str, number: int) -> Json:
    return {
        "mark": mark, "number": number, "stands": True, "amount": fact.amount_minor, "taken": 0,
        "property": fact.property, "currency": fact.currency,
    }  # fmt: skip


def _undone(key: str, kept: Mapping[str, Json]) -> list[Draft]:
    if not kept["stands"]:
        return []
    if kept["taken"]:
        # What was taken back in part is taken back in part to the end: whole and in part do not mix.
        rest = kept["amount"] or 0
        return [_reversal(key, kept, "rest", kept["property"], amount=rest, currency=kept["currency"])] if rest else []
    return [_reversal(key, kept, "undone", kept["property"])]


def _reversal(
    key: str,
    kept: Mapping[str, Json],
    what: str,
    property_code: str | None,
    *,
    amount: int | None = None,
    currency: str | None = None,
) -> Draft:
    name = _numbered(key, kept["number"])
    return Draft(
        Kind.REVERSAL, f"{name}~{what}", (), property_code, amount_minor=amount,
        currency=currency if amount is not None else None, reverses_key=name,
    )  # fmt: skip


def _numbered(key: str, number: int) -> str:
    return key if number == 1 else f"{key}~{number}"


def _mark(fact: Draft) -> str:
    """What a fact says beside its amount, in few characters."""
    said = [f"{one.name}={getattr(fact, one.name)!r}" for one in fields(fact) if one.name != "amount_minor"]
    return hashlib.sha256("\x1f".join(said).encode("utf-8", "surrogatepass")).hexdigest()[:24]
