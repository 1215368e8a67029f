"""Limits that contradict each other: the fault names a smallest set of them."""

from __future__ import annotations

import itertools

import pytest


def conflict(folder) -> list[str]:
    """Return the limits named by the only fault, and check the words around them."""
    fault = folder.only_fault()
    before, _, limits = fault.rule.partition(": ")
    assert before in (
        "can never run; smallest set of conflicting limits",
        "nothing it can do satisfies these together",
    )
    return limits.split("; ")


def test_plants_of_today_above_maximum_output(folder) -> None:
    row = folder.find("options", "STH-valley", "refine", "max_output")
    place = folder.set("options", row, "value", "7")
    fault = folder.only_fault()
    assert fault.place == place
    assert fault.rule == "plants that stand today (STH-refinery-1) have a capacity of 8 kt/year"


def test_minimum_load_against_power(folder) -> None:
    row = folder.add("participant_figures", "STH", "power_limit", "20", "GWh/year")
    limits = conflict(folder)
    load = folder.find("activity_figures", "refine", "minimum_load")
    assert sorted(limits) == [
        f"minimum_load of refine 40 % (activity_figures.csv row {load})",
        f"power_limit of STH 20 GWh/year (participant_figures.csv row {row})",
    ]


def test_minimum_load_against_endowment(folder) -> None:
    row = folder.find("endowments", "STH-valley", "ore")
    folder.set("endowments", row, "value", "5")
    limits = conflict(folder)
    assert len(limits) == 2
    assert any(text.startswith("minimum_load of refine") for text in limits)
    assert any("endowment of 'ore' at 'STH-valley' is 5" in text for text in limits)
    fault = folder.only_fault()
    assert fault.place.startswith("options.csv row ")
    assert fault.subject == "Place 'STH-valley', activity 'refine'"


def test_minimum_load_against_maximum_output(folder) -> None:
    folder.remove("plants", "STH-refinery-1")
    row = folder.find("options", "STH-valley", "refine", "max_output")
    folder.set("options", row, "value", "3")
    limits = conflict(folder)
    assert [text.split(" of ")[0] for text in sorted(limits)] == ["max_output", "minimum_load"]


def test_public_money(folder) -> None:
    row = folder.find("participant_figures", "STH", "public_money")
    folder.set("participant_figures", row, "value", "1")
    assert conflict(folder) == [f"public_money of STH 1 M USD (participant_figures.csv row {row})"]


def test_workers(folder) -> None:
    row = folder.find("workforce", "NTH", "technicians", "available")
    folder.set("workforce", row, "value", "0.1")
    assert conflict(folder) == [
        f"available of NTH/technicians 0.1 thousand workers (workforce.csv row {row})"
    ]


def test_companion_that_nobody_may_hold(folder) -> None:
    row = folder.add("companions", "assemble", "requires", "refine", "participant")
    fault = folder.only_fault()
    assert fault.subject == "Place 'NTH-coast', activity 'assemble'"
    assert conflict(folder) == [
        f"assemble requires refine (companions.csv row {row}), which has no option or plant there"
    ]


def test_companion_within_the_place_or_the_participant(folder) -> None:
    folder.add("places", "STH-port", "STH", "A port")
    folder.add("options", "STH-port", "assemble", "max_plants", "1", "plants")
    folder.add("freight", "STH-valley", "STH-port", "metal", "10", "USD/t")
    folder.write("options", [r for r in folder.rows("options") if r[0] != "NTH-coast"])
    row = folder.add("companions", "assemble", "requires", "refine", "participant")
    assert not folder.faults()
    folder.set("companions", row, "scope", "place")
    assert folder.only_fault().subject == "Place 'STH-port', activity 'assemble'"


def test_option_that_excludes_a_plant_of_today(folder) -> None:
    row = folder.add("companions", "assemble", "excludes", "refine", "participant")
    assert conflict(folder) == [f"assemble excludes refine (companions.csv row {row})"]


def test_requirements_that_lead_to_an_exclusion(folder) -> None:
    """A chain of three rules: all are named, since relaxing any one of them is enough."""
    folder.remove("plants", "STH-refinery-1")
    folder.add("activities", "polish", "Polish metal", "metal")
    for field, value, unit in (
        ("reference_size", "10", "kt"),
        ("size", "10", "kt"),
        ("capital_cost", "1", "M USD"),
    ):
        folder.add("activity_figures", "polish", field, value, unit)
    for place in ("STH-valley", "NTH-coast"):
        folder.add("options", place, "polish", "max_plants", "1", "plants")
    folder.write(
        "options", [r for r in folder.rows("options") if r[:2] != ["NTH-coast", "assemble"]]
    )
    folder.add("companions", "assemble", "requires", "polish", "participant")
    folder.add("companions", "polish", "requires", "refine", "place")
    folder.add("companions", "refine", "excludes", "assemble", "participant")
    faults = folder.faults()
    (mine,) = [f for f in faults if f.subject == "Place 'STH-valley', activity 'assemble'"]
    for row in (2, 3, 4):
        assert f"companions.csv row {row}" in mine.rule


def test_plants_of_today_that_exclude_each_other(folder) -> None:
    folder.add("plants", "STH-motors", "STH-valley", "assemble", "9", "thousand units")
    row = folder.add("companions", "assemble", "excludes", "refine", "place")
    fault = folder.only_fault()
    assert fault.place == "participants.csv row 3"
    assert fault.subject == "Participant 'STH'"
    assert conflict(folder) == [f"assemble excludes refine (companions.csv row {row})"]


def test_plant_of_today_whose_companion_is_impossible(folder) -> None:
    folder.add("plants", "NTH-motors", "NTH-coast", "assemble", "9", "thousand units")
    folder.add("companions", "assemble", "requires", "refine", "place")
    assert folder.faults()[0].subject == "Participant 'NTH'"


def test_option_of_no_new_plant_is_no_conflict(folder) -> None:
    row = folder.find("options", "STH-valley", "refine", "max_plants")
    folder.set("options", row, "value", "0")
    assert not folder.faults()


def test_more_jobs_than_could_ever_be(folder) -> None:
    row = folder.find("limits", "jobs", "", "minimum")
    place = folder.set("limits", row, "value", "5000")
    fault = folder.only_fault()
    assert (fault.place, fault.value) == (place, "5000 workers")
    # North: 2 plants of 900, 1800 of 3000 available; South: 900 + 2 * 180 + 180 * 8 / 20
    assert "give at most 3132 jobs" in fault.rule
    folder.set("limits", row, "value", "3132")
    assert not folder.faults()


def test_jobs_are_also_limited_by_the_workers_available(folder) -> None:
    row = folder.find("workforce", "NTH", "technicians", "available")
    folder.set("workforce", row, "value", "1")
    folder.set("limits", folder.find("limits", "jobs", "", "minimum"), "value", "2500")
    fault = folder.only_fault()
    assert "the workers available (NTH technicians) give at most 2332 jobs" in fault.rule


@pytest.mark.parametrize("dropped", [0, 1])
def test_the_set_is_smallest(folder, dropped) -> None:
    """Relaxing any one limit that is named makes the option possible."""
    cures = [
        ("participant_figures", ("STH", "power_limit"), "200"),
        ("activity_figures", ("refine", "minimum_load"), "10"),
    ]
    folder.add("participant_figures", "STH", "power_limit", "20", "GWh/year")
    assert len(conflict(folder)) == len(cures)
    table, key, value = cures[dropped]
    folder.set(table, folder.find(table, *key), "value", value)
    assert not folder.faults()


def test_quick_answer_and_program_agree(folder) -> None:
    from workshare.region.build import build_draft
    from workshare.region.feasible import _parties, _program, _runs_alone
    from workshare.region.folder import read_folder
    from workshare.region.tables import FaultLog
    from workshare.region.values import read_values

    seen = set()
    row = folder.add("participant_figures", "STH", "power_limit", "20", "GWh/year")
    for power, ore in itertools.product(("5", "24.1", "500"), ("1", "8.9", "90")):
        folder.set("participant_figures", row, "value", power)
        folder.set("endowments", 2, "value", ore)
        log = FaultLog()
        draft = build_draft(read_values(read_folder(folder.path, log), log))
        for party in _parties(draft):
            for option in party.options:
                program, running = _program(party)
                own = running[option.place, option.activity]
                program.limit(dict.fromkeys(own, -1.0), -1.0)
                is_possible = not program.conflict()
                assert _runs_alone(party, option) == is_possible, (power, ore, option)
                seen.add(is_possible)
    assert seen == {True, False}
