"""`rewards properties`: hotels, added at a position or at an address."""

from __future__ import annotations

import click

from rewards.cli.session import GOOD, Session, answering
from rewards.domain.property import Position, Property
from rewards.errors import ADDRESS_UNKNOWN, FIELD_INVALID, RewardsError
from rewards.geo import Address, Geocoder
from rewards.intake.houses import check_property, put_property
from rewards.settings import Settings

BY = "command line"


@click.group()
def properties() -> None:
    """Hotels."""


@properties.command("list")
@answering
def properties_list(session: Session) -> int:
    """Every hotel."""
    with session.engine().database.reading() as store:
        found = store.properties.all()
    lines = [f"{one.code:<24} {one.name}, {one.city} ({one.zone}, {one.currency})" for one in found]
    session.show(list(found), "\n".join(lines) or session.say("no_properties"))
    return GOOD


@properties.command("add")
@click.argument("code")
@click.option("--name", required=True)
@click.option("--brand", required=True)
@click.option("--zone", required=True, help="IANA time zone, such as Europe/Amsterdam.")
@click.option("--currency", required=True, help="ISO 4217, such as EUR.")
@click.option("--address", help="Looked up by the geocoder (REWARDS_NOMINATIM_URL).")
@click.option("--position", help="LATITUDE,LONGITUDE in degrees.")
@click.option("--city", help="Needed where no address says it.")
@click.option("--country", help="ISO 3166 alpha-2, such as NL; needed where no address says it.")
@click.option("--room-class", "room_classes", multiple=True, help="From the plainest to the best; repeat.")
@click.option("--rollover-hour", type=click.IntRange(0, 12), default=4, show_default=True)
@click.option(
    "--geofence", "geofence_m", type=click.IntRange(10, 20_000), default=150, show_default=True, help="Metres."
)
@click.option("--kind", default="hotel", show_default=True)
@answering
def properties_add(
    session: Session,
    address: str | None,
    position: str | None,
    city: str | None,
    country: str | None,
    room_classes: tuple[str, ...],
    **named: str,
) -> int:
    """Add a hotel, or change the one that has this code."""
    engine = session.engine()
    at = _position(position) if position else None
    if address and at is None:
        found = _look_up(engine.settings, address)
        at, city, country = found.position, city or found.city, country or found.country
    if not city or not country:
        raise click.UsageError("Give --city and --country, or an --address that says them.")
    prop = Property(city=city, country=country, room_classes=room_classes, position=at, **named)  # type: ignore[arg-type]
    check_property(prop)
    new = engine.database.run_writing(lambda store: put_property(store, prop, by=BY, at=engine.clock.now()))
    key = "property_added" if new else "property_changed"
    session.show(prop, session.say(key, name=prop.name, code=prop.code))
    return GOOD


def _look_up(settings: Settings, address: str) -> Address:
    if not settings.nominatim_url:
        raise RewardsError(
            ADDRESS_UNKNOWN,
            "No geocoder is configured.",
            hint="Set REWARDS_NOMINATIM_URL, or give --position.",
            field="address",
        )
    return Geocoder(settings.nominatim_url, timeout_s=settings.geocoder_timeout_s).locate(address)


def _position(text: str) -> Position:
    latitude, _, longitude = text.partition(",")
    try:
        return Position(float(latitude), float(longitude))
    except ValueError:
        raise RewardsError(
            FIELD_INVALID, f"“{text}” is not a position.", hint="Write 51.9042,4.4847.", field="position"
        ) from None


commands = (properties,)
