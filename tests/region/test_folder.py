"""Reading CSV files and region.toml as they come, writing them in one canonical form."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest

from workshare.region import read_region
from workshare.region.folder import LARGEST_FILE, read_folder, write_folder
from workshare.region.starter import STARTER_FOLDER
from workshare.region.tables import FaultLog, canonical_number


def bytes_of(path: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in path.iterdir()}


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("mark", ["utf-8", "utf-8-sig"])
def test_separators_and_byte_order_mark_change_nothing(folder, delimiter, mark) -> None:
    expected = read_region(folder.path)
    for table in ("participants", "outside", "demand"):
        rows = folder.rows(table)
        with folder.file(table).open("w", encoding=mark, newline="") as stream:
            csv.writer(stream, delimiter=delimiter).writerows(rows)
    assert read_region(folder.path) == expected


def test_order_of_columns_and_blank_rows_change_nothing(folder) -> None:
    expected = read_region(folder.path)
    rows = folder.rows("plants")
    folder.write("plants", [row[::-1] for row in rows] + [[""] * len(rows[0])])
    assert read_region(folder.path) == expected


def test_columns_that_are_not_required_may_be_absent(folder) -> None:
    rows = folder.rows("freight")
    folder.write("freight", [row[:-2] for row in rows])
    assert not folder.faults()


@pytest.mark.parametrize("table", ["participants", "participant_figures", "options", "freight"])
def test_missing_file(folder, table) -> None:
    folder.file(table).unlink()
    fault = next(f for f in folder.faults() if f.place == f"{table}.csv")
    assert fault.rule == "the file is missing"


def test_missing_optional_file(folder) -> None:
    folder.file("limits").unlink()
    assert not folder.faults()


def test_missing_file_that_was_misnamed(folder) -> None:
    folder.file("options").rename(folder.path / "option.csv")
    places = {fault.place: fault for fault in folder.faults()}
    assert "Did you mean 'option.csv'" in places["options.csv"].cure
    assert places["option.csv"].rule == "no table has this name"
    assert "Did you mean 'options.csv'" in places["option.csv"].cure


def test_extra_file(folder) -> None:
    (folder.path / "capacities.csv").write_text("a,b\n")
    (folder.path / "README.txt").write_text("left alone")
    (folder.path / ".hidden.csv").write_text("left alone")
    fault = folder.only_fault()
    assert (fault.place, fault.rule) == ("capacities.csv", "no table has this name")


def test_missing_column(folder) -> None:
    rows = folder.rows("plants")
    folder.write("plants", [row[:6] + row[7:] for row in rows])
    fault = next(f for f in folder.faults() if "is missing" in f.rule)
    assert (fault.place, fault.subject) == ("plants.csv", "Column 'source'")


def test_extra_column_with_the_nearest_name(folder) -> None:
    place = folder.set("plants", 1, "note", "notes")
    fault = folder.only_fault()
    assert fault.place == "plants.csv row 1 column notes"
    assert fault.rule == "unknown column"
    assert "Did you mean 'note'" in fault.cure
    assert place


def test_doubled_column(folder) -> None:
    folder.set("plants", 1, "note", "quality")
    assert folder.only_fault().rule == "a column may stand once"


def test_row_with_a_cell_too_many_is_one_fault(folder) -> None:
    number = folder.find("freight", "STH-valley", "NTH-coast", "metal")
    folder.replace("freight.csv", "metal,40,USD/t", "metal,40,5,USD/t")
    fault = folder.only_fault()
    assert fault.place == f"freight.csv row {number}"
    assert "must have 9 cells, as the header; it has 10" in fault.rule
    assert "decimal comma" in fault.cure


def test_row_with_a_cell_too_few(folder) -> None:
    folder.replace("participants.csv", "NTH,Northland", "NTH")
    fault = folder.only_fault()
    assert fault.place == "participants.csv row 2"
    assert "must have 2 cells" in fault.rule


def test_text_that_is_not_utf_8_is_told_with_its_line(folder) -> None:
    data = (
        folder.file("participants").read_bytes().replace(b"Southland", "Südland".encode("latin1"))
    )
    folder.file("participants").write_bytes(data)
    fault = next(f for f in folder.faults() if f.place.startswith("participants.csv"))
    assert fault.place == "participants.csv line 3"
    assert (fault.rule, fault.value) == ("must be UTF-8 text", "byte 0xFC")


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"", "the file is empty"),
        (b"\r\n \n", "the file is empty"),
        ("id,name\nNTH,N\n".encode("utf-16"), "this is UTF-16"),
        (b"id,name\nNTH,\x00\n", "NUL character"),
        (b'id,name\nNTH,"never closed\n', "must be well-formed CSV"),
        (b'id,name\nNTH,"' + b"x" * 200_000 + b'"\n', "must be well-formed CSV"),
    ],
)
def test_files_that_are_no_csv(folder, data, rule) -> None:
    folder.file("participants").write_bytes(data)
    assert any(rule in f.rule and f.place.startswith("participants.csv") for f in folder.faults())


def test_large_file_is_not_read(folder) -> None:
    with folder.file("participants").open("ab") as stream:
        stream.truncate(LARGEST_FILE + 1)
    fault = next(f for f in folder.faults() if f.place == "participants.csv")
    assert fault.rule == "a file may have at most 20 MB"


def test_folder_in_place_of_a_file(folder) -> None:
    folder.file("limits").unlink()
    folder.file("limits").mkdir()
    assert folder.only_fault().rule == "the file cannot be read"


@pytest.mark.parametrize(
    ("old", "new", "place", "rule"),
    [
        ("[region]", "[regional]", "region.toml key regional", "unknown key"),
        ('currency = "USD"', 'currency = "usd"', "region.toml key currency", "three capital"),
        ('currency = "USD"', "", "region.toml", "is missing"),
        ('title = "A', 'headline = "A', "region.toml key headline", "unknown setting"),
        ("price_year = 2024", 'price_year = "2024"', "region.toml key price_year", "as text"),
        ("price_year = 2024", "price_year = 20255", "region.toml key price_year", "<= 2150"),
        ("price_year = 2024", "price_year = 2024-01-01", "region.toml key price_year", "a date"),
        ("format = 1 ", "format = 2 ", "region.toml key format", "must be = 1"),
        ('"base"', '"bse"', "region.toml", "no row of the demand table has this scenario"),
        ("[region]", "[region", "region.toml", "must be TOML"),
    ],
)
def test_faults_of_the_settings(folder, old, new, place, rule) -> None:
    folder.replace("region.toml", old, new)
    assert any(f.place == place and rule in f.rule for f in folder.faults()), folder.faults()


def test_missing_settings_file(folder) -> None:
    (folder.path / "region.toml").unlink()
    fault = folder.only_fault()
    assert (fault.place, fault.rule) == ("region.toml", "the file is missing")


def test_canonical_writing_is_stable_and_loses_nothing(tmp_path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    write_folder(read_folder(STARTER_FOLDER, FaultLog()), first)
    write_folder(read_folder(first, FaultLog()), second)
    assert bytes_of(first) == bytes_of(second)
    assert read_region(first) == read_region(STARTER_FOLDER)


def test_writing_removes_tables_that_the_region_does_not_have(folder, tmp_path) -> None:
    source = read_folder(folder.path, FaultLog())
    del source.tables["limits"]
    (folder.path / "README.txt").write_text("mine")
    write_folder(source, folder.path)
    assert not folder.file("limits").exists()
    assert (folder.path / "README.txt").exists()
    assert read_region(folder.path).limits == ()


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("1.50", "1.5"),
        ("007", "7"),
        ("1e3", "1000"),
        ("0.1", "0.1"),
        ("1e-9", "1e-09"),
        ("123456789.123456789", "123456789.12345679"),
        ("2021-2023", "2021-2023"),
        ("1,5", "1,5"),
        ("1e999", "1e999"),
    ],
)
def test_canonical_numbers(text, canonical) -> None:
    assert canonical_number(text) == canonical
    assert canonical_number(canonical) == canonical


def test_places_do_not_depend_on_where_the_folder_is(folder) -> None:
    folder.set("plants", 2, "value", "x")
    assert os.sep not in folder.only_fault().place


@pytest.mark.parametrize("table", ["goods", "participants", "places", "activities"])
def test_a_missing_table_is_told_once_and_not_by_every_row_that_needs_it(folder, table) -> None:
    folder.file(table).unlink()
    fault = folder.only_fault()
    assert (fault.place, fault.rule) == (f"{table}.csv", "the file is missing")


@pytest.mark.parametrize("column", ["origin", "value", "unit", "source"])
def test_a_missing_column_is_told_once_and_not_by_every_row(folder, column) -> None:
    rows = folder.rows("freight")
    index = rows[0].index(column)
    folder.write("freight", [row[:index] + row[index + 1 :] for row in rows])
    fault = folder.only_fault()
    assert (fault.place, fault.subject) == ("freight.csv", f"Column '{column}'")
