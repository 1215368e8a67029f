"""A region as a folder: ``region.toml`` and one CSV file per table, read and written.

CSV files are UTF-8, with or without byte order mark, separated by comma, semicolon or tab.
Writing is canonical: comma, line feed, every column of the dictionary, numbers in their shortest
form; reading a canonical folder and writing it again gives the same bytes.
"""

from __future__ import annotations

import csv
import datetime
import io
import tomllib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from workshare.region.dictionary import (
    SETTINGS_TABLE,
    Schema,
    data_tables,
    schemas,
    setting_entries,
)
from workshare.region.tables import (
    Cell,
    FaultLog,
    Grid,
    Row,
    Source,
    Table,
    canonical_cell,
    canonical_number,
    clean_text,
    did_you_mean,
    table_from_grid,
)

LARGEST_FILE = 20_000_000
"""Most bytes of one file that is read."""

SETTINGS_FILE = "region.toml"

_DATA_SUFFIXES = {".csv", ".tsv", ".toml"}


def read_folder(path: Path, log: FaultLog) -> Source:
    """Return the tables of the folder ``path``; whatever cannot be read goes to the log.

    Files that are no data (README.txt, a workbook, hidden files) are left alone.
    """
    tables = {SETTINGS_TABLE: _read_settings(path / SETTINGS_FILE, log)}
    for schema in data_tables():
        table = _read_table(path, schema, log)
        if table is not None:
            tables[schema.name] = table
    _report_extra_files(path, log)
    return Source("folder", str(path), tables)


def write_folder(source: Source, path: Path) -> None:
    """Write the tables of ``source`` into the folder ``path``, in canonical form.

    Files of the same names are replaced. Optional tables without rows are not written, and a file
    of such a table that stood there before is removed: it would be read as part of this region.
    """
    path.mkdir(parents=True, exist_ok=True)
    _write_bytes(path / SETTINGS_FILE, settings_text(source.tables[SETTINGS_TABLE]))
    for schema in data_tables():
        table = source.tables.get(schema.name)
        if schema.required != "no" or (table is not None and table.rows):
            rows = table.rows if table is not None else ()
            _write_bytes(path / f"{schema.name}.csv", csv_text(schema, rows))
        else:
            (path / f"{schema.name}.csv").unlink(missing_ok=True)


def csv_text(schema: Schema, rows: Sequence[Row]) -> str:
    """Return the canonical CSV text of one table."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([entry.name for entry in schema.columns])
    for row in rows:
        writer.writerow([canonical_cell(row, entry.name, entry.type) for entry in schema.columns])
    return stream.getvalue()


def settings_text(table: Table) -> str:
    """Return the canonical text of ``region.toml``."""
    given = {row.cells["key"].text: row.cells["value"] for row in table.rows}
    lines = [f"[{SETTINGS_TABLE}]"]
    for name, entry in setting_entries().items():
        if name in given:
            text = given[name].text
            value = canonical_number(text) if entry.type == "integer" else _toml_string(text)
            lines.append(f"{name} = {value}")
    return "\n".join(lines) + "\n"


def _write_bytes(path: Path, text: str) -> None:
    """Write UTF-8 with line feeds on every system."""
    path.write_bytes(text.encode("utf-8"))


def _toml_string(text: str) -> str:
    """Return ``text`` as a TOML basic string."""
    escaped = "".join(
        {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}.get(sign)
        or (f"\\u{ord(sign):04x}" if ord(sign) < 32 or ord(sign) == 127 else sign)
        for sign in text
    )
    return f'"{escaped}"'


def _read_table(path: Path, schema: Schema, log: FaultLog) -> Table | None:
    """Return one table, or None when an optional file is absent."""
    file = path / f"{schema.name}.csv"
    if not file.exists():
        if schema.required != "no":
            others = [other.name for other in path.iterdir() if other.suffix == ".csv"]
            unknown = [name for name in others if name.removesuffix(".csv") not in schemas()]
            cure = did_you_mean(file.name, unknown) + "Add the file; its header is enough where "
            log.add(
                schema.name,
                file.name,
                "The file",
                "the file is missing",
                cure + "it may be empty.",
            )
        return None
    text = _read_text(file, schema.name, log)
    if text is None:
        return Table(schema.name, file.name)
    grid = _parse_csv(text, file.name, schema, log)
    return Table(schema.name, file.name) if grid is None else table_from_grid(schema, grid, log)


def _read_text(file: Path, table: str, log: FaultLog) -> str | None:
    """Return the text of a UTF-8 file, or None with a fault."""

    def fault(rule: str, cure: str, place: str = file.name, value: str = "") -> None:
        log.add(table, place, "The file", rule, cure, value)

    try:
        size = file.stat().st_size
        if size > LARGEST_FILE:
            rule = f"a file may have at most {LARGEST_FILE // 1_000_000} MB"
            fault(rule, "Remove what is not part of the region.", value=f"{size / 1e6:.0f} MB")
            return None
        data = file.read_bytes()
    except OSError as error:
        fault("the file cannot be read", "Check what it is and its permissions.", value=str(error))
        return None
    if not data.strip():
        fault("the file is empty", "Write at least the header row, or remove the file.")
        return None
    return _decode(data, fault, file.name)


def _decode(data: bytes, fault: Callable[..., None], name: str) -> str | None:
    """Return UTF-8 ``data`` as text, or None with a fault that says on which line it is not."""
    cure = "Save the file again as 'CSV UTF-8'."
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        fault("must be UTF-8 text; this is UTF-16", cure)
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        received = f"byte 0x{data[error.start]:02X}"
        fault("must be UTF-8 text", cure, f"{name} line {line}", received)
        return None
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        fault("must be text; it holds a NUL character", cure, f"{name} line {line}")
        return None
    return text


def _parse_csv(text: str, name: str, schema: Schema, log: FaultLog) -> Grid | None:
    """Return the grid of CSV ``text``, or None with a fault."""
    delimiter = _delimiter(text, schema)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    records: list[list[str]] = []
    try:
        records.extend(reader)
    except csv.Error as error:
        log.add(
            schema.name,
            f"{name} line {reader.line_num}",
            "The file",
            f"must be well-formed CSV ({error})",
            "Check the quotes: a quote inside a quoted text is doubled.",
        )
        return None
    header_texts = [clean_text(text) for text in records[0]]
    header = [Cell(text, f"{name} row 1 column {text or n}") for n, text in enumerate(header_texts)]
    rows = []
    for number, record in enumerate(records[1:], start=2):
        place = f"{name} row {number}"
        cells = [
            Cell(clean_text(text), f"{place} column {_column_name(header_texts, index)}")
            for index, text in enumerate(record)
        ]
        rows.append((place, cells))
    return Grid(name, header, rows)


def _column_name(header: Sequence[str], index: int) -> str:
    """Return the name of a column, or its number where it has none."""
    return header[index] if index < len(header) and header[index] else str(index + 1)


def _delimiter(text: str, schema: Schema) -> str:
    """Return the separator under which the first line holds most known column names."""
    first = text.split("\n", 1)[0].strip()
    known = {entry.name for entry in schema.columns}

    def names_found(delimiter: str) -> int:
        return len(known.intersection(part.strip(' "\r') for part in first.split(delimiter)))

    return max((",", ";", "\t"), key=names_found)


def _read_settings(file: Path, log: FaultLog) -> Table:
    """Return the settings as a table with the columns key and value."""
    name = file.name
    if not file.exists():
        log.add(SETTINGS_TABLE, name, "The file", "the file is missing", _SETTINGS_CURE)
        return Table(SETTINGS_TABLE, name)
    text = _read_text(file, SETTINGS_TABLE, log)
    if text is None:
        return Table(SETTINGS_TABLE, name)
    try:
        content = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        log.add(SETTINGS_TABLE, name, "The file", f"must be TOML ({error})", _SETTINGS_CURE)
        return Table(SETTINGS_TABLE, name)
    section = content.pop(SETTINGS_TABLE, {})
    for key in content:
        cure = f"Everything belongs under [{SETTINGS_TABLE}]."
        log.add(SETTINGS_TABLE, f"{name} key {key}", f"Key {key!r}", "unknown key", cure)
    if not isinstance(section, dict):
        section = {}
    return Table(SETTINGS_TABLE, name, tuple(_setting_rows(name, section)))


_SETTINGS_CURE = (
    'It starts with [region] and holds lines such as title = "My region"; '
    "`workshare new DIR` writes one."
)


def _setting_rows(name: str, section: dict[str, object]) -> Iterator[Row]:
    """Yield one row per setting."""
    for key, value in section.items():
        place = f"{name} key {key}"
        if isinstance(value, str):
            cell = Cell(clean_text(value), place, "text")
        elif isinstance(value, bool):
            cell = Cell(str(value).lower(), place, "boolean")
        elif isinstance(value, int | float):
            cell = Cell(str(value), place, "number")
        elif isinstance(value, datetime.date | datetime.time):
            cell = Cell(str(value), place, "date")
        else:
            cell = Cell(str(value), place, "error")
        yield Row(place, {"key": Cell(key, place), "value": cell})


def _report_extra_files(path: Path, log: FaultLog) -> None:
    """Report data files whose name is no table, and folders named as a table."""
    expected = {f"{schema.name}.csv" for schema in data_tables()} | {SETTINGS_FILE}
    for other in sorted(path.iterdir()):
        is_data = other.suffix.lower() in _DATA_SUFFIXES and not other.name.startswith(".")
        if is_data and other.name not in expected:
            cure = did_you_mean(other.name, expected) + "Rename it, or move it elsewhere."
            log.add("", other.name, "The file", "no table has this name", cure)
