"""Where paths start: the roots of a simple system, as few as can be had cheaply.

Total degree: one path for each root of ``a_i x_i**d_i = b_i``. Multihomogeneous: products of linear
forms in groups of unknowns. Polyhedral: a generic member with the same monomials, whose roots come
from mixed cells (see :mod:`workshare.equilibria.polyhedral`). All are counted, and the smallest
count wins; mixed cells only while counting them is cheap beside following the paths.

Sources: Morgan 1987; Morgan and Sommese 1987; Huber and Sturmfels 1995.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np

from workshare.arrays import Array
from workshare.equilibria.polyhedral import PolyhedralStart, generic_roots, polyhedral_start
from workshare.equilibria.polynomial import Complex, Integers, Polynomials
from workshare.errors import OptionError

STARTS = ("auto", "total degree", "multihomogeneous", "polyhedral")

FEW_PATHS = 64
"""With no more paths than that, mixed cells are not counted."""

WORK_FOR_A_PATH = 5_000
"""Points that may be looked at for each path that would be followed otherwise (some 0.1 ms)."""

MUCH_WORK = 20_000_000_000
"""Budget for mixed cells where they were asked for."""

CLEAR_GAIN = 0.8
"""Mixed cells are taken where they leave less than this share of the paths."""


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
class Prepared:
    """A homotopy ready for the compiled kernel."""

    terms: tuple[Any, ...]
    linear: tuple[Complex, Integers]
    groups: Integers
    starts: Complex
    scales: Array


def scales_of(system: Polynomials) -> Array:
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


def scaled_by(system: Polynomials, scales: Array) -> Polynomials:
    """Return the system in scaled unknowns, each equation divided by its largest coefficient."""
    coefficients = system.coefficients * np.prod(scales**system.exponents, axis=1)
    largest = np.zeros(system.size)
    np.maximum.at(largest, system.equation, np.abs(coefficients))
    return system.with_coefficients(coefficients / largest[system.equation])


def compile_terms(
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


def no_products(n: int, N: int) -> tuple[Complex, Integers]:
    """Return the kernel's array of linear forms where a start has none."""
    return np.empty((0, N), dtype=np.complex128), np.zeros(n + 1, dtype=np.int64)


def _unit(random: np.random.Generator, *shape: int) -> Complex:
    """Return random complex numbers of length one."""
    return np.asarray(np.exp(2j * np.pi * random.random(shape)))


def total_degree(system: Polynomials, random: np.random.Generator) -> Prepared:
    """Return the homotopy from ``a_i x_i**d_i = b_i``."""
    n = system.size
    scales = scales_of(system)
    scaled = scaled_by(system, scales)
    degrees = system.degrees
    a, b = _unit(random, n), _unit(random, n)
    extra = [(i, i, int(degrees[i]), a[i]) for i in range(n)]
    extra += [(i, n, int(degrees[i]), -b[i]) for i in range(n)]
    terms, groups = compile_terms(
        scaled, [tuple(range(n))], np.zeros(scaled.coefficients.size, dtype=complex), extra
    )
    roots = [
        (b[i] / a[i]) ** (1.0 / degrees[i])
        * np.exp(2j * np.pi * np.arange(degrees[i]) / degrees[i])
        for i in range(n)
    ]
    grid = np.meshgrid(*roots, indexing="ij")
    starts = np.stack([*(item.ravel() for item in grid), np.ones(grid[0].size)], axis=1)
    return Prepared(terms, no_products(n, n + 1), groups, starts, scales)


def multihomogeneous(
    system: Polynomials, partition: Sequence[Sequence[int]], random: np.random.Generator
) -> Prepared:
    """Return the homotopy from products of random linear forms, one factor in one group each."""
    n, N = system.size, system.size + len(partition)
    scales = scales_of(system)
    scaled = scaled_by(system, scales)
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
    terms, groups = compile_terms(
        scaled, partition, np.zeros(scaled.coefficients.size, dtype=complex)
    )
    sizes = [len(group) for group in partition]
    starts = [
        _start_point(matrix, choice, partition, n)
        for assignment in _assignments(degrees, sizes)
        for choice in product(*(of_group[row][group] for row, group in enumerate(assignment)))
    ]
    return Prepared(
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


# --- choice ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class StartPlan:
    """Which start was chosen, and what each would have cost.

    Attributes
    ----------
    kind : "total degree", "multihomogeneous" or "polyhedral".
    partition : groups of unknowns, each with its own points at infinity.
    paths : how many paths it takes.
    bezout : the least of Bezout's bounds on isolated roots that were compared.
    cells : the mixed cells, of a polyhedral start.
    counts : what was counted, by name; -1: not counted to the end.
    seed : of the lifting.
    """

    kind: str
    partition: tuple[tuple[int, ...], ...]
    paths: int
    bezout: int
    cells: PolyhedralStart | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    seed: int = 0


def choose_start(
    system: Polynomials,
    *,
    start: str = "auto",
    partition: Sequence[Sequence[int]] | None = None,
    seed: int = 0,
) -> StartPlan:
    """Return the start with the fewest paths, or the one asked for.

    Parameters
    ----------
    start : one of :data:`STARTS`.
    partition : groups of unknowns; then total degree or multihomogeneous.
    seed : of the lifting.

    Raises
    ------
    OptionError : unknown start, or mixed cells were asked for and there are too many.

    Examples
    --------
    >>> from workshare.equilibria.polynomial import polynomials_from_arrays
    >>> eigen = [[(1, (1, 1)), (-2, (0, 0))], [(1, (1, 1)), (3, (1, 0)), (1, (0, 0))]]
    >>> plan = choose_start(polynomials_from_arrays(eigen), start="polyhedral")
    >>> plan.paths, plan.bezout
    (1, 2)
    """
    if start not in STARTS:
        raise OptionError(f"start is {start!r}; must be one of {', '.join(STARTS)}")
    one = (tuple(range(system.size)),)
    best = tuple(tuple(group) for group in partition) if partition else best_partition(system)
    if start == "total degree":
        best = one
    bezout = root_bound(system, best)
    counts = {"total degree": root_bound(system, one), "groups": bezout}
    plain = StartPlan(
        "total degree" if len(best) == 1 else "multihomogeneous", best, bezout, bezout,
        counts=counts, seed=seed,
    )  # fmt: skip
    if start == "polyhedral":
        return _polyhedral_plan(system, plain, one, MUCH_WORK, asked=True)
    if start != "auto" or partition or bezout <= FEW_PATHS:
        return plain
    return _polyhedral_plan(system, plain, one, WORK_FOR_A_PATH * bezout, asked=False)


def _polyhedral_plan(
    system: Polynomials,
    plain: StartPlan,
    one: tuple[tuple[int, ...], ...],
    work: int,
    *,
    asked: bool,
) -> StartPlan:
    """Return the plan with mixed cells; the plain one, with the count, where that is better."""
    cells = polyhedral_start(system, seed=plain.seed, work=work)
    spent = cells.work
    if cells.complete and len(cells.faces) > 1 and _has_multiple(cells, plain.seed):
        cells = polyhedral_start(system, seed=plain.seed, work=work, with_constants=True)
        spent += cells.work
    counts = dict(plain.counts) | {
        "mixed cells": cells.paths if cells.complete else -1,
        "mixed volume": cells.mixed_volume if cells.complete else -1,
        "cells": cells.cells,
        "work on cells": spent,
        "faces of solutions": len(cells.solution_faces),
    }
    if asked and not cells.complete:
        raise OptionError(
            f"the mixed cells were not all found within {cells.work} points of work, or there are "
            "too many faces; use start total degree or multihomogeneous"
        )
    good = cells.complete and not cells.solution_faces and cells.paths < CLEAR_GAIN * plain.paths
    # groups only scale the points at infinity; an added constant is written for one group
    groups = one if cells.with_constants else plain.partition
    if asked or good:
        return StartPlan("polyhedral", groups, cells.paths, plain.bezout, cells, counts, plain.seed)
    return StartPlan(
        plain.kind, plain.partition, plain.paths, plain.bezout, None, counts, plain.seed
    )


def _has_multiple(cells: PolyhedralStart, seed: int) -> bool:
    """Return whether a generic member has a multiple root on a face."""
    return generic_roots(cells, np.random.default_rng([seed, 2])).multiple > 0


def prepare(
    system: Polynomials, plan: StartPlan, seed: int
) -> tuple[Prepared, tuple[int, int, int]]:
    """Return the homotopy of a plan; and start points lost, followed again, and steps taken.

    Another seed than the plan's means other constants, and another lifting.
    """
    random = np.random.default_rng(seed)
    if plan.kind == "total degree":
        return total_degree(system, random), (0, 0, 0)
    if plan.kind == "multihomogeneous":
        return multihomogeneous(system, plan.partition, random), (0, 0, 0)
    assert plan.cells is not None
    cells = plan.cells
    if seed != plan.seed:
        cells = polyhedral_start(
            system, seed=seed, work=MUCH_WORK, with_constants=cells.with_constants
        )
    return polyhedral(system, cells, plan.partition, random)


def polyhedral(
    system: Polynomials,
    cells: PolyhedralStart,
    partition: Sequence[Sequence[int]],
    random: np.random.Generator,
) -> tuple[Prepared, tuple[int, int, int]]:
    """Return the homotopy from a generic member with the same monomials."""
    n = system.size
    scales = scales_of(system)
    scaled = scaled_by(system, scales)
    found = generic_roots(cells, random)
    begin = np.zeros(scaled.coefficients.size, dtype=complex)
    extra: list[tuple[int, int, int, complex]] = []
    place = {
        (int(row), tuple(key)): k
        for k, (row, key) in enumerate(zip(system.equation, system.exponents.tolist(), strict=True))
    }
    for row, (support, values) in enumerate(zip(cells.supports, found.coefficients, strict=True)):
        for point, value in zip(support.tolist(), values, strict=True):
            term = place.get((row, tuple(point)))
            if term is not None:
                begin[term] += value
            else:  # an added constant
                extra.append((row, n, int(system.degrees[row]), complex(value)))
    terms, groups = compile_terms(scaled, partition, begin, extra)
    N = n + len(partition)
    starts = np.column_stack([found.roots, np.ones((len(found.roots), len(partition)))])
    lost = cells.paths - len(found.roots)
    return (
        Prepared(terms, no_products(n, N), groups, starts.astype(complex), scales),
        (lost, found.retracked, found.steps),
    )
