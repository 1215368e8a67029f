"""The observed change split into fundamentals and coordination.

The outcome is the log of a place's total share, its sectors together. With x0, x1 the observed
equilibria, the state of the *old type at new fundamentals* (x0 carried to the end of the path) and
of the *new type at old fundamentals* (x1 carried back), there are two orders:

- fundamentals first: fundamentals = old type at new - x0; coordination = x1 - old type at new;
- coordination first: coordination = new type at old - x0; fundamentals = x1 - new type at old.

Both add up to the change exactly. Where the change was continuous, both carried states are the
observed ones and coordination is zero exactly. Where the old type no longer exists at the new
fundamentals (a fold), the first order is undefined; where the new type did not yet exist, the
second. That is told and counted, never imputed. The average is of both orders, where both are
defined.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workshare.arrays import Array
from workshare.studies.panel.enumeration import Enumeration
from workshare.studies.panel.types import JUMP, Changes

ORDERS = ("fundamentals first", "coordination first", "average")


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """The parts of each place's change in the log of its total share.

    Attributes
    ----------
    change : observed, shape (places,).
    fundamentals, coordination : by order (see :data:`ORDERS`), shape (3, places); NaN where the
        order is undefined.
    by_sector : the same by sector: change (places, sectors), fundamentals and coordination
        (3, places, sectors).
    """

    change: Array
    fundamentals: Array
    coordination: Array
    by_sector: tuple[Array, Array, Array]

    def defined(self, order: int) -> np.ndarray:
        """Return for which places an order is defined."""
        return np.asarray(np.isfinite(self.coordination[order]))


@dataclass(frozen=True, slots=True)
class SplitSummary:
    """Means over places, for one group and one order.

    Attributes
    ----------
    places : places in the group whose change is known.
    defined : of these, with this order defined.
    jumps : of the defined, labelled jump by branch.
    change, fundamentals, coordination : means over the defined; NaN where there are none.
    change_of_rest : mean change of the places where the order is undefined; NaN without any.
    """

    places: int
    defined: int
    jumps: int
    change: float
    fundamentals: float
    coordination: float
    change_of_rest: float

    @property
    def share(self) -> float:
        """Coordination over the change, of the means; NaN where the change is zero."""
        return self.coordination / self.change if self.change else float("nan")


def split_changes(found: Enumeration, made: Changes) -> Split:
    """Return the split of each place's change.

    ``found.observed`` of both years must be known for a place to have a split.
    """
    shares = np.exp(found.points)
    totals = np.log(shares.sum(axis=1))
    old = found.observed[made.before]
    new = found.observed[made.after]
    whole = _parts(totals[:, None], old, new, made)
    sectors = _parts(found.points, old, new, made)
    return Split(whole[0][:, 0], whole[1][..., 0], whole[2][..., 0], sectors)


def _parts(
    values: Array, old: np.ndarray, new: np.ndarray, made: Changes
) -> tuple[Array, Array, Array]:
    """Return change, fundamentals and coordination of values by equilibrium (k, n)."""

    def at(position: np.ndarray) -> Array:
        picked = values[np.maximum(position, 0)] if len(values) else np.zeros((len(position), 1))
        return np.where(position[:, None] >= 0, picked, np.nan)

    first, last = at(old), at(new)
    kept, early = at(made.old_type), at(made.new_type)
    fundamentals = np.stack([kept - first, last - early])
    coordination = np.stack([last - kept, early - first])
    return (
        last - first,
        np.concatenate([fundamentals, fundamentals.mean(axis=0, keepdims=True)]),
        np.concatenate([coordination, coordination.mean(axis=0, keepdims=True)]),
    )


def summarise(
    split: Split, made: Changes, order: int, group: np.ndarray | None = None
) -> SplitSummary:
    """Return the means over a group of places (default: all) for one order.

    Examples
    --------
    >>> summary = SplitSummary(4, 2, 1, 0.6, 0.4, 0.2, float("nan"))
    >>> round(summary.share, 6)
    0.333333
    """
    chosen = np.isfinite(split.change)
    if group is not None:
        chosen &= group
    there = chosen & split.defined(order)
    rest = chosen & ~split.defined(order)

    def mean(values: Array, places: np.ndarray) -> float:
        return float(values[places].mean()) if places.any() else float("nan")

    return SplitSummary(
        int(chosen.sum()),
        int(there.sum()),
        int(np.sum(made.by_branch[there] == JUMP)),
        mean(split.change, there),
        mean(split.fundamentals[order], there),
        mean(split.coordination[order], there),
        mean(split.change, rest),
    )
