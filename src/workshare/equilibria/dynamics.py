"""How a state moves when it is not at rest: named dynamics, and many states moved at once.

*Stable* is said of an equilibrium and a dynamic together, never of an equilibrium alone. A *flow*
is dx/dt = speed * residual; a *map* is x -> x + residual. Some unknowns may clear at once (markets
beside migration), and some may be free to jump (expectations, which no history ties). Where the
system is a complementarity problem, its bounds stop what would leave them.

Flows are followed by the linearly implicit Euler method extrapolated to order three, with a step of
its own for each state; it takes unknowns that clear at once as the limit of great speed (Deuflhard
1985, SIAM Rev. 27(4)).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numba import njit

from workshare.arrays import Array, Mask
from workshare.equilibria.system import System
from workshare.equilibria.tape import tape_jacobian, tape_value
from workshare.errors import OptionError

KINDS = ("flow", "map")


@dataclass(frozen=True, slots=True)
class Dynamic:
    """A named way to move.

    Attributes
    ----------
    name : what reports call it.
    kind : ``flow`` (dx/dt = speed * residual) or ``map`` (x -> x + residual, one step a period).
    speeds : speed by unknown, 1 / unit of time, where it is not 1; flows only.
    at_once : unknowns whose residual is zero at every moment.
    free_to_jump : unknowns that take any value at the start; an equilibrium is then *stable* if as
        many directions repel as unknowns can jump (Blanchard and Kahn 1980).

    Examples
    --------
    >>> Dynamic("migration", at_once=("wage_1", "wage_2")).kind
    'flow'
    """

    name: str = "adjustment"
    kind: str = "flow"
    speeds: Mapping[str, float] = field(default_factory=dict)
    at_once: tuple[str, ...] = ()
    free_to_jump: tuple[str, ...] = ()

    def check(self, system: System) -> None:
        """Raise on everything that does not fit the system.

        Raises
        ------
        OptionError : with every fault at once.
        """
        faults = []
        if self.kind not in KINDS:
            faults.append(f"kind is {self.kind!r}; must be one of {', '.join(KINDS)}")
        for name in (*self.speeds, *self.at_once, *self.free_to_jump):
            if name not in system.unknowns:
                known = ", ".join(system.unknowns)
                faults.append(f"{name!r} is no unknown of {system.name!r}; its unknowns: {known}")
        for name, speed in self.speeds.items():
            if not 0 < speed < np.inf:
                faults.append(f"the speed of {name!r} is {speed}; must be positive and finite")
        if self.kind == "map" and (self.speeds or self.at_once):
            faults.append("a map has neither speeds nor unknowns that clear at once")
        if len(set(self.at_once)) == system.size:
            faults.append("every unknown clears at once; at least one must move")
        if faults:
            raise OptionError(f"Dynamic {self.name!r}: " + "; ".join(faults))

    def mass(self, system: System) -> Array:
        """Return 1 / speed of every unknown, 0 where it clears at once, shape (n,)."""
        mass = np.array([1.0 / self.speeds.get(name, 1.0) for name in system.unknowns])
        mass[[system.unknowns.index(name) for name in self.at_once]] = 0.0
        return mass


@dataclass(frozen=True, slots=True, eq=False)
class Moved:
    """Where states came to.

    Attributes
    ----------
    points : the last states, shape (m, n).
    at_rest : which of them no longer move, shape (m,).
    times : how long each was moved (flow: units of time; map: periods), shape (m,).
    """

    points: Array
    at_rest: Mask
    times: Array


def move(
    system: System,
    states: Array,
    dynamic: Dynamic | None = None,
    *,
    duration: float | Array = np.inf,
    tolerance: float = 1e-6,
    most_steps: int = 5000,
) -> Moved:
    """Return where states come to within ``duration``, or where they rest.

    Parameters
    ----------
    system : its residual moves the states; see the sign convention there.
    states : starts, shape (m, n); unknowns that clear at once are starts of Newton's method.
    dynamic : default: the flow with unit speeds.
    duration : units of time (flow) or periods (map), one for all states or one for each (m);
        infinite: until the state rests.
    tolerance : local error of a step, relative to 1 + the size of the state; a state rests where
        no speed is above a hundredth of it.
    most_steps : after so many steps a batch is returned as it is.

    Raises
    ------
    OptionError : the dynamic does not fit the system.

    Examples
    --------
    >>> from workshare.equilibria.system import system_from_text
    >>> decay = system_from_text(["-x"], ["x"])
    >>> round(float(move(decay, np.array([[1.0]]), duration=1.0, tolerance=1e-9).points[0, 0]), 6)
    0.367879
    """
    dynamic = dynamic or Dynamic()
    dynamic.check(system)
    start = np.array(np.atleast_2d(states), dtype=float)
    until = np.broadcast_to(np.asarray(duration, dtype=float), len(start))
    if dynamic.kind == "map":
        return _iterate(system, start, until, tolerance, most_steps)
    mass = dynamic.mass(system)
    start = _cleared(system, start, mass == 0.0)
    return _integrate(system, start, mass, until, tolerance, most_steps)


def residuals_at(system: System, points: Array) -> Array:
    """Return the residual at many points, shape (m, n)."""
    if system.tape is not None:
        return np.asarray(_many_values(*system.tape.arrays, points, system.parameters))
    return np.array([system.value(point) for point in points]).reshape(points.shape)


def jacobians_at(system: System, points: Array) -> Array:
    """Return the Jacobian at many points, shape (m, n, n)."""
    n = system.size
    if system.tape is not None:
        return np.asarray(_many_jacobians(*system.tape.arrays, points, system.parameters))
    return np.array([system.derivative(point) for point in points]).reshape(-1, n, n)


def held_at(system: System, points: Array, residuals: Array, slack: float) -> Mask:
    """Return which unknowns rest at a bound that stops them, shape (m, n)."""
    if not system.complementarity:
        return np.zeros(points.shape, dtype=bool)
    lower = (points <= system.lower + slack) & (residuals < 0)
    at_bound = lower | ((points >= system.upper - slack) & (residuals > 0))
    return at_bound & system.may_stand_at_bound()


@njit(cache=True)
def _many_values(operation, left, right, number, outputs, points, parameters):  # type: ignore[no-untyped-def]
    m, n = points.shape
    inputs = np.empty(n + parameters.size)
    inputs[n:] = parameters
    values = np.empty((m, outputs.size))
    for row in range(m):
        inputs[:n] = points[row]
        values[row] = tape_value(operation, left, right, number, outputs, inputs)
    return values


@njit(cache=True)
def _many_jacobians(operation, left, right, number, outputs, points, parameters):  # type: ignore[no-untyped-def]
    m, n = points.shape
    inputs = np.empty(n + parameters.size)
    inputs[n:] = parameters
    values = np.empty((m, outputs.size, n))
    for row in range(m):
        inputs[:n] = points[row]
        values[row] = tape_jacobian(operation, left, right, number, outputs, inputs, 0, n)
    return values


def _iterate(
    system: System, points: Array, duration: Array, tolerance: float, most_steps: int
) -> Moved:
    """Iterate the map; a state that leaves the numbers stays where it last was."""
    rest = np.zeros(len(points), dtype=bool)
    times = np.zeros(len(points))
    for _ in range(most_steps):
        after = points + residuals_at(system, points)
        if system.complementarity:
            after = np.clip(after, system.lower, system.upper)
        size = 1 + np.max(np.abs(points), axis=1)
        rest = np.max(np.abs(after - points), axis=1) <= 0.01 * tolerance * size
        going = np.all(np.isfinite(after), axis=1) & (times < np.floor(duration))
        going &= ~(rest & ~np.isfinite(duration))
        if not np.any(going):
            break
        points = np.where(going[:, None], after, points)
        times += going
    return Moved(points, rest, times)


def _cleared(system: System, points: Array, fast: Mask) -> Array:
    """Return the states with the unknowns that clear at once solved for, by Newton's method."""
    if not np.any(fast):
        return points
    for _ in range(60):
        values = residuals_at(system, points)[:, fast]
        matrices = jacobians_at(system, points)[:, fast][:, :, fast]
        steps = _solved(matrices, -values)
        after = points.copy()
        after[:, fast] = np.clip(points[:, fast] + steps, system.lower[fast], system.upper[fast])
        points = np.where(np.isfinite(after), after, points)
        if np.nanmax(np.abs(steps), initial=0.0) < 1e-12:
            break
    return points


def _integrate(
    system: System, points: Array, mass: Array, duration: Array, tolerance: float, most_steps: int
) -> Moved:
    """Follow the flow; states at rest leave the batch."""
    whole, times = points.copy(), np.zeros(len(points))
    rest = np.zeros(len(points), dtype=bool)
    moving = np.arange(len(points))
    steps = np.full(len(points), 1e-2)
    slow = mass > 0
    for _ in range(most_steps):
        x = whole[moving]
        value, matrix = residuals_at(system, x), jacobians_at(system, x)
        held = held_at(system, x, value, 0.0)
        speed = np.where(held | ~slow, 0.0, np.abs(value))
        size = 1 + np.max(np.abs(x), axis=1)
        still = np.max(speed, axis=1) <= 0.01 * tolerance * size
        rest[moving] = still
        # what rests exactly, or has no end, is done
        done = still & (~np.isfinite(duration[moving]) | (np.max(speed, axis=1) == 0))
        keep = ~done & (times[moving] < duration[moving]) & np.all(np.isfinite(value), axis=1)
        if not np.any(keep):
            break
        moving, x, value, matrix, size = (a[keep] for a in (moving, x, value, matrix, size))
        h = np.minimum(steps[moving], duration[moving] - times[moving])
        h = np.minimum(h, _largest_step(matrix, slow))
        after, error = _extrapolated(system, x, value, matrix, mass, h)
        error = error / size
        good = error <= tolerance
        if system.complementarity:
            after = np.clip(after, system.lower, system.upper)
        whole[moving[good]] = after[good]
        times[moving[good]] += h[good]
        steps[moving] = h * np.clip(0.9 * np.cbrt(tolerance / (error + 1e-300)), 0.2, 4.0)
        if np.all(steps[moving] < 1e-14):
            break
    return Moved(whole, rest, times)


def _extrapolated(
    system: System, x: Array, value: Array, matrix: Array, mass: Array, h: Array
) -> tuple[Array, Array]:
    """Return the state after ``h`` to order three, and the largest error of order two."""
    rows = []
    for count in (1, 2, 3):
        part = h / count
        state = _step(system, x, value, matrix, mass, part)
        for _ in range(count - 1):
            state = _step(
                system, state, residuals_at(system, state), jacobians_at(system, state), mass, part
            )
        rows.append(state)
    second = 2 * rows[1] - rows[0]
    third = 3 * rows[2] - 2 * rows[1]
    best = third + (third - second) / 2
    error = np.max(np.abs(best - third), axis=1)
    return best, np.where(np.isfinite(error), error, np.inf)


def _step(system: System, x: Array, value: Array, matrix: Array, mass: Array, h: Array) -> Array:
    """Return one linearly implicit Euler step; what a bound stops stays."""
    n = x.shape[1]
    left = np.diag(mass)[None] - h[:, None, None] * matrix
    right = h[:, None] * value
    held = held_at(system, x, value, 0.0)
    left = np.where(held[:, :, None], np.eye(n)[None], left)
    right = np.where(held, 0.0, right)
    after = x + _solved(left, right)
    if system.complementarity:
        after = np.clip(after, system.lower, system.upper)
    return after


def _largest_step(matrix: Array, slow: Mask) -> Array:
    """Return the step below which a growing deviation keeps its sign in an implicit step."""
    block = matrix[:, slow][:, :, slow]
    if not np.all(slow):
        fast = ~slow
        response = _solved_columns(matrix[:, fast][:, :, fast], matrix[:, fast][:, :, slow])
        block = block - matrix[:, slow][:, :, fast] @ response
    block = np.where(np.isfinite(block), block, 0.0)
    growth = np.linalg.eigvalsh((block + np.swapaxes(block, 1, 2)) / 2)[:, -1]
    return np.asarray(np.where(growth > 1e-12, 0.3 / np.maximum(growth, 1e-12), np.inf))


def _solved(matrices: Array, right: Array) -> Array:
    """Return the solutions of many small systems, shape (m, n); NaN where singular."""
    return _solved_columns(matrices, right[:, :, None])[:, :, 0]


def _solved_columns(matrices: Array, right: Array) -> Array:
    try:
        return np.asarray(np.linalg.solve(matrices, right))
    except np.linalg.LinAlgError:
        found = np.full(right.shape, np.nan)
        for k, (matrix, column) in enumerate(zip(matrices, right, strict=True)):
            try:
                found[k] = np.linalg.solve(matrix, column)
            except np.linalg.LinAlgError:
                continue
        return found
