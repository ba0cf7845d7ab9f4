"""`rewards sources`: connections of live sources; `rewards listen`: streams that are held open."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Any

import click

from rewards.cli.session import GOOD, NO, Session, answering
from rewards.cli.tools import Engine
from rewards.clock import from_us, isoformat
from rewards.errors import FIELD_INVALID, RewardsError
from rewards.pluginhost import connections, delivering, polling
from rewards.pluginhost.host import in_words
from rewards.pluginhost.working import work
from rewards.sdk.messages import Refused, TryLater
from rewards.storage.store import SqlStore

BY = "command line"
SHOWN = 100
LOOK_EVERY_S = 15.0


@click.group()
def sources() -> None:
    """Live sources that are connected."""


def _pairs(pairs: Sequence[str]) -> dict[str, str | None]:
    """Settings as they are typed: NAME=VALUE, or NAME= to take one away."""
    found: dict[str, str | None] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise RewardsError(
                FIELD_INVALID, f"“{name[:40]}” has no value.", hint="Write NAME=VALUE.", field="settings"
            )
        found[name] = value or None
    return found


@sources.command("add")
@click.argument("name")
@click.option("--property", "properties", multiple=True, required=True, help="A hotel it is for; repeat.")
@click.option("--set", "pairs", multiple=True, metavar="NAME=VALUE", help="A setting; env:VARIABLE keeps it outside.")
@click.option("--label", default="", help="Keeps a second connection of one source apart from the first.")
@answering
def sources_add(session: Session, name: str, properties: tuple[str, ...], pairs: tuple[str, ...], label: str) -> int:
    """Turn a source on; shows the address that the other system is told."""
    engine, settings = session.engine(), _pairs(pairs)
    row = engine.database.run_writing(
        lambda store: connections.add(
            engine.sources, store, name, properties=properties, settings=settings, label=label, by=BY
        )
    )
    return _show_one(session, engine, row.id)


@sources.command("list")
@answering
def sources_list(session: Session) -> int:
    """Every connection with its address and how it is."""
    engine = session.engine()
    with engine.database.reading() as store:
        found = connections.listed(engine.sources, store)
    broken = [
        session.say("source_broken", place=place, what=what) for place, what in engine.sources.found.broken.items()
    ]
    lines = [line for one in found for line in _lines(session, one)]
    session.show([_json(one) for one in found], "\n".join([*lines, *broken]) or session.say("no_sources"))
    return GOOD


@sources.command("set")
@click.argument("connection")
@click.argument("pairs", nargs=-1, required=True, metavar="NAME=VALUE…")
@click.option(
    "--keep-old", type=click.IntRange(0, 720), default=0, help="Hours in which a replaced secret is accepted."
)
@answering
def sources_set(session: Session, connection: str, pairs: tuple[str, ...], keep_old: int) -> int:
    """Change settings of a connection; NAME= takes one away."""
    return _change(session, connection, settings=_pairs(pairs), keep_old_hours=keep_old)


@sources.command("on")
@click.argument("connection")
@click.option("--property", "properties", multiple=True, help="Only for a hotel; repeat.")
@answering
def sources_on(session: Session, connection: str, properties: tuple[str, ...]) -> int:
    """Turn a connection on, or turn it on for a hotel."""
    return _turn(session, connection, properties, on=True)


@sources.command("off")
@click.argument("connection")
@click.option("--property", "properties", multiple=True, help="Only for a hotel; repeat.")
@answering
def sources_off(session: Session, connection: str, properties: tuple[str, ...]) -> int:
    """Turn a connection off, or turn it off for a hotel; its messages are then refused."""
    return _turn(session, connection, properties, on=False)


def _turn(session: Session, connection: str, properties: Sequence[str], *, on: bool) -> int:
    if properties:
        return _change(session, connection, turn=dict.fromkeys(properties, on))
    return _change(session, connection, on=on)


def _change(session: Session, connection: str, **changes: Any) -> int:
    engine = session.engine()
    engine.database.run_writing(
        lambda store: connections.change(engine.sources, store, connection, by=BY, **changes)
    )  # fmt: skip
    return _show_one(session, engine, connection)


@sources.command("remove")
@click.argument("connection")
@answering
def sources_remove(session: Session, connection: str) -> int:
    """Remove a connection with its inbox; the facts it told of stay."""
    engine = session.engine()
    engine.database.run_writing(lambda store: connections.remove(engine.sources, store, connection, by=BY))
    session.show({"connection": connection}, session.say("source_removed", connection=connection))
    return GOOD


@sources.command("poll")
@click.argument("connection")
@answering
def sources_poll(session: Session, connection: str) -> int:
    """Ask the other system now, and work on what it says."""
    engine = session.engine()

    def ask() -> int:
        return polling.poll(engine.sources, connection)

    new, why = _tried(ask)
    worked = work(engine.sources, connection)
    said = {"new": new, "done": worked.done, "dead": worked.dead, "why": why}
    session.show(said, why or session.say("source_polled", new=new, done=worked.done))
    return NO if why else GOOD


@sources.command("check")
@click.argument("connection")
@answering
def sources_check(session: Session, connection: str) -> int:
    """Try the settings against the other system; nothing is changed."""
    engine = session.engine()
    with engine.database.reading() as store:
        row = connections.shown_one(engine.sources, store, connection).row

    def check() -> int:
        plugin = engine.sources.plugin(row.source)
        plugin.source.check(engine.sources.link(plugin, row))
        return 0

    why = _tried(check)[1]
    session.show({"connection": connection, "why": why}, why or session.say("source_checked"))
    return NO if why else GOOD


def _tried(call: Callable[[], int]) -> tuple[int, str]:
    """What a call came to, and why it did not go through; refusals of the house pass."""
    try:
        return call(), ""
    except (Refused, TryLater) as error:
        return 0, in_words(error)


@sources.command("inbox")
@click.argument("connection")
@click.option("--state", type=click.Choice(["due", "done", "skipped", "dead"]), help="Only these.")
@answering
def sources_inbox(session: Session, connection: str, state: str | None) -> int:
    """What the connection was told and what became of it; never what it says."""
    engine = session.engine()
    with engine.database.reading() as store:
        connections.shown_one(engine.sources, store, connection)
        rows = store.inbox.page(connection, state, 0, SHOWN)
    values = [
        {
            "key": row.key, "kind": row.kind, "entity": row.entity, "state": row.state, "attempt": row.attempt,
            "received_at": isoformat(from_us(row.received_us)), "note": row.note,
        }
        for row in rows
    ]  # fmt: skip
    lines = [
        f"{one['received_at']}  {one['state']:<8} {one['kind']} {one['entity']}  {one['note'] or ''}" for one in values
    ]
    session.show(values, "\n".join(lines) or session.say("inbox_empty"))
    return GOOD


@sources.command("retry")
@click.argument("connection")
@answering
def sources_retry(session: Session, connection: str) -> int:
    """Make dead notices and dead deliveries of a connection due again."""
    engine = session.engine()
    host = engine.sources

    def again(store: SqlStore) -> tuple[int, int]:
        connections.found(store, connection)
        return store.inbox.retry(connection, host.clock.now_us()), delivering.retry_dead(host, store, connection)

    notices, events = engine.database.run_writing(again)
    text = session.say("source_retried", notices=notices, events=events)
    session.show({"notices": notices, "events": events}, text)
    return GOOD


@click.command()
@click.argument("source", required=False)
@answering
def listen(session: Session, source: str | None) -> int:
    """Hold the streams of SOURCE open, or those of every source that has some, until Ctrl-C."""
    engine, stop = session.engine(), threading.Event()

    def request_stop(signum: int, frame: FrameType | None) -> None:
        stop.set()

    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, request_stop)
    running: dict[str, threading.Thread] = {}
    while not stop.is_set():
        for row in polling.streams(engine.sources):
            held = running.get(row.id)
            if (source is None or row.source == source) and (held is None or not held.is_alive()):
                running[row.id] = threading.Thread(
                    target=polling.listen, args=(engine.sources, row.id, stop), daemon=True
                )
                running[row.id].start()
        # Connections are added and turned on while this runs.
        stop.wait(LOOK_EVERY_S)
    return GOOD


def _show_one(session: Session, engine: Engine, connection: str) -> int:
    with engine.database.reading() as store:
        one = connections.shown_one(engine.sources, store, connection)
    session.show(_json(one), "\n".join(_lines(session, one)))
    return GOOD


def _lines(session: Session, one: connections.Shown) -> list[str]:
    row, health = one.row, one.health
    state = session.say("source_on" if row.on else "source_off", properties=", ".join(sorted(row.on)))
    heard = isoformat(from_us(health.heard_us)) if health.heard_us else session.say("source_never")
    lines = [
        f"{row.id}  {row.namespace}  {state}",
        f"  {one.path}",
        "  " + session.say("source_health", heard=heard, due=health.due, dead=health.dead, lag=health.lag_s,
                           undelivered=health.undelivered),
    ]  # fmt: skip
    told = [health.trouble, health.last_error]
    return lines + [f"  {text}" for text in told if text]


def _json(one: connections.Shown) -> dict[str, Any]:
    row, health = one.row, one.health
    return {
        "id": row.id, "source": row.source, "label": row.label, "path": one.path, "on": sorted(row.on),
        "settings": {name: str(value) if value is not None else None for name, value in one.settings.items()},
        "heard_at": isoformat(from_us(health.heard_us)) if health.heard_us else None, "due": health.due,
        "dead": health.dead, "undelivered": health.undelivered, "lag_s": health.lag_s, "trouble": health.trouble,
        "last_error": health.last_error,
    }  # fmt: skip


commands = (sources, listen)
