"""In-out column generation: prices between the best so far and the master's (Ben-Ameur, Neto 2007).

The master's prices ("out") swing; the best ones so far ("in") are safe but teach nothing. Prices
part of the way from one to the other give deeper cuts. After a round that taught nothing new, the
master's own prices are asked, so that the method cannot stop short. Ben-Ameur, W., and Neto, J.
(2007), "Acceleration of cutting-plane and column generation algorithms", Networks 49(1).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from workshare.arrays import Array
from workshare.coordination.ask import ask, opening
from workshare.coordination.column_generation import postprocess, terminate
from workshare.coordination.master import convexify
from workshare.coordination.problem import Problem
from workshare.coordination.state import Options, State

__all__ = ["init", "postprocess", "step", "terminate"]

OUT = 0.5
"""How far from the best prices (0) to the master's (1) the next prices are."""


def init(problem: Problem, options: Options, prices: Array | None = None) -> State:
    """Return the state after a first round at ``prices``, or at the market with nobody in it."""
    state = opening(problem, prices)
    return _learn(problem, options, state, between=False)


def step(problem: Problem, options: Options, state: State) -> State:
    """Return the next state."""
    return _learn(problem, options, state, between=bool(state.memory))


def _learn(problem: Problem, options: Options, before: State, *, between: bool) -> State:
    """Ask at the next prices; ``between`` says that they are not the master's own."""
    state = ask(problem, options, before, before.next_prices)
    solved = convexify(problem, state.pool)
    taught = state.rounds[-1].new_points > 0
    mix = np.isfinite(state.bound) and (taught or not between)
    prices = solved.row_prices
    if mix:
        prices = state.row_prices + OUT * (solved.row_prices - state.row_prices)
    last = replace(state.rounds[-1], master=solved.value)
    return replace(
        state,
        master=solved.value,
        weights=solved.weights,
        market_levels=solved.market_levels,
        next_prices=prices,
        rounds=(*state.rounds[:-1], last),
        stalled=state.stalled and not between,
        memory=mix,
    )
