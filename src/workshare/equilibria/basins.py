"""Basins of attraction: sizes by sampling, and inner parts of them with a proof.

*Sampled*: states drawn evenly from the box are moved until they rest; the share that comes to each
equilibrium has Wilson's (1927) interval, and what came to none is counted, not hidden.

*Certified*, for order-preserving flows (off-diagonal entries of the Jacobian nonnegative): if the
residual is nonnegative at a and nonpositive at b, a <= b, the order interval [a, b] is never left
and every state in it comes to the equilibria in it (Hirsch and Smith 2005). If there is only one,
all of [a, b] is its basin. The signs are decided in interval arithmetic.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workshare.arrays import Array, Mask
from workshare.equilibria.completeness import EquilibriumSet
from workshare.equilibria.dynamics import Dynamic, move
from workshare.equilibria.interval import interval_jacobian, interval_value
from workshare.equilibria.system import System
from workshare.equilibria.tape import Integers
from workshare.errors import OptionError


@dataclass(frozen=True, slots=True)
class BasinShare:
    """How much of a box comes to one equilibrium.

    Attributes
    ----------
    share : share of the sampled states, between 0 and 1.
    low, high : Wilson's interval for the true share.
    count : number of sampled states that came to it.
    """

    share: float
    low: float
    high: float
    count: int


@dataclass(frozen=True, slots=True, eq=False)
class SampledBasins:
    """Shares of a box by the equilibrium its states come to.

    Attributes
    ----------
    dynamic : what moved the states.
    shares : one for each equilibrium, in the order given.
    elsewhere : states that came to rest away from every given equilibrium: one is missing.
    undecided : states that had not come to rest: slow, cycling or leaving.
    samples, confidence, seed : number of states, level of the intervals, seed.
    starts : the states drawn, shape (samples, n).
    reached : which equilibrium each came to; -1: none, shape (samples,).
    """

    dynamic: Dynamic
    shares: tuple[BasinShare, ...]
    elsewhere: int
    undecided: int
    samples: int
    confidence: float
    seed: int
    starts: Array
    reached: Integers


@dataclass(frozen=True, slots=True, eq=False)
class InnerBasin:
    """An order interval proven to lie in the basin of one equilibrium.

    Attributes
    ----------
    lower, upper : its ends, shape (n,).
    volume : its share of the box; NaN where the box is infinite.
    """

    lower: Array
    upper: Array
    volume: float


def wilson(count: int, samples: int, confidence: float = 0.95) -> tuple[float, float]:
    """Return Wilson's (1927) interval for a share.

    Examples
    --------
    >>> tuple(round(x, 4) for x in wilson(0, 100))
    (0.0, 0.037)
    """
    from statistics import NormalDist

    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    share, spread = count / samples, z * z / samples
    centre = (share + spread / 2) / (1 + spread)
    half = z / (1 + spread) * (share * (1 - share) / samples + spread / samples / 4) ** 0.5
    return max(0.0, centre - half), min(1.0, centre + half)


def sample_basins(
    system: System,
    equilibria: Array,
    dynamic: Dynamic | None = None,
    *,
    samples: int = 400,
    confidence: float = 0.95,
    seed: int = 0,
    near: float = 1e-3,
) -> SampledBasins:
    """Return the share of the system's box that comes to each of ``equilibria`` (k, n).

    Unknowns that clear at once are not drawn: they follow from the others.

    Parameters
    ----------
    samples : number of states, drawn independently and evenly.
    near : a state at rest within this distance of an equilibrium, relative to the width of the
        box, is counted as there.

    Raises
    ------
    OptionError : an infinite bound, no sample, unknowns free to jump, or a wrong dynamic.

    Examples
    --------
    >>> from workshare.equilibria.system import system_from_text
    >>> double = system_from_text(["x - x^3"], ["x"], bounds={"x": (-2, 2)})
    >>> found = sample_basins(double, np.array([[-1.0], [0.0], [1.0]]), samples=100)
    >>> [share.count for share in found.shares], found.elsewhere, found.undecided
    ([44, 0, 56], 0, 0)
    """
    dynamic = dynamic or Dynamic()
    dynamic.check(system)
    faults = []
    drawn: Mask = np.array([name not in dynamic.at_once for name in system.unknowns])
    bounded: Mask = np.isfinite(system.lower) & np.isfinite(system.upper)
    if not np.all(bounded[drawn]):
        names = [system.unknowns[k] for k in np.flatnonzero(drawn & ~bounded)]
        faults.append(f"{', '.join(names)} has no finite bounds to draw from")
    if samples < 1:
        faults.append(f"samples is {samples}; must be 1 or more")
    if dynamic.free_to_jump:
        faults.append("where unknowns are free to jump, a state alone does not say where it goes")
    if faults:
        raise OptionError(f"Basins of {system.name!r}: " + "; ".join(faults))
    points = np.atleast_2d(np.asarray(equilibria, dtype=float)).reshape(-1, system.size)
    middle = points.mean(axis=0) if len(points) else (system.lower + system.upper) / 2
    starts = np.tile(middle, (samples, 1))
    draw = np.random.default_rng(seed).random((samples, int(drawn.sum())))
    low, high = system.lower[drawn], system.upper[drawn]
    starts[:, drawn] = low + (high - low) * draw
    reached, at_rest = _reached(system, starts, points, dynamic, near)
    counts = [int(np.sum(reached == k)) for k in range(len(points))]
    return SampledBasins(
        dynamic,
        tuple(BasinShare(c / samples, *wilson(c, samples, confidence), c) for c in counts),
        int(np.sum((reached < 0) & at_rest)),
        int(np.sum((reached < 0) & ~at_rest)),
        samples,
        confidence,
        seed,
        starts,
        reached,
    )


def basin_of(
    system: System,
    state: Array,
    equilibria: Array,
    dynamic: Dynamic | None = None,
    near: float = 1e-3,
) -> int | None:
    """Return which of ``equilibria`` (k, n) a state comes to; None if none of them.

    Distances are relative to the width of the box where it is finite, else absolute.

    Examples
    --------
    >>> from workshare.equilibria.system import system_from_text
    >>> double = system_from_text(["x - x^3"], ["x"], bounds={"x": (-2, 2)})
    >>> basin_of(double, np.array([0.1]), np.array([[-1.0], [0.0], [1.0]]))
    2
    """
    dynamic = dynamic or Dynamic()
    points = np.atleast_2d(np.asarray(equilibria, dtype=float))
    reached, _ = _reached(system, np.atleast_2d(state), points, dynamic, near)
    return int(reached[0]) if reached[0] >= 0 else None


def inner_basin(
    found: EquilibriumSet, which: int, dynamic: Dynamic | None = None
) -> InnerBasin | None:
    """Return an order interval proven to be in the basin of equilibrium ``which``, or None.

    The proof rests on there being no other equilibrium in the interval, so the set must be known
    to be all. Its ends are tried at the corners of the box and just beyond each ordered neighbour;
    the widest that passes is returned. None: none passed, not that the basin is empty.

    Raises
    ------
    OptionError : the equilibria are not known to be all (level PROVED or PROB-1), or there is no
        equilibrium of that number.

    Examples
    --------
    >>> from workshare.equilibria.find import find
    >>> from workshare.equilibria.system import system_from_text
    >>> double = system_from_text(["x - x^3"], ["x"], bounds={"x": (-2, 2)})
    >>> inner = inner_basin(find(double), 2)
    >>> bool(0 < inner.lower[0] < 0.01), float(inner.upper[0])
    (True, 2.0)
    """
    dynamic, system, points = dynamic or Dynamic(), found.system, found.points
    faults = []
    if not found.completeness.means_all:
        faults.append(
            f"the equilibria are {found.completeness}, so there may be more; an inner basin is "
            "proven only where they are known to be all (PROVED or PROB-1)"
        )
    if not 0 <= which < len(points):
        faults.append(f"there is no equilibrium {which}: {len(points)} were found")
    if faults:
        raise OptionError(f"Inner basin of {system.name!r}: " + "; ".join(faults))
    if system.tape is None or dynamic.kind != "flow" or dynamic.at_once or dynamic.free_to_jump:
        return None
    lows = _ends(system, points, points[which], -1.0)
    highs = _ends(system, points, points[which], 1.0)
    pairs = [(low, high) for low in lows for high in highs]
    pairs.sort(key=lambda ends: -float(np.prod(ends[1] - ends[0])))
    for low, high in pairs:
        inside = np.all((points >= low) & (points <= high), axis=1)
        if np.flatnonzero(inside).tolist() == [which] and _order_preserving(system, low, high):
            width = system.upper - system.lower
            share = float(np.prod((high - low) / width)) if np.all(np.isfinite(width)) else np.nan
            return InnerBasin(low, high, share)
    return None


def _reached(
    system: System, starts: Array, points: Array, dynamic: Dynamic, near: float
) -> tuple[Integers, Mask]:
    """Return which equilibrium each start comes to (-1: none), and whether it rests."""
    moved = move(system, starts, dynamic)
    # rest is relative to the size of a state: what runs away would seem to rest far out
    width = system.upper - system.lower
    slack = 1e-3 * np.where(np.isfinite(width), width, 1.0)
    outside = (moved.points < system.lower - slack) | (moved.points > system.upper + slack)
    at_rest = moved.at_rest & ~np.any(outside, axis=1)
    if len(points) == 0:
        return np.full(len(starts), -1), at_rest
    width = np.where(np.isfinite(width), width, 1.0)
    gaps = np.max(np.abs(moved.points[:, None, :] - points[None]) / width, axis=2)
    gaps = np.where(np.isfinite(gaps), gaps, np.inf)
    nearest = np.argmin(gaps, axis=1)
    arrived = np.min(gaps, axis=1) <= near
    return np.where(arrived & at_rest, nearest, -1), at_rest


def _ends(system: System, points: Array, goal: Array, side: float) -> list[Array]:
    """Return ends below (side -1) or above (+1) ``goal``: the residual is proven to face it."""
    corner = system.lower if side < 0 else system.upper
    found = [corner] if np.all(np.isfinite(corner)) and _faces(system, corner, side) else []
    for other in points:
        beyond = side * (other - goal)
        if not (np.all(beyond >= 0) and np.any(beyond > 0)):
            continue
        roots, vectors = np.linalg.eig(system.derivative(other))
        lead = int(np.argmax(roots.real))
        direction = np.abs(vectors[:, lead].real)
        if roots[lead].real <= 0 or not np.any(direction > 0):
            continue
        direction = direction / np.max(direction) * np.max(np.abs(other - goal))
        for share in (1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1):
            end = np.clip(other - side * share * direction, system.lower, system.upper)
            if np.all(side * (end - goal) >= 0) and _faces(system, end, side):
                found.append(end)
                break
    return found


def _faces(system: System, point: Array, side: float) -> bool:
    """Return whether the residual is proven to point away from that side, or is stopped."""
    low, high = interval_value(system, point, point)
    bound = system.lower if side < 0 else system.upper
    stopped = (point == bound) & system.may_stand_at_bound()
    inward = low >= 0 if side < 0 else high <= 0
    return bool(np.all(inward | stopped))


def _order_preserving(system: System, low: Array, high: Array) -> bool:
    """Return whether the Jacobian's off-diagonal is proven nonnegative over [low, high]."""
    least, _ = interval_jacobian(system, low, high)
    return bool(np.all(least[~np.eye(system.size, dtype=bool)] >= 0))
