"""Start systems from the shape of the monomials: as few paths as generic coefficients have roots.

A *generic member* has the monomials of the system and random complex coefficients. Its roots
without zero coordinates are reached from the mixed cells: with ``y = x exp(-normal s)`` the lifted
system ``sum_a c_a y**a exp(power_a s)`` has, as s goes to minus infinity, two terms left in each
equation, whose roots are known; s = 0 is the generic member (Huber and Sturmfels 1995). Powers
differ by orders of magnitude, so steps are taken in s, and unknowns are followed as logarithms
(Kim and Kojima 2004 explain why).

Roots with zero coordinates are kept: for every set of unknowns that leaves as many equations as
other unknowns when it is zero, the equations that are left are solved in the same way. A set that
leaves fewer has no isolated solutions, only curves or surfaces of them; it is told. Where a root on
a face is a multiple one, constants are added to the generic member instead (Li and Wang 1996): more
paths, but all roots.

Every isolated root of the system is the end of a path from an isolated root of the generic member
(Morgan and Sommese 1989).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt
from flint import fmpz_mat
from numba import njit

from workshare.arrays import Array
from workshare.equilibria import tracker
from workshare.equilibria.mixed_cells import Integers, MixedCells, mixed_cells
from workshare.equilibria.nearness import near_pairs
from workshare.equilibria.polynomial import Complex, Polynomials

MOST_UNKNOWNS = 16
"""Most unknowns for which every set of zero unknowns is looked at."""

SMALL = 16.0
"""A path begins where the largest vanishing term is exp(-SMALL) of the others."""

LIMITS = (0.05, 1e-9)
"""Largest first correction of a step, and the last one, in logarithms of the unknowns."""


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """The equations that are left when some unknowns are zero.

    Attributes
    ----------
    unknowns : those that are not zero.
    equations : those that do not vanish.
    cells : of the generic member without zero coordinates there.
    """

    unknowns: tuple[int, ...]
    equations: tuple[int, ...]
    cells: MixedCells


@dataclass(frozen=True, slots=True, eq=False)
class PolyhedralStart:
    """Where the roots of a generic member are.

    Attributes
    ----------
    supports : exponents of the generic member, equation by equation, shape (points, n).
    faces : the whole space and every face with isolated roots, by mixed cells.
    solution_faces : sets of unknowns that, when zero, leave fewer equations than unknowns.
    with_constants : whether constants were added to every equation.
    complete : whether all mixed cells were found within the budget.
    work : the work of finding them, in points looked at.
    """

    supports: tuple[Integers, ...]
    faces: tuple[Face, ...]
    solution_faces: tuple[tuple[int, ...], ...]
    with_constants: bool
    complete: bool
    work: int

    @property
    def paths(self) -> int:
        """Number of isolated roots of the generic member: a bound for every member."""
        return sum(face.cells.volume for face in self.faces)

    @property
    def mixed_volume(self) -> int:
        """The number of those without zero coordinates."""
        return self.faces[0].cells.volume

    @property
    def cells(self) -> int:
        """Number of mixed cells."""
        return sum(len(face.cells.volumes) for face in self.faces)


# --- counting -------------------------------------------------------------------------------------


def polyhedral_start(
    system: Polynomials, *, seed: int = 0, work: int, with_constants: bool = False
) -> PolyhedralStart:
    """Return the mixed cells of a system's monomials, on the faces too.

    Parameters
    ----------
    system : only its exponents are used.
    seed : of the lifting.
    work : budget, in points looked at; :attr:`PolyhedralStart.complete` says if it was enough.
    with_constants : add a constant to every equation: then all roots are found without faces.

    Examples
    --------
    >>> from workshare.equilibria.polynomial import polynomials_from_arrays
    >>> growth = polynomials_from_arrays([[(1, (2, 0)), (-1, (1, 0)), (1, (1, 1))],
    ...                                   [(1, (0, 1)), (-3, (0, 0)), (2, (1, 0))]])
    >>> start = polyhedral_start(growth, work=10**6)
    >>> start.mixed_volume, start.paths  # one root has x = 0
    (1, 2)
    """
    n = system.size
    supports = tuple(
        corners(system.exponents[system.equation == row], with_constants) for row in range(n)
    )
    chosen, curved = _faces(supports)
    if with_constants:
        curved = _faces([corners(system.exponents[system.equation == row]) for row in range(n)])[1]
    if chosen is None:
        return PolyhedralStart(supports, (), (), with_constants, False, 0)
    faces: list[Face] = []
    spent, complete = 0, True
    for unknowns, equations in chosen:
        sets = [_restricted(supports[row], unknowns) for row in equations]
        if unknowns:
            cells = mixed_cells(sets, seed=seed, work=max(work - spent, 0))
        else:  # the origin itself: no equation, no unknown, one root
            cells = MixedCells((), (), np.empty((1, 0, 2), dtype=np.int64), np.empty((1, 0)),
                               np.ones(1, dtype=np.int64), True, 0)  # fmt: skip
        spent += cells.work
        complete &= cells.complete
        faces.append(Face(unknowns, equations, cells))
        if not complete:
            break
    return PolyhedralStart(supports, tuple(faces), curved, with_constants, complete, spent)


def corners(exponents: Integers, with_constant: bool = False) -> Integers:
    """Return the exponents that are not halfway between two others, rising (shape (points, n)).

    What is left spans the same polytope, so mixed volumes are the same.

    Examples
    --------
    >>> corners(np.array([[2, 0], [1, 1], [0, 2], [1, 0], [0, 0]])).tolist()
    [[0, 0], [0, 2], [2, 0]]
    """
    origin = np.zeros((int(with_constant), exponents.shape[1]), dtype=np.int64)
    points = np.unique(np.vstack([exponents, origin]), axis=0)
    known = {tuple(point) for point in points.tolist()}
    kept = []
    for point in points:
        mirrored = 2 * point - points
        inner = (
            tuple(other) in known and tuple(other) != tuple(point) for other in mirrored.tolist()
        )
        if not any(inner):
            kept.append(point)
    return np.array(kept, dtype=np.int64).reshape(-1, exponents.shape[1])


def _restricted(support: Integers, unknowns: Sequence[int]) -> Integers:
    """Return the exponents, in the unknowns kept, of terms in which no other unknown occurs."""
    others = np.ones(support.shape[1], dtype=bool)
    others[list(unknowns)] = False
    return support[np.all(support[:, others] == 0, axis=1)][:, list(unknowns)]


def _faces(
    supports: Sequence[Integers],
) -> tuple[
    list[tuple[tuple[int, ...], tuple[int, ...]]] | None, tuple[tuple[int, ...], ...]
]:  # fmt: skip
    """Return (unknowns, equations) of the faces that may have isolated roots, and curved ones.

    More equations than unknowns have no common root for generic coefficients. None: too many.
    """
    n = len(supports)
    everything = (tuple(range(n)), tuple(range(n)))
    if all(np.any(np.all(support == 0, axis=1)) for support in supports):
        return [everything], ()  # constants never vanish
    if n > MOST_UNKNOWNS:
        return None, ()
    zero = np.arange(1 << n)
    left = np.zeros((n, 1 << n), dtype=bool)
    for row, support in enumerate(supports):
        for mask in np.unique((support > 0) @ (1 << np.arange(n))):
            left[row] |= (zero & mask) == 0
    equations = left.sum(axis=0)
    unknowns = n - np.array([bin(item).count("1") for item in zero])
    chosen, curved = [everything], []
    # a point on a face with fewer equations than unknowns is never isolated, nor on a face of it
    deficient = np.flatnonzero(equations < unknowns)
    for item in np.flatnonzero(equations <= unknowns):
        if item == 0:
            continue
        kept = tuple(k for k in range(n) if not item >> k & 1)
        rows = tuple(np.flatnonzero(left[:, item]).tolist())
        if any(len(_restricted(supports[row], kept)) == 1 for row in rows):
            continue  # one term alone is nowhere zero
        if equations[item] < unknowns[item]:
            curved.append(tuple(k for k in range(n) if item >> k & 1))
        elif not np.any((deficient & item) == deficient):
            chosen.append((kept, rows))
    return chosen, tuple(curved)


# --- the generic member ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class GenericRoots:
    """A generic member and its isolated roots.

    Attributes
    ----------
    coefficients : of each point of each support.
    roots : shape (paths, n).
    lost : paths without an end, or that ended where another did.
    multiple : roots on faces with a singular Jacobian: no path can start there.
    retracked, steps : paths followed again, and steps of all.
    """

    coefficients: tuple[Complex, ...]
    roots: Complex
    lost: int
    multiple: int
    retracked: int
    steps: int


def generic_roots(start: PolyhedralStart, random: np.random.Generator) -> GenericRoots:
    """Return a random member and its roots, followed from the mixed cells."""
    n = len(start.supports)
    coefficients = tuple(
        np.exp(2j * np.pi * random.random(len(item))) * np.exp(0.25 * random.standard_normal())
        for item in start.supports
    )
    roots: list[Complex] = []
    lost = retracked = steps = multiple = 0
    for face in start.faces:
        found, missing, again, taken = _face_roots(start, face, coefficients)
        whole: Complex = np.zeros((len(found), n), dtype=np.complex128)
        whole[:, list(face.unknowns)] = found
        if len(face.unknowns) < n:
            multiple += sum(_is_singular(start.supports, coefficients, root) for root in whole)
        roots.append(whole)
        lost += missing
        retracked += again
        steps += taken
    return GenericRoots(coefficients, np.vstack(roots), lost, multiple, retracked, steps)


def _is_singular(
    supports: Sequence[Integers], coefficients: Sequence[Complex], root: Complex
) -> bool:
    """Return whether the Jacobian at a root has no full rank, each row and column scaled."""
    n = len(supports)
    jacobian: npt.NDArray[Any] = np.zeros((n, n), dtype=np.complex128)
    for row, (support, values) in enumerate(zip(supports, coefficients, strict=True)):
        for v in np.unique(np.nonzero(support)[1]):
            lower = support.copy()
            lower[:, v] = np.maximum(lower[:, v] - 1, 0)
            jacobian[row, v] = np.sum(values * support[:, v] * np.prod(root**lower, axis=1))
    for axis in (1, 0):
        size = np.maximum(np.abs(jacobian).max(axis=axis, keepdims=True), 1e-300)
        jacobian = jacobian / size
    values = np.linalg.svd(jacobian, compute_uv=False)
    return bool(values[-1] <= 1e-9 * values[0])


def _face_roots(
    start: PolyhedralStart, face: Face, coefficients: Sequence[Complex]
) -> tuple[Complex, int, int, int]:
    """Return the roots on a face, how many are lost, paths followed again, and steps."""
    n = len(face.unknowns)
    if n == 0:
        return np.empty((1, 0), dtype=complex), 0, 0, 0
    rest = np.ones(len(start.supports), dtype=bool)
    rest[list(face.unknowns)] = False
    chosen = [
        coefficients[row][np.all(start.supports[row][:, rest] == 0, axis=1)]
        for row in face.equations
    ]
    terms = _terms(face.cells.supports, chosen)
    starts, powers, spans = [], [], []
    for number in range(len(face.cells.volumes)):
        power = _powers(face.cells, number)
        span = SMALL / np.min(power[power > 0], initial=np.inf)
        for z in binomial_roots(face.cells, number, chosen):
            starts.append(z)
            powers.append(number)
            spans.append(span)
    table = np.array([_powers(face.cells, number) for number in range(len(face.cells.volumes))])
    if not starts:
        return np.empty((0, n), dtype=complex), 0, 0, 0
    begin, which, length = np.array(starts), np.array(powers), np.array(spans)
    ends, fine, steps = follow_logarithms(terms, table, which, length, begin, LIMITS, 4000)
    total, retracked = int(steps.sum()), 0
    for attempt in range(1, 4):
        again = np.union1d(np.flatnonzero(~fine), np.unique(_same(ends, fine)))
        if not again.size:
            break
        retracked += again.size
        tighter = (LIMITS[0] * 0.1**attempt, LIMITS[1])
        ends[again], fine[again], steps = follow_logarithms(
            terms, table, which[again], length[again], begin[again], tighter, 4000 * 4**attempt
        )
        total += int(steps.sum())
    pairs = _same(ends, fine)
    fine[pairs[:, 1]] = False
    return np.exp(ends[fine]), int(np.sum(~fine)), retracked, total


def _same(ends: Complex, fine: npt.NDArray[np.bool_]) -> Integers:
    """Return pairs of paths that ended at one point."""
    arrived = np.flatnonzero(fine)
    z = ends[arrived]
    pairs = near_pairs(np.column_stack([z.real, np.cos(z.imag), np.sin(z.imag)]), 1e-7)
    return arrived[pairs].reshape(-1, 2)


def _powers(cells: MixedCells, number: int) -> Array:
    """Return the power of exp(s) of every term in a cell's homotopy: zero for its pairs."""
    parts = []
    for support, lift, pair in zip(cells.supports, cells.lifts, cells.pairs[number], strict=True):
        height = support @ cells.normals[number] + lift
        height = height - height[pair[0]]
        height[pair] = 0.0
        parts.append(height)
    return np.concatenate(parts)


def binomial_roots(cells: MixedCells, number: int, coefficients: Sequence[Complex]) -> Complex:
    """Return logarithms of the roots of a cell's two-term equations, shape (volume, n).

    With V the pairs' differences and d minus the quotients of their coefficients, the roots of
    ``y**V = d`` are ``log y = V^-1 (log d + 2 pi i k)``, one for each class of whole vectors k
    modulo the columns of V; the Hermite normal form of V names one of each class.
    """
    pairs = cells.pairs[number]
    rows = np.array([s[a] - s[b] for s, (a, b) in zip(cells.supports, pairs, strict=True)])
    right = np.array([np.log(-c[b] / c[a]) for c, (a, b) in zip(coefficients, pairs, strict=True)])
    form = fmpz_mat([[int(value) for value in row] for row in rows.T]).hnf()
    ranges = [range(abs(int(form[k, k]))) for k in range(len(rows))]
    whole = np.array(list(product(*ranges)), dtype=float)
    z = np.linalg.solve(rows.astype(float), (right + 2j * np.pi * whole).T).T
    return np.asarray(z.real + 1j * (np.mod(z.imag + np.pi, 2 * np.pi) - np.pi))


def _terms(
    supports: Sequence[Integers], coefficients: Sequence[Complex]
) -> tuple[Integers, Integers, Integers, Integers, Complex]:
    """Return equation, first factor, variable, power and coefficient of every term."""
    points = np.vstack(supports)
    equation = np.repeat(np.arange(len(supports)), [len(item) for item in supports])
    term, variable = np.nonzero(points)
    first = np.searchsorted(term, np.arange(len(points) + 1))
    return (
        equation.astype(np.int64),
        first.astype(np.int64),
        variable.astype(np.int64),
        points[term, variable].astype(np.int64),
        np.concatenate(coefficients),
    )


# --- the kernel -----------------------------------------------------------------------------------


@njit(cache=True, error_model="numpy")
def _evaluate(terms, power, z, s, y, H, J, Hs):  # type: ignore[no-untyped-def]
    """Fill H, its Jacobian by z and its derivative by s; rows are divided by their largest term."""
    equation, first, variable, exponent, coefficient = terms
    n = z.size
    for v in range(n):
        y[v] = np.exp(z[v])
    for row in range(n):
        H[row] = 0.0
        Hs[row] = 0.0
        for v in range(n):
            J[row, v] = 0.0
    term = 0
    for row in range(n):
        largest = 0.0
        while term < equation.size and equation[term] == row:
            value = coefficient[term]
            if power[term] > 0.0:
                value *= np.exp(power[term] * s)
            if value.real != 0.0 or value.imag != 0.0:
                for k in range(first[term], first[term + 1]):
                    factor = y[variable[k]]
                    for _ in range(exponent[k]):
                        value *= factor
                H[row] += value
                Hs[row] += power[term] * value
                for k in range(first[term], first[term + 1]):
                    J[row, variable[k]] += exponent[k] * value
                largest = max(largest, abs(value.real) + abs(value.imag))
            term += 1
        scale = 1.0 / largest
        H[row] *= scale
        Hs[row] *= scale
        for v in range(n):
            J[row, v] *= scale


@njit(cache=True, error_model="numpy")
def _correct(terms, power, z, s, limits, work):  # type: ignore[no-untyped-def]
    """Correct z at s by Newton; return (converged, first correction); leave the tangent in work."""
    y, H, J, Hs, pivots, tangent = work
    n = z.size
    first, last = 0.0, 0.0
    for iteration in range(5):
        _evaluate(terms, power, z, s, y, H, J, Hs)
        if not tracker.factorise(J, pivots):
            return False, 1.0
        for v in range(n):
            H[v] = -H[v]
        tracker.substitute(J, pivots, H)
        size = 0.0
        for v in range(n):
            size = max(size, abs(H[v]))
        if not size < 1e100:
            return False, 1.0
        if iteration == 0:
            first = size
            if size > limits[0]:
                return False, first
        elif size > 0.1 * last and size > 1e-10:
            return False, max(first, limits[0])
        for v in range(n):
            z[v] += H[v]
        last = max(size, 1e-30)
        if size < limits[1] or (size < 1e-6 and size * size < limits[1]):
            for v in range(n):
                tangent[v] = -Hs[v]
            tracker.substitute(J, pivots, tangent)
            return True, first
    return False, max(first, limits[0])


@njit(cache=True, error_model="numpy")
def _note(times, points, tangents, place, s, z, tangent):  # type: ignore[no-untyped-def]
    """Write a point of the path and its tangent at a place of the history."""
    times[place] = s
    for v in range(z.size):
        points[place, v] = z[v]
        tangents[place, v] = tangent[v]


@njit(cache=True, error_model="numpy")
def _follow(terms, power, z, length, limits, budget, work):  # type: ignore[no-untyped-def]
    """Follow z from s = -length to 0 in place; return (arrived, steps)."""
    n = z.size
    tangent = work[5]
    times = np.empty(3, dtype=np.complex128)
    points = np.empty((3, n), dtype=np.complex128)
    tangents = np.empty((3, n), dtype=np.complex128)
    trial = np.empty(n, dtype=np.complex128)
    s, step = -length, 0.05 * length
    good, _ = _correct(terms, power, z, s, (0.1, 1e-9), work)
    if not good:
        return False, 0
    _note(times, points, tangents, 0, s, z, tangent)
    known, steps = 1, 0
    while steps < budget:
        steps += 1
        last = step >= -s
        target = 0.0 if last else s + step
        tracker._predict(times, points, tangents, known, target + 0.0j, trial)
        good, first = _correct(terms, power, trial, target, limits, work)
        if not good:
            step = 0.5 * min(step, -s)
            if step < 1e-14 * length or step < 1e-12 * -s:
                return False, steps
            continue
        s = target
        for v in range(n):
            z[v] = trial[v]
        if last:
            # to rounding
            for _ in range(2):
                good, _again = _correct(terms, power, z, 0.0, (1e-6, 1e-13), work)
            return good, steps
        if known == 3:
            _note(times, points, tangents, 0, times[1].real, points[1], tangents[1])
            _note(times, points, tangents, 1, times[2].real, points[2], tangents[2])
            known = 2
        _note(times, points, tangents, known, s, z, tangent)
        known += 1
        growth = (0.3 * limits[0] / max(first, 1e-14)) ** (0.5 / known)
        step *= min(3.0, max(0.5, growth))
    return False, steps


@njit(cache=True, error_model="numpy", nogil=True)
def follow_logarithms(terms, table, which, length, starts, limits, budget):  # type: ignore[no-untyped-def]
    """Follow every row of ``starts`` in its cell; return ends, whether each arrived, and steps."""
    count, n = starts.shape
    ends = starts.copy()
    fine = np.empty(count, dtype=np.bool_)
    steps = np.empty(count, dtype=np.int64)
    work = (
        np.empty(n, dtype=np.complex128),
        np.empty(n, dtype=np.complex128),
        np.empty((n, n), dtype=np.complex128),
        np.empty(n, dtype=np.complex128),
        np.empty(n, dtype=np.int64),
        np.empty(n, dtype=np.complex128),
    )
    for path in range(count):
        z = ends[path]
        fine[path], steps[path] = _follow(
            terms, table[which[path]], z, length[path], limits, budget, work
        )
    return ends, fine, steps
