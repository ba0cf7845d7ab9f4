"""`rewards doctor`: looks at everything an installation rests on, and says what is wrong with it."""

from __future__ import annotations

import platform
from collections.abc import Callable
from dataclasses import fields
from typing import NamedTuple

import click

from rewards.cli.session import GOOD, NO, Session, answering
from rewards.cli.tools import Engine
from rewards.clock import SKEW_REFUSES_S, SKEW_WARNS_S, skew_s
from rewards.errors import RewardsError
from rewards.pluginhost.discover import discover
from rewards.settings import Settings
from rewards.storage.sqlite import driver

WAL_RESET_FIXED = (3, 51, 3)
SAFE = {"fsync": ("on",), "full_page_writes": ("on",), "synchronous_commit": ("on", "remote_write", "remote_apply")}
ISOLATION = "default_transaction_isolation"


class Finding(NamedTuple):
    """What one look found: `good`, `warning` or `bad`, and a sentence."""

    state: str
    detail: str


Look = Callable[[Session, Engine], Finding]


@click.command()
@answering
def doctor(session: Session) -> int:
    """Look at settings, database, clocks, queue, rules and plugins, and say what is wrong."""
    engine = session.engine(migrated=False)
    found = [(name, _guarded(look, session, engine)) for name, look in LOOKS]
    value = [{"check": name, "state": one.state, "detail": one.detail} for name, one in found]
    width = max(len(session.say(state)) for state in ("good", "warning", "bad"))
    session.show(value, "\n".join(f"{session.say(one.state):<{width}}  {name}: {one.detail}" for name, one in found))
    return NO if any(one.state == "bad" for _, one in found) else GOOD


def _guarded(look: Look, session: Session, engine: Engine) -> Finding:
    """One look that fails says so and leaves the others to be taken."""
    try:
        return look(session, engine)
    except RewardsError as error:
        return Finding("bad", str(error))


def _settings(session: Session, engine: Engine) -> Finding:
    """Names only: an address may hold a password."""
    settings, plain = engine.settings, Settings()
    names = [f.metadata["variable"] for f in fields(Settings) if getattr(settings, f.name) != getattr(plain, f.name)]
    detail = session.say(
        "settings_seen",
        home=settings.home.resolve(),
        python=platform.python_version(),
        count=len(names),
        names=", ".join(names) or session.say("none_set"),
    )
    return Finding("good", detail)


def _server(session: Session, engine: Engine) -> Finding:
    if engine.database.dialect == "sqlite":
        return _sqlite(session, engine)
    with engine.database.reading() as store:
        server = store.server()
    version = server.pop("server_version")
    values = {"version": version, "settings": ", ".join(f"{name} {value}" for name, value in sorted(server.items()))}
    if any(server[name] not in safe for name, safe in SAFE.items()):
        return Finding("bad", session.say("postgres_unsafe", **values))
    if server[ISOLATION] != "read committed":
        return Finding("bad", session.say("postgres_isolation", **values))
    return Finding("good", session.say("postgres_good", **values))


def _sqlite(session: Session, engine: Engine) -> Finding:
    version = str(driver().sqlite_version)
    if tuple(int(part) for part in version.split(".")) < WAL_RESET_FIXED:
        return Finding("warning", session.say("sqlite_old", version=version))
    if engine.settings.sqlite_synchronous != "FULL":
        return Finding("warning", session.say("sqlite_normal", version=version))
    return Finding("good", session.say("sqlite_good", version=version))


def _schema(session: Session, engine: Engine) -> Finding:
    revision = engine.database.revision()
    if not engine.database.is_current():
        return Finding("bad", session.say("schema_behind", revision=revision or session.say("nothing_yet")))
    return Finding("good", session.say("schema_good", revision=revision))


def _clocks(session: Session, engine: Engine) -> Finding:
    with engine.database.reading() as store:
        skew = skew_s(store.now_us(), engine.clock)
    state = "good" if abs(skew) <= SKEW_WARNS_S else "warning" if abs(skew) <= SKEW_REFUSES_S else "bad"
    return Finding(state, session.say("clock_differs", skew=skew))


def _queue(session: Session, engine: Engine) -> Finding:
    return Finding(*session.tools.queue())


def _rules(session: Session, engine: Engine) -> Finding:
    if not engine.database.is_current():
        return Finding("warning", session.say("rules_none"))
    with engine.database.reading() as store:
        live = store.rule_sets.live()
    if live is None:
        return Finding("warning", session.say("rules_none"))
    return Finding("good", session.say("rules_live", version=live.version, day=live.published_at.date()))


def _tallies(session: Session, engine: Engine) -> Finding:
    if not engine.database.is_current():
        return Finding("warning", session.say("tallies_unknown"))
    with engine.database.reading() as store:
        due = store.tallies.due_count()
    if due:
        return Finding("warning", session.say("tallies_due", count=due))
    return Finding("good", session.say("tallies_made"))


def _plugins(session: Session, engine: Engine) -> Finding:
    return Finding("good", ", ".join(sorted(discover(engine.settings.plugins_dir))))


LOOKS: tuple[tuple[str, Look], ...] = (
    ("settings", _settings),
    ("database", _server),
    ("schema", _schema),
    ("clock", _clocks),
    ("queue", _queue),
    ("rules", _rules),
    ("places", _tallies),
    ("plugins", _plugins),
)
commands = (doctor,)
