"""The field dictionary: every table, column and figure of a region's files, kept as data.

``dictionary.csv`` is the one place that says what a file holds. Reading, checking, the workbook
template, defaults and docs/region-files.md all follow it; a test compares it with the records of
``region.py``. Terms: a *table* is one CSV file or one sheet; a *figures* table ends in the figure
columns (value, unit, year, source, quality, note); a *field* names which figure a row holds.
"""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

DICTIONARY_FILE = Path(__file__).with_name("dictionary.csv")
"""The dictionary as data."""

FORMAT = 1
"""Version of the file format that this package reads and writes."""

SETTINGS_TABLE = "region"
"""The table of settings: ``region.toml``, or the sheet of that name."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the dictionary; the texts are as in the file, blank where nothing is said."""

    table: str
    kind: str
    name: str
    record: str
    type: str
    unit: str
    minimum: str
    maximum: str
    exclusive: str
    default: str
    required: str
    choices: str
    meaning: str

    @property
    def options(self) -> tuple[str, ...]:
        """The choices, or for a reference the table and the reserved words it may name."""
        return tuple(self.choices.split("|")) if self.choices else ()

    @property
    def bounds(self) -> tuple[float, float]:
        """Least and greatest value, in the unit of the dictionary; infinite where unlimited."""
        return float(self.minimum or -math.inf), float(self.maximum or math.inf)

    @property
    def rule(self) -> str:
        """The allowed range in words: ``must be greater than 0 and at most 1``."""
        return f"must be {self.allowed}" if self.allowed else ""

    @property
    def allowed(self) -> str:
        """The allowed range as short as possible: ``> 0 and <= 1``."""
        if self.minimum and self.minimum == self.maximum:
            return f"= {self.minimum}"
        parts = []
        if self.minimum:
            sign = ">" if self.exclusive in ("minimum", "both") else ">="
            parts.append(f"{sign} {self.minimum}")
        if self.maximum:
            sign = "<" if self.exclusive in ("maximum", "both") else "<="
            parts.append(f"{sign} {self.maximum}")
        return " and ".join(parts)

    def admits(self, value: float) -> bool:
        """Tell whether ``value``, in the unit of the dictionary, is in the allowed range."""
        low, high = self.bounds
        above = value > low if self.exclusive in ("minimum", "both") else value >= low
        below = value < high if self.exclusive in ("maximum", "both") else value <= high
        return above and below


@dataclass(frozen=True, slots=True)
class Schema:
    """What one table holds: its own columns, its fields by name, and whether rows are figures."""

    name: str
    required: str
    meaning: str
    kind: str
    own_columns: tuple[Entry, ...]
    fields: dict[str, Entry]
    value: Entry | None
    columns: tuple[Entry, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """Names of the columns that identify a row."""
        return tuple(entry.name for entry in self.own_columns if entry.kind == "key")

    @property
    def has_figures(self) -> bool:
        """Whether each row is a figure with unit, year and source."""
        return self.kind == "figures"

    def column(self, name: str) -> Entry:
        """Return the entry of the column ``name``."""
        return next(entry for entry in self.columns if entry.name == name)


@lru_cache(maxsize=1)
def entries() -> tuple[Entry, ...]:
    """Return every row of the dictionary, in file order."""
    with DICTIONARY_FILE.open(encoding="utf-8", newline="") as stream:
        return tuple(Entry(**row) for row in csv.DictReader(stream))


@lru_cache(maxsize=1)
def schemas() -> dict[str, Schema]:
    """Return every table by name, in the order of the files; the settings come first."""
    return {row.name: _schema(row) for row in entries() if row.kind == "table"}


def data_tables() -> tuple[Schema, ...]:
    """Return the tables that are CSV files, that is all but the settings."""
    return tuple(schema for name, schema in schemas().items() if name != SETTINGS_TABLE)


def setting_entries() -> dict[str, Entry]:
    """Return the settings of ``region.toml`` by name."""
    return {row.name: row for row in entries() if row.kind == "setting"}


def _schema(table: Entry) -> Schema:
    """Return the table that starts with the dictionary row ``table``."""
    rows = [row for row in entries() if row.table == table.name]
    own = tuple(row for row in rows if row.kind in ("key", "column"))
    figure = tuple(row for row in entries() if row.table == "figure")
    return Schema(
        name=table.name,
        required=table.required,
        meaning=table.meaning,
        kind=table.type,
        own_columns=own,
        fields={row.name: row for row in rows if row.kind == "field"},
        value=next((row for row in rows if row.kind == "value"), None),
        columns=own + figure if table.type == "figures" else own,
    )
