"""Problem (1) against an independent monolithic MILP, and its theory on every run."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from reference.monolithic import solve_monolithic
from reference.random_regions import random_region
from workshare.coordination import Options, Problem, Settings, certify, solve
from workshare.coordination.iterate import iterate
from workshare.coordination.master import mixed
from workshare.errors import OptionError
from workshare.market import spatial_market
from workshare.region.region import Region
from workshare.response import CallablePart, local_participants


def problem_of(region: Region) -> tuple[Problem, Settings]:
    market = spatial_market(region)
    problem = Problem(tuple(local_participants(region)), market)
    nothing = market.evaluate(np.zeros(market.dimensions))
    scale = max(0.01 * abs(nothing.value), 1e-3 * market.money)
    return problem, Settings(rounds=Options(scale=scale))


def compare(seed: int, participants: int, activities: int) -> float:
    """Check the certificate of one region against the independent optimum; return the distance."""
    region = random_region(seed, participants=participants, activities=activities)
    reference = solve_monolithic(region)
    problem, settings = problem_of(region)
    solution = solve(problem, settings)
    certificate = certify(problem, solution, settings)
    room = 1e-7 * max(reference.scale, problem.market.money)
    assert certificate.holds, [line for line in certificate.lines if not line.holds]
    assert certificate.bound <= reference.value + room
    assert certificate.dual_bound <= reference.value + room
    assert certificate.value >= reference.bound - room
    assert certificate.value - reference.value <= certificate.gap_absolute + room
    assert len(solution.mixed) <= problem.dimensions
    # where nothing pays the value is zero, and distance is measured as the gap is
    size = max(abs(reference.value), settings.rounds.scale)
    return abs(certificate.value - reference.value) / size


@pytest.mark.parametrize("seed", range(1000, 1012))
def test_small_regions_reach_the_independent_optimum(seed: int) -> None:
    assert compare(seed, 2 + seed % 2, 2 + seed % 2) <= 1e-6


@pytest.mark.slow
def test_two_hundred_regions_reach_the_independent_optimum() -> None:
    distances = [compare(seed, 2 + seed % 3, 2 + seed // 3 % 3) for seed in range(200)]
    assert np.mean(np.array(distances) <= 1e-6) >= 0.95


@pytest.mark.parametrize("seed", range(3))
def test_bounds_rise_and_few_participants_stay_mixed(seed: int) -> None:
    problem, settings = problem_of(random_region(seed))
    state, interrupted = iterate(problem, "column_generation", settings.rounds)
    assert not interrupted
    bounds = [record.bound for record in state.rounds]
    assert bounds == sorted(bounds)
    masters = [record.master for record in state.rounds]
    assert all(
        later <= earlier + 1e-6 * abs(earlier) for earlier, later in itertools.pairwise(masters)
    )
    copies = problem.participants.multiplicity.astype(float)
    assert len(mixed(state.pool, state.weights, copies)) <= problem.dimensions
    assert bounds[-1] <= masters[-1] + 1e-6 * abs(masters[-1])


def test_a_warm_start_needs_no_more_rounds() -> None:
    problem, settings = problem_of(random_region(5))
    cold = solve(problem, settings)
    warm = solve(problem, settings, prices=cold.row_prices)
    assert len(warm.rounds) <= len(cold.rounds)
    assert warm.selection.value == pytest.approx(cold.selection.value, rel=1e-7)


def test_a_participant_without_proof_takes_the_certificate_away() -> None:
    problem, settings = problem_of(random_region(2))
    first = problem.participants[0]

    def answer(prices: np.ndarray):  # type: ignore[no-untyped-def]
        return [point.plan for point in first.price(prices).points]

    shy = CallablePart(first.id, answer, owner=first.owner)
    mixed_problem = Problem([shy, *problem.participants[1:]], problem.market)
    solution = solve(mixed_problem, settings)
    certificate = certify(mixed_problem, solution, settings)
    assert certificate.status == "bounded"
    assert not solution.exact


def test_an_unknown_method_names_the_known_ones() -> None:
    problem, _ = problem_of(random_region(2))
    with pytest.raises(OptionError, match="column_generation"):
        solve(problem, Settings(method="guess"))
