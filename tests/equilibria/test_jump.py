"""Continuous or jump: the cusp, whose three labels disagree, and changes with known answers."""

from __future__ import annotations

import math

import numpy as np
import pytest

from workshare.equilibria import find
from workshare.equilibria.dynamics import Dynamic
from workshare.equilibria.jump import CONTINUOUS, JUMP, UNDECIDED, carry, label_change
from workshare.equilibria.path import make_path
from workshare.equilibria.system import system_from_text
from workshare.errors import OptionError
from workshare.studies.models import model
from workshare.studies.models.binary_choice import critical_taste
from workshare.studies.models.core_periphery import sustain_point

CUSP = system_from_text(
    ["h + u*x - x^3"], ["x"], bounds={"x": (-3, 3)}, parameters={"h": -0.1, "u": 1.0}
)
LOW, HIGH = find(CUSP).points[0], find(CUSP.at({"h": 0.1})).points[2]
STRAIGHT = make_path(CUSP, [{"h": -0.1}, {"h": 0.1}])
ROUND = make_path(CUSP, [{"h": -0.1}, {"h": -0.1, "u": -1}, {"h": 0.1, "u": -1}, {"h": 0.1}])


def test_straight_through_the_cusp_all_labels_say_jump() -> None:
    made = label_change(CUSP, STRAIGHT, LOW, HIGH, paths=20)
    assert (made.by_path, made.by_rank, made.by_basin) == (JUMP, JUMP, JUMP)
    assert made.agree
    assert made.carried.arrived  # the lowest lasts: it is another equilibrium that is observed
    assert made.ranks == ("lowest", "highest")
    assert made.counts == (3, 3)
    assert made.robust == 1.0
    assert made.robust_low < 1.0


def test_round_the_cusp_the_lowest_leads_smoothly_to_the_highest_and_the_labels_disagree() -> None:
    made = label_change(CUSP, ROUND, LOW, HIGH)
    assert made.by_path == CONTINUOUS
    assert (made.by_rank, made.by_basin) == (JUMP, JUMP)
    assert not made.agree
    assert made.carried.point == pytest.approx(HIGH)
    assert made.tube.reason == "proven"
    assert made.carried_back.point == pytest.approx(LOW)


def test_robustness_tells_that_the_label_depends_on_the_path() -> None:
    # from low to the region beyond the fold, with u free: some paths pass left of the cusp
    start, end = CUSP.at({"h": -0.05, "u": 0.8}), CUSP.at({"h": 0.3, "u": -0.8})
    path = make_path(CUSP, [{"h": -0.05, "u": 0.8}, {"h": 0.3, "u": -0.8}])
    made = label_change(CUSP, path, find(start).points[0], find(end).points[0], paths=60, seed=1)
    assert 0.0 < made.robust < 1.0
    assert made.robust_low < made.robust < made.robust_high


CHOICE = system_from_text(
    ["tanh(h + J*m) - m"], ["m"], bounds={"m": (-1, 1)}, parameters={"h": 0.0, "J": 1.02},
    name="binary choice",
)  # fmt: skip


def choices(h: float, j: float) -> np.ndarray:
    """Return the equilibria of m = tanh(h + J m), lowest first."""
    found = find(CHOICE.at({"h": h, "J": j}))
    assert str(found.completeness) == "PROVED"
    return found.points


def test_the_straight_path_leaves_the_region_of_three_and_comes_back() -> None:
    # (h, J) from (0, 1.02) to (0.2, 1.5): three equilibria at both ends, one in between
    ends = [{"h": 0.0, "J": 1.02}, {"h": 0.2, "J": 1.5}]
    path = make_path(CHOICE, ends)
    counts = [len(choices(*path.values(t))) for t in (0.0, 0.5, 1.0)]
    assert counts == [3, 1, 3]
    assert critical_taste(1.26) < 0.1 < 0.2 < critical_taste(1.5)
    low = choices(0.0, 1.02)[0]
    made = label_change(CHOICE, path, low, choices(0.2, 1.5)[0], paths=20)
    assert (made.by_path, made.by_rank, made.by_basin) == (JUMP, CONTINUOUS, JUMP)
    assert made.ranks == ("lowest", "lowest")
    assert not made.agree
    assert made.complete
    assert made.carried.reason == "fold"
    # the proof of the branch ends where the branch does
    assert made.tube.t <= made.carried.t + 1e-9
    assert made.tube.t > 0.9 * made.carried.t
    first, second, *rest = made.sentences()
    assert first.startswith(
        "The labels disagree: jump by path, continuous by order rank, jump by basin."
    )
    assert "vanishes" in second
    assert any("random monotone paths" in line for line in rest)
    # every monotone path on which J rises first keeps the lowest
    around = make_path(CHOICE, [ends[0], {"h": 0.0, "J": 1.5}, ends[1]])
    other = label_change(CHOICE, around, low, choices(0.2, 1.5)[0])
    assert (other.by_path, other.by_rank) == (CONTINUOUS, CONTINUOUS)
    assert other.tube.reason == "proven"


def test_round_the_cusp_of_binary_choice_the_lowest_becomes_the_highest() -> None:
    stages = [(-0.05, 1.5), (-0.05, 0.5), (0.05, 0.5), (0.05, 1.5)]
    path = make_path(CHOICE, [{"h": h, "J": j} for h, j in stages])
    low, high = choices(-0.05, 1.5)[0], choices(0.05, 1.5)[2]
    made = label_change(CHOICE, path, low, high)
    assert (made.by_path, made.by_rank, made.by_basin) == (CONTINUOUS, JUMP, JUMP)
    assert made.ranks == ("lowest", "highest")
    assert made.tube.reason == "proven"
    assert made.carried_back.point == pytest.approx(low)
    words = " ".join(made.sentences())
    assert "The labels disagree: continuous by path, jump by order rank, jump by basin" in words
    assert "proven box by box" in words
    # straight across, all three say jump
    straight = make_path(CHOICE, [{"h": -0.05, "J": 1.5}, {"h": 0.05, "J": 1.5}])
    plain = label_change(CHOICE, straight, low, high)
    assert (plain.by_path, plain.by_rank, plain.by_basin) == (JUMP, JUMP, JUMP)
    assert plain.sentences()[0].startswith("The labels agree")


def test_a_branch_that_vanishes_says_where() -> None:
    path = make_path(CUSP, [{"h": 0.0}, {"h": 0.5}])
    found = carry(CUSP, path, np.array([-1.0]))
    assert found.reason == "fold"
    assert 0.5 * found.t == pytest.approx(2 / math.sqrt(27), abs=1e-9)
    assert found.point == pytest.approx([-1 / math.sqrt(3)], abs=1e-5)
    assert carry(CUSP, path, np.array([1.0])).arrived


def test_a_core_lasts_until_the_sustain_point() -> None:
    system = model("core-periphery", {"trade_cost": 1.5})
    core = find(system).points[0]
    path = make_path(system, [{"trade_cost": 1.5}, {"trade_cost": 2.0}])
    found = carry(system, path, core)
    assert found.reason == "fold"
    assert 1.5 + 0.5 * found.t == pytest.approx(sustain_point(), abs=1e-8)
    made = label_change(
        system, path, core, np.array([0.5, 1, 1]),
        dynamic=Dynamic("migration", at_once=("wage_1", "wage_2")),
    )  # fmt: skip
    assert (made.by_path, made.by_rank, made.by_basin) == (JUMP, UNDECIDED, CONTINUOUS)
    assert not made.agree


def test_a_smooth_change_is_continuous_by_every_label() -> None:
    end = find(CUSP.at({"h": -0.2})).points[0]
    made = label_change(CUSP, make_path(CUSP, [{"h": -0.1}, {"h": -0.2}]), LOW, end, paths=5)
    assert (made.by_path, made.by_rank, made.by_basin) == (CONTINUOUS,) * 3
    assert made.agree
    assert made.robust == 1.0
    assert made.complete
    assert made.tube.t == 1.0


def test_a_branch_point_on_the_way_is_told() -> None:
    fork = system_from_text(["a*x - x^3"], ["x"], bounds={"x": (-3, 3)}, parameters={"a": -1.0})
    found = carry(fork, make_path(fork, [{"a": -1.0}, {"a": 1.0}]), np.zeros(1))
    assert found.arrived
    assert found.crossings == pytest.approx((0.5,))


def test_a_point_that_is_no_equilibrium_is_refused() -> None:
    with pytest.raises(OptionError, match=r"after is .* no equilibrium"):
        label_change(CUSP, STRAIGHT, LOW, np.array([0.5]))
    with pytest.raises(OptionError, match="before has shape"):
        label_change(CUSP, STRAIGHT, np.zeros(2), HIGH)


def test_ranks_in_the_middle_are_compared_only_where_there_is_one_middle() -> None:
    middle = [find(CUSP.at({"h": h})).points[1] for h in (-0.1, 0.1)]
    made = label_change(CUSP, STRAIGHT, middle[0], middle[1])
    assert (made.ranks, made.by_rank, made.by_path) == (("middle",) * 2, CONTINUOUS, CONTINUOUS)
    made = label_change(CUSP, STRAIGHT, LOW, middle[1])
    assert made.by_rank == JUMP
