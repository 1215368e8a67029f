"""The certificate catches a lie: planted faults must make a line fail."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from reference.random_regions import random_region
from workshare.coordination import Options, Problem, Settings, Solution, certify, solve
from workshare.market import spatial_market
from workshare.response import local_participants


@pytest.fixture(scope="module")
def solved() -> tuple[Problem, Solution, Settings]:
    region = random_region(3)
    market = spatial_market(region)
    problem = Problem(tuple(local_participants(region)), market)
    scale = 0.01 * abs(market.evaluate(np.zeros(market.dimensions)).value)
    settings = Settings(rounds=Options(scale=scale))
    return problem, solve(problem, settings), settings


def failed(problem: Problem, solution: Solution, settings: Settings) -> set[str]:
    certificate = certify(problem, solution, settings)
    return {line.name for line in certificate.lines if not line.holds}


def test_a_true_answer_passes(solved: tuple[Problem, Solution, Settings]) -> None:
    assert failed(*solved) == set()
    certificate = certify(*solved)
    assert certificate.status == "exact"
    total = sum(certificate.uplifts.values()) + certificate.bregman
    gap = certificate.value - certificate.dual_bound
    assert total == pytest.approx(gap, rel=1e-6, abs=1e-9 * abs(certificate.value))
    assert all(uplift >= -1e-7 * abs(certificate.value) for uplift in certificate.uplifts.values())


def test_a_false_value_is_caught(solved: tuple[Problem, Solution, Settings]) -> None:
    problem, solution, settings = solved
    better = replace(solution.selection, value=solution.selection.value * 1.01)
    assert "value" in failed(problem, replace(solution, selection=better), settings)


def test_a_false_dual_bound_is_caught(solved: tuple[Problem, Solution, Settings]) -> None:
    problem, solution, settings = solved
    lie = solution.dual_bound + 0.01 * abs(solution.dual_bound)
    assert "dual_bound" in failed(problem, replace(solution, dual_bound=lie), settings)


def test_a_worse_division_called_exact_is_caught(
    solved: tuple[Problem, Solution, Settings],
) -> None:
    problem, solution, settings = solved
    idle = [
        part.menu(np.zeros(problem.dimensions), 0.0, 1).plans[0] for part in problem.participants
    ]
    points = tuple(plan.at(plan.lower) for plan in idle)
    market = problem.market.evaluate(sum(point.contribution for point in points))
    value = sum(point.cost for point in points) + market.value
    assert value > solution.selection.value * (1 - 1e-3 * np.sign(solution.selection.value))
    worse = replace(solution.selection, points=points, market=market, value=value)
    assert "exactness" in failed(problem, replace(solution, selection=worse), settings)


def test_running_beyond_capacity_is_caught(solved: tuple[Problem, Solution, Settings]) -> None:
    problem, solution, settings = solved
    points = list(solution.selection.points)
    k = next(k for k, point in enumerate(points) if point.levels.size)
    points[k] = points[k].plan.at(points[k].plan.upper * 1.1)
    over = replace(solution.selection, points=tuple(points))
    assert "feasibility" in failed(problem, replace(solution, selection=over), settings)
