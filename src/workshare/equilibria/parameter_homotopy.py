"""Many members of one polynomial family: one generic member solved, all others reached from it.

All members have the same terms and different coefficients. A random complex affine combination of
the members is a generic point of their affine hull; it has as many isolated roots as any member can
have, and the straight line from it to a member stays in the hull. So each member needs only as many
paths as the generic one has roots (Morgan and Sommese 1989).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from workshare.equilibria import homotopy, tracker
from workshare.equilibria import starts as starts_module
from workshare.equilibria.homotopy import HomotopyOptions, HomotopyRoots
from workshare.equilibria.polynomial import Complex, Integers, Polynomials
from workshare.errors import OptionError


@dataclass(frozen=True, slots=True, eq=False)
class FamilyStart:
    """A generic member and its roots; small, picklable, the same for all members.

    Attributes
    ----------
    generic : the generic member.
    roots : its isolated roots, shape (paths, n).
    found : how they were found, with its checks.
    """

    generic: Polynomials
    roots: Complex
    found: HomotopyRoots


@dataclass(frozen=True, slots=True, eq=False)
class FamilyRoots:
    """Roots of many members.

    Attributes
    ----------
    roots : shape (members, paths, n); NaN where a path has no regular finite end.
    endings : how each path ended, one of the constants of ``tracker``, shape (members, paths).
    consistent : for each member, whether no path was lost and no two ended at one regular root.
    retracked : paths followed again.
    """

    roots: Complex
    endings: Integers
    consistent: np.ndarray
    retracked: int


def solve_generic(
    system: Polynomials, coefficients: Complex, options: HomotopyOptions | None = None
) -> FamilyStart:
    """Return a generic member of the affine hull of the rows of ``coefficients``, with its roots.

    Parameters
    ----------
    system : the terms; its own coefficients are not used.
    coefficients : shape (members, terms); one row is allowed, then all coefficients are free.

    Raises
    ------
    OptionError : a coefficient is not finite, or the shape is not that of the terms.
    """
    rows = np.atleast_2d(np.asarray(coefficients))
    if rows.shape[1] != system.coefficients.size or not np.all(np.isfinite(rows)):
        raise OptionError(
            f"coefficients of shape {rows.shape} for {system.coefficients.size} terms; must be "
            "finite, one row a member, one column a term"
        )
    options = options or HomotopyOptions()
    random = np.random.default_rng(options.seed + 1)
    if len(rows) == 1:
        generic = rows[0] * np.exp(2j * np.pi * random.random(rows.shape[1]))
    else:
        # the centre, moved in random complex directions of the hull, of the size of the spread
        centre = rows.mean(axis=0)
        count = min(len(rows), 2 * rows.shape[1])
        chosen = rows[random.choice(len(rows), count, replace=False)] - centre
        weights = random.standard_normal(count) + 1j * random.standard_normal(count)
        generic = centre + (weights @ chosen) / np.sqrt(count) * (1.0 + 1.0j)
    member = system.with_coefficients(generic)
    found = homotopy.solve_polynomials(member, options)
    return FamilyStart(member, found.roots, found)


def track_family(
    start: FamilyStart, coefficients: Complex, options: HomotopyOptions | None = None
) -> FamilyRoots:
    """Return the roots of every member, each reached from the generic one.

    The answer for a member does not depend on the others, so members may be dealt out to processes.

    Parameters
    ----------
    start : what :func:`solve_generic` returned.
    coefficients : shape (members, terms).

    Examples
    --------
    >>> from workshare.equilibria.polynomial import polynomials_from_arrays
    >>> square = polynomials_from_arrays([[(1, (2,)), (-1, (0,))]])
    >>> rows = np.array([[1.0, -4.0], [1.0, -9.0], [1.0, 1.0]])
    >>> found = track_family(solve_generic(square, rows), rows)
    >>> np.sort(found.roots[:2, :, 0].real, axis=1)
    array([[-2.,  2.],
           [-3.,  3.]])
    """
    options = options or HomotopyOptions()
    rows = np.atleast_2d(np.asarray(coefficients, dtype=complex))
    generic, n = start.generic, start.generic.size
    paths = len(start.roots)
    terms, groups = starts_module.compile_terms(generic, [tuple(range(n))], generic.coefficients)
    order = np.argsort(generic.equation, kind="stable")
    largest = np.zeros(n)
    np.maximum.at(largest, generic.equation, np.abs(generic.coefficients))
    divisor = largest[generic.equation][order]
    begin = terms[5] / divisor
    linear = starts_module.no_products(n, n + 1)
    starts = np.column_stack([start.roots, np.ones(paths)]).astype(complex)
    roots = np.full((len(rows), paths, n), np.nan + 0j)
    endings = np.full((len(rows), paths), tracker.FAILED, dtype=np.int64)
    consistent, retracked = np.zeros(len(rows), dtype=bool), 0
    for member, row in enumerate(rows):
        now = (*terms[:4], row[order] / divisor, begin, terms[6])
        ends, ended, again = _member(now, linear, groups, starts, options)
        last = ends[:, n]
        finite = np.abs(last) > 1e-10 * np.linalg.norm(ends, axis=1)
        regular = (ended == tracker.REGULAR) & finite
        roots[member, regular] = ends[regular, :n] / last[regular, None]
        ended[(ended == tracker.REGULAR) & ~finite] = tracker.INFINITE
        endings[member] = ended
        pairs = homotopy._coinciding(roots[member, regular], 1e-7)
        consistent[member] = not np.any(ended == tracker.FAILED) and len(pairs) == 0
        retracked += again
    return FamilyRoots(roots, endings, consistent, retracked)


def _member(
    terms: tuple[np.ndarray, ...],
    linear: tuple[Complex, Integers],
    groups: Integers,
    starts: Complex,
    options: HomotopyOptions,
) -> tuple[Complex, Integers, int]:
    """Follow all paths to one member, the suspicious ones again more tightly."""
    limits = (options.first_correction, 1e-7)
    ends, endings, _, _ = tracker.follow_many(terms, linear, groups, starts, limits, options.budget)
    n, retracked = starts.shape[1] - 1, 0
    for attempt in range(1, options.retracks + 1):
        regular = np.flatnonzero(
            (endings == tracker.REGULAR)
            & (np.abs(ends[:, n]) > 1e-10 * np.linalg.norm(ends, axis=1))
        )
        pairs = homotopy._coinciding(ends[regular, :n] / ends[regular, n][:, None], 1e-7)
        again = np.union1d(np.flatnonzero(endings == tracker.FAILED), regular[np.unique(pairs)])
        if not again.size:
            break
        retracked += len(again)
        tighter = (limits[0] * 0.1**attempt, 1e-8)
        ends[again], endings[again], _, _ = tracker.follow_many(
            terms, linear, groups, starts[again], tighter, options.budget * 4**attempt
        )
    return ends, endings, retracked


def with_options(start: FamilyStart, found: HomotopyRoots) -> FamilyStart:
    """Return the start with other roots, for example those of a second, confirming solve."""
    return replace(start, roots=found.roots, found=found)
