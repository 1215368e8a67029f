from __future__ import annotations

from workshare.reports.summary import summary_lines


def test_the_price_comes_first_and_losers_are_named(result):
    scenario = result["scenarios"][0]
    scenario["losers"] = ["BOL", "ARG"]
    scenario["smallest_compensation"] = 7.5
    lines = summary_lines(result)
    assert "costs the region" in lines[1]
    (line,) = [line for line in lines if line.startswith("  Least cost:")]
    assert "BOL" in line
    assert "7.5 million USD per year" in line
    assert len(lines) <= 20
    assert all(line.strip() for line in lines)


def test_what_is_missing_is_said(least):
    text = "\n".join(summary_lines(least))
    assert "Not coordinating costs the region 1 million currency units per year" in text
    assert "gains against isolated not available" in text


def test_cycles_are_told(result):
    result["outcomes"]["nash"] = {"status": "none found", "equilibria": [], "cycles": [["a", "b"]]}
    result["price_of_non_coordination"]["against_nash"] = None
    assert "Best replies went round in cycles; no equilibrium was found." in summary_lines(result)
