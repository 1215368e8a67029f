"""The verbs: read, check, write, convert; paths, names of cases and what is refused."""

from __future__ import annotations

import dataclasses
import os
import pickle
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workshare.errors import OptionError, RegionError
from workshare.region import (
    case_names,
    case_path,
    check_region,
    convert_region,
    read_region,
    write_region,
)
from workshare.region.dictionary import data_tables
from workshare.region.starter import STARTER_FOLDER

TABLES = [schema.name for schema in data_tables()]


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("kind", [str, Path, lambda path: path / "region.toml"])
def test_any_kind_of_path(folder, kind) -> None:
    assert read_region(kind(folder.path)).title == "A region of two: replace by yours"


def test_path_like_objects(folder) -> None:
    class Somewhere:
        def __fspath__(self) -> str:
            return os.fspath(folder.path)

    assert read_region(Somewhere()).currency == "USD"


@pytest.mark.parametrize("name", ["nowhere", "lithum", "no/such/folder"])
def test_unknown_path_names_the_embedded_cases(name) -> None:
    for verb in (read_region, check_region, case_path):
        with pytest.raises(
            OptionError, match="no such folder, workbook or embedded case"
        ) as caught:
            verb(name)
        for case in case_names():
            assert case in str(caught.value)
    if name == "lithum":
        assert "Did you mean 'lithium'" in str(caught.value)


def test_a_file_that_is_no_region(tmp_path) -> None:
    (tmp_path / "notes.pdf").write_text("x")
    (fault,) = check_region(tmp_path / "notes.pdf")
    assert "must be a folder" in fault.rule


def test_an_empty_folder_lacks_everything(tmp_path) -> None:
    missing = {fault.place for fault in check_region(tmp_path)}
    assert {"region.toml", "participants.csv", "options.csv"} <= missing
    assert "limits.csv" not in missing


def test_reading_raises_all_faults_that_checking_returns(folder) -> None:
    folder.set("plants", 2, "value", "-1")
    folder.set("freight", 2, "value", "3,5")
    with pytest.raises(RegionError) as caught:
        read_region(folder.path)
    assert caught.value.faults == folder.faults()
    assert "2 faults in the region's files" in str(caught.value)
    assert "plants.csv row 2 column value" in str(caught.value)


def test_unknown_scenario_names_those_there_are(folder) -> None:
    with pytest.raises(OptionError, match=r"Did you mean 'high'.*low, base, high"):
        read_region(folder.path, demand_scenario="hihg")


def test_a_region_is_frozen_and_travels(folder) -> None:
    region = read_region(folder.path)
    assert pickle.loads(pickle.dumps(region)) == region
    with pytest.raises(dataclasses.FrozenInstanceError):
        region.title = "other"  # type: ignore[misc]


def test_folder_to_workbook_to_folder_loses_nothing(folder, tmp_path) -> None:
    convert_region(folder.path, tmp_path / "canonical")
    convert_region(folder.path, tmp_path / "one.xlsx")
    convert_region(tmp_path / "one.xlsx", tmp_path / "back")
    assert files_of(tmp_path / "back") == files_of(tmp_path / "canonical")
    convert_region(tmp_path / "back", tmp_path / "two.xlsx")
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


@pytest.mark.parametrize("name", case_names())
def test_embedded_cases_convert_without_loss(name, tmp_path) -> None:
    convert_region(name, tmp_path / "case.xlsx")
    convert_region(tmp_path / "case.xlsx", tmp_path / "back")
    convert_region(name, tmp_path / "canonical")
    assert files_of(tmp_path / "back") == files_of(tmp_path / "canonical")
    assert read_region(tmp_path / "case.xlsx") == read_region(name)


def test_a_region_with_faults_is_not_converted(folder, tmp_path) -> None:
    folder.set("plants", 2, "value", "-1")
    with pytest.raises(RegionError):
        convert_region(folder.path, tmp_path / "out.xlsx")
    assert not (tmp_path / "out.xlsx").exists()


def test_what_exists_is_replaced_only_on_demand(folder, tmp_path) -> None:
    book, other = tmp_path / "out.xlsx", tmp_path / "other"
    convert_region(folder.path, book)
    shutil.copytree(folder.path, other)
    for target in (book, other):
        with pytest.raises(OptionError, match="exists already"):
            convert_region(folder.path, target)
        convert_region(folder.path, target, force=True)
        assert read_region(target) == read_region(folder.path)


def test_target_of_the_wrong_kind(folder, tmp_path) -> None:
    (tmp_path / "out.xlsx").mkdir()
    (tmp_path / "file").write_text("x")
    for name in ("out.xlsx", "file"):
        with pytest.raises(OptionError, match="exists and is not a"):
            convert_region(folder.path, tmp_path / name, force=True)


@pytest.mark.parametrize("target", ["written", "written.xlsx"])
def test_a_region_written_by_a_program_reads_back(folder, tmp_path, target) -> None:
    region = read_region(folder.path)
    write_region(region, tmp_path / target)
    again = read_region(tmp_path / target)
    for field in dataclasses.fields(region):
        if field.name != "figures":
            assert getattr(again, field.name) == getattr(region, field.name), field.name
    before = {(f.file, f.key, f.field): (f.year, f.source) for f in region.figures}
    after = {(f.file, f.key, f.field): (f.year, f.source) for f in again.figures}
    kept = {key for key in before if key[0] not in ("freight", "tariffs") and key in after}
    assert len(kept) > 40
    assert all(after[key] == before[key] for key in kept)
    assert after["activity_figures", "assemble", "life"] == ("2024", "not stated")


@pytest.mark.parametrize("name", case_names())
def test_embedded_cases_written_by_a_program_read_back(name, tmp_path) -> None:
    region = read_region(name)
    write_region(region, tmp_path / "written")
    again = read_region(tmp_path / "written")
    assert again.options == region.options
    assert again.demands == region.demands
    assert [(li.origin, li.destination, li.good) for li in again.links] == [
        (li.origin, li.destination, li.good) for li in region.links
    ]
    for one, other in zip(again.links, region.links, strict=True):
        assert one.freight == other.freight
        assert one.tariff == pytest.approx(other.tariff, rel=1e-12)
    for curve, other_curve in zip(again.outside, region.outside, strict=True):
        assert curve.slope == pytest.approx(other_curve.slope, rel=1e-12)


NASTY = (
    "",
    "0",
    "-1",
    "1e300",
    "inf",
    "*",
    "world",
    "1,5",
    "NTH",
    "metal",
    "é",
    "%",
    "input",
    "x" * 99,
)


@given(st.data())
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
def test_no_edit_of_the_files_ends_in_a_traceback(data) -> None:
    with tempfile.TemporaryDirectory() as name:
        path = Path(shutil.copytree(STARTER_FOLDER, Path(name) / "region"))
        for _ in range(data.draw(st.integers(1, 4))):
            file = path / f"{data.draw(st.sampled_from(TABLES))}.csv"
            lines = file.read_text(encoding="utf-8").split("\n")
            number = data.draw(st.integers(0, len(lines) - 1))
            cells = lines[number].split(",")
            position = data.draw(st.integers(0, len(cells) - 1))
            edit = data.draw(st.sampled_from(["cell", "cell", "cell", "cut", "line", "twice"]))
            if edit == "cell":
                cells[position] = data.draw(st.sampled_from(NASTY) | st.text(max_size=6))
                lines[number] = ",".join(cells)
            elif edit == "cut":
                lines[number] = ",".join(cells[:position])
            elif edit == "line":
                del lines[number]
            else:
                lines.append(lines[number])
            file.write_bytes("\n".join(lines).encode("utf-8", "surrogatepass"))
        for fault in check_region(path):
            assert fault.place
            assert fault.subject
            assert fault.rule
            assert fault.cure
