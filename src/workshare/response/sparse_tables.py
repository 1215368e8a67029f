"""Many participants whose plans touch few of many shared dimensions: rows of one sparse matrix."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp

from workshare.arrays import Array
from workshare.errors import OptionError
from workshare.response.local import TablePart
from workshare.response.participants import IntArray, Participants, Replies
from workshare.response.plan import Menu, Participant, Plan, Point

MOST_NEAR = 4
"""Plans answered at once to one price."""


class SparsePlans(Participants):
    """Participants whose plans are rows of a sparse matrix, answered all at once.

    Answers stay sparse through pool and convexified problem, so that memory grows with the entries
    that are not zero, not with plans times dimensions. Only a single :class:`Plan` is dense.

    Parameters
    ----------
    owner : participant number of each plan (plans,), ascending, from 0 without a gap.
    costs : private cost of each plan (M per year).
    contributions : plans x dimensions, any scipy.sparse matrix.
    names : the participants' names (default ``p0``, ``p1``, ...).
    multiplicity : identical copies each stands for.

    Raises
    ------
    OptionError : lengths that do not agree, figures that are not finite, a participant without a
        plan; every fault at once.

    >>> import scipy.sparse as sp
    >>> rows = sp.csr_matrix(np.array([[0.0, 0.0], [2.0, 0.0], [0.0, 1.0]]))
    >>> plans = SparsePlans(np.array([0, 0, 1]), np.array([0.0, 3.0, 1.0]), rows)
    >>> plans.price(np.array([2.0, 0.5])).bound
    array([-1. ,  0.5])
    """

    def __init__(
        self,
        owner: IntArray,
        costs: Array,
        contributions: sp.spmatrix,
        *,
        names: Sequence[str] | None = None,
        multiplicity: Sequence[int] | None = None,
    ) -> None:
        self.owner = np.asarray(owner, dtype=np.int64)
        self.costs = np.asarray(costs, dtype=float)
        self.contributions = sp.csr_matrix(contributions, dtype=float)
        count = int(self.owner.max(initial=-1)) + 1
        copies = np.ones(count) if multiplicity is None else np.asarray(multiplicity)
        self.names = [f"p{k}" for k in range(count)] if names is None else list(names)
        self._check(count, copies)
        self.multiplicity = copies.astype(np.int64)
        self._first = np.searchsorted(self.owner, np.arange(count + 1))

    def _check(self, count: int, copies: Array) -> None:
        plans = self.contributions.shape[0]
        faults = [
            f"{name} has {values.size} figures; must be {plans}, one per row of contributions"
            for name, values in (("owner", self.owner), ("costs", self.costs))
            if values.shape != (plans,)
        ]
        if np.any(np.diff(self.owner) < 0) or np.any(self.owner < 0):
            faults.append("owner must ascend from 0: sort the plans by participant")
        else:
            absent = np.setdiff1d(np.arange(count), self.owner)
            faults += [f"participant {k} has no plan" for k in absent[:5]]
        for name, values in (("costs", self.costs), ("contributions", self.contributions.data)):
            bad = int(np.sum(~np.isfinite(values)))
            if bad:
                faults.append(f"{name}: {bad} figures are not finite")
        if copies.shape != (count,) or np.any(copies < 1) or np.any(copies != np.floor(copies)):
            faults.append("multiplicity must be a whole number of at least 1 per participant")
        if len(self.names) != count or len(set(self.names)) < count:
            faults.append(f"names must be {count} different ones")
        if faults:
            raise OptionError("sparse plans: " + "; ".join(faults))

    def __len__(self) -> int:
        return len(self.names)

    @property
    def ids(self) -> list[str]:
        """The participants' names."""
        return list(self.names)

    def one(self, who: int) -> Participant:
        """Return participant number ``who`` as a table of its own (dense)."""
        plans = tuple(self.plan(who, key) for key in range(self._size(who)))
        return TablePart(self.names[who], self.names[who], plans)

    def price(self, prices: Array, near: float = 0.0, who: IntArray | None = None) -> Replies:
        """Return the first best plan of each and up to three within ``near``, as sparse rows."""
        count = len(self)
        asked = np.arange(count) if who is None else np.asarray(who)
        values = self.costs - self.contributions @ prices
        none = np.zeros(0, dtype=np.int64)
        least = np.minimum.reduceat(values, self._first[:-1]) if count else np.zeros(0)
        if near > 0:
            picked = [self._within(int(k), values, near, MOST_NEAR) for k in asked]
        else:
            place = np.where(values <= least[self.owner], np.arange(values.size), values.size)
            best = np.minimum.reduceat(place, self._first[:-1]) if count else none
            picked = [best[asked]]
        row = np.concatenate([none, *picked])
        number = self.owner[row]
        bound = np.full(count, -np.inf)
        bound[asked] = least[asked]
        answered = np.zeros(count, dtype=bool)
        answered[asked] = True
        key = row - self._first[number]
        return Replies(
            number,
            key,
            self.costs[row],
            self.contributions[row],
            bound,
            answered.copy(),
            answered,
        )

    def menus(self, prices: Array, slack: Array, count: int, who: IntArray) -> list[Menu]:
        """Return every plan within the slack, best first; complete where none is cut off."""
        values = self.costs - self.contributions @ prices
        menus = []
        for number, room in zip(who.tolist(), np.broadcast_to(slack, who.shape), strict=True):
            rows = self._within(number, values, float(room), self._size(number))
            plans = [self.plan(number, int(row - self._first[number])) for row in rows[:count]]
            menus.append(Menu(tuple(plans), rows.size <= count))
        return menus

    def _within(self, who: int, values: Array, slack: float, most: int) -> IntArray:
        """Return the rows of a participant's plans within ``slack`` of its best, best first."""
        start = int(self._first[who])
        own = values[start : start + self._size(who)]
        least = float(own.min())
        order = np.argsort(own, kind="stable")
        inside = order[own[order] <= least + slack + 1e-12 * (1.0 + abs(least))]
        return inside[:most] + start

    def _size(self, who: int) -> int:
        return int(self._first[who + 1] - self._first[who])

    def plan(self, who: int, key: int) -> Plan:
        """Return plan ``key`` of participant ``who``, its contribution dense."""
        row = int(self._first[who]) + key
        contribution = self.contributions[row].toarray().ravel()
        return Plan(f"{self.names[who]}:{key}", float(self.costs[row]), contribution)

    def point(self, who: int, key: int) -> Point:
        """Return the same plan as a point."""
        return self.plan(who, key).at(np.zeros(0))
