"""Many participants: certificates by enumeration, multiplicity, groups, warm starts, absences."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pytest
import scipy.sparse as sp
from scipy.optimize import Bounds, LinearConstraint, milp

from workshare.coordination import Options, Problem, Search, Settings, certify, solve
from workshare.coordination.disclosed import solve_whole, whole_model
from workshare.coordination.families import (
    assignment_problem,
    charging,
    facility_location,
    identical_agents,
    specialisation,
)
from workshare.coordination.families.charging import Vehicles
from workshare.coordination.iterate import iterate
from workshare.coordination.sample import scaled_market
from workshare.coordination.warm import restart
from workshare.errors import OptionError
from workshare.response import CallablePart, Grouped, Individuals, Plan, PlanTables

FEW = Options(tolerance=1e-6, near=0.0)


def small(seed: int, copies: int = 1) -> Problem:
    """Return three participants with four plans each, in two dimensions of the family's market."""
    generator = np.random.default_rng(seed)
    market = specialisation(3 * copies, 2, seed).market
    costs = generator.uniform(0.0, 3.0, (3, 4))
    contributions = generator.uniform(-1.0, 3.0, (3, 4, 2))
    costs[:, 0], contributions[:, 0] = 0.0, 0.0
    return Problem(PlanTables(costs, contributions, multiplicity=[copies] * 3), market)


def enumerated(problem: Problem) -> float:
    """Return the least cost over every combination of plans, each market solved by itself."""
    tables = problem.participants
    assert isinstance(tables, PlanTables)
    rows = [who for who in range(3) for _ in range(int(tables.multiplicity[who]))]
    best = np.inf
    for choice in itertools.product(range(4), repeat=len(rows)):
        total = sum(tables.contributions[who, k] for who, k in zip(rows, choice, strict=True))
        cost = sum(tables.costs[who, k] for who, k in zip(rows, choice, strict=True))
        best = min(best, cost + problem.market.evaluate(np.asarray(total)).value)
    return float(best)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("together", [0, 60])
def test_enumeration_confirms_value_and_bound(seed: int, together: int) -> None:
    problem = small(seed)
    best = enumerated(problem)
    exact = solve(problem, Settings(rounds=FEW, together=together))
    certificate = certify(problem, exact, Settings(rounds=FEW))
    assert certificate.holds
    assert certificate.status == "exact"
    assert certificate.value == pytest.approx(best, rel=1e-7)
    assert certificate.dual_bound <= best + 1e-7 * abs(best)


@pytest.mark.parametrize("seed", range(4))
def test_two_copies_are_multiplicity_two(seed: int) -> None:
    merged = small(seed, copies=2)
    tables = merged.participants
    assert isinstance(tables, PlanTables)
    twice = PlanTables(
        np.repeat(tables.costs, 2, axis=0), np.repeat(tables.contributions, 2, axis=0)
    )
    apart = Problem(twice, merged.market)
    settings = Settings(rounds=FEW, together=0, exact=False)
    one, other = solve(merged, settings), solve(apart, settings)
    assert one.bound == pytest.approx(other.bound, rel=1e-6)
    best = enumerated(merged)
    for problem, solution in ((merged, one), (apart, other)):
        certificate = certify(problem, solution, settings)
        assert certificate.holds
        assert len(solution.selection.points) == 6
        assert certificate.bound <= best + 1e-7 * abs(best) <= certificate.value + 2e-7 * abs(best)


def test_careless_choice_among_ties_loses_a_quarter_each() -> None:
    number = 1000
    problem = identical_agents(number, merged=True)
    alike = problem.market.evaluate(np.array([float(number)])).value
    assert alike == pytest.approx(number / 4)
    solution = solve(problem, Settings(rounds=FEW, together=0, exact=False))
    assert solution.selection.value == pytest.approx(0.0, abs=1e-5)
    assert solution.bound == pytest.approx(0.0, abs=1e-5)
    chosen = sum(point.contribution[0] for point in solution.selection.points)
    assert chosen == number / 2


def test_groups_prove_the_same_bound_at_the_same_prices() -> None:
    problem = specialisation(60, 5, 1)
    grouped = Problem(Grouped(problem.participants, 12), problem.market)
    one, _ = iterate(problem, "column_generation", FEW)
    other, _ = iterate(grouped, "column_generation", FEW)
    assert other.bound == pytest.approx(one.bound, rel=1e-5)


def test_a_sample_start_and_groups_give_a_certified_division() -> None:
    problem = specialisation(400, 6, 2)
    settings = Settings(rounds=Options(tolerance=1e-4, near=0.0), many=300, sample=60)
    solution = solve(problem, settings)
    certificate = certify(problem, solution, settings)
    assert certificate.holds
    assert solution.sample_rounds > 0
    assert certificate.gap < 2e-3
    assert len(solution.selection.points) == 400
    assert len(solution.mixed) <= problem.dimensions


def test_a_scaled_market_has_the_same_prices() -> None:
    market = specialisation(50, 4, 0).market
    total = np.linspace(-5.0, 20.0, 4)
    whole, part = market.evaluate(total), scaled_market(market, 0.2).evaluate(0.2 * total)
    assert part.value == pytest.approx(0.2 * whole.value, rel=1e-8)
    assert np.allclose(part.prices, whole.prices, rtol=1e-5)


@pytest.mark.parametrize("seed", range(3))
def test_hard_caps_are_met_and_the_gap_is_proven(seed: int) -> None:
    problem = charging(40, 6, seed, "tight")
    settings = Settings(rounds=FEW, search=Search(neighbourhoods=2), exact=False, together=10)
    certificate = certify(problem, solve(problem, settings), settings)
    assert certificate.holds
    assert certificate.gap < 0.03


def charged_whole(problem: Problem) -> float:
    """Return the least cost of a charging problem as one MILP; infinite if none is feasible."""
    cars = problem.participants
    assert isinstance(cars, Vehicles)
    count, slots = cars.tariff.shape
    one = sp.kron(sp.identity(count), np.ones((1, slots)))
    drawn = sp.kron(cars.rate[None, :], sp.identity(slots))
    answer = milp(
        (cars.rate[:, None] * cars.tariff).ravel(),
        integrality=np.ones(count * slots),
        bounds=Bounds(0, 1),
        constraints=[
            LinearConstraint(one, cars.least, cars.most),
            LinearConstraint(drawn, -np.inf, problem.market.upper[:slots]),
        ],
    )
    return float(answer.fun) if answer.status == 0 else np.inf


@pytest.mark.parametrize(
    ("vehicles", "slots", "seed"), [(20, 5, 0), (20, 5, 3), (12, 4, 2), (10, 3, 5)]
)
@pytest.mark.parametrize("together", [0, 60])
def test_tight_caps_are_met_or_nothing_can_meet_them(
    vehicles: int, slots: int, seed: int, together: int
) -> None:
    problem = charging(vehicles, slots, seed, "tight")
    best = charged_whole(problem)
    settings = Settings(rounds=FEW, exact=False, together=together)
    if np.isinf(best):
        with pytest.raises(OptionError, match="feasible"):
            solve(problem, settings)
        return
    certificate = certify(problem, solve(problem, settings), settings)
    assert certificate.holds
    assert certificate.bound <= best * (1 + 1e-7)
    assert best * (1 - 1e-7) <= certificate.value <= 1.004 * best


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_published_charging_takes_few_rounds_and_meets_all_caps(seed: int) -> None:
    problem = charging(500, 24, seed)
    settings = Settings(rounds=Options(tolerance=1e-4, near=0.0), exact=False)
    solution = solve(problem, settings)
    certificate = certify(problem, solution, settings)
    assert certificate.holds
    assert len(solution.rounds) <= 10
    assert certificate.gap <= 1e-4
    power = -sum(point.contribution for point in solution.selection.points)
    assert np.all(power <= 1500.0 * (1 + 1e-9))
    with pytest.raises(OptionError, match="'published' or 'tight'"):
        charging(5, 4, 0, "other")


@pytest.mark.parametrize("seed", range(2))
def test_more_shared_dimensions_than_participants_is_reported_as_it_is(seed: int) -> None:
    problem = facility_location(4, 16, seed)
    best = solve_whole(whole_model(problem), gap=1e-9, seconds=60)
    settings = Settings(rounds=Options(tolerance=1e-5, near=0.0), exact=False)
    solution = solve(problem, settings)
    certificate = certify(problem, solution, settings)
    assert certificate.holds
    assert certificate.dual_bound <= best.value * (1 + 1e-6)
    assert best.value * (1 - 1e-6) <= certificate.value
    # the certificate never says more than the bound proves, however wide that leaves it
    width = (certificate.value - certificate.dual_bound) / certificate.value
    assert certificate.gap == pytest.approx(width, abs=1e-6)
    assert len(solution.mixed) <= problem.dimensions


@pytest.mark.parametrize("seed", range(2))
def test_scarce_figures_are_proven_by_the_models_in_place_of_menus(seed: int) -> None:
    problem = specialisation(6, 5, seed, "scarce")
    settings = Settings(rounds=Options(tolerance=1e-4, near=0.0))
    solution = solve(problem, settings)
    certificate = certify(problem, solution, settings)
    assert certificate.holds
    assert certificate.status == "exact"
    assert len(solution.rounds) <= 12
    # far from vanishing: the best division is well above the dual bound
    assert certificate.value > 1.02 * certificate.dual_bound


def test_assignment_by_enumeration() -> None:
    generator = np.random.default_rng(3)
    costs, resources = generator.uniform(5, 20, (3, 6)), generator.uniform(3, 9, (3, 6))
    capacities = np.full(3, 16.0)
    problem = assignment_problem(costs, resources, capacities)
    best = np.inf
    for choice in itertools.product(range(3), repeat=6):
        load = np.bincount(choice, resources[choice, range(6)], minlength=3)
        if np.all(load <= capacities):
            best = min(best, costs[choice, range(6)].sum())
    solution = solve(problem, Settings(rounds=FEW))
    assert solution.exact
    assert solution.selection.value == pytest.approx(best, rel=1e-6)


def test_a_changed_demand_needs_fewer_rounds_and_the_same_answer() -> None:
    before = specialisation(100, 12, 4)
    state, _ = iterate(before, "column_generation", Options(tolerance=1e-4, near=0.0))
    market = before.market
    demand = slice(24, 36)
    lower, upper = market.lower.copy(), market.upper.copy()
    lower[demand], upper[demand] = 1.05 * lower[demand], 1.05 * upper[demand]
    after = Problem(before.participants, dataclasses.replace(market, lower=lower, upper=upper))
    options = Options(tolerance=1e-4, near=0.0)
    warm, _ = iterate(after, "column_generation", options, state=restart(after, before, state))
    cold, _ = iterate(after, "column_generation", options)
    assert len(warm.rounds) <= 5
    assert warm.gap(1.0) <= 1e-4
    assert warm.bound == pytest.approx(cold.bound, rel=2e-4)


def test_who_joins_and_who_leaves_is_matched_by_name() -> None:
    tables = small(1).participants
    everyone = list(tables)
    market = small(1).market
    before = Problem(Individuals(everyone[:2]), market)
    state, _ = iterate(before, "column_generation", FEW)
    after = Problem(Individuals([everyone[2], everyone[1]]), market)
    opened = restart(after, before, state)
    assert set(opened.pool.who.tolist()) == {1}
    warm, _ = iterate(after, "column_generation", FEW, state=opened)
    cold, _ = iterate(after, "column_generation", FEW)
    assert warm.bound == pytest.approx(cold.bound, rel=1e-5, abs=1e-7)


def test_a_participant_that_never_answers_is_left_out_and_told() -> None:
    problem = small(0)

    def answer(prices: np.ndarray) -> list[Plan]:
        raise TimeoutError("no answer within 5 s")

    silent = CallablePart("silent", answer, exact=True)
    with_silent = Problem(Individuals([*problem.participants, silent]), problem.market)
    for together in (0, 60):
        solution = solve(with_silent, Settings(rounds=FEW, together=together, exact=False))
        assert solution.bound == -np.inf
        assert any("no answer within 5 s" in text for _, _, text in solution.notes)
        assert np.isfinite(solution.selection.value)
        certificate = certify(with_silent, solution)
        assert certificate.status == "bounded"
        assert certificate.bound == -np.inf
        assert {line.name for line in certificate.lines} == {"value", "feasibility", "mixed"}
        assert certificate.holds


def test_no_feasible_combination_is_said() -> None:
    problem = assignment_problem(np.ones((2, 80)), np.ones((2, 80)), np.full(2, 30.0))
    with pytest.raises(OptionError, match="feasible"):
        solve(problem, Settings(rounds=FEW, exact=False, search=Search(neighbourhoods=2)))


def test_the_order_of_participants_does_not_matter() -> None:
    problem = specialisation(40, 5, 7)
    cost = problem.participants.cost  # type: ignore[attr-defined]
    contribution = problem.participants.contribution[:-1]  # type: ignore[attr-defined]
    turned = Problem(type(problem.participants)(cost[::-1].copy(), contribution), problem.market)  # type: ignore[call-arg]
    one, _ = iterate(problem, "column_generation", FEW)
    other, _ = iterate(turned, "column_generation", FEW)
    assert one.bound == pytest.approx(other.bound, rel=2e-6)
