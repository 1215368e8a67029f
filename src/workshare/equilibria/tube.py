"""A proof that an equilibrium is carried along a path: a chain of boxes with one root each.

Between two values of t all parameters lie in an interval. A box of the unknowns around the branch
is proven, by Krawczyk's (1969) test over the whole interval, to hold exactly one root for every
parameter in it. Pieces are *linked*: at the t where two meet, the first gives an enclosure of its
root, and the second is taken only if its own box, which holds one root there too, contains that
enclosure; so the two roots are one. The chain is then one branch and no other comes into it: no
change of branches can have happened unseen.

In a complementarity problem the unknowns at a bound are held there, and over every piece their
residuals are proven to point beyond the bound, and the others to stay strictly between theirs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from workshare.arrays import Array, Mask
from workshare.equilibria.faces import AT_LOWER, AT_UPPER, INSIDE, restrict, whole_point
from workshare.equilibria.interval import interval_jacobian, interval_value
from workshare.equilibria.path import Path
from workshare.equilibria.system import System

ROUND = 1e-13
"""Relative inflation that covers the rounding of small matrix products."""

Box = tuple[Array, Array]


@dataclass(frozen=True, slots=True, eq=False)
class Tube:
    """How far an equilibrium is proven to be carried.

    Attributes
    ----------
    t : the end of the proven chain; 1: the whole path.
    point : the equilibrium there (n).
    boxes : number of boxes.
    widest : largest half-width of a box, in units of the unknowns.
    reason : ``proven`` to the end; else why the chain ends: ``start`` (the point is not proven to
        be a root at the start), ``small`` (boxes would have to be smaller than allowed: near a fold
        or a crossing), ``bounds`` (the branch leaves the bounds), ``corner`` (an unknown leaves the
        bound it was held at) or ``not possible`` (no tape).
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
    whole = np.asarray(point, dtype=float)
    if system.tape is None:
        return Tube(0.0, whole, 0, 0.0, "not possible")
    face = _face(system, whole, path)
    free: Mask = np.array(face) == INSIDE
    inner = system if np.all(free) else restrict(system, face)
    wide = None if inner is None else _parameters_as_unknowns(inner)
    everything = _parameters_as_unknowns(system)
    x, step, boxes, widest, t = whole[free], 0.05, 0, 0.0, 0.0
    inside = None if inner is None or wide is None else _started(inner, wide, path, x)
    if inner is not None and inside is None:
        return Tube(0.0, whole, 0, 0.0, "start")
    reason = "small"
    while t < 1.0:
        if step < smallest or boxes >= most:
            return Tube(t, whole_point(system, face, x), boxes, widest, reason)
        # a box ends where a leg of the path does
        end = min(t + step, (np.floor(t * path.legs + 1e-9) + 1) / path.legs, 1.0)
        piece = (x, np.zeros(0), inside, (x, x))
        if inner is not None and wide is not None and inside is not None:
            found = _piece(inner, wide, path, (t, end), x, inside)
            if found is None:
                step *= 0.5
                continue
            piece = found
        after, half, inside_then, image = piece
        trouble = _trouble(system, everything, path, (t, end), face, image)
        if trouble:
            step, reason = 0.5 * step, trouble
            continue
        boxes, widest = boxes + 1, max(widest, float(np.max(half, initial=0.0)))
        t, x, inside, step = float(end), after, inside_then, min(2 * step, 0.25)
        reason = "small"
    return Tube(1.0, whole_point(system, face, x), boxes, widest, "proven")


def _face(system: System, point: Array, path: Path) -> tuple[int, ...]:
    """Return which unknowns are held at a bound at the start of the path."""
    may = system.may_stand_at_bound()
    value = replace(system, parameters=path.values(0.0)).value(point)
    near = 1e-9 * (1 + np.abs(point))
    lower = may & (point <= system.lower + near) & (value < 0)
    upper = may & (point >= system.upper - near) & (value > 0)
    places = np.where(lower, AT_LOWER, np.where(upper, AT_UPPER, INSIDE))
    return tuple(int(place) for place in places)


def _started(inner: System, wide: System, path: Path, x: Array) -> Box | None:
    """Return a box proven to hold one root at the start of the path, around the point given."""
    first = path.values(0.0)
    root = _newton(replace(inner, parameters=first), x)
    if root is None or np.any(np.abs(root - x) > 1e-5 * (1 + np.abs(x))):
        return None
    spread = 1e-14 * np.abs(first)
    for room in (1e-10, 1e-8, 1e-6):
        half = room * (1 + np.abs(root))
        low, high = root - half, root + half
        image = _image(wide, root, (low, high), (first - spread, first + spread))
        if image is not None and np.all(image[0] > low) and np.all(image[1] < high):
            return image
    return None


def _piece(
    inner: System, wide: System, path: Path, between: tuple[float, float], x: Array, inside: Box
) -> tuple[Array, Array, Box, Box] | None:
    """Return the root at the end, the box's half-width, and enclosures at the end and throughout.

    None where no box is proven, or none that contains the root as enclosed so far.
    """
    after = _newton(replace(inner, parameters=path.values(between[1])), x)
    if after is None:
        return None
    ends = np.array([path.values(between[0]), path.values(between[1])])
    spread = 1e-14 * np.abs(ends).max(axis=0)
    given = ends.min(axis=0) - spread, ends.max(axis=0) + spread
    centre = 0.5 * (x + after)
    half = np.abs(after - x) + 1e-8 * (1 + np.abs(centre))
    low, high = centre - half, centre + half
    if np.any(inside[0] < low) or np.any(inside[1] > high):
        return None  # the root so far is not shown to lie in this box: no link
    for _ in range(4):
        image = _image(wide, centre, (low, high), given)
        if image is None:
            return None
        if np.all(image[0] > low) and np.all(image[1] < high):
            half = np.maximum(high - centre, centre - low)
            last = path.values(between[1])
            return after, half, _sharpened(wide, last, spread, after, image), image
        # what moves little takes room from what moves much
        room = 0.1 * (image[1] - image[0])
        low, high = np.minimum(low, image[0] - room), np.maximum(high, image[1] + room)
    return None


def _trouble(
    system: System,
    everything: System,
    path: Path,
    between: tuple[float, float],
    face: tuple[int, ...],
    image: Box,
) -> str:
    """Return what is not proven over a piece: ``bounds``, ``corner``, or nothing."""
    at = np.array(face)
    free = at == INSIDE
    if np.any(image[0] < system.lower[free]) or np.any(image[1] > system.upper[free]):
        return "bounds"
    if np.all(free):
        return ""
    low, high = (whole_point(system, face, end) for end in image)
    ends = np.array([path.values(between[0]), path.values(between[1])])
    spread = 1e-14 * np.abs(ends).max(axis=0)
    least, most = interval_value(
        everything,
        np.append(low, ends.min(axis=0) - spread),
        np.append(high, ends.max(axis=0) + spread),
    )
    stays = ((at == AT_LOWER) & (most < 0)) | ((at == AT_UPPER) & (least > 0)) | free
    return "" if np.all(stays) else "corner"


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


def _sharpened(wide: System, last: Array, spread: Array, root: Array, first: Box) -> Box:
    """Return a tight enclosure of the one root in a box at one value of the parameters."""
    low, high = first
    for _ in range(20):
        if not (np.all(low < root) and np.all(root < high)):
            break
        image = _image(wide, root, (low, high), (last - spread, last + spread))
        if image is None:
            break
        closer = np.maximum(low, image[0]), np.minimum(high, image[1])
        gain = np.max((closer[1] - closer[0]) / (high - low))
        low, high = closer
        if gain > 0.9:
            break
    return low, high


def _image(wide: System, centre: Array, box: Box, given: Box) -> Box | None:
    """Return Krawczyk's image of a box for every parameter of an interval, or None."""
    n = centre.size
    (low, high), (low_p, high_p) = box, given
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
