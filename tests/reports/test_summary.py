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


CYCLE = {
    "start": "nobody building",
    "order": ["ARG"],
    "length": 2,
    "changing": {"ARG": ["ARG_1/cell_plant/1x20", "ARG_1/cell_plant/2x20"]},
}


def test_cycles_are_told(result):
    result["outcomes"]["nash"] = {"status": "none found", "equilibria": [], "cycles": [CYCLE]}
    result["price_of_non_coordination"]["against_nash"] = None
    found = "Play does not settle: the plants of Argentina (cell plant) come and go."
    assert found in summary_lines(result)


def test_scenarios_for_which_nothing_was_found_are_told(result):
    result["certificate"]["not_found"] = ["most_resilient", "minus_ARG"]
    found = "For these scenarios nothing was found: most resilient and minus ARG."
    assert found in summary_lines(result)
