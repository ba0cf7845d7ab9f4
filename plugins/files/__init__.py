"""Exports of any system: CSV, Excel or JSON lines, by a saved mapping of their columns.

A mapping says everything a reader would otherwise guess: encoding, delimiter, header, how days and amounts are
written, and which columns make a row once. `proposed` looks at a file and says what it found; nothing is recorded by a
proposal until somebody saves it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Mapping as Names
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from rewards.sdk import FILE_INVALID, FileGround, FileRow, Known, MappedSource, Property, RewardsError

from .find import propose
from .mapping import Mapping, marked, read_mapping
from .rows import Reader, covered
from .tables import Table, open_table


class FilesSource(MappedSource):
    """Reads nothing without a mapping."""

    hint = "Make one (rewards sources mapping new NAME FILE), then import with --mapping NAME."

    def proposed(self, path: Path, given: Names[str, object]) -> dict[str, object]:
        """A mapping to confirm, with `found`: what was seen in the file and how sure that is."""
        return propose(path, given)

    def checked(self, document: object, name: str) -> dict[str, object]:
        """The document as it is saved, its namespace written out; `field_invalid` names what is wrong."""
        mapping = read_mapping(document, name)
        return {**document, "namespace": mapping.namespace}  # type: ignore[dict-item]

    def same_keys(self, before: object, after: object) -> bool:
        """Whether kind, namespace and key columns, as they are read, are the same."""
        return read_mapping(before, "files").naming == read_mapping(after, "files").naming

    def mapped(self, document: object, ground: FileGround) -> MappedFiles:
        """The source that reads by a mapping."""
        mapping = read_mapping(document, "files")
        return MappedFiles(replace(mapping, mark=marked(mapping, document)), ground)


class MappedFiles:
    """Reads files of one mapping, in their own order; memory stays constant except for workbooks."""

    def __init__(self, mapping: Mapping, ground: FileGround) -> None:
        self._mapping = mapping
        self._ground = ground
        self.mark = mapping.mark

    def columns(self) -> tuple[str, ...]:
        """The headers that the mapping reads; no other column leaves the file."""
        return self._mapping.headers

    def properties(self, path: Path) -> Iterable[Property]:
        """None: the hotels are there before their exports are."""
        return ()

    def known(self, path: Path) -> Iterable[Known]:
        """What the file covers, where the mapping says from when; else nothing."""
        covers = self._mapping.covers
        if covers is None:
            return
        since = None if covers == "beginning" else datetime.fromisoformat(covers).replace(tzinfo=UTC)
        for (prop, kind), until in sorted(covered(self.rows(path, "")).items()):
            yield Known(prop, kind, since, until)

    def rows(self, path: Path, file_hash: str) -> Iterator[FileRow]:
        """Every row, numbered from 1; a header that lacks a column of the mapping is `file_invalid`."""
        table = open_table(path, self._mapping.layout, fill=self._mapping.fill_short_rows)
        self._check_headers(path, table)
        reader = Reader(self._mapping, self._ground, table.epoch)
        for number, line in enumerate(table.lines, 1):
            yield reader.row(number, line)

    def _check_headers(self, path: Path, table: Table) -> None:
        """JSON objects may leave keys out, so only a table's header is held to the mapping."""
        if self._mapping.layout.format == "jsonl":
            return
        missing = [header for header in self._mapping.headers if header not in table.headers]
        if missing:
            raise RewardsError(
                FILE_INVALID,
                f"{path.name} has no column “{missing[0]}”.",
                hint=f"Its header is {', '.join(table.headers)}.",
            )


source = FilesSource()
