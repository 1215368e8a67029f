"""Outcomes as plain data: rounding, and what every record says."""

from __future__ import annotations

import json
import math

import pytest

from reference.units import running_units
from studies.cases import CASES, outcomes, setting, study
from workshare.studies.record import DIGITS, outcome_record, region_record, rounded
from workshare.studies.setting import Setting


def test_rounding_keeps_what_is_certain() -> None:
    assert rounded(1.23456789012) == 1.23456789
    assert rounded(-9876543210.123) == -9876543210.0
    assert rounded({"a": [0.1, True, None, "x", 3]}) == {"a": [0.1, True, None, "x", 3]}
    assert rounded((1.0, 2.0)) == [1.0, 2.0]
    assert rounded(math.inf) is None
    assert rounded(math.nan) is None
    assert rounded(0.1 + 0.2) == 0.3
    assert DIGITS == 9


@pytest.mark.parametrize("name", CASES)
def test_records_hold_no_number_that_is_not_one(name: str) -> None:
    text = json.dumps(study(name).to_dict(), allow_nan=False)
    assert json.loads(text)["schema"] == "workshare.result/1"


@pytest.mark.parametrize("name", CASES)
def test_outcomes_have_their_values_in_the_record(name: str) -> None:
    for record in study(name).to_dict()["scenarios"]:
        assert isinstance(record["value"], float)
        whole = sum(record["by_participant"].values()) + record["residual"]
        size = sum(abs(value) for value in record["by_participant"].values()) + 1e-9
        assert record["value"] == pytest.approx(whole, abs=1e-7 * size)
        for account in record["accounts"]:
            code = account["participant"]
            assert account["value"] == pytest.approx(record["by_participant"][code])
            gain = account["value"] - account["isolated"]
            assert account["gain_isolated"] == pytest.approx(gain, abs=1e-7 * size)
            paid = max(0.0, -account["gain_isolated"])
            assert account["compensation"] == pytest.approx(paid, abs=1e-7 * size)
        paid = sum(account["compensation"] for account in record["accounts"])
        assert record["smallest_compensation"] == pytest.approx(paid, abs=1e-7 * size)
        assert record["individually_rational"]["isolated"] == (not record["losers"])


@pytest.mark.parametrize("name", CASES)
def test_plants_are_costed_as_the_region_says(name: str) -> None:
    units = {
        (u.place, u.activity.id, u.plant, u.size, u.number): u
        for u in running_units(study(name).region)
    }
    for outcome, region in outcomes(study(name)):
        ready = setting(name) if region is study(name).region else Setting(region)
        records = outcome_record(ready, outcome, {}, {})["plants"]
        for record, plant in zip(records, outcome.plants, strict=True):
            group = plant.group
            unit = units[group.place, group.activity, group.plant, group.size, group.number]
            assert record["capacity"] == pytest.approx(unit.capacity)
            assert record["existing"] == unit.existing
            if plant.idle:
                assert record["jobs"] == record["output"] == record["variable_cost"] == 0.0
                continue
            assert record["fixed_cost"] == pytest.approx(unit.fixed_cost)
            assert record["variable_cost"] == pytest.approx(unit.marginal_cost * plant.output)
            assert record["jobs"] == pytest.approx(unit.jobs)
            assert record["emissions"] == pytest.approx(unit.emissions * plant.output)
            assert record["utilisation"] == pytest.approx(plant.output / unit.capacity)


def test_without_outcomes_to_compare_with_nothing_is_compared() -> None:
    ready, outcome = setting("islands"), study("islands").outcomes["coordinated"]
    record = outcome_record(ready, outcome, {}, {})
    assert record["individually_rational"] == {"isolated": None, "uncoordinated": None}
    assert record["smallest_compensation"] is None
    for account in record["accounts"]:
        assert account["isolated"] is account["gain_isolated"] is account["compensation"] is None
        assert account["uncoordinated"] is account["share_of_gdp"] is None


def test_the_region_is_described_by_name() -> None:
    region = study("islands").region
    record = region_record(region)
    assert [p["id"] for p in record["participants"]] == [p.id for p in region.participants]
    units = {good["id"]: good["unit"] for good in record["goods"]}
    for activity in record["activities"]:
        assert activity["unit"] == units[activity["output"]]
