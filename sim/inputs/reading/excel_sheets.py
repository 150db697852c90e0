"""An Excel workbook as sheets of text: visible ones only, with merged cells filled, dates and errors marked."""

from __future__ import annotations

import datetime
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable

from sim.inputs.reading import plain
from sim.inputs.reading.plain import (
    DateCell,
    File,
    NetworkFaults,
    ReadOptions,
    Sheet,
    SheetRow,
    Spot,
    Tables,
    counted,
    number_text,
    quoted,
    refuse_declarations,
    short,
)

OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
DAMAGED = "is damaged and cannot be read as an Excel workbook"
AGAIN = "open it in Excel or LibreOffice and save it again as .xlsx"
MOST_ROW_NUMBER = 1_048_576
MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref=\"([A-Z]+)(\d+):([A-Z]+)(\d+)\"")
UNSAVED_FORMULA = re.compile(
    rb"(?:</(?:\w+:)?f>|<(?:\w+:)?f\s[^>]*/>)\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
HIDDEN_ROW = re.compile(rb"<(?:\w+:)?row\s[^>]*?hidden=\"(?:1|true)\"")
FAR_COLUMN = re.compile(rb"\sr=\"([A-Z]{3})\d+\"")
ROW_NUMBER = re.compile(rb"<(?:\w+:)?row\s[^>]*?r=\"(\d{8,})\"")


def read_workbook(file: File, options: ReadOptions) -> Tables:
    """Return the visible sheets of a workbook.  Raises NetworkFaults."""
    if file.content.startswith(OLD_WORKBOOK):
        raise file.fault("is an old workbook (.xls) or one with a password; save it as .xlsx without a password")
    try:
        parts = checked_parts(file)
        return sheets_of(file, parts, options)
    except (NetworkFaults, MemoryError):
        raise
    except Exception as fault:  # zipfile, zlib and openpyxl's parsers raise many kinds on damaged files
        raise file.fault(f"{DAMAGED} ({short(fault)}); {AGAIN}") from None


def checked_parts(file: File) -> dict[str, bytes]:
    """Return the sheets' XML by name, once every part was found whole and harmless."""
    sheets: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
            if unpacked > plain.MOST_UNPACKED:
                most = f"allowed are at most {plain.MOST_UNPACKED:,}"
                raise file.fault(f"has {unpacked:,} bytes when unpacked; {most}")
            for part in archive.infolist():
                try:
                    content = archive.read(part)
                except (zipfile.BadZipFile, zlib.error, OSError, ValueError, EOFError, struct.error) as fault:
                    raise file.fault(
                        f"{DAMAGED}: its part {part.filename!r} is not whole ({short(fault)}); {AGAIN}"
                    ) from None
                except RuntimeError:
                    raise file.fault(f"is packed or locked in a way that cannot be read; {AGAIN}") from None
                if part.filename.endswith((".xml", ".rels")):
                    refuse_declarations(file, content)
                if "/worksheets/" in part.filename and part.filename.endswith(".xml"):
                    sheets[part.filename.lstrip("/")] = content
    except (zipfile.BadZipFile, struct.error, OSError, ValueError, OverflowError) as fault:
        if isinstance(fault, NetworkFaults):
            raise
        known = file.content.startswith(b"PK\x03\x04")
        raise file.fault(
            f"{DAMAGED} ({short(fault)}); {AGAIN}" if known else "is not an Excel workbook (.xlsx)"
        ) from None
    return sheets


def sheets_of(file: File, parts: dict[str, bytes], options: ReadOptions) -> Tables:
    """Return the sheets to read, and notes on those that are not."""
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(file.content), read_only=True, data_only=True)
    found = Tables()
    chosen = [name.casefold() for name in options.sheets]
    titles = [sheet.title for sheet in book.worksheets]
    unknown = [name for name in options.sheets if name.casefold() not in {title.casefold() for title in titles}]
    if unknown:
        raise file.fault(f"--sheet: no sheet {unknown[0]!r}; the sheets found are {quoted(titles, 20)}")
    hidden = []
    for worksheet in book.worksheets:
        if chosen and worksheet.title.casefold() not in chosen:
            continue
        if worksheet.sheet_state != "visible" and not chosen:
            hidden.append(worksheet.title)
            continue
        spot = Spot(file.name, worksheet.title)
        xml = parts.get(worksheet._worksheet_path.lstrip("/"), b"")
        found.notes += check_xml(spot, xml)
        worksheet.reset_dimensions()  # what the file says of its size may be wrong
        rows = rows_of(worksheet.iter_rows(values_only=True))
        found.sheets.append(Sheet(spot, filled(rows, spot, xml, found.notes)))
    if hidden:
        sheets = f"sheet {hidden[0]!r} is" if len(hidden) == 1 else f"sheets {quoted(hidden)} are"
        found.notes.append(f"{file.short}: {sheets} hidden and not read (--sheet chooses sheets)")
    book.close()
    return found


def check_xml(spot: Spot, xml: bytes) -> list[str]:
    """Raise an error for a sheet that is too large to list, before listing it; return notes on what cannot be seen."""
    rows = xml.count(b"<row ") + xml.count(b":row ")
    far = max((column_number(found[1]) for found in FAR_COLUMN.finditer(xml)), default=0)
    if (
        far > plain.MOST_COLUMNS
        or rows > plain.MOST_ROWS
        or rows * far > plain.MOST_PLACES
        or xml.count(b"<c ") > plain.MOST_PLACES
    ):
        size = f"{rows:,} rows" + (f" that reach to column {far:,}" if far else f" and {xml.count(b'<c '):,} cells")
        most = f"allowed are at most {plain.MOST_ROWS:,} rows, {plain.MOST_COLUMNS:,} columns and {plain.MOST_PLACES:,} cells"
        raise Sheet(spot, ()).fault(f"has {size}; {most} (delete what is outside the table)")
    number = ROW_NUMBER.search(xml)
    if number:
        raise Sheet(spot, ()).fault(
            f"row number {number[1].decode()[:12]} does not exist in Excel; the file is damaged"
        )
    notes = []
    unsaved = len(UNSAVED_FORMULA.findall(xml))
    if unsaved:
        what = f"{counted(unsaved, 'formula')} without a saved result, read as blank"
        notes.append(f"{spot.short}: {what} (open the file in Excel and save it)")
    hidden = len(HIDDEN_ROW.findall(xml))
    if hidden:
        notes.append(f"{spot.short}: {counted(hidden, 'hidden row')} read like the others")
    return notes


def column_number(letters: bytes) -> int:
    """Return the number of a column, from 1."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def rows_of(values: Iterable[tuple[object, ...]]) -> list[SheetRow]:
    """Return number and cells of each row that is not blank."""
    rows = []
    for number, record in enumerate(values, 1):
        if any(value is not None for value in record):
            cells = [cell_text(value) for value in record]
            if any(cells):
                rows.append(SheetRow(number, cells))
    return rows


def cell_text(value: object) -> str:
    """Return a cell as text: whole numbers without a point, dates marked as dates."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return number_text(value) if abs(value) < 1e300 else repr(value)
    if isinstance(value, datetime.datetime):
        return DateCell(value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" "))
    if isinstance(value, datetime.date | datetime.time | datetime.timedelta):
        return DateCell(str(value))
    return str(value).strip()


def filled(rows: list[SheetRow], spot: Spot, xml: bytes, notes: list[str]) -> list[SheetRow]:
    """Return the rows with the value of merged cells in each of their rows; cells merged across columns stay one."""
    areas = [(column_number(a) - 1, int(top), int(bottom)) for a, top, _, bottom in MERGED.findall(xml)]
    down = [(column, top, min(bottom, MOST_ROW_NUMBER)) for column, top, bottom in areas if bottom > top]
    if not down:
        return rows
    by_number = {row.number: list(row.cells) for row in rows}
    count = 0
    for column, top, bottom in down:
        first = by_number.get(top, [])
        value = first[column] if column < len(first) else ""
        if not value:
            continue
        count += 1
        for number in range(top + 1, bottom + 1):
            cells = by_number.get(number)
            if cells is not None:
                cells.extend([""] * (column + 1 - len(cells)))
                cells[column] = cells[column] or value
    notes.append(f"{spot.short}: {counted(count, 'merged cell')} read as its value in each of its rows")
    return [SheetRow(number, cells) for number, cells in sorted(by_number.items())]
