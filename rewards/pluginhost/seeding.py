"""The demonstration hotel group: what a first start shows at once, and the thousands of guests that follow later.

Every step looks first whether it was taken, so a start that was killed half way is made whole by the next, and a later
start changes nothing that people have changed since.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from threading import Event

from rewards.clock import Clock
from rewards.desk.desk import Desk
from rewards.domain.activity import Coverage, Kind
from rewards.domain.guest import Identity
from rewards.domain.perk import StockPolicy
from rewards.domain.property import Property
from rewards.errors import FILE_INVALID, RewardsError
from rewards.intake.houses import add_missing
from rewards.intake.importing import Importer, ImportReport
from rewards.intake.receive import Intake, ground_of
from rewards.ledger.accounts import stock_account
from rewards.ledger.ports import Store
from rewards.ledger.stock import set_stock
from rewards.paths import bundled
from rewards.pluginhost.asking import Asking
from rewards.pluginhost.discover import load_file_source
from rewards.rulelang import catalogue, packs
from rewards.sdk.drafts import Draft
from rewards.sdk.files import Known
from rewards.settings import Settings
from rewards.storage.engine import SqlDatabase
from rewards.studio.publish import publish, read_packs

TASK = "seed_demonstration"
JOB = "job_seed_demonstration"
SOURCE, CAST_SOURCE, BY = "demonstration", "demonstration-cast", "demonstration"
SEED, DAYS, DECIDE_DAYS = 2_011, 1_096, 90
STOCK_A_DAY, STOCK_DAYS_AHEAD = 8, 14
STERLING = ("GBP", "EUR", date(2020, 1, 1), Fraction(117, 100))

ROWS_A_TRANSACTION = 60
PAUSE_S = 0.01
"""Between two transactions, so that a call that waits for the writer's turn gets it before the next one."""

MANY_TRIES = 1_000


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the cast: how often they stayed at Harbour Hotel, a fortnight apart, and whether by invoice."""

    name: str
    card: str
    language: str
    stays: int
    invoices: bool


CAST = (
    Member("Ana", "00412", "nl", 8, invoices=True),
    Member("Ben", "00413", "en", 2, invoices=False),
    Member("Cas", "00414", "nl", 5, invoices=True),
    Member("Dina", "00415", "en", 0, invoices=False),
)
HOUSE = "harbour"


def spec_file(home: Path) -> Path:
    """Where the few lines lie that say which group is generated."""
    return home / "demonstration.toml"


def prepare(database: SqlDatabase, clock: Clock, settings: Settings, *, guests: int) -> None:
    """Make the group ready to answer at once, and the job that seeds `guests` more. Safe to repeat."""
    spec = _spec(settings.home, clock.now().date(), guests)
    source = load_file_source(SOURCE)
    properties = tuple(source.properties(spec))
    with database.writing() as store:
        add_missing(store, properties, clock.now())
        _know(store, tuple(source.known(spec)), clock.now())
        if not store.properties.rates():
            store.properties.put_rate(*STERLING)
        if store.rule_sets.live() is None:
            draft = read_packs(packs.pack_folders(bundled("rules")), store.properties.all())
            publish(store, draft, by=BY, note="the bundled packs", now=clock.now())
        _cast(store, clock, settings)
    _stock(database, properties, clock.now(), range(STOCK_DAYS_AHEAD + 1))
    with database.writing() as store:
        store.jobs.add(job_id=JOB, name=TASK, payload="{}", due_at_us=clock.now_us(), max_attempts=MANY_TRIES)


def _spec(home: Path, today: date, guests: int) -> Path:
    path = spec_file(home)
    if not path.is_file():
        lines = {"seed": SEED, "today": today, "guests": guests, "days": DAYS, "decide_days": DECIDE_DAYS}
        whole = path.with_suffix(".new")
        whole.write_text("".join(f"{name} = {value}\n" for name, value in lines.items()), encoding="utf-8")
        whole.replace(path)
    return path


def _know(store: Store, known: Sequence[Known], now: datetime) -> None:
    """What the generated history will cover counts as known at once; at every start its sources are heard again."""
    present = {(one.property, one.kind) for one in store.properties.coverage()}
    for one in known:
        if (one.property, one.kind) in present:
            store.properties.heard(one.property, one.kind.value, now, now)
        else:
            store.properties.put_coverage(Coverage(one.property, one.kind, one.known_from, now))


def _stock(database: SqlDatabase, properties: Sequence[Property], now: datetime, days_ahead: Iterable[int]) -> None:
    """So many a day of each perk that has stock, on these days from today on; what is set stays."""
    with database.reading() as store:
        live = store.rule_sets.live()
    if live is None:
        raise RewardsError(FILE_INVALID, "No rules are live after the packs were published.")
    perks = catalogue.load_perks(live.perks)[0]
    scarce = sorted(code for code, perk in perks.items() if perk.stock is not StockPolicy.UNLIMITED)
    for ahead in days_ahead:
        day = now.date() + timedelta(days=ahead)
        with database.writing() as store:
            for prop in properties:
                for perk in scarce:
                    if store.accounts.get(stock_account(prop.code, perk, day)) is None:
                        set_stock(store, prop.code, perk, day, STOCK_A_DAY, BY, now)


def _cast(store: Store, clock: Clock, settings: Settings) -> None:
    """Ana comes every fortnight and pays on time, Ben came twice, Cas is one stay short, Dina is new."""
    if store.guests.resolve(Identity("card", CAST[0].card)) is not None:
        return
    ground = ground_of(store, settings.programme_zone, settings.programme_rollover_hour)
    today = clock.now().date()
    drafts = [draft for member in CAST for draft in _past(member, today)]
    Intake(clock).receive(store, ground, CAST_SOURCE, drafts, live=False)


def _past(member: Member, today: date) -> Iterator[Draft]:
    who = (
        Identity("card", member.card, verified=True),
        Identity("email", f"{member.name.lower()}@example.org", verified=True),
    )
    profile: dict[str, str | int | bool] = {
        "first_name": member.name, "language": member.language, "birthday": "1984-05-17", "country": "NL",
    }  # fmt: skip
    joined = today - timedelta(days=14 * member.stays + 20) if member.stays else today - timedelta(days=1)
    yield Draft(Kind.ENROLMENT, f"{member.name}/enrolment", who, HOUSE, day=joined, attributes=profile)
    for back in range(member.stays, 0, -1):
        leaves = today - timedelta(days=14 * back)
        yield Draft(
            Kind.STAY, f"{member.name}/stay/{back}", who, HOUSE, arrival=leaves - timedelta(days=2), departure=leaves,
            amount_minor=23_800, currency="EUR", channel="direct", room_class="standard",
            reservation=f"{member.name}-{leaves}",
        )  # fmt: skip
        if member.invoices:
            paid = leaves + timedelta(days=13)
            yield Draft(Kind.PAYMENT, f"{member.name}/payment/{back}", who, HOUSE, day=paid, on_time=True)


def seed(database: SqlDatabase, clock: Clock, desk: Desk, settings: Settings) -> ImportReport:
    """Import the generated guests, deciding their last arrivals as they came. Goes on where it stopped."""
    importer = Importer(database, clock, zone=settings.programme_zone, rollover_hour=settings.programme_rollover_hour)
    source, pause = load_file_source(SOURCE), Event()
    # Questions of the past take from the stock of their own day.
    properties = tuple(source.properties(spec_file(settings.home)))
    _stock(database, properties, clock.now(), range(-DECIDE_DAYS, 0))
    return importer.run(
        SOURCE,
        source,
        spec_file(settings.home),
        rejects=settings.home / "demonstration-rejects.csv",
        progress=lambda rows: _yield_turn(pause),
        decide=Asking(desk, "arrival"),
        batch=ROWS_A_TRANSACTION,
    )


def _yield_turn(pause: Event) -> None:
    """Nothing sets the event: it only lets a writer who waits go first."""
    pause.wait(PAUSE_S)
