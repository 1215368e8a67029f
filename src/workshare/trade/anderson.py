"""Anderson acceleration of a fixed point: the one loop for economies with intermediate inputs.

Walker and Ni (2011), SIAM Journal on Numerical Analysis 49(4): the next point is the combination of
the last few whose linearised residual is smallest. Where that does not help the plain damped step
is taken instead.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from workshare.arrays import Array


@dataclass(frozen=True, slots=True)
class FixedPoint:
    """Where the loop ended: the point, its residual (largest absolute entry), and the steps."""

    point: Array
    residual: float
    steps: int
    converged: bool


def anderson(
    residual: Callable[[Array], Array],
    start: Array,
    *,
    tolerance: float = 1e-12,
    memory: int = 8,
    step: float = 1.0,
    most_steps: int = 300,
) -> FixedPoint:
    """Return a point at which ``residual`` is zero, by accelerated steps along it.

    Parameters
    ----------
    residual : the change that a plain step would make: ``next = point + step * residual(point)``.
    start : the first point.
    tolerance : on the largest absolute entry of the residual.
    memory : how many earlier points are combined.
    step : damping of a plain step, at most 1.
    most_steps : residuals evaluated at most; then the best point found is returned.

    Examples
    --------
    >>> found = anderson(lambda x: np.cos(x) - x, np.array([1.0]))
    >>> round(float(found.point[0]), 6), found.converged
    (0.739085, True)
    """
    point, best = start.astype(float), (np.inf, start)
    points: list[Array] = []
    residuals: list[Array] = []
    for steps in range(1, most_steps + 1):
        now = residual(point)
        size = float(np.abs(now).max(initial=0.0))
        if not np.isfinite(size):
            # too far: halve the way back to the best point known
            point = 0.5 * (point + best[1])
            points, residuals = points[-1:], residuals[-1:]
            continue
        if size < best[0]:
            best = (size, point)
        if size <= tolerance:
            return FixedPoint(point, size, steps, True)
        if size > 100.0 * best[0] and len(points) > 1:
            # the memory misleads: forget it and go on from the best point with a plain step
            point, now = best[1], residual(best[1])
            points, residuals = [], []
        points.append(point)
        residuals.append(now)
        points, residuals = points[-memory - 1 :], residuals[-memory - 1 :]
        point = _next(points, residuals, step)
    return FixedPoint(best[1], best[0], most_steps, False)


def _next(points: list[Array], residuals: list[Array], step: float) -> Array:
    """Return the next point: the combination with the least linearised residual, one step on."""
    last, now = points[-1], residuals[-1]
    if len(points) == 1:
        return np.asarray(last + step * now)
    moves = np.array([b - a for a, b in itertools.pairwise(points)]).T
    turns = np.array([b - a for a, b in itertools.pairwise(residuals)]).T
    weights = np.linalg.lstsq(turns, now, rcond=1e-10)[0]
    return np.asarray(last + step * now - (moves + step * turns) @ weights)
