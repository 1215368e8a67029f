"""Small tidy tables of a user: CSV or one sheet of a workbook, read strictly, every fault at once.

The engines that are used alone take their inputs this way: one row per observation, a heading row,
columns declared by the reader. Nothing is guessed: a number is a plain number with a decimal
point, a blank cell is missing, an unknown column is told with the nearest known one.
"""

from __future__ import annotations

import csv
import difflib
import io
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workshare.errors import Fault, TableError

LARGEST_FILE = 256 * 1024 * 1024
"""Largest file that is read, bytes."""

_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Column:
    """A column that a table may or must have.

    Attributes
    ----------
    name : heading, in whole words.
    kind : ``text`` or ``number``.
    unit : unit of a number, for messages.
    minimum, maximum : least and greatest number allowed.
    required : whether the column must be there and its cells filled.
    default : what a blank cell, or a column that is absent, stands for.
    """

    name: str
    kind: str = "text"
    unit: str = ""
    minimum: float = -math.inf
    maximum: float = math.inf
    required: bool = True
    default: Any = None


@dataclass(frozen=True, slots=True)
class Record:
    """One row: its values by column, and where it stands (``pool.csv row 3``)."""

    place: str
    values: dict[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.values[name]


def read_tidy(
    path: str | Path, columns: Sequence[Column], keys: Sequence[str] = (), sheet: str = ""
) -> list[Record]:
    """Return the rows of a tidy table, checked.

    Parameters
    ----------
    path : a ``.csv`` file (UTF-8, comma, semicolon or tab) or an ``.xlsx`` workbook.
    columns : every column the table may have.
    keys : columns that together name a row; two rows with equal keys are a fault.
    sheet : sheet of a workbook; the first if absent.

    Raises
    ------
    TableError : every fault with place, value received, what is allowed and the usual cure.
    """
    file = Path(path)
    header, rows = _grid(file, sheet)
    faults: list[Fault] = []
    known = {column.name: column for column in columns}
    place = {name: position for position, name in enumerate(header)}
    faults += _header_faults(file.name, header, known)
    records = []
    for number, cells in rows:
        where = f"{file.name} row {number}"
        values = {}
        for column in columns:
            text = cells[place[column.name]] if column.name in place else ""
            value = _value(text.strip(), column, where, faults, column.name in place)
            values[column.name] = value
        records.append(Record(where, values))
    if not records:
        rule = "has a heading and no rows"
        faults.append(Fault(file.name, "The table", "", rule, "Add at least one row."))
    faults += _double_faults(records, keys)
    if faults:
        raise TableError(faults)
    return records


def heading(path: str | Path, sheet: str = "") -> tuple[str, ...]:
    """Return the heading of a table, for readers whose columns depend on it.

    Raises
    ------
    TableError : the file cannot be read.
    """
    return tuple(_grid(Path(path), sheet)[0])


def grid_of_csv(text: str) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Return header and numbered rows of CSV text; the separator is read from the heading.

    Examples
    --------
    >>> grid_of_csv("a;b\\n1;2\\n")
    (['a', 'b'], [(2, ['1', '2'])])
    """
    first = text.split("\n", 1)[0]
    mark = max(",;\t", key=first.count)
    rows = list(csv.reader(io.StringIO(text), delimiter=mark))
    header = [cell.strip() for cell in rows[0]] if rows else []
    width = len(header)
    body = [
        (number, (row + [""] * width)[: max(width, len(row))])
        for number, row in enumerate(rows[1:], 2)
        if any(cell.strip() for cell in row)
    ]
    return header, body


def _grid(file: Path, sheet: str) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Return header and numbered rows of a file, or say in plain words why it cannot be read."""
    if not file.is_file():
        raise TableError([Fault(str(file), "The file", "", "is not there", "Check the path.")])
    if file.stat().st_size > LARGEST_FILE:
        rule = f"is larger than {LARGEST_FILE // 2**20} MiB"
        raise TableError([Fault(file.name, "The file", "", rule, "Give a smaller table.")])
    if file.suffix.lower() == ".xlsx":
        return _grid_of_workbook(file, sheet)
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        cure = "Save it as 'CSV UTF-8'."
        raise TableError([Fault(file.name, "The file", "", "is not UTF-8 text", cure)]) from None
    return grid_of_csv(text.replace("\r\n", "\n"))


def _grid_of_workbook(file: Path, sheet: str) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Return header and numbered rows of a sheet; formulas are read as the values stored."""
    import openpyxl  # it parses with defusedxml, which is a dependency

    try:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True)
    except Exception:
        cure = "Open it in a spreadsheet and save it again as .xlsx, or as CSV."
        fault = Fault(file.name, "The file", "", "is no workbook that can be read", cure)
        raise TableError([fault]) from None
    if sheet and sheet not in book.sheetnames:
        cure = f"It has: {', '.join(book.sheetnames)}."
        raise TableError([Fault(file.name, f"Sheet {sheet!r}", "", "is not there", cure)])
    found = book[sheet] if sheet else book[book.sheetnames[0]]
    rows: list[list[str]] = [
        [_cell_text(v) for v in cells] for cells in found.iter_rows(values_only=True)
    ]
    header = [cell.strip() for cell in rows[0]] if rows else []
    body = [(n, cells) for n, cells in enumerate(rows[1:], 2) if any(c.strip() for c in cells)]
    return header, body


def _cell_text(value: Any) -> str:
    if value is None:
        return ""
    return repr(value) if isinstance(value, float) else str(value)


def _header_faults(name: str, header: Sequence[str], known: dict[str, Column]) -> Iterator[Fault]:
    """Give what is wrong with the heading: columns unknown, twice, or missing."""
    place = f"{name} row 1"
    for position, heading in enumerate(header):
        if heading not in known:
            near = difflib.get_close_matches(heading, known, n=1)
            cure = f"Did you mean {near[0]!r}?" if near else f"Known: {', '.join(known)}."
            yield Fault(place, f"Column {heading!r}", "", "is not known", cure)
        elif heading in header[:position]:
            yield Fault(place, f"Column {heading!r}", "", "is there twice", "Remove one.")
    for column in known.values():
        if column.required and column.name not in header:
            unit = f" ({column.unit})" if column.unit else ""
            cure = f"Add the column{unit}."
            yield Fault(place, f"Column {column.name!r}", "", "is missing", cure)


def _value(text: str, column: Column, where: str, faults: list[Fault], is_there: bool) -> Any:
    """Return the value of a cell; a fault is recorded and stands for None."""
    subject = f"Column {column.name!r}"
    if not text:
        if column.required and is_there:
            faults.append(Fault(where, subject, "", "is blank", "Fill it, or remove the row."))
        return column.default
    if column.kind == "text":
        return text
    unit = f" {column.unit}" if column.unit else ""
    if not _NUMBER.fullmatch(text):
        cure = "Write plain digits with a decimal point and no thousands separator."
        faults.append(Fault(where, subject, text, "must be a number", cure))
        return column.default
    number = float(text)
    if not column.minimum <= number <= column.maximum:
        rule = f"must be {_range(column)}{unit}"
        faults.append(Fault(where, subject, f"{text}{unit}", rule, "Check sign and unit."))
    return number


def _range(column: Column) -> str:
    if math.isinf(column.maximum):
        return f"at least {column.minimum:g}"
    if math.isinf(column.minimum):
        return f"at most {column.maximum:g}"
    return f"between {column.minimum:g} and {column.maximum:g}"


def _double_faults(records: Iterable[Record], keys: Sequence[str]) -> Iterator[Fault]:
    """Give the rows whose keys stand in an earlier row already."""
    if not keys:
        return
    first: dict[tuple[Any, ...], str] = {}
    for record in records:
        key = tuple(record[name] for name in keys)
        if key in first:
            named = ", ".join(f"{n} {v!r}" for n, v in zip(keys, key, strict=True))
            rule = f"stands already at {first[key]}"
            yield Fault(record.place, named, "", rule, "Remove one of the two rows.")
        first.setdefault(key, record.place)
