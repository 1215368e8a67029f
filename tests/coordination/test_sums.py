"""Menus restated as sums of steps: the same plans, the same optimum, nothing that is no plan."""

from __future__ import annotations

import _thread
import dataclasses

import highspy
import numpy as np
import pytest

from workshare.arrays import Array
from workshare.coordination import Options, Problem, RestrictedProgram, Settings, certify, solve
from workshare.coordination.families import specialisation
from workshare.coordination.solve import complete_choices
from workshare.coordination.sums import Sums, as_sums
from workshare.response import Plan, PlanTables

FEW = Options(tolerance=1e-6, near=0.0)
STEPS = 10


def pairs(generator: np.random.Generator, hold: float = 0.0) -> tuple[Array, Array]:
    """Return costs and contributions of nothing, ten steps and every two of them (66 plans)."""
    cost = np.append(generator.uniform(0.2, 2.0, STEPS), 0.0)
    given = np.vstack([generator.uniform(-1.0, 3.0, (STEPS, 2)), np.zeros(2)])
    first, second = np.triu_indices(STEPS + 1)
    return hold + cost[first] + cost[second], given[first] + given[second]


def additive(seed: int, shared: int = 0) -> Problem:
    """Return three participants whose plans are sums, in the family's market of two goods.

    The first ``shared`` of them contribute alike, and differ in costs only.
    """
    generator = np.random.default_rng(seed)
    figures = [pairs(generator, hold=0.3 * (who == 0)) for who in range(3)]
    costs, contributions = map(np.array, zip(*figures, strict=True))
    contributions[:shared] = contributions[0]
    order = generator.permutation(costs.shape[1])
    market = specialisation(4, 2, seed, ("mild", "scarce")[seed % 2]).market
    return Problem(PlanTables(costs[:, order], contributions[:, order]), market)


def enumerated(problem: Problem) -> float:
    """Return the least value over all 66**3 divisions; imports and exports have constant prices."""
    tables, market = problem.participants, problem.market
    assert isinstance(tables, PlanTables)
    goods = problem.dimensions
    price, earned, demand = (
        market.cost[:goods],
        -market.cost[goods : 2 * goods],
        market.lower[-goods:],
    )
    c, g = tables.costs, tables.contributions
    cost = c[0][:, None, None] + c[1][None, :, None] + c[2][None, None, :]
    total = g[0][:, None, None] + g[1][None, :, None] + g[2][None, None, :]
    lack = demand - total
    shared = np.maximum(lack, 0.0) @ price - np.maximum(-lack, 0.0) @ earned
    return float(np.min(cost + shared))


def check_seed(seed: int, shared: int = 0) -> None:
    problem = additive(seed, shared)
    best = enumerated(problem)
    settings = Settings(rounds=FEW)
    solution = solve(problem, settings)
    certificate = certify(problem, solution, settings)
    assert certificate.holds
    assert certificate.status == "exact"
    assert certificate.value == pytest.approx(best, rel=1e-6, abs=1e-9)
    assert certificate.bound <= best + 1e-7 * abs(best)


@pytest.mark.parametrize("seed", range(8))
def test_restated_menus_give_the_enumerated_optimum(seed: int) -> None:
    check_seed(seed)


@pytest.mark.parametrize("seed", range(6))
def test_steps_counted_together_give_the_enumerated_optimum(seed: int) -> None:
    check_seed(seed, shared=2 + seed % 2)


@pytest.mark.slow
def test_three_hundred_problems_of_shared_steps_by_enumeration() -> None:
    for seed in range(6, 306):
        check_seed(seed, shared=2 + seed % 2)


@pytest.mark.slow
def test_three_hundred_additive_problems_by_enumeration() -> None:
    for seed in range(8, 308):
        check_seed(seed)


def test_every_listed_plan_is_its_base_and_steps() -> None:
    together = specialisation(3, 4, 0, "scarce").participants
    whole = together.listed(1, 10_000, 4)
    assert whole is not None
    sums = as_sums(whole, np.zeros(4), np.inf)
    assert isinstance(sums, Sums)
    assert sums.cost.size == 16  # four goods in four sizes, and no more
    assert len(sums) == len(whole) == 153
    for plan in whole:
        counts = sums.counts(plan)
        assert counts is not None
        assert sums.plan(counts) is plan
        assert sums.base.cost + counts @ sums.cost == pytest.approx(plan.cost)
        np.testing.assert_allclose(
            sums.base.contribution + counts @ sums.contribution, plan.contribution, atol=1e-12
        )


def as_plans(costs: Array, contributions: Array) -> list[Plan]:
    return [
        Plan(str(k), float(cost), given)
        for k, (cost, given) in enumerate(zip(costs, contributions, strict=True))
    ]


def test_a_sum_that_was_not_listed_keeps_the_menu_a_list() -> None:
    plans = as_plans(*pairs(np.random.default_rng(3)))
    prices = np.ones(2)
    assert as_sums(plans, prices, np.inf) is not None
    worst = max(plans, key=lambda plan: plan.cost - plan.contribution @ prices)
    without = [plan for plan in plans if plan is not worst]
    assert as_sums(without, prices, np.inf) is None
    least = min(plan.cost - plan.contribution @ prices for plan in plans)
    room = worst.cost - worst.contribution @ prices - least
    # beyond the slack it does no harm: nothing that could be chosen holds it
    assert as_sums(without, prices, 0.99 * room) is not None


def test_plans_without_structure_stay_a_list() -> None:
    generator = np.random.default_rng(0)
    plans = as_plans(generator.uniform(0, 1, 100), generator.uniform(0, 1, (100, 2)))
    assert as_sums(plans, np.ones(2), np.inf) is None
    free = [dataclasses.replace(plan, cost=0.0) for plan in as_plans(*pairs(generator))]
    assert as_sums(free, np.ones(2), np.inf) is None  # no cost tells which are steps
    twice = [*as_plans(*pairs(generator)), *as_plans(*pairs(generator))]
    assert as_sums(twice, np.ones(2), np.inf) is None


@pytest.mark.parametrize("seed", range(3))
def test_lists_and_sums_have_the_same_optimum_and_bound(seed: int) -> None:
    problem = additive(seed)
    solution = solve(problem, Settings(rounds=FEW, exact=False))
    slack = 1e3  # everything
    prices = solution.row_prices[:2]
    sums, complete = complete_choices(problem.participants, prices, slack, 400)
    assert complete
    assert all(isinstance(choice, Sums) for choice in sums)
    lists = problem.participants.menus(prices, np.array(slack), 400, np.arange(3))
    answers = [
        RestrictedProgram(problem, choices).solve(tolerance=1e-7)
        for choices in (sums, [menu.plans for menu in lists])
    ]
    assert answers[0].bound == pytest.approx(answers[1].bound, rel=1e-6, abs=1e-9)
    assert answers[0].selection is not None and answers[1].selection is not None
    assert answers[0].selection.value == pytest.approx(answers[1].selection.value, rel=1e-6)


def test_ctrl_c_in_exact_mode_keeps_the_best_and_its_proven_bound(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    problem = specialisation(20, 12, 5, "scarce")
    settings = Settings(rounds=Options(tolerance=1e-4, near=0.0))
    wait = highspy.Highs.wait
    presses = [_thread.interrupt_main]

    def pressed_at_first(highs: highspy.Highs, timeout: float) -> object:
        """Wait for the MILP, with Ctrl-C pressed as soon as it has begun."""
        if presses:
            presses.pop()()
        return wait(highs, timeout)

    monkeypatch.setattr(highspy.Highs, "wait", pressed_at_first)
    solution = solve(problem, settings)
    assert not presses
    assert solution.interrupted
    assert not solution.exact
    assert solution.dual_bound <= solution.bound <= solution.selection.value
    certificate = certify(problem, solution, settings, measured=False)
    assert certificate.holds
    assert certificate.status == "certified"


@pytest.mark.slow
@pytest.mark.parametrize("count", [10, 20])
@pytest.mark.parametrize("figures", ["mild", "scarce"])
def test_twenty_of_twenty_are_proven(count: int, figures: str) -> None:
    for seed in range(20):
        problem = specialisation(count, 12, seed, figures)
        settings = Settings(rounds=Options(tolerance=1e-3, near=0.0, max_rounds=10))
        solution = solve(problem, settings)
        certificate = certify(problem, solution, settings, measured=False)
        assert certificate.status == "exact", seed
        assert certificate.holds, seed
        assert len(solution.rounds) <= 10, seed
