"""The API as its callers see it: the real application on a real database, a clock that stands, keys of every kind."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from flask import Flask

from rewards.api.blueprint import build
from rewards.api.keys import SCOPES, hash_secret, new_secret
from rewards.app import build_engine, build_house
from rewards.clock import FrozenClock
from rewards.ids import new_id
from rewards.settings import Settings
from rewards.storage.engine import SqlDatabase
from tests.stage import NOW, PERKS, TODAY, open_hotels, question, violations

RULES = """
rule: regular
title: {en: The regular, nl: De vaste gast}
at: arrival
when: {measure: stays, where: here, within: 180 days, at_least: 3}
give: [{perk: room-upgrade, levels: 1, until: checkout, or_else: {perk: late-checkout, until: "14:00"}}]
limits: [{per: stay, at_most: 1}]
---
rule: welcome
title: {en: A drink, nl: Een drankje}
at: arrival
when: {fact: stay.channel, is: direct}
give: [{perk: welcome-drink}]
---
rule: spender
title: {en: The big spender, nl: Wie veel uitgeeft}
at: [arrival, checkout]
when: {measure: spend, where: here, within: 1 year, currency: EUR, at_least: EUR 500}
give: [{perk: dinner, amount: EUR 50}]
limits: [{per: guest, at_most: 1, every: year}, {budget: EUR 120, every: month}]
---
rule: collector
title: {en: Points for a stay, nl: Punten voor een verblijf}
at: checkout
when: {measure: stays, where: here, ever: true, at_least: 1}
give: [{perk: points, points: 250}]
limits: [{per: stay, at_most: 1}]
---
rule: sweet
title: {en: Something sweet, nl: Iets zoets}
at: during_stay
when: {measure: stays, where: here, ever: true, at_least: 1}
give: [{choose: 1, of: [{perk: cake}, {perk: welcome-drink}], within: 30 days, default: cake}]
"""


@dataclass(frozen=True)
class Answer:
    """An answer: status, headers, bytes."""

    status: int
    headers: Any
    data: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.data)

    @property
    def code(self) -> str:
        """The code of a problem."""
        assert self.headers["Content-Type"] == "application/problem+json", self.data
        return str(self.json["code"])

    @property
    def replayed(self) -> bool:
        return self.headers.get("Idempotency-Replayed") == "true"


class Api:
    """Calls of one key. `again` makes the same calls with another."""

    def __init__(self, app: Flask, database: SqlDatabase, clock: FrozenClock, secret: str, prefix: str = "") -> None:
        self.app = app
        self.database = database
        self.clock = clock
        self.secret = secret
        self.prefix = prefix
        self._numbers = count(1)

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str | None = None,
        data: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """One call; writes get a key of their own unless `key` names one ("" sends none)."""
        sent = {"Authorization": f"Bearer {self.secret}"} if self.secret else {}
        if key != "" and method != "GET":
            sent["Idempotency-Key"] = key or f"test-key-of-a-call-{next(self._numbers):06d}"
        if data is None and body is not None:
            data = json.dumps(body).encode()
        if data is not None:
            sent["Content-Type"] = "application/json"
        response = self.app.test_client().open(
            f"{self.prefix}/v1{path}", method=method, data=data, headers={**sent, **(headers or {})}
        )
        return Answer(response.status_code, response.headers, response.data)

    def get(self, path: str, **more: Any) -> Answer:
        return self.call("GET", path, **more)

    def post(self, path: str, body: Any = None, **more: Any) -> Answer:
        return self.call("POST", path, body, **more)

    def put(self, path: str, body: Any = None, **more: Any) -> Answer:
        return self.call("PUT", path, body, **more)

    def good(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """The JSON of a call that must go well."""
        answer = self.call(method, path, body, **more)
        assert 200 <= answer.status < 300, (method, path, answer.status, answer.data)
        return answer.json

    def again(self, scopes: Sequence[str] = SCOPES, properties: Sequence[str] = (), name: str = "another test") -> Api:
        """The same API with a key of other rights."""
        secret = make_key(self.database, scopes, properties, name)
        return Api(self.app, self.database, self.clock, secret, self.prefix)

    # --- what people do ---

    def stays(self, guest: str, *days_ago: int, place: str = "harbour", **more: Any) -> list[str]:
        """Stays of two nights that ended some days ago; the ids of the activities."""
        items = [stay_item(guest, ago, place, **more) for ago in days_ago]
        answer = self.good("POST", "/activities", {"activities": items})
        return [receipt["activity"] for receipt in answer["activities"]]

    def ask(self, guest: str = "card:00412", **more: Any) -> Any:
        """The answer to a question."""
        return self.good("POST", "/decisions", question(guest, **more))

    # --- what is stored ---

    def rows(self) -> dict[str, int]:
        """How many rows each table has."""
        if self.database.dialect == "sqlite":
            names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        else:
            names = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        with self.database.reading() as store:
            tables = [row[0] for row in store.session.all(names)]
            counted = {table: store.session.one(f"SELECT COUNT(*) FROM {table}") for table in tables}
        return {table: row[0] for table, row in counted.items() if row}

    def violations(self) -> list[str]:
        """What is wrong with the ledger."""
        return violations(self.database)


def stay_item(guest: str, ago: int, place: str = "harbour", **more: Any) -> dict[str, Any]:
    """A stay of two nights as a PMS reports it."""
    leaves = TODAY - timedelta(days=ago)
    return {
        "key": f"stay/{guest}/{place}/{leaves}",
        "kind": "stay",
        "guest": guest,
        "verified": True,
        "property": place,
        "arrival": str(leaves - timedelta(days=2)),
        "departure": str(leaves),
        "channel": "direct",
    } | more


def make_key(
    database: SqlDatabase, scopes: Sequence[str] = SCOPES, properties: Sequence[str] = (), name: str = "a test"
) -> str:
    """A key's secret."""
    secret = new_secret()
    with database.writing() as store:
        store.keys.add(new_id("key"), hash_secret(secret), name, list(scopes), list(properties), NOW)
    return secret


def open_api(url: str, home: Path, *, clock: FrozenClock | None = None, prefix: str = "", **settings: Any) -> Api:
    """The application on a migrated database, with two hotels of which everything is known, and no rules."""
    engine = build_engine(Settings(home=home, database_url=url, **settings), clock or FrozenClock(NOW))
    with engine.database.writing() as store:
        open_hotels(store, NOW, NOW + timedelta(days=400))
    app = Flask("rewards", static_folder=None)
    app.register_blueprint(build(build_house(engine), prefix=prefix))
    made = engine.clock
    assert isinstance(made, FrozenClock)
    return Api(app, engine.database, made, make_key(engine.database), prefix)


def publish(api: Api, rules: str = RULES, perks: str = PERKS) -> None:
    """Make rules live."""
    api.good("POST", "/rule-sets/publish", {"rules": rules, "perks": perks, "note": "for a test"})


def stock(api: Api, perk: str, quantity: int, day: date = TODAY, place: str = "harbour") -> None:
    """Set the stock of a perk."""
    api.good("PUT", "/stock", {"property": place, "perk": perk, "day": str(day), "quantity": quantity})
