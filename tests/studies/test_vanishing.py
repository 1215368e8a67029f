"""The vanishing study: true gaps by enumeration and by the engine, slopes, bounds, ties."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from workshare.coordination import Options, Settings, certify, nonconvexity, solve
from workshare.coordination.families import specialisation
from workshare.coordination.iterate import iterate
from workshare.errors import OptionError
from workshare.response import PlanTables
from workshare.results import Status, json_text
from workshare.studies.vanishing import (
    NUMBERS,
    Vanishing,
    VanishingSettings,
    agents_problem,
    draw,
    fit,
    known_gap,
    specialisation_bound,
    tied,
    true_gap,
    vanishing,
)

FAMILIES = ["steps", "smooth"]
SMALL = VanishingSettings(largest=100, draws=10, goods=4)


@pytest.fixture(scope="module")
def study() -> Vanishing:
    return vanishing(SMALL)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("number", [1, 2, 3, 5])
@pytest.mark.parametrize("seed", range(4))
def test_the_true_gap_is_that_of_enumeration(family: str, number: int, seed: int) -> None:
    agents = draw(2, np.random.default_rng(seed))
    problem = agents_problem(family, agents, number)
    tables = problem.participants
    assert isinstance(tables, PlanTables)
    best = min(
        sum(tables.costs[0, k] for k in plans)
        + problem.market.evaluate(np.sum([tables.contributions[k] for k in plans], axis=0)).value
        for plans in itertools.combinations_with_replacement(range(3), number)
    )
    value, _ = true_gap(family, agents, number)
    assert value == pytest.approx(best, rel=1e-7)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("number", [4, 20])
def test_the_engine_proves_the_same_dual_optimum_and_finds_the_value(
    family: str, number: int
) -> None:
    agents = draw(3, np.random.default_rng(7))
    problem = agents_problem(family, agents, number)
    settings = Settings(rounds=Options(tolerance=1e-9, near=0.0), exact=False)
    certificate = certify(problem, solve(problem, settings), settings)
    value, gap = true_gap(family, agents, number)
    assert certificate.holds
    assert certificate.dual_bound == pytest.approx(value - gap, rel=1e-6)
    # never better than the best, and at these sizes the same
    assert certificate.value == pytest.approx(value, rel=1e-6)
    assert gap <= nonconvexity(problem).bound + 1e-9


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("method", ["column_generation", "level_bundle", "proximal_bundle"])
def test_prices_stay_exact_where_one_participant_stands_for_thousands(
    family: str, method: str
) -> None:
    for number in (4_000, 40_000):
        agents = draw(2, np.random.default_rng(1))
        value, gap = true_gap(family, agents, number)
        options = Options(tolerance=1e-6, near=0.0)
        state, _ = iterate(agents_problem(family, agents, number), method, options)
        assert state.bound <= (value - gap) * (1 + 1e-9)
        assert state.bound == pytest.approx(value - gap, rel=2e-6)
        assert state.master == pytest.approx(value - gap, rel=2e-6)


def test_thousands_of_copies_are_recovered_to_the_known_best() -> None:
    agents = draw(2, np.random.default_rng(0))
    problem = agents_problem("smooth", agents, 4_000)
    settings = Settings(rounds=Options(tolerance=1e-7, near=0.0), exact=False)
    certificate = certify(problem, solve(problem, settings), settings)
    value, gap = true_gap("smooth", agents, 4_000)
    assert certificate.holds
    assert certificate.bound <= value - gap + 1e-9 * value
    assert value * (1 - 1e-9) <= certificate.value <= value * (1 + 1e-6)


@pytest.mark.parametrize(("family", "expected"), [("steps", -1.0), ("smooth", -2.0)], ids=FAMILIES)
def test_slopes_of_the_true_gap_to_a_hundred_thousand(family: str, expected: float) -> None:
    settings = VanishingSettings(draws=40)
    rows = [known_gap(family, number, settings) for number in NUMBERS if number >= 10]
    assert rows[-1].number == 100_000
    slope, error = fit([row.number for row in rows], [row.relative for row in rows])
    assert slope == pytest.approx(expected, abs=0.04)
    assert error < 0.02
    # the absolute gap is bounded; the smooth one falls
    gaps = np.array([row.gap for row in rows])
    assert np.all(gaps < 2.0 * gaps[0])
    bounds = np.array([row.bound for row in rows])
    assert fit([row.number for row in rows], bounds.tolist())[0] == pytest.approx(
        expected + 1.0, abs=0.06
    )
    assert all(0.0 < row.largest <= 1.0 for row in rows)


def test_no_gap_lies_above_its_bound(study: Vanishing) -> None:
    assert {row.family for row in study.known} == set(FAMILIES)
    for row in study.known:
        assert 0.0 <= row.gap <= row.bound
        assert row.largest <= 1.0 + 1e-9
    for run in study.measured:
        assert -1e-9 * abs(run.value) <= run.gap <= run.bound + run.rounds_left
    assert any(run.exact for run in study.measured)
    assert any(not run.exact for run in study.measured)


def test_few_are_mixed_and_rounds_do_not_grow(study: Vanishing) -> None:
    assert [run.number for run in study.measured] == [2, 5, 10, 20, 50, 100]
    assert all(run.mixed <= run.dimensions == SMALL.goods for run in study.measured)
    assert max(run.rounds for run in study.measured) <= 12
    assert study.measured[-1].relative < 0.1 * study.measured[0].relative


@pytest.mark.slow
def test_different_participants_fall_at_least_as_fast_as_theory() -> None:
    found = vanishing(VanishingSettings(largest=1000, draws=3))
    [slope] = [item for item in found.slopes if item.family == "specialisation"]
    assert slope.slope + 2.0 * slope.error < -0.9
    assert slope.first > 12


@pytest.mark.parametrize("number", [2, 9, 10, 99])
def test_careless_choice_among_ties_loses_a_quarter_each(number: int) -> None:
    row = tied(number)
    assert row.alike == pytest.approx(number / 4.0, rel=1e-6)
    assert row.best == pytest.approx(0.0 if number % 2 == 0 else 0.25 / number)
    assert row.found == pytest.approx(row.best, abs=1e-6)


def test_the_bound_of_the_family_is_that_of_its_listed_plans() -> None:
    problem = specialisation(5, 3, 2)
    assert specialisation_bound(problem) == pytest.approx(nonconvexity(problem).by_chance)


def test_the_same_seed_gives_the_same_study_for_any_number_of_workers() -> None:
    few = VanishingSettings(largest=20, draws=3, goods=2)
    text = json_text({**_plain(vanishing(few))})
    two = vanishing(VanishingSettings(largest=20, draws=3, goods=2, workers=2))
    assert json_text(_plain(two)) == text


def _plain(result: Vanishing) -> dict[str, object]:
    return {
        "known": result.known,
        "measured": result.measured,
        "ties": result.ties,
        "slopes": result.slopes,
    }


def test_ctrl_c_keeps_the_numbers_that_are_done() -> None:
    def stop(stage: str, done: float, text: str) -> None:
        raise KeyboardInterrupt

    result = vanishing(VanishingSettings(largest=50, draws=3, goods=2), stop)
    assert result.status is Status.INTERRUPTED
    assert len(result.measured) == 0 or len(result.measured) < 5
    assert len(result.known) == 10


def test_settings_outside_what_is_allowed_are_told_together() -> None:
    with pytest.raises(OptionError, match=r"largest is 3.*draws is 0.*workers is 0"):
        vanishing(VanishingSettings(largest=3, draws=0, workers=0))
