"""From records to the region: defaults, what must not be missing, derived quantities."""

from __future__ import annotations

import math

import pytest

from workshare.region import read_region


def test_figures_of_the_starter_in_canonical_units(folder) -> None:
    region = read_region(folder.path)
    north, south = region.participants
    assert (north.gdp, north.cost_of_capital, north.energy_price) == (40_000.0, 0.08, 0.07)
    assert (north.public_money, south.public_money) == (math.inf, 200.0)
    assert north.workforce[0].wage == 0.024
    assert north.workforce[0].available == 3_000.0
    refine, assemble = region.activities
    assert (refine.variable_cost, refine.energy, refine.minimum_load) == (0.3, 6.0, 0.4)
    assert assemble.inputs == {"metal": 0.012}
    assert assemble.labour == {"technicians": 900.0}
    curve = next(c for c in region.outside if (c.good, c.side) == ("metal", "demand"))
    assert (curve.price, curve.slope) == (2.4, 0.1 * 2.4 / 80.0)
    assert curve.price - curve.slope * 80.0 == pytest.approx(0.9 * curve.price)


def test_defaults_where_a_row_is_absent(folder) -> None:
    region = read_region(folder.path)
    refine, assemble = region.activities
    assert (refine.life, assemble.life) == (25.0, 20.0)
    assert assemble.minimum_load == 0.0
    option = next(o for o in region.options if (o.place, o.activity) == ("NTH-coast", "assemble"))
    assert (option.max_output, option.variable_multiplier) == (math.inf, 1.05)
    folder.remove("participant_figures", "NTH", "gdp")
    assert math.isnan(read_region(folder.path).participants[0].gdp)


def test_only_the_chosen_scenario_is_used(folder) -> None:
    base = read_region(folder.path)
    high = read_region(folder.path, demand_scenario="high")
    assert [demand.quantity for demand in base.demands] == [300.0, 180.0]
    assert [demand.quantity for demand in high.demands] == [450.0, 260.0]
    assert (base.demand_scenario, high.demand_scenario) == ("base", "high")
    assert [demand.elasticity for demand in base.demands] == [-1.2, -1.0]


def test_a_demand_of_zero_is_no_demand(folder) -> None:
    row = folder.find("demand", "STH-valley", "motor", "low", "quantity")
    folder.set("demand", row, "value", "0")
    assert len(read_region(folder.path, "low").demands) == 1


@pytest.mark.parametrize(
    ("table", "key", "subject"),
    [
        ("activity_figures", ("refine", "reference_size"), "Activity 'refine', field reference_si"),
        ("activity_figures", ("refine", "size"), "Activity 'refine', field size"),
        ("activity_figures", ("assemble", "capital_cost"), "Activity 'assemble', field capital_"),
        ("outside", ("metal", "demand", "price"), "Good 'metal', side demand, field price"),
        ("workforce", ("NTH", "technicians", "wage"), "Participant 'NTH', occupation 'technic"),
        (
            "demand",
            ("NTH-coast", "motor", "high", "quantity"),
            "Place 'NTH-coast', good 'motor', scenario high, field quantity",
        ),
    ],
)
def test_figures_that_must_not_be_missing(folder, table, key, subject) -> None:
    folder.remove(table, *key)
    found = [f for f in folder.faults() if f.subject.startswith(subject)]
    assert len(found) == 1
    assert found[0].rule == "the figure is missing"
    assert found[0].place.startswith(f"{table}.csv row ")


def test_activity_without_any_figure(folder) -> None:
    folder.add("activities", "idle", "Nothing known", "motor")
    faults = folder.faults()
    assert {fault.subject for fault in faults} == {
        f"Activity 'idle', field {name}" for name in ("reference_size", "size", "capital_cost")
    }
    assert {fault.place for fault in faults} == {"activities.csv row 4"}


def test_limits(folder) -> None:
    limits = {limit.subject: limit for limit in read_region(folder.path).limits}
    assert limits["emissions"].weight == pytest.approx(0.03)
    assert limits["jobs"].minimum == 200.0
    assert (limits["outside_share"].good, limits["outside_share"].maximum) == ("motor", 0.9)


@pytest.mark.parametrize(
    ("cells", "rule"),
    [
        (("outside_share", "", "maximum", "50", "%"), "needs a good"),
        (("emissions", "motor", "maximum", "5", "kt CO2"), "of the whole region"),
    ],
)
def test_the_good_of_a_limit(folder, cells, rule) -> None:
    folder.add("limits", *cells)
    assert rule in folder.only_fault().rule


def test_a_field_that_the_subject_does_not_have(folder) -> None:
    row = folder.add("limits", "outside_share", "metal", "minimum", "50", "%")
    fault = folder.only_fault()
    assert fault.place == f"limits.csv row {row} column field"
    assert fault.rule == "outside_share has no such field"


def test_every_figure_keeps_its_provenance(folder) -> None:
    figures = read_region(folder.path).figures
    total = sum(
        len(folder.rows(file.stem)) - 1
        for file in folder.path.glob("*.csv")
        if "year" in folder.rows(file.stem)[0]
    )
    assert len(figures) == total
    first = next(figure for figure in figures if figure.file == "freight")
    assert (first.key, first.field) == ("NTH-coast/STH-valley/motor", "value")
    assert (first.value, first.unit, first.year) == (3.0, "USD/unit", "2024")
    assert (first.source, first.quality) == ("Invented", "D")
