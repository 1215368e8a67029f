"""Search in big systems: Newton from many starts, found roots deflated, the unseen estimated.

Deflation divides known roots out: ``G(x) = F(x) * prod_i (1 + |x - x_i|**-2)`` has the roots of F
but those known, so Newton from the same start goes elsewhere (Brown and Gearhart 1971; Farrell,
Birkisson and Funke 2015). The number of roots not seen is estimated from how often each was hit by
plain Newton from independent starts (Chao 1984, bias-corrected, with Chao's 1987 log-normal
interval): a lower bound in expectation, since roots with tiny basins stay invisible to any search.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import qmc

from workshare.arrays import Array
from workshare.equilibria.certify import refine
from workshare.equilibria.system import System


@dataclass(frozen=True, slots=True, eq=False)
class Search:
    """What a search from many starts found.

    Attributes
    ----------
    roots : distinct roots between the bounds, shape (count, n).
    hits : how often plain Newton from independent starts ended at each, shape (count,).
    starts : number of starts; ``converged`` of them ended at a root.
    unseen : estimate of roots not seen, and its 95 % interval.
    interrupted : whether the user stopped it.
    """

    roots: Array
    hits: Array
    starts: int
    converged: int
    unseen: tuple[float, float, float]
    interrupted: bool = False


def unseen_roots(hits: Sequence[int] | Array) -> tuple[float, float, float]:
    """Return the estimate of roots never hit, with a 95 % interval, from how often each was hit.

    With f1 roots hit once and f2 hit twice, ``f1 (f1 - 1) / (2 (f2 + 1))`` (Chao 1984,
    bias-corrected); the interval is log-normal (Chao 1987). Roots found only by deflation count as
    hit once.

    Examples
    --------
    >>> unseen_roots([5, 7, 4])
    (0.0, 0.0, 0.0)
    >>> round(unseen_roots([1, 1, 1, 1, 2, 2])[0], 3)
    2.0
    """
    counts = np.maximum(np.asarray(hits, dtype=float), 1.0)
    once, twice = float(np.sum(counts == 1)), float(np.sum(counts == 2))
    estimate = once * (once - 1) / (2 * (twice + 1))
    if estimate <= 0:
        return 0.0, 0.0, 0.0
    if twice > 0:
        ratio = once / twice
        variance = twice * (0.5 * ratio**2 + ratio**3 + 0.25 * ratio**4)
    else:
        total = estimate + len(counts)
        variance = once * (once - 1) / 2 + once * (2 * once - 1) ** 2 / 4
        variance -= once**4 / (4 * total)
    spread = float(np.exp(1.96 * np.sqrt(np.log(1 + max(variance, 0.0) / estimate**2))))
    return estimate, estimate / spread, estimate * spread


def search(
    system: System,
    *,
    starts: int = 200,
    seed: int = 0,
    extra: Sequence[Array] = (),
    progress: Callable[[int, int], None] | None = None,
) -> Search:
    """Return the roots found by Newton from many starts, each start deflated once.

    Parameters
    ----------
    system : any system; infinite bounds are replaced by ten around the finite one (or zero).
    starts : number of independent starts: Sobol points between the bounds.
    seed : of the Sobol scrambling.
    extra : further starts, for example observed states; they do not count for the estimate.

    Examples
    --------
    >>> from workshare.equilibria.system import system_from_text
    >>> found = search(system_from_text(["x^3 - x"], ["x"], bounds={"x": (-2, 2)}), starts=64)
    >>> found.roots.ravel().round(9) + 0.0
    array([-1.,  0.,  1.])
    """
    low, high = search_box(system)
    points = qmc.scale(qmc.Sobol(system.size, seed=seed).random(starts), low, high)
    roots: list[Array] = []
    hits: list[int] = []
    converged, done, interrupted = 0, 0, False
    try:
        for number, start in enumerate([*points, *extra]):
            independent = number < starts
            root = deflated_newton(system, start, [], low, high)
            if root is not None:
                converged += independent
                _note(roots, hits, root, int(independent))
            deflated = deflated_newton(system, start, roots, low, high)
            if deflated is not None:
                _note(roots, hits, deflated, 0)
            done = number + 1
            if progress is not None:
                progress(done, starts + len(extra))
    except KeyboardInterrupt:
        interrupted = True
    order = sorted(range(len(roots)), key=lambda k: tuple(roots[k]))
    found = np.array([roots[k] for k in order]).reshape(-1, system.size)
    counts = np.array([hits[k] for k in order], dtype=float)
    return Search(found, counts, done, converged, unseen_roots(counts), interrupted)


def search_box(system: System) -> tuple[Array, Array]:
    """Return finite bounds to draw starts from."""
    low, high = system.lower.copy(), system.upper.copy()
    low = np.where(np.isfinite(low), low, np.where(np.isfinite(high), high - 10.0, -10.0))
    high = np.where(np.isfinite(high), high, np.maximum(low + 10.0, 10.0))
    return low, high


def _note(roots: list[Array], hits: list[int], root: Array, hit: int) -> None:
    """Add a root, or a hit of one that is known."""
    for k, known in enumerate(roots):
        if np.max(np.abs(known - root) / np.maximum(np.abs(known), 1.0)) < 1e-7:
            hits[k] += hit
            return
    roots.append(root)
    hits.append(hit)


def deflated_newton(
    system: System, start: Array, known: Sequence[Array], low: Array, high: Array
) -> Array | None:
    """Return a root between the bounds by damped, deflated Newton; None where it finds none."""
    x, reach = start.copy(), 2.0 * np.max(high - low)
    span = np.maximum(high - low, 1e-12)
    for _ in range(60):
        value = system.value(x)
        if not np.all(np.isfinite(value)):
            return None
        try:
            step = np.linalg.solve(system.derivative(x), -value)
        except np.linalg.LinAlgError:
            return None
        if not np.all(np.isfinite(step)):
            return None
        if known:
            # Newton for G = m F: step / (1 - (grad m . step) / m), a scalar correction
            away = (x - np.asarray(known)) / span
            square = np.maximum(np.sum(away * away, axis=1), 1e-18)
            tilt = float(np.sum(-2.0 * (away @ (step / span)) / (square * (1.0 + square))))
            step = step / (1.0 - tilt) if abs(1.0 - tilt) > 1e-8 else 0.1 * step
        longest = float(np.max(np.abs(step) / span))
        if longest > 0.5:
            step = step * (0.5 / longest)
        x = x + step
        if np.max(np.abs(x - start)) > reach:
            return None
        if longest < 1e-10:
            break
    end = refine(system, x)
    if end is None or np.any(end < low - 1e-9 * span) or np.any(end > high + 1e-9 * span):
        return None
    value, jacobian = system.value(end), np.abs(system.derivative(end))
    scale = np.maximum(jacobian @ np.maximum(np.abs(end), 1.0), 1e-300)
    return end if np.all(np.abs(value) < 1e-10 * scale) else None
