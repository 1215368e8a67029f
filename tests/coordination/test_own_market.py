"""A user's own F by value, slope and conjugate: the same answers as the form that says the same."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from workshare.coordination import METHODS, Options, Problem, Settings, certify, solve
from workshare.coordination.iterate import iterate
from workshare.errors import OptionError
from workshare.market import Market, own_function, quadratic_tracking
from workshare.response import PlanTables

TARGET, WEIGHT, REACH = np.array([3.0, 1.0, 4.0]), np.array([1.0, 2.0, 0.5]), np.full(3, 20.0)
CLOSE = Options(tolerance=1e-6, near=0.0)


def own(conjugate: bool, smooth: bool = True) -> Market:
    def told(prices: np.ndarray) -> tuple[float, np.ndarray]:
        z = np.clip(TARGET - prices / WEIGHT, -REACH, REACH)
        return float(0.5 * WEIGHT @ (z - TARGET) ** 2 + prices @ z), z

    return own_function(
        lambda z: float(0.5 * WEIGHT @ (z - TARGET) ** 2),
        lambda z: WEIGHT * (z - TARGET),
        largest=REACH,
        conjugate=told if conjugate else None,
        smooth=smooth,
    )


def tables(seed: int) -> PlanTables:
    generator = np.random.default_rng(seed)
    costs = generator.uniform(0.0, 2.0, (4, 4))
    return PlanTables(costs, generator.uniform(-1.0, 2.5, (4, 4, 3)))


def enumerated(participants: PlanTables) -> float:
    best = np.inf
    for choice in itertools.product(range(4), repeat=4):
        rows = (np.arange(4), np.array(choice))
        total = participants.contributions[rows].sum(axis=0)
        value = participants.costs[rows].sum() + 0.5 * WEIGHT @ (total - TARGET) ** 2
        best = min(best, float(value))
    return best


@pytest.mark.parametrize("conjugate", [True, False], ids=["conjugate", "tangents"])
@pytest.mark.parametrize("seed", range(3))
def test_the_exact_division_is_the_enumerated_one(seed: int, conjugate: bool) -> None:
    participants = tables(seed)
    problem = Problem(participants, own(conjugate))
    settings = Settings(rounds=CLOSE)
    certificate = certify(problem, solve(problem, settings), settings)
    assert certificate.holds
    assert certificate.status == "exact"
    best = enumerated(participants)
    assert certificate.value == pytest.approx(best, rel=1e-6, abs=1e-6)
    assert certificate.dual_bound <= best + 1e-7 * abs(best)


@pytest.mark.parametrize("method", METHODS)
def test_every_method_proves_what_it_proves_of_the_form(method: str) -> None:
    participants = tables(7)
    options = Options(tolerance=1e-6, near=0.0, max_rounds=25)
    state, _ = iterate(Problem(participants, own(True)), method, options)
    form = quadratic_tracking(TARGET, WEIGHT, largest=REACH)
    best, _ = iterate(Problem(participants, form), "column_generation", CLOSE)
    room = 1e-6 * max(1.0, abs(best.bound))
    assert state.bound <= best.master + room
    assert state.master >= best.bound - room
    if method in ("column_generation", "in_out", "level_bundle", "proximal_bundle"):
        assert state.bound == pytest.approx(best.bound, rel=2e-6, abs=2e-6)


def test_the_same_run_twice_is_the_same() -> None:
    problem = Problem(tables(1), own(False))
    one, two = (iterate(problem, "column_generation", CLOSE)[0] for _ in range(2))
    assert one.rounds == two.rounds
    assert np.array_equal(one.row_prices, two.row_prices)


def test_a_function_that_contradicts_itself_is_named() -> None:
    participants = tables(0)
    concave = own_function(lambda z: -float(z @ z), lambda z: WEIGHT * 0, largest=REACH)
    with pytest.raises(OptionError, match="not convex"):
        iterate(Problem(participants, concave), "column_generation", CLOSE)


@pytest.mark.parametrize("fault", ["nan", "shape"])
def test_figures_that_cannot_be_used_are_named(fault: str) -> None:
    def gradient(z: np.ndarray) -> np.ndarray:
        return z[:1] if fault == "shape" else np.full(3, np.nan)

    with pytest.raises(OptionError, match="gradient 3 of them"):
        own_function(lambda z: float(z @ z), gradient, largest=REACH)


def test_a_conjugate_above_the_function_is_caught() -> None:
    lie = own_function(
        lambda z: float(z @ z),
        lambda z: 2 * z,
        largest=REACH,
        conjugate=lambda prices: (1.0, 0 * prices),
    )
    with pytest.raises(OptionError, match="above"):
        iterate(Problem(tables(0), lie), "column_generation", CLOSE)


def test_every_fault_of_the_call_at_once() -> None:
    with pytest.raises(OptionError, match=r"(?s)largest.*gradient"):
        own_function(lambda z: 0.0, 3.0, largest=[1.0, -1.0])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("method", "rounds"), [("column_generation", 8), ("conditional_gradient", 30)]
)
def test_a_smooth_function_whose_dimensions_hang_together_is_quickly_met(
    method: str, rounds: int
) -> None:
    """The conditional gradient uses the slope itself, and is quick where there is one."""
    generator = np.random.default_rng(0)
    count, dimensions = 50, 12
    target = generator.uniform(1.0, 3.0, dimensions) * count
    factor = generator.normal(size=(dimensions, dimensions)) / np.sqrt(dimensions)
    bend = (factor @ factor.T + np.identity(dimensions)) / count

    def told(prices: np.ndarray) -> tuple[float, np.ndarray]:
        z = target - np.linalg.solve(bend, prices)
        return float(0.5 * (z - target) @ bend @ (z - target) + prices @ z), z

    market = own_function(
        lambda z: float(0.5 * (z - target) @ bend @ (z - target)),
        lambda z: bend @ (z - target),
        largest=np.full(dimensions, 20.0 * count),
        conjugate=told,
        smooth=True,
    )
    costs = generator.uniform(0.0, 4.0, (count, 5))
    contributions = generator.uniform(0.0, 3.0, (count, 5, dimensions))
    options = Options(tolerance=1e-4, near=0.0, max_rounds=60)
    state, _ = iterate(Problem(PlanTables(costs, contributions), market), method, options)
    assert state.gap(1.0) <= 1e-4
    assert len(state.rounds) <= rounds
