"""Recovery: residual answers find what prices never show, and never make things worse."""

from __future__ import annotations

import numpy as np
import pytest

from reference.random_regions import random_region
from workshare.coordination import Options, Problem, Settings, certify, operate, solve
from workshare.coordination.iterate import iterate
from workshare.coordination.recovery import recover, residual_answer
from workshare.market import spatial_market
from workshare.response import local_participants


def problem_of(seed: int) -> tuple[Problem, Settings]:
    region = random_region(seed, participants=3, activities=3)
    market = spatial_market(region)
    nothing = market.evaluate(np.zeros(market.dimensions))
    scale = max(0.01 * abs(nothing.value), 1e-3 * market.money)
    problem = Problem(tuple(local_participants(region)), market)
    return problem, Settings(exact=False, rounds=Options(scale=scale))


@pytest.mark.parametrize("seed", range(5))
def test_residual_rounds_only_improve_and_stay_above_the_bound(seed: int) -> None:
    problem, settings = problem_of(seed)
    state, _ = iterate(problem, "column_generation", settings.rounds)
    scale = settings.rounds.scale
    plain = recover(problem, state, time_limit=10.0, scale=scale)
    asked = recover(problem, state, time_limit=10.0, scale=scale, residual_rounds=3)
    size = max(abs(plain.value), scale)
    assert asked.value <= plain.value + 1e-7 * size
    assert asked.value >= state.bound - 1e-7 * size


@pytest.mark.parametrize("seed", range(3))
def test_a_residual_answer_is_a_best_reply_to_the_market_left(seed: int) -> None:
    problem, settings = problem_of(seed)
    solution = solve(problem, Settings(rounds=settings.rounds))
    # at the proven best division nobody has a better plan against what the others leave
    for number, point in enumerate(solution.selection.points):
        plan = residual_answer(problem, solution.selection, number)
        assert plan is not None
        if plan.id != point.plan.id:
            points = [p.plan for p in solution.selection.points]
            points[number] = plan
            other = operate(problem.market, points)
            assert other is not None
            size = max(abs(solution.selection.value), settings.rounds.scale)
            assert other.value >= solution.selection.value - 1e-6 * size


def test_without_exact_mode_the_certificate_is_the_dual_bound() -> None:
    problem, settings = problem_of(2)
    solution = solve(problem, settings)
    certificate = certify(problem, solution, settings)
    assert certificate.status == "certified"
    assert certificate.holds
    assert certificate.bound == pytest.approx(certificate.dual_bound)
    exact = solve(problem, Settings(rounds=settings.rounds))
    assert exact.selection.value <= solution.selection.value + 1e-7 * abs(solution.selection.value)
