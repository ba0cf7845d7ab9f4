"""A file of history becomes activities, through the same intake as everything else.

Rows are recorded in transactions of a few thousand; how far the file was read is written in the same transaction. So
an import that stops (a full disk, a kill) resumes behind the last recorded row, and a second import of the same file
adds nothing. Rows that cannot be read or are refused are listed in a CSV with the reason; nothing else stops.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Protocol, TextIO

from rewards.clock import Clock
from rewards.domain.activity import Coverage
from rewards.errors import FILE_INVALID, RewardsError
from rewards.intake.corrections import Corrections
from rewards.intake.houses import add_missing
from rewards.intake.reasons import reason
from rewards.intake.receive import Corrected, Ground, Intake, Receipt, ground_of
from rewards.ledger.ports import Database, Store
from rewards.sdk.files import FileRow, FileSource

ROWS_A_TRANSACTION = 2_000
_BLOCK = 1 << 20
# What opens a formula, in full width too, and what hides that one follows.
_RUNS = tuple("=+-@|%＝＋－＠")
_NUMBER = re.compile(r"[+-]?[0-9]+([.,][0-9]+)*")


class Progress(Protocol):
    """Told after each transaction how many rows are behind us."""

    def __call__(self, rows: int) -> None:
        """`rows` read so far."""
        ...


@dataclass(slots=True)
class ImportReport:
    """What an import did: counts of rows and activities, and where rejected rows are listed."""

    source: str
    file: str
    rows: int = 0
    added: int = 0
    unchanged: int = 0
    skipped: int = 0
    rejected: int = 0
    new_guests: int = 0
    resumed_from: int = 0
    rejects_file: str | None = None
    skipped_by_reason: dict[str, int] = field(default_factory=dict)


def file_hash(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal; read in blocks."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _digest(path: Path, mark: str) -> str:
    """What a file is known by: its content, and how it is read where that may change."""
    digest = file_hash(path)
    return hashlib.sha256(f"{digest} {mark}".encode()).hexdigest() if mark else digest


class Decided(Protocol):
    """Asks a question at a row, after its facts are recorded."""

    def __call__(self, row: FileRow, receipts: list[Receipt]) -> None:
        """`row` poses the question (`row.stay`, `row.at`); `receipts` are of its drafts."""
        ...


class Importer:
    """Imports one file of one source. `corrected` is told of every reversal, in its transaction.

    `language` (`en` or `nl`) is that of whoever reads why rows are refused.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        zone: str,
        rollover_hour: int,
        corrected: Corrected | None = None,
        language: str = "en",
    ) -> None:
        self._database = database
        self._clock = clock
        self._zone = zone
        self._rollover_hour = rollover_hour
        self._intake = Intake(clock, corrected=corrected)
        self._corrections = Corrections(self._intake, clock)
        self._language = language

    def run(
        self,
        name: str,
        source: FileSource,
        path: Path,
        *,
        rejects: Path,
        progress: Progress | None = None,
        decide: Decided | None = None,
        batch: int = ROWS_A_TRANSACTION,
        again: bool = False,
        mark: str = "",
        columns: Sequence[str] = ("raw",),
    ) -> ImportReport:
        """Import `path`; `rejects` is the CSV written where a row is rejected, `columns` its heads over `FileRow.raw`.

        With `decide` the question that a row poses is asked right after it is recorded, before the next row. A file
        that was read to its end is read anew under another `mark`: that of a source which reads otherwise now; and
        with `again`, for rows that were refused for what has been mended since. What is known already adds nothing.
        Raises `file_invalid` when the file cannot be read at all.
        """
        if not path.is_file():
            raise RewardsError(FILE_INVALID, f"{path} is not a file.", field="file")
        digest = _digest(path, mark)
        report = ImportReport(name, str(path))
        ground = self._prepare(source, path)
        with self._database.writing() as store:
            if again:
                store.imports.restart(name, digest, self._clock.now())
            report.resumed_from = store.imports.begin(name, digest, self._clock.now())
            broken_off = report.resumed_from > 0 and not store.imports.is_done(name, digest)
        if decide is not None:
            # Told in order, everything up to a row is known when its question is asked.
            self._cover(source, path)
        with _Rejects(rejects, report, columns) as listed:
            last, rows = _resumed(source.rows(path, digest), report.resumed_from)
            if decide is not None and broken_off and last is not None and last.at is not None:
                self._ask_again(name, ground, last, decide)
            for block in _blocks(rows, batch, stop_at_questions=decide is not None):
                self._record(name, digest, ground, block, report, listed, decide)
                if progress is not None:
                    progress(report.rows + report.resumed_from)
        self._finish(name, digest, source, path)
        return report

    def _ask_again(self, name: str, ground: Ground, row: FileRow, decide: Decided) -> None:
        """The last row recorded may have been broken off before its question; where it was not, the answer stands."""
        with self._database.writing() as store:
            receipts = self._receive(store, name, ground, [row], as_it_happened=True)
        decide(row, receipts)

    def _prepare(self, source: FileSource, path: Path) -> Ground:
        with self._database.writing() as store:
            add_missing(store, source.properties(path), self._clock.now())
            return ground_of(store, self._zone, self._rollover_hour)

    def _record(
        self,
        name: str,
        digest: str,
        ground: Ground,
        block: list[FileRow],
        report: ImportReport,
        listed: _Rejects,
        decide: Decided | None,
    ) -> None:
        try:
            with self._database.writing() as store:
                receipts = self._receive(store, name, ground, block, as_it_happened=decide is not None)
                self._advance(store, name, digest, block, receipts)
        except RewardsError as error:
            self._apart(name, digest, ground, block, report, listed, decide, error)
            return
        _count(report, listed, block, receipts)
        if decide is not None and block[-1].at is not None:
            decide(block[-1], receipts[len(receipts) - len(block[-1].drafts) :])

    def _apart(
        self,
        name: str,
        digest: str,
        ground: Ground,
        block: list[FileRow],
        report: ImportReport,
        listed: _Rejects,
        decide: Decided | None,
        error: RewardsError,
    ) -> None:
        """A block with a refused row is recorded again in halves, so that only the refused row is left out."""
        if error.retry_after_s is not None:
            raise error
        if len(block) > 1:
            middle = len(block) // 2
            for half in (block[:middle], block[middle:]):
                self._record(name, digest, ground, half, report, listed, decide)
            return
        refused = FileRow(block[0].number, rejected=reason(error, self._language), raw=block[0].raw)
        with self._database.writing() as store:
            self._advance(store, name, digest, [refused], [])
        _count(report, listed, [refused], [])

    def _receive(
        self, store: Store, name: str, ground: Ground, block: list[FileRow], *, as_it_happened: bool
    ) -> list[Receipt]:
        if any(row.corrects or row.yields or any(draft.reverses_key for draft in row.drafts) for row in block):
            return self._corrections.receive(store, name, ground, block, as_it_happened=as_it_happened)
        drafts = [draft for row in block for draft in row.drafts]
        if not drafts:
            return []
        return self._intake.receive(store, ground, name, drafts, as_it_happened=as_it_happened, live=False)

    def _advance(self, store: Store, name: str, digest: str, block: list[FileRow], receipts: list[Receipt]) -> None:
        added = sum(receipt.status == "recorded" for receipt in receipts)
        rejected = sum(row.rejected is not None for row in block)
        store.imports.advance(name, digest, block[-1].number, added, rejected, self._clock.now())

    def _finish(self, name: str, digest: str, source: FileSource, path: Path) -> None:
        self._cover(source, path)
        with self._database.writing() as store:
            store.imports.finish(name, digest, self._clock.now())

    def _cover(self, source: FileSource, path: Path) -> None:
        """Note what the file covers; what was known before stays known."""
        with self._database.writing() as store:
            present = {(known.property, known.kind): known for known in store.properties.coverage()}
            for known in source.known(path):
                before = present.get((known.property, known.kind))
                heard = known.until if before is None else max(known.until, before.heard_at)
                cover = Coverage(known.property, known.kind, known.known_from, heard)
                if cover != before:
                    store.properties.put_coverage(cover)


def _resumed(rows: Iterator[FileRow], number: int) -> tuple[FileRow | None, Iterator[FileRow]]:
    """The row of a number, None where the file has none, and the rows after it."""
    last = None
    for row in rows if number else ():
        if row.number > number:
            return last, chain((row,), rows)
        last = row if row.number == number else None
        if last is not None:
            break
    return last, rows


def _blocks(rows: Iterator[FileRow], size: int, *, stop_at_questions: bool) -> Iterator[list[FileRow]]:
    block: list[FileRow] = []
    for row in rows:
        block.append(row)
        if len(block) >= size or (stop_at_questions and row.at is not None):
            yield block
            block = []
    if block:
        yield block


def _count(report: ImportReport, listed: _Rejects, block: list[FileRow], receipts: list[Receipt]) -> None:
    report.rows += len(block)
    report.added += sum(receipt.status == "recorded" for receipt in receipts)
    report.unchanged += sum(receipt.status == "duplicate" for receipt in receipts)
    report.new_guests += sum(receipt.new_guest for receipt in receipts)
    for row in block:
        if row.rejected is not None:
            listed.add(row)
        elif row.skipped is not None:
            report.skipped += 1
            report.skipped_by_reason[row.skipped] = report.skipped_by_reason.get(row.skipped, 0) + 1


class _Rejects:
    """The CSV of rejected rows; made when there is a first one."""

    def __init__(self, path: Path, report: ImportReport, columns: Sequence[str]) -> None:
        self._path = path
        self._columns = columns
        self._report = report
        self._stream: TextIO | None = None
        self._write: Callable[[list[str]], object] | None = None

    def __enter__(self) -> _Rejects:
        return self

    def __exit__(self, *_: object) -> None:
        if self._stream is not None:
            self._stream.close()

    def add(self, row: FileRow) -> None:
        """Append a rejected row with its reason."""
        self._report.rejected += 1
        if self._write is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            if not self._report.resumed_from:
                # An import that goes on adds to its list; one that begins, begins it: other columns may stand there.
                self._path.unlink(missing_ok=True)
            self._stream = stream = self._path.open("a", newline="", encoding="utf-8")
            self._write = csv.writer(stream).writerow
            if stream.tell() == 0:
                self._write(["row", "reason", *(defused(name) for name in self._columns)])
            self._report.rejects_file = str(self._path)
        self._write([str(row.number), defused(row.rejected or ""), *(defused(cell) for cell in row.raw)])


def defused(cell: str) -> str:
    """A cell that a spreadsheet would run as a formula is quoted; a number stays one."""
    return "'" + cell if cell.lstrip()[:1] in _RUNS and not _NUMBER.fullmatch(cell) else cell
