"""Convexified points without a master: weights over the pool, averaged round after round.

The methods that solve no convexified problem (subgradient, conditional gradient, ADMM) still hold a
convexified point: so much of each point answered, adding up to each participant's copies. Its cost
is an upper bound on what any dual bound can reach, so these methods stop by the same rule as the
others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from workshare.arrays import Array
from workshare.coordination.pool import Pool
from workshare.coordination.problem import Problem
from workshare.coordination.state import Options, State
from workshare.market import MarketPoint

GOLDEN = 0.5 * (np.sqrt(5.0) - 1.0)
SEARCH = 10
"""Values looked at in one line search: the last stretch is 1/120 of the first."""


@dataclass(frozen=True, slots=True)
class Mixture:
    """Weights over a pool, the sum that they contribute, private cost, and the whole cost."""

    weights: Array
    total: Array
    private: float
    market: MarketPoint

    @property
    def value(self) -> float:
        """Private cost and the shared side's together (M per year)."""
        return self.private + self.market.value


def mixture(problem: Problem, pool: Pool, weights: Array) -> Mixture:
    """Return the convexified point of ``weights``, the shared side evaluated at its sum."""
    total = np.asarray(pool.contribution.T @ weights).ravel()
    return Mixture(weights, total, float(pool.cost @ weights), problem.market.evaluate(total))


def best_of_pool(problem: Problem, pool: Pool, prices: Array) -> Array:
    """Return all copies on each participant's best point of the pool at ``prices``.

    Right after a round at these prices that is what the participants answered; one that has never
    answered has no weight.
    """
    values = pool.reduced(prices)
    weights = np.zeros(pool.size)
    if pool.size == 0:
        return weights
    first = np.flatnonzero(np.concatenate([[True], np.diff(pool.who) > 0]))
    least = np.minimum.reduceat(values, first)
    row = np.searchsorted(pool.who[first], pool.who)
    place = np.where(values <= least[row], np.arange(pool.size), pool.size)
    chosen = np.minimum.reduceat(place, first)
    weights[chosen] = problem.participants.multiplicity[pool.who[chosen]]
    return weights


def carried(weights: Array, pool: Pool, number: int) -> Array:
    """Return ``weights`` over the pool as it was, now over the pool that round ``number`` left.

    Points already known keep their order (see :meth:`~workshare.coordination.pool.Pool.add`).
    """
    old = pool.born != number
    grown = np.zeros(pool.size)
    if int(np.sum(old)) == weights.size:
        grown[old] = weights
    return grown


def complete(problem: Problem, pool: Pool, weights: Array, answers: Array) -> Array:
    """Return ``weights`` with the answers of whoever answered for the first time."""
    count = len(problem.participants)
    held = np.bincount(pool.who, weights, minlength=count)
    short = held < 0.5 * problem.participants.multiplicity
    full: Array = np.where(short[pool.who], answers, weights)
    return full


def between(
    problem: Problem,
    first: Mixture,
    second: Mixture,
    measure: Callable[[Array], float] | None = None,
) -> Array:
    """Return the weights that cost least on the line from ``first`` to ``second``.

    Golden section; ``measure`` stands for the shared side's value where it is not to be the exact
    one.
    """

    def cost(share: float) -> float:
        private = first.private + share * (second.private - first.private)
        total = first.total + share * (second.total - first.total)
        if measure is None:
            return private + problem.market.evaluate(total).value
        return private + measure(total)

    low, high = 0.0, 1.0
    left, right = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
    at_left, at_right = cost(left), cost(right)
    for _ in range(SEARCH):
        if at_left <= at_right:
            high, right, at_right = right, left, at_left
            left = high - GOLDEN * (high - low)
            at_left = cost(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + GOLDEN * (high - low)
            at_right = cost(right)
    share = 0.5 * (low + high)
    if cost(1.0) <= cost(share):
        share = 1.0
    return first.weights + share * (second.weights - first.weights)


def kept_lowest(before: State, state: State, point: Mixture) -> State:
    """Return ``state`` with the cheaper of ``point`` and the convexified point held before."""
    lowest = point.value < before.master
    held = carried(before.weights, state.pool, state.rounds[-1].number)
    if lowest or before.weights.size == 0:
        held, levels = point.weights, point.market.v
    else:
        levels = before.market_levels
    master = min(before.master, point.value)
    last = replace(state.rounds[-1], master=master)
    return replace(
        state,
        master=master,
        weights=held,
        market_levels=levels,
        rounds=(*state.rounds[:-1], last),
        stalled=False,
    )


def met(options: Options, state: State) -> bool:
    """Return whether the bound has met the convexified cost, or rounds are spent.

    Answers already known do not end these methods: they go on moving without them.
    """
    close = state.gap(options.scale) <= options.tolerance
    return close or state.stalled or len(state.rounds) >= options.max_rounds
