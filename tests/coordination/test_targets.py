"""What the engine promises of every family: rounds, the identity of the gap, few who are mixed."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from workshare.coordination import Options, Problem, Settings, certify, restart, solve
from workshare.coordination.families import (
    charging,
    facility_location,
    identical_agents,
    read_generalised_assignment,
    specialisation,
)
from workshare.coordination.iterate import iterate
from workshare.coordination.neighbourhood import Search

OPTIONS = Options(tolerance=1e-4, near=0.0)
ASSIGNMENT = Path(__file__).parents[3] / "shared" / "data" / "generalised_assignment"
FILES = sorted(ASSIGNMENT.glob("[cde]*"))[:3]


def rounds_of(problem: Problem) -> int:
    """Return the rounds of the default method to a gap of 1e-4, which must be reached."""
    state, _ = iterate(problem, "column_generation", OPTIONS)
    assert state.gap(1.0) <= 1e-4
    return len(state.rounds)


@pytest.mark.parametrize("figures", ["mild", "scarce"])
@pytest.mark.parametrize(("count", "dimensions"), [(5, 30), (5, 60), (10, 60), (30, 12), (30, 60)])
def test_few_participants_take_at_most_25_rounds(count: int, dimensions: int, figures: str) -> None:
    seeds = range(3)
    taken = [rounds_of(specialisation(count, dimensions, seed, figures)) for seed in seeds]
    assert max(taken) <= 25


@pytest.mark.parametrize("figures", ["mild", "scarce"])
@pytest.mark.parametrize(("count", "dimensions"), [(100, 12), (100, 30), (200, 30)])
def test_many_participants_take_at_most_12_rounds(
    count: int, dimensions: int, figures: str
) -> None:
    taken = [rounds_of(specialisation(count, dimensions, seed, figures)) for seed in (0, 1)]
    assert max(taken) <= 12


@pytest.mark.slow
@pytest.mark.parametrize("figures", ["mild", "scarce"])
@pytest.mark.parametrize("count", [1000, 3000])
def test_a_thousand_and_more_take_at_most_12_rounds(count: int, figures: str) -> None:
    assert rounds_of(specialisation(count, 30, 0, figures)) <= 12


@pytest.mark.parametrize(("count", "dimensions"), [(10, 12), (100, 12), (30, 60), (100, 30)])
def test_a_change_of_demand_takes_at_most_5_rounds(count: int, dimensions: int) -> None:
    before = specialisation(count, dimensions, 2)
    state, _ = iterate(before, "column_generation", OPTIONS)
    market = before.market
    demand = slice(2 * dimensions, 3 * dimensions)
    lower, upper = market.lower.copy(), market.upper.copy()
    lower[demand], upper[demand] = 1.05 * lower[demand], 1.05 * upper[demand]
    assert np.all(lower[demand] > 0)
    after = Problem(before.participants, dataclasses.replace(market, lower=lower, upper=upper))
    warm, _ = iterate(after, "column_generation", OPTIONS, state=restart(after, before, state))
    assert warm.gap(1.0) <= 1e-4
    assert len(warm.rounds) <= 5


def promised(problem: Problem) -> None:
    """Check the identity of the gap to 1e-9 and the number mixed at the vertex."""
    search = Search(neighbourhoods=1)
    settings = Settings(rounds=OPTIONS, exact=False, together=30, search=search)
    solution = solve(problem, settings)
    certificate = certify(problem, solution, settings)
    lines = {line.name: line for line in certificate.lines}
    assert lines["bregman_identity"].value <= 1e-9
    assert lines["mixed"].value == 0
    assert len(solution.mixed) <= problem.dimensions
    assert certificate.holds


@pytest.mark.parametrize(
    "problem",
    [
        specialisation(8, 12, 0),
        specialisation(8, 12, 0, "scarce"),
        specialisation(150, 5, 1),
        charging(40, 6, 0),
        charging(40, 6, 0, "tight"),
        identical_agents(12),
        facility_location(4, 10, 0),
    ],
    ids=["mild", "scarce", "many", "published caps", "tight caps", "identical", "facilities"],
)
def test_the_gap_is_accounted_for_and_few_are_mixed(problem: Problem) -> None:
    promised(problem)


@pytest.mark.slow
@pytest.mark.skipif(not FILES, reason="the shared assignment files are not here")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_gap_of_published_assignments_is_accounted_for(path: Path) -> None:
    promised(read_generalised_assignment(path))
