"""The perk catalogue that is live, and the stock that a property sets for a hotel day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from marshmallow import fields

from rewards.api.calls import Call, Endpoint, checked
from rewards.api.fields import Day, StrictSchema, Text, Whole
from rewards.api.replies import Reply
from rewards.api.resources.properties import find
from rewards.domain.perk import Perk
from rewards.errors import PERK_UNKNOWN, TIME_OUT_OF_RANGE, RewardsError
from rewards.ledger.stock import set_stock, stock_of
from rewards.rulelang.writing.validity import validity

MAX_DAYS_AHEAD = 800


class PerkReply(StrictSchema):
    """A perk of the live catalogue; `cost_minor` of `currency` is what one costs the house."""

    code = fields.String(required=True)
    kind = fields.String(required=True)
    titles = fields.Dict(required=True)
    stock = fields.String(required=True)
    valid = fields.Raw(required=True)
    payer = fields.String(required=True)
    cost_minor = fields.Integer(required=True, allow_none=True)
    currency = fields.String(required=True, allow_none=True)


class PerkPage(StrictSchema):
    """The catalogue, by code."""

    perks = fields.List(fields.Nested(PerkReply), required=True)


class StockBody(StrictSchema):
    """How many of a perk a property gives on a hotel day, in all (given ones included)."""

    property = Text(required=True, high=40)
    perk = Text(required=True, high=60)
    day = Day(required=True)
    quantity = Whole(low=0, high=1_000_000, required=True)


class StockReply(StrictSchema):
    """The stock of a perk: set, left, and promised beyond it."""

    property = fields.String(required=True)
    perk = fields.String(required=True)
    day = fields.String(required=True)
    quantity = fields.Integer(required=True)
    left = fields.Integer(required=True)
    over_promised = fields.Integer(required=True)


def _catalogue(call: Call) -> dict[str, Perk]:
    return call.house.desk.catalogue(call.store)


def perk_json(perk: Perk) -> dict[str, Any]:
    """A perk as replies show it."""
    cost = perk.cost
    return {
        "code": perk.code,
        "kind": perk.kind.value,
        "titles": perk.titles,
        "stock": perk.stock.value,
        "valid": validity(perk.valid),
        "payer": perk.payer,
        "cost_minor": cost.minor if cost else None,
        "currency": cost.currency if cost else None,
    }


def page(call: Call) -> Reply:
    """The live catalogue."""
    return Reply({"perks": [perk_json(perk) for _, perk in sorted(_catalogue(call).items())]})


def _stock_json(call: Call, property_code: str, perk: str, day: date) -> dict[str, Any]:
    standing = stock_of(call.store, property_code, perk, day)
    return {
        "property": property_code,
        "perk": perk,
        "day": day.isoformat(),
        "quantity": standing.quantity,
        "left": standing.left,
        "over_promised": standing.over_promised,
    }


def _check_perk(call: Call, perk: str) -> None:
    if perk not in _catalogue(call):
        raise RewardsError(PERK_UNKNOWN, f"“{perk[:60]}” is not in the live catalogue.", field="perk")


def put_stock(call: Call) -> Reply:
    """Set the stock of a perk at a property for a hotel day."""
    body, now = call.body, call.house.clock.now()
    find(call, body["property"])
    _check_perk(call, body["perk"])
    if not now.date() - timedelta(days=2) <= body["day"] <= now.date() + timedelta(days=MAX_DAYS_AHEAD):
        raise RewardsError(
            TIME_OUT_OF_RANGE, f"{body['day']} is out of range.", hint="From yesterday to 800 days ahead.", field="day"
        )
    set_stock(call.store, body["property"], body["perk"], body["day"], body["quantity"], call.key.id, now)
    return Reply(_stock_json(call, body["property"], body["perk"], body["day"]))


def show_stock(call: Call) -> Reply:
    """The stock of a perk at a property on a hotel day."""
    day = checked(DayQuery, {"day": call.query["day"]})["day"]
    find(call, call.query["property"])
    _check_perk(call, call.query["perk"])
    return Reply(_stock_json(call, call.query["property"], call.query["perk"], day))


class DayQuery(StrictSchema):
    """The day of a query."""

    day = Day(required=True)


_WHERE = {"property": "Code of the property", "perk": "Code of the perk", "day": "Hotel day, 2026-11-22"}

ENDPOINTS = (
    Endpoint("GET", "/perks", page, "rules:read", "The live perk catalogue", reply=PerkPage, tag="perks"),
    Endpoint(
        "PUT", "/stock", put_stock, "stock:write", "Set the stock of a day", StockBody, StockReply, writes=True,
        tag="perks",
    ),
    Endpoint(
        "GET", "/stock", show_stock, "grants:read", "The stock of a day", reply=StockReply, query=_WHERE,
        needs=tuple(_WHERE), tag="perks",
    ),
)  # fmt: skip
