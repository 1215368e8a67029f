"""Closed branches that touch no known one: searched for between the places of a full check.

Two searches, neither of which can promise anything. At a *station*, a place on the path, the roots
of the known branches are divided out and Newton starts again from beside them and from points all
over the box (deflated continuation: Farrell, Beentjes and Birkisson 2016). A branch that lives
between two stations is invisible to that; so Newton also starts from random unknowns *and* places
and moves both, each step the shortest one that solves the linearised equations (Gauss-Newton for
underdetermined systems: Allgower and Georg 1990, section 3.2). It ends on whatever curve is near.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import qmc

from workshare.arrays import Array
from workshare.equilibria.continuation import Extended
from workshare.equilibria.deflation import deflated_newton, search_box
from workshare.equilibria.system import System

STARTS = 6
"""Starts at a station that are spread over the box, and most that lie beside known roots."""

ASIDE = 0.03
"""How far beside a known root, as a share of the box."""


@dataclass(frozen=True, slots=True, eq=False)
class Searched:
    """How branches that no check met were searched for: SEARCHED, never all.

    Attributes
    ----------
    stations : places on the path where known roots were divided out.
    deflated : starts at all stations together.
    free : starts with a free place on the path; ``arrived`` of them ended on a curve.
    found : branches that only this search found.
    unseen : estimated number of branches not seen, with a 95 % interval, from how often the free
        starts ended on each; see :func:`workshare.equilibria.deflation.unseen_roots`.
    """

    stations: tuple[float, ...]
    deflated: int
    free: int
    arrived: int
    found: int
    unseen: tuple[float, float, float]

    def sentence(self) -> str:
        """Return what was searched, in words."""
        return (
            f"Between the checks, branches were searched for at {len(self.stations)} stations "
            f"with known roots divided out ({self.deflated} starts) and from {self.free} starts "
            f"anywhere on the path; {self.found} more were found. Searched, not all: a small "
            "closed branch can be missed."
        )


def station_points(
    system: System, known: Sequence[Array], random: np.random.Generator
) -> tuple[list[Array], int]:
    """Return roots at one place that are not among the known, and the number of starts.

    Parameters
    ----------
    system : at the parameters of the place.
    known : roots there.
    random : where the starts lie.

    Examples
    --------
    >>> from workshare.equilibria.system import system_from_text
    >>> cubic = system_from_text(["x^3 - x"], ["x"], bounds={"x": (-2, 2)})
    >>> found, _ = station_points(cubic, [np.array([1.0])], np.random.default_rng(0))
    >>> sorted(round(float(x[0])) for x in found)
    [-1, 0]
    """
    low, high = search_box(system)
    roots, new, tried = list(known), [], 0
    beside = [roots[k] for k in random.permutation(len(roots))[:STARTS]]
    spread = qmc.Sobol(system.size, seed=random).random_base2(3)[:STARTS]
    starts = [low + (high - low) * share for share in spread]
    starts += [
        np.clip(x + ASIDE * (high - low) * random.standard_normal(x.size), low, high)
        for x in beside
    ]
    for start in starts:
        for _ in range(8):  # the same start again, as long as it gives something new
            tried += 1
            root = deflated_newton(system, start, roots, low, high)
            if root is None or any(_same(root, x, high - low) for x in roots):
                break
            roots.append(root)
            new.append(root)
    return new, tried


def _same(one: Array, two: Array, width: Array) -> bool:
    return bool(np.max(np.abs(one - two) / width) < 1e-7)


def free_points(
    residual: Extended, jacobian: Extended, low: Array, high: Array, starts: Array
) -> list[Array]:
    """Return points (x, t) on curves of solutions, from starts that may move in x and in t.

    Parameters
    ----------
    residual, jacobian : of the extended point, as in
        :func:`workshare.equilibria.continuation.follow_curve`.
    low, high : the box in (x, t); points outside are dropped.
    starts : shape (count, n + 1).

    Examples
    --------
    A circle of radius 0.2 about x = 0, t = 0.5:

    >>> found = free_points(
    ...     lambda z: np.array([z[0] ** 2 + (z[1] - 0.5) ** 2 - 0.04]),
    ...     lambda z: np.array([[2 * z[0], 2 * (z[1] - 0.5)]]),
    ...     np.array([-1.0, 0.0]), np.array([1.0, 1.0]), np.array([[0.9, 0.6], [-0.3, 0.1]]))
    >>> [round(float(np.hypot(z[0], z[1] - 0.5)), 9) for z in found]
    [0.2, 0.2]
    """
    found = []
    for start in starts:
        point = _nearest(residual, jacobian, start, high - low)
        room = 1e-9 * (high - low)
        if point is not None and np.all(point >= low - room) and np.all(point <= high + room):
            found.append(np.clip(point, low, high))
    return found


def _nearest(residual: Extended, jacobian: Extended, start: Array, width: Array) -> Array | None:
    """Return where shortest Newton steps lead; None where they do not settle."""
    z = np.array(start, dtype=float)
    for _ in range(50):
        with np.errstate(all="ignore"):
            value, slope = residual(z), jacobian(z)
        if not (np.all(np.isfinite(value)) and np.all(np.isfinite(slope))):
            return None
        step = width * np.linalg.lstsq(slope * width, -value, rcond=None)[0]
        longest = float(np.max(np.abs(step) / width))
        z = z + step * min(1.0, 0.2 / max(longest, 1e-300))
        if longest < 1e-12:
            return z
        if np.any(np.abs(z - start) > 3 * width):
            return None
    return None
