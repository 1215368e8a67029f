"""The shared side made smooth: its Moreau envelope around given prices.

    F_s(z) = min over s of F(z + s) + prices . s + 1/2 step * money * |s / row_scale|**2

Its gradient exists everywhere also where ``F`` has kinks or hard limits, and it approaches ``F``
as ``step`` grows. In price space it is the dual with a pull towards ``prices``
(:class:`~workshare.coordination.master.Proximity`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from workshare.arrays import Array
from workshare.market import Market, OwnMarket
from workshare.market.quadratic import solve_quadratic


@dataclass(frozen=True, slots=True)
class Smooth:
    """The envelope at one point: its value and its row prices, minus the gradient."""

    value: float
    row_prices: Array


def smooth(market: Market, total: Array, prices: Array, step: float) -> Smooth:
    """Return the envelope around the row ``prices`` at the summed contribution ``total``."""
    form = market.form
    height = form.rows.shape[0]
    held = prices.size
    free = np.full(held, np.inf)
    right = np.zeros(height)
    right[: market.dimensions] = -total
    answer = solve_quadratic(
        np.concatenate([form.cost, prices]),
        np.concatenate([form.curvature, step * form.money / form.row_scale[:held] ** 2]),
        sp.hstack([form.rows, sp.eye(height, held)], format="csc"),
        right,
        np.concatenate([form.lower, -free]),
        np.concatenate([form.upper, free]),
        column_scale=np.concatenate([form.column_scale, form.row_scale[:held]]),
        row_scale=form.row_scale,
    )
    return Smooth(answer.value, answer.price[:held])


def is_smooth(market: Market) -> bool:
    """Return whether ``F`` has a gradient: every column that can move bends (needs unmet aside)."""
    if isinstance(market, OwnMarket):
        return market.smooth
    form = market.form
    moves = (form.upper > form.lower) & ~form.is_unmet
    return bool(np.any(moves)) and bool(np.all(form.curvature[moves] > 0))
