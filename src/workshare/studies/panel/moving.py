"""States of many places that move: along a path of fundamentals, and by themselves.

*Carried*: an equilibrium is followed along the straight line in log fundamentals from one year to
another, by pseudo-arclength in (log shares, t), until it arrives at t = 1 or turns back in a fold.
*Settled*: a state moves by d log L / dt = residual at given fundamentals, until it comes to rest;
this is the dynamic *adjustment* under which stability and basins are told.

Compiled kernels: a panel has tens of thousands of branches, each cheap.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from workshare.arrays import Array
from workshare.equilibria.tracker import factorise, substitute
from workshare.studies.panel.place_model import PlaceModel

ARRIVED, FOLD, STUCK = 0, 1, 2
"""How a carried equilibrium ended."""

STEPS = 20_000
"""Most steps of a carried branch."""

REST = 1e-8
"""A state is at rest where no log share changes faster."""

MOST_STEPS = 50_000
"""Most steps of a settling state; a passage beside a fold is slow."""


def carry_many(
    model: PlaceModel, log_shares: Array, begin: Array, end: Array, largest: float = 0.1
) -> tuple[np.ndarray, Array, Array]:
    """Return how each carried equilibrium ended, where, and at which t.

    Parameters
    ----------
    log_shares : equilibria at ``begin``, shape (k, sectors).
    begin, end : log fundamentals at both ends, shape (k, sectors).
    largest : longest step, in log shares and t together.

    Examples
    --------
    >>> model = PlaceModel(1, cross=0.0)
    >>> low = np.log([[0.02]])
    >>> a = model.log_fundamentals(np.exp(low))
    >>> ended, _, t = carry_many(model, low, a, a + 1.0)
    >>> ended.tolist(), bool(0.1 < t[0] < 0.9)
    ([1], True)
    """
    y, ended, times = _carry(
        np.ascontiguousarray(log_shares), np.ascontiguousarray(begin),
        np.ascontiguousarray(end), model.numbers, largest,
    )  # fmt: skip
    return ended, y, times


def settle_many(model: PlaceModel, log_shares: Array, log_theta: Array) -> tuple[Array, np.ndarray]:
    """Return where each state comes to rest, and whether it did.

    Examples
    --------
    >>> model = PlaceModel(1, cross=0.0)
    >>> a = model.log_fundamentals([[0.1]])
    >>> ends, rested = settle_many(model, np.log([[0.09], [0.11]]), np.vstack([a, a]))
    >>> np.round(np.exp(ends[:, 0]), 3).tolist(), bool(rested.all())
    ([0.033, 0.767], True)
    """
    return _settle(  # type: ignore[no-any-return]
        np.ascontiguousarray(log_shares), np.ascontiguousarray(log_theta), model.numbers
    )


@njit(cache=True, error_model="numpy")
def _value(y, a, numbers, out):  # type: ignore[no-untyped-def]
    """Fill the residual; return False where the shares leave nothing for the rest."""
    p, q, c, x = numbers
    total = 0.0
    for s in range(y.size):
        total += np.exp(y[s])
    if not total < 1.0:
        return False
    rest = np.log(1.0 - total)
    for s in range(y.size):
        u = c + (1.0 - x) * np.exp(y[s]) + x * total
        out[s] = a[s] + rest + q * np.log(u) - p * y[s]
    return True


@njit(cache=True, error_model="numpy")
def _jacobian(y, numbers, J):  # type: ignore[no-untyped-def]
    p, q, c, x = numbers
    total = 0.0
    for s in range(y.size):
        total += np.exp(y[s])
    for s in range(y.size):
        u = c + (1.0 - x) * np.exp(y[s]) + x * total
        for k in range(y.size):
            L = np.exp(y[k])
            J[s, k] = q * x * L / u - L / (1.0 - total)
            if k == s:
                J[s, k] += q * (1.0 - x) * L / u - p


@njit(cache=True, error_model="numpy")
def _tangent(y, change, numbers, before, A, pivots):  # type: ignore[no-untyped-def]
    """Return the unit tangent of the branch, on the side of ``before``; zero where it has none."""
    S = y.size
    J = np.empty((S, S))
    _jacobian(y, numbers, J)
    A[:S, :S] = J
    A[:S, S] = change
    A[S] = before
    z = np.zeros(S + 1)
    if not factorise(A, pivots):
        return z
    z[S] = 1.0
    substitute(A, pivots, z)
    return z / np.sqrt(np.sum(z * z))


@njit(cache=True, error_model="numpy")
def _correct(z, plane, level, begin, change, numbers, A, pivots):  # type: ignore[no-untyped-def]
    """Newton on the branch within the plane ``plane . z = level``; return whether it converged."""
    S = begin.size
    J, F, step = np.empty((S, S)), np.empty(S), np.empty(S + 1)
    last = 0.0
    for iteration in range(6):
        if not _value(z[:S], begin + z[S] * change, numbers, F):
            return False
        _jacobian(z[:S], numbers, J)
        A[:S, :S] = J
        A[:S, S] = change
        A[S] = plane
        step[:S] = -F
        step[S] = level - np.sum(plane * z)
        if not factorise(A, pivots):
            return False
        substitute(A, pivots, step)
        size = np.sqrt(np.sum(step * step))
        if not size < 1e3 or (iteration == 0 and size > 0.05):
            return False
        if iteration > 0 and size > 0.3 * last and size > 1e-11:
            return False
        z += step
        last = size
        if size < 1e-12:
            return True
    return last < 1e-9


@njit(cache=True, error_model="numpy")
def _carry(points, begins, ends, numbers, largest):  # type: ignore[no-untyped-def]
    count, S = points.shape
    result = points.copy()
    ended = np.full(count, STUCK)
    times = np.zeros(count)
    A, pivots = np.empty((S + 1, S + 1)), np.empty(S + 1, dtype=np.int64)
    upward = np.zeros(S + 1)
    upward[S] = 1.0
    for i in range(count):
        begin = begins[i]
        change = ends[i] - begin
        z = np.empty(S + 1)
        z[:S] = points[i]
        z[S] = 0.0
        if np.max(np.abs(change)) == 0.0:
            ended[i], times[i] = ARRIVED, 1.0
            continue
        tangent = _tangent(z[:S], change, numbers, upward, A, pivots)
        step = 0.1 * largest
        for _ in range(STEPS):
            trial = z + step * tangent
            if trial[S] >= 1.0:
                # the last stretch is corrected at t = 1 itself
                trial = z + (1.0 - z[S]) / tangent[S] * tangent
                good = _correct(trial, upward, 1.0, begin, change, numbers, A, pivots)
                if good:
                    after = _tangent(trial[:S], change, numbers, tangent, A, pivots)
                    if np.sum(after * tangent) > 0.9 and after[S] > 0.0:
                        result[i] = trial[:S]
                        ended[i], times[i] = ARRIVED, 1.0
                        break
            else:
                level = np.sum(tangent * trial)
                good = _correct(trial, tangent, level, begin, change, numbers, A, pivots)
                if good:
                    after = _tangent(trial[:S], change, numbers, tangent, A, pivots)
                    if np.sum(after * tangent) > 0.98:
                        if after[S] <= 0.0:
                            # the turn lies where the tangent has no part along t
                            share = tangent[S] / (tangent[S] - after[S])
                            times[i] = z[S] + 0.5 * share * step * tangent[S]
                            result[i] = z[:S] + share * (trial[:S] - z[:S])
                            ended[i] = FOLD
                            break
                        z[:] = trial
                        tangent = after
                        step = min(largest, 1.5 * step)
                        times[i] = z[S]
                        result[i] = z[:S]
                        continue
            step *= 0.5
            if step < 1e-10:
                break
    return result, ended, times


@njit(cache=True, error_model="numpy")
def _settle(points, log_theta, numbers):  # type: ignore[no-untyped-def]
    count, S = points.shape
    result = points.copy()
    rested = np.zeros(count, dtype=np.bool_)
    k1, k2, k3, k4 = np.empty(S), np.empty(S), np.empty(S), np.empty(S)
    for i in range(count):
        y, a = points[i].copy(), log_theta[i]
        h = 0.01
        if not _value(y, a, numbers, k1):
            continue
        for _ in range(MOST_STEPS):
            if np.max(np.abs(k1)) < REST:
                rested[i] = True
                break
            # Bogacki and Shampine's pair of orders 3 and 2
            good = _value(y + 0.5 * h * k1, a, numbers, k2)
            good = good and _value(y + 0.75 * h * k2, a, numbers, k3)
            if good:
                new = y + h * (2.0 / 9.0 * k1 + 1.0 / 3.0 * k2 + 4.0 / 9.0 * k3)
                good = _value(new, a, numbers, k4)
                if good:
                    error = h * np.max(np.abs(-5 / 72 * k1 + k2 / 12 + k3 / 9 - k4 / 8))
                    # relative to the step: an absolute room would let steps grow beyond stability
                    room = 1e-4 * h * np.max(np.abs(k1)) + 1e-15
                    if error <= room:
                        y = new
                        k1[:] = k4
                    h *= min(2.0, max(0.3, 0.9 * (room / max(error, 1e-16)) ** (1 / 3)))
                    continue
            h *= 0.3
        result[i] = y
    return result, rested
