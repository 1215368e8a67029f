"""What one participant's contribution is worth, block by block, given what the others do.

A price says what one more unit is worth; against the real market a large plan moves it. The
*residual question* tells a participant, for each shared dimension, what its units are worth in
blocks (a block tariff), with everybody else and its own other dimensions held. The answer is a
plan like any other; where dimensions interact, the tariffs are an approximation, and only the
choice of plans that are considered rests on them, never a bound.
"""

from __future__ import annotations

import numpy as np

from workshare.arrays import Array
from workshare.coordination.problem import Problem, Selection, total_contribution
from workshare.response.wire import Blocks

POINTS = 9
"""Levels of a contribution at which the market is cleared."""

BEYOND = 0.5
"""How far beyond what a participant was seen to contribute, as a share of its range."""


def block_tariffs(
    problem: Problem, selection: Selection, number: int, seen: Array
) -> tuple[Blocks, ...]:
    """Return what participant ``number``'s contribution is worth in blocks, per dimension.

    Parameters
    ----------
    selection : what everybody does now; one point for each participant.
    seen : plans x dimensions: contributions of the participant's plans known so far. Where they
        are all alike, one price stands for all blocks.
    """
    own = selection.points[number].contribution
    total = total_contribution(selection.points, problem.dimensions)
    tariffs = []
    for k in range(problem.dimensions):
        least, most = float(min(seen[:, k].min(), own[k])), float(max(seen[:, k].max(), own[k]))
        if most - least <= 1e-9 * problem.market.scale[k]:
            tariffs.append(Blocks(np.zeros(0), selection.prices[k : k + 1].copy()))
            continue
        room = BEYOND * (most - least)
        levels = np.linspace(least - room, most + room, POINTS)
        values = np.array([_value(problem, total, k, level - own[k]) for level in levels])
        # F is convex, so worth falls; rounding must not make it rise
        worth = np.minimum.accumulate(-np.diff(values) / np.diff(levels))
        tariffs.append(Blocks(levels[1:-1], worth))
    return tuple(tariffs)


def _value(problem: Problem, total: Array, k: int, change: float) -> float:
    moved = total.copy()
    moved[k] += change
    return problem.market.evaluate(moved).value
