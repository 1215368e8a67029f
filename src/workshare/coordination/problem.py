"""The coordination problem: participants as oracles, and a convex market of what they add up to.

    minimise  sum_i f_i(x_i) + F(sum_i g_i(x_i)),   x_i in X_i                                  (1)

Wang, M. (2017), "Vanishing price of decentralization in large coordinative nonconvex optimization",
SIAM J. Optim. 27(3), 1977-2009. Nothing else in this package knows more than (1).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workshare.arrays import Array
from workshare.market import Market, MarketPoint
from workshare.response import Individuals, Participant, Participants, Point


@dataclass(frozen=True, init=False)
class Problem:
    """Problem (1). ``participants`` answer questions; ``market`` is ``F`` and gives prices.

    A plain sequence of participants is asked one by one
    (:class:`~workshare.response.Individuals`); a :class:`~workshare.response.Participants`
    collection answers all at once.
    """

    participants: Participants
    market: Market

    def __init__(self, participants: Participants | Sequence[Participant], market: Market) -> None:
        together = participants
        if not isinstance(together, Participants):
            together = Individuals(together, dimensions=market.dimensions)
        object.__setattr__(self, "participants", together)
        object.__setattr__(self, "market", market)

    def fresh(self) -> Problem:
        """Return the same problem with nothing learnt of its market: where a run starts."""
        market = self.market.fresh()
        return self if market is self.market else Problem(self.participants, market)

    @property
    def dimensions(self) -> int:
        """The number of shared dimensions."""
        return self.market.dimensions


@dataclass(frozen=True, slots=True)
class Selection:
    """One point per participant, the market cleared at their sum, and the value of (1)."""

    points: tuple[Point, ...]
    market: MarketPoint
    value: float

    @property
    def prices(self) -> Array:
        """The market's prices at this selection, one per shared dimension."""
        return self.market.prices


def total_contribution(points: Sequence[Point], dimensions: int) -> Array:
    """Return the summed contribution of ``points``."""
    total = np.zeros(dimensions)
    for point in points:
        total += point.contribution
    return total
