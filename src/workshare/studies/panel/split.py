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
    """Means over the places of a group, for one order; the three parts add up to the change.

    Attributes
    ----------
    places : places in the group whose change and types are known.
    defined : of these, with this order defined.
    jumps : of these, labelled jump by branch.
    change : mean change, log points.
    fundamentals, coordination : parts of places where the order is defined, over all places.
    undefined : the change of places where it is not, over all places.
    """

    places: int
    defined: int
    jumps: int
    change: float
    fundamentals: float
    coordination: float
    undefined: float

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
        # position -1 stands for none
        return np.asarray(np.vstack([values, np.full(values.shape[1], np.nan)])[position])

    first, last = at(old), at(new)
    kept, early = at(made.old_type), at(made.new_type)
    fundamentals = np.stack([kept - first, last - early])
    coordination = np.stack([last - kept, early - first])
    return (
        last - first,
        np.concatenate([fundamentals, fundamentals.mean(axis=0, keepdims=True)]),
        np.concatenate([coordination, coordination.mean(axis=0, keepdims=True)]),
    )


def three_parts(split: Split, made: Changes, order: int) -> tuple[Array, Array, Array]:
    """Return fundamentals, coordination, and the change of places where the order is undefined.

    Each is zero where it does not apply, so that the three add up to the change of every place; all
    are NaN where a place's types are undecided. Shapes (places,).
    """
    defined = split.defined(order)
    known = np.where(made.undecided, np.nan, 0.0)
    return (
        np.where(defined, split.fundamentals[order], known),
        np.where(defined, split.coordination[order], known),
        np.where(defined, 0.0, split.change + known),
    )


def summarise(
    split: Split, made: Changes, order: int, group: np.ndarray | None = None
) -> SplitSummary:
    """Return the means over a group of places (default: all) for one order.

    Examples
    --------
    >>> summary = SplitSummary(4, 2, 1, 0.6, 0.3, 0.2, 0.1)
    >>> round(summary.share, 6)
    0.333333
    """
    parts = three_parts(split, made, order)
    chosen = np.isfinite(parts[0] + parts[1] + parts[2])
    if group is not None:
        chosen &= group
    there = chosen & split.defined(order)
    means = [
        float(values[chosen].mean()) if chosen.any() else float("nan")
        for values in (split.change, *parts)
    ]
    jumps = int(np.sum(made.by_branch[chosen] == JUMP))
    return SplitSummary(int(chosen.sum()), int(there.sum()), jumps, *means)
