"""Tubes: proven chains of boxes end where folds and crossings are, and never change branches."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from workshare.equilibria import find
from workshare.equilibria.path import make_path
from workshare.equilibria.system import system_from_function, system_from_text
from workshare.equilibria.tube import tube
from workshare.studies.models import model
from workshare.studies.models.big_push import big_push_conditions
from workshare.studies.models.binary_choice import critical_taste
from workshare.studies.models.core_periphery import sustain_point

CUSP = system_from_text(
    ["h + u*x - x^3"], ["x"], bounds={"x": (-3, 3)}, parameters={"h": -0.1, "u": 1.0}
)


def test_a_branch_is_proven_to_just_before_its_fold() -> None:
    system = model("binary-choice")
    low = find(system).points[0]
    critical = critical_taste(1.5)
    whole = tube(system, make_path(system, [{"private": 0}, {"private": 0.99 * critical}]), low)
    assert (whole.reason, whole.t) == ("proven", 1.0)
    part = tube(system, make_path(system, [{"private": 0}, {"private": 2 * critical}]), low)
    assert part.reason == "small"
    assert 0.49 < part.t <= 0.5


def test_round_the_cusp_the_lowest_is_proven_to_become_the_highest() -> None:
    stages = [{"h": -0.1}, {"h": -0.1, "u": -1}, {"h": 0.1, "u": -1}, {"h": 0.1}]
    low = find(CUSP).points[0]
    made = tube(CUSP, make_path(CUSP, stages), low)
    assert made.reason == "proven"
    assert made.point == pytest.approx(find(CUSP.at({"h": 0.1})).points[2])


def test_every_root_of_several_unknowns_keeps_to_its_own_tube() -> None:
    system = model("binary-choice", {"groups": 3, "between": 0.05})
    path = make_path(system, [{"private": 0.0}, {"private": 0.02}])
    ends = find(replace(system, parameters=path.values(1.0))).points
    reached = []
    for point in find(system).points:
        made = tube(system, path, point)
        if made.reason == "proven":
            reached.append(int(np.argmin(np.max(np.abs(ends - made.point), axis=1))))
            assert np.min(np.max(np.abs(ends - made.point), axis=1)) < 1e-9
    assert len(reached) >= 20
    assert len(set(reached)) == len(reached)


def test_a_crossing_stops_the_proof() -> None:
    fork = system_from_text(["a*x - x^3"], ["x"], bounds={"x": (-3, 3)}, parameters={"a": -1.0})
    made = tube(fork, make_path(fork, [{"a": -1.0}, {"a": 1.0}]), np.zeros(1))
    assert made.reason == "small"
    assert made.t <= 0.5


def test_what_cannot_be_proven_says_so() -> None:
    plain = system_from_function(lambda x, p: x - p if x[0] < 9 else x, ["x"],
                                 parameters={"a": 0.0})  # fmt: skip
    assert plain.tape is None
    made = tube(plain, make_path(plain, [{"a": 0}, {"a": 1}]), np.zeros(1))
    assert made.reason == "not possible"
    line = system_from_text(["x - a"], ["x"], bounds={"x": (-0.5, 0.5)}, parameters={"a": 0.0})
    left = tube(line, make_path(line, [{"a": 0}, {"a": 2}]), np.zeros(1))
    assert left.reason == "bounds"
    assert 0.2 < left.t <= 0.25
    away = tube(line, make_path(line, [{"a": 0}, {"a": 0.4}]), np.array([0.2]))
    assert (away.reason, away.t) == ("start", 0.0)
    fork = system_from_text(["x^2 - a"], ["x"], bounds={"x": (-3, 3)}, parameters={"a": 0.0})
    assert tube(fork, make_path(fork, [{"a": 0}, {"a": 1}]), np.zeros(1)).reason == "start"


def test_an_unknown_at_its_bound_is_proven_to_stay_just_as_long_as_it_does() -> None:
    system = model("big-push")
    # the traditional outcome lasts while the first modern firm would lose: premium above the lower
    critical = big_push_conditions().lower_premium
    down = make_path(system, [{"premium": 0.5}, {"premium": 0.2}])
    made = tube(system, down, np.zeros(1))
    assert made.reason == "corner"
    left = 0.5 - 0.3 * made.t
    assert critical < left < critical + 1e-5
    up = tube(system, make_path(system, [{"premium": 0.5}, {"premium": 0.7}]), np.zeros(1))
    assert (up.reason, up.t) == ("proven", 1.0)
    assert up.point.tolist() == [0.0]


def test_a_core_is_proven_to_last_to_just_before_the_sustain_point() -> None:
    system = model("core-periphery", {"trade_cost": 1.5})
    core = find(system).points[0]
    made = tube(system, make_path(system, [{"trade_cost": 1.5}, {"trade_cost": 2.0}]), core)
    assert made.reason == "corner"
    assert sustain_point() - 1e-3 < 1.5 + 0.5 * made.t < sustain_point()
    # and the interior equilibrium, which its bounds do not hold, all the way
    even = np.array([0.5, 1.0, 1.0])
    inside = tube(system, make_path(system, [{"trade_cost": 1.7}, {"trade_cost": 2.0}]), even)
    assert inside.reason == "proven"


def test_pieces_are_linked_by_the_root_itself() -> None:
    # two branches 0.02 apart that never meet: a chain that changed would end at the other
    near = system_from_text(
        ["(x - a)*(x - a - 0.02)*(1 + x^2)"], ["x"], bounds={"x": (-2, 2)}, parameters={"a": 0.0}
    )
    for start in (0.0, 0.02):
        made = tube(near, make_path(near, [{"a": 0.0}, {"a": 0.3}]), np.array([start]))
        assert made.reason == "proven"
        assert made.point == pytest.approx([0.3 + start], abs=1e-9)
        assert made.widest < 0.02
