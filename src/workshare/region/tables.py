"""The neutral form between files and records: tables of text cells, each with its place.

Folder and workbook readers both end here, so that every later check is written once. A *grid* is
what a reader found: a header and rows of cells. A *table* is a grid whose columns are known.
Faults are collected in a :class:`FaultLog`, which also remembers which tables they are in, so that
checks of consistency run only over tables that are sound and one slip is reported once.
"""

from __future__ import annotations

import difflib
import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from workshare.errors import Fault
from workshare.region.dictionary import Schema

LONGEST_TEXT = 10_000
"""Most characters of one cell; spreadsheets cut off not far above."""

_NUMBER_TYPES = {"number", "integer", "period"}


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its text, where it stands, and how it was stored.

    ``stored`` is ``csv`` for a cell of a text file; in workbooks and ``region.toml`` it is
    ``text``, ``number``, ``date``, ``boolean``, ``formula`` or ``error``.
    """

    text: str
    place: str
    stored: str = "csv"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table, by column name; ``place`` is the row as a person finds it.

    A row that ``is_shifted`` has more or fewer cells than the header: only its first is trusted.
    """

    place: str
    cells: dict[str, Cell]
    is_shifted: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose columns are all known; ``place`` is its file or sheet."""

    name: str
    place: str
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Grid:
    """What a reader found: header cells, then rows of (place, cells)."""

    place: str
    header: Sequence[Cell]
    rows: Sequence[tuple[str, Sequence[Cell]]]


@dataclass(slots=True)
class FaultLog:
    """Faults found so far, and the tables they are in."""

    faults: list[Fault] = field(default_factory=list)
    tables: set[str] = field(default_factory=set)

    def add(
        self, table: str, place: str, subject: str, rule: str, cure: str, value: str = ""
    ) -> None:
        """Record one fault of ``table`` (blank when it belongs to no table)."""
        self.faults.append(Fault(place, subject, shown(value), rule.rstrip("."), cure))
        self.tables.add(table)

    def mark(self, table: str) -> None:
        """Count ``table`` as faulty because of a fault reported elsewhere, without another one."""
        self.tables.add(table)

    def is_clean(self, *tables: str) -> bool:
        """Tell whether none of ``tables`` has a fault."""
        return not self.tables.intersection(tables)


@dataclass(frozen=True, slots=True)
class Source:
    """The tables of one region as read, with the words for its files (``plants.csv``)."""

    kind: str
    path: str
    tables: dict[str, Table]

    def where(self, table: str) -> str:
        """Return the file or sheet that holds, or would hold, ``table``."""
        if table in self.tables:
            return self.tables[table].place
        return place_of(self.kind, table)


def place_of(kind: str, table: str) -> str:
    """Return the name of the file or sheet of ``table`` in a ``folder`` or ``workbook``."""
    if kind == "workbook":
        return f"sheet {table}"
    return "region.toml" if table == "region" else f"{table}.csv"


def clean_text(text: str) -> str:
    """Return ``text`` without spaces around it, in composed Unicode form (NFC)."""
    return unicodedata.normalize("NFC", text.strip(" \t\r\n"))


def canonical_cell(row: Row, name: str, kind: str) -> str:
    """Return the text of the cell ``name``; numbers in their shortest form."""
    cell = row.cells.get(name)
    if cell is None:
        return ""
    return canonical_number(cell.text) if kind in _NUMBER_TYPES else cell.text


def canonical_number(text: str) -> str:
    """Return a number in its shortest form; any other text as it is.

    >>> canonical_number("1.50"), canonical_number("2e3"), canonical_number("2021-2023")
    ('1.5', '2000', '2021-2023')
    """
    if not re.fullmatch(r"-?[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]+)?|-?\.[0-9]+", text):
        return text
    number = float(text)
    if not math.isfinite(number):
        return text
    if number == int(number) and abs(number) < 1e15:
        return str(int(number))
    return repr(number)


def shown(text: str) -> str:
    """Return ``text`` for a message: short, with every sign that does not print escaped."""
    escaped = "".join(
        sign if sign.isprintable() else sign.encode("unicode_escape").decode("ascii")
        for sign in text[:121]
    )
    return escaped if len(escaped) <= 120 else escaped[:117] + "..."


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the known word that ``word`` was probably meant to be; blank if none is near."""
    choices = list(known)
    folded = [choice for choice in choices if choice.casefold() == word.casefold()]
    close = folded or difflib.get_close_matches(word, choices, 1, 0.6)
    return close[0] if close else ""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ``Did you mean 'x'? `` with a space at the end, or nothing."""
    near = nearest(word, known)
    return f"Did you mean {near!r}? " if near else ""


def table_from_grid(schema: Schema, grid: Grid, log: FaultLog) -> Table:
    """Return the table of ``grid``; unknown, doubled and missing columns go to the log."""
    positions = _columns(schema, grid, log)
    rows = []
    for place, cells in grid.rows:
        if not any(cell.text for cell in cells):
            continue
        is_shifted = _report_width(schema, grid, place, cells, log)
        found = {
            name: cells[index] if index < len(cells) else Cell("", place)
            for name, index in positions.items()
        }
        rows.append(Row(place, found, is_shifted))
    return Table(schema.name, grid.place, tuple(rows))


def _columns(schema: Schema, grid: Grid, log: FaultLog) -> dict[str, int]:
    """Return the position of every known column."""
    known = [entry.name for entry in schema.columns]
    found: dict[str, int] = {}
    for index, cell in enumerate(grid.header):
        subject = f"Column {cell.text!r}"
        if cell.text in found:
            log.add(schema.name, cell.place, subject, "a column may stand once", "Remove one.")
        elif cell.text in known:
            found[cell.text] = index
        elif cell.text:
            cure = did_you_mean(cell.text, known) + f"Columns are {', '.join(known)}."
            log.add(schema.name, cell.place, subject, "unknown column", cure)
    for entry in schema.columns:
        if entry.name not in found and entry.required == "yes":
            log.add(
                schema.name,
                grid.place,
                f"Column {entry.name!r}",
                "the column is missing",
                "Add it to the header, the first row.",
            )
    return found


def _report_width(
    schema: Schema, grid: Grid, place: str, cells: Sequence[Cell], log: FaultLog
) -> bool:
    """Report a row that has more or fewer cells than the header, and tell whether it has."""
    header = grid.header
    if cells[0].stored == "csv" and len(cells) != len(header):
        log.add(
            schema.name,
            place,
            "The row",
            f"must have {len(header)} cells, as the header; it has {len(cells)}",
            "A comma inside a text needs quotes around the text; a decimal comma must be a point; "
            "a blank cell needs its separator.",
        )
        return True
    stray = [
        cell
        for index, cell in enumerate(cells)
        if cell.text and (index >= len(header) or not header[index].text)
    ]
    for cell in stray:
        rule, cure = "needs a column name in the first row", "Delete the cell, or move it to note."
        log.add(schema.name, cell.place, "The cell", rule, cure, cell.text)
    return bool(stray)
