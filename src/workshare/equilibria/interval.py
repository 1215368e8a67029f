"""All roots of a smooth system in a box, with proof: interval branch and prune.

Boxes are narrowed by the equations backwards (HC4), by the preconditioned mean-value form
(Krawczyk), and cut in halves. A box ends as *empty* (no root), as *unique* (Krawczyk's test proves
one root in it), or as *undecided* when it is too small to cut further. Every operation is rounded
outwards: the exact result of an elementary operation lies within one unit in the last place of the
rounded one, and the bounds are moved by two; library functions are moved by eight.

Sources: Benhamou et al. 1999 (HC4); Neumaier 1990; Krawczyk 1969.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numba import njit

from workshare.arrays import Array
from workshare.equilibria.system import System
from workshare.equilibria.tape import (
    ADD,
    ATAN,
    CONSTANT,
    COS,
    DIVIDE,
    EXP,
    LOG,
    MULTIPLY,
    NEGATE,
    POWER,
    ROOT_POWER,
    SIN,
    SQRT,
    SUBTRACT,
    TANH,
)

ULPS = 4.5e-16
LIBRARY = 1.8e-15
TINY = 1e-305
HUGE = 1e300


@dataclass(frozen=True, slots=True, eq=False)
class Cover:
    """What became of a box.

    Attributes
    ----------
    lower, upper : boxes proven to hold exactly one root each, shape (roots, n).
    undecided : boxes not decided, shape (boxes, 2, n).
    exhausted : whether no box was left when the budget of boxes ended.
    boxes : boxes looked at.
    """

    lower: Array
    upper: Array
    undecided: Array
    exhausted: bool
    boxes: int

    @property
    def complete(self) -> bool:
        """Whether the roots are proven to be all."""
        return self.exhausted and len(self.undecided) == 0


def cover_box(
    system: System,
    *,
    lower: Array | None = None,
    upper: Array | None = None,
    max_boxes: int = 2_000_000,
    smallest: float = 1e-10,
) -> Cover:
    """Return every root of ``residual = 0`` in a box, proven where ``complete``.

    Parameters
    ----------
    system : must have a tape.
    lower, upper : the box; default: the system's bounds. Must be finite.
    max_boxes : boxes looked at before giving up.
    smallest : width, relative to the whole box, below which a box is left undecided.

    Examples
    --------
    >>> from workshare.equilibria.system import system_from_text
    >>> system = system_from_text(["x - tanh(2 * x)"], ["x"], bounds={"x": (-2, 2)})
    >>> found = cover_box(system)
    >>> len(found.lower), found.complete
    (3, True)
    """
    assert system.tape is not None
    low = np.asarray(system.lower if lower is None else lower, dtype=float).copy()
    high = np.asarray(system.upper if upper is None else upper, dtype=float).copy()
    lows, highs, hulls, left, exhausted, boxes = branch_and_prune(
        *system.tape.arrays, system.parameters, low, high, max_boxes, smallest
    )
    lows, highs, doubtful = _merge(lows, highs, hulls)
    undecided = np.concatenate([left, doubtful]) if len(doubtful) else left
    return Cover(lows, highs, undecided, bool(exhausted), int(boxes))


def _merge(lows: Array, highs: Array, hulls: Array) -> tuple[Array, Array, Array]:
    """Return unique roots once each: a root on the edge of two boxes is found from both.

    Two enclosures that touch hold the same root where one lies in the region in which the other
    root is proven to be the only one; where that is not known both are left undecided.
    """
    from workshare.equilibria.nearness import near_pairs

    count = len(lows)
    keep, doubtful = np.ones(count, dtype=bool), np.zeros(count, dtype=bool)
    if count > 1:
        centres = (lows + highs) / 2
        reach = float(np.max(np.linalg.norm(highs - lows, axis=1))) * 1.01 + 1e-300
        for i, j in near_pairs(centres, reach):
            if not keep[i] or not keep[j]:
                continue
            if np.any(lows[i] > highs[j]) or np.any(lows[j] > highs[i]):
                continue
            if _within(lows[j], highs[j], hulls[i]) or _within(lows[i], highs[i], hulls[j]):
                keep[max(i, j)] = False
            else:
                doubtful[i] = doubtful[j] = True
    sure = keep & ~doubtful
    unsure = keep & doubtful
    return lows[sure], highs[sure], np.stack([lows[unsure], highs[unsure]], axis=1)


def _within(low: Array, high: Array, hull: Array) -> bool:
    return bool(np.all(low >= hull[0]) and np.all(high <= hull[1]))


# --- rounding outwards ----------------------------------------------------------------------------


@njit(cache=True, error_model="numpy", inline="always")
def _down(value):  # type: ignore[no-untyped-def]
    return value - (abs(value) * ULPS + TINY)


@njit(cache=True, error_model="numpy", inline="always")
def _up(value):  # type: ignore[no-untyped-def]
    return value + (abs(value) * ULPS + TINY)


@njit(cache=True, error_model="numpy")
def _product(a, b, c, d):  # type: ignore[no-untyped-def]
    """Return bounds of [a, b] * [c, d]."""
    p, q, r, s = a * c, a * d, b * c, b * d
    low, high = min(min(p, q), min(r, s)), max(max(p, q), max(r, s))
    if not (low > -HUGE and high < HUGE):
        # zero times infinity: nothing is known
        return -np.inf, np.inf
    return _down(low), _up(high)


@njit(cache=True, error_model="numpy")
def _quotient(a, b, c, d):  # type: ignore[no-untyped-def]
    """Return bounds of [a, b] / [c, d]; everything where the divisor holds zero."""
    if c <= 0.0 <= d:
        return -np.inf, np.inf
    p, q, r, s = a / c, a / d, b / c, b / d
    low, high = min(min(p, q), min(r, s)), max(max(p, q), max(r, s))
    if not (low > -HUGE and high < HUGE):
        return -np.inf, np.inf
    return _down(low), _up(high)


@njit(cache=True, error_model="numpy")
def _whole_power(a, b, exponent):  # type: ignore[no-untyped-def]
    """Return bounds of [a, b] ** exponent, a whole number."""
    if exponent == 0:
        return 1.0, 1.0
    if exponent < 0:
        low, high = _whole_power_positive(a, b, -exponent)
        return _quotient(1.0, 1.0, low, high)
    return _whole_power_positive(a, b, exponent)


@njit(cache=True, error_model="numpy")
def _whole_power_positive(a, b, exponent):  # type: ignore[no-untyped-def]
    p, q = 1.0, 1.0
    for _ in range(exponent):
        p *= a
        q *= b
    room = 1.2e-16 * 2 * exponent
    if exponent % 2 == 1:
        low, high = p, q
    else:
        low, high = min(p, q), max(p, q)
        if a <= 0.0 <= b:
            low = 0.0
    low -= abs(low) * room + (TINY if low != 0.0 else 0.0)
    high += abs(high) * room + TINY
    if exponent % 2 == 0:
        low = max(low, 0.0)
    if not (low > -np.inf and high < np.inf):
        return (0.0 if exponent % 2 == 0 else -np.inf), np.inf
    return low, high


@njit(cache=True, error_model="numpy", inline="always")
def _library(low, high):  # type: ignore[no-untyped-def]
    return low - (abs(low) * LIBRARY + TINY), high + (abs(high) * LIBRARY + TINY)


@njit(cache=True, error_model="numpy")
def _wave(a, b, shift):  # type: ignore[no-untyped-def]
    """Return bounds of sin(x + shift * pi / 2) on [a, b]."""
    if not b - a < 6.28 or abs(a) > 1e8:
        return -1.0, 1.0
    quarter = np.pi / 2
    low = min(np.sin(a + shift * quarter), np.sin(b + shift * quarter))
    high = max(np.sin(a + shift * quarter), np.sin(b + shift * quarter))
    room = 1e-15 * (abs(a) + abs(b) + 4.0)
    first = np.ceil((a - room) / quarter) + shift
    last = np.floor((b + room) / quarter) + shift
    k = first
    while k <= last:
        rest = k - 4.0 * np.floor(k / 4.0)
        if rest == 1.0:
            high = 1.0
        if rest == 3.0:
            low = -1.0
        k += 1.0
    return max(low - room, -1.0), min(high + room, 1.0)


# --- a tape on a box ------------------------------------------------------------------------------


@njit(cache=True, error_model="numpy")
def forward(operation, left, right, number, low, high, offset):  # type: ignore[no-untyped-def]
    """Fill bounds of every step; return False where a function has no value on the box."""
    for step in range(operation.size):
        kind = operation[step]
        at = offset + step
        if kind == CONSTANT:
            low[at] = number[step]
            high[at] = number[step]
            continue
        a, b = low[left[step]], high[left[step]]
        if kind == ADD:
            c, d = low[right[step]], high[right[step]]
            low[at], high[at] = _down(a + c), _up(b + d)
        elif kind == SUBTRACT:
            c, d = low[right[step]], high[right[step]]
            low[at], high[at] = _down(a - d), _up(b - c)
        elif kind == MULTIPLY:
            if left[step] == right[step]:
                low[at], high[at] = _whole_power_positive(a, b, 2)
            else:
                low[at], high[at] = _product(a, b, low[right[step]], high[right[step]])
        elif kind == DIVIDE:
            low[at], high[at] = _quotient(a, b, low[right[step]], high[right[step]])
        elif kind == NEGATE:
            low[at], high[at] = -b, -a
        elif kind == POWER:
            low[at], high[at] = _whole_power(a, b, int(number[step]))
        elif kind == TANH:
            low[at], high[at] = _library(np.tanh(a), np.tanh(b))
            low[at], high[at] = max(low[at], -1.0), min(high[at], 1.0)
        elif kind == EXP:
            low[at], high[at] = _library(np.exp(a), np.exp(b))
            low[at] = max(low[at], 0.0)
        elif kind == ATAN:
            low[at], high[at] = _library(np.arctan(a), np.arctan(b))
        elif kind == SIN:
            low[at], high[at] = _wave(a, b, 0.0)
        elif kind == COS:
            low[at], high[at] = _wave(a, b, 1.0)
        else:
            # the rest have a value only for arguments that are not negative
            if b < 0.0 or (kind == LOG and b <= 0.0):
                return False
            a = max(a, 0.0)
            if kind == LOG:
                low[at], high[at] = _library(np.log(a) if a > 0.0 else -np.inf, np.log(b))
            elif kind == SQRT:
                low[at], high[at] = _library(np.sqrt(a), np.sqrt(b))
                low[at] = max(low[at], 0.0)
            elif number[step] > 0.0:
                low[at], high[at] = _library(a ** number[step], b ** number[step])
                low[at] = max(low[at], 0.0)
            else:
                high[at] = a ** number[step] if a > 0.0 else np.inf
                low[at], high[at] = _library(b ** number[step], high[at])
                low[at] = max(low[at], 0.0)
        if low[at] != low[at]:
            low[at] = -np.inf
        if high[at] != high[at]:
            high[at] = np.inf
    return True


@njit(cache=True, error_model="numpy", inline="always")
def _meet(low, high, at, a, b):  # type: ignore[no-untyped-def]
    """Narrow one entry to [a, b]; return False where nothing is left."""
    if a > low[at]:
        low[at] = a
    if b < high[at]:
        high[at] = b
    return low[at] <= high[at]


@njit(cache=True, error_model="numpy")
def backward(operation, left, right, number, low, high, offset):  # type: ignore[no-untyped-def]
    """Narrow inputs from outputs (HC4); return False where the box holds no solution."""
    for step in range(operation.size - 1, -1, -1):
        kind = operation[step]
        if kind == CONSTANT:
            continue
        at, one, two = offset + step, left[step], right[step]
        r, s = low[at], high[at]
        a, b = low[one], high[one]
        good = True
        if kind == ADD:
            c, d = low[two], high[two]
            good = _meet(low, high, one, _down(r - d), _up(s - c))
            good = good and _meet(low, high, two, _down(r - b), _up(s - a))
        elif kind == SUBTRACT:
            c, d = low[two], high[two]
            good = _meet(low, high, one, _down(r + c), _up(s + d))
            good = good and _meet(low, high, two, _down(a - s), _up(b - r))
        elif kind == MULTIPLY and one != two:
            c, d = low[two], high[two]
            if not c <= 0.0 <= d:
                p, q = _quotient(r, s, c, d)
                good = _meet(low, high, one, p, q)
            if not a <= 0.0 <= b:
                p, q = _quotient(r, s, a, b)
                good = good and _meet(low, high, two, p, q)
        elif kind == DIVIDE:
            c, d = low[two], high[two]
            p, q = _product(r, s, c, d)
            good = _meet(low, high, one, p, q)
            if not r <= 0.0 <= s:
                p, q = _quotient(a, b, r, s)
                good = good and _meet(low, high, two, p, q)
        elif kind == NEGATE:
            good = _meet(low, high, one, -s, -r)
        elif kind == TANH:
            p = np.arctanh(r) if r > -1.0 + 1e-12 and r < 1.0 else (-np.inf if r < 0.0 else 18.0)
            q = np.arctanh(s) if s < 1.0 - 1e-12 and s > -1.0 else (np.inf if s > 0.0 else -18.0)
            if r >= 1.0 - 1e-12:
                p = 10.0
            if s <= -1.0 + 1e-12:
                q = -10.0
            # arctanh is badly conditioned near one: its error is rounding over 1 - r**2
            p -= 1e-14 * (1.0 + abs(p)) / max(1.0 - r * r, 1e-12) if p > -np.inf else 0.0
            q += 1e-14 * (1.0 + abs(q)) / max(1.0 - s * s, 1e-12) if q < np.inf else 0.0
            good = _meet(low, high, one, p, q)
        elif kind == EXP:
            if s <= 0.0:
                return False
            p = np.log(r) if r > 0.0 else -np.inf
            p, q = _library(p - 1e-15, np.log(s) + 1e-15)
            if p != p:
                p = -np.inf
            good = _meet(low, high, one, p, q)
        elif kind == LOG:
            p, q = _library(np.exp(r), np.exp(s))
            good = _meet(low, high, one, p * (1 - 1e-14 * (1 + min(abs(r), 800.0))) if r > -700 else
                         0.0, q * (1 + 1e-14 * (1 + min(abs(s), 800.0))))  # fmt: skip
        elif kind == SQRT:
            p, q = max(r, 0.0), s
            if q < 0.0:
                return False
            good = _meet(low, high, one, _down(_down(p * p)) if p > 0.0 else 0.0, _up(_up(q * q)))
        elif (kind == POWER and number[step] == 2.0) or (kind == MULTIPLY and one == two):
            if s < 0.0:
                return False
            q = _up(_up(np.sqrt(s)))
            good = _meet(low, high, one, -q, q)
            if good and r > 0.0:
                p = _down(_down(np.sqrt(r)))
                if low[one] > -p:
                    good = _meet(low, high, one, p, q)
                elif high[one] < p:
                    good = _meet(low, high, one, -q, -p)
        if not good:
            return False
    return True


@njit(cache=True, error_model="numpy")
def slopes(  # type: ignore[no-untyped-def]
    operation, left, right, number, outputs, low, high, offset, count, JL, JH, AL, AH
):
    """Fill bounds of derivatives of the outputs by the first ``count`` inputs (reverse mode)."""
    for row in range(outputs.size):
        AL[:] = 0.0
        AH[:] = 0.0
        AL[outputs[row]] = 1.0
        AH[outputs[row]] = 1.0
        for step in range(outputs[row] - offset, -1, -1):
            at = offset + step
            wl, wh = AL[at], AH[at]
            kind = operation[step]
            if (wl == 0.0 and wh == 0.0) or kind == CONSTANT:
                continue
            one, two = left[step], right[step]
            a, b = low[one], high[one]
            if kind == ADD or kind == SUBTRACT:  # noqa: SIM109
                AL[one], AH[one] = _down(AL[one] + wl), _up(AH[one] + wh)
                if kind == ADD:
                    AL[two], AH[two] = _down(AL[two] + wl), _up(AH[two] + wh)
                else:
                    AL[two], AH[two] = _down(AL[two] - wh), _up(AH[two] - wl)
                continue
            if kind == NEGATE:
                AL[one], AH[one] = _down(AL[one] - wh), _up(AH[one] - wl)
                continue
            r, s = low[at], high[at]
            dl, dh = 0.0, 0.0
            if kind == MULTIPLY:
                c, d = low[two], high[two]
                p, q = _product(wl, wh, a, b)
                AL[two], AH[two] = _down(AL[two] + p), _up(AH[two] + q)
                dl, dh = c, d
            elif kind == DIVIDE:
                c, d = low[two], high[two]
                dl, dh = _quotient(1.0, 1.0, c, d)
                p, q = _product(r, s, dl, dh)
                p, q = _product(wl, wh, -q, -p)
                AL[two], AH[two] = _down(AL[two] + p), _up(AH[two] + q)
            elif kind == POWER:
                exponent = int(number[step])
                p, q = _whole_power(a, b, exponent - 1)
                dl, dh = _product(p, q, float(exponent), float(exponent))
            elif kind == ROOT_POWER:
                exponent = number[step]
                base_low, base_high = max(a, 0.0), max(b, 0.0)
                if exponent > 1.0:
                    p, q = base_low ** (exponent - 1.0), base_high ** (exponent - 1.0)
                else:
                    p = base_high ** (exponent - 1.0) if base_high > 0.0 else 0.0
                    q = base_low ** (exponent - 1.0) if base_low > 0.0 else np.inf
                p, q = _library(p, q)
                dl, dh = _product(p, q, exponent, exponent)
            elif kind == EXP:
                dl, dh = r, s
            elif kind == LOG:
                dl, dh = _quotient(1.0, 1.0, max(a, 0.0), b)
            elif kind == SQRT:
                dl, dh = _quotient(0.5, 0.5, r, s)
            elif kind == TANH:
                p, q = _whole_power_positive(r, s, 2)
                dl, dh = max(_down(1.0 - q), 0.0), min(_up(1.0 - p), 1.0)
            elif kind == SIN:
                dl, dh = _wave(a, b, 1.0)
            elif kind == COS:
                p, q = _wave(a, b, 0.0)
                dl, dh = -q, -p
            elif kind == ATAN:
                p, q = _whole_power_positive(a, b, 2)
                dl, dh = _quotient(1.0, 1.0, _down(1.0 + p), _up(1.0 + q))
            p, q = _product(wl, wh, dl, dh)
            AL[one], AH[one] = _down(AL[one] + p), _up(AH[one] + q)
        for column in range(count):
            JL[row, column], JH[row, column] = AL[column], AH[column]


@njit(cache=True, error_model="numpy")
def _invert(A, Y):  # type: ignore[no-untyped-def]
    """Fill Y with the inverse of A (overwritten); return False where A is singular."""
    n = A.shape[0]
    Y[:] = 0.0
    for i in range(n):
        Y[i, i] = 1.0
    for k in range(n):
        row, best = k, abs(A[k, k])
        for i in range(k + 1, n):
            if abs(A[i, k]) > best:
                row, best = i, abs(A[i, k])
        if not best > 1e-14 or best > HUGE:
            return False
        if row != k:
            for j in range(n):
                A[k, j], A[row, j] = A[row, j], A[k, j]
                Y[k, j], Y[row, j] = Y[row, j], Y[k, j]
        pivot = 1.0 / A[k, k]
        for j in range(n):
            A[k, j] *= pivot
            Y[k, j] *= pivot
        for i in range(n):
            factor = A[i, k]
            if i != k and factor != 0.0:
                for j in range(n):
                    A[i, j] -= factor * A[k, j]
                    Y[i, j] -= factor * Y[k, j]
    return True


@njit(cache=True, error_model="numpy")
def krawczyk(tape, parameters, XL, XH, KL, KH, work):  # type: ignore[no-untyped-def]
    """Fill K with the Krawczyk operator of the box X; return 1 inside, 0 not, -1 no root, -2 fails.

    1: K lies in the interior of X, so X holds exactly one root, and it lies in K.
    """
    operation, left, right, number, outputs = tape
    n = XL.size
    low, high, JL, JH, AL, AH, A, Y, cl, _ch = work
    offset = n + parameters.size
    low[:n], high[:n] = XL, XH
    low[n:offset], high[n:offset] = parameters, parameters
    if not forward(operation, left, right, number, low, high, offset):
        return -1
    for row in range(n):
        at = outputs[row]
        if low[at] > 0.0 or high[at] < 0.0:
            return -1
    slopes(operation, left, right, number, outputs, low, high, offset, n, JL, JH, AL, AH)
    for i in range(n):
        for j in range(n):
            middle = 0.5 * (JL[i, j] + JH[i, j])
            if not abs(middle) < HUGE:
                return -2
            A[i, j] = middle
    if not _invert(A, Y):
        return -2
    # the residual at the centre, as an interval
    for j in range(n):
        centre = 0.5 * (XL[j] + XH[j])
        cl[j] = centre
        low[j], high[j] = centre, centre
    if not forward(operation, left, right, number, low, high, offset):
        return -2
    inside, empty = True, False
    for i in range(n):
        total_low, total_high, room = cl[i], cl[i], 0.0
        for k in range(n):
            p, q = _product(low[outputs[k]], high[outputs[k]], Y[i, k], Y[i, k])
            total_low, total_high = _down(total_low - q), _up(total_high - p)
        for j in range(n):
            p, q = (1.0, 1.0) if i == j else (0.0, 0.0)
            for k in range(n):
                y = Y[i, k]
                if y > 0.0:
                    p -= y * JH[k, j]
                    q -= y * JL[k, j]
                else:
                    p -= y * JL[k, j]
                    q -= y * JH[k, j]
                room = max(room, abs(p), abs(q), abs(y) * max(abs(JL[k, j]), abs(JH[k, j])))
            slack = room * 1e-15 * (n + 2)
            reach = max(abs(p), abs(q)) + slack
            width = _up(max(XH[j] - cl[j], cl[j] - XL[j]))
            spread = _up(reach * width)
            total_low, total_high = _down(total_low - spread), _up(total_high + spread)
        if not (total_low > -HUGE and total_high < HUGE):
            return -2
        KL[i], KH[i] = total_low, total_high
        inside = inside and total_low > XL[i] and total_high < XH[i]
        empty = empty or total_low > XH[i] or total_high < XL[i]
    if empty:
        return -1
    return 1 if inside else 0


@njit(cache=True, error_model="numpy", nogil=True)
def branch_and_prune(  # type: ignore[no-untyped-def]
    operation, left, right, number, outputs, parameters, lower, upper, max_boxes, smallest
):
    """Return enclosures of roots, where each is unique, boxes left, whether all were seen."""
    n = lower.size
    offset = n + parameters.size
    size = offset + operation.size
    tape = (operation, left, right, number, outputs)
    work = (
        np.empty(size), np.empty(size), np.empty((n, n)), np.empty((n, n)),
        np.empty(size), np.empty(size), np.empty((n, n)), np.empty((n, n)),
        np.empty(n), np.empty(n),
    )  # fmt: skip
    low, high = work[0], work[1]
    stack = np.empty((256, 2, n))
    stack[0, 0], stack[0, 1] = lower, upper
    height, boxes = 1, 0
    roots_low, roots_high = np.empty((64, n)), np.empty((64, n))
    hulls = np.empty((64, 2, n))
    found = 0
    left_over = np.empty((64, 2, n))
    undecided = 0
    XL, XH, KL, KH = np.empty(n), np.empty(n), np.empty(n), np.empty(n)
    ZL, ZH = np.empty(n), np.empty(n)
    span = upper - lower
    while height > 0 and boxes < max_boxes:
        height -= 1
        boxes += 1
        XL[:], XH[:] = stack[height, 0], stack[height, 1]
        alive, settled = True, False
        for _ in range(12):
            before = 0.0
            for j in range(n):
                before += (XH[j] - XL[j]) / span[j]
            low[:n], high[:n] = XL, XH
            low[n:offset], high[n:offset] = parameters, parameters
            alive = forward(operation, left, right, number, low, high, offset)
            if alive:
                for row in range(n):
                    at = outputs[row]
                    if low[at] > 0.0 or high[at] < 0.0:
                        alive = False
                    low[at], high[at] = max(low[at], 0.0), min(high[at], 0.0)
            alive = alive and backward(operation, left, right, number, low, high, offset)
            if not alive:
                break
            XL[:], XH[:] = low[:n], high[:n]
            # a box that has shrunk to a point needs room for the test of uniqueness
            for j in range(n):
                grow = 1e-9 * span[j] * smallest + 0.05 * (XH[j] - XL[j]) + 1e-13 * abs(XL[j])
                ZL[j], ZH[j] = XL[j] - grow, XH[j] + grow
            verdict = krawczyk(tape, parameters, ZL, ZH, KL, KH, work)
            if verdict == -1:
                alive = False
                break
            if verdict == 1:
                settled = True
                break
            if verdict == 0:
                for j in range(n):
                    XL[j], XH[j] = max(XL[j], KL[j]), min(XH[j], KH[j])
                    if XL[j] > XH[j]:
                        alive = False
                if not alive:
                    break
            after = 0.0
            for j in range(n):
                after += (XH[j] - XL[j]) / span[j]
            if after > 0.8 * before:
                break
        if not alive:
            continue
        if settled:
            if found == roots_low.shape[0]:
                roots_low = np.concatenate((roots_low, np.empty((found, n))))
                roots_high = np.concatenate((roots_high, np.empty((found, n))))
                hulls = np.concatenate((hulls, np.empty((found, 2, n))))
            hulls[found, 0], hulls[found, 1] = ZL, ZH
            for _ in range(8):
                for j in range(n):
                    grow = 0.01 * (KH[j] - KL[j]) + 1e-15 * abs(KL[j]) + 1e-300
                    XL[j], XH[j] = max(KL[j] - grow, ZL[j]), min(KH[j] + grow, ZH[j])
                if krawczyk(tape, parameters, XL, XH, ZL, ZH, work) != 1:
                    break
                KL[:], KH[:] = ZL, ZH
                ZL[:], ZH[:] = XL, XH
            roots_low[found], roots_high[found] = KL, KH
            inside = True
            for j in range(n):
                if KH[j] < lower[j] or KL[j] > upper[j]:
                    inside = False
            found += 1 if inside else 0
            continue
        widest, cut = -1.0, 0
        for j in range(n):
            relative = (XH[j] - XL[j]) / span[j]
            if relative > widest:
                widest, cut = relative, j
        if (XH[cut] - XL[cut]) <= smallest * span[cut]:
            if undecided == left_over.shape[0]:
                left_over = np.concatenate((left_over, np.empty((undecided, 2, n))))
            left_over[undecided, 0], left_over[undecided, 1] = XL, XH
            undecided += 1
            continue
        if height + 2 > stack.shape[0]:
            stack = np.concatenate((stack, np.empty_like(stack)))
        # not exactly in the middle, where symmetric systems have their roots
        middle = XL[cut] + 0.4987 * (XH[cut] - XL[cut])
        stack[height, 0], stack[height, 1] = XL, XH
        stack[height, 1, cut] = middle
        stack[height + 1, 0], stack[height + 1, 1] = XL, XH
        stack[height + 1, 0, cut] = middle
        height += 2
    return (
        roots_low[:found].copy(),
        roots_high[:found].copy(),
        hulls[:found].copy(),
        left_over[:undecided].copy(),
        height == 0,
        boxes,
    )


def krawczyk_rate(system: System, lower: Array, upper: Array) -> float:
    """Return a bound on the norm of ``I - Y F'`` over a box; below 1 there is at most one root.

    Y is the inverse of the midpoint of the interval Jacobian; the norm is the largest row sum,
    scaled by the box. NaN where the Jacobian cannot be bounded.
    """
    assert system.tape is not None
    n = system.size
    JL, JH = interval_jacobian(system, lower, upper)
    if not (np.all(np.isfinite(JL)) and np.all(np.isfinite(JH))):
        return np.nan
    try:
        inverse = np.linalg.inv((JL + JH) / 2)
    except np.linalg.LinAlgError:
        return np.nan
    # I - Y J for J = middle + [-1, 1] * half; the middle leaves rounding only
    rest = np.abs(np.eye(n) - inverse @ ((JL + JH) / 2)) + np.abs(inverse) @ (
        (JH - JL) / 2 * (1 + 1e-12)
    )
    rest += 1e-13 * (n + 2) * (np.abs(inverse) @ np.maximum(np.abs(JL), np.abs(JH)))
    values, vectors = np.linalg.eig(rest)
    weight = np.abs(vectors[:, np.argmax(np.abs(values))].real) + 1e-6
    return float(np.max((rest @ weight) / weight) * (1 + 1e-12))


def interval_jacobian(system: System, lower: Array, upper: Array) -> tuple[Array, Array]:
    """Return bounds of the Jacobian over a box, each shape (n, n)."""
    assert system.tape is not None
    operation, left, right, number, outputs = system.tape.arrays
    n, offset = system.size, system.size + system.parameters.size
    size = offset + operation.size
    low, high = np.empty(size), np.empty(size)
    low[:n], high[:n] = lower, upper
    low[n:offset] = high[n:offset] = system.parameters
    JL, JH = np.full((n, n), -np.inf), np.full((n, n), np.inf)
    if forward(operation, left, right, number, low, high, offset):
        slopes(
            operation, left, right, number, outputs, low, high, offset, n, JL, JH,
            np.empty(size), np.empty(size),
        )  # fmt: skip
    return JL, JH


def interval_value(system: System, lower: Array, upper: Array) -> tuple[Array, Array]:
    """Return bounds of the residual over a box, each shape (n,)."""
    assert system.tape is not None
    operation, left, right, number, outputs = system.tape.arrays
    n, offset = system.size, system.size + system.parameters.size
    low, high = np.empty(offset + operation.size), np.empty(offset + operation.size)
    low[:n], high[:n] = lower, upper
    low[n:offset] = high[n:offset] = system.parameters
    if not forward(operation, left, right, number, low, high, offset):
        return np.full(n, np.nan), np.full(n, np.nan)
    return low[outputs], high[outputs]


Boxes = npt.NDArray[np.float64]
