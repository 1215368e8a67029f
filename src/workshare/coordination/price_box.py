"""Where the shared side's prices can be: the box of its slopes, and the scale of each price.

Outside the slopes of ``F`` the dual function falls steeply: there the shared side's best answer
jumps to the end of its range. A method that follows slopes of the dual must not leave the box.
"""

from __future__ import annotations

import numpy as np

from workshare.arrays import Array
from workshare.market import Market
from workshare.market.market import NATURAL


def price_box(market: Market) -> tuple[Array, Array]:
    """Return the least and the highest price each row can have (infinite where nothing limits it).

    A column that meets one row alone and is never at its upper end at a solution (an import, a sale
    abroad, disposal, an unmet need) keeps that row's price on one side of its own slope.
    """
    rows = market.rows.tocsc()
    counts = np.diff(rows.indptr)
    usable = np.array([column.kind in NATURAL for column in market.columns], dtype=bool)
    usable &= (counts == 1) & (market.upper > market.lower)
    low = np.full(rows.shape[0], -np.inf)
    high = np.full(rows.shape[0], np.inf)
    columns = np.flatnonzero(usable)
    at = rows.indptr[columns]
    row, entry = rows.indices[at], rows.data[at]
    steepest = (market.cost + market.curvature * market.upper)[columns]
    limit = steepest / entry
    np.minimum.at(high, row[entry > 0], limit[entry > 0])
    np.maximum.at(low, row[entry < 0], limit[entry < 0])
    # where the two cross, the flows do not compete for one row as assumed: no limit is claimed
    crossed = low > high
    low[crossed], high[crossed] = -np.inf, np.inf
    return low, high


def price_scale(market: Market) -> Array:
    """Return a typical price of each row: the market's money over the row's quantity."""
    scale: Array = market.form.money / market.form.row_scale
    return scale
