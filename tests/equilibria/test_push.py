"""Pushes against closed forms in one dimension, quadrature of time, and brute force over sets."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from scipy.integrate import quad

from workshare.equilibria import find
from workshare.equilibria.basins import basin_of
from workshare.equilibria.dynamics import Dynamic, move
from workshare.equilibria.push import (
    permanent_support,
    rebound_risk,
    shortest_push,
    temporary_push,
)
from workshare.equilibria.push_choice import which_to_push
from workshare.equilibria.support import with_support
from workshare.equilibria.system import system_from_function, system_from_text
from workshare.errors import OptionError
from workshare.studies.models import model
from workshare.studies.models.big_push import big_push_conditions
from workshare.studies.models.binary_choice import critical_taste

DOUBLE = system_from_text(
    ["x - b*x^3"], ["x"], bounds={"x": (-3, 3)}, parameters={"b": 1.0}, name="double well"
)
LOW, HIGH = np.array([-1.0]), np.array([1.0])
TRIPLE = system_from_text(
    ["tanh(2*x + 0.4*y) - x", "tanh(2*y + 0.4*z) - y", "tanh(1.8*z + 0.3*x) - z"],
    ["x", "y", "z"], bounds={"x": (-1, 1), "y": (-1, 1), "z": (-1, 1)},
)  # fmt: skip


def test_permanent_support_is_the_fold_in_closed_form() -> None:
    found = permanent_support(DOUBLE, LOW, HIGH)
    assert found.size == pytest.approx(2 / math.sqrt(27), abs=1e-9)
    assert found.leaves_at == pytest.approx([-1 / math.sqrt(3)], abs=1e-4)
    assert found.lasts
    assert found.settles == pytest.approx(HIGH, abs=1e-4)


def test_permanent_support_of_binary_choice_in_closed_form() -> None:
    system = model("binary-choice", {"social": 1.5})
    points = find(system).points
    found = permanent_support(system, points[0], points[2], most=2.0)
    # m = tanh(J m) + s: the fold where J (1 - (m - s)^2) = 1
    inner = -math.sqrt(1 - 1 / 1.5)
    assert found.size == pytest.approx(math.atanh(inner) / 1.5 - inner, abs=1e-8)
    assert found.size < critical_taste(1.5)


def test_permanent_support_at_a_bound_is_what_the_first_firm_loses() -> None:
    conditions = big_push_conditions()
    found = permanent_support(model("big-push"), np.zeros(1), np.ones(1))
    assert found.size == pytest.approx(-conditions.profit_alone, abs=1e-9)
    assert found.lasts


def test_support_that_never_suffices_is_infinite_and_says_so() -> None:
    found = permanent_support(DOUBLE, LOW, HIGH, most=0.3)
    assert found.size == math.inf
    assert not found.lasts
    push = temporary_push(DOUBLE, LOW, HIGH, [1.0], most=0.3, rounds=3)
    assert push.sizes[0] == math.inf


@pytest.mark.parametrize("duration", [0.5, 2.0, 20.0])
def test_temporary_push_lasts_as_long_as_quadrature_says(duration: float) -> None:
    found = temporary_push(DOUBLE, LOW, HIGH, [duration])
    size = float(found.sizes[0])
    # the time to the border of the basin under that support
    needed, _ = quad(lambda x: 1 / (x - x**3 + size), -1, 0, epsabs=1e-12, epsrel=1e-12, limit=200)
    assert needed == pytest.approx(duration, rel=1e-5)
    assert found.costs[0] == pytest.approx(size * duration)


def test_temporary_pushes_fall_to_the_permanent_one() -> None:
    found = temporary_push(DOUBLE, LOW, HIGH, [0.5, 1, 2, 5, 10, 100])
    assert found.monotone
    assert np.all(np.diff(found.sizes) < 0)
    assert found.sizes[-1] == pytest.approx(2 / math.sqrt(27), rel=0.01)
    assert found.sizes[-1] > 2 / math.sqrt(27)
    assert found.costs[found.cheapest] == found.costs.min()


def test_a_push_that_suffices_does_and_a_smaller_one_does_not() -> None:
    points = find(TRIPLE).points
    low, high = points[0], points[-1]
    found = temporary_push(TRIPLE, low, high, [3.0])
    for factor, wanted in ((1.0001, len(points) - 1), (0.9999, None)):
        size = factor * float(found.sizes[0])
        pushed = with_support(TRIPLE, found.weights).at({"support_size": size})
        after = move(pushed, low, duration=3.0).points[0]
        reached = basin_of(TRIPLE, after, points)
        assert reached == wanted if wanted is not None else reached != len(points) - 1


def test_every_set_is_tried_and_the_cheapest_returned() -> None:
    low = find(TRIPLE).points[0]
    made = which_to_push(TRIPLE, low, -low, 6.0, prices={"z": 0.5}, rounds=2)
    assert made.exact
    assert len(made.tried) == 7
    costs = {}
    for count in (1, 2, 3):
        for chosen in itertools.combinations("xyz", count):
            w = np.array([float(name in chosen) for name in "xyz"])
            size = temporary_push(TRIPLE, low, -low, [6.0], weights=w, rounds=2).sizes[0]
            costs[chosen] = size * 6.0 * sum(0.5 if name == "z" else 1.0 for name in chosen)
    assert made.unknowns == min(costs, key=lambda chosen: costs[chosen])
    assert made.cost == pytest.approx(min(costs.values()))


def test_greedy_finds_a_set_that_suffices_and_is_never_better_than_exact() -> None:
    low = find(TRIPLE).points[0]
    exact = which_to_push(TRIPLE, low, -low, 6.0, rounds=2)
    greedy = which_to_push(TRIPLE, low, -low, 6.0, exact_up_to=2, rounds=2)
    assert not greedy.exact
    assert math.isfinite(greedy.cost)
    assert greedy.cost >= exact.cost - 1e-12


def test_rebound_risk_rises_as_the_push_gets_tighter() -> None:
    size = float(temporary_push(DOUBLE, LOW, HIGH, [2.0]).sizes[0])
    tight = rebound_risk(DOUBLE, LOW, HIGH, size, 2.0, error=0.1, samples=24)
    ample = rebound_risk(DOUBLE, LOW, HIGH, 1.5 * size, 2.0, error=0.1, samples=24)
    assert ample.risk == 0.0
    assert 0.2 < tight.risk < 0.8
    assert tight.low < tight.risk < tight.high
    assert tight.never_left + tight.fell_back == pytest.approx(tight.risk)


def test_support_has_the_same_form_with_and_without_tape() -> None:
    plain = system_from_function(
        lambda x, p: x - p[0] * x**3 if x[0] < 9 else x, ["x"], bounds={"x": (-3, 3)},
        parameters={"b": 1.0}, jacobian=lambda x, p: np.array([[1 - 3 * p[0] * x[0] ** 2]]),
    )  # fmt: skip
    assert plain.tape is None
    for system in (plain, DOUBLE):
        pushed = with_support(system, np.array([2.0])).at({"support_size": 0.5})
        assert pushed.value(np.array([0.5])) == pytest.approx([0.5 - 0.125 + 1.0])
        assert pushed.derivative(np.array([0.5])) == pytest.approx(np.array([[0.25]]))
    tape = with_support(DOUBLE, np.array([2.0])).tape
    assert tape is not None
    assert tape.value(np.array([0.5]), np.array([1.0, 0.5])) == pytest.approx([1.375])
    sizes = [temporary_push(s, LOW, HIGH, [2.0], rounds=4).sizes[0] for s in (plain, DOUBLE)]
    assert sizes[0] == pytest.approx(sizes[1], rel=1e-6)


def test_a_map_is_pushed_by_periods() -> None:
    system = model("two-locations", {"access": 0.1})
    points = find(system).points
    period = Dynamic("period", kind="map")
    found = temporary_push(system, points[0], points[2], [1, 5], dynamic=period, rounds=6)
    # one period must lift the state past zero by itself
    assert found.sizes[0] == pytest.approx(-points[0, 0], rel=1e-4)
    assert found.sizes[1] < found.sizes[0]


def test_a_push_without_meaning_tells_every_fault() -> None:
    with pytest.raises(OptionError) as told:
        permanent_support(DOUBLE, np.zeros(1), np.array([0.4]), most=-1)
    for word in ("start is unstable", "target is no equilibrium", "most is -1"):
        assert word in str(told.value)
    with pytest.raises(OptionError, match="durations"):
        temporary_push(DOUBLE, LOW, HIGH, [0.0])
    with pytest.raises(OptionError, match="weights"):
        temporary_push(DOUBLE, LOW, HIGH, [1.0], weights=np.zeros(1))
    with pytest.raises(OptionError, match="'w'"):
        which_to_push(DOUBLE, LOW, HIGH, 1.0, unknowns=["w"])


# --- binary choice, m' = tanh(h + J m) - m + s: closed forms --------------------------------------


@pytest.mark.parametrize("social", [1.5, 2.0])
def test_permanent_support_of_binary_choice_has_its_closed_form(social: float) -> None:
    system = model("binary-choice", {"social": social})
    points = find(system).points
    found = permanent_support(system, points[0], points[2])
    # the fold of tanh(J m) - m + s is that of the critical taste, stretched by J
    assert found.size == pytest.approx(critical_taste(social) / social, abs=1e-9)
    assert found.leaves_at[0] == pytest.approx(
        -math.atanh(math.sqrt(1 - 1 / social)) / social, abs=1e-5
    )
    assert found.lasts


@pytest.mark.parametrize("size", [0.2, 1.0, 6.0])
def test_shortest_push_is_the_time_to_the_border(size: float) -> None:
    system = model("binary-choice", {"social": 1.5})
    points = find(system).points
    found = shortest_push(system, points[0], points[2], [size])
    needed, _ = quad(lambda m: 1 / (math.tanh(1.5 * m) - m + size), points[0, 0], 0,
                     epsabs=1e-12, epsrel=1e-12, limit=200)  # fmt: skip
    assert found.durations[0] == pytest.approx(needed, rel=1e-4)
    assert found.costs[0] == pytest.approx(size * needed, rel=1e-4)
    # the other way round: the least size for that duration
    back = temporary_push(system, points[0], points[2], [needed])
    assert back.sizes[0] == pytest.approx(size, rel=1e-4)


def test_cost_falls_with_size_to_the_distance_of_the_border() -> None:
    system = model("binary-choice", {"social": 1.5})
    points = find(system).points
    found = shortest_push(system, points[0], points[2], [0.1, 0.15, 0.5, 5.0, 100.0])
    assert found.durations[0] == math.inf  # below the permanent support none suffices
    assert np.all(np.diff(found.costs[1:]) < 0)
    assert found.costs[-1] == pytest.approx(-points[0, 0], rel=5e-3)


def test_support_that_drives_a_state_out_of_its_bounds_is_no_traceback() -> None:
    # the low branch ends at the lower bound of where roots are looked for
    system = system_from_text(["x - x^3 - 0.1*x"], ["x"], bounds={"x": (-0.96, 3)})
    points = find(system).points
    found = permanent_support(system, points[0], points[2], weights=np.array([-1.0]), most=1.0)
    assert not found.lasts


def test_a_shortest_push_without_meaning_tells_every_fault() -> None:
    with pytest.raises(OptionError) as told:
        shortest_push(DOUBLE, LOW, HIGH, [0.0], longest=-1, dynamic=Dynamic("m", "map"))
    for word in ("sizes are [0.0]", "longest is -1", "must be a flow"):
        assert word in str(told.value)
