"""Harbour Hotel, into which guests bring their exports."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from plugins.foursquare.export import MappedExport, SwarmExport
from rewards.clock import FrozenClock
from rewards.domain.activity import Activity
from rewards.domain.guest import Identity
from rewards.domain.property import Property
from rewards.history.effective import effective
from rewards.history.rows import Row
from rewards.intake.digests import is_current
from rewards.intake.importing import Importer, ImportReport
from rewards.sdk import FileGround
from rewards.storage.engine import SqlDatabase

HERE = Path(__file__).parent
HARBOUR = Property("harbour", "Harbour Hotel", "blue", "Rotterdam", "NL", "Europe/Amsterdam", "EUR")
VENUE = "4bharbour0000000000000001"
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
ANA = Identity("card", "00412")
MAPPING: dict[str, object] = {"kind": "check_in", "venues": {VENUE: "harbour"}}


def recorded(name: str) -> Path:
    """A file of the real shape."""
    return HERE / "files" / name


def zipped(folder: Path, **files: bytes) -> Path:
    """A zip as Swarm sends it: check-ins beside much else. Names are given without their ending."""
    path = folder / "export.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in {"photos1": b"{}", "users": b"{}", **files}.items():
            archive.writestr(f"data-export/{name}.json", body)
    return path


def reader(whose: Identity | None = ANA, **changed: object) -> MappedExport:
    """The source of the mapping, some parts of it changed."""
    source = SwarmExport()
    ground = FileGround((HARBOUR,), "Europe/Amsterdam", guest=whose)
    return source.mapped(source.checked({**MAPPING, **changed}, "swarm"), ground)


@dataclass
class House:
    """A database with Harbour Hotel."""

    database: SqlDatabase
    clock: FrozenClock
    folder: Path

    def __post_init__(self) -> None:
        """Harbour Hotel is there before its guests bring their exports."""
        with self.database.writing() as store:
            store.properties.put(HARBOUR, NOON)

    def take(self, path: Path, whose: Identity | None = ANA, **changed: object) -> ImportReport:
        """Import an export."""
        source = reader(whose, **changed)
        importer = Importer(self.database, self.clock, zone="Europe/Amsterdam", rollover_hour=4)
        return importer.run(
            "foursquare", source, path, rejects=self.folder / "rejects.csv", mark=source.mark, columns=source.columns()
        )

    def log(self, guest: Identity = ANA) -> Sequence[Activity]:
        """Everything recorded of a guest, whose digest says the same."""
        with self.database.reading() as store:
            found = store.guests.resolve(guest)
            if found is None:
                return ()
            assert is_current(store, found)
            return store.activities.of_guest(store.guests.records(found))

    def counts(self, guest: Identity = ANA) -> list[Row]:
        """What counts of a guest after all reversals."""
        return effective(self.log(guest))
