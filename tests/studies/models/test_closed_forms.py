"""Ready-made systems against closed forms: critical values, counts, conditions, other routes."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from workshare.equilibria import Completeness, find
from workshare.equilibria.system import System
from workshare.errors import OptionError
from workshare.studies.models import MODELS, model
from workshare.studies.models.big_push import big_push, big_push_conditions
from workshare.studies.models.binary_choice import binary_choice, critical_taste
from workshare.studies.models.core_periphery import break_point, core_periphery, sustain_point
from workshare.studies.models.footloose_entrepreneur import (
    break_freeness,
    footloose_entrepreneur,
    sustain_freeness,
)
from workshare.studies.models.history_expectations import history_expectations, overlap
from workshare.studies.models.scale_economies import (
    fundamentals,
    scale_economies,
    single_sector_fold,
)
from workshare.studies.models.two_locations import (
    critical_advantage,
    history_can_matter,
    two_locations,
)


def count(system: System) -> int:
    """Return the number of equilibria, which must be proven to be all."""
    found = find(system)
    assert found.completeness is Completeness.PROVED, found.reason
    return len(found.equilibria)


@pytest.mark.parametrize("social", [1.2, 1.5, 2.0])
def test_binary_choice_has_three_equilibria_below_the_critical_taste(social: float) -> None:
    critical = critical_taste(social)
    assert count(binary_choice(0.999 * critical, social)) == 3
    assert count(binary_choice(1.001 * critical, social)) == 1


def test_binary_choice_of_weakly_joined_groups_has_three_to_the_number() -> None:
    assert count(binary_choice(social=1.5, groups=3, between=0.05)) == 27
    assert critical_taste(2.0) == pytest.approx(0.5328399754, abs=1e-10)
    assert critical_taste(1.0) == 0.0


def test_big_push_premia_of_the_conditions_are_where_the_count_changes() -> None:
    found = big_push_conditions()
    for premium, expected in [
        (found.lower_premium - 1e-6, 1),
        (found.lower_premium + 1e-6, 3),
        (found.upper_premium - 1e-6, 3),
        (found.upper_premium + 1e-6, 1),
    ]:
        assert count(big_push(premium)) == expected
    assert find(big_push()).points.ravel() == pytest.approx([0, found.threshold, 1])
    assert (found.profit_alone, found.profit_together) == pytest.approx((-0.05, 0.25))


def test_core_periphery_break_and_sustain_points() -> None:
    assert break_point() == pytest.approx(7**0.25)
    even = np.array([0.5, 1.0, 1.0])
    signs = []
    for cost in (0.999 * break_point(), 1.001 * break_point()):
        matrix = core_periphery(cost).derivative(even)
        wages = np.linalg.solve(matrix[1:, 1:], -matrix[1:, 0])
        signs.append(math.copysign(1, matrix[0, 0] + matrix[0, 1:] @ wages))
    assert signs == [1.0, -1.0]  # workers gain from joining the others, then lose
    assert count(core_periphery(0.999 * sustain_point())) == 5
    assert count(core_periphery(1.001 * sustain_point())) == 1
    assert count(core_periphery(0.99 * break_point())) == 3


@pytest.mark.parametrize(
    ("cost", "share"), [(1.65, 0.307377), (1.70, 0.165113), (1.75, 0.075094), (1.80, 0.008392)]
)
def test_core_periphery_inner_equilibria(cost: float, share: float) -> None:
    points = find(core_periphery(cost)).points
    assert np.min(np.abs(points[:, 0] - share)) < 1e-6


def test_footloose_earnings_are_those_of_the_linear_market() -> None:
    free, mu, s, here = 0.3, 0.5, 4.0, 0.7
    shares = np.array([here, 1 - here])
    reach = np.array([[1, free], [free, 1]])
    weights = mu / s * reach / (reach @ shares)[None, :]  # earnings per income, region by market
    # income is what labour (1/2 each) and entrepreneurs earn
    earnings = np.linalg.solve(np.eye(2) - weights * shares[None, :], weights @ [0.5, 0.5])
    real = earnings * (reach @ shares) ** (mu / (s - 1))
    system = footloose_entrepreneur(free, mu, s)
    assert system.value(np.array([here]))[0] == pytest.approx(math.log(real[0] / real[1]))


def test_footloose_break_and_sustain_points() -> None:
    early, late = sustain_freeness(), break_freeness()
    assert early < late
    assert [count(footloose_entrepreneur(f)) for f in (early - 1e-6, early + 1e-6)] == [1, 5]
    assert [count(footloose_entrepreneur(f)) for f in (late - 1e-5, late + 1e-5)] == [5, 3]


def test_history_and_expectations_has_three_steady_states() -> None:
    found = find(history_expectations(balance=0.4))
    assert found.points == pytest.approx(np.array([[0, -0.08], [0.4, 0], [1, 0.12]]))


def test_overlap_is_where_paths_backwards_in_time_turn() -> None:
    r, b, g, middle = 0.05, 0.01, 4.0, 0.45

    def backwards(_: float, z: np.ndarray) -> list[float]:
        return [-z[1] / g, -(r * z[1] - b * (z[0] - middle))]

    def turned(_: float, z: np.ndarray) -> float:
        return float(z[1])

    turned.terminal = True  # type: ignore[attr-defined]
    ends = []
    for end in (1.0, 0.0):
        start = [end, b * (end - middle) / r]
        path = solve_ivp(backwards, (0, 1e3), start, events=turned, rtol=1e-11, atol=1e-13)
        ends.append(path.y_events[0][0, 0])
    assert overlap(r, b, g, middle) == pytest.approx(tuple(ends), abs=1e-8)
    assert overlap(0.3, b, g, middle) == (middle, middle)


@pytest.mark.parametrize(("access", "spillover"), [(0.2, 2.0), (0.1, 1.5)])
def test_two_locations_critical_advantage(access: float, spillover: float) -> None:
    critical = critical_advantage(access, 1.0, spillover)
    assert count(two_locations(critical - 1e-5, access, 1.0, spillover)) == 3
    assert count(two_locations(critical + 1e-5, access, 1.0, spillover)) == 1


def test_two_locations_steady_states_solve_the_published_system() -> None:
    k, a, b = 0.25, 1.0, 2.0
    for z in find(two_locations(access=k)).points.ravel():
        ratio = math.exp(z)
        # x_i^a = x_i^b + k x_j^b, up to the scale of x
        assert ratio**a == pytest.approx((ratio**b + k) / (1 + k * ratio**b))
    assert a * b == 2.0
    assert [history_can_matter(k) for k in (0.333, 0.334)] == [True, False]


def test_scale_economies_fold_of_one_sector() -> None:
    fold = single_sector_fold()
    assert fold is not None
    found = [count(scale_economies([fold[0] + d], base=0.0)) for d in (-1e-4, 1e-4)]
    assert found == [0, 2]
    near = find(scale_economies([fold[0] + 1e-6], base=0.0)).points.ravel()
    assert np.exp(near).mean() == pytest.approx(fold[1], abs=1e-3)


def test_scale_economies_fundamentals_are_found_again_whatever_the_equilibrium() -> None:
    system = scale_economies()
    points = find(system).points
    assert len(points) > 3
    for point in points:
        assert fundamentals(np.exp(point)) == pytest.approx(np.array([0.9, 0.85]))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: big_push(-2, 0.5, 3), ["premium is -2", "productivity is 0.5", "fixed is 3"]),
        (lambda: core_periphery(0.5, 2, 1), ["trade_cost is 0.5", "manufacturing", "elasticity"]),
        (lambda: footloose_entrepreneur(2, 2, 1), ["freeness", "manufacturing", "elasticity"]),
        (lambda: history_expectations(0, -1, 0, 2), ["discount", "returns", "moving_cost"]),
        (lambda: two_locations(0, 2, 0, 0), ["access", "dispersion", "spillover"]),
        (lambda: scale_economies([], 1, 1, 0, 1, -1), ["attractions", "mobility", "demand"]),
        (lambda: binary_choice(groups=0), ["groups is 0"]),
    ],
)
def test_every_fault_is_told_at_once(make: object, words: list[str]) -> None:
    with pytest.raises(OptionError) as told:
        make()  # type: ignore[operator]
    assert all(word in str(told.value) for word in words)


def test_models_are_made_by_name() -> None:
    assert model("binary-choice", {"groups": 2, "social": 1.2}).size == 2
    assert model("big-push", {"support": 0.1}).parameters[-1] == 0.1
    for name in MODELS:
        assert model(name).tape is not None, name
    with pytest.raises(OptionError, match="no model 'nothing'; allowed: binary-choice"):
        model("nothing")
    with pytest.raises(OptionError, match="no parameter 'colour'"):
        model("big-push", {"colour": 1.0})
