"""Commands that run things: serve, worker, sweeper, migrate."""

from __future__ import annotations

import os
from pathlib import Path

import click

from rewards.cli.greeting import greeting
from rewards.cli.session import GOOD, Session, answering
from rewards.cli.tools import Engine, Tools
from rewards.ids import new_id
from rewards.pluginhost import seeding

KEY_FILE = "demonstration.key"


@click.command()
@click.option("--demo", is_flag=True, help="Seed a demonstration hotel group on the first start.")
@click.option("--demo-guests", type=click.IntRange(1, 200_000), default=20_000, show_default=True, hidden=True)
@answering
def serve(session: Session, *, demo: bool, demo_guests: int) -> int:
    """Run everything: web server, worker, sweeper and, unless REDIS_URL is set, a private Valkey."""
    tools = session.tools
    settings = tools.load_settings()
    settings.home.mkdir(parents=True, exist_ok=True)
    engine = tools.make_engine()
    key: str | None = None

    def migrate() -> None:
        nonlocal key
        engine.database.migrate()
        if demo:
            seeding.prepare(engine.database, engine.clock, settings, guests=demo_guests)
            key = demonstration_key(tools, engine)
        engine.database.close()

    def on_ready(url: str) -> None:
        session.show(*greeting(session, url, key, engine.clock.now().date(), demo_guests))

    tools.serve(settings, migrate=migrate, on_ready=on_ready, analysis=demo)
    return GOOD


def demonstration_key(tools: Tools, engine: Engine) -> str:
    """The demonstration's key, kept in the home folder for its owner alone; made again where it is lost or revoked."""
    path = engine.settings.home / KEY_FILE
    if path.is_file():
        secret = path.read_text(encoding="ascii").strip()
        with engine.database.reading() as store:
            if store.keys.find(tools.hash_secret(secret)) is not None:
                return secret
    secret = tools.new_secret()
    with engine.database.writing() as store:
        now = engine.clock.now()
        store.keys.add(new_id("key"), tools.hash_secret(secret), "demonstration", ["admin"], [], now)
    _keep(path, secret)
    return secret


def _keep(path: Path, secret: str) -> None:
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        stream.write(secret + "\n")


@click.command()
@click.option("--lane", default="jobs", type=click.Choice(["jobs", "analysis"]), help="Which queue to serve.")
@answering
def worker(session: Session, *, lane: str) -> int:
    """Run one more worker, on this host or another."""
    session.engine()
    return session.tools.worker(lane)


@click.command()
@answering
def sweeper(session: Session) -> int:
    """Run one more sweeper; of several, one leads."""
    session.engine()
    return session.tools.sweeper()


@click.command()
@answering
def migrate(session: Session) -> int:
    """Bring the tables to this version; of several processes one does, the others wait."""
    engine = session.engine(migrated=False)
    engine.database.migrate()
    revision = engine.database.revision()
    session.show({"revision": revision}, session.say("migrated", revision=revision))
    return GOOD


commands = (serve, worker, sweeper, migrate)
