"""The picture of a system around its equilibria: where the residual points, and where it is zero.

One unknown: the residual over the box. Two: its direction on a grid, and for each equation the
curve on which it is zero (nullcline), from a finer grid by straight pieces. More: only the
equilibria. Nothing here is proven; it is what a reader looks at.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workshare.arrays import Array
from workshare.equilibria.classify import stability
from workshare.equilibria.completeness import EquilibriumSet
from workshare.equilibria.dynamics import Dynamic, residuals_at
from workshare.equilibria.system import System

LINE, ARROWS, GRID = 201, 14, 81
"""Points on a line, arrows each way, and points each way for nullclines."""


@dataclass(frozen=True, slots=True, eq=False)
class Portrait:
    """What is drawn.

    Attributes
    ----------
    lower, upper : the part of the box that is drawn (n).
    states, motion : points and the residual at each, (m, n); empty for more than two unknowns.
    nullclines : for each of two equations the pieces of its zero curve, (k, 2, 2): piece, end,
        unknown.
    labels : stability by equilibrium; empty where no dynamic was named.
    dynamic : its name; empty where none was named.
    """

    lower: Array
    upper: Array
    states: Array
    motion: Array
    nullclines: tuple[Array, ...]
    labels: tuple[str, ...]
    dynamic: str


def portrait(found: EquilibriumSet, dynamic: Dynamic | None = None) -> Portrait:
    """Return the picture of a set of equilibria.

    Parameters
    ----------
    dynamic : under which stability is told; None: no stability is told.

    Raises
    ------
    OptionError : the dynamic does not fit the system.

    Examples
    --------
    >>> from workshare.equilibria.find import find
    >>> from workshare.equilibria.system import system_from_text
    >>> double = system_from_text(["x - x^3"], ["x"], bounds={"x": (-2, 2)})
    >>> made = portrait(find(double), Dynamic())
    >>> made.labels, made.states.shape
    (('stable', 'unstable', 'stable'), (201, 1))
    """
    system = found.system
    low, high = shown_box(system, found.points)
    labels: tuple[str, ...] = ()
    if dynamic is not None:
        dynamic.check(system)
        labels = tuple(stability(system, point, dynamic, 1e-5).label for point in found.points)
    states = np.empty((0, system.size))
    nullclines: tuple[Array, ...] = ()
    if system.size == 1:
        states = np.linspace(low, high, LINE)
    elif system.size == 2:
        shares = (np.arange(ARROWS) + 0.5) / ARROWS
        states = _grid(low, high, shares)
        fine = np.linspace(0.0, 1.0, GRID)
        values = _motion(system, _grid(low, high, fine)).reshape(GRID, GRID, 2)
        axes = [low[k] + (high[k] - low[k]) * fine for k in range(2)]
        nullclines = tuple(zero_curve(axes[0], axes[1], values[:, :, k]) for k in range(2))
    name = "" if dynamic is None else dynamic.name
    return Portrait(low, high, states, _motion(system, states), nullclines, labels, name)


def portrait_record(made: Portrait) -> dict[str, Any]:
    """Return a portrait as plain lists, for JSON and reports."""
    return {
        "lower": made.lower.tolist(),
        "upper": made.upper.tolist(),
        "states": made.states.tolist(),
        "motion": [[v if np.isfinite(v) else None for v in row] for row in made.motion.tolist()],
        "nullclines": [pieces.tolist() for pieces in made.nullclines],
        "labels": list(made.labels),
        "dynamic": made.dynamic,
    }


def shown_box(system: System, points: Array) -> tuple[Array, Array]:
    """Return what is drawn of a box: its finite bounds, else the points with room around them."""
    low, high = system.lower.copy(), system.upper.copy()
    for k in range(system.size):
        column = points[:, k]
        least, most = (column.min(), column.max()) if len(column) else (0.0, 0.0)
        ends = [b for b in (low[k], high[k]) if np.isfinite(b)]
        least, most = min(least, *ends, least), max(most, *ends, most)
        room = 0.4 * (most - least) or max(1.0, abs(most))
        low[k] = low[k] if np.isfinite(low[k]) else least - room
        high[k] = high[k] if np.isfinite(high[k]) else most + room
    return low, high


def zero_curve(across: Array, up: Array, values: Array) -> Array:
    """Return where a function on a grid is zero, as straight pieces (k, 2, 2).

    Every square is cut into two triangles; in each the function is taken as straight.

    Parameters
    ----------
    across, up : the grid's coordinates. values : at (across, up), shape of both.

    Examples
    --------
    >>> side = np.linspace(-1, 1, 3)
    >>> zero_curve(side, side, np.add.outer(side, 0 * side) - 0.5)[:, :, 0]
    array([[0.5, 0.5],
           [0.5, 0.5],
           [0.5, 0.5],
           [0.5, 0.5]])
    """
    pieces: list[list[list[float]]] = []
    for i in range(across.size - 1):
        for j in range(up.size - 1):
            corners = [(i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1)]
            heights = [values[c] for c in corners]
            if not np.all(np.isfinite(heights)) or min(heights) > 0 or max(heights) < 0:
                continue
            for triangle in ((0, 1, 2), (0, 2, 3)):
                cut = _cut([corners[k] for k in triangle], across, up, values)
                if cut:
                    pieces.append(cut)
    return np.array(pieces).reshape(-1, 2, 2)


def _cut(
    triangle: list[tuple[int, int]], across: Array, up: Array, values: Array
) -> list[list[float]]:
    """Return the piece on which a straight function is zero in a triangle; empty if there is none.

    A corner that is exactly zero counts as above zero; a side that is zero, such as the edge of
    the box, is a piece.
    """
    zero = [c for c in triangle if values[c] == 0]
    if len(zero) == 2 and max(values[c] for c in triangle) > 0:
        return [[float(across[i]), float(up[j])] for i, j in zero]
    ends = []
    for k in range(3):
        one, two = triangle[k], triangle[(k + 1) % 3]
        a, b = values[one], values[two]
        if (a >= 0) == (b >= 0):
            continue
        share = a / (a - b)
        ends.append(
            [
                float(across[one[0]] + share * (across[two[0]] - across[one[0]])),
                float(up[one[1]] + share * (up[two[1]] - up[one[1]])),
            ]
        )
    return ends if len(ends) == 2 else []


def _grid(low: Array, high: Array, shares: Array) -> Array:
    first, second = (low[k] + (high[k] - low[k]) * shares for k in range(2))
    return np.array(np.meshgrid(first, second, indexing="ij")).reshape(2, -1).T


def _motion(system: System, states: Array) -> Array:
    if len(states) == 0:
        return states
    with np.errstate(all="ignore"):
        return residuals_at(system, np.ascontiguousarray(states))
