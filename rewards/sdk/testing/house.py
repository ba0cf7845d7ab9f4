"""A house for the tests of a source: the real application on a real database, two hotels, a clock that stands."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from flask import Flask

from rewards.app import build_engine, mount
from rewards.clock import FrozenClock, from_us
from rewards.domain.activity import Evidence
from rewards.domain.property import Position, Property
from rewards.errors import RewardsError
from rewards.paths import bundled
from rewards.pluginhost import connections, polling
from rewards.pluginhost.http import Tokens
from rewards.pluginhost.manifest import read_manifest
from rewards.pluginhost.working import work
from rewards.sdk.messages import Refused, TryLater
from rewards.sdk.testing.cases import Call, Fact, Recorded
from rewards.sdk.testing.world import World, WorldClient
from rewards.settings import Settings
from rewards.storage.engine import open_database
from rewards.storage.inbox import InboxRow
from rewards.storage.sources import ConnectionRow

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
HARBOUR = Property(
    "harbour", "Harbour Hotel", "quayside", "Rotterdam", "NL", "Europe/Amsterdam", "EUR",
    ("standard", "superior", "suite"), 4, Position(51.9042, 4.4847),
)  # fmt: skip
SEASIDE = Property(
    "seaside", "Seaside House", "grand", "Brighton", "GB", "Europe/London", "GBP", ("queen", "king"), 4,
    Position(50.8198, -0.1367),
)  # fmt: skip
_ROUNDS = 60
_COLUMNS = (
    "id, guest, kind, property, occurred_us, day, arrival_day, nights, amount, currency, evidence, on_time, channel, "
    "reservation, category, place_id, withheld, reverses, source_key, attributes"
)


@dataclass(frozen=True, slots=True)
class Standing:
    """A fact that stands: recorded, and not taken back whole. `amount_minor` is what is left of its amount."""

    kind: str
    identities: frozenset[str]
    property: str | None
    occurred_at: datetime
    day: date
    arrival: date | None
    nights: int
    amount_minor: int | None
    currency: str | None
    evidence: str
    on_time: bool | None
    channel: str | None
    reservation: str | None
    category: str | None
    place_id: str | None
    withheld: str | None
    source_key: str
    attributes: str

    def fits(self, fact: Fact) -> bool:
        """Whether this is what a case expects."""
        if fact.guest is not None and fact.guest not in self.identities:
            return False
        names = (name for name in Fact.__dataclass_fields__ if name != "guest")
        return all(getattr(fact, name) is None or getattr(fact, name) == getattr(self, name) for name in names)

    def told(self) -> tuple[object, ...]:
        """What it says, without the names of things: equal for two runs of one story."""
        return (
            self.kind, sorted(self.identities), self.property or "", self.occurred_at, self.day, self.nights,
            self.amount_minor or 0, self.currency or "", self.evidence, str(self.on_time), self.category or "",
            self.reservation or "", self.place_id or "", self.withheld or "",
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """What a call was answered."""

    status: int
    body: bytes
    headers: Mapping[str, str]


@cache
def _template() -> Path:
    """A migrated SQLite file, made once a process."""
    path = Path(tempfile.mkdtemp(prefix="rewards-suite-")) / "rewards.db"
    database = open_database(f"sqlite:///{path}", synchronous="NORMAL")
    database.migrate()
    database.close()
    return path


@dataclass(slots=True)
class House:
    """A house with the properties `harbour` and `seaside` and one source; close it at the end."""

    folder: Path
    home: Path
    now: datetime = NOON
    database_url: str = ""
    world: World = field(default_factory=World)
    source: str = ""
    clock: FrozenClock = field(init=False)
    app: Flask = field(init=False)
    engine: Any = field(init=False)
    _numbers: Any = field(default_factory=lambda: count(1))
    _tokens: dict[str, Tokens] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.source = read_manifest(self.folder).name
        self.clock = FrozenClock(self.now)
        url = self.database_url
        if not url:
            url = f"sqlite:///{shutil.copy(_template(), self.home / 'rewards.db')}"
        settings = Settings(
            home=self.home, database_url=url, sqlite_synchronous="NORMAL", plugins_dir=_plugins_dir(self.folder)
        )
        self.engine = build_engine(settings, self.clock)
        self.engine.sources.open_client = self._client
        self.app = Flask("rewards-suite", static_folder=None)
        self.app.register_blueprint(mount(self.engine))
        with self.engine.database.writing() as store:
            for prop in (HARBOUR, SEASIDE):
                store.properties.put(prop, self.now)
            for base, quote, rate in (("EUR", "GBP", Fraction(17, 20)), ("GBP", "EUR", Fraction(20, 17))):
                store.properties.put_rate(base, quote, date(2000, 1, 1), rate)

    def close(self) -> None:
        """Close the database."""
        self.engine.database.close()

    def _client(self, connection: ConnectionRow, manifest: Any, values: Any) -> WorldClient:
        hosts = self.engine.sources.hosts(connection, manifest, values)
        return WorldClient(self.world, hosts, self._tokens.setdefault(connection.id, Tokens()))

    # --- what people and systems do ---

    def connect(
        self, settings: Mapping[str, Any], *, properties: Sequence[str] = ("harbour", "seaside"), label: str = ""
    ) -> ConnectionRow:
        """Turn the source on; each connection has a label of its own, so no two share the names of their facts."""
        name = label or f"c{next(self._numbers)}"
        host = self.engine.sources

        def add(store: Any) -> ConnectionRow:
            return connections.add(
                host, store, self.source, properties=properties, settings=settings, label=name, by="suite"
            )

        row: ConnectionRow = self.engine.database.run_writing(add)
        assert row.on, f"a required setting is missing: {sorted(settings)}"
        return row

    def send(self, connection: ConnectionRow, call: Call) -> Told:
        """Make a call on a connection's address."""
        path = f"/v1/sources/{connection.source}/{connection.address}{call.path}"
        response = self.app.test_client(use_cookies=False).open(
            path, method=call.method, data=call.body, headers=dict(call.headers), query_string=dict(call.query)
        )
        return Told(response.status_code, response.data, dict(response.headers))

    def send_at_once(self, connection: ConnectionRow, calls: Sequence[Call]) -> list[Told]:
        """Make calls in as many threads as there are calls."""
        with ThreadPoolExecutor(len(calls)) as pool:
            return list(pool.map(lambda call: self.send(connection, call), calls))

    def poll(self, connection: ConnectionRow) -> str:
        """Poll a connection; "" or why it failed, where that is a reason a source may give."""
        try:
            polling.poll(self.engine.sources, connection.id)
        except (Refused, TryLater) as refused:
            return refused.reason
        except RewardsError as error:
            return error.message
        except Exception as error:  # noqa: BLE001 - it is among the defects, where the suite looks
            return type(error).__name__
        return ""

    def listen(self, connection: ConnectionRow) -> str:
        """Hold a connection's stream open until it ends; "" or why it ended, where a source may give that reason."""
        try:
            list(polling.heard(self.engine.sources, connection.id))
        except (Refused, TryLater) as refused:
            return refused.reason
        return ""

    def work(self) -> None:
        """Work on what is due now, once."""
        work(self.engine.sources)

    def work_at_once(self, workers: int = 4) -> None:
        """Work on what is due now in several threads."""
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(lambda _: self.work(), range(workers)))

    def settle(self, *, patience: timedelta = timedelta(hours=4)) -> None:
        """Work until nothing is due, moving the clock from one attempt to the next, but no further than `patience`."""
        until = self.clock.now() + patience
        for _ in range(_ROUNDS):
            self.work()
            with self.engine.database.reading() as store:
                row = store.session.one("SELECT MIN(due_us) FROM inbox WHERE state = 'due'")
            if row is None or row[0] is None or from_us(row[0]) > until:
                return
            self.clock.move_to(max(self.clock.now(), from_us(row[0])))

    def answers(self, *recorded: Recorded) -> None:
        """What the other system says from now on."""
        self.world.answers += recorded

    # --- what came of it ---

    def facts(self, connection: ConnectionRow) -> list[Standing]:
        """The facts of a connection that stand."""
        sql = f"SELECT {_COLUMNS} FROM activity WHERE source = ? ORDER BY seq"  # noqa: S608 - our own columns
        with self.engine.database.reading() as store:
            rows = store.session.all(sql, (connection.namespace,))
            names = {guest: _names(store, guest) for guest in {row[1] for row in rows}}
        return [one for one in (_standing(row, rows, names) for row in rows if row[2] != "reversal") if one is not None]

    def told(self, connection: ConnectionRow) -> list[tuple[object, ...]]:
        """What the facts that stand say, in one order."""
        return sorted((one.told() for one in self.facts(connection)), key=repr)

    def inbox(self, connection: ConnectionRow) -> list[InboxRow]:
        """Every notice of a connection."""
        with self.engine.database.reading() as store:
            found: list[InboxRow] = store.inbox.page(connection.id, None, 0, 10_000)
        return found

    @property
    def defects(self) -> list[str]:
        """What the source raised that is no refusal, and requests that nobody recorded an answer for."""
        return [*self.engine.sources.defects, *(f"not recorded: {one}" for one in self.world.unrecorded)]


def _names(store: Any, guest: str) -> frozenset[str]:
    """Every identity of a guest, whoever they were united with."""
    head = store.guests.head(guest)
    kept = head.guest.id if head else guest
    return frozenset(one.text() for one in store.guests.identities(kept))


def _plugins_dir(folder: Path) -> str:
    """Where the source lies, unless it is bundled."""
    parent = folder.resolve().parent
    return "" if parent == bundled("plugins").resolve() else str(parent)


def _standing(row: Any, rows: Sequence[Any], names: Mapping[str, frozenset[str]]) -> Standing | None:
    taken = [other[8] for other in rows if other[17] == row[0]]
    left = None if row[8] is None else row[8] - sum(amount or 0 for amount in taken)
    if None in taken or (taken and not left):
        return None
    return Standing(
        kind=row[2], identities=names[row[1]], property=row[3], occurred_at=from_us(row[4]),
        day=date.fromordinal(row[5]), arrival=None if row[6] is None else date.fromordinal(row[6]), nights=row[7],
        amount_minor=left, currency=row[9], evidence=Evidence(row[10]).word,
        on_time=None if row[11] is None else bool(row[11]), channel=row[12], reservation=row[13], category=row[14],
        place_id=row[15], withheld=row[16], source_key=row[18], attributes=row[19] or "",
    )  # fmt: skip
