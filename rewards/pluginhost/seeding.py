"""The demonstration hotel group: what a first start shows, and the thousands of guests seeded in the background."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from fractions import Fraction
from pathlib import Path

from rewards.clock import Clock
from rewards.desk.desk import Desk
from rewards.desk.reply import Reader
from rewards.desk.wire import read_question
from rewards.domain.activity import Coverage, Kind
from rewards.domain.guest import Identity
from rewards.domain.property import Property
from rewards.history.exchange import Rates
from rewards.intake.importing import Importer
from rewards.intake.receive import Ground, Intake, Receipt
from rewards.ledger.ports import Database, Store
from rewards.ledger.stock import set_stock
from rewards.paths import bundled
from rewards.pluginhost.discover import load_file_source
from rewards.rulelang import packs
from rewards.sdk.drafts import Draft
from rewards.sdk.files import FileRow
from rewards.settings import Settings
from rewards.storage.store import SqlStore
from rewards.studio.publish import publish, read_packs

SEED_TASK = "seed_demonstration"
SOURCE = "demonstration"
CAST_SOURCE = "demonstration-cast"
GUESTS, DAYS, DECIDE_DAYS, SEED = 20_000, 1_096, 90, 2_011
STOCK_DAYS, STOCK_A_DAY = 60, 8
ROWS_A_TRANSACTION = 250
"""Small, so that a call that writes meanwhile waits milliseconds only."""

CURRENCIES = (("GBP", 117, 100),)


def spec_file(home: Path) -> Path:
    """Where the demonstration's few lines lie."""
    return home / "demonstration.toml"


def prepare(database: Database, clock: Clock, home: Path) -> None:
    """Make the group ready to answer at once: hotels, rules, stock, and a small cast with a past. Safe to repeat."""
    spec = spec_file(home)
    if not spec.is_file():
        today = clock.now().date()
        lines = {"seed": SEED, "today": today, "guests": GUESTS, "days": DAYS, "decide_days": DECIDE_DAYS}
        spec.write_text("".join(f"{name} = {value}\n" for name, value in lines.items()), encoding="utf-8")
    source = load_file_source(SOURCE)
    with database.writing() as store:
        present = {prop.code for prop in store.properties.all()}
        properties = list(source.properties(spec))
        for prop in properties:
            if prop.code not in present:
                store.properties.put(prop, clock.now())
        _know(store, properties, clock.now())
        for base, numerator, denominator in CURRENCIES:
            store.properties.put_rate(base, "EUR", date(2020, 1, 1), Fraction(numerator, denominator))
        if store.rule_sets.live() is None:
            draft = read_packs(packs.pack_folders(bundled("rules")), properties)
            publish(store, draft, by="demonstration", note="the bundled packs", now=clock.now())
        _stock(store, properties, clock.now())
    _cast(database, clock, properties)


def _know(store: Store, properties: list[Property], now: datetime) -> None:
    """The group's history is complete from the beginning; three hotels send no invoices."""
    silent = {"bunk-central", "bunk-east", "bunk-porto"}
    for prop in properties:
        for kind in (Kind.STAY, Kind.VISIT, Kind.CHECK_IN, Kind.SPEND, Kind.PAYMENT):
            if kind is not Kind.PAYMENT or prop.code not in silent:
                store.properties.put_coverage(Coverage(prop.code, kind, None, now))


def _stock(store: Store, properties: list[Property], now: datetime) -> None:
    for prop in properties:
        for ahead in range(STOCK_DAYS):
            set_stock(
                store, prop.code, "spa-entry", now.date() + timedelta(days=ahead), STOCK_A_DAY, "demonstration", now
            )


def _cast(database: Database, clock: Clock, properties: list[Property]) -> None:
    """Ana sleeps at Harbour Hotel every fortnight and pays on time; Ben came twice; Cas never did."""
    by_code = {prop.code: prop for prop in properties}
    with database.writing() as store:
        ground = Ground(by_code, Rates(store.properties.rates()), "Europe/Amsterdam", 4)
        Intake(clock).receive(store, ground, CAST_SOURCE, list(_cast_drafts(clock.now().date())), live=False)


def _cast_drafts(today: date) -> Iterator[Draft]:
    ana = (Identity("card", "00412", verified=True), Identity("email", "ana@example.org", verified=True))
    ben = (Identity("card", "00413", verified=True), Identity("email", "ben@example.org", verified=True))
    # The keys name the day, so that preparing again on another day adds a stay and repeats none.
    start = today - timedelta(days=today.toordinal() % 14)
    for name, who, language, stays in (("Ana", ana, "nl", 9), ("Ben", ben, "en", 2)):
        yield Draft(
            Kind.ENROLMENT, f"{name}/enrolment", who, "harbour", day=date(2023, 5, 4),
            attributes={"first_name": name, "language": language, "birthday": "1984-05-17", "country": "NL"},
        )  # fmt: skip
        for back in range(1, stays + 1):
            yield from _fortnight(name, who, start - timedelta(days=14 * back), invoice=name == "Ana" and back > 1)


def _fortnight(name: str, who: tuple[Identity, ...], leaves: date, *, invoice: bool) -> Iterator[Draft]:
    """Two nights at Harbour Hotel, and their invoice paid within two weeks."""
    yield Draft(
        Kind.STAY,
        f"{name}/stay/{leaves}",
        who,
        "harbour",
        arrival=leaves - timedelta(days=2),
        departure=leaves,
        amount_minor=23_800,
        currency="EUR",
        channel="direct",
        room_class="standard",
        reservation=f"{name}-{leaves}",
    )
    if invoice:
        paid = leaves + timedelta(days=13)
        yield Draft(Kind.PAYMENT, f"{name}/payment/{leaves}", who, "harbour", day=paid, on_time=True)


def seed(database: Database, clock: Clock, desk: Desk, settings: Settings) -> None:
    """Import the generated guests, deciding the last arrivals as they came. Goes on where it stopped."""
    reader = Reader("en", True)

    def decide(row: FileRow, receipts: list[Receipt]) -> None:
        if row.stay is None or row.at is None or not row.drafts:
            return
        question = read_question(_question(row))
        desk.ask(question, reader, at=row.at)

    importer = Importer(database, clock, zone=settings.programme_zone, rollover_hour=settings.programme_rollover_hour)
    importer.run(
        SOURCE, load_file_source(SOURCE), spec_file(settings.home), rejects=settings.home / "demonstration-rejects.csv",
        decide=decide, batch=ROWS_A_TRANSACTION,
    )  # fmt: skip


def _question(row: FileRow) -> dict[str, object]:
    stay = row.stay
    given = {} if stay is None else {name: getattr(stay, name) for name in stay.__dataclass_fields__}
    body = {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in given.items()
        if value is not None
    }
    draft = row.drafts[0]
    return {
        "guest": draft.identities[0].text(),
        "property": draft.property,
        "moment": "arrival",
        "mode": "commit",
        "stay": body,
    }


def enqueue(store: SqlStore, clock: Clock) -> str:
    """Have the guests seeded in the background, once; returns the job's id."""
    job_id = "job_seed_demonstration"
    store.jobs.add(job_id=job_id, name=SEED_TASK, payload=json.dumps({}), due_at_us=clock.now_us(), max_attempts=1_000)
    return job_id
