"""A row of a table becomes a draft, by the mapping; or it is refused with the column it fails in."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from rewards.sdk import Draft, Evidence, FileGround, FileRow, Identity, Kind, Property

from .cells import EXCEL_1900, Cell, day_of, minor_of, moment_of, text_of, time_of, whole_of, yes_of
from .fields import ATTRIBUTE, GUEST, holds
from .mapping import OTHERWISE, Mapping
from .tables import Line
from .words import Refused, say, told

MAX_TEXT, MAX_KEY = 200, 120
_WITH_REFUNDS = frozenset({"spend", "custom"})


class Reader:
    """Reads rows of one file by one mapping. `epoch` is the file's date system for days that are numbers."""

    def __init__(self, mapping: Mapping, ground: FileGround, epoch: str = EXCEL_1900) -> None:
        self._mapping = mapping
        self._headers = mapping.headers
        self._language = ground.language
        self._properties = {prop.code: prop for prop in ground.properties}
        self._zone = ground.zone
        self._epoch = epoch

    def row(self, number: int, line: Line) -> FileRow:
        """What became of one row; `number` is its place among the rows."""
        raw = tuple(text_of(line.cells.get(header)) for header in self._headers)
        try:
            if line.problem is not None:
                raise line.problem
            return self._read(number, line.cells, raw)
        except Refused as refused:
            reason = told(refused, self._language, line.first, line.line)
            return FileRow(number, rejected=reason, raw=raw, line=line.line, column=refused.column)

    def _read(self, number: int, cells: dict[str, Cell], raw: tuple[str, ...]) -> FileRow:
        mapping = self._mapping
        reason = self._named(cells, mapping.skip)
        if reason is not None:
            return FileRow(number, skipped=reason, raw=raw)
        row = _Row(self, mapping, cells)
        reason = self._named(cells, mapping.cancelled)
        if reason is not None:
            gone = (row.source_key(),) if mapping.corrections else ()
            return FileRow(number, skipped=reason, raw=raw, corrects=mapping.corrections, takes_back=gone)
        return FileRow(number, (row.draft(),), raw=raw, corrects=mapping.corrections)

    def _named(self, cells: dict[str, Cell], which: dict[str, tuple[str, ...]]) -> str | None:
        for header, values in which.items():
            value = text_of(cells.get(header))
            if value.casefold() in values:
                return say("left_out", self._language, column=header, value=value)
        return None

    def house(self, code: str | None, column: str | None) -> Property | None:
        """The property of a code, None where the row names none."""
        if code is None:
            return None
        if code not in self._properties:
            raise Refused("property", column, value=code[:60])
        return self._properties[code]

    def zone(self, prop: Property | None) -> str:
        """The zone in which the file writes its times: what the mapping says, else the hotel's own."""
        return self._mapping.zone or (prop.zone if prop else self._zone)

    def form(self, cell: Cell) -> str:
        """How a day in a cell is written; a number in a workbook is a day of its own date system."""
        numbered = isinstance(cell, Decimal) and self._mapping.dates != "yyyymmdd"
        return self._epoch if numbered and self._mapping.layout.format == "xlsx" else self._mapping.dates


class _Row:
    """One row while it is read."""

    def __init__(self, reader: Reader, mapping: Mapping, cells: dict[str, Cell]) -> None:
        self._reader = reader
        self._mapping = mapping
        self._cells = cells

    # --- one field

    def column(self, field: str) -> str | None:
        """The header that fills a field, None where a constant does."""
        return self._mapping.columns.get(field)

    def cell(self, field: str) -> Cell:
        """What fills a field, translated by the mapping's values; an empty cell is None."""
        header = self.column(field)
        cell = self._mapping.constants.get(field) if header is None else self._cells.get(header)
        text = "" if cell is None else text_of(cell)
        if not text:
            return None
        values = self._mapping.values.get(field)
        if values is None:
            return cell
        found = values.get(text.casefold(), values.get(OTHERWISE))
        if found is None:
            raise Refused("value", header, value=text[:60], field=field)
        return found

    def text(self, field: str) -> str | None:
        """A short text, None where there is none."""
        cell = self.cell(field)
        if cell is None:
            return None
        text = text_of(cell)
        if len(text) > MAX_TEXT or not text.isprintable():
            raise Refused("text", self.column(field), found=len(text), limit=MAX_TEXT)
        return text

    def parsed(self, field: str) -> object:
        """What a field holds by its kind, None where it is empty; refused with its column."""
        cell = self.cell(field)
        if cell is None:
            return None
        try:
            return self._of_kind(holds(field), field, cell)
        except Refused as refused:
            raise Refused(refused.key, self.column(field), **refused.values) from None

    def _of_kind(self, what: str, field: str, cell: Cell) -> object:
        form = self._reader.form(cell)
        match what:
            case "day":
                return day_of(cell, form)
            case "moment":
                return moment_of(cell, form)
            case "time":
                return time_of(cell)
            case "amount":
                return minor_of(cell, self._mapping.decimal, self.currency())
            case "whole":
                return whole_of(cell)
            case "yes":
                return yes_of(cell)
            case "evidence":
                return _evidence(cell)
        return self.text(field)

    def day(self, field: str) -> date | None:
        """A day."""
        value = self.parsed(field)
        return value if isinstance(value, date) else None

    def whole(self, field: str) -> int | None:
        """A whole number."""
        value = self.parsed(field)
        return value if isinstance(value, int) else None

    def currency(self) -> str:
        """The currency of the row's amounts."""
        text = self.text("currency")
        if text is None:
            raise Refused("empty", self.column("currency"), field="currency")
        return text.upper()

    # --- the whole row

    def draft(self) -> Draft:
        """The fact that the row says."""
        mapping = self._mapping
        prop = self._reader.house(self.text("property"), self.column("property"))
        occurred, day = self._when(prop)
        amount = self._amount()
        if amount is not None and amount < 0:
            return self._refund(-amount, prop, occurred, day)
        arrival, departure = self.day("arrival"), self.day("departure")
        self._check(prop, occurred, day, arrival, departure)
        return Draft(
            kind=Kind(mapping.kind),
            source_key=self.source_key(),
            identities=self._identities(),
            property=prop.code if prop else None,
            occurred_at=occurred,
            day=day,
            arrival=arrival,
            departure=departure,
            nights=self.whole("nights"),
            rooms=1 if (rooms := self.whole("rooms")) is None else rooms,
            amount_minor=amount,
            currency=None if amount is None else self.currency(),
            evidence=self._grade(),
            on_time=self._on_time(occurred, day),
            attributes=self._attributes(),
            channel=self.text("channel"),
            rate_code=self.text("rate_code"),
            room_class=self.text("room_class"),
            reservation=self.text("reservation"),
            category=mapping.custom or self.text("category"),
            place_id=self.text("place_id"),
            place_name=self.text("place_name"),
        )

    def _refund(self, amount: int, prop: Property | None, occurred: datetime | None, day: date | None) -> Draft:
        """A negative amount takes back so much of the fact whose key stands in the columns of `reverses`."""
        mapping = self._mapping
        if mapping.kind not in _WITH_REFUNDS or not mapping.reverses:
            raise Refused("negative", self.column("amount"), value=text_of(self.cell("amount"))[:60])
        return Draft(
            kind=Kind.REVERSAL,
            source_key=self.source_key(),
            identities=self._identities(),
            property=prop.code if prop else None,
            occurred_at=occurred,
            day=day,
            amount_minor=amount,
            currency=self.currency(),
            reverses_key=self._key([self._part(header) for header in mapping.reverses], hashed=mapping.hashed),
        )

    def source_key(self) -> str:
        """The name of the row's fact: its key columns as the mapping reads them, so that no format changes it."""
        mapping = self._mapping
        if mapping.hashed:
            return self._key([self._canonical(header) for header in mapping.key], hashed=True)
        return self._key([self._part(header) for header in mapping.key], hashed=False)

    def _part(self, header: str) -> str:
        part = self._canonical(header)
        if not part:
            raise Refused("empty", header, field="key")
        return part

    def _canonical(self, header: str) -> str:
        field = self._mapping.meant(header)
        if field is not None:
            value = self.parsed(field)
            return "" if value is None else value.isoformat() if isinstance(value, date) else str(value)
        return text_of(self._cells.get(header))

    def _key(self, parts: list[str], *, hashed: bool) -> str:
        head = f"{self._mapping.namespace}/{self._mapping.custom or self._mapping.kind}/"
        # A slash and a tilde part what is appended to a key when it is corrected.
        plain = "|".join(re.sub(r"[\\|~/]", r"\\\g<0>", part) for part in parts)
        if not hashed and len(plain) <= MAX_KEY and plain.isprintable():
            return head + plain
        return head + hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()[:40]

    def _identities(self) -> tuple[Identity, ...]:
        found = []
        for name in self._mapping.open_fields(GUEST):
            value = self.text(name)
            if value is not None:
                kind = name.removeprefix(GUEST)
                value = value.lower() if kind == "email" else value
                found.append(Identity(kind, value, verified=kind in self._mapping.verified))
        if not found:
            raise Refused("no_guest")
        return tuple(found)

    def _when(self, prop: Property | None) -> tuple[datetime | None, date | None]:
        """The instant, in the hotel's own zone where the file names none, and the hotel day where the file says it."""
        day, moment = self.day("day"), self.parsed("at")
        if moment is None or not isinstance(moment, date):
            return None, day
        clock = self.parsed("time")
        if not isinstance(moment, datetime):
            if clock is None:
                return None, day or moment
            moment = datetime.combine(moment, clock)  # type: ignore[arg-type]
        return self._placed(moment, prop), day

    def _placed(self, moment: datetime, prop: Property | None) -> datetime:
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
        name = self._reader.zone(prop)
        zone = ZoneInfo(name)
        at = moment.replace(tzinfo=zone).astimezone(UTC)
        if at.astimezone(zone).replace(tzinfo=None) != moment:
            raise Refused("no_such_time", self.column("at"), value=moment.isoformat(" "), zone=name)
        return at

    def _amount(self) -> int | None:
        amount = self.whole("amount")
        if amount is None and self._mapping.kind == "spend":
            raise Refused("empty", self.column("amount"), field="amount")
        return amount

    def _grade(self) -> Evidence:
        """A check-in is a claim unless the mapping says what it rests on; the rest are the hotel's own records."""
        given = self.parsed("evidence")
        if isinstance(given, Evidence):
            return given
        return Evidence.CLAIMED if self._mapping.kind == "check_in" else Evidence.RECORDED

    def _on_time(self, occurred: datetime | None, day: date | None) -> bool | None:
        if self._mapping.kind != "payment":
            return None
        given = self.parsed("on_time")
        if isinstance(given, bool):
            return given
        due = self.day("due")
        if due is None:
            raise Refused("empty", self.column("due") or self.column("on_time"), field="on_time")
        paid = day or (occurred.date() if occurred else None)
        return paid is not None and paid <= due

    def _attributes(self) -> dict[str, str | int | bool]:
        found: dict[str, str | int | bool] = {}
        for name in self._mapping.open_fields(ATTRIBUTE):
            value = self.parsed(name)
            if value is not None:
                found[name.removeprefix(ATTRIBUTE)] = value.isoformat() if isinstance(value, date) else str(value)
        return found

    def _check(
        self,
        prop: Property | None,
        occurred: datetime | None,
        day: date | None,
        arrival: date | None,
        departure: date | None,
    ) -> None:
        if prop is None and ("property" in self._mapping.columns) and self._mapping.kind not in ("check_in", "custom"):
            raise Refused("empty", self.column("property"), field="property")
        if self._mapping.kind == "stay":
            if departure is None:
                raise Refused("empty", self.column("departure"), field="departure")
            if arrival is not None and departure < arrival:
                raise Refused("order", self.column("departure"), value=departure)
            if arrival is None and self.whole("nights") is None:
                raise Refused("empty", self.column("arrival") or self.column("nights"), field="arrival")
        elif occurred is None and day is None:
            raise Refused("no_time", self.column("at") or self.column("day"))


def _evidence(cell: Cell) -> Evidence:
    try:
        return Evidence.parse(text_of(cell))
    except KeyError:
        raise Refused("evidence", value=text_of(cell)[:60]) from None


def covered(rows: Iterator[FileRow]) -> dict[tuple[str, Kind], datetime]:
    """Up to when the rows speak, by property and kind: the end of the last day that one of them says."""
    until: dict[tuple[str, Kind], datetime] = {}
    for row in rows:
        for draft in row.drafts:
            day = draft.day or draft.departure or (draft.occurred_at.date() if draft.occurred_at else None)
            if draft.property is None or day is None or draft.kind is Kind.REVERSAL:
                continue
            end = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)
            place = (draft.property, draft.kind)
            until[place] = max(until.get(place, end), end)
    return until
