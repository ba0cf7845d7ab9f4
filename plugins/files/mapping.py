"""A saved mapping: what each column of an export is, how it writes days and amounts, and what makes a row once."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping as Names
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from rewards.sdk import FIELD_INVALID, RewardsError

from .cells import DATES
from .fields import ATTRIBUTE, CANONICAL, GUEST, KINDS, fields_of, holds, needs_of

FORMATS = ("csv", "jsonl", "xlsx")
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "windows-1252")
DELIMITERS = (",", ";", "\t", "|")
OTHERWISE = "*"
MAX_COLUMNS, MAX_VALUES, MAX_TEXT = 100, 5_000, 200
_NAMESPACE = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")
_NAMED = re.compile(r"[a-z][a-z0-9_.-]{0,39}")


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is laid out. `header_row` counts lines from 1; `sheet` None is a workbook's first."""

    format: str
    encoding: str = "utf-8"
    delimiter: str = ","
    header_row: int = 1
    sheet: str | None = None

    @property
    def codec(self) -> str:
        """What decodes the file: the mark that some systems put before UTF-8 is never a part of the header."""
        return "utf-8-sig" if self.encoding == "utf-8" else self.encoding


@dataclass(frozen=True, slots=True)
class Mapping:
    """A mapping that was checked.

    `columns` says which header fills a field, `constants` what fills it in every row; `values` translate a field's
    cells, folded by case (“*” stands for all others). `key` are the headers whose cells make a row once, hashed where
    `hashed`; keys stand within `namespace`. `skip` and `cancelled` name, by header, the cells of rows that are no fact;
    a cancelled one takes back what was recorded under its key, where `corrections` are taken.
    """

    kind: str
    custom: str | None
    namespace: str
    layout: Layout
    columns: dict[str, str]
    constants: dict[str, str]
    values: dict[str, dict[str, str]]
    dates: str
    decimal: str
    zone: str | None
    key: tuple[str, ...]
    hashed: bool
    reverses: tuple[str, ...]
    skip: dict[str, tuple[str, ...]]
    cancelled: dict[str, tuple[str, ...]]
    verified: tuple[str, ...]
    corrections: bool
    fill_short_rows: bool
    covers: str | None
    mark: str

    @property
    def headers(self) -> tuple[str, ...]:
        """Every header that the mapping reads, in its own order, each once."""
        named = (*self.key, *self.columns.values(), *self.reverses, *self.skip, *self.cancelled)
        return tuple(dict.fromkeys(named))

    def open_fields(self, prefix: str) -> tuple[str, ...]:
        """The fields of a name that opens so (`guest.`, `attributes.`): columns before constants, each once."""
        return tuple(name for name in dict.fromkeys((*self.columns, *self.constants)) if name.startswith(prefix))

    def meant(self, header: str) -> str | None:
        """The field by which a column of the key is read as it is meant; None where it is a text."""
        return next(
            (field for field, column in sorted(self.columns.items()) if column == header and holds(field) in CANONICAL),
            None,
        )

    @property
    def naming(self) -> tuple[object, ...]:
        """All that a fact's key depends on: mappings that differ here would record every fact once more."""
        read = tuple((header, field and holds(field)) for header in self.key for field in (self.meant(header),))
        return self.kind, self.custom, self.namespace, self.hashed, read


def refused(field: str, message: str, hint: str) -> RewardsError:
    """The refusal of a part of a mapping."""
    return RewardsError(FIELD_INVALID, message, hint=hint, field=field)


def read_mapping(document: object, name: str) -> Mapping:
    """The mapping of a document (JSON values); `name` is its namespace where it names none."""
    parts = _Parts(document)
    kind, _, custom = parts.text("kind", "stay").partition(":")
    if kind not in KINDS or bool(custom) is not (kind == "custom"):
        raise refused("kind", f"“{kind}” is not a kind.", f"One of {', '.join(KINDS)}:NAME.")
    if custom and not _NAMED.fullmatch(custom):
        raise refused("kind", f"“{custom[:60]}” is not a name.", "Lower case letters, digits, _ and -.")
    keyed, hashed = parts.texts("key"), parts.texts("hash")
    if bool(keyed) is bool(hashed):
        raise refused("key", "It is not said what makes a row once.", "Give `key` or `hash`, one of them.")
    mapping = Mapping(
        kind=kind,
        custom=custom or None,
        namespace=parts.matching("namespace", name, _NAMESPACE),
        layout=_layout(parts.inner("file")),
        columns=parts.named("columns"),
        constants=parts.named("constants"),
        values=_values(parts.inner("values")),
        dates=parts.choice("dates", DATES, "iso"),
        decimal=parts.choice("decimal", (".", ","), "."),
        zone=parts.zone(),
        key=keyed or hashed,
        hashed=bool(hashed),
        reverses=parts.texts("reverses"),
        skip=_cells(parts.inner("skip")),
        cancelled=_cells(parts.inner("cancelled")),
        verified=parts.texts("verified"),
        corrections=parts.yes("corrections"),
        fill_short_rows=parts.yes("fill_short_rows"),
        covers=parts.covers(),
        mark="",
    )
    parts.nothing_left()
    _check_fields(mapping)
    return mapping


def marked(mapping: Mapping, document: object) -> str:
    """What tells this mapping from any that would read a file otherwise."""
    written = json.dumps([document, mapping.namespace], ensure_ascii=False)
    return hashlib.sha256(written.encode()).hexdigest()


def _layout(parts: _Parts) -> Layout:
    layout = Layout(
        format=parts.choice("format", FORMATS, "csv"),
        encoding=parts.choice("encoding", ENCODINGS, "utf-8"),
        delimiter=parts.choice("delimiter", DELIMITERS, ","),
        header_row=parts.whole("header_row", 1, 1_000, 1),
        sheet=parts.text("sheet", "") or None,
    )
    parts.nothing_left()
    return layout


def _values(parts: _Parts) -> dict[str, dict[str, str]]:
    found = {}
    for field in list(parts.left):
        pairs = parts.named(field, MAX_VALUES)
        found[field] = {raw.strip().casefold(): value for raw, value in pairs.items()}
    return found


def _cells(parts: _Parts) -> dict[str, tuple[str, ...]]:
    return {header: tuple(cell.strip().casefold() for cell in parts.texts(header)) for header in list(parts.left)}


def _check_fields(mapping: Mapping) -> None:
    known = {field.name for field in fields_of(mapping.kind)}
    for where, names in (("columns", mapping.columns), ("constants", mapping.constants), ("values", mapping.values)):
        for name in names:
            if name not in known and not _is_open(name):
                raise refused(
                    f"{where}.{name[:60]}",
                    f"{mapping.kind} has no field “{name[:60]}”.",
                    f"There are {', '.join(sorted(known))}, guest.KIND and attributes.NAME.",
                )
    filled = {*mapping.columns, *mapping.constants}
    for group in needs_of(mapping.kind):
        if not filled & set(group):
            raise refused(f"columns.{group[0]}", "It is missing.", f"Fill {' or '.join(group)}.")
    if not any(name.startswith(GUEST) for name in filled):
        raise refused("columns.guest.card", "No column names the guest.", "Fill guest.card, guest.email or guest.pms.")
    if "amount" in filled and "currency" not in filled:
        raise refused("constants.currency", "It is missing.", "Write it for all rows, or name its column.")


def _is_open(name: str) -> bool:
    prefix, dot, rest = name.partition(".")
    return bool(dot) and f"{prefix}." in (GUEST, ATTRIBUTE) and _NAMED.fullmatch(rest) is not None


class _Parts:
    """Takes the parts of an object one by one, so that whatever nobody took is named."""

    def __init__(self, value: object, path: str = "") -> None:
        if not isinstance(value, dict) or not all(isinstance(name, str) for name in value):
            raise refused(path or "mapping", "It is not an object of named parts.", "Write {…}.")
        if len(value) > MAX_VALUES:
            raise refused(path or "mapping", f"It has {len(value)} parts.", f"At most {MAX_VALUES}.")
        self.left: dict[str, object] = dict(value)
        self._path = path

    def _at(self, name: str) -> str:
        return f"{self._path}.{name[:60]}" if self._path else name[:60]

    def text(self, name: str, default: str) -> str:
        value = self.left.pop(name, None)
        if value is None:
            return default
        return self._checked(name, value)

    def _checked(self, name: str, value: object) -> str:
        if not isinstance(value, str) or not 0 < len(value) <= MAX_TEXT or not value.replace("\t", "").isprintable():
            raise refused(self._at(name), f"{value!r:.60} is not a text of 1 to {MAX_TEXT}.", "Write a short text.")
        return value

    def matching(self, name: str, default: str, form: re.Pattern[str]) -> str:
        value = self.text(name, default)
        if not form.fullmatch(value):
            raise refused(self._at(name), f"“{value[:60]}” is not a name.", "1 to 40 of a-z, 0-9, dot, _ and -.")
        return value

    def choice(self, name: str, words: tuple[str, ...], default: str) -> str:
        value = self.text(name, default)
        if value not in words:
            raise refused(self._at(name), f"“{value[:60]}” is not known.", f"One of {' '.join(map(repr, words))}.")
        return value

    def whole(self, name: str, low: int, high: int, default: int) -> int:
        value = self.left.pop(name, default)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise refused(self._at(name), f"{value!r:.60} is not a whole number.", f"Give {low} to {high}.")
        return value

    def yes(self, name: str) -> bool:
        value = self.left.pop(name, False)
        if not isinstance(value, bool):
            raise refused(self._at(name), f"{value!r:.60} is neither true nor false.", "Write true or false.")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        value = self.left.pop(name, [])
        if not isinstance(value, list) or len(value) > MAX_COLUMNS:
            raise refused(self._at(name), "It is not a list of texts.", f"At most {MAX_COLUMNS}.")
        return tuple(dict.fromkeys(self._checked(name, item) for item in value))

    def inner(self, name: str) -> _Parts:
        return _Parts(self.left.pop(name, {}), self._at(name))

    def named(self, name: str, most: int = MAX_COLUMNS) -> dict[str, str]:
        value: Names[str, object] = _Parts(self.left.pop(name, {}), self._at(name)).left
        if len(value) > most:
            raise refused(self._at(name), f"It has {len(value)} entries.", f"At most {most}.")
        return {each: self._checked(f"{name}.{each}", item) for each, item in value.items()}

    def zone(self) -> str | None:
        zone = self.text("zone", "")
        try:
            return str(ZoneInfo(zone)) if zone else None
        except (LookupError, ValueError, OSError):
            raise refused("zone", f"“{zone[:60]}” is not a time zone.", "Write Europe/Amsterdam or UTC.") from None

    def covers(self) -> str | None:
        covers = self.text("covers", "")
        if (
            covers
            and covers != "beginning"
            and not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", covers)
        ):
            raise refused("covers", f"“{covers[:60]}” is not a day.", "Write 2024-01-01, or beginning.")
        return covers or None

    def nothing_left(self) -> None:
        for name in self.left:
            raise refused(self._at(name), "A mapping has no such part.", "See the README of the source “files”.")
