"""Conditional gradient (Frank-Wolfe) on the convexified problem, with Shapley-Folkman recovery.

Prices are minus the gradient of the shared side at the sum of the present mixture; the answers to
them are the cheapest point of the linearised problem; the mixture moves towards them, as far as a
line search says. The bound at these prices is the conditional gradient's own gap. A shared side
with kinks or hard limits has no gradient: its Moreau envelope around the best prices so far has
one, and comes closer to it from round to round (:mod:`workshare.coordination.smooth`). At the end
the mixture, spread over many points, is trimmed to a corner with the same sum and no higher cost
(Caratheodory), where at most as many participants as there are dimensions stay mixed
(Shapley-Folkman); recovery goes on from there as after any other method.

Frank and Wolfe (1956); Bonnans, Liu, Oudjane, Pfeiffer and Wan (2022), arXiv 2204.02366;
Dubois-Taine and d'Aspremont (2025), Mathematical Programming, arXiv 2406.18282. Rounds grow like
one over the gap: for comparison, and for smooth shared sides of very many participants.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from workshare.arrays import Array
from workshare.coordination.ask import ask, opening
from workshare.coordination.column_generation import postprocess
from workshare.coordination.mixture import (
    best_of_pool,
    between,
    carried,
    complete,
    kept_lowest,
    met,
    mixture,
)
from workshare.coordination.problem import Problem
from workshare.coordination.smooth import is_smooth, smooth
from workshare.coordination.state import Options, State

__all__ = ["init", "postprocess", "step", "terminate"]

terminate = met

FIRST_STEP = 0.003
"""Step of the first envelope; that of round k is k times as long."""


@dataclass(frozen=True, slots=True)
class Moving:
    """The mixture's weights over the pool."""

    weights: Array


def init(problem: Problem, options: Options, prices: Array | None = None) -> State:
    """Return the state after a first round at ``prices``, or at the market with nobody in it."""
    return step(problem, options, opening(problem, prices))


def step(problem: Problem, options: Options, state: State) -> State:
    """Return the next state: ask at the gradient, move towards the answers."""
    before, asked = state, state.next_prices
    state = ask(problem, options, before, asked)
    number = state.rounds[-1].number
    answers = best_of_pool(problem, state.pool, asked[: problem.dimensions])
    weights = before.memory.weights if isinstance(before.memory, Moving) else np.zeros(0)
    weights = complete(problem, state.pool, carried(weights, state.pool, number), answers)
    first = mixture(problem, state.pool, weights)
    latest = mixture(problem, state.pool, answers)
    if is_smooth(problem.market):
        moved = mixture(problem, state.pool, between(problem, first, latest))
        following = moved.market.row_prices
    else:
        length, centre = FIRST_STEP * number, state.row_prices

        def envelope(total: Array) -> float:
            return smooth(problem.market, total, centre, length).value

        moved = mixture(problem, state.pool, between(problem, first, latest, envelope))
        following = smooth(problem.market, moved.total, centre, length).row_prices
    state = kept_lowest(before, state, moved)
    return replace(state, next_prices=following, memory=Moving(moved.weights))
