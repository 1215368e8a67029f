"""Disaggregated column generation with centred prices, stabilised by level projection: the default.

Each round the coordinator solves the convexified problem over the points answered so far
(:mod:`workshare.coordination.master`) and broadcasts its prices. While prices from the middle of
the optimal set raise the bound, nothing else is needed. Where participants are few against prices
they swing; then the next prices are the nearest to the best ones so far at which the model of the
dual promises at least ``level`` of the way from the bound to the convexified value (Lemarechal,
Nemirovskii and Nesterov 1995, "New variants of bundle methods"; here disaggregated).

The four functions every method has: :func:`init`, :func:`step`, :func:`terminate`,
:func:`postprocess`; the loop belongs to :mod:`workshare.coordination.iterate`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from workshare.arrays import Array
from workshare.coordination.ask import ask, opening
from workshare.coordination.master import Convexified, convexify, vertex
from workshare.coordination.problem import Problem
from workshare.coordination.projection import START_STEP, project
from workshare.coordination.state import Options, State

RISE = 0.1
PATIENCE = 2
"""When so many rounds together close less than this share of the gap, a projected one follows."""


@dataclass(frozen=True, slots=True)
class Projection:
    """The last step length of the projection, and whether the next prices are projected ones.

    ``always``: rounds started at given prices, and participants are no more than prices. Those are
    better than what a master that knows a few points each can say, in all rounds to come: on unit
    commitment (73 participants, 96 prices) 17, 24, 23 and 25 rounds in place of 20, 35, 26 and 25.
    """

    step: float = START_STEP
    used: bool = False
    always: bool = False


def init(problem: Problem, options: Options, prices: Array | None = None) -> State:
    """Return the state after a first round at ``prices``, or at the market with nobody in it."""
    few = problem.participants.copies <= problem.dimensions
    state = replace(opening(problem, prices), memory=Projection(always=few and prices is not None))
    return _learn(problem, options, state, state.next_prices, warm=prices is not None)


def step(problem: Problem, options: Options, state: State) -> State:
    """Return the next state: broadcast the next prices, collect answers, solve the master."""
    return _learn(problem, options, state, state.next_prices)


def terminate(options: Options, state: State) -> bool:
    """Return whether the bound has met the convexified value, or nothing new is being learnt."""
    close = state.gap(options.scale) <= options.tolerance
    return close or state.stalled or len(state.rounds) >= options.max_rounds


def postprocess(problem: Problem, state: State) -> State:
    """Return the state with the convexified point at a vertex: few participants stay mixed."""
    return replace(state, weights=vertex(problem, state.pool, state.weights))


def _learn(
    problem: Problem, options: Options, state: State, row_prices: Array, *, warm: bool = False
) -> State:
    before = state
    state = ask(problem, options, state, row_prices)
    was_projected = before.memory is not None and before.memory.used
    solved = convexify(problem, state.pool)
    last = replace(state.rounds[-1], master=solved.value)
    state = replace(
        state,
        master=solved.value,
        weights=solved.weights,
        market_levels=solved.market_levels,
        next_prices=solved.row_prices,
        rounds=(*state.rounds[:-1], last),
        # no new point at projected prices says nothing: the master's own prices come next
        stalled=state.stalled and not was_projected,
        memory=replace(before.memory, used=False) if before.memory is not None else None,
    )
    if was_projected and state.rounds[-1].new_points == 0:
        return state
    if not _needs_projection(options, state, warm):
        return state
    if terminate(options, replace(state, stalled=False)):
        return state
    return _projected(problem, options, state, solved)


def _needs_projection(options: Options, state: State, warm: bool) -> bool:
    """Return whether the next prices should be held near the best ones.

    Centred prices that raise the bound need no help (projection would only slow them down: 16
    rounds in place of 5 on the embedded lithium case); those that do not are swinging.
    """
    if options.stabilise == "never" or not np.isfinite(state.bound):
        return False
    if options.stabilise == "always" or (state.memory is not None and state.memory.always):
        return True
    if warm:
        return True  # prices given are better than those of a master that knows one point each
    if len(state.rounds) <= PATIENCE:
        return False
    earlier = state.rounds[-1 - PATIENCE].bound
    gap = state.master - earlier
    return bool(np.isfinite(gap) and state.bound - earlier < RISE * gap)


def _projected(problem: Problem, options: Options, state: State, solved: Convexified) -> State:
    """Return the state with its next prices on the level: the nearest that promise enough."""
    level = state.bound + options.level * (solved.value - state.bound)
    memory = state.memory or Projection()
    found = project(
        lambda near: convexify(problem, state.pool, near),
        state.row_prices,
        level,
        solved,
        memory.step,
    )
    memory = replace(memory, step=found.step, used=True)
    return replace(state, next_prices=found.row_prices, memory=memory, stalled=False)
