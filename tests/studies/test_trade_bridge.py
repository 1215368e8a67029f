"""The least-cost division in general equilibrium: applicable or not, and what must add up."""

from __future__ import annotations

import pytest

from workshare.region import read_region
from workshare.reports.trade.lens import trade_lens_findings
from workshare.studies.coordinate import coordinate
from workshare.studies.result import CoordinationResult
from workshare.studies.trade_bridge import INDUSTRIES, industry_of, trade_scenario_lens
from workshare.trade.files import read_economy


@pytest.fixture(scope="module")
def lithium() -> CoordinationResult:
    return coordinate(read_region("lithium"), scenarios=["least_cost"])


def test_every_industry_named_is_one_of_the_economy() -> None:
    known = set(read_economy("americas").economy.industries)
    assert {industry for _, industry in INDUSTRIES} <= known
    assert industry_of("270900") == industry_of("2701") == "coal, oil and gas"
    assert industry_of("2710") == "petroleum products"
    assert industry_of("98") is None and industry_of("x") is None


def test_a_region_without_hs_codes_is_told_so() -> None:
    record = trade_scenario_lens(coordinate(read_region("islands"), scenarios=["least_cost"]))
    assert record["status"] == "not applicable"
    assert "HS code" in record["claim"]
    assert "Not applicable" in trade_lens_findings(record).sentences[0]


def test_parts_add_up_and_outputs_are_the_scenarios(lithium: CoordinationResult) -> None:
    record = trade_scenario_lens(lithium)
    assert record["status"] == "done"
    for entry in ("free", "restricted"):
        found = record["entry"][entry]
        assert found["status"] in ("supported", "partly")
        for row in found["countries"]:
            parts = ("own_efficiency", "terms_of_trade", "profit_shifting", "revenue")
            assert sum(row[part] for part in parts) == pytest.approx(row["gain"], abs=1e-5)
        assert found["subsidies"]
    findings = trade_lens_findings(record)
    assert len(findings.tables) == 4 and len(findings.figures) == 1
    assert [row[2] for row in findings.tables[0].rows] == [
        row["gain"] for row in record["entry"]["free"]["countries"]
    ]
