"""Workbooks: what a spreadsheet can do to a figure, and files that are not what they say."""

from __future__ import annotations

import datetime
import io
import zipfile
from pathlib import Path

import pytest
from openpyxl.chart import BarChart, Reference

from workshare.region import check_region, read_region
from workshare.region.starter import STARTER_FOLDER
from workshare.region.workbook import LARGEST_FILE

VALUE = "freight!D2"


def rules(path: Path) -> str:
    """Return the rules of a workbook's faults; it must have some."""
    faults = check_region(path)
    assert faults
    return "; ".join(fault.rule for fault in faults)


def repacked(path: Path, name: str, data: bytes) -> None:
    """Replace one part of a workbook."""
    with zipfile.ZipFile(path) as archive:
        parts = {part: archive.read(part) for part in archive.namelist()}
    parts[name] = data
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, content in parts.items():
            archive.writestr(part, content)


def test_the_workbook_is_the_same_region_as_the_folder(starter_workbook) -> None:
    assert read_region(starter_workbook) == read_region(STARTER_FOLDER)


def test_what_may_stand_in_a_number_cell(book) -> None:
    rules_of_values = {
        "3": "number stored as text",
        "3,5": "decimal comma",
        "1,200.5": "thousands separator",
        datetime.datetime(2024, 5, 22): "must not be a date",
        datetime.time(3, 5): "must not be a date",
        "=1+2": "formulas are not read",
        True: "plain number",
        -3: "must be >= 0",
        None: "blank; a missing figure is not zero",
    }
    places = [f"demand!E{row}" for row in range(2, 11)]
    for place, value in zip(places, rules_of_values, strict=True):
        book.cell(place).value = value
    faults = book.faults()
    assert [fault.place for fault in faults] == places
    for fault, rule in zip(faults, rules_of_values.values(), strict=True):
        assert rule in fault.rule
    assert faults[0].subject == ("Place 'NTH-coast', good 'motor', scenario 'low', field quantity")


def test_zero_is_a_figure(book) -> None:
    book.cell(VALUE).value = 0
    assert not book.faults()


def test_array_formula_and_error_cell(book) -> None:
    book.cell(VALUE).value = "#REF!"
    book.cell("freight!H2").value = "=A1"
    assert [(f.place, f.rule) for f in book.faults()] == [
        ("freight!H2", "formulas are not read"),
        ("freight!D2", "the cell holds an error"),
    ]


def test_percent_format_is_read_as_the_share_it_stores(book) -> None:
    book.cell("tariffs!D2").value = 0.1
    book.cell("tariffs!D2").number_format = "0%"
    book.cell("tariffs!E2").value = "share"
    assert not book.faults()


def test_hidden_rows_columns_and_sheets(book) -> None:
    book.open["freight"].row_dimensions[3].hidden = True
    book.open["freight"].column_dimensions["I"].hidden = True
    book.open["plants"].sheet_state = "hidden"
    found = {fault.place: fault.rule for fault in book.faults()}
    assert found["freight row 3"] == "hidden rows are not read"
    assert found["freight column I"] == "hidden columns are not read"
    assert found["sheet plants"] == "hidden sheets are not read"


def test_hidden_and_empty_does_not_matter(book) -> None:
    book.open["freight"].row_dimensions[500].hidden = True
    book.open["freight"].column_dimensions["Z"].hidden = True
    assert not book.faults()


def test_merged_cells(book) -> None:
    book.open["freight"].merge_cells("A2:A3")
    assert any(
        (f.place, f.rule) == ("freight!A2:A3", "merged cells are not read") for f in book.faults()
    )


def test_missing_extra_and_misnamed_sheets(book) -> None:
    del book.open["participants"]
    book.open["options"].title = "option"
    book.open.create_sheet("scratch")
    found = {(fault.place, fault.subject): fault for fault in book.faults()}
    assert found["region.xlsx", "Sheet 'participants'"].rule == "the sheet is missing"
    assert "Did you mean 'option'" in found["region.xlsx", "Sheet 'options'"].cure
    assert found["sheet scratch", "The sheet"].rule == "no table has this name"


def test_optional_sheet_may_be_absent(book) -> None:
    del book.open["limits"]
    assert not book.faults()


def test_missing_and_extra_columns(book) -> None:
    book.cell("plants!E1").value = "units"
    found = {(fault.place, fault.rule) for fault in book.faults()}
    assert ("plants!E1", "unknown column") in found
    assert ("sheet plants", "the column is missing") in found


def test_cells_under_no_header(book) -> None:
    book.cell("plants!K2").value = "a remark"
    fault = book.only_fault()
    assert (fault.place, fault.value) == ("plants!K2", "a remark")


def test_sheet_without_header(book) -> None:
    book.open["plants"].delete_rows(1, 10)
    assert book.only_fault().rule == "the first row must hold the column names"


def test_chart_sheet_in_place_of_a_table(book) -> None:
    del book.open["limits"]
    chart = BarChart()
    chart.add_data(Reference(book.open["plants"], min_col=5, min_row=1, max_row=2))
    book.open.create_chartsheet("limits").add_chart(chart)
    assert "it is a chart" in book.only_fault().rule


def test_sheet_that_reaches_too_far(book) -> None:
    book.cell("limits!A200000").value = "x"
    assert "may reach to row" in book.only_fault().rule


def test_settings_in_a_workbook(book) -> None:
    book.cell("region!B4").value = "dollars"
    fault = book.only_fault()
    assert (fault.place, fault.value) == ("region!B4", "dollars")
    assert "three capital letters" in fault.rule


def test_codes_may_be_typed_as_numbers(book) -> None:
    book.cell("plants!A2").value = 7
    assert not book.faults()
    assert read_region(book.path).plants[0].id == "7"


@pytest.mark.parametrize("length", [0, 1, 3, 100, 5_000])
def test_empty_and_truncated_workbooks(starter_workbook, tmp_path, length) -> None:
    path = tmp_path / "cut.xlsx"
    path.write_bytes(starter_workbook.read_bytes()[:length])
    (fault,) = check_region(path)
    assert fault.place == "cut.xlsx"
    assert ("0 bytes" in fault.rule) == (length == 0)


def test_a_byte_in_the_middle_is_wrong(starter_workbook, tmp_path) -> None:
    data = bytearray(starter_workbook.read_bytes())
    found = {"sound": 0, "fault": 0}
    for position in range(100, len(data), len(data) // 15):
        spoiled = data.copy()
        spoiled[position] ^= 0xFF
        path = tmp_path / "spoiled.xlsx"
        path.write_bytes(spoiled)
        found["fault" if check_region(path) else "sound"] += 1
    assert found["fault"] > 0


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"id,name\nARG,Argentina\n", "must be an .xlsx workbook"),
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 600, "old .xls or has a password"),
        (b"PK\x03\x04" + b"\x00" * 600, "must be an .xlsx workbook"),
    ],
)
def test_other_files_named_xlsx(tmp_path, data, rule) -> None:
    path = tmp_path / "other.xlsx"
    path.write_bytes(data)
    assert rule in rules(path)


def test_zip_that_is_no_workbook(tmp_path) -> None:
    path = tmp_path / "zip.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("hello.txt", "hello")
    assert "not a spreadsheet" in rules(path)


def test_hundred_megabytes_are_not_read(tmp_path) -> None:
    path = tmp_path / "large.xlsx"
    with path.open("wb") as stream:
        stream.truncate(5 * LARGEST_FILE)
    (fault,) = check_region(path)
    assert (fault.rule, fault.value) == ("a workbook may have at most 20 MB", "100 MB")


def test_zip_bomb_by_ratio(book) -> None:
    book.open.save(book.path)
    repacked(book.path, "xl/media/bomb.bin", b"\x00" * 5_000_000)
    assert "at most 200 times its size" in rules(book.path)


def test_zip_bomb_by_size(tmp_path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(61):
            archive.writestr(f"xl/media/{number}.bin", b"\x00" * 1_000_000)
    assert "may unpack to at most 60 MB" in rules(path)


def test_many_parts(tmp_path) -> None:
    path = tmp_path / "parts.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(1_001):
            archive.writestr(f"{number}", b"")
    assert "at most 1000 parts" in rules(path)


def test_entity_bomb(book) -> None:
    book.open.save(book.path)
    bomb = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbb">]><a>&b;</a>'
    for part in ("xl/worksheets/sheet3.xml", "xl/sharedStrings.xml", "xl/workbook.xml"):
        repacked(book.path, part, bomb)
        assert "without entities" in rules(book.path)


def test_entities_hidden_by_another_encoding(book) -> None:
    book.open.save(book.path)
    bomb = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a [<!ENTITY b "b">]><a/>'
    repacked(book.path, "xl/workbook.xml", bomb.encode("utf-16"))
    assert "plain XML in UTF-8" in rules(book.path)


def test_parts_that_are_not_xml(book) -> None:
    book.open.save(book.path)
    repacked(book.path, "xl/workbook.xml", b"<workbook><sheets")
    assert "damaged" in rules(book.path)


def test_password_protected_parts(tmp_path) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("xl/workbook.xml", "<a/>")
    data = bytearray(stream.getvalue())
    start = data.index(b"PK\x01\x02")
    data[6] |= 1
    data[start + 8] |= 1
    path = tmp_path / "secret.xlsx"
    path.write_bytes(data)
    assert "cannot be unpacked" in rules(path)
