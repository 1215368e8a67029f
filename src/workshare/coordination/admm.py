"""Alternating direction method of multipliers: a heuristic that holds one real plan of everybody.

The *sharing* form (Boyd, Parikh, Chu, Peleato and Eckstein 2011, "Distributed optimization and
statistical learning via the alternating direction method of multipliers", section 7.3). In turn:
participants, one after another, take the plan that is cheapest at the prices with a quadratic
penalty for the distance of the sum from what the shared side called for; the shared side answers to
the sum with the same penalty; prices move by what is left between the two, times the penalty, which
rises from round to round (Wuijts, van den Akker and van den Broek 2023, arXiv 2311.13438).

Plainly: participants are only asked for plans at prices, which is all that they can answer; the
penalised choice is made by the coordinator *among the plans seen so far*. Whole plans make the
problem nonconvex, so nothing is proven by the method itself: its bound is the dual's value at the
prices it asked, and the cost beside it is that of the best real division met (identical copies move
together). The gap between the two is a real one and need not close. It ends when plans and prices
stop moving.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from workshare.arrays import Array
from workshare.coordination.ask import ask, opening
from workshare.coordination.mixture import (
    best_of_pool,
    carried,
    complete,
    kept_lowest,
    met,
    mixture,
)
from workshare.coordination.pool import Pool
from workshare.coordination.problem import Problem
from workshare.coordination.smooth import smooth
from workshare.coordination.state import Options, State

__all__ = ["init", "postprocess", "step", "terminate"]

terminate = met

FIRST_PENALTY = 0.002
RISING = 1.05
PATIENCE = 20
"""Rounds in a row that show no new plan and no cheaper division: then it has settled."""


@dataclass(frozen=True, slots=True)
class Held:
    """Where the method stands.

    Attributes
    ----------
    weights : the division held, over the pool.
    aim : the sum that the shared side called for.
    penalty : what a typical deviation costs, as a share of the market's money.
    idle : rounds in a row that taught nothing.
    """

    weights: Array
    aim: Array
    penalty: float = FIRST_PENALTY
    idle: int = 0


def init(problem: Problem, options: Options, prices: Array | None = None) -> State:
    """Return the state after a first round at ``prices``, or at the market with nobody in it."""
    return step(problem, options, opening(problem, prices))


def step(problem: Problem, options: Options, state: State) -> State:
    """Return the next state: ask, choose with the penalty, let shared side and prices follow."""
    before, asked, count = state, state.next_prices, problem.dimensions
    state = ask(problem, options, before, asked)
    answers = best_of_pool(problem, state.pool, asked[:count])
    memory = before.memory
    if isinstance(memory, Held):
        weights = carried(memory.weights, state.pool, state.rounds[-1].number)
        weights = complete(problem, state.pool, weights, answers)
        chosen = _penalised(problem, state.pool, weights, asked[:count], memory)
    else:
        memory, chosen = Held(answers, np.zeros(0)), answers
    point = mixture(problem, state.pool, chosen)
    taught = state.rounds[-1].new_points > 0 or point.value < before.master
    state = kept_lowest(before, state, point)
    following = smooth(problem.market, point.total, asked, memory.penalty).row_prices
    bend = memory.penalty * problem.market.form.money / problem.market.scale**2
    aim = point.total + (following[:count] - asked[:count]) / bend
    idle = 0 if taught else memory.idle + 1
    return replace(
        state,
        next_prices=following,
        stalled=idle >= PATIENCE,
        memory=Held(chosen, aim, RISING * memory.penalty, idle),
    )


def postprocess(problem: Problem, state: State) -> State:
    """Return the state as it is: everybody holds one plan already."""
    return state


def _penalised(problem: Problem, pool: Pool, weights: Array, prices: Array, memory: Held) -> Array:
    """Return all copies on plans seen, each in turn the cheapest with the penalty on the sum.

    ``1/2 |total + (own - held) - aim|**2`` with ``aim`` the sum the shared side last called for.
    """
    bend = memory.penalty * problem.market.form.money / problem.market.scale**2
    if pool.size == 0:
        return weights
    values = pool.reduced(prices)
    copies = problem.participants.multiplicity
    first = np.flatnonzero(np.concatenate([[True], np.diff(pool.who) > 0]))
    last = np.append(first[1:], pool.size)
    total = np.asarray(pool.contribution.T @ weights).ravel()
    off = total - memory.aim if memory.aim.size else np.zeros(total.size)
    chosen = np.zeros(pool.size)
    for start, end in zip(first.tolist(), last.tolist(), strict=True):
        number = float(copies[pool.who[start]])
        own = pool.contribution[start:end]
        own = number * (own.toarray() if sp.issparse(own) else own)
        without = off - own[int(np.argmax(weights[start:end]))]
        penalty = 0.5 * ((without + own) ** 2 @ bend)
        best = int(np.argmin(number * values[start:end] + penalty))
        chosen[start + best] = number
        off = without + own[best]
    return chosen
