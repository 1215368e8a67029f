"""Every method on the same problems: enumeration as judge, invariance, agreement."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from workshare.coordination import METHODS, Options, Problem, Settings, certify, solve
from workshare.coordination.families import charging, specialisation
from workshare.coordination.iterate import iterate
from workshare.coordination.master import mixed
from workshare.coordination.state import State
from workshare.response import Individuals, Plan, PlanTables, TablePart

CLOSE = Options(tolerance=1e-6, near=0.0, max_rounds=200)
SHORT = Options(tolerance=1e-6, near=0.0, max_rounds=25)
SLOW = ("subgradient", "conditional_gradient", "admm")
"""Methods without a convexified problem: they are not expected to close the gap in few rounds."""

FAST = tuple(method for method in METHODS if method not in SLOW)
AGGREGATED = Options(tolerance=1e-4, near=0.0, max_rounds=200, cuts="aggregated")


def drawn(seed: int) -> Problem:
    """Return two to four participants with two to five plans in one to three dimensions."""
    generator = np.random.default_rng(seed)
    count, plans, dimensions = (int(generator.integers(*r)) for r in ((2, 5), (2, 6), (1, 4)))
    costs = generator.uniform(0.0, 3.0, (count, plans))
    contributions = generator.uniform(-1.0, 3.0, (count, plans, dimensions))
    market = specialisation(count, dimensions, seed).market
    return Problem(PlanTables(costs, contributions), market)


def enumerated(problem: Problem) -> float:
    """Return the least cost over every combination of plans; the market by hand, not by solver."""
    tables, market = problem.participants, problem.market
    assert isinstance(tables, PlanTables)
    goods = market.dimensions
    price, demand = market.cost[:goods], market.lower[2 * goods :]
    export = -market.cost[goods : 2 * goods]
    best = np.inf
    for choice in itertools.product(range(tables.costs.shape[1]), repeat=len(tables)):
        rows = (np.arange(len(tables)), np.array(choice))
        left = tables.contributions[rows].sum(axis=0) - demand
        trade = float(np.sum(np.where(left < 0, -price * left, -export * left)))
        best = min(best, float(tables.costs[rows].sum()) + trade)
    return best


def judged(problem: Problem, method: str, options: Options) -> tuple[State, float]:
    state, _ = iterate(problem, method, options)
    best = enumerated(problem)
    room = 1e-7 * max(1.0, abs(best))
    assert state.bound <= best + room
    assert state.master >= state.bound - room
    if method in FAST and state.gap(1.0) <= 1e-6:
        assert state.master <= best + 1e-6 * max(1.0, abs(best))
    weights = np.bincount(state.pool.who, state.weights)
    assert np.allclose(weights, problem.participants.multiplicity, atol=1e-6)
    total = state.pool.contribution.T @ state.weights
    value = state.pool.cost @ state.weights + problem.market.evaluate(total).value
    assert value <= state.master + 1e-6 * max(1.0, abs(best))
    copies = problem.participants.multiplicity.astype(float)
    assert len(mixed(state.pool, state.weights, copies)) <= problem.dimensions
    return state, best


@pytest.mark.parametrize(
    ("seed", "method"),
    [(k, method) for method in METHODS for k in range(10 if method in FAST else 3)],
)
def test_no_bound_is_above_the_enumerated_optimum(method: str, seed: int) -> None:
    problem = drawn(seed)
    state, best = judged(problem, method, CLOSE if method in FAST else SHORT)
    assert state.gap(1.0) <= 1e-6 or method in SLOW
    settings = Settings(method=method, rounds=SHORT)
    certificate = certify(problem, solve(problem, settings), settings)
    assert certificate.holds
    assert certificate.value == pytest.approx(best, rel=1e-6, abs=1e-6)


@pytest.mark.slow
def test_no_wrong_bound_in_a_thousand_runs_of_each_method() -> None:
    for method, seed in itertools.product(METHODS, range(1000)):
        judged(drawn(10_000 + seed), method, SHORT)


@pytest.mark.slow
def test_no_wrong_bound_in_a_thousand_runs_with_aggregated_cuts() -> None:
    for seed in range(1000):
        judged(drawn(10_000 + seed), "level_bundle", AGGREGATED)


@pytest.mark.parametrize("seed", range(5))
def test_aggregated_cuts_reach_the_same_bound_in_more_rounds(seed: int) -> None:
    problem = drawn(seed)
    state, _ = judged(problem, "level_bundle", AGGREGATED)
    apart, _ = judged(problem, "level_bundle", CLOSE)
    assert state.gap(1.0) <= 1e-4
    assert state.bound == pytest.approx(apart.bound, rel=1e-4, abs=1e-4)
    assert len(state.rounds) >= len(apart.rounds)


@pytest.mark.parametrize(
    ("method", "gap", "loss"),
    [("subgradient", 0.05, 0.01), ("conditional_gradient", 0.02, 2e-3), ("admm", 0.2, 0.1)],
)
def test_slow_methods_still_come_near(method: str, gap: float, loss: float) -> None:
    problem = specialisation(100, 6, 1)
    best, _ = iterate(problem, "column_generation", CLOSE)
    state, _ = iterate(problem, method, Options(tolerance=1e-4, near=0.0, max_rounds=150))
    assert state.gap(1.0) <= gap
    assert best.bound - state.bound <= loss * abs(best.bound)
    assert state.bound <= best.master * (1 + 1e-9)
    assert state.master >= best.bound * (1 - 1e-9)


@pytest.mark.parametrize(
    "problem",
    [specialisation(20, 12, 0), specialisation(100, 6, 1), charging(50, 8, 0)],
    ids=["few", "many", "caps"],
)
def test_methods_agree_on_the_convexified_value(problem: Problem) -> None:
    states = [iterate(problem, method, CLOSE)[0] for method in FAST]
    assert all(state.gap(1.0) <= 1e-6 for state in states)
    bounds = [state.bound for state in states]
    assert max(bounds) - min(bounds) <= 2e-6 * max(1.0, abs(bounds[0]))


@pytest.mark.parametrize("method", METHODS)
def test_a_dominated_plan_changes_nothing(method: str) -> None:
    problem = drawn(3)
    tables = problem.participants
    assert isinstance(tables, PlanTables)
    costs = np.hstack([tables.costs, tables.costs[:, :1] + 1.0])
    contributions = np.concatenate([tables.contributions, tables.contributions[:, :1]], axis=1)
    wider = Problem(PlanTables(costs, contributions), problem.market)
    options = CLOSE if method in FAST else SHORT
    one, other = (iterate(p, method, options)[0] for p in (problem, wider))
    assert one.bound == pytest.approx(other.bound, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("method", METHODS)
def test_convex_participants_leave_no_gap(method: str) -> None:
    market = specialisation(3, 2, 5).market
    parts = []
    for number, cost in enumerate((0.4, 0.7, 1.1)):
        plan = Plan(
            f"range {number}",
            0.0,
            np.zeros(2),
            unit_cost=np.array([cost]),
            unit_contribution=np.array([[0.2, 1.0]]),
            lower=np.zeros(1),
            upper=np.array([2.0]),
        )
        parts.append(TablePart(f"P{number}", f"P{number}", (plan,)))
    problem = Problem(Individuals(parts), market)
    settings = Settings(method=method, rounds=CLOSE)
    certificate = certify(problem, solve(problem, settings), settings)
    # the heuristic's own bound stops where its division stops moving; its division is the best
    room = 1e-2 if method == "admm" else 1e-5
    assert certificate.value - certificate.dual_bound <= room * abs(certificate.value)
    best = certify(problem, solve(problem, Settings(rounds=CLOSE)))
    assert certificate.value == pytest.approx(best.value, rel=1e-5)


@pytest.mark.parametrize("method", METHODS)
def test_one_participant_and_none(method: str) -> None:
    problem = drawn(7)
    one = Problem(Individuals([problem.participants[0]]), problem.market)
    options = CLOSE if method in FAST else SHORT
    state, _ = iterate(one, method, options)
    plans = problem.participants[0].plans  # type: ignore[attr-defined]
    values = [plan.cost + one.market.evaluate(plan.contribution).value for plan in plans]
    assert state.bound <= min(values) + 1e-6
    none = Problem(Individuals([]), problem.market)
    state, _ = iterate(none, method, options)
    alone = problem.market.evaluate(np.zeros(problem.dimensions)).value
    assert state.bound == pytest.approx(alone, rel=1e-6)
    certificate = certify(none, solve(none))
    assert certificate.holds
    assert certificate.value == pytest.approx(alone, rel=1e-6)
