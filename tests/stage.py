"""A stage for stories: two hotels, a clock that can be moved, rules from YAML, and people who do things.

Everything is real: storage, intake, desk. A story says what people did and asks what they get.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from rewards.clock import FrozenClock
from rewards.desk.ask import Answered, Key
from rewards.desk.desk import Desk
from rewards.desk.installation import Programme
from rewards.desk.reply import Reader
from rewards.desk.wire import read_question
from rewards.domain.activity import Coverage, Kind
from rewards.domain.guest import Identity
from rewards.domain.property import Position, Property
from rewards.history.exchange import Rates
from rewards.intake.receive import Ground, Intake, Receipt
from rewards.ledger.ports import Store
from rewards.ledger.stock import set_stock, stock_of
from rewards.sdk.drafts import Draft
from rewards.storage.engine import SqlDatabase
from rewards.storage.invariants import read_invariants
from rewards.studio.publish import publish, read_draft

HARBOUR = Property(
    "harbour", "Harbour Hotel", "quayside", "Rotterdam", "NL", "Europe/Amsterdam", "EUR",
    ("standard", "superior", "suite"), 4, Position(51.9042, 4.4847),
)  # fmt: skip
HUDSON = Property(
    "hudson", "Hudson House", "grand", "New York", "US", "America/New_York", "USD", ("queen", "king"), 4,
    Position(40.7069, -74.0113),
)  # fmt: skip
ANA = (Identity("card", "00412", verified=True), Identity("email", "ana@example.org", verified=True))
BEN = (Identity("card", "00413", verified=True),)
TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 14, 3, 11, tzinfo=UTC)
READER = Reader("en", True)
KINDS = (Kind.STAY, Kind.VISIT, Kind.CHECK_IN, Kind.SPEND, Kind.PAYMENT)
SOURCE = "pms"
PROGRAMME = Programme("Europe/Amsterdam", "EUR", 4, 48 * 3_600 * 1_000_000)

PERKS = """
room-upgrade: {kind: upgrade, title: {en: a room upgrade, nl: een kamerupgrade}, cost: EUR 25}
late-checkout: {kind: late-checkout, title: {en: late checkout, nl: laat uitchecken}, cost: EUR 10}
welcome-drink: {kind: item, title: {en: a drink, nl: een drankje}, cost: EUR 5, stock: daily, valid: 30 days}
dinner: {kind: credit, title: {en: dinner credit, nl: dinertegoed}, valid: 90 days}
points: {kind: points, title: {en: points, nl: punten}, valid: 730 days}
cake: {kind: item, title: {en: a cake, nl: een taart}, cost: EUR 12, valid: 30 days}
"""


class Stage:
    """Two hotels on one database; `clock` stands until it is moved."""

    def __init__(self, database: SqlDatabase, rules: str, *, perks: str = PERKS, known: bool = True) -> None:
        self.database = database
        self.clock = FrozenClock(NOW)
        self.desk = Desk(database, self.clock, PROGRAMME)
        self.intake = Intake(self.clock, corrected=self.desk.corrected)
        self.perks = perks
        with database.writing() as store:
            open_hotels(store, NOW, NOW + timedelta(days=400), known=known)
        self.publish(rules)

    def publish(self, rules: str) -> int:
        """Make rules live; returns the version."""
        draft = read_draft(rules, self.perks, (HARBOUR, HUDSON), "EUR")
        with self.database.writing() as store:
            return publish(store, draft, by="test", note="", now=self.clock.now()).version

    # --- what people do ---

    def ground(self) -> Ground:
        with self.database.reading() as store:
            rates = Rates(store.properties.rates())
        return Ground({"harbour": HARBOUR, "hudson": HUDSON}, rates, "Europe/Amsterdam", 4)

    def record(self, *drafts: Draft, live: bool = False) -> list[Receipt]:
        """Record drafts of the PMS."""
        ground = self.ground()
        with self.database.writing() as store:
            return self.intake.receive(store, ground, SOURCE, drafts, live=live)

    def stay(self, who: Sequence[Identity], days_ago: int, *, nights: int = 2, key: str = "", **more: Any) -> Receipt:
        """A stay that ended some days ago."""
        leaves = TODAY - timedelta(days=days_ago)
        draft = Draft(
            Kind.STAY, key or f"stay/{who[0].value}/{leaves}", tuple(who), more.pop("property", "harbour"),
            arrival=leaves - timedelta(days=nights), departure=leaves, **more,
        )  # fmt: skip
        return self.record(draft)[0]

    def spend(self, who: Sequence[Identity], days_ago: int, cents: int, *, key: str = "", **more: Any) -> Receipt:
        """Money left in the house."""
        day = TODAY - timedelta(days=days_ago)
        draft = Draft(
            Kind.SPEND, key or f"spend/{who[0].value}/{day}/{cents}", tuple(who), more.pop("property", "harbour"),
            day=day, amount_minor=cents, currency=more.pop("currency", "EUR"), **more,
        )  # fmt: skip
        return self.record(draft)[0]

    def take_back(self, key: str, cents: int | None = None, *, name: str = "") -> Receipt:
        """Take back what a key named, whole or in part."""
        draft = Draft(
            Kind.REVERSAL, name or f"{key}/back/{cents}", (), "harbour", occurred_at=self.clock.now(),
            amount_minor=cents, currency="EUR" if cents else None, reverses_key=key,
        )  # fmt: skip
        return self.record(draft)[0]

    # --- what the desk asks ---

    def ask(self, who: Sequence[Identity] | str = ANA, *, key: Key | None = None, **more: Any) -> dict[str, Any]:
        """The answer, as JSON."""
        return dict(json.loads(self.asked(who, key=key, **more).body))

    def asked(self, who: Sequence[Identity] | str = ANA, *, key: Key | None = None, **more: Any) -> Answered:
        """The answer with its status."""
        return self.desk.ask(read_question(question(who, **more)), READER, key)

    # --- what is stored ---

    def stock(self, perk: str, quantity: int, day: date = TODAY) -> None:
        """Set the stock of a perk at Harbour Hotel."""
        with self.database.writing() as store:
            set_stock(store, "harbour", perk, day, quantity, "test", self.clock.now())

    def left(self, perk: str, day: date = TODAY) -> int:
        """What is left of the stock of a perk at Harbour Hotel."""
        with self.database.reading() as store:
            return stock_of(store, "harbour", perk, day).left

    def balance(self, account: str) -> int:
        """The balance of an account, which must be open."""
        with self.database.reading() as store:
            found = store.accounts.get(account)
        assert found is not None, account
        return found.balance

    def count(self, table: str) -> int:
        """Rows of a table."""
        with self.database.reading() as store:
            row = store.session.one(f"SELECT COUNT(*) FROM {table}", ())
        return int(row[0]) if row else 0

    def violations(self) -> list[str]:
        """What is wrong with the ledger."""
        return violations(self.database)


def open_hotels(store: Store, now: datetime, heard: datetime, *, known: bool = True) -> None:
    """Open both hotels; where they are known, everything about them was heard of up to `heard`."""
    for prop in (HARBOUR, HUDSON):
        store.properties.put(prop, now)
        for kind in KINDS if known else ():
            store.properties.put_coverage(Coverage(prop.code, kind, None, heard))


def violations(database: SqlDatabase) -> list[str]:
    """What is wrong with the ledger."""
    with database.reading() as store:
        return read_invariants(store)


def question(who: Sequence[Identity] | str = ANA, **more: Any) -> dict[str, Any]:
    """The question at an arrival today at Harbour Hotel."""
    guest = who if isinstance(who, str) else who[0].text()
    stay = {
        "reservation": "R-1", "arrival": TODAY.isoformat(), "departure": (TODAY + timedelta(days=2)).isoformat(),
        "room_class": "standard", "channel": "direct",
    }  # fmt: skip
    stay |= more.pop("stay", {})
    return {"guest": guest, "property": "harbour", "moment": "arrival", "mode": "commit", "stay": stay} | more


def perks_of(answer: dict[str, Any]) -> list[str]:
    """The perks given, in order."""
    return [perk["perk"] for perk in answer["perks"]]


def reasons_of(answer: dict[str, Any]) -> dict[str, str]:
    """Why each rule was withheld."""
    return {one["rule"]: one["reason"] for one in answer["withheld"]}
