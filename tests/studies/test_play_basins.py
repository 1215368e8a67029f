"""Types and basins of play: shares that add up, starts replayed one by one, margins by hand."""

from __future__ import annotations

import pytest

from workshare.region import read_region
from workshare.studies.coordinate import coordinate
from workshare.studies.equilibria_lens import equilibria_lens
from workshare.studies.play_basins import (
    basin_share,
    capacity_ranks,
    displacements,
    draw_starts,
    firmness,
    sample_play,
)
from workshare.studies.play_out import changes, national_value, play
from workshare.studies.result import CoordinationResult
from workshare.studies.setting import Setting

Held = dict[str, frozenset[str]]


@pytest.fixture(scope="module")
def islands() -> CoordinationResult:
    return coordinate(read_region("islands"))


@pytest.fixture(scope="module")
def setting(islands: CoordinationResult) -> Setting:
    return Setting(islands.region)


@pytest.fixture(scope="module")
def pool(islands: CoordinationResult, setting: Setting) -> dict[str, Held]:
    return {
        "nobody": setting.nobody(),
        "apart": dict(islands.outcomes["uncoordinated"].holdings),
        "least": dict(islands.scenario("least_cost").holdings),
    }


def test_every_draw_is_counted_once_where_it_settles(
    setting: Setting, pool: dict[str, Held]
) -> None:
    starts = draw_starts(setting, pool, 12, 3)
    settled, lost = sample_play(setting, pool, 12, 3, 8)
    assert settled.total() + lost == 12
    ends = [play(setting, "again", start, setting.participants, 8) for start in starts]
    for key, count in settled.items():
        assert count == sum(end.status == "equilibrium" and end.holdings == key for end in ends)
    assert sum(end.status != "equilibrium" for end in ends) == lost


def test_draws_follow_the_seed_and_take_each_part_from_an_outcome(
    setting: Setting, pool: dict[str, Held]
) -> None:
    starts = draw_starts(setting, pool, 200, 0)
    assert starts == draw_starts(setting, pool, 200, 0)
    assert starts != draw_starts(setting, pool, 200, 1)
    for code in setting.participants:
        known = [outcome[code] for outcome in pool.values()]
        assert all(start[code] in known for start in starts)
    # a part that one outcome of three holds is drawn about once in three: 5 standard errors
    code = next(c for c in setting.participants if len({o[c] for o in pool.values()}) == 2)
    mine = pool["least"][code]
    odds = sum(outcome[code] == mine for outcome in pool.values()) / 3
    share = sum(start[code] == mine for start in starts) / 200
    assert abs(share - odds) < 5 * (odds * (1 - odds) / 200) ** 0.5


def test_no_turn_of_play_that_cannot_end_is_counted_as_an_equilibrium(
    setting: Setting, pool: dict[str, Held]
) -> None:
    # with no round to play nothing is known to settle
    settled, lost = sample_play(setting, pool, 5, 0, 0)
    assert (settled.total(), lost) == (0, 5)
    assert basin_share(lost, 5)["share"] == 1.0
    assert basin_share(0, 0) == {"drawn": 0, "share": None, "low": None, "high": None}


def test_the_margin_is_the_least_loss_of_any_single_change(
    islands: CoordinationResult, setting: Setting
) -> None:
    assert islands.equilibria is not None
    for outcome in islands.equilibria.equilibria:
        held = dict(outcome.holdings)
        found = firmness(setting, held)
        losses = [
            national_value(setting, held, code) - national_value(setting, {**held, code: o}, code)
            for code in setting.participants
            for o in changes(setting.models[code], held[code])
        ]
        assert found["margin"] == pytest.approx(min(losses), abs=1e-6)
        assert found["stability"] == "strict"
        assert min(losses) > 0


def test_displacements_are_those_of_one_participant_and_come_back_by_play(
    islands: CoordinationResult, setting: Setting, pool: dict[str, Held]
) -> None:
    assert islands.equilibria is not None
    held = dict(islands.equilibria.equilibria[0].holdings)
    back, tried = displacements(setting, held, pool, 99, 8)
    different = [
        (code, other)
        for code in setting.participants
        for other in {outcome[code] for outcome in pool.values()}
        if other != held[code]
    ]
    assert tried == len(different)
    assert 0 <= back <= tried
    assert displacements(setting, held, {"itself": held}, 99, 8) == (0, 0)
    assert displacements(setting, held, pool, 1, 8)[1] == 1


def test_order_ranks_follow_capacity(setting: Setting, pool: dict[str, Held]) -> None:
    both = {c: pool["least"][c] | pool["apart"][c] for c in setting.participants}
    assert capacity_ranks(setting, [pool["nobody"], pool["least"], both]) == (
        "lowest",
        "middle",
        "highest",
    )
    assert capacity_ranks(setting, [pool["least"]]) == ("only",)
    assert capacity_ranks(setting, []) == ()


def test_the_lens_tells_shares_that_add_up(islands: CoordinationResult) -> None:
    record = equilibria_lens(islands, draws=30)
    lost = record["sample"]["unsettled"]["drawn"]
    assert sum(row["drawn"] for row in record["types"]) + lost == 30
    assert equilibria_lens(islands, draws=30) == record
    for row in record["types"]:
        assert row["low"] <= row["share"] <= row["high"]
