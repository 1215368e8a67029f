"""The pool: every point that participants have answered, as columns of the convexified problem.

The coordinator stores a cost and a contribution for each *new* point and nothing else; the plan
behind it stays with the participants (or their collection) and is fetched by number and key when a
division of labour is built from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp

from workshare.arrays import Array
from workshare.response import IntArray, Replies


@dataclass(frozen=True, slots=True)
class Pool:
    """Points sorted by participant, in the order in which each answered them.

    Attributes
    ----------
    who, key : participant number and identity of each point.
    cost : private cost of one copy (M per year).
    contribution : points x dimensions, dense or CSR.
    born : the round in which each point was first answered.
    """

    who: IntArray
    key: IntArray
    cost: Array
    contribution: Any
    born: IntArray

    @property
    def size(self) -> int:
        """The number of points."""
        return int(self.who.size)

    def add(self, replies: Replies, number: int) -> tuple[Pool, int]:
        """Return the pool with what is new in ``replies``, and how many points were new."""
        who = np.concatenate([self.who, replies.who])
        key = np.concatenate([self.key, replies.key])
        place = np.arange(who.size)
        order = np.lexsort((place, key, who))
        same = (np.diff(who[order]) == 0) & (np.diff(key[order]) == 0)
        first = np.sort(order[np.concatenate([[True], ~same])]) if who.size else place
        new = first[first >= self.who.size] - self.who.size
        if new.size == 0:
            return self, 0
        kept = first[np.argsort(who[first], kind="stable")]
        cost = np.concatenate([self.cost, replies.cost])
        born = np.concatenate([self.born, np.full(replies.who.size, number)])
        contribution = _stack(self.contribution, replies.contribution)[kept]
        return Pool(who[kept], key[kept], cost[kept], contribution, born[kept]), int(new.size)

    def keep(self, mask: Any) -> Pool:
        """Return the pool with only the points of ``mask``."""
        return Pool(
            self.who[mask],
            self.key[mask],
            self.cost[mask],
            self.contribution[mask],
            self.born[mask],
        )

    def reduced(self, prices: Array) -> Array:
        """Return ``cost - prices . contribution`` of every point (M per year)."""
        values: Array = self.cost - self.contribution @ prices
        return values


def empty_pool(dimensions: int) -> Pool:
    """Return the pool without any point."""
    none = np.zeros(0, dtype=np.int64)
    return Pool(none, none, np.zeros(0), np.zeros((0, dimensions)), none)


def _stack(first: Any, second: Any) -> Any:
    if first.shape[0] == 0:
        return sp.csr_matrix(second) if sp.issparse(second) else np.asarray(second)
    if sp.issparse(first) or sp.issparse(second):
        return sp.vstack([sp.csr_matrix(first), sp.csr_matrix(second)], format="csr")
    return np.concatenate([first, second])
