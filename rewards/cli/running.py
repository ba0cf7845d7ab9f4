"""Commands that run things: serve, worker, sweeper, migrate, doctor."""

from __future__ import annotations

import json
import os
import platform
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path

import click

from rewards.cli.tools import GOOD, NO, Engine, Tools, json_option, show, tools_of
from rewards.clock import to_us
from rewards.errors import RewardsError
from rewards.ids import new_id
from rewards.pluginhost import seeding
from rewards.pluginhost.discover import discover
from rewards.settings import documented

KEY_FILE = "demonstration.key"
WAL_RESET_FIXED = (3, 51, 3)


@click.command()
@click.option("--demo", is_flag=True, help="Seed a demonstration hotel group on the first start.")
@click.pass_context
def serve(context: click.Context, *, demo: bool) -> int:
    """Run everything: web server, worker, sweeper and, unless REDIS_URL is set, a private Valkey."""
    tools = tools_of(context)
    settings = tools.load_settings()
    settings.home.mkdir(parents=True, exist_ok=True)
    key: list[str] = []

    def migrate() -> None:
        engine = tools.make_engine()
        engine.database.migrate()
        if demo:
            key.append(_prepare_demo(tools, engine))
        engine.database.close()

    def ready(url: str) -> None:
        click.echo(_greeting(url, key[0] if key else None, tools))

    tools.serve(settings, ready, migrate)
    return GOOD


def _prepare_demo(tools: Tools, engine: Engine) -> str:
    seeding.prepare(engine.database, engine.clock, engine.settings.home)
    with engine.database.writing() as store:
        seeding.enqueue(store, engine.clock)
    return _demo_key(tools, engine, engine.settings.home / KEY_FILE)


def _demo_key(tools: Tools, engine: Engine, path: Path) -> str:
    """The demonstration's key, kept in the home folder for its owner only; made again where it is lost."""
    if path.is_file():
        secret = path.read_text(encoding="ascii").strip()
        with engine.database.reading() as store:
            if store.keys.find(tools.hash_secret(secret)) is not None:
                return secret
    secret = tools.new_secret()
    with engine.database.writing() as store:
        store.keys.add(new_id("key"), tools.hash_secret(secret), "demonstration", ["admin"], [], tools.now())
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        stream.write(secret + "\n")
    return secret


def _greeting(url: str, key: str | None, tools: Tools) -> str:
    lines = [f"Rewards answers at {url}", f"  API   {url}/v1   document {url}/openapi.json   pages {url}/docs"]
    if key is None:
        return "\n".join([*lines, "  Make a key with: rewards keys new --name desk --scope decisions:write"])
    today = tools.now().date()
    question = {
        "guest": "card:00412",
        "property": "harbour",
        "moment": "arrival",
        "mode": "commit",
        "stay": {
            "reservation": "R-4711",
            "arrival": today.isoformat(),
            "departure": (today + timedelta(days=2)).isoformat(),
            "room_class": "standard",
            "channel": "direct",
            "rooms": 1,
        },
    }
    curl = (
        f"  curl -s {url}/v1/decisions -H 'Authorization: Bearer {key}' \\\n"
        f"    -H 'Idempotency-Key: arrival-R-4711-{today}' -H 'Content-Type: application/json' \\\n"
        f"    -d '{json.dumps(question)}'"
    )
    return "\n".join(
        [
            *lines,
            f"  Key   {key}",
            "",
            "What does Ana get, who arrives at Harbour Hotel today?",
            "",
            curl,
            "",
            "Ctrl-C stops all.",
        ]
    )


@click.command()
@click.option("--lane", default="jobs", type=click.Choice(["jobs", "analysis"]), help="Which queue to serve.")
@click.pass_context
def worker(context: click.Context, lane: str) -> int:
    """Run a worker of its own, for a second host."""
    return tools_of(context).worker(lane)


@click.command()
@click.pass_context
def sweeper(context: click.Context) -> int:
    """Run a sweeper of its own, for a second host."""
    return tools_of(context).sweeper()


@click.command()
@json_option
@click.pass_context
def migrate(context: click.Context, *, as_json: bool) -> int:
    """Bring the tables to this version."""
    engine = tools_of(context).make_engine()
    engine.database.migrate()
    show({"revision": engine.database.revision()}, f"The tables are at {engine.database.revision()}.", as_json=as_json)
    return GOOD


@click.command()
@json_option
@click.pass_context
def doctor(context: click.Context, *, as_json: bool) -> int:
    """Look at settings, database, clock and plugins, and say what is wrong."""
    tools = tools_of(context)
    engine = tools.make_engine()
    checks: list[tuple[str, Callable[[], tuple[str, str]]]] = [
        ("settings", lambda: _settings(tools)),
        ("SQLite", lambda: _sqlite(engine)),
        ("database", lambda: _database(engine)),
        ("clock", lambda: _clock(engine)),
        ("plugins", lambda: ("good", ", ".join(sorted(discover(engine.settings.plugins_dir))))),
    ]
    found = [(name, *_guarded(check)) for name, check in checks]
    text = "\n".join(f"{state:<8} {name}: {what}" for name, state, what in found)
    show([{"check": name, "state": state, "detail": what} for name, state, what in found], text, as_json=as_json)
    return NO if any(state == "bad" for _, state, _ in found) else GOOD


def _guarded(check: Callable[[], tuple[str, str]]) -> tuple[str, str]:
    try:
        return check()
    except RewardsError as error:
        return "bad", str(error)


def _settings(tools: Tools) -> tuple[str, str]:
    settings = tools.load_settings()
    return "good", f"home {settings.home}, {len(documented())} settings, Python {platform.python_version()}"


def _sqlite(engine: Engine) -> tuple[str, str]:
    if engine.database.dialect != "sqlite":
        return "good", "not used"
    with engine.database.reading() as store:
        row = store.session.one("SELECT sqlite_version()", ())
    version = str(row[0]) if row else sqlite3.sqlite_version
    if tuple(int(part) for part in version.split(".")) < WAL_RESET_FIXED and find_spec("pysqlite3") is None:
        return (
            "warning",
            f"{version} may damage a database when two connections checkpoint at once (3.51.3 does not)",
        )
    return "good", f"{version}, synchronous={engine.settings.sqlite_synchronous}"


def _database(engine: Engine) -> tuple[str, str]:
    if not engine.database.is_current():
        return "bad", f"the tables are at {engine.database.revision()}; run `rewards migrate`"
    with engine.database.reading() as store:
        live = store.rule_sets.live()
    return "good", f"{engine.database.dialect}, rule set {f'v{live.version}' if live else 'none'}"


def _clock(engine: Engine) -> tuple[str, str]:
    with engine.database.reading() as store:
        skew_s = (store.now_us() - to_us(engine.clock.now())) / 1_000_000
    state = "good" if abs(skew_s) <= 2 else "warning" if abs(skew_s) <= 60 else "bad"
    return state, f"{skew_s:+.3f} s against the database's"


commands = (serve, worker, sweeper, migrate, doctor)
