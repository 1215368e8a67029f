"""How steep and how curved a shared side can be: what bounds on a duality gap need to know of it.

A dimension is *separate* where every market column that touches it touches nothing else; its part
of ``F`` is then a function of that dimension alone, and its prices lie between the least and the
greatest slope of its columns. Elsewhere prices are bounded by linear programmes over what
optimality asks of the columns whose upper bound is never reached (:data:`NATURAL`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from workshare.arrays import Array
from workshare.market.market import NATURAL, Market


@dataclass(frozen=True, slots=True)
class Slopes:
    """Bounds on the prices and on the curvature of ``F``, one per shared dimension.

    Attributes
    ----------
    low, high : some price of each dimension lies between them wherever ``z`` stands within its
        reach (M per unit); infinite where nothing is known.
    curvature : the largest second derivative of a separate and smooth dimension (M per unit
        squared); infinite where prices jump, or where dimensions are not separate.
    ceilings : True where a need may stay unmet at a ceiling price within reach, so that a division
        whose cost these slopes bound need not be feasible.
    """

    low: Array
    high: Array
    curvature: Array
    ceilings: bool


def slopes(market: Market, least: Array, most: Array) -> Slopes:
    """Return bounds on prices and curvature while ``least <= z <= most``.

    Examples
    --------
    >>> import numpy as np
    >>> from workshare.market import piecewise_linear
    >>> side = piecewise_linear([[0.0]], [[-5.0, -3.0]], largest=10.0)
    >>> found = slopes(side, np.array([-4.0]), np.array([4.0]))
    >>> found.low.tolist(), found.high.tolist(), found.ceilings
    ([3.0], [5.0], False)
    """
    count = market.dimensions
    low, high = np.full(count, -np.inf), np.full(count, np.inf)
    curvature = np.full(count, np.inf)
    ceilings = False
    separate = _separate(market)
    for k in np.flatnonzero(separate):
        low[k], high[k], curvature[k], unmet = _one(market, int(k), least[k], most[k])
        ceilings = ceilings or unmet
    if not np.all(separate):
        _coupled(market, np.flatnonzero(~separate), low, high)
        ceilings = ceilings or bool(np.any(market.is_unmet))
    return Slopes(low, high, curvature, ceilings)


def _separate(market: Market) -> npt.NDArray[np.bool_]:
    """Return which dimensions are touched by columns of one entry only."""
    single = np.diff(market.rows.tocsc().indptr) <= 1
    touches = market.rows.tocsr()[: market.dimensions] != 0
    shared: npt.NDArray[np.bool_] = np.asarray(touches @ (~single).astype(float)).ravel() == 0
    return shared


def _one(market: Market, k: int, least: float, most: float) -> tuple[float, float, float, bool]:
    """Return price bounds and curvature of one separate dimension, and whether needs go unmet."""
    row = market.rows.tocsr()[k]
    columns, entry = row.indices, row.data
    lower, upper = market.lower[columns], market.upper[columns]
    ends = np.sort([-entry * lower, -entry * upper], axis=0)
    unmet = market.is_unmet[columns]
    real = ~unmet
    room = 1e-9 * market.row_scale[k]
    within = ends[0, real].sum() <= least + room and most <= ends[1, real].sum() + room
    moving = (upper > lower) & (real | (not within))
    if not np.any(moving) or ends[0].sum() > least + room or ends[1].sum() < most - room:
        return -np.inf, np.inf, np.inf, False
    cost, bend = market.cost[columns], market.curvature[columns]
    price = np.sort([(cost + bend * lower) / entry, (cost + bend * upper) / entry], axis=0)
    price = price[:, moving]
    low, high = float(price[0].min()), float(price[1].max())
    curvature = np.inf
    if np.all(bend[moving] > 0) and _connected(price):
        curvature = float(np.max(bend[moving] / entry[moving] ** 2))
    return low, high, curvature, not within


def _connected(price: Array) -> bool:
    """Return whether the columns' ranges of slopes leave no jump between them."""
    order = np.argsort(price[0])
    reached = np.maximum.accumulate(price[1, order])
    room = 1e-12 * (1.0 + np.abs(reached[:-1]))
    return bool(np.all(price[0, order][1:] <= reached[:-1] + room))


def _natural(market: Market) -> npt.NDArray[np.bool_]:
    """Return the columns whose upper bound no sensible flow reaches.

    A supply of the rest of the world is one of them unless it was given a limit of its own: its
    bound is then that of the imports which draw on it.
    """
    kinds = [column.kind for column in market.columns]
    natural = np.array([kind in NATURAL for kind in kinds])
    rows, columns = market.rows.tocsr(), market.rows.tocsc()
    for j in [j for j, kind in enumerate(kinds) if kind == "world_supply"]:
        drawn = np.concatenate([rows[i].indices for i in columns[:, j].indices])
        imports = [k for k in drawn if kinds[k] == "import"]
        natural[j] = bool(imports) and market.upper[j] >= np.max(market.upper[imports])
    return natural


def _coupled(market: Market, which: npt.NDArray[np.int64], low: Array, high: Array) -> None:
    """Bound the prices of coupled dimensions in place: two linear programmes each (HiGHS)."""
    from scipy.optimize import linprog

    natural = _natural(market)
    limits = (market.cost + market.curvature * market.upper)[natural]
    matrix = market.rows.tocsc()[:, natural].T.tocsr()
    fine = np.isfinite(limits)
    for k in which:
        for sign, found in ((1.0, low), (-1.0, high)):
            goal = np.zeros(market.rows.shape[0])
            goal[k] = sign
            answer = linprog(goal, A_ub=matrix[fine], b_ub=limits[fine], bounds=(None, None))
            if answer.status == 0:
                found[k] = sign * float(answer.fun)
