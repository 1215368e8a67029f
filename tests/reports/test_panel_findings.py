"""The words and tables of a panel's report, where something is not as it should be."""

from __future__ import annotations

import copy

import pytest

from workshare.reports.equilibria.panel import panel_findings
from workshare.studies.panel import (
    EnumerationOptions,
    EventOptions,
    PanelOptions,
    PlaceModel,
    SimulationOptions,
    simulate_panel,
    study_panel,
)
from workshare.studies.panel.record import panel_record


@pytest.fixture(scope="module")
def record():
    panel, _ = simulate_panel(SimulationOptions(places=60, seed=4))
    options = PanelOptions(
        enumeration=EnumerationOptions(certify=0.0), events=EventOptions(draws=100)
    )
    return panel_record(study_panel(panel, PlaceModel(2), options))


def test_every_number_has_a_table(record) -> None:
    findings = panel_findings(record)
    names = {table.name for table in findings.tables}
    assert names == {
        "types", "labels", "split", "effects", "event_study", "certificate", "places", "place_years"
    }  # fmt: skip
    by_name = {table.name: table for table in findings.tables}
    assert sum(row[-1] for row in by_name["labels"].rows) == 60
    for row in by_name["types"].rows:
        assert sum(row[3:8]) == row[1] == 60
    for row in by_name["split"].rows:
        assert row[6] + row[7] + row[8] == pytest.approx(row[5], abs=1e-12)
    assert all(figure.to_svg() for figure in findings.figures)


def test_all_is_not_said_where_checks_failed(record) -> None:
    said = " ".join(panel_findings(record).sentences)
    assert "of 180 place-years all, with probability one" in said
    broken = copy.deepcopy(record)
    broken["statistics"]["ill"] = 3
    next(line for line in broken["certificate"] if line["name"] == "starts")["holds"] = False
    said = " ".join(panel_findings(broken).sentences)
    assert "place-years all" not in said and "some may be missing" in said
    assert "3 place-years failed a check and have no type" in said


def test_weak_instruments_and_bad_rounding_are_told(record) -> None:
    poor = copy.deepcopy(record)
    poor["estimate"] = {
        "attraction": 1.8, "attraction_error": 0.05, "first_stage": 3.0, "probability": None,
        "overidentification": None, "observations": 480, "clusters": 70, "within": False,
    }  # fmt: skip
    notes = " ".join(panel_findings(poor).notes)
    assert "The instruments are weak" in notes
    assert "outside the estimates' 95 % intervals" in notes
