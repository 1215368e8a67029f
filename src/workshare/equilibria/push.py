"""The smallest push out of one equilibrium and into another.

Support is added to the residuals of the pushed unknowns: ``residual + size * weights``. It is
*permanent* where it lasts for ever: the least size at which the old equilibrium no longer exists,
so that the state leaves by itself. It is *temporary* where it ends after a duration: the least size
that brings the state into the target's basin by then. A temporary push is never smaller than the
permanent one, and comes down to it as the duration grows.

Sizes are in units of the residual, costs in units of the residual times the unit of time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from workshare.arrays import Array
from workshare.equilibria.basins import wilson
from workshare.equilibria.branches import follow_branch
from workshare.equilibria.classify import stability
from workshare.equilibria.dynamics import Dynamic, move
from workshare.equilibria.path import Path
from workshare.equilibria.support import SUPPORT, with_frozen_size, with_support
from workshare.equilibria.system import System
from workshare.errors import OptionError

NEAR = 1e-3
"""A state is at an equilibrium within this share of the box's width (1 where infinite)."""


@dataclass(frozen=True, slots=True, eq=False)
class PermanentSupport:
    """The smallest permanent support.

    Attributes
    ----------
    size : support for an unknown of weight one; infinite where none up to the limit does.
    leaves_at : the state at which the old equilibrium is lost (n).
    reaches : where the state comes to under slightly more than that support (n).
    settles : where it comes to when the support is then taken away (n).
    lasts : whether that is the target: then the support need not be permanent.
    steps : sizes at which equilibria on the way were lost, the last one being ``size``.
    """

    size: float
    leaves_at: Array
    reaches: Array
    settles: Array
    lasts: bool
    steps: tuple[float, ...]


@dataclass(frozen=True, slots=True, eq=False)
class TemporaryPush:
    """The smallest temporary push, by duration.

    Attributes
    ----------
    weights : by unknown (n).
    durations : units of time (k).
    sizes : least size that suffices (k); infinite where none up to the limit does.
    costs : size * sum of weights * duration (k).
    monotone : whether at every size that was tried more support was never worse.
    tolerance : relative width of the bracket each size was found in.
    """

    weights: Array
    durations: Array
    sizes: Array
    costs: Array
    monotone: bool
    tolerance: float

    @property
    def cheapest(self) -> int:
        """Which duration costs least."""
        return int(np.argmin(self.costs))


@dataclass(frozen=True, slots=True)
class ReboundRisk:
    """How often a push fails when parameters are not what was thought.

    Attributes
    ----------
    risk, low, high : share of draws that end nearer to the old than to the target equilibrium, and
        its 95 % interval (Wilson).
    never_left : share that were nearer to the old one already when the push ended.
    fell_back : share that were nearer to the target then, and went back.
    samples, error, seed : draws, standard deviation of each parameter's log, seed.
    """

    risk: float
    low: float
    high: float
    never_left: float
    fell_back: float
    samples: int
    error: float
    seed: int


def permanent_support(
    system: System,
    start: Array,
    target: Array,
    *,
    weights: Array | None = None,
    most: float = 10.0,
    dynamic: Dynamic | None = None,
) -> PermanentSupport:
    """Return the least permanent support that takes the state from ``start`` to the target's side.

    The equilibrium at the start is followed as support grows until it is lost in a fold or leaves
    its bound; the state then moves to where it rests. If that is not where the target's branch
    is, as seen by taking the support away, it is followed on from there.

    Parameters
    ----------
    start, target : equilibria without support (n).
    weights : support by unknown per unit of size; default: all unknowns that do not clear at once,
        towards the target (n).
    most : largest size tried.

    Raises
    ------
    OptionError : ``start`` or ``target`` is no stable equilibrium, or ``most`` is not positive.

    Examples
    --------
    >>> from workshare.equilibria.system import system_from_text
    >>> double = system_from_text(["x - x^3"], ["x"], bounds={"x": (-3, 3)})
    >>> found = permanent_support(double, np.array([-1.0]), np.array([1.0]))
    >>> round(found.size, 9), found.lasts  # 2 / sqrt(27)
    (0.384900179, True)
    """
    dynamic = dynamic or Dynamic()
    w = push_weights(system, start, target, weights, dynamic)
    _check(system, start, target, most, dynamic)
    pushed = with_support(system, w)
    low, high = pushed.at({SUPPORT: 0.0}).parameters, pushed.at({SUPPORT: most}).parameters
    path = Path(pushed.parameter_names, np.array([low, high]))
    x, t, steps = np.asarray(start, dtype=float), 0.0, list[float]()
    leaves = reaches = settles = x
    for _ in range(20):
        branch = follow_branch(pushed, path, x, t, 1.0)
        back = np.flatnonzero(np.diff(branch.t) < 0)
        if back.size == 0 and branch.ends[1] == "range":
            return PermanentSupport(np.inf, leaves, reaches, settles, False, tuple(steps))
        # lost in a turn; or, where the branch ends without one, where it leaves the bounds
        near = float(branch.t[back[0] if back.size else -1])
        turns = [item for item in branch.turns if item.kind in ("fold", "bound")]
        turn = min(turns, key=lambda item: abs(item.t - near), default=None)
        lost = near if turn is None else float(turn.t)
        if lost >= 1.0:
            return PermanentSupport(np.inf, leaves, reaches, settles, False, tuple(steps))
        t = lost * (1 + 1e-6) + 1e-9
        steps.append(lost * most)
        leaves = branch.points[back[0] if back.size else -1] if turn is None else turn.point
        more = replace(pushed, parameters=path.values(t))
        reaches = move(more, _nudged(leaves, target, system), dynamic).points[0]
        settles = move(system, reaches, dynamic).points[0]
        if _same(system, settles, np.asarray(target, dtype=float)):
            return PermanentSupport(steps[-1], leaves, reaches, settles, True, tuple(steps))
        held = move(more, np.asarray(target, dtype=float), dynamic).points[0]
        if _same(system, reaches, held):
            # the target's own branch: it does not last without support, but it is reached
            return PermanentSupport(steps[-1], leaves, reaches, settles, False, tuple(steps))
        x = reaches
    return PermanentSupport(np.inf, leaves, reaches, settles, False, tuple(steps))


def temporary_push(
    system: System,
    start: Array,
    target: Array,
    durations: Sequence[float] | Array,
    *,
    weights: Array | None = None,
    most: float = 10.0,
    dynamic: Dynamic | None = None,
    rounds: int = 9,
) -> TemporaryPush:
    """Return the least size of a push by duration that brings the state into the target's basin.

    All durations are searched together: each round tries seven sizes between the largest known to
    fail and the smallest known to suffice.

    Parameters
    ----------
    durations : units of time (map: periods), positive.
    weights, most, dynamic : as in :func:`permanent_support`.
    rounds : the bracket's width falls to ``most / 8**rounds``.

    Raises
    ------
    OptionError : as in :func:`permanent_support`, or a duration is not positive.

    Examples
    --------
    >>> from workshare.equilibria.system import system_from_text
    >>> double = system_from_text(["x - x^3"], ["x"], bounds={"x": (-3, 3)})
    >>> found = temporary_push(double, np.array([-1.0]), np.array([1.0]), [1.0, 10.0])
    >>> bool(found.sizes[0] > found.sizes[1] > 0.3849)
    True
    """
    dynamic = dynamic or Dynamic()
    times = np.asarray(durations, dtype=float)
    if times.ndim != 1 or times.size == 0 or not np.all((times > 0) & np.isfinite(times)):
        raise OptionError(f"durations are {times.tolist()}; must be positive numbers")
    w = push_weights(system, start, target, weights, dynamic)
    _check(system, start, target, most, dynamic)
    goal = np.asarray(target, dtype=float)
    low, high = np.zeros(times.size), np.full(times.size, float(most))
    reached = _succeeds(system, start, goal, w, high[:, None], times, dynamic)[:, 0]
    monotone = True
    for _ in range(rounds):
        shares = np.arange(1, 8) / 8
        sizes = low[:, None] + (high - low)[:, None] * shares
        good = _succeeds(system, start, goal, w, sizes, times, dynamic)
        monotone &= bool(np.all((good[:, :-1] <= good[:, 1:])[reached]))
        # a first success may hide a later failure: then the bracket below it is kept
        first = np.where(np.any(good, axis=1), np.argmax(good, axis=1), 7)
        table = np.column_stack([low, sizes, high])
        rows = np.arange(times.size)
        low, high = table[rows, first], table[rows, first + 1]
    found = np.where(reached, high, np.inf)
    costs = found * float(np.sum(np.abs(w))) * times
    return TemporaryPush(w, times, found, costs, monotone, 8.0**-rounds)


def shortest_push(
    system: System,
    start: Array,
    target: Array,
    sizes: Sequence[float] | Array,
    *,
    weights: Array | None = None,
    longest: float = 100.0,
    dynamic: Dynamic | None = None,
    rounds: int = 9,
) -> TemporaryPush:
    """Return the least duration of a push by size that brings the state into the target's basin.

    Together with :func:`temporary_push` this gives the least push by size, by duration and by cost:
    a larger push is shorter, and in one unknown cheaper too, since less of it is spent on holding
    against the pull back; so what limits the size decides the cost.

    Parameters
    ----------
    sizes : of support for an unknown of weight one, positive.
    weights, dynamic : as in :func:`permanent_support`.
    longest : longest duration tried, units of time.
    rounds : the bracket's width falls to ``longest / 8**rounds``.

    Returns
    -------
    As :func:`temporary_push`, the durations found and infinite where none suffices.

    Raises
    ------
    OptionError : as in :func:`permanent_support`; a size is not positive; the dynamic is a map,
        whose periods are few: try them with :func:`temporary_push`.

    Examples
    --------
    >>> from workshare.equilibria.system import system_from_text
    >>> double = system_from_text(["x - x^3"], ["x"], bounds={"x": (-3, 3)})
    >>> found = shortest_push(double, np.array([-1.0]), np.array([1.0]), [0.3, 1.0, 5.0])
    >>> found.durations.round(3), found.costs.round(3)
    (array([  inf, 1.364, 0.211]), array([  inf, 1.364, 1.053]))
    """
    dynamic = dynamic or Dynamic()
    given = np.asarray(sizes, dtype=float)
    faults = []
    if given.ndim != 1 or given.size == 0 or not np.all((given > 0) & np.isfinite(given)):
        faults.append(f"sizes are {given.tolist()}; must be positive numbers")
    if not 0 < longest < np.inf:
        faults.append(f"longest is {longest}; must be positive and finite")
    if dynamic.kind != "flow":
        faults.append("the dynamic is a map; must be a flow")
    if faults:
        raise OptionError(f"Push in {system.name!r}: " + "; ".join(faults))
    w = push_weights(system, start, target, weights, dynamic)
    _check(system, start, target, float(given.max()), dynamic)
    goal = np.asarray(target, dtype=float)

    def suffices(times: Array) -> Array:
        flat = _succeeds(
            system, start, goal, w, np.repeat(given, times.shape[1])[:, None],
            times.ravel(), dynamic,
        )  # fmt: skip
        return flat.reshape(times.shape)

    low, high = np.zeros(given.size), np.full(given.size, float(longest))
    reached = suffices(high[:, None])[:, 0]
    monotone = True
    rows = np.arange(given.size)
    for _ in range(rounds):
        times = low[:, None] + (high - low)[:, None] * (np.arange(1, 8) / 8)
        good = suffices(times)
        monotone &= bool(np.all((good[:, :-1] <= good[:, 1:])[reached]))
        first = np.where(np.any(good, axis=1), np.argmax(good, axis=1), 7)
        table = np.column_stack([low, times, high])
        low, high = table[rows, first], table[rows, first + 1]
    found = np.where(reached, high, np.inf)
    costs = found * float(np.sum(np.abs(w))) * given
    return TemporaryPush(w, found, given, costs, monotone, 8.0**-rounds)


def rebound_risk(
    system: System,
    start: Array,
    target: Array,
    size: float,
    duration: float,
    *,
    weights: Array | None = None,
    error: float = 0.05,
    samples: int = 200,
    seed: int = 0,
    dynamic: Dynamic | None = None,
) -> ReboundRisk:
    """Return how often a push fails when every parameter has a log-normal error.

    Each draw starts from where the old state rests under the drawn parameters. A parameter that is
    zero stays zero.

    Examples
    --------
    >>> from workshare.equilibria.system import system_from_text
    >>> double = system_from_text(
    ...     ["x - b*x^3"], ["x"], bounds={"x": (-3, 3)}, parameters={"b": 1.0})
    >>> low, high = np.array([-1.0]), np.array([1.0])
    >>> rebound_risk(double, low, high, 5.0, 5.0, samples=20).risk
    0.0
    """
    dynamic = dynamic or Dynamic()
    dynamic.check(system)
    if samples < 1 or not error >= 0:
        raise OptionError(f"samples is {samples} and error {error}; need 1 or more, and 0 or more")
    w = push_weights(system, start, target, weights, dynamic)
    x0, goal = np.asarray(start, dtype=float), np.asarray(target, dtype=float)
    random = np.random.default_rng(seed)
    never = back = 0
    for _ in range(samples):
        drawn = system.parameters * np.exp(error * random.standard_normal(system.parameters.size))
        other = replace(system, parameters=drawn)
        state = move(other, x0, dynamic).points[0]
        pushed = replace(with_support(other, w), parameters=np.append(drawn, size))
        after = move(pushed, state, dynamic, duration=duration).points[0]
        end = move(other, after, dynamic).points[0]
        if _nearer(system, end, goal, x0):
            continue
        if _nearer(system, after, goal, x0):
            back += 1
        else:
            never += 1
    failed = never + back
    low, high = wilson(failed, samples)
    return ReboundRisk(
        failed / samples, low, high, never / samples, back / samples, samples, error, seed
    )


def _succeeds(
    system: System,
    start: Array,
    goal: Array,
    w: Array,
    sizes: Array,
    times: Array,
    dynamic: Dynamic,
) -> Array:
    """Return whether each push (durations, sizes) leads to the target, shape of ``sizes``."""
    flat = sizes.ravel()
    states = np.column_stack([np.tile(np.asarray(start, dtype=float), (flat.size, 1)), flat])
    until = np.repeat(times, sizes.shape[1])
    pushed = move(with_frozen_size(system, w), states, dynamic, duration=until, tolerance=1e-7)
    ends = move(system, pushed.points[:, :-1], dynamic)
    width = system.upper - system.lower
    gaps = np.abs(ends.points - goal) / np.where(np.isfinite(width), width, 1.0)
    return np.asarray((np.max(gaps, axis=1) <= NEAR) & ends.at_rest).reshape(sizes.shape)


def push_weights(
    system: System, start: Array, target: Array, weights: Array | None, dynamic: Dynamic
) -> Array:
    """Return the weights, checked; default: every slow unknown one step towards the target."""
    x0, goal = np.asarray(start, dtype=float), np.asarray(target, dtype=float)
    for name, point in (("start", x0), ("target", goal)):
        if point.shape != (system.size,):
            raise OptionError(f"{name} has shape {point.shape}; must be ({system.size},)")
    if weights is None:
        slow = np.array([name not in dynamic.at_once for name in system.unknowns])
        towards = np.where(slow, np.sign(goal - x0), 0.0)
        if not np.any(towards):
            raise OptionError(
                f"start and target are the same state of {system.name!r}: there is nothing to push"
            )
        return towards
    given = np.asarray(weights, dtype=float)
    if given.shape != (system.size,) or not np.all(np.isfinite(given)) or not np.any(given):
        raise OptionError(
            f"weights are {given.tolist()}; must be {system.size} finite numbers, not all zero"
        )
    return given


def _check(system: System, start: Array, target: Array, most: float, dynamic: Dynamic) -> None:
    """Raise where a push between these points has no meaning."""
    faults = []
    if dynamic.free_to_jump:
        faults.append("a push has no meaning where unknowns are free to jump")
    for name, point in (("start", start), ("target", target)):
        label = stability(system, np.asarray(point, dtype=float), dynamic, 1e-5).label
        if label not in ("stable", "marginal"):
            faults.append(f"{name} is {label} under {dynamic.name!r}; must be a stable equilibrium")
    if not 0 < most < np.inf:
        faults.append(f"most is {most}; must be positive and finite")
    if faults:
        raise OptionError(f"Push in {system.name!r}: " + "; ".join(faults))


def _nudged(point: Array, target: Array, system: System) -> Array:
    """Return a point a hair towards the target, so that a state at a fold leaves it."""
    step = 1e-6 * (np.asarray(target, dtype=float) - point)
    return np.asarray(np.clip(point + step, system.lower, system.upper))


def _same(system: System, one: Array, other: Array) -> bool:
    width = system.upper - system.lower
    return bool(np.all(np.abs(one - other) <= NEAR * np.where(np.isfinite(width), width, 1.0)))


def _nearer(system: System, point: Array, one: Array, other: Array) -> bool:
    """Return whether a point is nearer to ``one`` than to ``other``, in widths of the box."""
    width = system.upper - system.lower
    scale = np.where(np.isfinite(width), width, 1.0)
    first, second = (float(np.max(np.abs(point - x) / scale)) for x in (one, other))
    return first < second
