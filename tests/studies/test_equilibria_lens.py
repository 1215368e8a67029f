"""Would a division last without support: islands by hand, and what each figure must satisfy."""

from __future__ import annotations

import pytest

from workshare.region import read_region
from workshare.reports.equilibria_lens import equilibria_findings
from workshare.studies.coordinate import coordinate
from workshare.studies.equilibria_lens import equilibria_lens, smallest_push
from workshare.studies.play_out import changes, national_value, play
from workshare.studies.result import CoordinationResult
from workshare.studies.setting import Setting
from workshare.studies.support_branches import hold_together


@pytest.fixture(scope="module")
def islands() -> CoordinationResult:
    return coordinate(read_region("islands"))


def test_support_is_the_best_gain_from_any_single_change(islands: CoordinationResult) -> None:
    record = equilibria_lens(islands)
    setting = Setting(islands.region)
    target = dict(islands.scenario("least_cost").holdings)
    for code, amount in record["support"].items():
        now = national_value(setting, target, code)
        gains = [
            national_value(setting, {**target, code: held}, code) - now
            for held in changes(setting.models[code], target[code])
        ]
        assert amount >= max([0.0, *gains]) - 1e-6
    assert record["leaves"] == [code for code, amount in record["support"].items() if amount > 0]


def test_the_rest_point_is_where_play_goes_and_needs_no_support(
    islands: CoordinationResult,
) -> None:
    record = equilibria_lens(islands)
    setting = Setting(islands.region)
    target = dict(islands.scenario("least_cost").holdings)
    found = play(setting, "least_cost", target, setting.participants)
    assert record["rest"]["status"] == found.status == "equilibrium"
    assert not any(hold_together(setting, dict(found.holdings)).values())
    assert record["rest"]["value"] <= record["value"] + 1e-6


def test_a_push_leads_from_the_uncoordinated_outcome_to_that_worth(
    islands: CoordinationResult,
) -> None:
    record = equilibria_lens(islands)
    push = record["push"]
    assert push["status"] == "found"
    assert push["value"] >= record["rest"]["value"] - 1e-6
    assert push["value"] > record["uncoordinated_value"]


def test_no_push_reaches_what_is_beyond_the_best(islands: CoordinationResult) -> None:
    setting = Setting(islands.region)
    target = dict(islands.scenario("least_cost").holdings)
    start = dict(islands.outcomes["uncoordinated"].holdings)
    assert smallest_push(setting, target, start, 10.0 * islands.value) is None


def test_types_are_the_equilibria_of_play_with_their_starts(islands: CoordinationResult) -> None:
    types = equilibria_lens(islands)["types"]
    assert islands.equilibria is not None
    assert sum(not row["name"].startswith("drawn") for row in types) == len(
        islands.equilibria.equilibria
    )
    settled = [p.start for p in islands.equilibria.plays if p.status == "equilibrium"]
    assert sorted(start for row in types for start in row["starts"]) == sorted(settled)
    values = [row["value"] for row in types]
    assert values == sorted(values, reverse=True)
    setting = Setting(islands.region)
    for row in types:
        if row["name"].startswith("drawn"):
            assert row["drawn"] > 0
            assert not row["starts"]
            continue
        found = next(o for o in islands.equilibria.equilibria if o.name == row["name"])
        held = dict(found.holdings)
        assert -setting.clear(held).selection.value == pytest.approx(row["value"], abs=1e-5)
        assert not any(hold_together(setting, held).values())


def test_the_findings_say_what_the_record_holds(islands: CoordinationResult) -> None:
    record = equilibria_lens(islands)
    found = equilibria_findings(record)
    assert "DOR (6) and ELM (6)" in found.sentences[0]
    assert [row[1] for row in found.tables[0].rows] == list(record["support"].values())
    assert any("does not make the least-cost division itself last" in s for s in found.sentences)
    names = [table.name for table in found.tables]
    assert names == ["support", "scenario_support", "support_branches", "types"]
    assert [figure.name for figure in found.figures] == [*names[:3], "play_basins"]
    types = found.tables[3].to_pandas()
    assert list(types["worth on the market (M/yr)"]) == [row["value"] for row in record["types"]]
    shares = types["drawn starts that end there (share)"]
    assert (types["lower end (share)"] <= shares).all()
    assert (shares <= types["upper end (share)"]).all()
    nobody = {**record, "status": "self-sustaining", "support": {"A": 0.0}, "leaves": []}
    assert "lasts without support" in equilibria_findings(nobody).sentences[0]


def test_an_older_record_without_branches_and_basins_is_still_shown(
    islands: CoordinationResult,
) -> None:
    record = equilibria_lens(islands, draws=0, scenarios=1)
    kept = ("status", "claim", "support", "leaves", "value", "rest", "push", "scenario")
    old = {key: record[key] for key in kept}
    old["types"] = [
        {key: row[key] for key in ("name", "value", "starts", "differs")} for row in record["types"]
    ]
    found = equilibria_findings(old)
    assert [figure.name for figure in found.figures] == ["support"]
    assert [table.name for table in found.tables] == ["support", "types"]


def test_without_drawn_starts_no_share_is_told(islands: CoordinationResult) -> None:
    record = equilibria_lens(islands, draws=0, scenarios=1)
    assert record["sample"]["draws"] == 0
    assert all(row["share"] is None and row["low"] is None for row in record["types"])
    assert [row["name"] for row in record["scenarios"]] == ["least_cost"]
    assert "maximin" in record["not_looked_at"]
    found = equilibria_findings(record)
    basins = found.figures[-1]
    assert "none was drawn" in basins.note
    assert "%" not in basins.alternative_text
    assert "Not looked at: maximin" in found.figures[1].note


def test_the_title_says_what_stands_when_support_is_paid_in_full(
    islands: CoordinationResult,
) -> None:
    record = equilibria_lens(islands, draws=0)
    threshold = sum(record["support"].values())
    assert "from 12 M a year on" in equilibria_findings(record).figures[2].title
    beyond = [{**row, "to": 1.5 * threshold, "leaves": "DOR"} for row in record["branches"][:1]]
    found = equilibria_findings({**record, "branches": beyond})
    assert "would stand too" in found.figures[2].title
    assert any("Support alone need not bring it about" in s for s in found.sentences)
    before = [{**row, "to": 0.5 * threshold} for row in record["branches"]]
    found = equilibria_findings({**record, "branches": before})
    assert "ends at 6" in found.figures[2].title
    assert any("no state is known that lasts" in s for s in found.sentences)
