"""Proximal bundle: prices maximise the model of the dual less a pull towards the best so far.

A *serious* round (the bound rises by a tenth or more of what the model promised) moves the centre
and lengthens the step; a *null* round keeps the centre, adds its points to the model and shortens
the step. Kiwiel (1990), "Proximity control in bundle methods for convex nondifferentiable
minimization", Mathematical Programming 46; disaggregated: one cut per participant and answer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from workshare.arrays import Array
from workshare.coordination.ask import ask, opening
from workshare.coordination.column_generation import postprocess, terminate
from workshare.coordination.master import Proximity, convexify
from workshare.coordination.problem import Problem
from workshare.coordination.state import Options, State

__all__ = ["init", "postprocess", "step", "terminate"]

SERIOUS = 0.1
FIRST_STEP = 1e-2
LONGEST = 1e9


@dataclass(frozen=True, slots=True)
class Centre:
    """The step length, and what the model promised the bound would be at the next prices."""

    step: float
    promised: float


def init(problem: Problem, options: Options, prices: Array | None = None) -> State:
    """Return the state after a first round at ``prices``, or at the market with nobody in it."""
    state = opening(problem, prices)
    return _learn(problem, options, state)


def step(problem: Problem, options: Options, state: State) -> State:
    """Return the next state."""
    return _learn(problem, options, state)


def _learn(problem: Problem, options: Options, before: State) -> State:
    if not isinstance(before.memory, Centre):
        before = replace(before, memory=Centre(FIRST_STEP, np.inf))  # after a change, begin again
    state = ask(problem, options, before, before.next_prices)
    solved = convexify(problem, state.pool)
    length = _length(before, state)
    near = convexify(problem, state.pool, Proximity(state.row_prices, length))
    last = replace(state.rounds[-1], master=solved.value)
    # with nothing new to learn at these prices, only a longer step can help
    longest = length >= LONGEST
    return replace(
        state,
        master=solved.value,
        weights=solved.weights,
        market_levels=solved.market_levels,
        next_prices=solved.row_prices if longest else near.row_prices,
        rounds=(*state.rounds[:-1], last),
        stalled=state.stalled and before.memory.step >= LONGEST,
        memory=Centre(length, near.value),
    )


def _length(before: State, state: State) -> float:
    """Return the next step length: longer after a serious round, shorter after a null one."""
    centre: Centre = before.memory
    if not np.isfinite(before.bound):
        return centre.step
    if state.rounds[-1].new_points == 0:
        return min(LONGEST, 100.0 * centre.step)
    rise, promised = state.bound - before.bound, centre.promised - before.bound
    serious = rise >= SERIOUS * max(promised, 0.0)
    return min(LONGEST, centre.step * (4.0 if serious else 0.5))
