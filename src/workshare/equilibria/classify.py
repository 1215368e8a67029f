"""Types of equilibria: stability under a named dynamic, index, basin and order rank.

The *index* is the sign of det(-J) on the unknowns that no bound holds; it does not depend on
speeds. Where the residual points into the box, or its bounds hold, the indices of all regular
equilibria add up to one (Poincare and Hopf; with corners, Kojima and Saigal 1979): an alarm for a
missing one, no proof that none is missing. The *order rank* is ``lowest`` if no other equilibrium
is lower in any unknown, ``highest`` likewise, ``middle`` between the two, else ``unordered``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workshare.arrays import Array, Mask
from workshare.equilibria.basins import (
    BasinShare,
    InnerBasin,
    SampledBasins,
    inner_basin,
    sample_basins,
)
from workshare.equilibria.completeness import EquilibriumSet
from workshare.equilibria.dynamics import Dynamic, held_at
from workshare.equilibria.find import points_inward
from workshare.equilibria.system import System

MARGIN = 1e-7
"""An eigenvalue closer than this to the border of stability is marginal."""


@dataclass(frozen=True, slots=True)
class Stability:
    """What an equilibrium does under one dynamic.

    Attributes
    ----------
    label : ``stable``; ``saddle`` (some directions repel); ``unstable`` (all repel);
        ``marginal`` (the linear part does not decide); with unknowns free to jump ``stable`` (one
        path leads to it), ``indeterminate`` (many do) or ``unstable`` (none does); ``no
        equilibrium`` (not at rest there).
    eigenvalues : of the unknowns that move: flow, of the Jacobian; map, of the step. The least
        stable first.
    unstable : number of directions that repel.
    index : 1 or -1; 0 where the Jacobian is singular.
    held : for each unknown, whether a bound holds it.
    speed : how fast the slowest small deviation shrinks, 1 / unit of time (map: minus the log of
        the greatest modulus); negative where one grows; infinite where all is held.
    """

    label: str
    eigenvalues: tuple[complex, ...]
    unstable: int
    index: int
    held: tuple[bool, ...]
    speed: float


@dataclass(frozen=True, slots=True, eq=False)
class EquilibriumType:
    """One equilibrium with its labels.

    Attributes
    ----------
    point : the unknowns, shape (n,).
    stability : under the dynamic of the classification.
    rank : ``only``, ``lowest``, ``middle``, ``highest`` or ``unordered``.
    basin : sampled share of the box that comes to it; None where nothing was sampled.
    inner : a part of its basin that is proven; None where none was.
    """

    point: Array
    stability: Stability
    rank: str
    basin: BasinShare | None
    inner: InnerBasin | None


@dataclass(frozen=True, slots=True, eq=False)
class Classification:
    """The types of the equilibria of one system.

    Attributes
    ----------
    system, dynamic : what was classified, under what.
    types : one for each equilibrium, in the order given.
    index_sum : sum of the indices.
    basins : the sample; None where nothing was sampled.
    complete : whether the equilibria were proven to be all.
    sum_is_one : whether theory says that the indices of all equilibria add up to one: the residual
        points into the box, or its bounds hold and are finite.
    """

    system: System
    dynamic: Dynamic
    types: tuple[EquilibriumType, ...]
    index_sum: int
    basins: SampledBasins | None
    complete: bool
    sum_is_one: bool

    @property
    def alarm(self) -> str:
        """What speaks for a missing equilibrium, in words; empty if nothing does."""
        said = []
        if self.basins is not None and self.basins.elsewhere:
            said.append(f"{self.basins.elsewhere} sampled states rest at no known equilibrium")
        regular = all(item.stability.index != 0 for item in self.types)
        if self.sum_is_one and regular and self.index_sum != 1:
            said.append(f"the indices add up to {self.index_sum}, not to 1")
        return "; ".join(said)


def stability(
    system: System, point: Array, dynamic: Dynamic | None = None, tolerance: float = 1e-7
) -> Stability:
    """Return stability and index of one equilibrium.

    Parameters
    ----------
    tolerance : largest residual that counts as rest, and slack at bounds, relative to 1 + the
        largest unknown.

    Raises
    ------
    OptionError : the dynamic does not fit the system.

    Examples
    --------
    >>> from workshare.equilibria.system import system_from_text
    >>> double = system_from_text(["x - x^3"], ["x"], bounds={"x": (-2, 2)})
    >>> found = stability(double, np.array([0.0]))
    >>> found.label, found.index
    ('unstable', -1)
    """
    dynamic = dynamic or Dynamic()
    dynamic.check(system)
    x = np.asarray(point, dtype=float)
    value, matrix = system.value(x), system.derivative(x)
    small = tolerance * (1.0 + float(np.max(np.abs(x), initial=0.0)))
    held = held_at(system, x[None], value[None], small)[0] & (np.abs(value) > small)
    index = _index(matrix, ~held)
    flags = tuple(bool(item) for item in held)
    if not np.all(held | (np.abs(value) <= small)):
        return Stability("no equilibrium", (), 0, index, flags, np.nan)
    block = _moving_block(matrix, dynamic.mass(system), held)
    is_map = dynamic.kind == "map"
    roots = np.linalg.eigvals(block + np.eye(len(block)) if is_map else block)
    growth = np.asarray(np.log(np.maximum(np.abs(roots), 1e-300)) if is_map else roots.real)
    order = np.argsort(-growth, kind="stable")
    roots, growth = roots[order], growth[order]
    jumping = sum(
        name in dynamic.free_to_jump and not flags[k] for k, name in enumerate(system.unknowns)
    )
    return Stability(
        _label(growth, jumping),
        tuple(complex(root) for root in roots),
        int(np.sum(growth > MARGIN)),
        index,
        flags,
        float(-growth[0]) if growth.size else np.inf,
    )


def order_ranks(points: Array, sides: Sequence[float] | None = None) -> tuple[str, ...]:
    """Return the order rank of each of the points (k, n).

    Parameters
    ----------
    sides : for each unknown 1 (more is higher), -1 (more is lower) or 0 (does not count).

    Examples
    --------
    >>> order_ranks(np.array([[0.0, 0.0], [1.0, 2.0], [3.0, 3.0]]))
    ('lowest', 'middle', 'highest')
    >>> order_ranks(np.array([[0.0, 1.0], [1.0, 0.0]]))
    ('unordered', 'unordered')
    """
    table = np.atleast_2d(np.asarray(points, dtype=float))
    if len(table) == 1:
        return ("only",)
    if sides is not None:
        table = (table * np.asarray(sides))[:, np.asarray(sides) != 0]
    slack = 1e-9 * (1 + np.max(np.abs(table), initial=0.0))
    lowest = np.all(table <= table.min(axis=0, initial=np.inf) + slack, axis=1)
    highest = np.all(table >= table.max(axis=0, initial=-np.inf) - slack, axis=1)
    between = "middle" if np.any(lowest) and np.any(highest) else "unordered"
    return tuple(
        "lowest" if low else "highest" if high else between
        for low, high in zip(lowest, highest, strict=True)
    )


def classify(
    found: EquilibriumSet,
    dynamic: Dynamic | None = None,
    *,
    samples: int = 400,
    confidence: float = 0.95,
    seed: int = 0,
    sides: Sequence[float] | None = None,
) -> Classification:
    """Return the types of the equilibria that were found.

    Parameters
    ----------
    found : from :func:`workshare.equilibria.find`.
    dynamic : default: the flow with unit speeds.
    samples : states drawn for basins; 0: none are. Where unknowns are free to jump none are.
    sides : see :func:`order_ranks`; default: every unknown that does not clear at once, more is
        higher.

    Raises
    ------
    OptionError : the dynamic does not fit, or basins cannot be drawn (infinite bounds).

    Examples
    --------
    >>> from workshare.equilibria import find
    >>> from workshare.equilibria.system import system_from_text
    >>> double = system_from_text(["x - x^3"], ["x"], bounds={"x": (-2, 2)})
    >>> [(item.rank, item.stability.label) for item in classify(find(double)).types]
    [('lowest', 'stable'), ('middle', 'unstable'), ('highest', 'stable')]
    """
    system, dynamic = found.system, dynamic or Dynamic()
    dynamic.check(system)
    points = found.points
    if sides is None:
        ignored = (*dynamic.at_once, *dynamic.free_to_jump)
        sides = [0.0 if name in ignored else 1.0 for name in system.unknowns]
    basins = None
    if samples > 0 and len(points) and not dynamic.free_to_jump:
        basins = sample_basins(
            system, points, dynamic, samples=samples, confidence=confidence, seed=seed
        )
    complete = found.completeness.means_all
    ranks = order_ranks(points, sides) if len(points) else ()
    types = []
    for k, point in enumerate(points):
        label = stability(system, point, dynamic)
        proven = None
        if complete and label.label == "stable":
            proven = inner_basin(found, k, dynamic)
        share = None if basins is None else basins.shares[k]
        types.append(EquilibriumType(point, label, ranks[k], share, proven))
    total = sum(item.stability.index for item in types)
    bounded = bool(np.all(np.isfinite(system.lower) & np.isfinite(system.upper)))
    one = bounded if system.complementarity else bounded and points_inward(system)
    return Classification(system, dynamic, tuple(types), total, basins, complete, one)


def _index(matrix: Array, free: Mask) -> int:
    """Return the sign of det(-J) on the free unknowns; 0 where it is singular."""
    if not np.any(free):
        return 1
    block = -matrix[np.ix_(free, free)]
    sizes = np.linalg.svd(block, compute_uv=False) if np.all(np.isfinite(block)) else np.zeros(1)
    if sizes[-1] <= 1e-10 * max(float(sizes[0]), 1e-300):
        return 0
    return int(np.sign(np.linalg.slogdet(block)[0]))


def _moving_block(matrix: Array, mass: Array, held: Mask) -> Array:
    """Return the Jacobian of the unknowns that move, times their speeds, the rest cleared."""
    slow, fast = (mass > 0) & ~held, (mass == 0) & ~held
    block = matrix[np.ix_(slow, slow)]
    if np.any(fast):
        response = np.linalg.solve(matrix[np.ix_(fast, fast)], matrix[np.ix_(fast, slow)])
        block = block - matrix[np.ix_(slow, fast)] @ response
    return np.asarray(block / mass[slow][:, None])


def _label(growth: Array, jumping: int) -> str:
    """Return the word for the growth rates of all deviations, greatest first."""
    if np.any(np.abs(growth) <= MARGIN):
        return "marginal" if growth[0] <= MARGIN or jumping else "unstable"
    repelling = int(np.sum(growth > 0))
    if repelling == jumping:
        return "stable"
    if repelling < jumping:
        return "indeterminate"
    if jumping or repelling == growth.size:
        return "unstable"
    return "saddle"
