"""A small valid region that tests spoil in one place at a time, as a folder and as a workbook."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from workshare.errors import Fault
from workshare.region import check_region
from workshare.region.starter import STARTER_FOLDER
from workshare.region.starter import new_region as write_starter


class Folder:
    """A copy of the starter as CSV files; rows are counted as in a spreadsheet, header = 1."""

    def __init__(self, path: Path) -> None:
        self.path = path
        shutil.copytree(STARTER_FOLDER, path)

    def file(self, table: str) -> Path:
        return self.path / f"{table}.csv"

    def rows(self, table: str) -> list[list[str]]:
        with self.file(table).open(encoding="utf-8", newline="") as stream:
            return list(csv.reader(stream))

    def write(self, table: str, rows: list[list[str]]) -> None:
        with self.file(table).open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream, lineterminator="\n").writerows(rows)

    def find(self, table: str, *texts: str) -> int:
        """Return the number of the first row that begins with ``texts``."""
        rows = self.rows(table)
        return next(n for n, row in enumerate(rows, 1) if row[: len(texts)] == list(texts))

    def set(self, table: str, row: int, column: str, text: str) -> str:
        """Change one cell and return the place that a fault in it must name."""
        rows = self.rows(table)
        rows[row - 1][rows[0].index(column)] = text
        self.write(table, rows)
        return f"{table}.csv row {row} column {column}"

    def add(self, table: str, *cells: str) -> int:
        """Add a row, with unit, year and source where only key columns and value are given."""
        rows = self.rows(table)
        filled = [*cells, *([""] * (len(rows[0]) - len(cells)))]
        if "year" in rows[0]:
            filled[rows[0].index("year")] = "2030"
            filled[rows[0].index("source")] = "Test"
        self.write(table, [*rows, filled])
        return len(rows) + 1

    def remove(self, table: str, *texts: str) -> None:
        """Remove every row that begins with ``texts``."""
        rows = self.rows(table)
        kept = [row for row in rows if row[: len(texts)] != list(texts)]
        assert len(kept) < len(rows)
        self.write(table, kept)

    def replace(self, name: str, old: str, new: str) -> None:
        """Replace text in a file, which must hold it."""
        text = (self.path / name).read_text(encoding="utf-8")
        assert old in text
        (self.path / name).write_text(text.replace(old, new), encoding="utf-8")

    def faults(self) -> tuple[Fault, ...]:
        return check_region(self.path)

    def only_fault(self) -> Fault:
        faults = self.faults()
        assert len(faults) == 1, "\n".join(map(str, faults))
        return faults[0]


class Book:
    """A copy of the starter as a workbook, open for changes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.open = openpyxl.load_workbook(path)

    def cell(self, place: str) -> Any:
        sheet, _, coordinate = place.partition("!")
        return self.open[sheet][coordinate]

    def faults(self) -> tuple[Fault, ...]:
        self.open.save(self.path)
        return check_region(self.path)

    def only_fault(self) -> Fault:
        faults = self.faults()
        assert len(faults) == 1, "\n".join(map(str, faults))
        return faults[0]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """Give a valid region folder to spoil."""
    return Folder(tmp_path / "region")


@pytest.fixture(scope="session")
def starter_workbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the starter's workbook, written once."""
    target = tmp_path_factory.mktemp("starter") / "new"
    write_starter(target)
    return target / "region.xlsx"


@pytest.fixture
def book(tmp_path: Path, starter_workbook: Path) -> Book:
    """Give a valid workbook to spoil."""
    return Book(Path(shutil.copy(starter_workbook, tmp_path / "region.xlsx")))
