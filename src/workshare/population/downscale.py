"""From coarse totals to fine cells: maximum entropy with a declared donor.

National statistics often give one-digit groups, and a donor country the pattern within them. The
table that reproduces the totals and is otherwise nearest to the donor (least relative entropy) is
found by iterative proportional fitting (Deming and Stephan 1940; Csiszar 1975). What the donor
contributes is declared, marked as imputed, and carries an uncertainty from several donors.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from workshare.arrays import Array
from workshare.errors import Fault, TableError

TOLERANCE = 1e-10
"""Largest relative miss of a total up to which a fit counts as exact."""


@dataclass(frozen=True, slots=True)
class Fit:
    """A fitted table.

    Attributes
    ----------
    table : as the seed, with the totals asked for.
    miss : largest relative miss of a total (share).
    rounds : of fitting.
    exact : whether ``miss`` is within :data:`TOLERANCE`; if not, zeros of the donor stand in the
        way of the totals, and ``table`` is the best found.
    """

    table: Array
    miss: float
    rounds: int
    exact: bool


@dataclass(frozen=True, slots=True)
class Downscaled:
    """Cells from totals and a donor.

    Attributes
    ----------
    counts : R x O whole people; every group's total is kept exactly.
    uncertainty : R x O relative standard deviation between donors; NaN with one donor.
    donor : what the pattern was taken from, in words.
    shift : largest change of a region's occupation share, in points, when another donor is taken.
    """

    counts: npt.NDArray[np.int64]
    uncertainty: Array
    donor: str
    shift: float


def fit_table(seed: Array, totals: Sequence[tuple[int, Array]], rounds: int = 2000) -> Fit:
    """Return the table nearest to ``seed`` that has the totals (iterative proportional fitting).

    Parameters
    ----------
    seed : table of any number of axes, at least 0; a zero stays zero.
    totals : pairs (axis, totals along that axis); each table of totals must have the same sum.
    rounds : most rounds.

    Raises
    ------
    TableError : totals that do not have one sum, negative numbers, or a total above zero where
        the seed has nothing.

    Examples
    --------
    >>> fit = fit_table(np.ones((2, 2)), [(0, np.array([3.0, 1.0])), (1, np.array([2.0, 2.0]))])
    >>> fit.table.tolist()
    [[1.5, 1.5], [0.5, 0.5]]
    """
    _check_totals(seed, totals)
    table = seed.astype(float)
    miss = np.inf
    count = 0
    while miss > TOLERANCE and count < rounds:
        count += 1
        miss = 0.0
        for axis, wanted in totals:
            others = tuple(k for k in range(table.ndim) if k != axis)
            here = table.sum(axis=others)
            gap = np.abs(here - wanted).max() / max(1e-300, wanted.max())
            miss = max(miss, float(gap))
            factor = np.divide(wanted, here, out=np.zeros_like(here), where=here > 0)
            shape = [1] * table.ndim
            shape[axis] = -1
            table = table * factor.reshape(shape)
    return Fit(table, miss, count, miss <= TOLERANCE)


def downscale(
    totals: Array,
    groups: Sequence[str],
    occupations: Mapping[str, str],
    donors: Mapping[str, Mapping[str, float]],
    regions: Sequence[str],
) -> Downscaled:
    """Return workers by fine occupation from totals of coarse groups and a donor's pattern.

    Parameters
    ----------
    totals : R x G workers by group.
    groups : G codes of the groups.
    occupations : group of each fine occupation.
    donors : by name, workers (or shares) by fine occupation. The first is used; the others say how
        much it matters.
    regions : R codes, for messages.

    Raises
    ------
    TableError : a group unknown, a group with workers that a donor has no pattern for, a donor's
        occupation that is unknown, negative figures.

    Examples
    --------
    >>> done = downscale(np.array([[10.0]]), ["7"], {"711": "7", "712": "7"},
    ...                  {"somewhere": {"711": 3, "712": 1}}, ["here"])
    >>> done.counts.tolist()
    [[8, 2]]
    """
    _check_donors(totals, groups, occupations, donors, regions)
    codes = list(occupations)
    at = np.array([list(groups).index(occupations[code]) for code in codes])
    versions = []
    for pattern in donors.values():
        weight = np.array([float(pattern.get(code, 0.0)) for code in codes])
        whole = np.bincount(at, weight, len(groups))
        share = np.divide(weight, whole[at], out=np.zeros_like(weight), where=whole[at] > 0)
        versions.append(np.asarray(totals[:, at] * share, dtype=float))
    first = versions[0]
    counts = np.zeros(first.shape, dtype=np.int64)
    for r in range(first.shape[0]):
        for g in range(len(groups)):
            mine = np.flatnonzero(at == g)
            if mine.size:
                counts[r, mine] = round_to_total(first[r, mine], round(float(totals[r, g])))
    spread = np.full(first.shape, np.nan)
    shift = 0.0
    if len(versions) > 1:
        stack = np.stack(versions)
        mean = stack.mean(axis=0)
        spread = np.divide(
            stack.std(axis=0, ddof=1), mean, out=np.full_like(mean, np.nan), where=mean > 0
        )
        whole = totals.sum(axis=1)[:, None]
        shift = float(100 * (np.abs(stack - first) / np.where(whole > 0, whole, 1)).max())
    return Downscaled(counts, spread, next(iter(donors)), shift)


def round_to_total(values: Array, total: int) -> npt.NDArray[np.int64]:
    """Return whole numbers in proportion to ``values`` with exactly ``total`` (largest remainders).

    Examples
    --------
    >>> round_to_total(np.array([1.0, 1.0, 1.0]), 10).tolist()
    [4, 3, 3]
    """
    flat = np.asarray(values, dtype=float).ravel()
    whole = flat.sum()
    if whole <= 0:
        flat, whole = np.ones_like(flat), float(flat.size)
    exact = flat / whole * total
    counts = np.floor(exact).astype(np.int64)
    short = int(total - counts.sum())
    if short > 0:
        counts[np.argsort(-(exact - counts), kind="stable")[:short]] += 1
    shaped: npt.NDArray[np.int64] = counts.reshape(np.shape(values))
    return shaped


def _check_totals(seed: Array, totals: Sequence[tuple[int, Array]]) -> None:
    faults = []
    if not ((seed >= 0) & np.isfinite(seed)).all():
        place = tuple(int(k) for k in np.argwhere(~((seed >= 0) & np.isfinite(seed)))[0])
        rule = "must be a number of at least 0"
        faults.append(Fault("seed", f"Cell {place}", str(seed[place]), rule, "Check the sign."))
    sums = [float(wanted.sum()) for _, wanted in totals]
    if sums and max(sums) - min(sums) > 1e-9 * max(1.0, max(sums)):
        rule = "must all have one sum"
        value = ", ".join(f"{s:g}" for s in sums)
        faults.append(Fault("totals", "Totals", value, rule, "Scale them to one total."))
    for axis, wanted in totals:
        if wanted.shape != (seed.shape[axis],):
            rule = f"must have {seed.shape[axis]} entries"
            faults.append(Fault("totals", f"Axis {axis}", f"{wanted.size} entries", rule, ""))
            continue
        others = tuple(k for k in range(seed.ndim) if k != axis)
        here = seed.sum(axis=others)
        for k in np.flatnonzero((wanted < 0) | ~np.isfinite(wanted))[:20]:
            rule = "must be a number of at least 0"
            faults.append(Fault("totals", f"Axis {axis}, entry {k}", str(wanted[k]), rule, ""))
        for k in np.flatnonzero((wanted > 0) & (here <= 0))[:20]:
            rule = "has a total where the donor has nothing"
            cure = "Take a donor with somebody there."
            faults.append(Fault("totals", f"Axis {axis}, entry {k}", str(wanted[k]), rule, cure))
    if faults:
        raise TableError(faults)


def _check_donors(
    totals: Array,
    groups: Sequence[str],
    occupations: Mapping[str, str],
    donors: Mapping[str, Mapping[str, float]],
    regions: Sequence[str],
) -> None:
    faults = []
    for code, group in occupations.items():
        if group not in groups:
            cure = f"Known groups: {', '.join(groups)}."
            faults.append(
                Fault("occupations", f"Occupation {code!r}", group, "is of an unknown group", cure)
            )
    for r, g in np.argwhere(~((totals >= 0) & np.isfinite(totals)))[:20]:
        rule = "must be a number of at least 0"
        subject = f"Region {regions[r]!r}, group {groups[g]!r}"
        faults.append(
            Fault("totals", subject, str(totals[r, g]), rule, "A figure not known needs a donor.")
        )
    if not donors:
        faults.append(Fault("donors", "Donors", "none", "needs at least one", "Declare a donor."))
    for name, pattern in donors.items():
        where = f"donor {name!r}"
        for code, value in pattern.items():
            if code not in occupations:
                faults.append(Fault(where, f"Occupation {code!r}", code, "is not known", ""))
            if not (np.isfinite(value) and value >= 0):
                rule = "must be a number of at least 0"
                faults.append(Fault(where, f"Occupation {code!r}", str(value), rule, ""))
        for g, group in enumerate(groups):
            held = sum(pattern.get(code, 0.0) for code, at in occupations.items() if at == group)
            if totals[:, g].max(initial=0.0) > 0 and held <= 0:
                rule = "has nobody there, but a region has"
                cure = "Take another donor for the group."
                faults.append(Fault(where, f"Group {group!r}", "0", rule, cure))
    if faults:
        raise TableError(faults)
