"""The export that a member asks Swarm for: `checkins1.json`, `checkins2.json` …, or the zip they come in.

Each file is an object with `items`, or a bare list. One person's check-ins, which they may have edited: what it says is
`claimed`, and never changes what Foursquare itself has said.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from rewards.sdk import (
    FIELD_INVALID,
    FILE_INVALID,
    Evidence,
    FileGround,
    FileRow,
    Identity,
    Json,
    Known,
    MappedSource,
    Property,
    Refused,
    RewardsError,
    read_json,
)

from .checkins import CheckIn, fact, read_check_in

MOST_BYTES = 64 * 1024 * 1024
MOST_FILES = 200
MOST_VENUES = 2_000
SHOWN_VENUES = 50
_PART = re.compile(r"(^|/)checkins(\d*)\.json$")
_FIELDS = {"kind", "venues", "places", "guest"}


class SwarmExport(MappedSource):
    """Reads nothing without a mapping, which says which venue is which hotel."""

    hint = (
        "Make one (rewards sources mapping new NAME FILE --source foursquare --kind check_in), then import "
        "with --mapping NAME --guest KIND:VALUE."
    )

    def proposed(self, path: Path, given: Mapping[str, object]) -> dict[str, object]:
        """A mapping without venues, with those of the file, the most visited first, to pick the hotels from."""
        found = Counter((one.venue, one.name) for one in _readable(path) if one.venue is not None)
        seen = [
            {"venue": venue, "name": name, "times": times} for (venue, name), times in found.most_common(SHOWN_VENUES)
        ]
        return {"kind": "check_in", "venues": {}, "places": False, "found": {"venues": seen}}

    def checked(self, document: object, name: str) -> dict[str, object]:
        """The document with everything written out; `field_invalid` names what is wrong."""
        if not isinstance(document, dict):
            raise _wrong("mapping", "It is not an object.", "Write kind, venues, and places or guest.")
        unknown = sorted(set(document) - _FIELDS)
        if unknown:
            raise _wrong(f"mapping.{str(unknown[0])[:40]}", "It is not known.", f"Known: {', '.join(sorted(_FIELDS))}.")
        if document.get("kind") != "check_in":
            raise _wrong("mapping.kind", "An export holds check-ins.", "Write check_in.")
        whole: dict[str, object] = {"kind": "check_in", "venues": _venues(document.get("venues", {}))}
        whole["places"] = _flag(document.get("places", False))
        if document.get("guest") is not None:
            whole["guest"] = _guest(document["guest"]).text()
        return whole

    def same_keys(self, before: object, after: object) -> bool:
        """Always: a check-in is named by its id, whatever a mapping says of its venue."""
        return True

    def mapped(self, document: object, ground: FileGround) -> MappedExport:
        """The source that reads by a mapping."""
        whole = self.checked(document, "")
        guest = ground.guest or (_guest(whole["guest"]) if "guest" in whole else None)
        houses = _venues(whole["venues"])
        known = {prop.code for prop in ground.properties}
        for venue, code in houses.items():
            if code not in known:
                raise _wrong(f"mapping.venues.{venue}", f"“{code}” is not a property.", "Add it first.")
        return MappedExport(guest, houses, places=whole["places"] is True)


def _wrong(field: str, message: str, hint: str) -> RewardsError:
    return RewardsError(FIELD_INVALID, message, hint=hint, field=field)


def _venues(value: object) -> dict[str, str]:
    good = isinstance(value, dict) and all(isinstance(one, str) and one for pair in value.items() for one in pair)
    if not isinstance(value, dict) or not good or len(value) > MOST_VENUES:
        raise _wrong("mapping.venues", "It is not from venues to hotels.", 'Write {"4b5e…": "harbour"}.')
    return dict(value)


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise _wrong("mapping.places", "It is neither true nor false.", "true keeps check-ins at other places.")
    return value


def _guest(value: object) -> Identity:
    kind, _, name = value.partition(":") if isinstance(value, str) else ("", "", "")
    if not kind or not name:
        raise _wrong("mapping.guest", "It is not an identity.", "Write kind:value, such as card:00412.")
    return Identity(kind, name)


@dataclass(frozen=True, slots=True)
class MappedExport:
    """Reads one guest's export. `houses` leads from venues to properties; `places` keeps check-ins elsewhere too."""

    guest: Identity | None
    houses: Mapping[str, str]
    places: bool

    @property
    def mark(self) -> str:
        """Differs for another guest and for another reading."""
        houses = sorted(self.houses.items())
        return f"swarm 1 {self.guest.text() if self.guest else ''} {self.places} {houses}"

    def columns(self) -> tuple[str, ...]:
        """What is shown beside a row that is refused."""
        return ("id", "createdAt", "venue")

    def properties(self, path: Path) -> Iterable[Property]:
        """None: the hotels are there before their guests' exports are."""
        return ()

    def known(self, path: Path) -> Iterable[Known]:
        """Nothing: one guest's file covers no hotel."""
        return ()

    def rows(self, path: Path, file_hash: str) -> Iterator[FileRow]:
        """Every check-in, the oldest first; before them those that cannot be read."""
        if self.guest is None:
            raise RewardsError(
                FIELD_INVALID, f"{path.name} does not say whose it is.", hint="Give --guest KIND:VALUE.", field="guest"
            )
        for number, told in enumerate(_in_order(path), 1):
            yield told if isinstance(told, FileRow) else self._row(number, told, self.guest)

    def _row(self, number: int, one: CheckIn, guest: Identity) -> FileRow:
        house = self.houses.get(one.venue or "")
        if house is None and not self.places:
            return FileRow(number, skipped="no venue" if one.venue is None else "a place that is none of the hotels")
        draft = fact(one, (guest,), self.houses, Evidence.CLAIMED)
        raw = (one.id, str(one.at), one.name or "")
        return FileRow(number, (draft,), raw=raw, at=draft.occurred_at if house else None, yields=True)


def _in_order(path: Path) -> Iterator[CheckIn | FileRow]:
    """Rows that are refused, numbered, and then the check-ins by time."""
    refused, read = 0, []
    for item in _items(path):
        try:
            read.append(read_check_in(item))
        except Refused as error:
            refused += 1
            yield FileRow(refused, rejected=f"The check-in cannot be read: {error.reason}.", raw=_raw(item))
    yield from sorted(read, key=lambda one: (one.at, one.id))


def _readable(path: Path) -> Iterator[CheckIn]:
    return (one for one in _in_order(path) if isinstance(one, CheckIn))


def _raw(item: Json) -> tuple[str, ...]:
    """What a person finds a check-in by: its id and time. What else it holds is not written anywhere."""
    given = item if isinstance(item, dict) else {}
    return (*(str(given.get(name, ""))[:60] for name in ("id", "createdAt")), "")


def _items(path: Path) -> Iterator[Json]:
    for name, body in _parts(path):
        try:
            value = read_json(body)
        except Refused as error:
            raise _unreadable(path, f"{name}: {error.reason}") from None
        items = value.get("items") if isinstance(value, dict) else value
        if not isinstance(items, list):
            raise _unreadable(path, f"{name} holds no list of check-ins")
        yield from items


def _unreadable(path: Path, what: str) -> RewardsError:
    hint = "Give checkins1.json as Swarm wrote it, or the whole zip."
    return RewardsError(FILE_INVALID, f"{path.name} cannot be read: {what}.", hint=hint, field="file")


def _parts(path: Path) -> Iterator[tuple[str, bytes]]:
    """The files of check-ins in a zip, in the order of their numbers; any other file is one itself."""
    if not zipfile.is_zipfile(path):
        with path.open("rb") as stream:
            yield path.name, _bounded(path, stream, MOST_BYTES)
        return
    left = MOST_BYTES
    try:
        with zipfile.ZipFile(path) as archive:
            for name in _names(path, archive):
                with archive.open(name) as stream:
                    body = _bounded(path, stream, left)
                left -= len(body)
                yield name, body
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError, zlib.error) as error:
        raise _unreadable(path, f"the zip is damaged or locked ({type(error).__name__})") from None


def _names(path: Path, archive: zipfile.ZipFile) -> list[str]:
    found = {name: int(part[2] or 0) for name in archive.namelist() if (part := _PART.search(name))}
    if not found or len(found) > MOST_FILES:
        raise _unreadable(path, f"it holds {len(found)} files called checkins1.json, checkins2.json …")
    return sorted(found, key=lambda name: (found[name], name))


def _bounded(path: Path, stream: IO[bytes], most: int) -> bytes:
    body = stream.read(most + 1)
    if len(body) > most:
        raise _unreadable(path, f"its check-ins are over {MOST_BYTES // 1024 // 1024} MiB")
    return body
