"""Types of equilibria against closed forms, theory and motion from both sides."""

from __future__ import annotations

import math

import numpy as np
import pytest

from workshare.equilibria import FindOptions, find
from workshare.equilibria.basins import basin_of, inner_basin, sample_basins, wilson
from workshare.equilibria.classify import classify, order_ranks, stability
from workshare.equilibria.dynamics import Dynamic, move
from workshare.equilibria.system import system_from_function, system_from_text
from workshare.errors import OptionError

DOUBLE = system_from_text(["x - x^3 + h"], ["x"], bounds={"x": (-2, 2)}, parameters={"h": 0.1})


def test_types_of_three_equilibria_in_a_row() -> None:
    found = classify(find(DOUBLE), samples=2000, confidence=0.999)
    assert [item.stability.label for item in found.types] == ["stable", "unstable", "stable"]
    assert [item.stability.index for item in found.types] == [1, -1, 1]
    assert [item.rank for item in found.types] == ["lowest", "middle", "highest"]
    assert found.index_sum == 1
    assert found.alarm == ""
    border = found.types[1].point[0]
    low, high = found.types[0].basin, found.types[2].basin
    assert low is not None
    assert high is not None
    assert low.low < (border + 2) / 4 < low.high
    assert high.low < (2 - border) / 4 < high.high
    # the whole basin but a little is proven
    inner = found.types[2].inner
    assert inner is not None
    assert border < inner.lower[0] < border + 1e-3


def test_eigenvalues_are_those_of_the_closed_form() -> None:
    point = find(DOUBLE).points[0]
    made = stability(DOUBLE, point)
    assert made.eigenvalues[0] == pytest.approx(1 - 3 * point[0] ** 2)
    assert made.speed == pytest.approx(3 * point[0] ** 2 - 1)
    fast = stability(DOUBLE, point, Dynamic("fast", speeds={"x": 10.0}))
    assert fast.speed == pytest.approx(10 * made.speed)
    period = stability(DOUBLE, point, Dynamic("period", kind="map"))
    assert period.eigenvalues[0] == pytest.approx(2 - 3 * point[0] ** 2)


def test_a_flow_and_a_map_can_disagree() -> None:
    steep = system_from_text(["-3*x"], ["x"], bounds={"x": (-1, 1)})
    assert stability(steep, np.zeros(1)).label == "stable"
    assert stability(steep, np.zeros(1), Dynamic("period", kind="map")).label == "unstable"


def test_saddle_marginal_and_no_equilibrium() -> None:
    saddle = system_from_text(["x", "-y"], ["x", "y"])
    assert stability(saddle, np.zeros(2)).label == "saddle"
    assert stability(saddle, np.zeros(2)).index == -1
    flat = system_from_text(["-x^3"], ["x"])
    assert stability(flat, np.zeros(1)).label == "marginal"
    assert stability(flat, np.zeros(1)).index == 0
    assert stability(flat, np.ones(1)).label == "no equilibrium"


def test_bounds_hold_an_unknown_that_would_leave() -> None:
    race = system_from_text(
        ["x - 1/2 + 0.2*y", "x - y"], ["x", "y"],
        bounds={"x": (0, 1), "y": (-2, 2)}, complementarity=True,
    )  # fmt: skip
    found = classify(find(race), samples=200)
    held = {tuple(item.stability.held) for item in found.types}
    assert held == {(True, False), (False, False)}
    assert [item.stability.label for item in found.types] == ["stable", "saddle", "stable"]
    assert found.index_sum == 1


def test_unknowns_that_clear_at_once_are_the_limit_of_great_speed() -> None:
    # y follows x at once; alone x would grow, with y = 2x it shrinks
    system = system_from_text(["x - y", "2*x - y"], ["x", "y"], bounds={"x": (-1, 1), "y": (-3, 3)})
    at_once = Dynamic("market clears", at_once=("y",))
    quick = Dynamic("quick", speeds={"y": 1e4})
    assert stability(system, np.zeros(2), at_once).eigenvalues == pytest.approx((-1,))
    assert stability(system, np.zeros(2), quick).eigenvalues[0].real == pytest.approx(-1, abs=1e-3)
    start = np.array([[0.5, -2.0]])
    ends = [move(system, start, d, duration=1.0, tolerance=1e-8) for d in (at_once, quick)]
    assert ends[0].points[0] == pytest.approx([0.5 / math.e, 1 / math.e], abs=1e-5)
    assert ends[1].points[0] == pytest.approx(ends[0].points[0], abs=1e-3)


def test_expectations_that_can_jump_need_as_many_repelling_directions() -> None:
    # labour and its value, both bounds on labour off: eigenvalues (r +- sqrt(r^2 - 4 b/g)) / 2
    spiral = system_from_text(["q/4", "0.05*q - 0.01*l"], ["l", "q"])
    jump = Dynamic("foresight", free_to_jump=("q",))
    assert stability(spiral, np.zeros(2), jump).label == "unstable"
    path = system_from_text(["q/4", "0.05*q + 0.01*l"], ["l", "q"])
    assert stability(path, np.zeros(2), jump).label == "stable"
    many = system_from_text(["-l", "-q"], ["l", "q"])
    assert stability(many, np.zeros(2), jump).label == "indeterminate"


def test_a_missing_equilibrium_raises_the_alarm() -> None:
    found = find(DOUBLE)
    from dataclasses import replace

    short = replace(found, equilibria=found.equilibria[:2])
    made = classify(short, samples=100)
    assert "sampled states rest at no known equilibrium" in made.alarm
    assert "indices add up to 0" in made.alarm


def test_an_order_interval_of_complements_is_proven_and_is_no_larger_than_the_basin() -> None:
    pair = system_from_text(
        ["tanh(1.5*x + 0.2*y) - x", "tanh(1.5*y + 0.2*x) - y"], ["x", "y"],
        bounds={"x": (-1, 1), "y": (-1, 1)},
    )  # fmt: skip
    found = find(pair)
    points = found.points
    assert len(points) == 9
    highest = len(points) - 1
    inner = inner_basin(found, highest)
    assert inner is not None
    assert 0 < inner.volume < 1
    draw = np.random.default_rng(1).random((50, 2))
    for state in inner.lower + (inner.upper - inner.lower) * draw:
        assert basin_of(pair, state, points) == highest


def test_nothing_is_proven_where_order_is_not_preserved() -> None:
    turning = system_from_text(
        ["-x + y", "-y - x"], ["x", "y"], bounds={"x": (-1, 1), "y": (-1, 1)}
    )
    assert inner_basin(find(turning), 0) is None


def test_no_inner_basin_is_claimed_where_equilibria_may_be_missing() -> None:
    double = system_from_text(["x - x^3"], ["x"], bounds={"x": (-2, 2)})
    sampled = find(double, FindOptions(method="search", starts=16))
    assert not sampled.completeness.means_all
    with pytest.raises(OptionError, match="there may be more"):
        inner_basin(sampled, 0)
    with pytest.raises(OptionError, match="no equilibrium 7: 3"):
        inner_basin(find(double), 7)


def test_a_system_without_tape_moves_as_the_same_one_with_tape() -> None:
    def branching(x: np.ndarray, p: np.ndarray) -> np.ndarray:
        return x - x**3 + p[0] if x[0] < 9 else x

    plain = system_from_function(
        branching, ["x"], bounds={"x": (-2, 2)}, parameters={"h": 0.1},
        jacobian=lambda x, p: np.array([[1 - 3 * x[0] ** 2]]),
    )  # fmt: skip
    assert plain.tape is None
    points = find(DOUBLE).points
    ours, theirs = (sample_basins(s, points, samples=60, seed=3) for s in (plain, DOUBLE))
    assert ours.reached.tolist() == theirs.reached.tolist()


def test_cycles_are_undecided_and_not_assigned() -> None:
    around = system_from_text(
        ["y + x*(1 - x^2 - y^2)", "-x + y*(1 - x^2 - y^2)"], ["x", "y"],
        bounds={"x": (-2, 2), "y": (-2, 2)},
    )  # fmt: skip
    found = sample_basins(around, np.zeros((1, 2)), samples=5)
    assert (found.shares[0].count, found.undecided) == (0, 5)


def test_order_ranks_can_leave_unknowns_out_or_turn_them() -> None:
    points = np.array([[0.0, 5.0], [1.0, 3.0], [2.0, 4.0]])
    assert order_ranks(points) == ("unordered",) * 3
    assert order_ranks(points, [1, 0]) == ("lowest", "middle", "highest")
    assert order_ranks(points[:2], [1, -1]) == ("lowest", "highest")
    assert order_ranks(points[:1]) == ("only",)


def test_wilson_interval_is_the_published_one() -> None:
    # Newcombe 1998, Stat. Med. 17, table I, method 3: 81 of 263
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(OptionError) as told:
        Dynamic("odd", "jerk", {"x": 0.0, "z": 1.0}, ("w",)).check(DOUBLE)
    for word in ("'jerk'", "'z' is no unknown", "'w' is no unknown", "speed of 'x' is 0.0"):
        assert word in str(told.value)
    free = system_from_text(["-x"], ["x"])
    with pytest.raises(OptionError, match=r"x has no finite bounds.*samples is 0"):
        sample_basins(free, np.zeros((1, 1)), samples=0)
