"""Solutions at which the Jacobian is singular, and whether they are single points or curves.

Newton's method sees none of them. Here Gauss-Newton steps with the pseudo-inverse come close from
many starts; a solution lies on a curve where a step along the direction that the Jacobian sends to
zero, and back to the equations, ends at another solution. This is a search: what it finds is shown,
what it does not find is not excluded.
"""

from __future__ import annotations

import numpy as np
from scipy.stats import qmc

from workshare.arrays import Array
from workshare.equilibria.deflation import search_box
from workshare.equilibria.system import System

SMALL = 1e-9
"""Residual, over the largest at the starts, that counts as zero."""

FLAT = 1e-6
"""Smallest singular value over the largest below which a Jacobian counts as singular."""

MOST_SHOWN = 10


def singular_solutions(
    system: System, starts: int = 32, seed: int = 0
) -> tuple[tuple[Array, bool], ...]:
    """Return solutions with a singular Jacobian, each with whether it lies on a curve of them.

    Parameters
    ----------
    starts : points between the bounds to start from.

    Examples
    --------
    >>> from workshare.equilibria.system import system_from_text
    >>> line = system_from_text(["tanh(x - y)", "sin(x - y)"], ["x", "y"],
    ...     bounds={"x": (-1, 1), "y": (-1, 1)})
    >>> all(on_curve for _, on_curve in singular_solutions(line))
    True
    """
    low, high = search_box(system)
    width = high - low
    points = qmc.scale(qmc.Sobol(system.size, seed=seed).random(starts), low, high)
    sizes = [_size(system, point) for point in points]
    scale = max([size for size in sizes if np.isfinite(size)], default=1.0) or 1.0
    found: list[tuple[Array, bool]] = []
    for point in points:
        root = _settled(system, point, SMALL * scale)
        if root is None or not system.contains(root, 1e-9):
            continue
        if any(np.max(np.abs(root - other) / width) < 1e-3 for other, _ in found):
            continue
        direction = _flat_direction(system, root, width)
        if direction is not None:
            found.append((root, _continues(system, root, direction, width, SMALL * scale)))
        if len(found) == MOST_SHOWN:
            break
    return tuple(found)


def _size(system: System, point: Array) -> float:
    with np.errstate(all="ignore"):
        return float(np.max(np.abs(system.value(point))))


def _settled(system: System, point: Array, enough: float) -> Array | None:
    """Return the solution that Gauss-Newton comes to, or None."""
    x = point
    for _ in range(60):
        with np.errstate(all="ignore"):
            value, matrix = system.value(x), system.derivative(x)
        if not (np.all(np.isfinite(value)) and np.all(np.isfinite(matrix))):
            return None
        if float(np.max(np.abs(value))) <= 1e-3 * enough:
            return x
        x = x - np.linalg.pinv(matrix, rcond=1e-9) @ value
    return x if _size(system, x) <= enough else None


def _flat_direction(system: System, root: Array, width: Array) -> Array | None:
    """Return the direction, in widths of the box, that a singular Jacobian sends to zero."""
    with np.errstate(all="ignore"):
        matrix = system.derivative(root) * width
    if not np.all(np.isfinite(matrix)):
        return None
    _, values, directions = np.linalg.svd(matrix)
    # at a multiple root the residual is known, the place only to its root: hence the room
    flat = values[-1] <= max(FLAT * values[0], np.sqrt(SMALL))
    return np.asarray(directions[-1] * width) if flat else None


def _continues(system: System, root: Array, direction: Array, width: Array, enough: float) -> bool:
    """Return whether there is another solution a hundredth of the box away, on either side."""
    for side in (0.01, -0.01):
        other = _settled(system, root + side * direction, enough)
        if other is None:
            continue
        moved = np.max(np.abs(other - root) / width)
        if 0.2 * abs(side) * np.max(np.abs(direction / width)) < moved < 0.1:
            return True
    return False
