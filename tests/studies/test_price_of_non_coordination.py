"""The price of non-coordination, from its parts."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from studies.accounting import Books
from studies.cases import CASES, region_of, study
from workshare.studies.price_of_non_coordination import price_of_non_coordination


@pytest.mark.parametrize("name", CASES)
def test_it_is_the_sum_of_its_parts(name: str) -> None:
    result = study(name)
    price = result.price_of_non_coordination
    best, apart = result.outcomes["coordinated"], result.outcomes["uncoordinated"]
    books = [Books(result.region, outcome) for outcome in (best, apart)]
    room = 2e-6 * books[0].turnover
    parts = sum(price["by_participant"].values()) + price["residual"]
    assert price["value"] == pytest.approx(parts, abs=room)
    whole = books[0].regional_value - books[1].regional_value
    assert price["value"] == pytest.approx(whole, abs=room)
    for code, value in price["by_participant"].items():
        difference = books[0].national_values[code] - books[1].national_values[code]
        assert value == pytest.approx(difference, abs=room)
    gdp = sum(party.gdp for party in result.region.participants)
    if math.isnan(gdp):
        assert price["share_of_gdp"] is None
    else:
        assert price["share_of_gdp"] == pytest.approx(price["value"] / gdp)


@pytest.mark.parametrize("name", CASES)
def test_it_lies_in_its_bracket(name: str) -> None:
    result = study(name)
    price = result.price_of_non_coordination
    room = result.certificate.gap_absolute + 1e-8 * abs(result.value)
    assert price["market_value"] >= -room
    assert price["market_value"] <= price["at_most"] + room
    assert price["at_most"] - price["market_value"] == pytest.approx(
        result.bound - result.value, abs=1e-7 * abs(result.value)
    )


@pytest.mark.parametrize("name", CASES)
def test_against_equilibria_it_is_a_range(name: str) -> None:
    result = study(name)
    assert result.equilibria is not None
    losses = [
        result.outcomes["coordinated"].value - outcome.value
        for outcome in result.equilibria.equilibria
    ]
    nash = result.price_of_non_coordination["against_nash"]
    assert nash == ({"low": min(losses), "high": max(losses)} if losses else None)


def test_islands_on_paper() -> None:
    price = study("islands").price_of_non_coordination
    assert price["value"] == pytest.approx(101.005, abs=1e-3)
    lost = {"AMB": 40.0, "BEL": 18.0, "CIN": 55.005, "DOR": -6.0, "ELM": -6.0, "FEN": 0.0}
    assert price["by_participant"] == pytest.approx(lost, abs=1e-3)


def test_without_gdp_there_is_no_share() -> None:
    region = region_of("islands")
    nameless = tuple(replace(party, gdp=math.nan) for party in region.participants)
    outcomes = study("islands").outcomes
    price = price_of_non_coordination(
        replace(region, participants=nameless),
        outcomes["coordinated"],
        outcomes["uncoordinated"],
        (),
        0.0,
    )
    assert price["share_of_gdp"] is None
    assert price["against_nash"] is None


def test_without_the_uncoordinated_outcome_nothing_is_claimed() -> None:
    outcomes = study("islands").outcomes
    price = price_of_non_coordination(region_of("islands"), outcomes["coordinated"], None, (), 0.0)
    assert price["value"] is None
    assert price["by_participant"] == {}
