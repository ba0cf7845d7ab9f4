"""A fresh engine with the bundled packs live, for real data to run through."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from rewards.clock import FrozenClock
from rewards.desk.desk import Desk
from rewards.desk.installation import Programme
from rewards.desk.reply import Reader
from rewards.intake.importing import Importer, ImportReport
from rewards.intake.receive import Receipt
from rewards.ledger.ports import RuleSetRow
from rewards.paths import bundled
from rewards.pluginhost.discover import load_file_source
from rewards.rulelang import canonical, packs
from rewards.sdk.files import FileRow
from rewards.storage.engine import SqlDatabase, open_database

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
READER = Reader("en", True)


class House:
    """The engine's parts on one database."""

    def __init__(self, database: SqlDatabase, zone: str, currency: str) -> None:
        self.database = database
        self.clock = FrozenClock(NOW)
        self.zone = zone
        self.desk = Desk(database, self.clock, Programme(zone, currency, 4, 48 * 3_600 * 1_000_000))

    def publish(self, *names: str) -> None:
        """Make some packs live."""
        loaded = [packs.load_pack(folder) for folder in packs.pack_folders(bundled("rules")) if folder.name in names]
        found = packs.build_rule_set(loaded, 1)
        row = RuleSetRow(
            1, found.digest, canonical.dump_rules(found.rules), canonical.dump_perks(found.perks), NOW, "test", ""
        )
        with self.database.writing() as store:
            store.rule_sets.publish(row)

    def load(self, source: str, path: Path, rejects: Path, decide: object = None) -> ImportReport:
        """Import a file."""
        importer = Importer(self.database, self.clock, zone=self.zone, rollover_hour=4)
        return importer.run(source, load_file_source(source), path, rejects=rejects, decide=decide)  # type: ignore[arg-type]


@contextmanager
def house(folder: Path, *names: str, zone: str, currency: str) -> Iterator[House]:
    """A house on SQLite in a folder. It may lose its last commits on a power cut, which no test here makes."""
    database = open_database(f"sqlite:///{folder / 'rewards.db'}", synchronous="NORMAL")
    database.migrate()
    made = House(database, zone, currency)
    made.publish(*names)
    yield made
    database.close()


__all__ = ["READER", "FileRow", "House", "Receipt", "house"]
