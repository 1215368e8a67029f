"""``new``: the starter passes its own check both ways and never overwrites by accident."""

from __future__ import annotations

import openpyxl
import pytest

from workshare.errors import OptionError
from workshare.region import check_region, new_region, read_region
from workshare.region.dictionary import data_tables, schemas, setting_entries


def test_the_starter_is_sound_both_ways(tmp_path) -> None:
    written = new_region(tmp_path / "mine")
    assert check_region(tmp_path / "mine") == ()
    assert check_region(tmp_path / "mine" / "region.xlsx") == ()
    assert read_region(tmp_path / "mine") == read_region(tmp_path / "mine" / "region.xlsx")
    assert all(path.is_file() for path in written)


def test_the_starter_shows_every_table_and_explains_it(tmp_path) -> None:
    new_region(tmp_path)
    text = (tmp_path / "README.txt").read_text(encoding="utf-8")
    for schema in data_tables():
        assert (tmp_path / f"{schema.name}.csv").is_file()
        assert schema.meaning in text
    assert (tmp_path / "region.toml").read_text().count("#") >= 7


def test_the_workbook_explains_every_field_and_offers_choices(tmp_path) -> None:
    new_region(tmp_path)
    book = openpyxl.load_workbook(tmp_path / "region.xlsx")
    assert book.sheetnames == ["read me", *schemas()]
    lines = [[cell.value for cell in row] for row in book["read me"].iter_rows()]
    explained = {(line[0], line[1]): line for line in lines}
    for schema in data_tables():
        for entry in schema.fields.values():
            line = explained[schema.name, entry.name]
            assert (line[2], line[6]) == (entry.unit, entry.meaning)
            assert (line[3] or "") == entry.allowed
    for name in setting_entries():
        assert ("region", name) in explained
    header = book["plants"][1]
    assert [cell.value for cell in header] == [e.name for e in schemas()["plants"].columns]
    assert all(cell.comment is not None for cell in header)
    assert "{output}(/year)" in header[3].comment.text
    lists = {
        str(validation.sqref).split(":")[0]: validation.formula1
        for validation in book["companions"].data_validations.dataValidation
    }
    assert lists["B2"] == '"requires,excludes"'
    assert lists["A2"].lstrip("=") == "activities!$A$2:$A$2000"


def test_a_folder_that_is_not_empty_is_left_alone(tmp_path) -> None:
    (tmp_path / "participants.csv").write_text("mine")
    with pytest.raises(OptionError, match="is not empty"):
        new_region(tmp_path)
    assert (tmp_path / "participants.csv").read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["participants.csv"]
    new_region(tmp_path, force=True)
    assert check_region(tmp_path) == ()


def test_a_file_in_place_of_the_folder(tmp_path) -> None:
    (tmp_path / "mine").write_text("x")
    with pytest.raises(OptionError, match="is a file"):
        new_region(tmp_path / "mine", force=True)


def test_the_same_starter_every_time(tmp_path) -> None:
    for name in ("one", "two"):
        new_region(tmp_path / name)
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes(), path.name
