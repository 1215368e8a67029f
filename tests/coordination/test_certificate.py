"""The certificate catches a lie: planted faults must make a line fail."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from reference.random_regions import random_region
from workshare.coordination import Options, Problem, Settings, Solution, certify, solve
from workshare.coordination.families import specialisation
from workshare.market import piecewise_linear, spatial_market
from workshare.response import (
    CallablePart,
    Participant,
    Plan,
    PlanTables,
    local_participants,
)


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


def small() -> Problem:
    generator = np.random.default_rng(5)
    tables = PlanTables(
        generator.uniform(0.0, 3.0, (6, 4)), generator.uniform(-1.0, 3.0, (6, 4, 2))
    )
    market = piecewise_linear([[0.0, 9.0]] * 2, [[-3.0, -1.0, -0.2]] * 2, largest=30.0)
    return Problem(tables, market)


ROUNDS = Options(tolerance=1e-9, near=0.0)


def test_the_best_division_lies_within_the_gap_that_nonconvexity_allows() -> None:
    problem, settings = small(), Settings(rounds=ROUNDS)
    solution = solve(problem, settings)
    certificate = certify(problem, solution, settings)
    assert certificate.status == "exact"
    assert certificate.nonconvexity is not None
    assert certificate.value - certificate.dual_bound <= certificate.allowed_gap + 1e-7
    # the plans that hold weight allow no more than all plans seen
    assert certificate.allowed_gap <= (
        certificate.basis.rounds_left + certificate.nonconvexity.bound + 1e-9
    )
    assert certificate.basis.recomputed == 6
    assert certificate.basis.honest == ()
    assert certify(problem, solution, settings, measured=False).nonconvexity is None


def test_groups_too_allow_a_stated_gap() -> None:
    problem = specialisation(400, 5, 2)
    settings = Settings(rounds=Options(tolerance=1e-4, near=0.0), many=300, sample=60)
    certificate = certify(problem, solve(problem, settings), settings)
    assert certificate.nonconvexity is None
    assert certificate.gap_absolute <= certificate.allowed_gap < np.inf


def heuristic(part: Participant, loss: float, proven: bool) -> CallablePart:
    """Return a participant that answers well, and proves a bound ``loss`` below its answer."""

    def answer(prices: np.ndarray) -> list[Plan]:
        return [part.price(prices).points[0].plan]

    def bound(prices: np.ndarray) -> float:
        return part.price(prices).bound - loss

    return CallablePart("inexact", answer, bound=bound if proven else None)


def test_what_inexact_answers_leave_open_is_in_the_bound_and_named() -> None:
    problem = small()
    exact = certify(problem, solve(problem, Settings(rounds=ROUNDS, exact=False)))
    parts = list(problem.participants)
    wide = Problem([heuristic(parts[0], 0.25, proven=True), *parts[1:]], problem.market)
    certificate = certify(wide, solve(wide, Settings(rounds=ROUNDS, exact=False)))
    assert certificate.status == "certified"
    assert certificate.holds
    assert certificate.basis.inexact == pytest.approx(0.25, rel=1e-9)
    assert certificate.dual_bound <= exact.dual_bound - 0.25 + 1e-6
    assert certificate.basis.honest == ("inexact",)
    assert "inexact" in " ".join(certificate.basis.sentences())


def test_an_answer_without_proof_certifies_nothing() -> None:
    problem = small()
    parts = list(problem.participants)
    open_ended = Problem([heuristic(parts[0], 0.0, proven=False), *parts[1:]], problem.market)
    certificate = certify(open_ended, solve(open_ended, Settings(rounds=ROUNDS, exact=False)))
    assert certificate.status == "bounded"
    assert certificate.basis.unproven == ("inexact",)
    assert "nothing is certified" in " ".join(certificate.basis.sentences())


def test_whoever_vanished_after_the_run_is_taken_at_what_it_proved() -> None:
    problem = small()
    part = problem.participants.one(0)
    there = [True]

    def answer(prices: np.ndarray) -> list[Plan]:
        if not there[0]:
            raise TimeoutError("gone")
        return [part.price(prices).points[0].plan]

    fading = CallablePart("fading", answer, exact=True)
    wide = Problem([fading, *list(problem.participants)[1:]], problem.market)
    solution = solve(wide, Settings(rounds=ROUNDS, exact=False))
    before = certify(wide, solution)
    there[0] = False
    after = certify(wide, solution)
    assert after.holds
    assert after.basis.remembered == ("fading",)
    assert after.dual_bound == before.dual_bound
    # at other prices it proved nothing
    moved = replace(solution, row_prices=solution.row_prices * 1.01)
    assert certify(wide, moved).bound == -np.inf
    assert certify(wide, moved).basis.absent == ("fading",)


def test_copies_under_exact_settings_are_recovered_one_by_one() -> None:
    base = small()
    assert isinstance(base.participants, PlanTables)
    tables = PlanTables(
        base.participants.costs, base.participants.contributions, multiplicity=[3] * 6
    )
    problem, settings = Problem(tables, base.market), Settings(rounds=ROUNDS)
    solution = solve(problem, settings)
    assert len(solution.selection.points) == 18
    assert certify(problem, solution, settings).holds
