from __future__ import annotations

import pytest
from openpyxl import load_workbook

from workshare.reports.tables import tables
from workshare.reports.workbook import write_workbook


@pytest.fixture
def small(build):
    return build(2, brief=True)


def test_every_sheet_equals_its_table(small, tmp_path):
    book = load_workbook(write_workbook(small, tmp_path / "t.xlsx"))
    made = tables(small)
    assert book.sheetnames == ["read me", *made]
    for name, table in made.items():
        sheet = book[name]
        assert sheet.freeze_panes == "A2"
        rows = list(sheet.iter_rows(values_only=True))
        assert list(rows[0]) == [column.header for column in table.columns]
        for cells, original in zip(rows[1:], table.rows, strict=True):
            for cell, value in zip(cells, original, strict=True):
                if isinstance(value, float):  # a cell holds 16 digits
                    assert cell == pytest.approx(value, rel=1e-14)
                else:
                    assert cell == (value or None)


def test_the_first_sheet_tells_the_findings(small, tmp_path):
    sheet = load_workbook(write_workbook(small, tmp_path / "t.xlsx"))["read me"]
    rows = {row[0]: row[1] for row in sheet.iter_rows(max_col=2, values_only=True)}
    assert rows["Mind"] == "3 of 6 figures are of quality C or D; all come from 2 sources."
    assert "Gain by coordinating (M USD/yr)" in rows


def test_hostile_text_stays_text(small, tmp_path):
    small["region"]["participants"][0]["name"] = "=cmd()"
    small["region"]["title"] = "http://example.org/ =1+1"
    sheet = load_workbook(write_workbook(small, tmp_path / "t.xlsx"))["participants"]
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value == "=cmd()"]
    assert cells
    assert {cell.data_type for cell in cells} <= {"s", "f"}
    raw = write_workbook(small, tmp_path / "t.xlsx")
    assert not formulas(raw)


def formulas(path):
    """Return the formula elements in the sheets' XML, which is what a spreadsheet would run."""
    import re
    import zipfile

    with zipfile.ZipFile(path) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
        return [tag for name in sheets for tag in re.findall(rb"<f[ >]", archive.read(name))]


def test_the_smallest_result_makes_a_workbook(least, tmp_path):
    book = load_workbook(write_workbook(least, tmp_path / "t.xlsx"))
    assert "not available" in str(book["read me"]["A5"].value)


def test_equal_results_give_equal_workbooks(least, tmp_path):
    one = write_workbook(least, tmp_path / "one.xlsx").read_bytes()
    other = write_workbook(least, tmp_path / "other.xlsx").read_bytes()
    assert one == other
