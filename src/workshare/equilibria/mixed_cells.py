"""Mixed volumes and the mixed cells that add up to them.

The mixed volume of n finite sets of exponents is the number of roots, without zero coordinates, of
n equations in n unknowns with those monomials and generic coefficients (Bernstein 1975). Every
point of every set is lifted by a random whole number. A *mixed cell* is a choice of one pair of
points from each set for which some ``normal`` makes both points of each pair, and no other, lowest
in their set: ``normal . point + lift``. The mixed volume is the sum over cells of the absolute
determinant of the pairs' differences (Huber and Sturmfels 1995).

Cells are looked for depth first, set by set, with small linear programs. The normals that suit the
pairs chosen so far form a polyhedron, which the points of the next set divide into convex regions
(where each is the lowest). Walking from region to region over their common walls meets every
feasible pair, so no first phase is ever needed. Pairs that are incompatible two by two are cut off
beforehand (the relation table of Gao and Li 2003), and the set with the fewest pairs left is next
(Mizutani, Takeda and Kojima 2007).

The walk is in double precision. Each cell is then checked in whole and rational numbers, exactly:
so the sum is never more than the mixed volume. That no cell was missed is not proven.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from flint import fmpq_mat, fmpz_mat
from numba import njit

from workshare.arrays import Array
from workshare.errors import OptionError

Integers = npt.NDArray[np.int64]

LARGEST_LIFT = 1 << 14
SLIGHT = 1e-9
"""Smallest rate at which a slack or an objective counts as changing."""

DEFAULT_WORK = 2_000_000_000
"""Default budget of the walk, in points looked at (some 10 ns each)."""

MOST_EDGES = 6000
"""Most pairs of all sets together for which a relation table is made."""


@dataclass(frozen=True, slots=True, eq=False)
class MixedCells:
    """The mixed cells of a lifting.

    Attributes
    ----------
    supports : the sets of points, each of shape (points, n).
    lifts : the lift of each point, a whole number.
    pairs : positions of the two points of each set in each cell, shape (cells, n, 2).
    normals : the normal of each cell, shape (cells, n).
    volumes : the determinants' absolute values, whole numbers, shape (cells,).
    complete : whether the walk came to its end within its budget.
    work : points looked at.
    """

    supports: tuple[Integers, ...]
    lifts: tuple[Integers, ...]
    pairs: Integers
    normals: Array
    volumes: Integers
    complete: bool
    work: int

    @property
    def volume(self) -> int:
        """Sum of the cells' volumes: the mixed volume, where ``complete``."""
        return int(self.volumes.sum())


def mixed_volume(supports: Sequence[Any], *, seed: int = 0) -> int:
    """Return the mixed volume of n sets of points with n whole coordinates.

    Parameters
    ----------
    supports : n arrays of shape (points, n).
    seed : of the lifting.

    Raises
    ------
    OptionError : a set has the wrong number of coordinates, or the walk is too long.

    Examples
    --------
    Two equations ``a + b x y = 0`` have one root line, two conics four roots:

    >>> conic = [(0, 0), (2, 0), (0, 2)]
    >>> mixed_volume([conic, conic]), mixed_volume([[(0, 0), (1, 1)], [(0, 0), (1, 1)]])
    (4, 0)
    """
    cells = mixed_cells(supports, seed=seed)
    if not cells.complete:
        raise OptionError(f"the mixed cells were not all found within {cells.work} points of work")
    return cells.volume


def mixed_cells(supports: Sequence[Any], *, seed: int = 0, work: int = DEFAULT_WORK) -> MixedCells:
    """Return the mixed cells of n sets of points under a random lifting.

    A lifting for which a check fails (two points tie) is replaced by another.

    Parameters
    ----------
    supports : n arrays of shape (points, n).
    seed : of the lifting.
    work : budget, in points looked at; ``complete`` says whether it was enough.
    """
    sets = tuple(np.asarray(support, dtype=np.int64) for support in supports)
    n = len(sets)
    faults = [
        f"set {k + 1} has shape {item.shape}; must be (points, {n}), as many coordinates as sets"
        for k, item in enumerate(sets)
        if item.ndim != 2 or item.shape[1] != n or len(item) == 0
    ]
    if n == 0 or faults:
        raise OptionError("; ".join(faults) or "there is no set of points")
    random = np.random.default_rng([seed, 1])
    used = 0
    for _ in range(8):
        lifts = tuple(random.integers(0, LARGEST_LIFT, len(item)) for item in sets)
        found, whole, spent = _walk(sets, lifts, work - used)
        used += spent
        if not whole:
            nothing = np.empty((0, n, 2), dtype=np.int64)
            return MixedCells(
                sets, lifts, nothing, np.empty((0, n)), np.empty(0, dtype=np.int64), False, used
            )
        checked = _checked(sets, lifts, found)
        if checked is not None:
            return MixedCells(sets, lifts, found, checked[0], checked[1], True, used)
    raise ArithmeticError("eight liftings in a row had ties")  # pragma: no cover


def _walk(
    sets: tuple[Integers, ...], lifts: tuple[Integers, ...], work: int
) -> tuple[Integers, bool, int]:
    """Return the cells in floating point, whether the budget was enough, and the work."""
    n = len(sets)
    nothing = np.empty((0, n, 2), dtype=np.int64)
    if min(len(item) for item in sets) < 2:
        return nothing, True, 0
    points = np.concatenate(sets).astype(float)
    heights = np.concatenate(lifts).astype(float)
    first = np.concatenate([[0], np.cumsum([len(item) for item in sets])]).astype(np.int64)
    edges, spent = _edges(points, heights, first, work)
    if spent < 0 or len(edges) > MOST_EDGES:
        return nothing, False, abs(spent)
    compatible, more = _relations(points, heights, first, edges, work - spent)
    if more < 0:
        return nothing, False, spent - more
    spent += more
    found, most = np.empty((0, n), dtype=np.int64), 4096
    while True:
        found, count, more = _descend(points, heights, first, edges, compatible, work - spent, most)
        if count <= most:
            break
        most = 4 * count
    if more < 0:
        return nothing, False, spent - more
    pairs = edges[found[:count]][:, :, :2] - first[:-1][None, :, None]
    return pairs.reshape(-1, n, 2), True, spent + more


def _checked(
    sets: tuple[Integers, ...], lifts: tuple[Integers, ...], pairs: Integers
) -> tuple[Array, Integers] | None:
    """Return normals and volumes from exact arithmetic; None where a pair is not alone lowest."""
    n = len(sets)
    normals, volumes = np.empty((len(pairs), n)), np.empty(len(pairs), dtype=np.int64)
    for number, cell in enumerate(pairs):
        rows = [sets[i][a] - sets[i][b] for i, (a, b) in enumerate(cell)]
        right = [[int(lifts[i][b] - lifts[i][a])] for i, (a, b) in enumerate(cell)]
        matrix = fmpz_mat([[int(value) for value in row] for row in rows])
        determinant = int(matrix.det())
        if determinant == 0:
            return None
        solved = fmpq_mat(matrix).solve(fmpq_mat(fmpz_mat(right)))
        # over one denominator, so that whole numbers are compared
        entries = [solved[k, 0] for k in range(n)]
        scale = abs(determinant)
        top = np.array([int(entry.p) * (scale // int(entry.q)) for entry in entries], dtype=object)
        for i, (a, b) in enumerate(cell):
            heights = sets[i].astype(object) @ top + scale * lifts[i].astype(object)
            others = np.delete(heights, [a, b])
            if heights[a] != heights[b] or (others.size and min(others) <= heights[a]):
                return None
        normals[number] = [float(value) / scale for value in top]
        volumes[number] = scale
    return normals, volumes


# --- the walk, compiled ---------------------------------------------------------------------------
#
# A state is a vertex of the polyhedron: x (n), the n points whose constraints are active (or -1
# where an unknown is still free), and D (n, n), whose column k is the direction in which constraint
# k gains one and the other active ones nothing. The constraint of point c in a set with base a is
# (P_c - P_a) . x >= w_a - w_c.


@njit(cache=True, error_model="numpy")
def _step(points, heights, first, sets, base, state, equal, inside, goal):  # type: ignore[no-untyped-def]
    """Move to a vertex where ``goal . x`` is smaller; return the point that entered and the work.

    -1: there is none, the vertex is best. ``sets`` are those whose constraints hold.
    """
    x, D, basis = state
    n = x.size
    best, leaving, sign = SLIGHT, -1, 1.0
    for k in range(n):
        if equal[k]:
            continue
        rate = 0.0
        for v in range(n):
            rate += goal[v] * D[v, k]
        if -rate > best:
            best, leaving, sign = -rate, k, 1.0
        elif basis[k] < 0 and rate > best:
            best, leaving, sign = rate, k, -1.0
    if leaving < 0:
        return -1, 0
    work, entering, shortest = 0, -1, np.inf
    for number in range(sets.size):
        i = sets[number]
        a = base[i]
        level, slope = heights[a], 0.0
        for v in range(n):
            level += points[a, v] * x[v]
            slope += points[a, v] * D[v, leaving]
        work += first[i + 1] - first[i]
        for c in range(first[i], first[i + 1]):
            if inside[c] or c == a:
                continue
            rate = -slope
            for v in range(n):
                rate += points[c, v] * D[v, leaving]
            rate *= sign
            if rate < -SLIGHT:
                slack = heights[c] - level
                for v in range(n):
                    slack += points[c, v] * x[v]
                length = max(slack, 0.0) / -rate
                if length < shortest:
                    shortest, entering = length, c
    if entering < 0:
        return -1, work
    i = 0
    while first[i + 1] <= entering:
        i += 1
    for v in range(n):
        x[v] += shortest * sign * D[v, leaving]
    _exchange(points, entering, base[i], D, leaving)
    if basis[leaving] >= 0:
        inside[basis[leaving]] = False
    basis[leaving] = entering
    inside[entering] = True
    return entering, work


@njit(cache=True, error_model="numpy")
def _exchange(points, entering, a, D, leaving):  # type: ignore[no-untyped-def]
    """Replace active constraint ``leaving`` by that of a point in D."""
    n = D.shape[0]
    pivot = 0.0
    for v in range(n):
        pivot += (points[entering, v] - points[a, v]) * D[v, leaving]
    for v in range(n):
        D[v, leaving] /= pivot
    for k in range(n):
        if k == leaving:
            continue
        rate = 0.0
        for v in range(n):
            rate += (points[entering, v] - points[a, v]) * D[v, k]
        if rate != 0.0:
            for v in range(n):
                D[v, k] -= rate * D[v, leaving]


@njit(cache=True, error_model="numpy")
def _change_base(first, i, a, b, D, basis):  # type: ignore[no-untyped-def]
    """Express a vertex where b is level with base a of set i with base b instead."""
    n = basis.size
    place = 0
    for k in range(n):
        if basis[k] == b:
            place = k
    for k in range(n):
        if k != place and first[i] <= basis[k] < first[i + 1]:
            for v in range(n):
                D[v, place] += D[v, k]
    for v in range(n):
        D[v, place] = -D[v, place]
    basis[place] = a


@njit(cache=True, error_model="numpy")
def _copy_state(x, D, basis, to_x, to_D, to_basis):  # type: ignore[no-untyped-def]
    """Copy a state (plain loops compile in a fraction of the time of slices)."""
    n = x.size
    for v in range(n):
        to_x[v] = x[v]
        to_basis[v] = basis[v]
        for k in range(n):
            to_D[v, k] = D[v, k]


@njit(cache=True, error_model="numpy")
def _pairs_of(  # type: ignore[no-untyped-def]
    points, heights, first, sets, base, start, equal, j, number, alive, out, regions
):
    """Write every pair of set j that can be lowest, with a vertex; return how many, and the work.

    ``number`` (points, points) is the pair's number, or -2 for "any" (then ``alive`` is not read).
    ``out`` and ``regions`` are (pairs or base, x, D, basis) arrays; ``sets`` includes j.
    """
    n = start[0].size
    out_pair, out_x, out_D, out_basis = out
    known, queue, region_x, region_D, region_basis = regions
    begin, size = first[j], first[j + 1] - first[j]
    x, D, basis = start[0].copy(), start[1].copy(), start[2].copy()
    inside = np.zeros(points.shape[0], dtype=np.bool_)
    lowest, least = begin, np.inf
    for c in range(begin, begin + size):
        level = heights[c]
        for v in range(n):
            level += points[c, v] * x[v]
        if level < least:
            lowest, least = c, level
    for r in range(size):
        known[r] = False
    r = lowest - begin
    known[r] = True
    queue[0] = lowest
    _copy_state(x, D, basis, region_x[r], region_D[r], region_basis[r])
    waiting, done, count, work = 1, 0, 0, 0
    marked = np.zeros((size, size), dtype=np.bool_)
    goal = np.empty(n)
    while done < waiting:
        a = queue[done]
        done += 1
        base[j] = a
        r = a - begin
        _copy_state(region_x[r], region_D[r], region_basis[r], x, D, basis)
        for c in range(inside.size):
            inside[c] = False
        for k in range(n):
            if basis[k] >= 0:
                inside[basis[k]] = True
        for b in range(begin, begin + size):
            if b == a or marked[a - begin, b - begin]:
                continue
            if number[a, b] == -1 or (number[a, b] >= 0 and not alive[number[a, b]]):
                continue
            marked[a - begin, b - begin] = marked[b - begin, a - begin] = True
            for v in range(n):
                goal[v] = points[b, v] - points[a, v]
            found = inside[b]
            for _ in range(10000):
                if found:
                    break
                entered, spent = _step(
                    points, heights, first, sets, base, (x, D, basis), equal, inside, goal
                )
                work += spent
                if entered < 0:
                    break
                found = entered == b
            if not found:
                continue
            out_pair[count, 0], out_pair[count, 1] = a, b
            _copy_state(x, D, basis, out_x[count], out_D[count], out_basis[count])
            count += 1
            if not known[b - begin]:
                known[b - begin] = True
                queue[waiting] = b
                waiting += 1
                r = b - begin
                _copy_state(x, D, basis, region_x[r], region_D[r], region_basis[r])
                _change_base(first, j, a, b, region_D[r], region_basis[r])
    return count, work


@njit(cache=True, error_model="numpy")
def _room(n, largest):  # type: ignore[no-untyped-def]
    """Return arrays for the pairs of one set, and for its regions."""
    most = largest * (largest - 1) // 2
    out = (
        np.empty((most, 2), dtype=np.int64),
        np.empty((most, n)),
        np.empty((most, n, n)),
        np.empty((most, n), dtype=np.int64),
    )
    regions = (
        np.empty(largest, dtype=np.bool_),
        np.empty(largest, dtype=np.int64),
        np.empty((largest, n)),
        np.empty((largest, n, n)),
        np.empty((largest, n), dtype=np.int64),
    )
    return out, regions


@njit(cache=True, error_model="numpy")
def _edges(points, heights, first, budget):  # type: ignore[no-untyped-def]
    """Return (point, point, set) of all lower edges, and the work (negative: over the budget)."""
    n = first.size - 1
    largest = 0
    for i in range(n):
        largest = max(largest, first[i + 1] - first[i])
    out, regions = _room(n, largest)
    number = np.full((points.shape[0], points.shape[0]), -2, dtype=np.int64)
    alive = np.zeros(0, dtype=np.bool_)
    rows = np.empty((n * out[0].shape[0], 3), dtype=np.int64)
    count, work = 0, 0
    base = np.zeros(n, dtype=np.int64)
    equal = np.zeros(n, dtype=np.bool_)
    start = (np.zeros(n), np.eye(n), np.full(n, -1, dtype=np.int64))
    for j in range(n):
        sets = np.full(1, j, dtype=np.int64)
        found, spent = _pairs_of(
            points, heights, first, sets, base, start, equal, j, number, alive, out, regions
        )
        work += spent
        if work > budget:
            return rows[:0], -work
        for k in range(found):
            rows[count, 0], rows[count, 1], rows[count, 2] = out[0][k, 0], out[0][k, 1], j
            count += 1
    return rows[:count].copy(), work


@njit(cache=True, error_model="numpy")
def _numbers(points, edges):  # type: ignore[no-untyped-def]
    """Return the number of the edge between two points, -1 where there is none."""
    number = np.full((points.shape[0], points.shape[0]), -1, dtype=np.int64)
    for e in range(edges.shape[0]):
        number[edges[e, 0], edges[e, 1]] = e
        number[edges[e, 1], edges[e, 0]] = e
    return number


@njit(cache=True, error_model="numpy")
def _place(basis, b):  # type: ignore[no-untyped-def]
    """Return where point b stands in a basis."""
    for k in range(basis.size):
        if basis[k] == b:
            return k
    return -1


@njit(cache=True, error_model="numpy")
def _relations(points, heights, first, edges, budget):  # type: ignore[no-untyped-def]
    """Return which pairs of edges of different sets can be lowest together, and the work."""
    n, total = first.size - 1, edges.shape[0]
    largest = 0
    for i in range(n):
        largest = max(largest, first[i + 1] - first[i])
    out, regions = _room(n, largest)
    again, regions_again = _room(n, largest)
    number = _numbers(points, edges)
    alive = np.ones(total, dtype=np.bool_)
    compatible = np.zeros((total, total), dtype=np.bool_)
    base = np.zeros(n, dtype=np.int64)
    nothing = np.zeros(n, dtype=np.bool_)
    start = (np.zeros(n), np.eye(n), np.full(n, -1, dtype=np.int64))
    work = 0
    for i in range(n - 1):
        sets = np.full(1, i, dtype=np.int64)
        found, spent = _pairs_of(
            points, heights, first, sets, base, start, nothing, i, number, alive, out, regions
        )
        work += spent
        for k in range(found):
            a, b = out[0][k, 0], out[0][k, 1]
            e = number[a, b]
            equal = nothing.copy()
            equal[_place(out[3][k], b)] = True
            for j in range(i + 1, n):
                base[i] = a
                both = np.array([i, j])
                state = (out[1][k], out[2][k], out[3][k])
                more, spent = _pairs_of(
                    points, heights, first, both, base, state, equal, j, number, alive,
                    again, regions_again,
                )  # fmt: skip
                work += spent
                for other in range(more):
                    f = number[again[0][other, 0], again[0][other, 1]]
                    compatible[e, f] = compatible[f, e] = True
                if work > budget:
                    return compatible, -work
    return compatible, work


@njit(cache=True, error_model="numpy")
def _next_set(edges, alive, chosen, n):  # type: ignore[no-untyped-def]
    """Return the set not yet chosen with the fewest pairs left, and their number."""
    left = np.zeros(n, dtype=np.int64)
    for e in range(edges.shape[0]):
        if alive[e]:
            left[edges[e, 2]] += 1
    best, least = -1, edges.shape[0] + 1
    for i in range(n):
        if not chosen[i] and left[i] < least:
            best, least = i, left[i]
    return best, least


@njit(cache=True, error_model="numpy")
def _descend(points, heights, first, edges, compatible, budget, most):  # type: ignore[no-untyped-def]
    """Return the cells as edge numbers in the order of the sets, their count, and the work."""
    n, total = first.size - 1, edges.shape[0]
    largest = 0
    for i in range(n):
        largest = max(largest, first[i + 1] - first[i])
    number = _numbers(points, edges)
    size = largest * (largest - 1) // 2
    pair = np.empty((n, size, 2), dtype=np.int64)
    all_x, all_D = np.empty((n, size, n)), np.empty((n, size, n, n))
    all_basis = np.empty((n, size, n), dtype=np.int64)
    _, regions = _room(n, largest)
    counts, position = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    order = np.full(n, -1, dtype=np.int64)
    base = np.zeros(n, dtype=np.int64)
    chosen = np.zeros(n, dtype=np.bool_)
    alive = np.ones((n + 1, total), dtype=np.bool_)
    equal = np.zeros((n + 1, n), dtype=np.bool_)
    taken = np.zeros(n, dtype=np.int64)
    cells = np.empty((most, n), dtype=np.int64)
    count, work, level, opening = 0, 0, 0, True
    start = (np.zeros(n), np.eye(n), np.full(n, -1, dtype=np.int64))
    while level >= 0:
        if opening:
            j, _ = _next_set(edges, alive[level], chosen, n)
            order[level] = j
            chosen[j] = True
            if level > 0:
                up = position[level - 1] - 1
                start = (all_x[level - 1, up], all_D[level - 1, up], all_basis[level - 1, up])
            out = (pair[level], all_x[level], all_D[level], all_basis[level])
            counts[level], spent = _pairs_of(
                points, heights, first, order[: level + 1], base, start, equal[level], j, number,
                alive[level], out, regions,
            )  # fmt: skip
            position[level] = 0
            opening = False
            work += spent
            if work > budget:
                return cells, count, -work
        if position[level] == counts[level]:
            chosen[order[level]] = False
            level -= 1
            continue
        k = position[level]
        position[level] += 1
        a, b = pair[level, k, 0], pair[level, k, 1]
        base[order[level]] = a
        taken[order[level]] = number[a, b]
        if level == n - 1:
            if count < most:
                cells[count] = taken
            count += 1
            continue
        alive[level + 1] = alive[level] & compatible[number[a, b]]
        _, least = _next_set(edges, alive[level + 1], chosen, n)
        if least == 0:
            continue
        equal[level + 1] = equal[level]
        equal[level + 1, _place(all_basis[level, k], b)] = True
        level += 1
        opening = True
    return cells, count, work
