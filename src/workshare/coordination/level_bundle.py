"""Level bundle: every price is the nearest to the best so far that promises enough.

Each round the model of the dual gives its maximum, an upper bound; the next prices are the
projection of the best prices on the set where the model is worth at least ``level`` of the way from
the bound up to that maximum (Lemarechal, Nemirovskii and Nesterov 1995, "New variants of bundle
methods", Mathematical Programming 69). Nothing is tuned but the level.

``Options(cuts="disaggregated")`` keeps one cut per participant and answer;
``Options(cuts="aggregated")`` one per round, the sum of all answers: the coordinator's problem
stays as small as the number of rounds whatever the number of participants, and rounds grow.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from workshare.arrays import Array
from workshare.coordination.ask import ask, opening
from workshare.coordination.column_generation import postprocess
from workshare.coordination.master import Convexified, Proximity, convexify, convexify_rows
from workshare.coordination.mixture import best_of_pool
from workshare.coordination.pool import Pool
from workshare.coordination.problem import Problem
from workshare.coordination.projection import START_STEP, project
from workshare.coordination.state import Options, State

__all__ = ["init", "postprocess", "step", "terminate"]

CLOSE = 0.1
"""How closely the level is met, as a share of the way from it to the model's maximum."""


@dataclass(frozen=True, slots=True)
class Level:
    """The last step length, whether prices were projected, and each round's answers (aggregated).

    ``cuts`` is rounds x points: the copies that took each point of the pool.
    """

    step: float
    projected: bool
    cuts: sp.csr_matrix


def init(problem: Problem, options: Options, prices: Array | None = None) -> State:
    """Return the state after a first round at ``prices``, or at the market with nobody in it."""
    return step(problem, options, opening(problem, prices))


def step(problem: Problem, options: Options, state: State) -> State:
    """Return the next state: ask, find the model's maximum, project on the level."""
    before = state
    state = ask(problem, options, before, before.next_prices)
    memory = before.memory
    if not isinstance(memory, Level):
        memory = Level(START_STEP, False, sp.csr_matrix((0, 0)))
    cuts = memory.cuts
    if options.cuts == "aggregated":
        answers = best_of_pool(problem, state.pool, before.next_prices[: problem.dimensions])
        cuts = _grown(cuts, state.pool, state.rounds[-1].number, answers)
    solve = _model(problem, options, state.pool, cuts)
    top = solve(None)
    weights = top.weights if options.cuts == "disaggregated" else cuts.T @ top.weights
    state = replace(
        state,
        master=top.value,
        weights=weights,
        market_levels=top.market_levels,
        next_prices=top.row_prices,
        rounds=(*state.rounds[:-1], replace(state.rounds[-1], master=top.value)),
        stalled=state.stalled and not memory.projected,
        memory=Level(memory.step, False, cuts),
    )
    taught = state.rounds[-1].new_points > 0 or not memory.projected
    if not taught or terminate(options, state) or not np.isfinite(state.bound):
        return state  # projected prices that taught nothing: the model's own come next
    level = state.bound + options.level * (top.value - state.bound)
    found = project(solve, state.row_prices, level, top, memory.step, CLOSE)
    return replace(state, next_prices=found.row_prices, memory=Level(found.step, True, cuts))


def terminate(options: Options, state: State) -> bool:
    """Return whether the bound has met the model's maximum, or nothing new is being learnt."""
    close = state.gap(options.scale) <= options.tolerance
    stalled = state.stalled and options.cuts == "disaggregated"
    return close or stalled or len(state.rounds) >= options.max_rounds


def _grown(cuts: sp.csr_matrix, pool: Pool, number: int, answers: Array) -> sp.csr_matrix:
    """Return the rounds' answers over the pool as it is now, with this round's."""
    old = np.flatnonzero(pool.born != number)
    if cuts.shape[0] == 0 or old.size != cuts.shape[1]:
        return sp.csr_matrix(answers)
    entries = cuts.tocoo()
    known = sp.csr_matrix(
        (entries.data, (entries.row, old[entries.col])), shape=(cuts.shape[0], pool.size)
    )
    return sp.vstack([known, sp.csr_matrix(answers)], format="csr")


def _model(
    problem: Problem, options: Options, pool: Pool, cuts: sp.csr_matrix
) -> Callable[[Proximity | None], Convexified]:
    """Return what solves the model of the dual, with a pull or without."""
    if options.cuts == "disaggregated":
        return lambda near: convexify(problem, pool, near)
    contribution = cuts @ pool.contribution
    number = np.arange(cuts.shape[0])
    sums = Pool(np.zeros_like(number), number, cuts @ pool.cost, contribution, number)
    ones = sp.csr_matrix(np.ones((1, number.size)))
    one = np.ones(1)
    return lambda near: convexify_rows(problem.market.form, sums, ones, one, near)
