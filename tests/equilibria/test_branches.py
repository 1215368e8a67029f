"""Branches along a path: folds, branch and bound points against closed forms, isolas, checks."""

from __future__ import annotations

import math

import numpy as np
import pytest

from workshare.equilibria.branches import Diagram, follow, follow_branch
from workshare.equilibria.continuation import follow_curve, switch_branch
from workshare.equilibria.path import make_path
from workshare.equilibria.system import System, system_from_text
from workshare.errors import OptionError
from workshare.studies.models import model
from workshare.studies.models.binary_choice import critical_taste
from workshare.studies.models.core_periphery import break_point, sustain_point
from workshare.studies.models.footloose_entrepreneur import break_freeness, sustain_freeness


def drawn(system: System, name: str, low: float, high: float, checks: int = 5) -> Diagram:
    """Return the diagram in one parameter; every equilibrium found anew must lie on a branch."""
    made = follow(system, make_path(system, [{name: low}, {name: high}]), checks=checks)
    assert made.complete_at
    for _, found, on_branches in made.checked:
        assert found == on_branches
    assert max(branch.largest_residual for branch in made.branches) < 1e-9
    return made


def places(made: Diagram, kind: str, name: str) -> list[float]:
    """Return the parameter values of the turns of one kind."""
    column = made.system.parameter_names.index(name)
    return sorted(float(turn.parameters[column]) for turn in made.turns if turn.kind == kind)


@pytest.mark.parametrize("social", [1.5, 2.0])
def test_folds_of_binary_choice_are_at_the_critical_taste(social: float) -> None:
    made = drawn(model("binary-choice", {"social": social}), "private", -0.8, 0.8)
    critical = critical_taste(social)
    assert places(made, "fold", "private") == pytest.approx([-critical, critical], abs=1e-9)
    assert len(made.branches) == 1


def test_core_periphery_has_its_break_and_sustain_points() -> None:
    made = drawn(model("core-periphery"), "trade_cost", 1.5, 2.0)
    assert places(made, "branch", "trade_cost") == pytest.approx([break_point()], abs=1e-8)
    assert places(made, "bound", "trade_cost") == pytest.approx([sustain_point()] * 2, abs=1e-8)
    assert len(made.branches) == 2


def test_footloose_entrepreneur_has_its_break_and_sustain_points() -> None:
    made = drawn(model("footloose-entrepreneur"), "freeness", 0.3, 0.7)
    assert places(made, "branch", "freeness") == pytest.approx([break_freeness()], abs=1e-8)
    assert places(made, "bound", "freeness") == pytest.approx([sustain_freeness()] * 2, abs=1e-8)


def test_a_closed_branch_that_a_check_meets_is_found() -> None:
    island = system_from_text(
        ["(x^2 + (a - 0.5)^2 - 0.04)*(x - 3)"], ["x"],
        bounds={"x": (-5, 5)}, parameters={"a": 0.0},
    )  # fmt: skip
    made = drawn(island, "a", 0, 1)
    assert places(made, "fold", "a") == pytest.approx([0.3, 0.7], abs=1e-9)
    assert any("loop" in branch.ends for branch in made.branches)


def test_a_symmetric_crossing_of_lines_is_followed_both_ways() -> None:
    lines = system_from_text(
        ["(x - a)*(x + a)"], ["x"], bounds={"x": (-2, 2)}, parameters={"a": -1.0}
    )
    made = drawn(lines, "a", -1.0, 1.3)
    assert len(made.branches) == 2
    assert places(made, "branch", "a") == pytest.approx([0.0], abs=1e-9)


def test_the_same_without_derivatives_by_the_parameter() -> None:
    from dataclasses import replace

    system = model("binary-choice")
    made = drawn(replace(system, parameter_jacobian=None), "private", -0.5, 0.5)
    assert places(made, "fold", "private")[1] == pytest.approx(critical_taste(1.5), abs=1e-8)


def test_a_branch_ends_where_its_box_does() -> None:
    line = system_from_text(["x - a"], ["x"], bounds={"x": (-0.5, 0.5)}, parameters={"a": 0.0})
    branch = follow_branch(line, make_path(line, [{"a": 0}, {"a": 2}]), np.zeros(1))
    assert branch.ends[1] == "box"
    assert branch.points[-1] == pytest.approx([0.5], abs=1e-6)
    assert branch.turns == ()


def test_a_pole_stops_a_branch_with_a_word() -> None:
    pole = system_from_text(["x*(1 - a) - 1"], ["x"], parameters={"a": 0.0})
    branch = follow_branch(pole, make_path(pole, [{"a": 0}, {"a": 2}]), np.ones(1))
    assert branch.ends[1] in ("limit", "stuck")


def test_tangents_of_the_pitchfork() -> None:
    def residual(z: np.ndarray) -> np.ndarray:
        return np.array([z[0] * z[1] - z[0] ** 3])

    def jacobian(z: np.ndarray) -> np.ndarray:
        return np.array([[z[1] - 3 * z[0] ** 2, z[0]]])

    line = follow_curve(residual, jacobian, np.array([0.0, -1.0]), (-1, 1))
    (point,) = line.branch_points
    assert point.t == pytest.approx(0, abs=1e-9)
    starts = switch_branch(residual, jacobian, point)
    assert len(starts) == 2
    for z, _ in starts:
        assert z[1] == pytest.approx(z[0] ** 2, abs=1e-9)
        assert abs(z[0]) > 1e-4


def test_paths_are_straight_in_values_or_in_logs() -> None:
    system = system_from_text(["x - a"], ["x"], parameters={"a": 1.0})
    assert make_path(system, [{"a": 1}, {"a": 4}]).values(0.5) == pytest.approx([2.5])
    logs = make_path(system, [{"a": 1}, {"a": 4}], logarithmic=True)
    assert logs.values(0.5) == pytest.approx([2.0])
    h = 1e-6
    assert logs.slope(0.3) == pytest.approx((logs.values(0.3 + h) - logs.values(0.3 - h)) / (2 * h))
    bent = make_path(system, [{"a": 1}, {"a": 4}, {"a": 2}])
    assert [float(bent.values(t)[0]) for t in (0, 0.5, 1)] == [1, 4, 2]


def test_bad_paths_tell_every_fault() -> None:
    system = system_from_text(["x - a - b"], ["x"], parameters={"a": 1.0, "b": 1.0})
    with pytest.raises(OptionError, match="two points"):
        make_path(system, [{"a": 1}])
    with pytest.raises(OptionError) as told:
        make_path(system, [{"a": -1, "b": math.nan}, {"a": 1}], logarithmic=True)
    assert "a is -1" in str(told.value)
    assert "b is nan" in str(told.value)
    with pytest.raises(OptionError, match="no parameter 'c'"):
        make_path(system, [{"c": 1}, {"a": 2}])


def island(width: float, place: float) -> System:
    """A cusp-like fold curve below, and a circle of known radius that no check meets."""
    return system_from_text(
        [f"((a - {place})^2 + (x - 1)^2 - {width}^2)*(x^3 - 0.3*x + 0.4*(a - 0.5) + 1)"], ["x"],
        bounds={"x": (-3, 3)}, parameters={"a": 0.0},
    )  # fmt: skip


@pytest.mark.parametrize(("width", "place"), [(0.1, 0.63), (0.05, 0.38), (0.02, 0.87)])
def test_a_closed_branch_between_checks_is_found_by_search(width: float, place: float) -> None:
    system = island(width, place)
    along = make_path(system, [{"a": 0.0}, {"a": 1.0}])
    without = follow(system, along, checks=3, stations=0)
    assert without.searched is None
    assert len(without.branches) == 1  # the checks at 0, 1/2 and 1 miss it
    made = follow(system, along, checks=3)
    assert made.searched is not None and made.searched.found == 1
    assert "12 stations" in made.searched.sentence() and "not all" in made.searched.sentence()
    (circle,) = (branch for branch in made.branches if "loop" in branch.ends)
    radius = np.hypot(circle.points[:, 0] - 1, circle.t - place)
    assert radius == pytest.approx(width, abs=1e-9)
    assert places(made, "fold", "a")[-2:] == pytest.approx([place - width, place + width], abs=1e-9)
    again = follow(system, along, checks=3)
    assert np.array_equal(again.branches[1].points, made.branches[1].points)


def test_a_search_finds_nothing_where_nothing_is() -> None:
    system = model("binary-choice", {"social": 2.0})
    made = follow(system, make_path(system, [{"private": -0.8}, {"private": 0.8}]))
    assert made.searched is not None
    assert made.searched.found == 0 and made.searched.arrived > 0
    assert made.searched.unseen[0] == 0.0
