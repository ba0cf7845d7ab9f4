"""`rewards import` and `rewards history`: what happened, and the digests of it that decisions read."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from rewards.cli.session import GOOD, NO, Session, answering
from rewards.cli.tools import Engine
from rewards.desk.wire import MOMENTS
from rewards.errors import NO_RULE_SET, RewardsError
from rewards.intake.digests import is_current, rebuild
from rewards.intake.importing import Importer, ImportReport
from rewards.intake.people import parse_identity
from rewards.pluginhost.asking import Asking
from rewards.pluginhost.discover import load_file_source
from rewards.pluginhost.mapped import by_mapping
from rewards.sdk.files import FileSource
from rewards.storage.store import SqlStore

NAMED = 20
"""So many differing digests are named in a text; JSON names all."""


@click.command("import")
@click.argument("source")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--decide", "moment", metavar="MOMENT", type=click.Choice(MOMENTS), help="Ask it at each row that asks.")
@click.option("--mapping", metavar="NAME", help="Read the file by this saved mapping.")
@click.option("--guest", metavar="KIND:VALUE", help="Whose file it is, where the file does not say.")
@click.option("--again", is_flag=True, help="Read a file from its first row that was read before.")
@click.option("--rejects", type=click.Path(dir_okay=False, path_type=Path), help="CSV of the rows that are rejected.")
@answering
def import_(
    session: Session,
    source: str,
    file: Path,
    moment: str | None,
    mapping: str | None,
    guest: str | None,
    rejects: Path | None,
    *,
    again: bool,
) -> int:
    """Record the history in FILE; goes on where it stopped, and adds nothing a second time."""
    engine = session.engine()
    settings = engine.settings
    asking = _asking(engine, moment) if moment else None
    importer = Importer(
        engine.database,
        engine.clock,
        zone=settings.programme_zone,
        rollover_hour=settings.programme_rollover_hour,
        corrected=engine.desk.corrected,
        language=session.language,
    )
    reader, how = _reader(session, engine, source, mapping, guest)
    counter = _Counter(session) if sys.stderr.isatty() else None
    report = importer.run(
        source,
        reader,
        file,
        rejects=rejects or settings.home / "rejects" / f"{source}-{file.name}.csv",
        progress=counter,
        decide=asking,
        again=again,
        **how,
    )
    if counter is not None:
        counter.end()
    session.show(_report_value(report, asking), _report_text(session, report, asking))
    return GOOD


def _reader(
    session: Session, engine: Engine, source: str, mapping: str | None, guest: str | None
) -> tuple[FileSource, dict[str, Any]]:
    """The source that reads the file, and what an import must know of its mapping."""
    folder = engine.settings.plugins_dir
    if mapping is None and guest is not None:
        raise click.UsageError("--guest goes with --mapping.")
    if mapping is None:
        return load_file_source(source, folder), {}
    with engine.database.reading() as store:
        mapped = by_mapping(
            store, source, mapping, operator_folder=folder, zone=engine.settings.programme_zone,
            language=session.language, guest=parse_identity(guest) if guest else None,
        )  # fmt: skip
    return mapped, {"mark": mapped.mark, "columns": mapped.columns()}


def _asking(engine: Engine, moment: str) -> Asking:
    """Refused before the first row, not at each, where there is nothing to decide by."""
    with engine.database.reading() as store:
        if store.rule_sets.live() is None:
            raise RewardsError(
                NO_RULE_SET, "No rules are live.", hint="Publish some first: rewards rules publish rules/."
            )
    return Asking(engine.desk, moment)


class _Counter:
    """Shows on a terminal how far the file is read."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def __call__(self, rows: int) -> None:
        """`rows` are behind us."""
        click.echo(f"\r{self._session.say('rows_so_far', rows=rows):>24}", nl=False, err=True)

    def end(self) -> None:
        """Leave the line."""
        click.echo(err=True)


def _report_value(report: ImportReport, asking: Asking | None) -> dict[str, object]:
    value = asdict(report)
    if asking is not None:
        value |= {"decisions": asking.asked, "perks": asking.perks, "refused": dict(asking.refused)}
    return value


def _report_text(session: Session, report: ImportReport, asking: Asking | None) -> str:
    say = session.say
    first = report.resumed_from + 1
    lines = [say("rows_read_on" if first > 1 else "rows_read", rows=report.rows, first=first)]
    lines.append(say("activities_added", added=report.added, unchanged=report.unchanged, guests=report.new_guests))
    for reason, count in sorted(report.skipped_by_reason.items()):
        lines.append(say("rows_left_out", count=count, reason=reason))
    if report.rejected:
        lines.append(say("rows_rejected", count=report.rejected, file=report.rejects_file))
    if asking is not None:
        lines.append(say("asked", asked=asking.asked, perks=asking.perks))
        lines += [say("not_asked", count=count, code=code) for code, count in sorted(asking.refused.items())]
    return "\n".join(lines)


@click.group()
def history() -> None:
    """The digests that decisions read."""


@history.command("rebuild")
@click.option("--verify", is_flag=True, help="Change nothing; only say which guests' digests differ from the log.")
@answering
def history_rebuild(session: Session, *, verify: bool) -> int:
    """Make every digest and tally anew from the log; each comes out as it was, or it is named."""
    engine = session.engine()
    with engine.database.reading() as store:
        guests = list(store.histories.guests())
    differing = [guest for guest in guests if _differs(engine, guest, mend=not verify)]
    named = ", ".join(differing[:NAMED]) + (" …" if len(differing) > NAMED else "")
    key = "digests_same" if not differing else "digests_differ" if verify else "digests_mended"
    session.show(
        {"guests": len(guests), "differing": differing, "mended": bool(differing) and not verify},
        session.say(key, guests=len(guests), count=len(differing), names=named),
    )
    return NO if differing else GOOD


def _differs(engine: Engine, guest: str, *, mend: bool) -> bool:
    def work(store: SqlStore) -> bool:
        store.guests.lock(guest)
        if is_current(store, guest):
            return False
        rebuild(store, guest)
        return True

    with engine.database.reading() as store:
        if is_current(store, guest):
            return False
    return engine.database.run_writing(work) if mend else True


commands = (import_, history)
