"""A proof that an equilibrium is carried along a path: a chain of boxes with one root each.

Between two values of t all parameters lie in an interval. A box of the unknowns around the branch
is proven, by Krawczyk's (1969) test over the whole interval, to hold exactly one root for every
parameter in it. Boxes overlap in the root at their common t, so that the chain is one branch and no
other comes into it: no change of branches can have happened unseen.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from workshare.arrays import Array
from workshare.equilibria.interval import interval_jacobian, interval_value
from workshare.equilibria.path import Path
from workshare.equilibria.system import System

ROUND = 1e-13
"""Relative inflation that covers the rounding of small matrix products."""


@dataclass(frozen=True, slots=True, eq=False)
class Tube:
    """How far an equilibrium is proven to be carried.

    Attributes
    ----------
    t : the end of the proven chain; 1: the whole path.
    point : the equilibrium there (n).
    boxes : number of boxes.
    widest : largest half-width of a box, in units of the unknowns.
    reason : ``proven`` to the end; else why the chain ends: ``small`` (boxes would have to be
        smaller than allowed: near a fold or a crossing), ``bounds`` (the branch leaves the bounds)
        or ``not possible`` (no tape, or unknowns that may rest at a bound).
    """

    t: float
    point: Array
    boxes: int
    widest: float
    reason: str


def tube(
    system: System, path: Path, point: Array, *, smallest: float = 1e-6, most: int = 20_000
) -> Tube:
    """Return how far the equilibrium at the start of a path is proven to be carried along it.

    Parameters
    ----------
    point : the equilibrium at the start (n).
    smallest : least length of a box in t.
    most : largest number of boxes.

    Examples
    --------
    >>> from workshare.equilibria.path import make_path
    >>> from workshare.equilibria.system import system_from_text
    >>> fold = system_from_text(["a - x^2"], ["x"], parameters={"a": 1.0})
    >>> tube(fold, make_path(fold, [{"a": 1.0}, {"a": 0.1}]), np.array([1.0])).reason
    'proven'
    >>> past = tube(fold, make_path(fold, [{"a": 1.0}, {"a": -0.1}]), np.array([1.0]))
    >>> past.reason, bool(0.9 < past.t <= 1 / 1.1)
    ('small', True)
    """
    x = np.asarray(point, dtype=float)
    if system.tape is None or system.complementarity:
        return Tube(0.0, x, 0, 0.0, "not possible")
    wide = _parameters_as_unknowns(system)
    t, step, boxes, widest = 0.0, 0.05, 0, 0.0
    inside = (x - 1e-9 * (1 + np.abs(x)), x + 1e-9 * (1 + np.abs(x)))
    while t < 1.0:
        if step < smallest or boxes >= most:
            return Tube(t, x, boxes, widest, "small")
        # a box ends where a leg of the path does
        end = min(t + step, (np.floor(t * path.legs + 1e-9) + 1) / path.legs, 1.0)
        after = _newton(replace(system, parameters=path.values(end)), x)
        found = None if after is None else _box(wide, path, (t, end), x, after, inside)
        if after is None or found is None:
            step *= 0.5
            continue
        half, inside = found
        if np.any(inside[0] < system.lower) or np.any(inside[1] > system.upper):
            return Tube(t, x, boxes, widest, "bounds")
        boxes, widest = boxes + 1, max(widest, float(np.max(half)))
        t, x, step = float(end), after, min(2 * step, 0.25)
    return Tube(1.0, x, boxes, widest, "proven")


def _parameters_as_unknowns(system: System) -> System:
    """Return a system whose unknowns are the unknowns and then the parameters: for intervals."""
    assert system.tape is not None
    size = system.size + system.parameters.size
    tape = replace(system.tape, num_unknowns=size, num_parameters=0)
    return replace(
        system,
        unknowns=(*system.unknowns, *system.parameter_names),
        parameter_names=(),
        parameters=np.empty(0),
        tape=tape,
    )


def _box(
    wide: System,
    path: Path,
    between: tuple[float, float],
    x: Array,
    after: Array,
    inside: tuple[Array, Array],
) -> tuple[Array, tuple[Array, Array]] | None:
    """Return a proven box's half-width and an enclosure of the root at its end, or None."""
    n = x.size
    ends = np.array([path.values(between[0]), path.values(between[1])])
    spread = 1e-14 * np.abs(ends).max(axis=0)
    low_p, high_p = ends.min(axis=0) - spread, ends.max(axis=0) + spread
    centre = 0.5 * (x + after)
    half = np.abs(after - x) + 1e-8 * (1 + np.abs(centre))
    low, high = centre - half, centre + half
    if np.any(inside[0] < low) or np.any(inside[1] > high):
        return None  # the root so far is not shown to lie in this box
    image = _image(wide, centre, low, high, low_p, high_p, n)
    if image is None or np.any(image[0] <= low) or np.any(image[1] >= high):
        return None
    return half, _sharpened(wide, path.values(between[1]), spread, after, image)


def _sharpened(
    wide: System, last: Array, spread: Array, root: Array, first: tuple[Array, Array]
) -> tuple[Array, Array]:
    """Return a tight enclosure of the one root in a box at one value of the parameters."""
    low, high = first
    for _ in range(20):
        if not (np.all(low < root) and np.all(root < high)):
            break
        image = _image(wide, root, low, high, last - spread, last + spread, root.size)
        if image is None:
            break
        closer = np.maximum(low, image[0]), np.minimum(high, image[1])
        gain = np.max((closer[1] - closer[0]) / (high - low))
        low, high = closer
        if gain > 0.9:
            break
    return low, high


def _image(
    wide: System, centre: Array, low: Array, high: Array, low_p: Array, high_p: Array, n: int
) -> tuple[Array, Array] | None:
    """Return Krawczyk's image of a box for every parameter of an interval, or None."""
    value = interval_value(wide, np.append(centre, low_p), np.append(centre, high_p))
    least, most = interval_jacobian(wide, np.append(low, low_p), np.append(high, high_p))
    least, most = least[:n, :n], most[:n, :n]
    if not all(np.all(np.isfinite(item)) for item in (*value, least, most)):
        return None
    middle = 0.5 * (least + most)
    try:
        inverse = np.linalg.inv(middle)
    except np.linalg.LinAlgError:
        return None
    shift = inverse @ (0.5 * (value[0] + value[1]))
    reach = np.abs(inverse) @ (0.5 * (value[1] - value[0]))
    rest = np.abs(np.eye(n) - inverse @ middle) + np.abs(inverse) @ (0.5 * (most - least))
    rest += ROUND * n * (np.abs(inverse) @ np.maximum(np.abs(least), np.abs(most)))
    reach = reach + rest @ np.maximum(high - centre, centre - low)
    size = np.abs(centre) + np.abs(inverse) @ np.maximum(np.abs(value[0]), np.abs(value[1])) + reach
    reach = reach + ROUND * n * size
    return centre - shift - reach, centre - shift + reach


def _newton(system: System, x: Array) -> Array | None:
    """Return the root near x, or None."""
    for _ in range(12):
        try:
            move = np.linalg.solve(system.derivative(x), -system.value(x))
        except np.linalg.LinAlgError:
            return None
        x = x + move
        if not np.all(np.isfinite(x)):
            return None
        if np.max(np.abs(move)) <= 1e-13 * (1 + np.max(np.abs(x))):
            return x
    return None
