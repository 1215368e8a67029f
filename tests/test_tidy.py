"""Tidy tables: what is read, and every fault told at once with its place and cure."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from workshare.errors import TableError
from workshare.tidy import Column, read_tidy

COLUMNS = (
    Column("place"),
    Column("workers", "number", "workers", minimum=0),
    Column("share", "number", "share", minimum=0, maximum=1, required=False, default=0.5),
    Column("note", required=False, default=""),
)


def table(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "people.csv"
    path.write_bytes(text.encode("utf-8"))
    return path


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_rows_are_read_with_any_separator_and_defaults(
    tmp_path: Path, mark: str, start: str
) -> None:
    text = f"{start}place,workers,share\r\nÑandú,1.5e3,\r\n\r\nB,0,0.25\r\n".replace(",", mark)
    rows = read_tidy(table(tmp_path, text), COLUMNS, keys=["place"])
    assert [row.values for row in rows] == [
        {"place": "Ñandú", "workers": 1500.0, "share": 0.5, "note": ""},
        {"place": "B", "workers": 0.0, "share": 0.25, "note": ""},
    ]
    assert rows[1].place == "people.csv row 4"


def test_a_sheet_says_the_same(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["place", "workers"], ["A", 3], [None, None], ["B", 2.5]):
        sheet.append(row)
    path = tmp_path / "people.xlsx"
    book.save(path)
    assert [(r["place"], r["workers"]) for r in read_tidy(path, COLUMNS)] == [("A", 3), ("B", 2.5)]
    with pytest.raises(TableError, match=r"Sheet 'other': is not there\. It has: Sheet"):
        read_tidy(path, COLUMNS, sheet="other")


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    text = 'place,worker,share\nA,1,0.5\nA,"1,200",40\n,-3,x\n'
    with pytest.raises(TableError) as told:
        read_tidy(table(tmp_path, text), COLUMNS, keys=["place"])
    message = str(told.value)
    for words in (
        "row 1: Column 'worker': is not known. Did you mean 'workers'?",
        "row 1: Column 'workers': is missing. Add the column (workers).",
        "row 3: Column 'share': must be between 0 and 1 share. Received: 40 share.",
        "row 3: place 'A': stands already at people.csv row 2.",
        "row 4: Column 'place': is blank.",
        "row 4: Column 'share': must be a number. Received: x.",
    ):
        assert words in message
    assert len(told.value.faults) == 6
    with pytest.raises(TableError, match=r"must be at least 0 workers. Received: -3 workers"):
        read_tidy(table(tmp_path, "place,workers\nA,-3\n"), COLUMNS)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"place,workers\n", "has a heading and no rows"),
        (b"", "is missing"),
        (b"place,workers\n\xff,1\n", "is not UTF-8 text"),
    ],
)
def test_files_that_are_no_tables(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(content)
    with pytest.raises(TableError, match=words):
        read_tidy(path, COLUMNS)
    broken = tmp_path / "people.xlsx"
    broken.write_bytes(content)
    with pytest.raises(TableError, match="is no workbook"):
        read_tidy(broken, COLUMNS)
    with pytest.raises(TableError, match="is not there"):
        read_tidy(tmp_path / "none.csv", COLUMNS)
