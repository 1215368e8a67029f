"""Each cell against the dictionary: codes, units, ranges, duplicates; canonical units."""

from __future__ import annotations

import dataclasses

import pytest

from workshare.region import read_region

METAL = ("STH-valley", "NTH-coast", "metal")


def bare(region):
    """Return the region without its provenance, which keeps the units as written."""
    return dataclasses.replace(region, figures=())


@pytest.mark.parametrize(
    ("table", "key", "value", "unit"),
    [
        ("freight", METAL, "0.04", "M USD/kt"),
        ("freight", METAL, "0.04", "USD/kg"),
        ("freight", METAL, "40", "kUSD/kt"),
        ("participant_figures", ("NTH", "gdp"), "40000", "M USD"),
        ("participant_figures", ("NTH", "gdp"), "0.04", "million USD million"),
        ("participant_figures", ("NTH", "energy_price"), "0.07", "USD/kWh"),
        ("participant_figures", ("NTH", "cost_of_capital"), "0.08", "share"),
        ("participant_figures", ("NTH", "grid_emissions"), "400", "g/kWh"),
        ("activity_figures", ("refine", "energy"), "6", "GWh/kt"),
        ("activity_figures", ("refine", "fixed_share"), "0.03", "share/yr"),
        ("recipes", ("assemble", "metal"), "0.012", "t/unit"),
        ("plants", ("STH-refinery-1",), "8000", "t/a"),
        ("workforce", ("NTH", "technicians", "wage"), "24000", "USD/worker"),
    ],
)
def test_the_same_figure_in_another_unit_is_the_same_region(folder, table, key, value, unit):
    expected = bare(read_region(folder.path))
    row = folder.find(table, *key)
    folder.set(table, row, "value", value)
    folder.set(table, row, "unit", unit)
    if unit == "million USD million":
        assert "unknown unit" in folder.only_fault().rule
    else:
        assert bare(read_region(folder.path)) == expected


@pytest.mark.parametrize(
    ("table", "key", "column", "text", "rule"),
    [
        ("places", ("NTH-coast",), "participant", "NTHH", "unknown code; must be declared in part"),
        ("options", ("NTH-coast",), "activity", "Assemble", "unknown code"),
        ("freight", METAL, "good", "metall", "unknown code; must be declared in goods.csv, or '*'"),
        ("activity_figures", ("refine", "energy"), "field", "enrgy", "unknown field"),
        ("outside", ("metal", "supply"), "side", "suply", "must be one of supply, demand"),
        ("goods", ("ore",), "tradable", "No", "must be one of yes, no"),
        ("plants", ("STH-refinery-1",), "value", "-8", "must be > 0"),
        ("plants", ("STH-refinery-1",), "value", "0", "must be > 0"),
        ("activity_figures", ("refine", "minimum_load"), "value", "140", "must be >= 0 and <= 1"),
        ("activity_figures", ("refine", "fixed_share"), "value", "101", "must be >= 0 and <= 1"),
        ("activity_figures", ("refine", "capital_exponent"), "value", "7", "must be >= 0 and <= 2"),
        ("demand", ("NTH-coast", "motor", "base", "elasticity"), "value", "1.2", "< 0"),
        ("options", ("NTH-coast",), "value", "1.5", "must be a whole number"),
        ("plants", ("STH-refinery-1",), "unit", "GWh", "does not convert to 'kt(/year)'"),
        ("plants", ("STH-refinery-1",), "unit", "", "is blank"),
        ("plants", ("STH-refinery-1",), "unit", "ktt", "unknown unit 'ktt'"),
        ("freight", METAL, "unit", "EUR/t", "money in EUR, another currency"),
        ("freight", METAL, "unit", "USD", "does not convert to 'M USD/kt'"),
        ("plants", ("STH-refinery-1",), "year", "20255", "must be a year"),
        ("plants", ("STH-refinery-1",), "source", "", "is blank"),
        ("plants", ("STH-refinery-1",), "quality", "E", "must be one of A, B, C, D"),
        ("participants", ("NTH",), "name", "", "is blank"),
        ("goods", ("motor",), "hs_edition", "HS2020", "must be one of HS1992"),
        ("goods", ("motor",), "hs_edition", "", "a code needs its edition"),
        ("goods", ("motor",), "hs_code", "85 01", "must be 2, 4, 6, 8 or 10 digits"),
        ("goods", ("ore",), "unit", "KT", "unknown unit 'KT'"),
        ("goods", ("ore",), "unit", "kt/year", "must be a quantity of a good"),
        ("goods", ("ore",), "unit", "USD", "must be a quantity of a good"),
    ],
)
def test_one_spoiled_cell_is_one_fault_with_its_place(folder, table, key, column, text, rule):
    place = folder.set(table, folder.find(table, *key), column, text)
    faults = folder.faults()
    found = [fault for fault in faults if fault.place == place]
    assert len(found) == 1, faults
    assert rule in found[0].rule
    assert found[0].cure
    if table != "goods":
        assert len(faults) == 1, faults


def test_what_a_fault_says(folder) -> None:
    row = folder.find("plants", "STH-refinery-1")
    folder.set("plants", row, "value", "-8.0")
    fault = folder.only_fault()
    assert fault.subject == "Plant 'STH-refinery-1'"
    assert fault.value == "-8.0 kt/year"
    assert fault.cure == "Check the sign."


def test_share_written_as_per_cent(folder) -> None:
    row = folder.find("activity_figures", "refine", "minimum_load")
    folder.set("activity_figures", row, "unit", "share")
    fault = folder.only_fault()
    assert fault.subject == "Activity 'refine', field minimum_load"
    assert fault.cure == "Write it with the unit %, or as a share: 0.4."


@pytest.mark.parametrize(
    ("table", "cells"),
    [
        ("participants", ("NTH", "Again")),
        ("places", ("NTH-coast", "NTH", "Again")),
        ("participant_figures", ("NTH", "gdp", "40", "bn USD")),
        ("recipes", ("assemble", "metal", "input", "12", "kg/unit")),
        ("freight", (*METAL, "40", "USD/t")),
        ("plants", ("STH-refinery-1", "STH-valley", "refine", "8", "kt")),
        ("limits", ("jobs", "", "minimum", "200", "workers")),
        ("activity_figures", ("refine", "size", "10", "kt")),
    ],
)
def test_duplicates_name_the_first_row(folder, table, cells) -> None:
    lengths = {"participants": 1, "places": 1, "plants": 1, "recipes": 2, "participant_figures": 2}
    first = folder.find(table, *cells[: lengths.get(table, 3)])
    row = folder.add(table, *cells)
    fault = folder.only_fault()
    assert fault.place.startswith(f"{table}.csv row {row} ")
    assert fault.rule == f"stands already in {table}.csv row {first}"


def test_a_blank_choice_takes_its_default(folder) -> None:
    folder.add("companions", "refine", "requires", "assemble", "")
    assert read_region(folder.path).companions[0].scope == "participant"


def test_sizes_may_be_several(folder) -> None:
    folder.add("activity_figures", "refine", "size", "15", "kt/year")
    refine = read_region(folder.path).activities[0]
    assert refine.sizes == (10.0, 15.0, 20.0)


def test_blank_is_not_zero(folder) -> None:
    row = folder.find("freight", *METAL)
    folder.set("freight", row, "value", "0")
    region = read_region(folder.path)
    assert next(li for li in region.links if li.good == "metal" and li.freight == 0.0)
    folder.set("freight", row, "value", "")
    assert "a missing figure is not zero" in folder.only_fault().rule


def test_a_fault_in_a_declaration_is_reported_once(folder) -> None:
    folder.set("activities", 2, "name", "")
    assert folder.only_fault().place == "activities.csv row 2 column name"


def test_an_unknown_currency_is_reported_once(folder) -> None:
    folder.replace("region.toml", '"USD"', '"dollars"')
    assert folder.only_fault().place == "region.toml key currency"


def test_all_faults_come_at_once_in_the_order_of_the_files(folder) -> None:
    folder.set("participants", 2, "name", "")
    folder.set("plants", 2, "value", "8,5")
    folder.set("freight", 3, "unit", "EUR/unit")
    folder.set("demand", 4, "year", "soon")
    places = [fault.place for fault in folder.faults()]
    assert places == [
        "participants.csv row 2 column name",
        "plants.csv row 2 column value",
        "freight.csv row 3 column unit",
        "demand.csv row 4 column year",
    ]


def test_tables_that_need_a_row(folder) -> None:
    for table in ("participants", "places"):
        folder.write(table, folder.rows(table)[:1])
    found = {fault.place for fault in folder.faults() if "at least one row" in fault.rule}
    assert found == {"participants.csv", "places.csv"}


def test_a_good_may_be_counted_in_a_word_of_its_own(folder) -> None:
    for name in ("goods", "activity_figures", "recipes", "freight", "outside", "demand"):
        text = folder.file(name).read_text(encoding="utf-8")
        text = text.replace("thousand units", "thousand boats").replace("/unit,", "/boat,")
        folder.file(name).write_text(text, encoding="utf-8")
    folder.set("goods", folder.find("goods", "motor"), "unit", "boat")
    region = read_region(folder.path)
    assert region.activities[1].reference_size == 500_000.0
    assert region.activities[1].inputs["metal"] == 12e-6


@pytest.mark.parametrize("code", ["NTH-cöast", "a b", "world", "*"])
def test_a_code_that_is_not_allowed_is_told_where_it_is_declared(folder, code) -> None:
    for file in folder.path.glob("*.csv"):
        file.write_text(file.read_text(encoding="utf-8").replace("NTH-coast", code), "utf-8")
    first = folder.faults()[0]
    assert first.place == "places.csv row 2 column id"
    assert all("unknown code" not in fault.rule for fault in folder.faults())
