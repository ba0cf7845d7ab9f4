"""Writes small .xlsx workbooks for tests: texts, numbers, days and moments, in either date system."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from xml.sax.saxutils import escape

Value = str | int | Decimal | bool | date | datetime | None
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_STYLES = (
    f'<styleSheet xmlns="{_MAIN}"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/>'
    '<xf numFmtId="22" applyNumberFormat="1"/></cellXfs></styleSheet>'
)


def write_workbook(path: Path, sheets: Mapping[str, Sequence[Sequence[Value]]], *, epoch_1904: bool = False) -> Path:
    """A workbook of these sheets, rows from the first on; None is an empty cell."""
    names = list(sheets)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", _content_types(len(names)))
        packed.writestr("_rels/.rels", _relations([("officeDocument", "xl/workbook.xml")]))
        packed.writestr("xl/workbook.xml", _book(names, epoch_1904))
        targets = [("worksheet", f"worksheets/sheet{number}.xml") for number in range(1, len(names) + 1)]
        packed.writestr("xl/_rels/workbook.xml.rels", _relations([*targets, ("styles", "styles.xml")]))
        packed.writestr("xl/styles.xml", _STYLES)
        for number, rows in enumerate(sheets.values(), 1):
            packed.writestr(f"xl/worksheets/sheet{number}.xml", _sheet(rows, epoch_1904))
    return path


def _content_types(sheets: int) -> str:
    parts = [("/xl/workbook.xml", "sheet.main"), ("/xl/styles.xml", "styles")]
    parts += [(f"/xl/worksheets/sheet{number}.xml", "worksheet") for number in range(1, sheets + 1)]
    overrides = "".join(f'<Override PartName="{name}" ContentType="{_TYPES}.{kind}+xml"/>' for name, kind in parts)
    return (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    )


def _relations(targets: Iterable[tuple[str, str]]) -> str:
    lines = "".join(
        f'<Relationship Id="rId{number}" Type="{_RELATIONS}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    )
    return (
        f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{lines}</Relationships>'
    )


def _book(names: list[str], epoch_1904: bool) -> str:
    sheets = "".join(
        f'<sheet name="{escape(name)}" sheetId="{number}" r:id="rId{number}"/>' for number, name in enumerate(names, 1)
    )
    system = '<workbookPr date1904="1"/>' if epoch_1904 else "<workbookPr/>"
    return f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}">{system}<sheets>{sheets}</sheets></workbook>'


def _sheet(rows: Sequence[Sequence[Value]], epoch_1904: bool) -> str:
    lines = "".join(
        f'<row r="{number}">{"".join(_cell(value, place, number, epoch_1904) for place, value in enumerate(row))}</row>'
        for number, row in enumerate(rows, 1)
    )
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{lines}</sheetData></worksheet>'


def _cell(value: Value, place: int, row: int, epoch_1904: bool) -> str:
    where = f'r="{chr(65 + place)}{row}"'
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return f'<c {where} t="b"><v>{int(value)}</v></c>'
    if isinstance(value, (int, Decimal)):
        return f"<c {where}><v>{value}</v></c>"
    if isinstance(value, date):
        style = 2 if isinstance(value, datetime) else 1
        return f'<c {where} s="{style}"><v>{serial_of(value, epoch_1904=epoch_1904)}</v></c>'
    return f'<c {where} t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'


def serial_of(value: date, *, epoch_1904: bool = False) -> Decimal:
    """The number by which a workbook keeps a day or a moment."""
    start = date(1904, 1, 1) if epoch_1904 else date(1899, 12, 30)
    if not isinstance(value, datetime):
        return Decimal((value - start).days)
    seconds = value.hour * 3_600 + value.minute * 60 + value.second
    return round(Decimal((value.date() - start).days) + Decimal(seconds) / 86_400, 10)
