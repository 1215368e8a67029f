"""Projection on a level set of the dual model: the nearest prices that promise enough.

The level set holds the prices at which the model of the dual is worth at least the level. The
nearest of them to given prices is a proximal step whose length meets the level (the length is the
level's multiplier), so it is found by a search on the logarithm of the length, each value one
interior-point solution.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from workshare.arrays import Array
from workshare.coordination.master import Convexified, Proximity

START_STEP = 1e-3
SEARCH = 12


@dataclass(frozen=True, slots=True)
class Projected:
    """The nearest row prices found, and the length of the proximal step that led to them."""

    row_prices: Array
    step: float


def project(
    solve: Callable[[Proximity], Convexified],
    centre: Array,
    level: float,
    top: Convexified,
    step: float = START_STEP,
    close: float = 0.3,
) -> Projected:
    """Return the nearest prices to ``centre`` at which the model is worth at least ``level``.

    Parameters
    ----------
    solve : returns the model's best prices with a pull towards given ones.
    top : the model's maximum; its prices are the answer where the search finds nothing nearer.
    step : the first length tried.
    close : stop at a model value between the level and this share of the way up to the maximum.
    """
    low, high = 0.0, np.inf
    best = top.row_prices
    for _ in range(SEARCH):
        near = solve(Proximity(centre, step))
        if near.value >= level:
            best, high = near.row_prices, step
            if near.value <= level + close * (top.value - level):
                break
        else:
            low = step
        if np.isinf(high):
            step *= 8.0
        elif low == 0.0:
            step /= 8.0
        else:
            step = float(np.sqrt(low * high))
    return Projected(best, high if np.isfinite(high) else step)
