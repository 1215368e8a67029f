"""All isolated complex roots of polynomial systems, by homotopy, with the checks that catch a loss.

One path is followed for each root of a start system: total degree, multihomogeneous or polyhedral,
whichever promises the fewest paths (see :mod:`workshare.equilibria.starts`). The *gamma trick*
(random complex constants in the start system) makes all paths smooth with probability one. A
*family* (one list of terms, many coefficients) is solved once at a random complex member of its
affine hull; every member is then reached by as many paths as that one has roots.

Checks, made every time: every path has an end; no two paths end at one regular root; roots of a
real system come in conjugate pairs. Whatever fails is followed again more tightly, then with a new
start; what still fails is counted in the answer and lowers its level.

Sources: Morgan and Sommese 1987 (multihomogeneous), 1989 (coefficient-parameter); Sommese and
Wampler 2005, chapters 2, 7, 8, 10.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from workshare.arrays import Array
from workshare.equilibria import tracker
from workshare.equilibria.certify import certify_roots
from workshare.equilibria.nearness import near_pairs
from workshare.equilibria.polynomial import Complex, Integers, Polynomials
from workshare.equilibria.starts import Prepared, StartPlan, choose_start, prepare
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
    start : "auto" (the fewest paths), "total degree", "multihomogeneous" or "polyhedral".
    """

    seed: int = 0
    max_paths: int = 60_000
    budget: int = 3000
    retracks: int = 3
    confirm: bool = False
    first_correction: float = FIRST_CORRECTION
    start: str = "auto"


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
    paths : number of paths.
    unpaired : non-real roots whose conjugate is missing (real systems).
    doubled : paths that still end where another regular one does.
    retracked : paths followed again.
    steps : steps of all paths.
    start : "total degree", "multihomogeneous" or "polyhedral".
    partition : groups of unknowns used.
    agreed : whether a second solve gave the same number of roots; None where there was none.
    bezout : the least of Bezout's bounds on isolated roots that were compared.
    counts : paths of each start that was counted, and of mixed cells; -1: the budget was too small.
    solution_faces : sets of unknowns that, when all zero, leave fewer equations than unknowns: the
        solutions there, if any, are not isolated (only told by a polyhedral start).
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
    bezout: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    solution_faces: tuple[tuple[int, ...], ...] = ()

    @property
    def bound(self) -> int:
        """Bezout's bound on the number of isolated roots."""
        return self.bezout or self.paths

    @property
    def consistent(self) -> bool:
        """Whether every check of the counts holds."""
        return (
            self.failed == 0
            and self.unpaired == 0
            and self.doubled == 0
            and self.agreed is not False
        )


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
    partition : groups of unknowns for the start system; default: the best start of those tried.
    progress : called as ``progress(paths done, paths)``.

    Raises
    ------
    OptionError : the number of paths exceeds ``max_paths``, the start is unknown, or an equation is
        a constant, which no point solves.

    Examples
    --------
    >>> from workshare.equilibria.polynomial import polynomials_from_arrays
    >>> circle = [(1, (2, 0)), (1, (0, 2)), (-5, (0, 0))]
    >>> found = solve_polynomials(polynomials_from_arrays([circle, [(1, (1, 1)), (-2, (0, 0))]]))
    >>> len(found.roots), found.bound, found.consistent
    (4, 4, True)
    """
    options = options or HomotopyOptions()
    _refuse_constants(system)
    plan = choose_start(system, start=options.start, partition=partition, seed=options.seed)
    return solve_from(system, plan, options, progress)


def solve_from(
    system: Polynomials,
    plan: StartPlan,
    options: HomotopyOptions,
    progress: Progress | None = None,
) -> HomotopyRoots:
    """Return what :func:`solve_polynomials` does, from a start chosen before."""
    _refuse_constants(system)
    if plan.paths > options.max_paths:
        raise OptionError(
            f"the system needs {plan.paths} paths; at most {options.max_paths} are allowed. Raise "
            "max_paths, lower the degrees, or use intervals or a search"
        )
    found = _solve_once(system, plan, options, progress)
    for attempt in range(1, 3):
        if found.consistent:
            break
        again = replace(
            options,
            seed=options.seed + 7919 * attempt,
            first_correction=options.first_correction * 0.1**attempt,
        )
        other = _solve_once(system, plan, again, progress)
        best = max(other, found, key=lambda item: (item.consistent, len(item.roots)))
        found = replace(
            best,
            retracked=found.retracked + other.retracked + other.paths,
            steps=found.steps + other.steps,
        )
    if options.confirm:
        second = _solve_once(system, plan, replace(options, seed=options.seed + 104_729), None)
        found = replace(
            found, agreed=len(second.roots) == len(found.roots), steps=found.steps + second.steps
        )
    return found


def _refuse_constants(system: Polynomials) -> None:
    """Raise an error that names every equation without an unknown: there is no path to follow."""
    rows = np.flatnonzero(system.degrees == 0)
    if rows.size:
        told = "; ".join(
            f"equation {row + 1} is the constant "
            f"{np.sum(system.coefficients[system.equation == row]):.6g}"
            for row in rows
        )
        raise OptionError(
            f"{told}: no unknown is in it, so no point solves it, or every point does. Leave it "
            "out or write the unknown that it is about"
        )


def _solve_once(
    system: Polynomials,
    plan: StartPlan,
    options: HomotopyOptions,
    progress: Progress | None,
) -> HomotopyRoots:
    """Return the roots from one choice of random constants."""
    prepared, (lost, retracked, steps) = prepare(system, plan, options.seed)
    found = _follow_all(system, prepared, plan.partition, options, plan.kind, progress)
    return replace(
        found,
        paths=found.paths + lost,
        failed=found.failed + lost,
        retracked=found.retracked + retracked,
        steps=found.steps + steps,
        bezout=plan.bezout,
        counts=plan.counts,
        solution_faces=plan.cells.solution_faces if plan.cells is not None else (),
    )


def _follow_all(
    system: Polynomials,
    prepared: Prepared,
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
    prepared: Prepared,
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


def _affine(prepared: Prepared, ends: Complex) -> Complex:
    """Return end points in the scaled unknowns; infinite ones come out as large numbers."""
    n = prepared.scales.size
    last = ends[:, n + prepared.groups[:n]]
    return np.asarray(ends[:, :n] / np.where(np.abs(last) > 1e-300, last, 1e-300))


def _is_finite(prepared: Prepared, ends: Complex) -> npt.NDArray[np.bool_]:
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


def _suspicious(prepared: Prepared, ends: Complex, endings: Integers) -> Integers:
    """Return the paths to follow again: lost, or two regular ones at one place."""
    lost = np.flatnonzero(endings == tracker.FAILED)
    regular = np.flatnonzero((endings == tracker.REGULAR) & _is_finite(prepared, ends))
    pairs = _coinciding(_affine(prepared, ends[regular]), 1e-7)
    return np.union1d(lost, regular[np.unique(pairs)])


def _unit_points(prepared: Prepared, points: Complex) -> Complex:
    """Return affine points in homogeneous coordinates, each group of length one."""
    n = prepared.scales.size
    whole = np.column_stack([points, np.ones((len(points), prepared.groups.size - n))])
    for group in range(prepared.groups.size - n):
        members = prepared.groups == group
        whole[:, members] /= np.linalg.norm(whole[:, members], axis=1, keepdims=True)
    return whole.astype(complex)


def _rank_ratio(prepared: Prepared, points: Complex) -> Array:
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


def _jacobian(prepared: Prepared, x: Complex) -> Complex:
    """Return the Jacobian of the target at homogeneous coordinates, shape (n, N)."""
    n, N = prepared.scales.size, x.size
    H, Ht = np.empty(n, dtype=complex), np.empty(n, dtype=complex)
    J = np.empty((n, N), dtype=complex)
    powers = np.empty((N, int(prepared.terms[6].max()) + 1), dtype=complex)
    tracker.evaluate(prepared.terms, prepared.linear, x.astype(complex), 0j, powers, H, J, Ht)
    return J


def _collect(
    system: Polynomials,
    prepared: Prepared,
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
        # a badly scaled Jacobian looks like a singular one: a proof of a simple root decides
        doubtful = suspects[~regular[suspects]]
        proofs = certify_roots(system, points[doubtful] * prepared.scales)
        for k, proof in zip(doubtful, proofs, strict=True):
            centre = proof.centre / prepared.scales
            near = np.linalg.norm(centre - points[k]) <= 1e-5 * (1.0 + np.linalg.norm(points[k]))
            if proof.holds and near:
                points[k], regular[k] = centre, True
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


def _on_component(prepared: Prepared, point: Complex) -> bool:
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


def _value(prepared: Prepared, point: Complex) -> Complex:
    """Return the scaled target at an affine point."""
    n = prepared.scales.size
    x = np.concatenate([point, np.ones(prepared.groups.size - n)]).astype(complex)
    H, Ht = np.empty(n, dtype=complex), np.empty(n, dtype=complex)
    J = np.empty((n, x.size), dtype=complex)
    powers = np.empty((x.size, int(prepared.terms[6].max()) + 1), dtype=complex)
    tracker.evaluate(prepared.terms, prepared.linear, x, 0j, powers, H, J, Ht)
    return H
