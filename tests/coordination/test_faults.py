"""The bank of what goes wrong, against every method: the run ends, says so, and claims no more."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from coordination.bank import CASES, MARKET, Case, Odd, careless, late, plain, table
from workshare.coordination import METHODS, Options, Problem, Settings, certify, restart, solve
from workshare.coordination.families import assignment_problem, specialisation
from workshare.coordination.iterate import iterate
from workshare.coordination.state import State
from workshare.errors import OptionError
from workshare.market import capacity
from workshare.response import Individuals, PlanTables

SHORT = Options(tolerance=1e-5, near=0.0, max_rounds=7)


def best_of(problem: Problem) -> float:
    """Return the least cost over every combination of the sound participants' plans."""
    sound = [part for part in problem.participants if hasattr(part, "plans")]
    best = np.inf
    for plans in itertools.product(*(part.plans for part in sound)):  # type: ignore[attr-defined]
        total = sum((plan.contribution for plan in plans), np.zeros(2))
        cost = sum(plan.cost for plan in plans)
        best = min(best, cost + problem.market.evaluate(total).value)
    return float(best)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_the_run_ends_and_says_what_happened(case: Case, method: str) -> None:
    problem = case.problem()
    state, interrupted = iterate(problem, method, SHORT)
    assert not interrupted
    told = " ".join(text for _, _, text in state.notes)
    assert case.note in told
    assert bool(told) == bool(case.note)
    assert np.isfinite(state.bound) == case.bounded
    assert state.bound <= best_of(problem) + 1e-7
    for record in state.rounds:
        assert record.messages <= 2 * len(problem.participants)
        assert record.bytes >= 0


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_division_comes_out_with_no_more_than_is_proven(case: Case) -> None:
    problem = case.problem()
    solution = solve(problem, Settings(rounds=SHORT))
    assert solution.selection.value == pytest.approx(best_of(problem), rel=1e-6, abs=1e-6)
    if not case.bounded:
        assert solution.bound == -np.inf
        assert not solution.exact
    if case.name in ("unproven", "heuristic callable"):
        assert not solution.proven
        assert certify(problem, solution).status == "bounded"


@pytest.mark.parametrize("method", METHODS)
def test_an_inexact_oracle_widens_the_gap_by_what_it_left_open(method: str) -> None:
    exact, loose = (case for case in CASES if case.name in ("in order", "inexact"))
    one, _ = iterate(exact.problem(), method, SHORT)
    other, _ = iterate(loose.problem(), method, SHORT)
    assert other.bound == pytest.approx(one.bound - 0.1, abs=1e-7)
    assert other.proven


@pytest.mark.parametrize("method", METHODS)
def test_what_no_combination_can_do_is_said(method: str) -> None:
    problem = assignment_problem(np.ones((2, 80)), np.ones((2, 80)), np.full(2, 30.0))
    with pytest.raises(OptionError, match="feasible"):
        solve(problem, Settings(method=method, rounds=replace(SHORT, max_rounds=4), exact=False))
    few = Problem(
        PlanTables(np.zeros((2, 2)), np.array([[-3.0], [-4.0]])), capacity(1.0, 9.0, largest=9.0)
    )
    with pytest.raises(OptionError, match="feasible"):
        solve(few, Settings(method=method, rounds=SHORT))


def test_a_market_without_an_end_claims_no_bound() -> None:
    endless = replace(MARKET, upper=np.where(MARKET.cost < 0, np.inf, MARKET.upper))
    problem = Problem(table(), endless)
    prices = np.full(2, -1.0)
    assert endless.support(prices) == -np.inf
    state, _ = iterate(problem, "column_generation", SHORT, prices=prices)
    assert state.bound <= best_of(Problem(table(), MARKET)) + 1e-7


def test_arrays_that_do_not_fit_are_an_error_that_names_them() -> None:
    problem = careless(lambda replies: replace(replies, bound=replies.bound[:1]))()
    with pytest.raises(OptionError, match=r"bound has shape \(1,\); must be \(3,\)"):
        iterate(problem, "column_generation", SHORT)


def test_every_fault_of_the_options_at_once() -> None:
    with pytest.raises(OptionError, match=r"(?s)3 faults.*max_rounds.*level.*stabilise"):
        Options(max_rounds=0, level=1.5, stabilise="perhaps")


@pytest.mark.parametrize("method", METHODS)
def test_who_joins_and_leaves_in_mid_run(method: str) -> None:
    everyone = list(table(11))
    options = Options(tolerance=1e-5, near=0.0, max_rounds=14)
    first = Problem(Individuals(everyone[:2]), MARKET)
    joined = Problem(Individuals(everyone), MARKET)
    left = Problem(Individuals(everyone[1:]), MARKET)

    def turn(state: State) -> Problem:
        return first if len(state.rounds) < 3 else joined if len(state.rounds) < 5 else left

    state, _ = iterate(first, method, replace(options, tolerance=0.0), turn=turn)
    assert [record.number for record in state.rounds] == list(range(1, len(state.rounds) + 1))
    assert state.bound <= best_of(left) + 1e-7
    assert {int(k) for k in state.pool.who} <= {0, 1}
    cold, _ = iterate(left, "column_generation", options)
    if len(state.rounds) >= 6 and method in ("column_generation", "in_out", "level_bundle"):
        assert state.bound == pytest.approx(cold.bound, rel=1e-4, abs=1e-4)


@pytest.mark.parametrize("method", METHODS)
def test_a_warm_start_goes_on_with_every_method(method: str) -> None:
    before = specialisation(30, 4, 2)
    state, _ = iterate(before, "column_generation", SHORT)
    market = before.market
    demand = slice(8, 12)
    lower, upper = market.lower.copy(), market.upper.copy()
    lower[demand], upper[demand] = 1.05 * lower[demand], 1.05 * upper[demand]
    after = Problem(before.participants, replace(market, lower=lower, upper=upper))
    options = Options(tolerance=1e-4, near=0.0, max_rounds=10)
    warm, _ = iterate(after, method, options, state=restart(after, before, state))
    cold, _ = iterate(after, "column_generation", SHORT)
    assert warm.bound <= cold.master * (1 + 1e-9)
    assert warm.bound >= cold.bound * (1 - 0.02)
    if method in ("column_generation", "in_out", "level_bundle", "proximal_bundle"):
        assert warm.gap(1.0) <= 1e-4


def test_several_plans_in_one_answer_all_count() -> None:
    problem = Problem(table(5), MARKET)
    one, _ = iterate(problem, "column_generation", SHORT)
    several, _ = iterate(problem, "column_generation", replace(SHORT, near=2.0, scale=3.0))
    assert several.rounds[0].new_points > one.rounds[0].new_points == 3
    assert len(several.rounds) <= len(one.rounds)
    assert several.bound == pytest.approx(one.bound, rel=1e-4, abs=1e-4)


def test_rounds_messages_and_bytes_are_counted() -> None:
    problem = Problem(Individuals([*table(), Odd(plain, late)]), MARKET)  # type: ignore[list-item]
    state, _ = iterate(problem, "column_generation", SHORT)
    first, second = state.rounds[:2]
    assert (first.messages, second.messages) == (8, 7)
    assert (first.unanswered, second.unanswered) == (0, 1)
    # prices out to four, a bound each, and a cost, a key and two figures for each of four plans
    assert first.bytes == 8 * (4 * 2 + 4 + 4 * (2 + 2))
