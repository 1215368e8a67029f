"""Chains of moves where each plan draws on one capacity."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from workshare.arrays import Array
from workshare.coordination import Options, Problem, Settings, certify, solve
from workshare.coordination.ejection import Annealing, chained, limits_of
from workshare.coordination.families import assignment_problem
from workshare.coordination.neighbourhood import Search
from workshare.market import add, capacity, piecewise_linear
from workshare.response import Plan, PlanTables, Point

QUICK = Annealing(evaluations=500_000, widest=50.0)


def instance(seed: int, agents: int, jobs: int) -> tuple[Array, Array, Array]:
    """Costs fall with use, as in type d, and capacities are nearly filled."""
    random = np.random.default_rng(seed)
    use = random.integers(1, 30, (agents, jobs)).astype(float)
    costs = 31.0 - use + random.integers(-5, 6, (agents, jobs))
    return costs, use, np.ceil(0.8 * use.sum(axis=1) / agents)


def best_of_all(costs: Array, use: Array, limit: Array) -> float:
    agents, jobs = costs.shape
    best = np.inf
    for where in itertools.product(range(agents), repeat=jobs):
        index = list(where)
        drawn = np.bincount(index, use[index, range(jobs)], agents)
        if np.all(drawn <= limit):
            best = min(best, float(costs[index, range(jobs)].sum()))
    return best


def first_points(problem: Problem) -> tuple[Point, ...]:
    """Return everybody's cheapest plan, whether or not they fit together."""
    count = len(problem.participants)
    asked = np.arange(count)
    prices = np.zeros(problem.dimensions)
    menus = problem.participants.menus(prices, np.array(np.inf), 1, asked)
    return tuple(menu.plans[0].at(np.zeros(0)) for menu in menus)


def found_by_chains(problem: Problem, prices: Array, seed: int = 0) -> tuple[Point, ...] | None:
    points = first_points(problem)
    who = np.arange(len(points))
    return chained(problem, problem.participants, prices, who, points, QUICK, seed)


def test_on_small_cases_the_best_of_all_is_mostly_found_and_none_below_it():
    equal = solvable = 0
    for seed in range(12):
        costs, use, limit = instance(seed, 3, 8)
        best = best_of_all(costs, use, limit)
        points = found_by_chains(assignment_problem(costs, use, limit), np.full(3, 1.0), seed)
        if not np.isfinite(best):
            assert points is None
            continue
        solvable += 1
        if points is None:
            continue
        drawn = -np.sum([point.contribution for point in points], axis=0)
        value = sum(point.cost for point in points)
        assert np.all(drawn <= limit) and value >= best - 1e-9
        equal += value == pytest.approx(best)
    assert solvable >= 10
    assert equal >= 0.75 * solvable


def test_same_seed_same_answer_and_what_was_given_is_not_touched():
    costs, use, limit = instance(3, 4, 40)
    problem = assignment_problem(costs, use, limit)
    before = [point.plan.id for point in first_points(problem)]
    runs = [found_by_chains(problem, np.full(4, 1.0), seed=5) for _ in range(2)]
    assert runs[0] is not None and runs[1] is not None
    assert [p.plan.id for p in runs[0]] == [p.plan.id for p in runs[1]]
    assert [point.plan.id for point in first_points(problem)] == before


@pytest.mark.parametrize("scale", [1e-6, 1e6])
def test_units_of_capacity_and_money_change_nothing(scale):
    costs, use, limit = instance(1, 4, 40)
    plain = found_by_chains(assignment_problem(costs, use, limit), np.full(4, 1.0))
    other = assignment_problem(costs * scale, use / scale, limit / scale)
    scaled = found_by_chains(other, np.full(4, scale**2))
    assert plain is not None and scaled is not None
    assert sum(p.cost for p in scaled) == pytest.approx(scale * sum(p.cost for p in plain))


def test_supply_under_a_limit_is_the_mirror_of_use_under_a_capacity():
    costs, use, limit = instance(2, 3, 20)
    contributions = np.zeros((20, 3, 3))
    contributions[:, range(3), range(3)] = use.T
    reach = use.sum(axis=1)
    ceiling = np.full(3, 1e4)
    values = []
    for sign, side in ((-1.0, "use"), (1.0, "supply")):
        plans = PlanTables(costs.T.copy(), sign * contributions)
        problem = Problem(plans, capacity(limit, ceiling, largest=reach, side=side))
        points = found_by_chains(problem, np.full(3, -sign))
        assert points is not None
        values.append([point.plan.id for point in points])
    assert values[0] == values[1]


def test_a_plan_that_draws_on_nothing_is_never_pushed_out():
    costs, use, limit = instance(4, 3, 12)
    contributions = np.zeros((12, 4, 3))
    contributions[:, range(3), range(3)] = -use.T
    stay_out = np.full((12, 1), 200.0)
    plans = PlanTables(np.hstack([costs.T, stay_out]), contributions)
    market = capacity(0.3 * limit, np.full(3, 1e4), largest=use.sum(axis=1))
    points = found_by_chains(Problem(plans, market), np.full(3, 5.0))
    assert points is not None
    drawn = -np.sum([point.contribution for point in points], axis=0)
    assert np.all(drawn <= 0.3 * limit + 1e-9)
    assert any(not point.contribution.any() for point in points)


def test_where_chains_do_not_apply():
    costs, use, limit = instance(0, 3, 6)
    reach, ceiling = use.sum(axis=1), np.full(3, 1e4)
    limits = capacity(limit, ceiling, largest=reach)
    low, high = limits_of(limits)
    np.testing.assert_allclose(low, -limit)
    assert np.all(high >= 0)
    priced = add(limits, piecewise_linear([[0.0]] * 3, [[1.0, 2.0]] * 3, largest=reach))
    assert limits_of(priced) is None
    contributions = np.zeros((6, 3, 3))
    contributions[:, range(3), range(3)] = -use.T
    contributions[0, 0] = -1.0  # draws on three capacities at once
    plans = PlanTables(costs.T.copy(), contributions)
    assert found_by_chains(Problem(plans, limits), np.ones(3)) is None


def test_operating_ranges_are_left_to_other_methods():
    plan = Plan("p", 1.0, np.array([-1.0]), np.array([1.0]), np.array([[-1.0]]))
    market = capacity([5.0], [10.0], largest=[20.0])
    plans = PlanTables(np.array([[1.0, 2.0]] * 3), -np.ones((3, 2, 1)))
    problem = Problem(plans, market)
    points = (plan.at(np.ones(1)), *first_points(problem)[1:])
    who = np.arange(3)
    assert chained(problem, plans, np.ones(1), who, points, QUICK, 0) is None


def test_solve_uses_chains_and_its_certificate_holds():
    costs, use, limit = instance(7, 5, 120)
    problem = assignment_problem(costs, use, limit)
    settings = Settings(rounds=Options(tolerance=1e-4, near=0.0))
    solution = solve(problem, settings)
    certificate = certify(problem, solution, settings)
    assert certificate.holds
    assert certificate.value - certificate.dual_bound <= 0.01 * certificate.value
    assert any("chain" in change.reason for change in solution.changes)


def test_a_time_limit_cuts_the_chains_short():
    costs, use, limit = instance(7, 5, 120)
    problem = assignment_problem(costs, use, limit)
    spent = []
    for seconds in (None, 0.01):
        search = Search(seconds=seconds, neighbourhoods=0)
        settings = Settings(rounds=Options(tolerance=1e-4, near=0.0), search=search)
        spent.append(solve(problem, settings, clock=lambda: 0.0))  # time stands still
    assert not spent[0].timed and spent[1].timed
    assert any("chain" in change.reason for change in spent[0].changes)
    assert spent[1].selection.value >= spent[0].selection.value
