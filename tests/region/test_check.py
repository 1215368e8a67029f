"""Figures that are each allowed and do not fit together."""

from __future__ import annotations

import pytest

from workshare.region import read_region


def add_activity(folder, name: str, output: str, unit: str = "kt") -> None:
    """Add an activity with an option in Southland, costs without interest."""
    folder.add("activities", name, name.capitalize(), output)
    for field, value, own in (
        ("reference_size", "10", f"{unit}/year"),
        ("size", "10", f"{unit}/year"),
        ("capital_cost", "5", "M USD"),
    ):
        folder.add("activity_figures", name, field, value, own)
    folder.add("options", "STH-valley", name, "max_plants", "1", "plants")


def add_good(folder, name: str) -> None:
    folder.add("goods", name, name.capitalize(), "kt", "", "", "yes")
    folder.add("freight", "*", "*", name, "10", "USD/t")


@pytest.mark.parametrize("value", ["1", "1.3"])
def test_recipe_that_needs_itself_without_net_output(folder, value) -> None:
    row = folder.add("recipes", "refine", "metal", "input", value, "t/t")
    fault = folder.only_fault()
    assert fault.place == f"recipes.csv row {row} column value"
    assert fault.rule == "an activity that needs its own output must make more than it uses"
    assert fault.value == f"{value} t/t"


def test_recipe_that_needs_a_little_of_itself(folder) -> None:
    folder.add("recipes", "refine", "metal", "input", "0.1", "t/t")
    assert not folder.faults()


def test_output_as_byproduct(folder) -> None:
    folder.add("recipes", "refine", "metal", "byproduct", "0.1", "t/t")
    assert "is not its byproduct" in folder.only_fault().rule


@pytest.mark.parametrize(("back", "is_sound"), [("0.4", True), ("0.6", False)])
def test_circle_of_recipes_that_leaves_something_or_nothing(folder, back, is_sound) -> None:
    for name in ("steam", "brick"):
        add_good(folder, name)
        add_activity(folder, f"make-{name}", name)
    first = folder.add("recipes", "make-steam", "brick", "input", "2", "t/t")
    second = folder.add("recipes", "make-brick", "steam", "input", back, "t/t")
    if is_sound:
        assert not folder.faults()
        return
    fault = folder.only_fault()
    assert fault.place == f"recipes.csv row {first}"
    assert fault.subject == "Activities make-steam, make-brick"
    assert "together use up what they make (steam, brick)" in fault.rule
    assert f"recipes.csv row {second}" in fault.cure


def test_circle_with_help_from_outside(folder) -> None:
    for name in ("steam", "brick"):
        add_good(folder, name)
        add_activity(folder, f"make-{name}", name)
        folder.add("outside", name, "supply", "price", "5", "USD/t")
    folder.add("recipes", "make-steam", "brick", "input", "2", "t/t")
    folder.add("recipes", "make-brick", "steam", "input", "0.6", "t/t")
    assert not folder.faults()


def test_input_that_nobody_makes_or_sells(folder) -> None:
    add_good(folder, "rubber")
    row = folder.add("recipes", "assemble", "rubber", "input", "1", "kg/unit")
    fault = folder.only_fault()
    assert fault.place == f"recipes.csv row {row}"
    assert fault.subject == "Activity 'assemble', input 'rubber'"
    assert fault.rule.startswith("nobody in the region may make it")
    folder.add("outside", "rubber", "supply", "price", "900", "USD/t")
    assert not folder.faults()


def test_input_of_an_activity_that_nobody_may_do_does_not_matter(folder) -> None:
    add_good(folder, "rubber")
    add_activity(folder, "tyres", "motor", "thousand units")
    folder.remove("options", "STH-valley", "tyres")
    folder.add("recipes", "tyres", "rubber", "input", "1", "kg/unit")
    assert not folder.faults()


def test_input_that_cannot_reach_the_place(folder) -> None:
    for origin in ("world", "STH-valley"):
        folder.write(
            "freight",
            [r for r in folder.rows("freight") if (r[0], r[2]) != (origin, "metal")],
        )
    fault = folder.only_fault()
    row = folder.find("options", "NTH-coast", "assemble")
    assert fault.place == f"options.csv row {row}"
    assert fault.rule == "can never run: its input 'metal' cannot reach the place"


def test_place_that_nothing_reaches(folder) -> None:
    row = folder.add("places", "NTH-isle", "NTH", "An island")
    folder.write("freight", [r for r in folder.rows("freight") if "*" not in r[:2]])
    folder.add("freight", "world", "STH-valley", "metal", "60", "USD/t")
    folder.add("freight", "world", "NTH-coast", "metal", "60", "USD/t")
    fault = folder.only_fault()
    assert fault.place == f"places.csv row {row}"
    assert (fault.subject, fault.rule) == ("Place 'NTH-isle'", "no good can move to or from it")


def test_outside_demand_above_outside_supply_is_free_money(folder) -> None:
    row = folder.find("outside", "metal", "demand", "price")
    place = folder.set("outside", row, "value", "2700")
    fault = folder.only_fault()
    assert (fault.place, fault.value) == (place, "2700 USD/t")
    assert "must not be above the price at which the outside sells (outside.csv row 2" in fault.rule
    folder.set("outside", row, "value", "2600")
    assert not folder.faults()


def test_low_demand_above_base(folder) -> None:
    row = folder.find("demand", "NTH-coast", "motor", "low", "quantity")
    place = folder.set("demand", row, "value", "301")
    fault = folder.only_fault()
    assert fault.place == place
    assert fault.rule == "minimum above maximum: low is above base (demand.csv row 4)"


@pytest.mark.parametrize(
    ("table", "key", "rule"),
    [
        ("participant_figures", ("STH", "energy_price"), "field energy_price"),
        ("participant_figures", ("STH", "grid_emissions"), "field grid_emissions"),
        ("workforce", ("NTH", "technicians"), "wage of 'technicians'"),
    ],
)
def test_figures_that_are_needed_because_something_uses_them(folder, table, key, rule) -> None:
    folder.remove(table, *key)
    fault = folder.only_fault()
    assert fault.place == f"{table}.csv"
    assert rule in fault.subject
    assert "the figure is missing and activity" in fault.rule


def test_companions_of_themselves(folder) -> None:
    folder.add("companions", "refine", "requires", "refine", "place")
    assert folder.only_fault().rule == "cannot be its own companion"


def test_companions_that_require_and_exclude(folder) -> None:
    folder.add("companions", "assemble", "requires", "refine", "participant")
    folder.add("companions", "refine", "excludes", "assemble", "place")
    fault = folder.faults()[0]
    assert fault.place == "companions.csv row 3"
    assert (
        "one rule requires and another excludes the pair (also companions.csv row 2)" in fault.rule
    )


def test_one_participant_alone_is_a_region(folder) -> None:
    for table in ("participants", "participant_figures", "workforce"):
        folder.remove(table, "NTH")
    for table in ("places", "options", "demand", "freight"):
        folder.remove(table, "NTH-coast")
    folder.write("freight", [r for r in folder.rows("freight") if r[1] != "NTH-coast"])
    region = read_region(folder.path)
    assert [participant.id for participant in region.participants] == ["STH"]


def test_one_place_without_a_world_needs_no_freight(folder) -> None:
    test_one_participant_alone_is_a_region(folder)
    for table in ("outside", "freight", "tariffs", "limits"):
        folder.write(table, folder.rows(table)[:1])
    assert read_region(folder.path).links == ()


def test_participants_that_are_all_alike_are_a_region(folder) -> None:
    for table, column in (("participant_figures", 0), ("workforce", 0)):
        header, *rows = folder.rows(table)
        north = [row for row in rows if row[column] == "NTH"]
        folder.write(table, [header, *north, *(["STH", *row[1:]] for row in north)])
    for table, place in (("options", 0), ("demand", 0)):
        header, *rows = folder.rows(table)
        south = [row for row in rows if row[place] == "STH-valley"]
        folder.write(table, [header, *south, *(["NTH-coast", *row[1:]] for row in south)])
    folder.add("endowments", "NTH-coast", "ore", "70", "kt/year")
    folder.remove("plants", "STH-refinery-1")
    folder.set("freight", folder.find("freight", "STH-valley", "NTH-coast", "metal"), "origin", "*")
    folder.set("freight", 4, "destination", "*")
    region = read_region(folder.path)
    first, second = region.participants
    assert first.cost_of_capital == second.cost_of_capital
    assert len(region.options) == 4


def test_existing_plant_without_option_may_run(folder) -> None:
    folder.remove("options", "STH-valley", "refine")
    region = read_region(folder.path)
    assert region.plants[0].activity == "refine"
    assert not any(option.activity == "refine" for option in region.options)
