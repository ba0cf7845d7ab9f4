"""What live sources run in: which there are, what each connection is given, and what is noted of failures."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol
from urllib.parse import urlsplit

from rewards.clock import Clock, from_us, to_us
from rewards.desk.desk import Desk
from rewards.domain.property import Property
from rewards.errors import NOT_FOUND, PLUGIN_INVALID, RewardsError
from rewards.intake.receive import Ground, Intake, ground_of
from rewards.pluginhost.codec import dump, load
from rewards.pluginhost.discover import Found, load_live_source, survey
from rewards.pluginhost.http import HttpClient, Pace, Tokens
from rewards.pluginhost.manifest import Manifest
from rewards.pluginhost.values import values_of
from rewards.sdk.fields import FieldKind, Values
from rewards.sdk.messages import MAX_KEY, MAX_STATE, Json, Refused, TryLater
from rewards.sdk.outside import Client, Link
from rewards.sdk.sources import LiveSource
from rewards.settings import Settings
from rewards.storage.engine import SqlDatabase
from rewards.storage.sources import ConnectionRow
from rewards.storage.store import SqlStore

log = logging.getLogger("rewards.sources")

HEARD_EVERY_US = 600 * 1_000_000
INBOX_TASK = "source_inbox"


class Caller(Protocol):
    """Whose API key makes a call; `require` and `require_property` refuse as the API does."""

    @property
    def id(self) -> str:
        """The key's id."""
        ...

    def require(self, scope: str) -> None:
        """`scope_missing` unless the key has the scope."""
        ...

    def require_property(self, code: str | None) -> None:
        """`property_forbidden` unless the key is bound to the property, or to all."""
        ...


FindCaller = Callable[[SqlStore, str], Caller]
"""The caller of an Authorization header; `unauthenticated` where it holds no valid key."""

OpenClient = Callable[[ConnectionRow, Manifest, Values], Client]


@dataclass(frozen=True, slots=True)
class Plugin:
    """A live source that is loaded."""

    manifest: Manifest
    source: LiveSource


@dataclass(slots=True)
class SourceHost:
    """Live sources on one database. `enqueue` tells the workers of a job; `open_client` is replaced in tests.

    `find_caller` knows API keys, which own addresses may ask for; without it they open nothing.
    """

    settings: Settings
    clock: Clock
    database: SqlDatabase
    intake: Intake
    desk: Desk
    enqueue: Callable[[str], object] | None = None
    find_caller: FindCaller | None = None
    open_client: OpenClient | None = None
    plugins: dict[str, Plugin] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    defects: list[str] = field(default_factory=list)
    _found: Found | None = None
    _tokens: dict[str, Tokens] = field(default_factory=dict)
    _paces: dict[str, Pace] = field(default_factory=dict)
    _heard: dict[str, int] = field(default_factory=dict)

    @property
    def found(self) -> Found:
        """What lies where plugins are looked for; looked for once."""
        if self._found is None:
            self._found = survey(self.settings.plugins_dir)
        return self._found

    def manifest(self, name: str) -> Manifest:
        """The manifest of a live source; `not_found` where there is none."""
        manifest = self.found.manifests.get(name)
        if manifest is None or not manifest.live:
            there = ", ".join(sorted(name for name, one in self.found.manifests.items() if one.live)) or "none"
            raise RewardsError(NOT_FOUND, f"There is no live source “{name[:60]}”.", hint=f"There are {there}.")
        return manifest

    def plugin(self, name: str) -> Plugin:
        """A live source, its code run at the first time; `plugin_invalid` for one that fails, which is noted."""
        loaded = self.plugins.get(name)
        if loaded is not None:
            return loaded
        if name in self.failures:
            raise RewardsError(PLUGIN_INVALID, self.failures[name])
        manifest = self.manifest(name)
        try:
            loaded = Plugin(manifest, load_live_source(manifest))
        except RewardsError as error:
            log.exception("the source %s is left out", name)
            self.failures[name] = error.message
            raise
        self.plugins[name] = loaded
        return loaded

    def values(self, plugin: Plugin, connection: ConnectionRow) -> Values:
        """The settings of a connection as its source reads them."""
        return values_of(plugin.source.fields, connection.settings, self.clock.now_us())

    def ground(self, store: SqlStore) -> Ground:
        """What intake knows of the house."""
        return ground_of(store, self.settings.programme_zone, self.settings.programme_rollover_hour)

    def properties(self, store: SqlStore, connection: ConnectionRow) -> Mapping[str, Property]:
        """The properties a connection is on for."""
        return {prop.code: prop for prop in store.properties.all() if prop.code in connection.on}

    def link(self, plugin: Plugin, connection: ConnectionRow) -> Link:
        """What a source talks to the other system with; a transaction of its own."""
        values = self.values(plugin, connection)
        with self.database.reading() as store:
            properties = self.properties(store, connection)
        client = (self.open_client or self._client)(connection, plugin.manifest, values)
        return Link(values, client, SqlVault(self.database, connection.id), properties, self.clock.now())

    def hosts(self, connection: ConnectionRow, manifest: Manifest, values: Values) -> tuple[str, ...]:
        """The hosts a connection may talk to: the manifest's, and those of addresses that people typed."""
        source = self.plugins[connection.source].source
        typed = [values.text(one.name) for one in source.fields if one.kind is FieldKind.URL]
        return (*manifest.hosts, *(urlsplit(url).netloc for url in typed if url))

    def _client(self, connection: ConnectionRow, manifest: Manifest, values: Values) -> Client:
        hosts = self.hosts(connection, manifest, values)
        trusted = tuple(part.strip() for part in self.settings.source_hosts.split(",") if part.strip())
        tokens = self._tokens.setdefault(connection.id, Tokens())
        pace = self._paces.setdefault(connection.id, Pace(manifest.calls_per_minute))
        return HttpClient(hosts, trusted, tokens, pace)

    def hear(self, store: SqlStore, connection: ConnectionRow, gives: Sequence[str]) -> None:
        """The other system was heard: silence since then means that nothing happened. Written every ten minutes."""
        now_us = self.clock.now_us()
        last = self._heard.get(connection.id)
        if last is not None and 0 <= now_us - last < HEARD_EVERY_US:
            return
        self._heard[connection.id] = now_us
        store.connections.note_heard(connection.id, now_us)
        for code in sorted(connection.on):
            since = connection.properties[code] or now_us
            for kind in gives:
                store.properties.heard(code, kind, from_us(now_us), from_us(since))

    def note_defect(self, name: str, what: str, error: BaseException) -> str:
        """A source raised what it should not: logged by class and place, never by message, which may quote anything."""
        frames = traceback.extract_tb(error.__traceback__)
        where = f" at {frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else ""
        sentence = f"{what} failed: {type(error).__name__}{where}"
        log.error("the source %s is at fault: %s", name, sentence)
        self.defects.append(f"{name}: {sentence}")
        del self.defects[:-100]
        return sentence

    def note_failure(self, connection: str, sentence: str) -> None:
        """Keep the last failure of a connection; a database that is busy now does without."""
        try:
            with self.database.writing() as store:
                store.connections.note_failure(connection, sentence, self.clock.now_us())
        except RewardsError as error:
            log.warning("a failure of %s could not be noted: %s", connection, error.code.name)


@dataclass(frozen=True, slots=True)
class SqlVault:
    """What a connection remembers, each call a transaction of its own."""

    database: SqlDatabase
    connection: str

    def put(self, name: str, value: Json) -> None:
        """Keep, replace or (None) remove."""
        _check_name(name)
        text = None if value is None else dump(value, MAX_STATE)
        with self.database.writing() as store:
            store.connections.vault_put(self.connection, name, text)

    def get(self, name: str) -> Json:
        """What is kept, None where there is nothing."""
        with self.database.reading() as store:
            return load(store.connections.vault_get(self.connection, name))

    def change(self, name: str, make: Callable[[Json], Json]) -> Json:
        """Replace what is kept by what `make` says of it, in one transaction."""
        _check_name(name)

        def work(store: SqlStore) -> Json:
            value = make(load(store.connections.vault_held(self.connection, name)))
            store.connections.vault_put(self.connection, name, None if value is None else dump(value, MAX_STATE))
            return value

        return self.database.run_writing(work)

    def names(self, prefix: str = "") -> list[str]:
        """Every name that begins so."""
        with self.database.reading() as store:
            return [name for name in store.connections.vault_names(self.connection) if name.startswith(prefix)]


def _check_name(name: str) -> None:
    if not 1 <= len(name) <= MAX_KEY or not name.isprintable():
        raise Refused(f"a name in the vault has 1 to {MAX_KEY} characters")


def in_words(error: BaseException) -> str:
    """A failure as it is kept and shown: our own sentences, codes of the house, else the class. Never a message."""
    if isinstance(error, Refused | TryLater):
        return error.reason[:300]
    if isinstance(error, RewardsError):
        return f"{error.code.title} ({error.code.name}{f', {error.field}' if error.field else ''})"
    return type(error).__name__


def later_us(clock: Clock, seconds: float) -> int:
    """The instant so many seconds from now."""
    return to_us(clock.now() + timedelta(seconds=seconds))
