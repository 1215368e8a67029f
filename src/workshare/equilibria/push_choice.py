"""Which unknowns to push: every set where there are few, a growing set beyond."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from workshare.arrays import Array
from workshare.equilibria.dynamics import Dynamic, move
from workshare.equilibria.push import push_weights, temporary_push
from workshare.equilibria.support import with_frozen_size
from workshare.equilibria.system import System
from workshare.errors import OptionError


@dataclass(frozen=True, slots=True, eq=False)
class PushChoice:
    """Which unknowns to push.

    Attributes
    ----------
    unknowns : the set with the least cost.
    size, cost : of the push on it.
    exact : whether every set was tried; else sets were built greedily, one unknown at a time.
    tried : every set tried, with size and cost.
    """

    unknowns: tuple[str, ...]
    size: float
    cost: float
    exact: bool
    tried: tuple[tuple[tuple[str, ...], float, float], ...]


def which_to_push(
    system: System,
    start: Array,
    target: Array,
    duration: float,
    *,
    unknowns: Sequence[str] | None = None,
    prices: Mapping[str, float] | None = None,
    most: float = 10.0,
    dynamic: Dynamic | None = None,
    exact_up_to: int = 8,
    rounds: int = 5,
) -> PushChoice:
    """Return which unknowns to push, with what size, at least cost.

    Every set of up to ``exact_up_to`` candidates is tried; with more candidates the set grows by
    the one that lowers cost (or, while none suffices, brings the state nearest) until none does.

    Parameters
    ----------
    duration : of the push, units of time.
    unknowns : candidates; default: all that do not clear at once.
    prices : cost per unit of size and time by unknown, where it is not 1.
    most : largest size for each pushed unknown.

    Raises
    ------
    OptionError : as in :func:`temporary_push`, or an unknown candidate.

    Examples
    --------
    >>> from workshare.equilibria.system import system_from_text
    >>> pair = system_from_text(["tanh(2*x + y) - x", "tanh(2*y + 0.2*x) - y"], ["x", "y"],
    ...     bounds={"x": (-1, 1), "y": (-1, 1)})
    >>> low = move(pair, np.array([-1.0, -1.0])).points[0]
    >>> made = which_to_push(pair, low, -low, 20.0)
    >>> made.exact, len(made.tried)
    (True, 3)
    """
    dynamic = dynamic or Dynamic()
    names = tuple(
        unknowns
        if unknowns is not None
        else [name for name in system.unknowns if name not in dynamic.at_once]
    )
    strange = [name for name in (*names, *(prices or {})) if name not in system.unknowns]
    if strange or not names:
        raise OptionError(
            f"Candidates {strange or 'none'}: must be of {', '.join(system.unknowns)}"
        )
    tried: dict[tuple[str, ...], tuple[float, float]] = {}

    def cost_of(chosen: tuple[str, ...]) -> float:
        if chosen not in tried:
            w = push_weights(system, start, target, None, dynamic)
            w = w * np.array([name in chosen for name in system.unknowns])
            if not np.any(w):
                tried[chosen] = (np.inf, np.inf)
                return np.inf
            found = temporary_push(
                system, start, target, [duration],
                weights=w, most=most, dynamic=dynamic, rounds=rounds,
            )  # fmt: skip
            price = sum((prices or {}).get(name, 1.0) for name in chosen)
            tried[chosen] = (float(found.sizes[0]), float(found.sizes[0]) * price * duration)
        return tried[chosen][1]

    exact = len(names) <= exact_up_to
    if exact:
        for count in range(1, len(names) + 1):
            for chosen in itertools.combinations(names, count):
                cost_of(chosen)
    else:
        _grow(system, start, target, names, cost_of, (duration, most), dynamic)
    best = min(tried, key=lambda chosen: (tried[chosen][1], len(chosen)))
    rows = tuple((chosen, *tried[chosen]) for chosen in tried)
    return PushChoice(best, *tried[best], exact, rows)


def _grow(
    system: System,
    start: Array,
    target: Array,
    names: tuple[str, ...],
    cost_of: Callable[[tuple[str, ...]], float],
    limits: tuple[float, float],
    dynamic: Dynamic,
) -> None:
    """Try sets that grow by the best unknown, one at a time."""
    duration, most = limits
    chosen: tuple[str, ...] = ()
    best = np.inf
    full = push_weights(system, start, target, None, dynamic)
    while len(chosen) < len(names):
        longer = [{*chosen, name} for name in names if name not in chosen]
        options = [tuple(name for name in names if name in option) for option in longer]
        costs = [cost_of(option) for option in options]
        if np.isfinite(min(costs)):
            pick = int(np.argmin(costs))
            if costs[pick] >= best:
                return
            best = costs[pick]
        else:
            gaps = [_gap(system, start, target, full, o, duration, most, dynamic) for o in options]
            pick = int(np.argmin(gaps))
        chosen = options[pick]


def _gap(
    system: System,
    start: Array,
    target: Array,
    full: Array,
    chosen: tuple[str, ...],
    duration: float,
    most: float,
    dynamic: Dynamic,
) -> float:
    """Return how far from the target the largest push on a set leaves the state."""
    w = full * np.array([name in chosen for name in system.unknowns])
    state = np.append(np.asarray(start, dtype=float), most)
    end = move(with_frozen_size(system, w), state, dynamic, duration=duration).points[0, :-1]
    width = system.upper - system.lower
    scale = np.where(np.isfinite(width), width, 1.0)
    return float(np.sum(np.abs(end - np.asarray(target)) / scale))
