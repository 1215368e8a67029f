"""Tubes: proven chains of boxes end where folds and crossings are, and never change branches."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from workshare.equilibria import find
from workshare.equilibria.path import make_path
from workshare.equilibria.system import system_from_text
from workshare.equilibria.tube import tube
from workshare.studies.models import model
from workshare.studies.models.binary_choice import critical_taste

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
    system = model("big-push")
    path = make_path(system, [{"premium": 0.5}, {"premium": 0.6}])
    assert tube(system, path, np.zeros(1)).reason == "not possible"
    line = system_from_text(["x - a"], ["x"], bounds={"x": (-0.5, 0.5)}, parameters={"a": 0.0})
    assert tube(line, make_path(line, [{"a": 0}, {"a": 2}]), np.zeros(1)).reason == "bounds"
