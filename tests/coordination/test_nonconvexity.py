"""Measured nonconvexity: against enumeration, against sampling of mixtures, and by theory."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from workshare.coordination import Options, Problem, Settings, nonconvexity, solve
from workshare.coordination.families import identical_agents, specialisation
from workshare.coordination.iterate import iterate
from workshare.coordination.nonconvexity import chance_bound, measure
from workshare.market import Market, hard_balance, piecewise_linear, quadratic_tracking
from workshare.market.slopes import slopes
from workshare.response import CallablePart, PlanTables

TIGHT = Options(tolerance=1e-9, near=0.0)


def tables(seed: int, participants: int = 4, plans: int = 3, dimensions: int = 2) -> PlanTables:
    generator = np.random.default_rng(seed)
    costs = generator.uniform(0.0, 3.0, (participants, plans))
    return PlanTables(costs, generator.uniform(-1.0, 3.0, (participants, plans, dimensions)))


def steps(dimensions: int = 2) -> Market:
    breaks, worth = [[0.0, 5.0]] * dimensions, [[-3.0, -1.0, -0.2]] * dimensions
    return piecewise_linear(breaks, worth, largest=20.0)


def tracking(dimensions: int = 2) -> Market:
    return quadratic_tracking(np.full(dimensions, 4.5), 0.4, largest=20.0)


def best_of_all(problem: Problem) -> float:
    together = problem.participants
    assert isinstance(together, PlanTables)
    best = np.inf
    for choice in itertools.product(range(together.costs.shape[1]), repeat=len(together)):
        rows = np.arange(len(together))
        total = together.contributions[rows, list(choice)].sum(axis=0)
        cost = together.costs[rows, list(choice)].sum()
        best = min(best, float(cost + problem.market.evaluate(total).value))
    return best


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("market", [steps(), tracking()], ids=["steps", "tracking"])
def test_the_true_gap_is_within_the_bound(seed: int, market: Market) -> None:
    problem = Problem(tables(seed), market)
    state, _ = iterate(problem, "column_generation", TIGHT)
    gap = best_of_all(problem) - state.bound
    measured = nonconvexity(problem)
    assert measured.exact
    assert not measured.ceilings
    assert -1e-7 <= gap <= measured.by_one + 1e-7
    assert gap <= measured.by_chance + 1e-7
    # the plans seen imply a bound too, beyond the convexified value over them
    seen = nonconvexity(problem, state.pool, list_all=False)
    assert best_of_all(problem) <= state.master + seen.bound + 1e-7
    assert seen.by_chance <= measured.by_chance + 1e-9


@pytest.mark.parametrize("seed", range(6))
def test_no_mixture_costs_more_to_replace_than_is_measured(seed: int) -> None:
    problem = Problem(tables(seed, 3, 5), steps())
    together = problem.participants
    assert isinstance(together, PlanTables)
    measured = nonconvexity(problem)
    generator = np.random.default_rng(seed)
    for who in range(3):
        cost, own = together.costs[who], together.contributions[who]
        for weights in generator.dirichlet(np.full(5, 0.4), 200):
            short = own - weights @ own  # what each plan brings beyond the mixture
            made_up = np.where(short > 0, -0.2 * short, -3.0 * short).sum(axis=1)
            assert np.min(cost + made_up) - weights @ cost <= measured.each[who] + 1e-9


def test_a_smooth_side_of_identical_agents_is_bounded_exactly() -> None:
    for number in (3, 11, 101):
        # half of an odd number cannot choose 1: the best is off by a half, at 1 / (4 N)
        measured = nonconvexity(identical_agents(number, merged=True))
        assert measured.bound == pytest.approx(1.0 / (4.0 * number), rel=1e-12)


def test_one_plan_each_is_convex() -> None:
    problem = Problem(tables(0, 5, 1), steps())
    measured = nonconvexity(problem)
    assert np.all(measured.each == 0.0)
    assert measured.bound == 0.0


def test_the_bound_grows_with_dimensions_not_with_participants() -> None:
    few, many = nonconvexity(specialisation(20, 4, 1)), nonconvexity(specialisation(200, 4, 1))
    assert many.bound < 1.5 * few.bound
    assert len(many.each) == 10 * len(few.each)


def test_the_order_and_a_common_scale_of_money_change_nothing() -> None:
    base = tables(3)
    one = nonconvexity(Problem(base, steps()))
    turned = PlanTables(base.costs[::-1].copy(), base.contributions[::-1].copy())
    assert np.array_equal(nonconvexity(Problem(turned, steps())).each[::-1], one.each)
    dear = piecewise_linear([[0.0, 5.0]] * 2, [[-3000.0, -1000.0, -200.0]] * 2, largest=20.0)
    scaled = nonconvexity(Problem(PlanTables(1000 * base.costs, base.contributions), dear))
    assert scaled.bound == pytest.approx(1000 * one.bound)


def test_copies_count_as_participants() -> None:
    costs, contributions = np.array([[0.0, 1.0]]), np.array([[[0.0, 0.0], [1.0, 2.0]]])
    merged = nonconvexity(Problem(PlanTables(costs, contributions, multiplicity=[5]), steps()))
    apart = PlanTables(np.repeat(costs, 5, axis=0), np.repeat(contributions, 5, axis=0))
    assert merged.bound == nonconvexity(Problem(apart, steps())).bound


def test_whoever_answers_for_itself_is_measured_by_what_it_answered() -> None:
    base = tables(1)
    plans = base.one(0).plans  # type: ignore[attr-defined]
    prices_asked = []

    def answer(prices: np.ndarray) -> list[object]:
        prices_asked.append(prices)
        return [min(plans, key=lambda plan: plan.cost - prices @ plan.contribution)]

    own = CallablePart("own", answer, exact=True)  # type: ignore[arg-type]
    problem = Problem([own, *list(base)[1:]], steps())
    solution = solve(problem, Settings(rounds=TIGHT, exact=False))
    asked = len(prices_asked)
    assert solution.state is not None
    measured = nonconvexity(problem, solution.state.pool)
    assert measured.listed.tolist() == [False, True, True, True]
    assert not measured.exact
    assert len(prices_asked) == asked
    assert problem.participants.honest.tolist() == [True, False, False, False]


def test_ceilings_are_said() -> None:
    measured = nonconvexity(Problem(tables(0), hard_balance(np.full(2, 3.0), 9.0, largest=20.0)))
    assert measured.ceilings
    assert np.isfinite(measured.bound)


def test_prices_without_a_known_range_imply_no_bound() -> None:
    market = steps()
    far = tables(0)
    wide = PlanTables(far.costs, 100.0 * far.contributions)  # beyond what the side can take
    found = slopes(market, np.full(2, -1e4), np.full(2, 1e4))
    assert np.all(np.isinf(found.low))
    assert nonconvexity(Problem(wide, market)).bound == np.inf


def test_prices_of_coupled_dimensions_are_bounded_by_programmes() -> None:
    market = specialisation(10, 3, 0).market
    found = slopes(market, np.full(3, -10.0), np.full(3, 10.0))
    generator = np.random.default_rng(0)
    for total in generator.uniform(-10.0, 10.0, (20, 3)):
        prices = market.evaluate(total).prices
        assert np.all(prices >= found.low - 1e-6)
        assert np.all(prices <= found.high + 1e-6)


def test_chance_uses_the_smaller_of_curvature_and_range() -> None:
    found = slopes(tracking(1), np.zeros(1), np.full(1, 10.0))
    assert found.curvature[0] == pytest.approx(0.4)
    width, copies = np.array([[2.0]]), np.array([7])
    assert chance_bound(width, copies, found) == pytest.approx(0.5 * 0.4 * 1.0)


def test_nobody_measured_is_no_gap() -> None:
    problem = identical_agents(3)
    empty = problem.participants.price(np.zeros(1), who=np.zeros(0, dtype=np.int64))
    assert empty.who.size == 0
    state, _ = iterate(problem, "column_generation", Options(max_rounds=1))
    none = state.pool.keep(np.zeros(state.pool.size, dtype=bool))
    assert measure(none, problem.participants.multiplicity, problem.market).bound == 0.0
