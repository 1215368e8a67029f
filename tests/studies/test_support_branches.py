"""Support and what stands at it: every end of a branch checked by every change with the pay."""

from __future__ import annotations

import pytest

from workshare.region import read_region
from workshare.studies.coordinate import coordinate
from workshare.studies.play_out import changes, national_value
from workshare.studies.result import CoordinationResult
from workshare.studies.setting import Setting
from workshare.studies.support_branches import (
    Held,
    hold_together,
    round_size,
    scenario_supports,
    support_branches,
)


@pytest.fixture(scope="module")
def islands() -> CoordinationResult:
    return coordinate(read_region("islands"))


@pytest.fixture(scope="module")
def setting(islands: CoordinationResult) -> Setting:
    return Setting(islands.region)


def paid_gain(setting: Setting, held: Held, target: Held, pay: dict[str, float]) -> float:
    """Return the most that anybody gains by one change, or by its part, where parts are paid."""

    def worth(code: str, mine: frozenset[str]) -> float:
        paid = pay[code] if mine == target[code] else 0.0
        return national_value(setting, {**held, code: mine}, code) + paid

    return max(
        worth(code, other) - worth(code, held[code])
        for code in setting.participants
        for other in [*changes(setting.models[code], held[code]), target[code]]
    )


def test_each_equilibrium_stands_up_to_its_end_and_not_beyond(
    islands: CoordinationResult, setting: Setting
) -> None:
    target = dict(islands.scenario("least_cost").holdings)
    needs = hold_together(setting, target)
    total = sum(needs.values())
    assert islands.equilibria is not None
    states = [(o.name, dict(o.holdings), o.market_value) for o in islands.equilibria.equilibria]
    rows = support_branches(setting, target, needs, states)
    ended = 0
    for row, (_, held, _) in zip(rows, states, strict=True):
        reach = 10 * total if row["to"] is None else row["to"]
        for share in (0.0, 0.5, 0.999):
            pay = {code: need * share * reach / total for code, need in needs.items()}
            assert paid_gain(setting, held, target, pay) <= 1e-6
        if row["to"] is not None:
            ended += 1
            pay = {code: need * 1.001 * reach / total for code, need in needs.items()}
            assert paid_gain(setting, held, target, pay) > 1e-6
            assert held[row["leaves"]] != target[row["leaves"]]
    assert ended


def test_the_scenario_stands_from_its_threshold_on(
    islands: CoordinationResult, setting: Setting
) -> None:
    looked = scenario_supports(islands, setting, 99)["scenarios"]
    assert any(row["support"] > 0 for row in looked)
    for row in looked:
        target = dict(islands.scenario(row["name"]).holdings)
        needs = row["by_participant"]
        assert row["support"] == pytest.approx(sum(needs.values()))
        assert paid_gain(setting, target, target, needs) <= 1e-6
        if row["support"] > 0:
            less = {code: 0.999 * need for code, need in needs.items()}
            assert paid_gain(setting, target, target, less) > 1e-6


def test_nothing_ends_where_nobody_is_paid(islands: CoordinationResult, setting: Setting) -> None:
    assert islands.equilibria is not None
    states = [(o.name, dict(o.holdings), o.market_value) for o in islands.equilibria.equilibria]
    target = states[0][1]
    rows = support_branches(setting, target, dict.fromkeys(setting.participants, 0.0), states)
    assert all(row["to"] is None for row in rows)


def test_every_scenario_but_those_without_somebody_is_looked_at_once_or_named(
    islands: CoordinationResult, setting: Setting
) -> None:
    everybody = [o.name for o in islands.scenarios if not o.name.startswith("minus_")]
    for most in (1, 3, 99):
        record = scenario_supports(islands, setting, most)
        seen = [name for row in record["scenarios"] for name in (row["name"], *row["also"])]
        assert sorted([*seen, *record["not_looked_at"]]) == sorted(everybody)
        assert len(record["scenarios"]) <= most
    assert not record["not_looked_at"]


def test_the_work_of_a_round_is_the_number_of_changes(setting: Setting) -> None:
    nobody = setting.nobody()
    models = setting.models
    counted = [len(list(changes(models[code], frozenset()))) for code in setting.participants]
    assert round_size(setting, nobody) == sum(counted)
