"""Harbour Hotel and its exports, for the stories of this source's tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from plugins.files import FilesSource, MappedFiles
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

HARBOUR = Property("harbour", "Harbour Hotel", "blue", "Rotterdam", "NL", "Europe/Amsterdam", "EUR")
GROUND = FileGround((HARBOUR,), "Europe/Amsterdam")
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)

STAYS: dict[str, object] = {
    "kind": "stay",
    "file": {"format": "csv", "delimiter": ";"},
    "columns": {
        "property": "Hotel", "guest.card": "Kaart", "arrival": "Aankomst", "departure": "Vertrek", "amount": "Bedrag",
        "reservation": "Nr",
    },
    "constants": {"currency": "EUR"},
    "dates": "d-m-y",
    "decimal": ",",
    "key": ["Nr"],
    "cancelled": {"Status": ["geannuleerd"]},
}  # fmt: skip
STAYS_HEADER = "Nr;Hotel;Kaart;Aankomst;Vertrek;Bedrag;Status"

BAR: dict[str, object] = {
    "kind": "spend",
    "namespace": "till",
    "file": {"format": "csv", "delimiter": ","},
    "columns": {"guest.card": "Card", "at": "When", "amount": "Total", "category": "Outlet"},
    "constants": {"property": "harbour", "currency": "EUR"},
    "key": ["Receipt"],
    "reverses": ["Refund of"],
}
BAR_HEADER = "Receipt,Card,When,Total,Outlet,Refund of"


def reader(document: dict[str, object], ground: FileGround = GROUND, **changed: object) -> MappedFiles:
    """The source of a mapping, some parts of it changed."""
    source = FilesSource()
    return source.mapped(source.checked({**document, **changed}, "test"), ground)


@dataclass
class House:
    """A database with Harbour Hotel, into which files are imported."""

    database: SqlDatabase
    clock: FrozenClock
    folder: Path
    language: str = "en"
    files: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Harbour Hotel is there before its exports are."""
        with self.database.writing() as store:
            store.properties.put(HARBOUR, NOON)

    def write(self, header: str, *rows: str) -> Path:
        """A file of its own."""
        path = self.folder / f"export-{len(self.files)}.csv"
        self.files.append(path.name)
        path.write_text("\n".join([header, *rows, ""]), encoding="utf-8")
        return path

    def take(self, path: Path, document: dict[str, object], *, again: bool = False, **changed: object) -> ImportReport:
        """Import a file by a mapping."""
        ground = FileGround((HARBOUR,), "Europe/Amsterdam", self.language)
        source = reader(document, ground, **changed)
        importer = Importer(self.database, self.clock, zone="Europe/Amsterdam", rollover_hour=4, language=self.language)
        return importer.run(
            "files", source, path, rejects=self.rejects(path), again=again, mark=source.mark, columns=source.columns()
        )

    def rejects(self, path: Path) -> Path:
        """Where a file's refused rows are listed."""
        return self.folder / f"{path.stem}.rejects.csv"

    def log(self, card: str) -> Sequence[Activity]:
        """Everything recorded of a guest, whose digest says the same."""
        with self.database.reading() as store:
            guest = store.guests.resolve(Identity("card", card))
            if guest is None:
                return ()
            assert is_current(store, guest)
            return store.activities.of_guest(store.guests.records(guest))

    def counts(self, card: str) -> list[Row]:
        """What counts of a guest after all reversals."""
        return effective(self.log(card))
