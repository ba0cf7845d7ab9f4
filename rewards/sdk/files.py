"""Sources that read a file: what they are asked, in this order."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol, TextIO

from rewards.domain.activity import Kind
from rewards.domain.guest import Identity
from rewards.domain.property import Property
from rewards.domain.stay import StayInHand
from rewards.errors import FILE_INVALID, RewardsError
from rewards.sdk.drafts import Draft


@dataclass(frozen=True, slots=True)
class Known:
    """What a file's history covers: from when (None: from the beginning) to when, of a kind at a property."""

    property: str
    kind: Kind
    known_from: datetime | None
    until: datetime


@dataclass(frozen=True, slots=True)
class FileRow:
    """One row of a file: its number (1 is the first after a header), and what became of it.

    `drafts` are the facts it holds, none for a row that says nothing to record (a cancelled booking), with the
    reason in `skipped`. `rejected` says, in a sentence, why it cannot be read; `raw` is shown beside it. `stay` and
    `at` are the question a row poses, where the import is asked to decide. `line` and `column` are where in the file a
    person finds what was rejected. A row that `corrects` takes the place of what was recorded under its keys: other
    content is a reversal and a new fact under the key with `~2`, so its own keys end in no such number. `takes_back`
    are keys whose facts, where they are recorded, no longer stand. A row that `yields` says nothing new where something
    is recorded under its keys, whatever that says: a weaker telling (a member's own export) never changes a better one.
    """

    number: int
    drafts: tuple[Draft, ...] = ()
    skipped: str | None = None
    rejected: str | None = None
    raw: tuple[str, ...] = ()
    stay: StayInHand | None = None
    at: datetime | None = None
    line: int | None = None
    column: str | None = None
    corrects: bool = False
    takes_back: tuple[str, ...] = ()
    yields: bool = False


class FileSource(Protocol):
    """A plugin that reads files. Its module offers `source`, an object of this shape."""

    def properties(self, path: Path) -> Iterable[Property]:
        """The properties that the rows speak of, to be added where they are missing."""
        ...

    def known(self, path: Path) -> Iterable[Known]:
        """What the file covers, once all of it is recorded."""
        ...

    def rows(self, path: Path, file_hash: str) -> Iterator[FileRow]:
        """Every row in the order that history should be told; memory stays constant in the length of the file.

        `file_hash` is the SHA-256 of the file, for sources without keys of their own.
        """
        ...


@dataclass(frozen=True, slots=True)
class FileGround:
    """What a mapped file is read on: the properties there are, the programme's zone, and who reads the refusals.

    `language` is `en` or `nl`. `guest` is whose file it is, where the import says so.
    """

    properties: tuple[Property, ...]
    zone: str
    language: str = "en"
    guest: Identity | None = None


class MappedFile(FileSource, Protocol):
    """A file source with its mapping. A file is read anew where its `mark` differs."""

    @property
    def mark(self) -> str:
        """Differs where a mapping reads otherwise."""
        ...

    def columns(self) -> tuple[str, ...]:
        """Names of what `FileRow.raw` holds, in order."""
        ...


class MappedSource(Protocol):
    """A plugin whose files may have any columns; a saved mapping (JSON values) says what each of them is.

    Without one it is a file source that knows nothing and refuses to read; `hint` says how a mapping is made.
    """

    hint: str

    def properties(self, path: Path) -> Iterable[Property]:
        """None: the hotels are there before files about them are."""
        return ()

    def known(self, path: Path) -> Iterable[Known]:
        """Nothing: only a mapping says what a file covers."""
        return ()

    def rows(self, path: Path, file_hash: str) -> Iterator[FileRow]:
        """Refused: without a mapping nobody knows what a column is."""
        raise RewardsError(FILE_INVALID, f"{path.name} can only be read by a mapping.", hint=self.hint)

    def proposed(self, path: Path, given: Mapping[str, object]) -> dict[str, object]:
        """A mapping to confirm, from what the file shows. `given` are the parts that are settled, `kind` among them."""
        ...

    def checked(self, document: object, name: str) -> dict[str, object]:
        """A mapping as it is saved under a name; `field_invalid` names the first part that is wrong."""
        ...

    def same_keys(self, before: object, after: object) -> bool:
        """Whether two checked mappings name a fact alike, so that what one recorded the other does not record again."""
        ...

    def mapped(self, document: object, ground: FileGround) -> MappedFile:
        """The file source that reads by a mapping that was checked."""
        ...


def open_text(path: Path) -> TextIO:
    """The file's UTF-8 text, unpacked where the name ends in `.gz`; line ends stay as they are, as `csv` wants them."""
    if path.suffix == ".gz":
        return gzip.open(path, "rt", newline="", encoding="utf-8")
    return path.open(newline="", encoding="utf-8")


def csv_rows(path: Path, columns: Sequence[str]) -> Iterator[dict[str, str]]:
    """The rows of a CSV with a header, one at a time. A column of `columns` that the header lacks: `file_invalid`."""
    with open_text(path) as stream:
        table = csv.DictReader(stream)
        missing = [column for column in columns if column not in (table.fieldnames or ())]
        if missing:
            raise RewardsError(
                FILE_INVALID, f"{path.name} lacks the column {missing[0]}.", hint=f"It needs {', '.join(columns)}."
            )
        yield from table
