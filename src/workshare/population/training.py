"""What it takes to move a worker from one occupation to another: months, and money.

A *move* is an edge of the mobility network with the training it needs. No official table of such
costs exists, so months and money follow from visible rules (:class:`TrainingRules`), each of which
is an input with a range: the gap in skills, the gap in preparation (O*NET's job zones), the wage
forgone while training, and the cost of finding somebody.

Money is in units of the region's currency per worker, once; wages are per worker and year.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workshare.arrays import Array
from workshare.errors import OptionError


@dataclass(frozen=True, slots=True)
class TrainingRules:
    """How skill gaps become months and money; each is an assumption to be varied.

    Attributes
    ----------
    months_at_full_gap : months of training where the target needs every skill in full and the
        worker has none (months; at least 0).
    months_per_zone : months for every level of preparation the target lies above the origin
        (months per O*NET job zone; at least 0).
    course_share : cost of one month of training, as a share of the target's yearly wage.
    forgone_share : share of the origin's wage that is paid or lost while training (0 to 1).
    hiring_share : cost of finding and hiring somebody, as a share of the target's yearly wage.
    """

    months_at_full_gap: float = 36.0
    months_per_zone: float = 6.0
    course_share: float = 0.05
    forgone_share: float = 0.6
    hiring_share: float = 0.08

    def __post_init__(self) -> None:
        faults = [
            f"{name} is {value}; must be a number of at least 0"
            for name, value in (
                (name, getattr(self, name)) for name in TrainingRules.__dataclass_fields__
            )
            if not (np.isfinite(value) and value >= 0)
        ]
        if self.forgone_share > 1:
            faults.append(f"forgone_share is {self.forgone_share}; must be at most 1 (a share)")
        if faults:
            raise OptionError("TrainingRules: " + "; ".join(faults))


@dataclass(frozen=True, slots=True)
class Moves:
    """Possible moves between occupations and what each takes.

    Attributes
    ----------
    occupations : N codes or names; origins and targets are positions among them.
    origin, target : E positions (integers); no move leads to its own origin.
    months : E months of training before the worker can work in the target.
    cost : E amounts of money per worker, once.
    """

    occupations: tuple[str, ...]
    origin: Array
    target: Array
    months: Array
    cost: Array

    def __post_init__(self) -> None:
        faults = _faults(self)
        if faults:
            raise OptionError("Moves: " + "; ".join(faults))


def skill_gap(skills: Array, origin: Array, target: Array) -> Array:
    """Return the gap in skills of every move: the mean shortfall, as a share (0 to 1).

    Only what the target needs and the worker lacks counts, so the gap is not symmetric: from
    engineer to assembler is shorter than back.

    Parameters
    ----------
    skills : occupations x skills, each between 0 (not needed) and 1 (needed in full).
    origin, target : positions of the occupations of every move.

    Examples
    --------
    >>> skill_gap(np.array([[0.0, 0.5], [1.0, 0.5]]), np.array([0, 1]), np.array([1, 0]))
    array([0.5, 0. ])
    """
    short = np.maximum(0.0, skills[target] - skills[origin])
    gap: Array = short.mean(axis=1)
    return gap


def training_moves(
    occupations: Sequence[str],
    edges: tuple[Array, Array],
    wages: Array,
    gap: Array,
    zones: Array | None = None,
    rules: TrainingRules | None = None,
) -> Moves:
    """Return the moves along the edges of a mobility network, with their months and cost.

    ``months = months_at_full_gap * gap + months_per_zone * max(0, zone of target - of origin)``

    ``cost = months * (course_share * wage of target + forgone_share * wage of origin / 12)``

    Parameters
    ----------
    occupations : N codes.
    edges : origins and targets, positions among the occupations; edges to oneself are left out.
    wages : N wages, money per worker and year (at least 0).
    gap : E gaps in skills, shares (see :func:`skill_gap`).
    zones : N levels of preparation (O*NET's job zones are 1 to 5); None ignores them.
    rules : the assumptions; defaults are :class:`TrainingRules`'s.

    Raises
    ------
    OptionError : an array of the wrong length, a negative wage, a gap outside 0 to 1.
    """
    chosen = rules or TrainingRules()
    origin, target = (np.asarray(side, dtype=np.int64) for side in edges)
    wages, gap = np.asarray(wages, dtype=float), np.asarray(gap, dtype=float)
    faults = []
    if wages.shape != (len(occupations),):
        faults.append(f"wages has {wages.size} entries; must have {len(occupations)}, one each")
    else:
        faults += [
            f"wage of {occupations[k]} is {wages[k]}; must be a number of at least 0"
            for k in np.flatnonzero(~(np.isfinite(wages) & (wages >= 0))).tolist()
        ]
    if gap.shape != origin.shape:
        faults.append(f"gap has {gap.size} entries; must have {origin.size}, one for each move")
    elif np.any(~((gap >= 0) & (gap <= 1))):
        worst = int(np.flatnonzero(~((gap >= 0) & (gap <= 1)))[0])
        faults.append(f"gap of move {worst} is {gap[worst]}; must be between 0 and 1 (a share)")
    if faults:
        raise OptionError("training_moves: " + "; ".join(faults))
    kept = origin != target
    origin, target, gap = origin[kept], target[kept], gap[kept]
    months = chosen.months_at_full_gap * gap
    if zones is not None:
        months = months + chosen.months_per_zone * np.maximum(0.0, zones[target] - zones[origin])
    monthly = chosen.course_share * wages[target] + chosen.forgone_share * wages[origin] / 12.0
    return Moves(tuple(occupations), origin, target, months, months * monthly)


def _faults(moves: Moves) -> list[str]:
    """Return every fault of the arrays of moves, in words."""
    count, size = moves.origin.size, len(moves.occupations)
    faults = [
        f"{name} has {getattr(moves, name).size} entries; must have {count}, as origin has"
        for name in ("target", "months", "cost")
        if getattr(moves, name).shape != (count,)
    ]
    if faults:
        return faults
    for name in ("origin", "target"):
        ends = getattr(moves, name)
        if count and (ends.min() < 0 or ends.max() >= size):
            faults.append(f"{name} names occupation {ends.max()}; must be 0 to {size - 1}")
    loops = np.flatnonzero(moves.origin == moves.target)
    if loops.size:
        faults.append(f"move {loops[0]} leads to its own origin; leave it out")
    for name in ("months", "cost"):
        values = getattr(moves, name)
        wrong = np.flatnonzero(~(np.isfinite(values) & (values >= 0)))
        faults += [f"{name} of move {k} is {values[k]}; must be at least 0" for k in wrong[:5]]
    return faults
