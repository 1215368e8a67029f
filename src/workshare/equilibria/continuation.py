"""Follow a curve of solutions in one parameter past its turning points.

A *curve* is the set of points z = (x, t) with F(x, t) = 0, n equations in n + 1 unknowns. It is
followed by pseudo-arclength continuation (Keller 1977; Allgower and Georg 1990, chapters 2, 6 and
8): a step along the tangent, then Newton's method in the plane across it.

Terms. A *fold* is a point where the parameter turns back: the component of the tangent along t
changes sign. Two solutions meet there and vanish. A *branch point* is a point where curves cross:
the determinant of the Jacobian bordered by the tangent changes sign. Both are located to
tolerance, not only bracketed. Hopf points are no solutions that appear or vanish, so they are not
looked for here; stability is told by :mod:`workshare.equilibria.stability`.

Positions are numbers without unit; a caller with unknowns of very different sizes scales them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from workshare.arrays import Array

Extended = Callable[[Array], Array]
"""A function of the extended point z = (x, t): the residual (n) or its Jacobian (n, n + 1)."""

Events = Callable[[Array], Array]
"""A function of the extended point: what must stay at or above zero along the curve."""


@dataclass(frozen=True, slots=True)
class FollowOptions:
    """How finely a curve is followed.

    Attributes
    ----------
    step : first and usual step along the curve.
    smallest, largest : limits of the step.
    tolerance : largest residual component and largest Newton move at a point of the curve.
    most_points : at most so many points; a curve cut short says ``limit``.
    turn : largest turn of the tangent in one step, radians; a larger one halves the step.
    """

    step: float = 0.02
    smallest: float = 1e-7
    largest: float = 0.1
    tolerance: float = 1e-11
    most_points: int = 4000
    turn: float = 0.35


@dataclass(frozen=True, slots=True)
class SpecialPoint:
    """A fold or a branch point.

    Attributes
    ----------
    kind : ``fold`` or ``branch``.
    x : the unknowns there (n).
    t : the parameter there.
    tangent : the direction of the curve there (n + 1), of length one.
    position : the place among the curve's points after which it lies.
    accuracy : half the width, along the curve, of the bracket it was located in.
    """

    kind: str
    x: Array
    t: float
    tangent: Array
    position: int
    accuracy: float


@dataclass(frozen=True, slots=True)
class Curve:
    """A followed curve.

    Attributes
    ----------
    x : the unknowns at each point (m, n).
    t : the parameter at each point (m).
    tangents : the unit tangents (m, n + 1).
    special : folds and branch points, in the order met.
    end : why it ends: ``range`` (t left its range), ``event`` (something fell below zero that must
        not), ``loop`` (back at the start: a closed curve), ``limit`` (too many points), ``stuck``
        (no smaller step helps).
    largest_residual : the largest residual component at any point.
    event : which event ended it, its position; -1 where none did.
    """

    x: Array
    t: Array
    tangents: Array
    special: tuple[SpecialPoint, ...]
    end: str
    largest_residual: float
    event: int = -1

    @property
    def folds(self) -> tuple[SpecialPoint, ...]:
        """The folds, in the order met."""
        return tuple(point for point in self.special if point.kind == "fold")

    @property
    def branch_points(self) -> tuple[SpecialPoint, ...]:
        """The branch points, in the order met."""
        return tuple(point for point in self.special if point.kind == "branch")


def follow_curve(
    residual: Extended,
    jacobian: Extended,
    start: Array,
    t_range: tuple[float, float],
    direction: Array | float = 1.0,
    options: FollowOptions | None = None,
    events: Events | None = None,
) -> Curve:
    """Return the curve through ``start`` until t leaves its range, an event ends it, or it closes.

    Parameters
    ----------
    residual : F at an extended point, (n + 1) to (n).
    jacobian : its derivatives by x and t, (n + 1) to (n, n + 1).
    start : a point (x, t) near the curve (n + 1); corrected at its own t first.
    t_range : least and greatest t; the ends are hit exactly.
    direction : the sign of t's first move, or a vector (n + 1) whose side of the tangent is taken.
    options : see :class:`FollowOptions`.
    events : functions that end the curve where one falls below zero; the end is located.

    Examples
    --------
    The circle x^2 + t^2 = 1 from (1, 0) towards greater t turns back at t = 1:

    >>> import numpy as np
    >>> circle = follow_curve(
    ...     lambda z: np.array([z[0] ** 2 + z[1] ** 2 - 1]),
    ...     lambda z: np.array([[2 * z[0], 2 * z[1]]]),
    ...     np.array([1.0, 0.0]), (-0.5, 2.0))
    >>> [round(fold.t, 9) for fold in circle.folds], circle.end
    ([1.0], 'range')
    """
    options = options or FollowOptions()
    walker = _Walker(residual, jacobian, options)
    z = walker.at_parameter(np.asarray(start, dtype=float), float(start[-1]))
    if z is None:
        return _no_curve(np.asarray(start, dtype=float), residual)
    tangent = walker.first_tangent(z, direction)
    points, tangents, special = [z], [tangent], list[SpecialPoint]()
    step, end = options.step, "limit"
    event: tuple[int, Array, Array] | None = None
    while len(points) < options.most_points:
        found = walker.advance(points[-1], tangents[-1], step)
        if found is None:
            end = "stuck"
            break
        z, tangent, step = found
        event = walker.first_event(events, points[-1], tangents[-1], z)
        if event is not None:
            z, tangent = event[1], event[2]
        outside = not t_range[0] <= z[-1] <= t_range[1]
        if outside:
            inside = walker.cut(points[-1], tangents[-1], z, t_range)
            special += walker.special(points[-1], tangents[-1], inside[0], inside[1], len(points))
            points.append(inside[0])
            tangents.append(inside[1])
            # a fold beyond the end of the range may bring the curve back in: it left all the same
            end = "range"
            break
        special += walker.special(points[-1], tangents[-1], z, tangent, len(points))
        points.append(z)
        tangents.append(tangent)
        if event is not None:
            end = "event"
            break
        if _is_closed(points, tangents):
            end = "loop"
            break
    table = np.array(points)
    which = event[0] if event is not None and end == "event" else -1
    worst = max(float(np.max(np.abs(residual(point)), initial=0.0)) for point in points)
    return Curve(table[:, :-1], table[:, -1], np.array(tangents), tuple(special), end, worst, which)


def switch_branch(
    residual: Extended, jacobian: Extended, at: SpecialPoint, distance: float = 1e-3
) -> tuple[tuple[Array, Array], ...]:
    """Return starts on the curve that crosses at a branch point: points and directions, both ways.

    The two tangents at a simple branch point solve the *algebraic bifurcation equation*, a
    quadratic in the plane of null vectors of the Jacobian (Allgower and Georg 1990, section 8.3);
    its second derivatives are taken by differences. The one that is not the curve's own is used.
    An empty tuple says that the point is no simple branch point.

    Parameters
    ----------
    residual, jacobian : as in :func:`follow_curve`.
    at : the branch point.
    distance : how far from it the new starts lie, along the new tangent.

    Examples
    --------
    The pitchfork t x = x^3: leaving x = 0 at t = 0.

    >>> import numpy as np
    >>> def residual(z): return np.array([z[0] * z[1] - z[0] ** 3])
    >>> def jacobian(z): return np.array([[z[1] - 3 * z[0] ** 2, z[0]]])
    >>> line = follow_curve(residual, jacobian, np.array([0.0, -1.0]), (-1, 1))
    >>> len(switch_branch(residual, jacobian, line.branch_points[0]))
    2
    """
    z = np.append(at.x, at.t)
    own = at.tangent
    _, values, rows = np.linalg.svd(jacobian(z))
    if values[-1] > 1e-3 * max(values[0], 1.0):
        return ()
    first, second = rows[-1], rows[-2]
    left = np.linalg.svd(jacobian(z))[0][:, -1]
    h = 1e-4

    def form(u: Array, v: Array) -> float:
        plus = (jacobian(z + h * u) - jacobian(z - h * u)) / (2 * h)
        return float(left @ plus @ v)

    a, b, c = form(first, first), form(first, second), form(second, second)
    directions = _null_directions(a, b, c, first, second)
    if not directions:
        return ()
    other = min(directions, key=lambda d: abs(float(d @ own)))
    walker = _Walker(residual, jacobian, FollowOptions())
    starts = []
    for side in (1.0, -1.0):
        point = walker.correct(z + side * distance * other, other)
        if point is not None:
            starts.append((point, side * other))
    return tuple(starts)


def correct(residual: Extended, jacobian: Extended, guess: Array, across: Array) -> Array | None:
    """Return the curve's point in the plane through ``guess`` across ``across``, or None."""
    return _Walker(residual, jacobian, FollowOptions()).correct(guess, across)


def _null_directions(a: float, b: float, c: float, u: Array, v: Array) -> list[Array]:
    """Return the unit directions p u + q v with a p^2 + 2 b p q + c q^2 = 0."""
    inside = b * b - a * c
    if inside <= 0 or max(abs(a), abs(b), abs(c)) == 0:
        return []
    root = np.sqrt(inside)
    if max(abs(a), abs(c)) <= 1e-6 * abs(b):
        return [u, v]
    if abs(a) >= abs(c):
        pairs = [((-b + sign * root) / a, 1.0) for sign in (1, -1)]
    else:
        pairs = [(1.0, (-b + sign * root) / c) for sign in (1, -1)]
    found = [p * u + q * v for p, q in pairs]
    return [d / np.linalg.norm(d) for d in found]


@dataclass(frozen=True, slots=True)
class _Walker:
    """One step along a curve, and what lies within it."""

    residual: Extended
    jacobian: Extended
    options: FollowOptions

    def at_parameter(self, z: Array, t: float) -> Array | None:
        """Return the point of the curve at exactly ``t``, by Newton's method in x."""
        across = np.zeros(z.size)
        across[-1] = 1.0
        moved = z.copy()
        moved[-1] = t
        return self.correct(moved, across)

    def first_tangent(self, z: Array, direction: Array | float) -> Array:
        """Return the unit tangent at ``z`` on the asked side."""
        tangent = np.linalg.svd(self.jacobian(z))[2][-1]
        if np.ndim(direction) == 0:
            side = tangent[-1] * float(direction)
        else:
            side = float(tangent @ np.asarray(direction))
        return np.asarray(-tangent if side < 0 else tangent)

    def tangent(self, z: Array, before: Array) -> Array:
        """Return the unit tangent at ``z`` that points along ``before``."""
        matrix = np.vstack([self.jacobian(z), before])
        right = np.zeros(z.size)
        right[-1] = 1.0
        try:
            found = np.linalg.solve(matrix, right)
        except np.linalg.LinAlgError:
            return before
        return np.asarray(found / np.linalg.norm(found))

    def correct(self, guess: Array, across: Array, most: int = 12) -> Array | None:
        """Return the curve's point in the plane through ``guess`` across ``across``, or None."""
        z = guess.copy()
        tolerance = self.options.tolerance
        for _ in range(most):
            value = self.residual(z)
            if not np.all(np.isfinite(value)):
                return None
            right = np.append(-value, -float(across @ (z - guess)))
            try:
                move = np.linalg.solve(np.vstack([self.jacobian(z), across]), right)
            except np.linalg.LinAlgError:
                return None
            z = z + move
            if not np.all(np.isfinite(z)):
                return None
            size = float(np.max(np.abs(move)))
            if size <= tolerance * (1.0 + float(np.max(np.abs(z)))):
                small = float(np.max(np.abs(self.residual(z)), initial=0.0))
                return z if small <= 1e3 * tolerance * (1.0 + float(np.max(np.abs(z)))) else None
        return None

    def advance(self, z: Array, tangent: Array, step: float) -> tuple[Array, Array, float] | None:
        """Return the next point, its tangent and the next step; None when no step works."""
        options = self.options
        while step >= options.smallest:
            found = self.correct(z + step * tangent, tangent)
            if found is not None:
                after = self.tangent(found, tangent)
                turn = float(tangent @ after)
                far = float(np.linalg.norm(found - z - step * tangent))
                if turn > np.cos(options.turn) and far <= 0.5 * step:
                    grown = step * (1.5 if turn > np.cos(options.turn / 3) else 1.0)
                    return found, after, min(grown, options.largest)
            step *= 0.5
        return None

    def cut(
        self, z: Array, tangent: Array, beyond: Array, t_range: tuple[float, float]
    ) -> tuple[Array, Array]:
        """Return the point between ``z`` and ``beyond`` where t meets the end of its range."""
        end = t_range[0] if beyond[-1] < t_range[0] else t_range[1]
        share = (end - z[-1]) / (beyond[-1] - z[-1])
        found = self.at_parameter(z + share * (beyond - z), end)
        if found is None or np.linalg.norm(found - z) > 4 * np.linalg.norm(beyond - z):
            found = beyond
        return found, self.tangent(found, tangent)

    def first_event(
        self, events: Events | None, z: Array, tangent: Array, after: Array
    ) -> tuple[int, Array, Array] | None:
        """Return the first event between two points: which, the point and its tangent there."""
        if events is None or np.all(events(after) >= 0):
            return None
        low, high = 0.0, 1.0
        end, which = after, int(np.argmin(events(after)))
        for _ in range(60):
            middle = 0.5 * (low + high)
            found = self.correct(z + middle * (after - z), tangent)
            if found is None:
                break
            values = events(found)
            if np.all(values >= 0):
                low = middle
            else:
                high, end, which = middle, found, int(np.argmin(values))
            if high - low < 1e-14:
                break
        return which, end, self.tangent(end, tangent)

    def special(
        self, z: Array, tangent: Array, after: Array, tangent_after: Array, position: int
    ) -> list[SpecialPoint]:
        """Return the fold and the branch point between two neighbouring points, if any."""
        tests = {"branch": self._determinant, "fold": self._along}
        for kind, test in tests.items():
            first, last = test(z, tangent), test(after, tangent_after)
            if first * last < 0:
                at, along, accuracy = self._locate(test, z, tangent, after, first)
                if kind == "branch":
                    at, accuracy = self._sharpened(at, accuracy, float(np.linalg.norm(after - z)))
                # where curves cross, t may turn back as well: that is no fold
                return [SpecialPoint(kind, at[:-1], float(at[-1]), along, position, accuracy)]
        return []

    def _sharpened(self, z: Array, accuracy: float, step: float) -> tuple[Array, float]:
        """Return a branch point solved for: F + b l = 0, F' l = 0, |l| = 1 (Moore 1980).

        Newton's method for the point z, the left null vector l and the slack b, which is zero at a
        branch point; the bracketed point is kept where it does not converge nearby.
        """
        n = z.size - 1
        if n == 0:
            return z, accuracy
        x, left, slack, h = z.copy(), np.linalg.svd(self.jacobian(z))[0][:, -1], 0.0, 1e-5
        for _ in range(20):
            matrix = self.jacobian(x)
            value = np.concatenate(
                [self.residual(x) + slack * left, matrix.T @ left, [left @ left - 1]]
            )
            whole = np.zeros((2 * n + 2, 2 * n + 2))
            whole[:n, : n + 1] = matrix
            whole[:n, n + 1 : -1] = slack * np.eye(n)
            whole[:n, -1] = left
            for k, unit in enumerate(np.eye(n + 1)):
                change = self.jacobian(x + h * unit) - self.jacobian(x - h * unit)
                whole[n:-1, k] = change.T @ left / (2 * h)
            whole[n:-1, n + 1 : -1] = matrix.T
            whole[-1, n + 1 : -1] = 2 * left
            if not (np.all(np.isfinite(whole)) and np.all(np.isfinite(value))):
                return z, accuracy
            move = np.linalg.lstsq(whole, -value, rcond=1e-13)[0]
            x, left, slack = x + move[: n + 1], left + move[n + 1 : -1], slack + float(move[-1])
            size = float(np.max(np.abs(move)))
            if size < 1e-11:
                near = float(np.linalg.norm(x - z)) <= 2 * step and abs(slack) < 1e-8
                return (x, max(size, 1e-12)) if near else (z, accuracy)
        return z, accuracy

    @staticmethod
    def _along(z: Array, tangent: Array) -> float:
        return float(tangent[-1])

    def _determinant(self, z: Array, tangent: Array) -> float:
        sign, _ = np.linalg.slogdet(np.vstack([self.jacobian(z), tangent]))
        return float(sign)

    def _locate(
        self,
        test: Callable[[Array, Array], float],
        z: Array,
        tangent: Array,
        after: Array,
        first: float,
    ) -> tuple[Array, Array, float]:
        """Bisect along the curve for the change of sign of ``test``: point, tangent, accuracy."""
        low, high = 0.0, float(tangent @ (after - z))
        best, along = z, tangent
        while high - low > 1e-12 * (1.0 + float(np.linalg.norm(z))):
            middle = 0.5 * (low + high)
            if middle in (low, high):
                break
            # at a branch point itself the bordered matrix is singular: then the chord must do
            share = middle / float(tangent @ (after - z))
            found = self.correct(z + share * (after - z), tangent)
            point = z + share * (after - z) if found is None else found
            way = self.tangent(point, tangent)
            if test(point, way) * first > 0:
                low = middle
            else:
                high = middle
            best, along = point, way
            if found is None:
                break
        return best, along, 0.5 * (high - low)


def _is_closed(points: list[Array], tangents: list[Array]) -> bool:
    """Return whether the last step passed the start in the same direction."""
    if len(points) < 8:
        return False
    start, last, before = points[0], points[-1], points[-2]
    size = float(np.linalg.norm(last - before))
    near = float(np.linalg.norm(last - start)) <= 1.5 * size
    same = float(tangents[0] @ tangents[-1]) > 0.7
    passed = float((last - start) @ tangents[0]) >= 0 > float((before - start) @ tangents[0])
    return near and same and passed


def _no_curve(start: Array, residual: Extended) -> Curve:
    """Return the empty curve of a start from which no point is reached."""
    worst = float(np.max(np.abs(residual(start)), initial=0.0))
    return Curve(
        np.zeros((0, start.size - 1)),
        np.zeros(0),
        np.zeros((0, start.size)),
        (),
        "stuck",
        worst,
    )
