"""Commands about what is known: import, history, properties, guests, plugins."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import date
from pathlib import Path

import click

from rewards.cli.tools import GOOD, NO, Engine, json_option, show, tools_of
from rewards.desk.reply import Reader
from rewards.desk.wire import read_question
from rewards.domain.property import Position, Property
from rewards.errors import ADDRESS_UNKNOWN, FIELD_INVALID, RewardsError
from rewards.geo import Geocoder
from rewards.history.digest import build
from rewards.intake.digests import rebuild
from rewards.intake.importing import Importer, ImportReport
from rewards.intake.people import merge, parse_identity, unmerge
from rewards.intake.receive import Receipt
from rewards.money import exponent
from rewards.pluginhost.discover import discover, load_file_source
from rewards.sdk.files import FileRow
from rewards.storage.store import SqlStore


@click.command("import")
@click.argument("source")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--decide", "moment", metavar="MOMENT", help="Ask this moment's question at each row that poses one.")
@click.option("--rejects", type=click.Path(dir_okay=False, path_type=Path), help="CSV of the rows that cannot be read.")
@json_option
@click.pass_context
def import_(
    context: click.Context, source: str, file: Path, moment: str | None, rejects: Path | None, *, as_json: bool
) -> int:
    """Record the history in FILE; goes on where it stopped, and adds nothing a second time."""
    engine = tools_of(context).make_engine()
    settings = engine.settings
    importer = Importer(
        engine.database, engine.clock, zone=settings.programme_zone, rollover_hour=settings.programme_rollover_hour
    )
    asked = _Asked(engine, moment) if moment else None
    report = importer.run(
        source,
        load_file_source(source, settings.plugins_dir),
        file,
        rejects=rejects or file.with_name(f"{file.name}.rejects.csv"),
        progress=_tell if sys.stderr.isatty() else None,
        decide=asked,
    )
    value = asdict(report) | ({"decisions": asked.count, "perks": asked.perks} if asked else {})
    show(value, _report_text(report, asked), as_json=as_json)
    return GOOD


def _tell(rows: int) -> None:
    click.echo(f"\r{rows:>12,} rows", nl=False, err=True)


def _report_text(report: ImportReport, asked: _Asked | None) -> str:
    lines = [
        f"{report.rows:,} rows read" + (f", from row {report.resumed_from + 1:,} on" if report.resumed_from else ""),
        f"{report.added:,} activities added, {report.unchanged:,} known already, {report.new_guests:,} new guests",
    ]
    lines += [f"{count:,} rows left out: {reason}" for reason, count in sorted(report.skipped_by_reason.items())]
    if report.rejected:
        lines.append(f"{report.rejected:,} rows rejected, listed in {report.rejects_file}")
    if asked is not None:
        lines.append(f"{asked.count:,} questions asked, {asked.perks:,} perks given")
    return "\n".join(lines)


class _Asked:
    """Asks a moment's question at each row that poses one, and counts."""

    def __init__(self, engine: Engine, moment: str) -> None:
        self._desk = engine.desk
        self._moment = moment
        self.count = 0
        self.perks = 0

    def __call__(self, row: FileRow, receipts: list[Receipt]) -> None:
        draft = row.drafts[0]
        value: dict[str, object] = {
            "guest": draft.identities[0].text(),
            "property": draft.property,
            "moment": self._moment,
            "mode": "commit",
        }
        if row.stay is not None:
            given = {name: getattr(row.stay, name) for name in row.stay.__dataclass_fields__}
            value["stay"] = {name: _plain(one) for name, one in given.items() if one is not None}
        else:
            value["activity"] = receipts[0].activity
        answered = self._desk.ask(read_question(value), Reader("en", True), at=row.at)
        self.count += 1
        self.perks += answered.body.count(b'"grant":"gnt_')


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


@click.group()
def history() -> None:
    """The digests that decisions read."""


@history.command("rebuild")
@click.option("--verify", is_flag=True, help="Change nothing; say which digests differ from the log.")
@json_option
@click.pass_context
def history_rebuild(context: click.Context, *, verify: bool, as_json: bool) -> int:
    """Make every digest anew from the log; each must come out as it was."""
    engine = tools_of(context).make_engine()
    with engine.database.reading() as store:
        guests = list(store.histories.guests())
    differing = [guest for guest in guests if _differs(engine, guest, mend=not verify)]
    value = {"guests": len(guests), "differing": differing}
    verb = "differ" if verify else "differed and were made anew"
    show(value, f"{len(guests):,} digests, {len(differing)} {verb}.", as_json=as_json)
    return NO if differing else GOOD


def _differs(engine: Engine, guest: str, *, mend: bool) -> bool:
    def work(store: SqlStore) -> bool:
        found = build(guest, store.activities.of_guest(store.guests.records(guest)))
        same = store.histories.head(guest) == found.head and store.histories.chunks(guest, 0) == list(found.chunks)
        if not same and mend:
            store.guests.lock(guest)
            rebuild(store, guest)
        return not same

    if mend:
        return engine.database.run_writing(work)
    with engine.database.reading() as store:
        return work(store)


@click.group()
def properties() -> None:
    """Hotels."""


@properties.command("list")
@json_option
@click.pass_context
def properties_list(context: click.Context, *, as_json: bool) -> int:
    """Every hotel."""
    with tools_of(context).make_engine().database.reading() as store:
        found = store.properties.all()
    text = "\n".join(f"{one.code:<24} {one.name}, {one.city} ({one.zone}, {one.currency})" for one in found)
    show([asdict(one) for one in found], text or "No hotels yet.", as_json=as_json)
    return GOOD


@properties.command("add")
@click.argument("code")
@click.option("--name", required=True)
@click.option("--brand", required=True)
@click.option("--zone", required=True, help="IANA time zone, such as Europe/Amsterdam.")
@click.option("--currency", required=True, help="ISO 4217, such as EUR.")
@click.option("--address", help="Looked up by the geocoder (REWARDS_NOMINATIM_URL).")
@click.option("--position", help="LATITUDE,LONGITUDE in degrees.")
@click.option("--city")
@click.option("--country", help="ISO 3166 alpha-2.")
@click.option("--room-class", "room_classes", multiple=True, help="From the plainest to the best; repeat.")
@click.option("--rollover-hour", type=click.IntRange(0, 12), default=4, show_default=True)
@json_option
@click.pass_context
def properties_add(
    context: click.Context,
    code: str,
    name: str,
    brand: str,
    zone: str,
    currency: str,
    address: str | None,
    position: str | None,
    city: str | None,
    country: str | None,
    room_classes: tuple[str, ...],
    rollover_hour: int,
    *,
    as_json: bool,
) -> int:
    """Add a hotel, at a position or at an address."""
    engine = tools_of(context).make_engine()
    exponent(currency)
    at = _position(position) if position else None
    if address and at is None:
        if not engine.settings.nominatim_url:
            raise RewardsError(ADDRESS_UNKNOWN, "No geocoder is configured.", hint="Set REWARDS_NOMINATIM_URL.")
        found = Geocoder(engine.settings.nominatim_url, timeout_s=engine.settings.geocoder_timeout_s).locate(address)
        at, city, country = found.position, city or found.city, country or found.country
    if not city or not country:
        raise click.UsageError("Give --city and --country, or an --address that says them.")
    prop = Property(code, name, brand, city, country, zone, currency, room_classes, rollover_hour, at)
    prop.zone_info()
    with engine.database.writing() as store:
        store.properties.put(prop, engine.clock.now())
    show(asdict(prop), f"{name} is there as “{code}”.", as_json=as_json)
    return GOOD


def _position(text: str) -> Position:
    latitude, _, longitude = text.partition(",")
    try:
        found = Position(float(latitude), float(longitude))
    except ValueError:
        raise RewardsError(FIELD_INVALID, f"“{text}” is not a position.", hint="Write 51.9,4.48.") from None
    if not (-90 <= found.latitude <= 90 and -180 <= found.longitude <= 180):
        raise RewardsError(FIELD_INVALID, f"“{text}” lies outside the globe.", field="position")
    return found


@click.group()
def guests() -> None:
    """Guests."""


@guests.command("merge")
@click.argument("kept")
@click.argument("absorbed")
@click.option("--reason", required=True)
@json_option
@click.pass_context
def guests_merge(context: click.Context, kept: str, absorbed: str, reason: str, *, as_json: bool) -> int:
    """Unite two guests, each named by id or identity."""
    engine = tools_of(context).make_engine()

    def work(store: SqlStore) -> str:
        ids = [_guest_id(store, text) for text in (kept, absorbed)]
        return merge(store, ids[0], ids[1], reason, engine.clock.now())

    found = engine.database.run_writing(work)
    show({"merge": found}, f"United; `rewards guests unmerge {found}` parts them again.", as_json=as_json)
    return GOOD


def _guest_id(store: SqlStore, text: str) -> str:
    found = store.guests.resolve(parse_identity(text)) if ":" in text else text
    if found is None:
        raise RewardsError(FIELD_INVALID, f"No guest “{text}”.", field="guest")
    return found


@guests.command("unmerge")
@click.argument("merge_id")
@json_option
@click.pass_context
def guests_unmerge(context: click.Context, merge_id: str, *, as_json: bool) -> int:
    """Undo a union."""
    engine = tools_of(context).make_engine()
    kept, absorbed = engine.database.run_writing(lambda store: unmerge(store, merge_id, engine.clock.now()))
    show({"kept": kept, "absorbed": absorbed}, f"{absorbed} is a guest of its own again.", as_json=as_json)
    return GOOD


@click.group()
def plugins() -> None:
    """Sources of activities."""


@plugins.command("list")
@json_option
@click.pass_context
def plugins_list(context: click.Context, *, as_json: bool) -> int:
    """Every plugin that is found, without running any."""
    found = discover(tools_of(context).load_settings().plugins_dir)
    text = "\n".join(f"{name:<20} {one.summary}" for name, one in sorted(found.items()))
    show([asdict(one) for _, one in sorted(found.items())], text, as_json=as_json)
    return GOOD


commands = (import_, history, properties, guests, plugins)
