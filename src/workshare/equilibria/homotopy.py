"""All isolated complex roots of polynomial systems, by homotopy, with the checks that catch a loss.

One path is followed for each root of a start system: total degree, or multihomogeneous where a
partition of the unknowns promises fewer paths. The *gamma trick* (random complex constants in the
start system) makes all paths smooth with probability one. A *family* (one list of terms, many
coefficients) is solved once at a random complex member of its affine hull; every member is then
reached by as many paths as that one has roots.

Checks, made every time: every path has an end; no two paths end at one regular root; roots of a
real system come in conjugate pairs. Whatever fails is followed again more tightly, then with a new
start; what still fails is counted in the answer and lowers its level.

Sources: Morgan and Sommese 1987 (multihomogeneous), 1989 (coefficient-parameter); Sommese and
Wampler 2005, chapters 2, 7, 8, 10.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt

from workshare.arrays import Array
from workshare.equilibria import tracker
from workshare.equilibria.polynomial import Complex, Integers, Polynomials
from workshare.errors import OptionError

Progress = Callable[[int, int], None]
FIRST_CORRECTION = 1e-2
"""Largest first Newton correction of a step (points have length one); ten times less to retrack."""

CHUNK = 256
"""Paths followed between two calls of the progress callback."""


@dataclass(frozen=True, slots=True)
class HomotopyOptions:
    """How paths are followed.

    Attributes
    ----------
    seed : of the random constants; same seed, same answer.
    max_paths : a system with a larger count is refused (status: budget).
    budget : steps a path may take.
    retracks : how many times lost or doubled paths are followed again, each ten times tighter.
    confirm : solve a second time with other random constants and compare the counts.
    first_correction : see :data:`FIRST_CORRECTION`.
    """

    seed: int = 0
    max_paths: int = 60_000
    budget: int = 3000
    retracks: int = 3
    confirm: bool = False
    first_correction: float = FIRST_CORRECTION


@dataclass(frozen=True, slots=True, eq=False)
class HomotopyRoots:
    """What the paths found.

    Attributes
    ----------
    roots : regular isolated roots, one row each, shape (count, n), complex.
    singular : finite end points with a singular Jacobian, shape (s, n).
    multiplicities : number of paths that ended at each singular point, shape (s,).
    positive_dimensional : singular points that lie on a curve or surface of solutions, shape (s,).
    at_infinity, failed : numbers of paths.
    paths : number of paths; ``bound`` is the same number, a bound on the isolated roots.
    unpaired : non-real roots whose conjugate is missing (real systems).
    doubled : paths that still end where another regular one does.
    retracked : paths followed again.
    steps : steps of all paths.
    start : "total degree", "multihomogeneous" or "family".
    partition : groups of unknowns used.
    agreed : whether a second solve gave the same number of roots; None where there was none.
    """

    roots: Complex
    singular: Complex
    multiplicities: Integers
    positive_dimensional: npt.NDArray[np.bool_]
    at_infinity: int
    failed: int
    paths: int
    unpaired: int
    doubled: int
    retracked: int
    steps: int
    start: str
    partition: tuple[tuple[int, ...], ...]
    agreed: bool | None = None

    @property
    def bound(self) -> int:
        """Bezout's bound on the number of isolated roots for the partition used."""
        return self.paths

    @property
    def consistent(self) -> bool:
        """Whether every check of the counts holds."""
        return (
            self.failed == 0
            and self.unpaired == 0
            and self.doubled == 0
            and self.agreed is not False
        )


# --- counts ---------------------------------------------------------------------------------------


def multidegrees(system: Polynomials, partition: Sequence[Sequence[int]]) -> Integers:
    """Return the degree of each equation in each group of unknowns, shape (n, groups)."""
    degrees = np.zeros((system.size, len(partition)), dtype=np.int64)
    for group, members in enumerate(partition):
        total = system.exponents[:, list(members)].sum(axis=1)
        np.maximum.at(degrees[:, group], system.equation, total)
    return degrees


def root_bound(system: Polynomials, partition: Sequence[Sequence[int]] | None = None) -> int:
    """Return Bezout's bound on isolated roots for a partition of the unknowns (default: one group).

    The bound is the coefficient of the product of ``a_g**len(group g)`` in the product over
    equations of ``sum_g degree_g a_g``; for one group, the product of the degrees.

    Examples
    --------
    >>> from workshare.equilibria.polynomial import polynomials_from_arrays
    >>> eigen = [[(1, (1, 1)), (-2, (0, 0))], [(1, (1, 1)), (3, (1, 0)), (1, (0, 0))]]
    >>> system = polynomials_from_arrays(eigen)
    >>> root_bound(system), root_bound(system, [(0,), (1,)])
    (4, 2)
    """
    if partition is None:
        partition = [tuple(range(system.size))]
    sizes = tuple(len(group) for group in partition)
    counts: dict[tuple[int, ...], int] = {(0,) * len(sizes): 1}
    for row in multidegrees(system, partition):
        following: dict[tuple[int, ...], int] = {}
        for used, count in counts.items():
            for group, degree in enumerate(row):
                if degree and used[group] < sizes[group]:
                    key = (*used[:group], used[group] + 1, *used[group + 1 :])
                    following[key] = following.get(key, 0) + count * int(degree)
        counts = following
    return counts.get(sizes, 0)


def best_partition(system: Polynomials) -> tuple[tuple[int, ...], ...]:
    """Return the partition of the unknowns with the least bound (all for up to 7 unknowns).

    Beyond 7 unknowns only one group and single unknowns are compared.
    """
    n = system.size
    one = (tuple(range(n)),)
    options: list[tuple[tuple[int, ...], ...]] = [one]
    if n <= 7:
        options += [item for item in _partitions(list(range(n))) if len(item) > 1]
    elif n <= 14:
        options.append(tuple((k,) for k in range(n)))
    best = min(options, key=lambda item: (root_bound(system, item), len(item)))
    # more groups mean larger linear systems: take them only for a clear gain
    return best if root_bound(system, best) < 0.9 * root_bound(system, one) else one


def _partitions(items: list[int]) -> Iterator[tuple[tuple[int, ...], ...]]:
    """Give every partition of a list into groups."""
    if not items:
        yield ()
        return
    first, rest = items[0], items[1:]
    for smaller in _partitions(rest):
        for k, group in enumerate(smaller):
            yield (*smaller[:k], (first, *group), *smaller[k + 1 :])
        yield ((first,), *smaller)


# --- preparation ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class _Prepared:
    """A homotopy ready for the compiled kernel."""

    terms: tuple[Any, ...]
    linear: tuple[Complex, Integers]
    groups: Integers
    starts: Complex
    scales: Array


def _scales(system: Polynomials) -> Array:
    """Return powers of two that bring coefficients near one: ``x = scale * scaled unknown``.

    Least squares on the logarithms of the scaled coefficients, one free level for each equation
    (Morgan 1987, section 5), terms weighted by their size against the largest of their equation:
    many small terms must not outweigh the few that decide where roots are.
    """
    n, size = system.size, np.abs(system.coefficients)
    used = size > 0
    exponents, rows = system.exponents[used], system.equation[used]
    logs = np.log2(size[used])
    matrix = np.zeros((len(logs), 2 * n))
    matrix[:, :n] = exponents
    matrix[np.arange(len(logs)), n + rows] = 1.0
    ones = np.vstack([matrix, 1e-3 * np.eye(2 * n)])
    solution = np.linalg.lstsq(ones, np.concatenate([-logs, np.zeros(2 * n)]), rcond=None)[0]
    for _ in range(8):
        scaled = logs + exponents @ solution[:n]
        largest = np.full(n, -np.inf)
        np.maximum.at(largest, rows, scaled)
        weights = 2.0 ** np.clip(scaled - largest[rows], -40.0, 0.0)
        # the small weight keeps unknowns that nothing determines at scale one
        full = np.vstack([matrix * weights[:, None], 1e-3 * np.eye(2 * n)])
        goal = np.concatenate([-logs * weights, np.zeros(2 * n)])
        solution = np.linalg.lstsq(full, goal, rcond=None)[0]
    return np.asarray(2.0 ** np.clip(np.round(solution[:n]), -200, 200))


def _scaled(system: Polynomials, scales: Array) -> Polynomials:
    """Return the system in scaled unknowns, each equation divided by its largest coefficient."""
    coefficients = system.coefficients * np.prod(scales**system.exponents, axis=1)
    largest = np.zeros(system.size)
    np.maximum.at(largest, system.equation, np.abs(coefficients))
    return system.with_coefficients(coefficients / largest[system.equation])


def _compile(
    system: Polynomials,
    partition: Sequence[Sequence[int]],
    start: Complex,
    extra: Sequence[tuple[int, int, int, complex]] = (),
) -> tuple[tuple[Any, ...], Integers]:
    """Return the kernel's arrays: terms made homogeneous in each group, and the groups.

    ``extra`` are start terms (equation, variable, power, coefficient) with no target coefficient;
    variables from n on are the homogenising ones.
    """
    n = system.size
    degrees = multidegrees(system, partition)
    groups = np.zeros(n + len(partition), dtype=np.int64)
    for group, members in enumerate(partition):
        groups[list(members)] = group
        groups[n + group] = group
    rows: list[tuple[int, list[tuple[int, int]], complex, complex]] = []
    for term, row in enumerate(system.equation):
        exponents = system.exponents[term]
        factors = [(int(v), int(exponents[v])) for v in np.flatnonzero(exponents)]
        for group, members in enumerate(partition):
            missing = int(degrees[row, group] - exponents[list(members)].sum())
            if missing:
                factors.append((n + group, missing))
        rows.append((int(row), factors, system.coefficients[term], start[term]))
    for row, variable, power, coefficient in extra:
        rows.append((row, [(variable, power)], 0.0, coefficient))
    rows.sort(key=lambda item: item[0])
    counts = [len(factors) for _, factors, _, _ in rows]
    flat = [pair for _, factors, _, _ in rows for pair in factors]
    highest = np.ones(n + len(partition), dtype=np.int64)
    for variable, power in flat:
        highest[variable] = max(highest[variable], power)
    terms = (
        np.array([row for row, _, _, _ in rows], dtype=np.int64),
        np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        np.array([variable for variable, _ in flat], dtype=np.int64),
        np.array([power for _, power in flat], dtype=np.int64),
        np.array([target for _, _, target, _ in rows], dtype=np.complex128),
        np.array([begin for _, _, _, begin in rows], dtype=np.complex128),
        highest,
    )
    return terms, groups


def _no_products(n: int, N: int) -> tuple[Complex, Integers]:
    return np.empty((0, N), dtype=np.complex128), np.zeros(n + 1, dtype=np.int64)


def _unit(random: np.random.Generator, *shape: int) -> Complex:
    """Return random complex numbers of length one."""
    return np.asarray(np.exp(2j * np.pi * random.random(shape)))


def _total_degree(system: Polynomials, random: np.random.Generator) -> _Prepared:
    """Return the homotopy from ``a_i x_i**d_i = b_i``."""
    n = system.size
    scales = _scales(system)
    scaled = _scaled(system, scales)
    degrees = system.degrees
    a, b = _unit(random, n), _unit(random, n)
    extra = [(i, i, int(degrees[i]), a[i]) for i in range(n)]
    extra += [(i, n, int(degrees[i]), -b[i]) for i in range(n)]
    terms, groups = _compile(
        scaled, [tuple(range(n))], np.zeros(scaled.coefficients.size, dtype=complex), extra
    )
    roots = [
        (b[i] / a[i]) ** (1.0 / degrees[i])
        * np.exp(2j * np.pi * np.arange(degrees[i]) / degrees[i])
        for i in range(n)
    ]
    grid = np.meshgrid(*roots, indexing="ij")
    starts = np.stack([*(item.ravel() for item in grid), np.ones(grid[0].size)], axis=1)
    return _Prepared(terms, _no_products(n, n + 1), groups, starts, scales)


def _multihomogeneous(
    system: Polynomials, partition: Sequence[Sequence[int]], random: np.random.Generator
) -> _Prepared:
    """Return the homotopy from products of random linear forms, one factor in one group each."""
    n, N = system.size, system.size + len(partition)
    scales = _scales(system)
    scaled = _scaled(system, scales)
    degrees = multidegrees(system, partition)
    forms: list[Complex] = []
    first = [0]
    of_group: list[list[list[int]]] = []  # equation, group: positions of its forms
    for row in range(n):
        positions: list[list[int]] = []
        for group, members in enumerate(partition):
            mine = []
            for _ in range(int(degrees[row, group])):
                form = np.zeros(N, dtype=complex)
                columns = [*members, n + group]
                form[columns] = random.standard_normal(len(columns)) + 1j * random.standard_normal(
                    len(columns)
                )
                mine.append(len(forms))
                forms.append(form / np.linalg.norm(form))
            positions.append(mine)
        of_group.append(positions)
        first.append(len(forms))
    matrix = np.array(forms)
    terms, groups = _compile(scaled, partition, np.zeros(scaled.coefficients.size, dtype=complex))
    sizes = [len(group) for group in partition]
    starts = [
        _start_point(matrix, choice, partition, n)
        for assignment in _assignments(degrees, sizes)
        for choice in product(*(of_group[row][group] for row, group in enumerate(assignment)))
    ]
    return _Prepared(
        terms,
        (matrix, np.array(first, dtype=np.int64)),
        groups,
        np.array(starts, dtype=complex).reshape(-1, N),
        scales,
    )


def _assignments(degrees: Integers, sizes: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Give every way to let each equation determine one group, each group as often as its size."""

    def extend(row: int, left: list[int]) -> Iterator[tuple[int, ...]]:
        if row == degrees.shape[0]:
            yield ()
            return
        for group in range(len(left)):
            if left[group] and degrees[row, group]:
                left[group] -= 1
                for rest in extend(row + 1, left):
                    yield (group, *rest)
                left[group] += 1

    yield from extend(0, list(sizes))


def _start_point(
    forms: Complex, choice: tuple[int, ...], partition: Sequence[Sequence[int]], n: int
) -> Complex:
    """Return the common zero of the chosen linear forms."""
    point = np.zeros(forms.shape[1], dtype=complex)
    for group, members in enumerate(partition):
        chosen = [k for k in choice if forms[k, n + group] != 0]
        matrix = forms[np.ix_(chosen, list(members))]
        point[list(members)] = np.linalg.solve(matrix, -forms[chosen, n + group])
        point[n + group] = 1.0
    return point


# --- solving --------------------------------------------------------------------------------------


def solve_polynomials(
    system: Polynomials,
    options: HomotopyOptions | None = None,
    *,
    partition: Sequence[Sequence[int]] | None = None,
    progress: Progress | None = None,
) -> HomotopyRoots:
    """Return all isolated complex roots, with probability one, and the counts that check it.

    Parameters
    ----------
    system : the polynomials.
    options : see :class:`HomotopyOptions`.
    partition : groups of unknowns for the start system; default: the best of those tried.
    progress : called as ``progress(paths done, paths)``.

    Raises
    ------
    OptionError : the number of paths exceeds ``max_paths``.

    Examples
    --------
    >>> from workshare.equilibria.polynomial import polynomials_from_arrays
    >>> circle = [(1, (2, 0)), (1, (0, 2)), (-5, (0, 0))]
    >>> found = solve_polynomials(polynomials_from_arrays([circle, [(1, (1, 1)), (-2, (0, 0))]]))
    >>> len(found.roots), found.bound, found.consistent
    (4, 4, True)
    """
    options = options or HomotopyOptions()
    chosen = tuple(tuple(group) for group in partition) if partition else best_partition(system)
    bound = root_bound(system, chosen)
    if bound > options.max_paths:
        raise OptionError(
            f"the system needs {bound} paths; at most {options.max_paths} are allowed. Raise "
            "max_paths, lower the degrees, or use intervals or a search"
        )
    found = _solve_once(system, chosen, options, progress)
    for attempt in range(1, 3):
        if found.consistent:
            break
        again = replace(
            options,
            seed=options.seed + 7919 * attempt,
            first_correction=options.first_correction * 0.1**attempt,
        )
        other = _solve_once(system, chosen, again, progress)
        best = max(other, found, key=lambda item: (item.consistent, len(item.roots)))
        found = replace(
            best,
            retracked=found.retracked + other.retracked + other.paths,
            steps=found.steps + other.steps,
        )
    if options.confirm:
        second = _solve_once(system, chosen, replace(options, seed=options.seed + 104_729), None)
        found = replace(
            found, agreed=len(second.roots) == len(found.roots), steps=found.steps + second.steps
        )
    return found


def _solve_once(
    system: Polynomials,
    partition: tuple[tuple[int, ...], ...],
    options: HomotopyOptions,
    progress: Progress | None,
) -> HomotopyRoots:
    """Return the roots from one choice of random constants."""
    random = np.random.default_rng(options.seed)
    if len(partition) == 1:
        prepared, start = _total_degree(system, random), "total degree"
    else:
        prepared = _multihomogeneous(system, partition, random)
        start = "multihomogeneous"
    return _follow_all(system, prepared, partition, options, start, progress)


def _follow_all(
    system: Polynomials,
    prepared: _Prepared,
    partition: tuple[tuple[int, ...], ...],
    options: HomotopyOptions,
    start: str,
    progress: Progress | None,
) -> HomotopyRoots:
    """Follow all paths, the suspicious ones again, and sort the end points."""
    limits = (options.first_correction, 1e-7)
    ends, endings, steps = _run(prepared, prepared.starts, limits, options.budget, progress)
    retracked = 0
    for attempt in range(1, options.retracks + 1):
        again = _suspicious(prepared, ends, endings)
        if not again.size:
            break
        retracked += again.size
        tighter = (limits[0] * 0.1**attempt, 1e-8)
        redone = _run(prepared, prepared.starts[again], tighter, options.budget * 4**attempt, None)
        ends[again], endings[again] = redone[0], redone[1]
        steps += redone[2]
    return _collect(system, prepared, partition, ends, endings, start, (retracked, steps))


def _run(
    prepared: _Prepared,
    starts: Complex,
    limits: tuple[float, float],
    budget: int,
    progress: Progress | None,
) -> tuple[Complex, Integers, int]:
    """Follow paths in chunks; return end points, endings and the number of steps."""
    ends, endings, steps = np.empty_like(starts), np.empty(len(starts), dtype=np.int64), 0
    for begin in range(0, len(starts), CHUNK):
        part = slice(begin, begin + CHUNK)
        ends[part], endings[part], _, taken = tracker.follow_many(
            prepared.terms, prepared.linear, prepared.groups, starts[part], limits, budget
        )
        steps += int(taken.sum())
        if progress is not None:
            progress(min(begin + CHUNK, len(starts)), len(starts))
    return ends, endings, steps


def _affine(prepared: _Prepared, ends: Complex) -> Complex:
    """Return end points in the scaled unknowns; infinite ones come out as large numbers."""
    n = prepared.scales.size
    last = ends[:, n + prepared.groups[:n]]
    return np.asarray(ends[:, :n] / np.where(np.abs(last) > 1e-300, last, 1e-300))


def _is_finite(prepared: _Prepared, ends: Complex) -> npt.NDArray[np.bool_]:
    """Return which end points (groups of length about one) are not at infinity."""
    n = prepared.scales.size
    ratio = np.ones(len(ends))
    for group in range(ends.shape[1] - n):
        members = prepared.groups == group
        ratio = np.minimum(
            ratio, np.abs(ends[:, n + group]) / np.linalg.norm(ends[:, members], axis=1)
        )
    return np.asarray(ratio > 1e-10)


def _sphere(points: Complex) -> Array:
    """Return affine complex points on the real unit sphere, so that infinity is near infinity."""
    size = np.sqrt(1.0 + np.sum(np.abs(points) ** 2, axis=1))
    rows = np.column_stack([points.real, points.imag, np.ones(len(points))])
    return np.asarray(rows / size[:, None])


def _coinciding(points: Complex, distance: float) -> npt.NDArray[np.int64]:
    """Return pairs of points closer than ``distance`` on the sphere, shape (pairs, 2)."""
    return near_pairs(_sphere(points), distance)


def near_pairs(points: Array, distance: float) -> npt.NDArray[np.int64]:
    """Return pairs (i < j) of rows closer than ``distance``, shape (pairs, 2).

    Rows are sorted along one random direction and compared with those next to them there: exact,
    and quick in any dimension as long as few rows are close.
    """
    if len(points) < 2:
        return np.empty((0, 2), dtype=np.int64)
    direction = np.random.default_rng(12345).standard_normal(points.shape[1])
    line = points @ (direction / np.linalg.norm(direction))
    order = np.argsort(line, kind="stable")
    found = []
    for gap in range(1, len(points)):
        ahead, behind = order[gap:], order[:-gap]
        close = line[ahead] - line[behind] <= distance
        if not close.any():
            break
        ahead, behind = ahead[close], behind[close]
        near = np.linalg.norm(points[ahead] - points[behind], axis=1) <= distance
        found.append(np.column_stack([ahead[near], behind[near]]))
    if not found:
        return np.empty((0, 2), dtype=np.int64)
    return np.sort(np.concatenate(found), axis=1)


def _suspicious(prepared: _Prepared, ends: Complex, endings: Integers) -> Integers:
    """Return the paths to follow again: lost, or two regular ones at one place."""
    lost = np.flatnonzero(endings == tracker.FAILED)
    regular = np.flatnonzero((endings == tracker.REGULAR) & _is_finite(prepared, ends))
    pairs = _coinciding(_affine(prepared, ends[regular]), 1e-7)
    return np.union1d(lost, regular[np.unique(pairs)])


def _unit_points(prepared: _Prepared, points: Complex) -> Complex:
    """Return affine points in homogeneous coordinates, each group of length one."""
    n = prepared.scales.size
    whole = np.column_stack([points, np.ones((len(points), prepared.groups.size - n))])
    for group in range(prepared.groups.size - n):
        members = prepared.groups == group
        whole[:, members] /= np.linalg.norm(whole[:, members], axis=1, keepdims=True)
    return whole.astype(complex)


def _rank_ratio(prepared: _Prepared, points: Complex) -> Array:
    """Return smallest over largest singular value of the Jacobian with its patch rows.

    Rows are not scaled one by one: a row that vanishes is what a multiple root looks like.
    """
    n = prepared.scales.size
    ratios = np.empty(len(points))
    for k, x in enumerate(_unit_points(prepared, points)):
        patch = [np.where(prepared.groups == g, x.conj(), 0) for g in range(x.size - n)]
        values = np.linalg.svd(np.vstack([_jacobian(prepared, x), *patch]), compute_uv=False)
        ratios[k] = values[-1] / values[0] if values[0] > 0 else 0.0
    return ratios


def _jacobian(prepared: _Prepared, x: Complex) -> Complex:
    """Return the Jacobian of the target at homogeneous coordinates, shape (n, N)."""
    n, N = prepared.scales.size, x.size
    H, Ht = np.empty(n, dtype=complex), np.empty(n, dtype=complex)
    J = np.empty((n, N), dtype=complex)
    powers = np.empty((N, int(prepared.terms[6].max()) + 1), dtype=complex)
    tracker.evaluate(prepared.terms, prepared.linear, x.astype(complex), 0j, powers, H, J, Ht)
    return J


def _collect(
    system: Polynomials,
    prepared: _Prepared,
    partition: tuple[tuple[int, ...], ...],
    ends: Complex,
    endings: Integers,
    start: str,
    work: tuple[int, int],
) -> HomotopyRoots:
    """Sort end points into regular, singular and infinite; count what does not fit."""
    finite = _is_finite(prepared, ends)
    failed = endings == tracker.FAILED
    infinite = ~failed & ((endings == tracker.INFINITE) | ~finite)
    arrived = np.flatnonzero(~failed & ~infinite)
    points = _affine(prepared, ends[arrived])
    regular = endings[arrived] == tracker.REGULAR
    far = np.abs(points).max(axis=1, initial=0.0) > 1e4
    suspects = np.flatnonzero(~regular | far)
    # the endgame also ends at badly scaled regular roots, and ordinary steps now and then at a
    # singular one: the pivots of the Jacobian name the suspects, its singular values decide
    if len(points):
        pivots = tracker.weakest_pivots(
            prepared.terms,
            prepared.linear,
            prepared.groups,
            _unit_points(prepared, points),
            prepared.scales.size,
        )
        suspects = np.union1d(suspects, np.flatnonzero(~(pivots > 1e-4)))
    if suspects.size:
        ratios = _rank_ratio(prepared, points[suspects])
        # paths to a multiple root stop at half the digits, next to each other
        paired = np.isin(suspects, np.unique(_coinciding(points, 1e-6)))
        regular[suspects] = ratios > np.where(paired, 1e-4, 1e-7)
    roots = points[regular]
    pairs = _coinciding(roots, 1e-7)
    doubled = np.unique(pairs[:, 1]) if len(pairs) else np.empty(0, dtype=np.int64)
    roots = np.delete(roots, doubled, axis=0)
    singular, multiplicities = _cluster(points[~regular])
    unpaired = _unpaired(roots) if system.is_real else 0
    positive = np.array([_on_component(prepared, point) for point in singular], dtype=bool)
    return HomotopyRoots(
        roots * prepared.scales,
        singular * prepared.scales,
        multiplicities,
        positive,
        int(infinite.sum()),
        int(failed.sum()),
        len(ends),
        unpaired,
        len(doubled),
        work[0],
        work[1],
        start,
        partition,
    )


def _cluster(points: Complex) -> tuple[Complex, Integers]:
    """Return singular end points, those that coincide as one, and how many each stands for."""
    left, centres, counts = list(range(len(points))), [], []
    sphere = _sphere(points) if len(points) else np.empty((0, 1))
    while left:
        near = [k for k in left if np.linalg.norm(sphere[k] - sphere[left[0]]) < 1e-4]
        centres.append(points[near].mean(axis=0))
        counts.append(len(near))
        left = [k for k in left if k not in near]
    return np.array(centres, dtype=complex).reshape(-1, points.shape[1]), np.array(
        counts, dtype=np.int64
    )


def _unpaired(roots: Complex) -> int:
    """Return the number of roots whose conjugate is not among them (a real one is its own)."""
    count = len(roots)
    pairs = near_pairs(np.concatenate([_sphere(roots), _sphere(roots.conj())]), 1e-6)
    partners = (pairs[:, 0] < count) & (pairs[:, 1] >= count)
    return count - len(np.unique(pairs[partners, 0]))


def _on_component(prepared: _Prepared, point: Complex) -> bool:
    """Return whether a singular point lies on a curve or surface of solutions.

    A solution is looked for at a small distance in a null direction: on a curve there is one to
    rounding, near an isolated root of multiplicity m the residual is of order distance**m.
    """
    n = point.size
    ones = np.ones(prepared.groups.size - n)
    _, values, rows = np.linalg.svd(_jacobian(prepared, np.concatenate([point, ones]))[:, :n])
    direction = rows[-1].conj()
    if values[-1] > 1e-4 * max(values[0], 1e-300):
        return False
    away = 0.05 * max(1.0, float(np.linalg.norm(point)))
    x = point + away * direction
    size = np.inf
    for _ in range(30):
        value, jacobian = _value(prepared, x), _jacobian(prepared, np.concatenate([x, ones]))[:, :n]
        matrix = np.vstack([jacobian, direction.conj()])
        gap = np.concatenate([-value, [away - direction.conj() @ (x - point)]])
        step = np.linalg.lstsq(matrix, gap, rcond=None)[0]
        x = x + step
        size = float(np.linalg.norm(gap))
        if np.linalg.norm(step) < 1e-14:
            break
    return size < 1e-12 and float(np.linalg.norm(x - point)) < 10 * away


def _value(prepared: _Prepared, point: Complex) -> Complex:
    """Return the scaled target at an affine point."""
    n = prepared.scales.size
    x = np.concatenate([point, np.ones(prepared.groups.size - n)]).astype(complex)
    H, Ht = np.empty(n, dtype=complex), np.empty(n, dtype=complex)
    J = np.empty((n, x.size), dtype=complex)
    powers = np.empty((x.size, int(prepared.terms[6].max()) + 1), dtype=complex)
    tracker.evaluate(prepared.terms, prepared.linear, x, 0j, powers, H, J, Ht)
    return H
