"""Subgradient with an estimated Polyak step: no convexified problem is ever solved.

The answers of a round give a slope of the dual at the prices asked. The next prices go along it by
Polyak's step (Polyak 1969), ``(target - dual value) / length**2``. The best value is not known: its
estimate, the *target*, lies between the best bound and the lowest convexified cost; it moves away
from the bound after a round that raised it, and half way towards it after :data:`PATIENCE` that did
not, when the search also returns to the best prices. Three things make it usable:

* prices are scaled to one money and one quantity (:func:`price_scale`), or the dimension with the
  largest unit takes the whole step;
* they stay in the box of the shared side's slopes (:func:`price_box`): outside it slopes are larger
  by orders of magnitude and steps shrink to nothing;
* the slope followed is smoothed over rounds, and the answers are averaged with weights that a line
  search finds, as in the *volume* algorithm (Barahona and Anbil 2000, "The volume algorithm:
  producing primal solutions with a subgradient method", Mathematical Programming 87(3), 385-399);
  that average is the convexified point.

Cheap for the coordinator and slow in rounds (a gap of 1e-2 after some hundred): for comparison, and
where the convexified problem is too large to be solved.
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
from workshare.coordination.price_box import price_box, price_scale
from workshare.coordination.problem import Problem
from workshare.coordination.state import Options, State

__all__ = ["init", "postprocess", "step", "terminate"]

terminate = met

PATIENCE = 4
CLOSER = 0.5
FARTHER = 1.2
FRESH = 0.2
RISE = 1e-3


@dataclass(frozen=True, slots=True)
class Average:
    """What is averaged, and the target.

    Attributes
    ----------
    weights : the averaged answers, as weights over the pool.
    slope : of the dual in scaled prices, smoothed over rounds.
    share : how far the target lies from the bound (0) to the lowest convexified cost (1).
    failed : rounds in a row that did not raise the bound.
    """

    weights: Array
    slope: Array
    share: float = 1.0
    failed: int = 0


def init(problem: Problem, options: Options, prices: Array | None = None) -> State:
    """Return the state after a first round at ``prices``, or at the market with nobody in it."""
    return step(problem, options, opening(problem, prices))


def step(problem: Problem, options: Options, state: State) -> State:
    """Return the next state: ask, average what is answered, go along the smoothed slope."""
    before, asked = state, state.next_prices
    market, count = problem.market, problem.dimensions
    state = ask(problem, options, before, asked)
    answers = best_of_pool(problem, state.pool, asked[:count])
    latest = mixture(problem, state.pool, answers)
    slope = (market.respond(asked[:count]).z - latest.total) * price_scale(market)[:count]
    slope = slope / market.form.money
    memory = before.memory if isinstance(before.memory, Average) else Average(np.zeros(0), slope)
    weights = carried(memory.weights, state.pool, state.rounds[-1].number)
    averaged = mixture(problem, state.pool, complete(problem, state.pool, weights, answers))
    averaged = mixture(problem, state.pool, between(problem, averaged, latest))
    slope = memory.slope + FRESH * (slope - memory.slope)
    memory = replace(memory, weights=averaged.weights, slope=slope)
    state = kept_lowest(before, state, averaged)
    memory, back = _aimed(before, state, memory)
    own = latest.private - float(asked[:count] @ latest.total) + market.support(asked)
    centre, value = (state.row_prices, state.bound) if back else (asked, own)
    moved = _moved(problem, state, memory, centre[:count], value)
    return replace(state, next_prices=market.respond(moved).row_prices, memory=memory)


def _aimed(before: State, state: State, memory: Average) -> tuple[Average, bool]:
    """Return the memory with the target moved, and whether to go back to the best prices."""
    gap = before.master - before.bound
    if not np.isfinite(gap):
        return memory, False
    if state.bound > before.bound + RISE * memory.share * gap:
        return replace(memory, share=min(1.0, FARTHER * memory.share), failed=0), False
    if memory.failed + 1 < PATIENCE:
        return replace(memory, failed=memory.failed + 1), False
    return replace(memory, share=max(1e-6, CLOSER * memory.share), failed=0), True


def _moved(problem: Problem, state: State, memory: Average, centre: Array, value: float) -> Array:
    """Return prices a Polyak step away from ``centre``, where the dual is worth ``value``."""
    count = problem.dimensions
    low, high = (limit[:count] for limit in price_box(problem.market.form))
    # what the box stops anyway must not shorten the step
    stuck = ((centre <= low) & (memory.slope < 0)) | ((centre >= high) & (memory.slope > 0))
    slope = np.where(stuck, 0.0, memory.slope)
    length = float(slope @ slope)
    if length == 0.0 or not np.isfinite(state.bound):
        return np.clip(centre, low, high)
    target = state.bound + memory.share * (state.master - state.bound)
    rise = (target - value) / problem.market.form.money
    return np.clip(centre + rise / length * slope * price_scale(problem.market)[:count], low, high)
