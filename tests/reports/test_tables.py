from __future__ import annotations

import math

import pytest

from workshare.reports.tables import frames, tables

NAMES = [
    "headline",
    "scenarios",
    "participants",
    "accounts",
    "plants",
    "flows",
    "prices",
    "duplications",
    "shortfalls",
    "not_chosen",
    "certificate",
    "convergence",
    "assumptions",
    "sources",
]


def column(table, name):
    place = [one.name for one in table.columns].index(name)
    return [row[place] for row in table.rows]


def test_all_tables_are_there_in_reading_order(result, least):
    assert list(tables(result)) == NAMES
    assert list(tables(least)) == NAMES


def test_national_values_are_those_of_the_result(result):
    table = tables(result)["participants"]
    keys = zip(column(table, "scenario"), column(table, "participant"), strict=True)
    found = dict(zip(keys, column(table, "national value"), strict=True))
    for scenario in result["scenarios"]:
        for code, value in scenario["by_participant"].items():
            assert found[scenario["name"], code] == value
    for code, value in result["outcomes"]["isolated"]["by_participant"].items():
        assert found["isolated", code] == value


@pytest.mark.parametrize("name", ["accounts", "plants", "flows", "prices", "not_chosen"])
def test_long_tables_have_one_row_per_record(result, name):
    outcomes = [
        result["outcomes"]["uncoordinated"],
        *result["outcomes"]["nash"]["equilibria"],
        *result["scenarios"],
    ]
    assert len(tables(result)[name].rows) == sum(len(outcome[name]) for outcome in outcomes)


def test_gains_not_stated_are_differences_and_missing_ones_stay_missing(result):
    scenario = result["scenarios"][0]
    scenario["accounts"] = []
    del result["outcomes"]["isolated"]["by_participant"]["ARG"]
    table = tables(result)["participants"]
    rows = [row for row in table.rows if row[0] == scenario["name"] and row[2] in ("ARG", "BOL")]
    (arg, bol) = rows
    assert arg[5] is None
    isolated = result["outcomes"]["isolated"]["by_participant"]["BOL"]
    assert bol[5] == pytest.approx(scenario["by_participant"]["BOL"] - isolated)


def test_missing_numbers_are_none_and_nan_never_zero(least):
    least["price_of_non_coordination"]["value"] = float("nan")
    assert tables(least)["headline"].rows[0][1] is None
    frame = frames(least)["headline"]
    assert math.isnan(frame["value"].iloc[0])


def test_headings_are_words_with_units(result):
    for table in tables(result).values():
        for one in table.columns:
            assert "_" not in one.header
            if one.kind == "number" and one.name not in ("value", "tolerance", "round"):
                assert one.unit, (table.name, one.name)


def test_frames_carry_the_same_rows(result):
    made = tables(result)
    for name, frame in frames(result).items():
        assert len(frame) == len(made[name].rows)
        assert list(frame.columns) == [one.header for one in made[name].columns]


def test_claims_and_options_are_among_the_assumptions(result):
    rows = tables(result)["assumptions"].rows
    assert ("claim", "isolated", result["outcomes"]["isolated"]["claim"]) in rows
    assert ("options", "slack", "0.02") in rows
