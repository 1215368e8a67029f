"""A region as one xlsx workbook: reading, with guards against files that are not what they say.

The guards run before anything is parsed: size of the file, unpacked size, ratio of the two, number
of parts, and no XML entities. Then openpyxl (with defusedxml) reads
formulas as formulas, so that a formula, a date, a hidden row or a number stored as text becomes a
fault with its cell and is never taken for a figure.
"""

from __future__ import annotations

import io
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from workshare.region.dictionary import (
    SETTINGS_TABLE,
    Entry,
    Schema,
    schemas,
)
from workshare.region.folder import LARGEST_FILE
from workshare.region.tables import (
    Cell,
    FaultLog,
    Grid,
    Source,
    Table,
    canonical_number,
    clean_text,
    did_you_mean,
    table_from_grid,
)

LARGEST_UNPACKED = 60_000_000
"""Most bytes of all parts of a workbook together, unpacked."""

LARGEST_RATIO = 200
"""Most bytes that one packed byte may unpack to, in parts above a megabyte."""

MOST_PARTS = 1_000
MOST_ROWS = 100_000
MOST_COLUMNS = 64
MOST_CELLS = 2_000_000

READ_ME_SHEET = "read me"
"""The sheet of explanations; it is never read."""

_OLD_FORMAT = b"\xd0\xcf\x11\xe0"


def read_workbook(path: Path, log: FaultLog) -> Source:
    """Return the tables of the workbook ``path``; whatever cannot be read goes to the log."""
    parts = _read_parts(path, log)
    workbook = _load(path, parts, log) if parts else None
    if workbook is None:
        return Source("workbook", str(path), {})
    try:
        return Source("workbook", str(path), _read_sheets(workbook, path.name, log))
    finally:
        workbook.close()


class _RefusedError(Exception):
    """The workbook must not be parsed: rule, cure and value received."""


def _read_parts(path: Path, log: FaultLog) -> dict[str, bytes]:
    """Return the unpacked parts of a workbook within every cap; none when it has a fault."""
    try:
        _check_file(path)
        with zipfile.ZipFile(path) as archive:
            return _unpacked(archive)
    except _RefusedError as refusal:
        rule, cure, value = refusal.args
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError) as error:
        rule, cure, value = "the workbook is damaged", _COPY_AGAIN, str(error)
    except PermissionError as error:
        rule, cure, value = "the file cannot be read", "Check its permissions.", str(error.strerror)
    except (RuntimeError, ValueError, OSError) as error:
        rule, cure, value = "the workbook cannot be unpacked", _COPY_AGAIN, str(error)
    log.add("", path.name, "The workbook", rule, cure, value)
    return {}


_COPY_AGAIN = "Copy or download it again; a workbook with a password must be saved without."
_SAVE_AGAIN = "Open it in a spreadsheet and save it again as .xlsx."
_NOT_OPENED = "Ask its author for a plain workbook; this one is not opened."


def _check_file(path: Path) -> None:
    """Refuse a file that is empty, too large or no zip."""
    size = path.stat().st_size
    if size == 0:
        raise _RefusedError("the file is empty (0 bytes)", _COPY_AGAIN, "")
    if size > LARGEST_FILE:
        rule = f"a workbook may have at most {LARGEST_FILE // 1_000_000} MB"
        cure = "Remove pictures and sheets that are not tables."
        raise _RefusedError(rule, cure, f"{size / 1e6:.0f} MB")
    with path.open("rb") as stream:
        if stream.read(4) == _OLD_FORMAT:
            rule = "must be .xlsx; this is an old .xls or has a password"
            raise _RefusedError(rule, _SAVE_AGAIN, "")
    if not zipfile.is_zipfile(path):
        rule = "must be an .xlsx workbook; this is damaged, cut short or of another kind"
        raise _RefusedError(rule, _SAVE_AGAIN, "")


def _unpacked(archive: zipfile.ZipFile) -> dict[str, bytes]:
    """Return the parts of ``archive``, or refuse it.

    The sizes in the directory of a zip can lie. Each part is therefore read up to its stated size
    and no further, and only what was read is parsed.
    """
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS:
        rule = f"a workbook may have at most {MOST_PARTS} parts"
        raise _RefusedError(rule, _NOT_OPENED, str(len(parts)))
    if unpacked > LARGEST_UNPACKED:
        rule = f"a workbook may unpack to at most {LARGEST_UNPACKED // 1_000_000} MB"
        raise _RefusedError(rule, _NOT_OPENED, f"{unpacked / 1e6:.0f} MB")
    contents = {}
    for part in parts:
        if part.file_size > 1_000_000 and part.file_size > LARGEST_RATIO * part.compress_size:
            rule = f"a part may unpack to at most {LARGEST_RATIO} times its size"
            raise _RefusedError(rule, _NOT_OPENED, part.filename)
        with archive.open(part) as stream:
            data = stream.read(part.file_size)
        is_xml = part.filename.endswith((".xml", ".rels", ".vml"))
        if is_xml and (b"<!DOCTYPE" in data or b"<!ENTITY" in data or b"\x00" in data[:200]):
            rule = "the parts of a workbook must be plain XML in UTF-8, without entities"
            raise _RefusedError(rule, _NOT_OPENED, part.filename)
        contents[part.filename] = data
    return contents


def _load(path: Path, parts: dict[str, bytes], log: FaultLog) -> Any:
    """Return the openpyxl workbook of ``parts`` with its formulas, or None with a fault."""
    import openpyxl

    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    try:
        with warnings.catch_warnings():
            # features of spreadsheets that openpyxl leaves out do not concern tables
            warnings.simplefilter("ignore")
            return openpyxl.load_workbook(stream, data_only=False, keep_links=False)
    except Exception as error:  # openpyxl raises errors of many kinds on damaged parts
        rule = "the workbook is damaged or not a spreadsheet"
        value = f"{type(error).__name__}: {error}"
        log.add("", path.name, "The workbook", rule, _SAVE_AGAIN, value)
        return None


def _read_sheets(workbook: Any, name: str, log: FaultLog) -> dict[str, Table]:
    """Return the tables of all sheets."""
    titles: list[str] = workbook.sheetnames
    tables: dict[str, Table] = {}
    for schema in schemas().values():
        if schema.name in titles:
            tables[schema.name] = _read_sheet(workbook[schema.name], schema, log)
        elif schema.required != "no":
            unknown = [title for title in titles if title not in schemas()]
            cure = did_you_mean(schema.name, unknown) + "Add the sheet with its header."
            log.add(schema.name, name, f"Sheet {schema.name!r}", "the sheet is missing", cure)
    for title in titles:
        if title not in schemas() and title != READ_ME_SHEET:
            cure = did_you_mean(title, schemas()) + "Rename it, or move it to another workbook."
            log.add("", f"sheet {title}", "The sheet", "no table has this name", cure)
    tables.setdefault(SETTINGS_TABLE, Table(SETTINGS_TABLE, f"sheet {SETTINGS_TABLE}"))
    return tables


def _read_sheet(sheet: Any, schema: Schema, log: FaultLog) -> Table:
    """Return the table of one sheet."""
    place = f"sheet {schema.name}"
    if not hasattr(sheet, "iter_rows"):
        log.add(schema.name, place, "The sheet", "must hold cells; it is a chart", "Replace it.")
        return Table(schema.name, place)
    if not _is_in_bounds(sheet, schema, place, log):
        return Table(schema.name, place)
    _report_hidden(sheet, schema, place, log)
    rows = [
        [_cell(cell, schema.name) for cell in row]
        for row in sheet.iter_rows(max_col=min(sheet.max_column, MOST_COLUMNS))
    ]
    if not rows or not any(cell.text for cell in rows[0]):
        log.add(
            schema.name,
            place,
            "The sheet",
            "the first row must hold the column names",
            "Write the header; `workshare new DIR` writes a template.",
        )
        return Table(schema.name, place)
    header = _trimmed(rows[0])
    body = [
        (f"{schema.name} row {number}", cells) for number, cells in enumerate(rows[1:], start=2)
    ]
    grid = Grid(place, header, body)
    return table_from_grid(
        _settings_schema() if schema.name == SETTINGS_TABLE else schema, grid, log
    )


def _settings_schema() -> Schema:
    """Return the sheet of settings as a table of keys and values."""
    table = schemas()[SETTINGS_TABLE]
    blank = dict.fromkeys(
        ("record", "unit", "minimum", "maximum", "exclusive", "default", "choices", "meaning"), ""
    )
    columns = tuple(
        Entry(table=table.name, kind="key", name=name, type="text", required="yes", **blank)
        for name in ("key", "value")
    )
    return Schema(table.name, "yes", table.meaning, "settings", columns, {}, None, columns)


def _is_in_bounds(sheet: Any, schema: Schema, place: str, log: FaultLog) -> bool:
    """Report a sheet that reaches too far to be a table, usually through stray formats."""
    rows, columns = sheet.max_row, sheet.max_column
    far_column = any(
        cell.value is not None
        for row in sheet.iter_rows(min_row=1, max_row=1, min_col=MOST_COLUMNS + 1)
        for cell in row
    )
    if rows <= MOST_ROWS and not far_column and rows * min(columns, MOST_COLUMNS) <= MOST_CELLS:
        return True
    log.add(
        schema.name,
        place,
        "The sheet",
        f"may reach to row {MOST_ROWS} and column {MOST_COLUMNS} at most",
        "Delete the empty rows and columns beyond the table, with their formats.",
        f"{rows} rows, {columns} columns",
    )
    return False


def _report_hidden(sheet: Any, schema: Schema, place: str, log: FaultLog) -> None:
    """Report a hidden sheet, hidden rows and columns that hold something, and merged cells."""
    if sheet.sheet_state != "visible":
        cure = "Unhide the sheet, or delete it."
        log.add(schema.name, place, "The sheet", "hidden sheets are not read", cure)
    for number, dimension in sheet.row_dimensions.items():
        if dimension.hidden and number <= sheet.max_row and _holds(sheet[number]):
            cure = "Unhide the row (also by clearing the filter), or delete it."
            where = f"{schema.name} row {number}"
            log.add(schema.name, where, "The row", "hidden rows are not read", cure)
    for dimension in sheet.column_dimensions.values():
        for index in range(dimension.min or 0, min(dimension.max or 0, sheet.max_column) + 1):
            if dimension.hidden and index and _holds(_column_cells(sheet, index)):
                where = f"{schema.name} column {_letter(index)}"
                cure = "Unhide the column, or delete it."
                log.add(schema.name, where, "The column", "hidden columns are not read", cure)
    for merged in sheet.merged_cells.ranges:
        where = f"{schema.name}!{merged.coord}"
        cure = "Unmerge them and fill every cell."
        log.add(schema.name, where, "The cells", "merged cells are not read", cure)


def _column_cells(sheet: Any, index: int) -> Iterator[Any]:
    """Yield the cells of one column."""
    for (cell,) in sheet.iter_rows(min_col=index, max_col=index):
        yield cell


def _holds(cells: Iterable[Any]) -> bool:
    """Tell whether any of ``cells`` holds something."""
    return any(cell.value is not None for cell in cells)


def _letter(index: int) -> str:
    """Return the letters of a column."""
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(index))


def _trimmed(header: list[Cell]) -> list[Cell]:
    """Return ``header`` without the blank cells at its end."""
    last = max(index for index, cell in enumerate(header) if cell.text)
    return header[: last + 1]


def _cell(cell: Any, sheet: str) -> Cell:
    """Return the neutral form of an openpyxl cell."""
    place = f"{sheet}!{cell.coordinate}"
    value = cell.value
    if value is None:
        return Cell("", place, "text")
    if cell.data_type == "f":
        formula = getattr(value, "text", value)
        return Cell(clean_text(str(formula)) or "=", place, "formula")
    if cell.data_type == "e":
        return Cell(str(value), place, "error")
    if cell.data_type == "b":
        return Cell(str(value).upper(), place, "boolean")
    if cell.data_type == "n" and isinstance(value, int | float):
        return Cell(canonical_number(repr(value)), place, "number")
    if isinstance(value, str):
        return Cell(clean_text(value), place, "text")
    return Cell(str(value), place, "date")
