"""Every equilibrium of every place-year: one parameter homotopy for the whole panel.

All place-years are members of one polynomial family (:meth:`PlaceModel.family`). A random complex
member is solved once; every place-year is reached from it along as many paths as it has roots. The
start depends on the places only through medians, so the order of places, chunks and workers change
no bit of the answer. A second random member is solved too: both must have as many roots, and it is
the second way to a place-year whose checks fail; the others go by way of members between.

Checks of each place-year: no path lost and no two at one root; complex roots come in conjugate
pairs; every positive real root solves the
place's own equations after Newton steps; their indices add up to one, as theory demands (the motion
points inwards on the border of the simplex: Poincaré and Hopf); the observed state is among them.
A place-year that fails a check in all ways is *ill*: it is told and given no type. Positive
roots are proven one by one by Krawczyk's test in ball arithmetic.
"""

from __future__ import annotations

import hashlib
import io
import os
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from workshare.arrays import Array, Mask
from workshare.equilibria.certify import certify_roots, touching
from workshare.equilibria.homotopy import HomotopyOptions, solve_polynomials
from workshare.equilibria.parameter_homotopy import FamilyRoots, FamilyStart, track_family
from workshare.equilibria.tracker import REGULAR, SINGULAR
from workshare.errors import OptionError
from workshare.parallel import map_tasks
from workshare.studies.panel.place_model import Family, PlaceModel

NEAR = 1e-6
"""Two states are one if no log share differs by more."""

SMALLEST_RESIDUAL = 1e-10
"""Largest residual of an equilibrium, in logs of shares."""

WAYS = 5
"""Ways in which a place-year whose checks fail is followed, one after the other."""

FIELDS = ("counts", "points", "indices", "stable", "certified", "ill", "retracked")


@dataclass(frozen=True, slots=True)
class EnumerationOptions:
    """How place-years are enumerated.

    Attributes
    ----------
    certify : share of place-years, evenly spread, all of whose equilibria are proven; the observed
        equilibrium of a place-year is always proven.
    chunk : place-years in one task.
    workers, backend : see :func:`workshare.parallel.map_tasks`.
    folder : where finished chunks are kept, so that a run goes on where it stopped; "": nowhere.
    seed : of the random starts.
    max_paths : most paths a place-year may need.
    """

    certify: float = 1.0
    chunk: int = 250
    workers: int = 1
    backend: str = "auto"
    folder: str = ""
    seed: int = 0
    max_paths: int = 2000


@dataclass(frozen=True, slots=True, eq=False)
class Enumeration:
    """All positive equilibria of many members, one after the other.

    Attributes
    ----------
    model : the model of a place.
    log_theta : log fundamentals, shape (members, sectors).
    first : position of each member's first equilibrium, and the end, shape (members + 1,).
    points : log shares, lowest total first within a member, shape (equilibria, sectors).
    indices : sign of det(-J) of each, 1 or -1; 0: singular.
    stable : whether each is stable under adjustment (d log L / dt = residual).
    certified : whether each is proven by Krawczyk's test.
    observed : position of the observed equilibrium of each member, -1: not found, shape (members,).
    ill : members whose checks failed in all ways.
    done : members that were enumerated before any interruption.
    paths : paths followed for each member.
    starts_agree : whether two random members have as many roots and no lost path.
    retracked : paths followed again.
    asked : members for which every equilibrium was to be proven.
    interrupted : whether Ctrl-C stopped the work.
    """

    model: PlaceModel
    log_theta: Array
    first: np.ndarray
    points: Array
    indices: np.ndarray
    stable: Mask
    certified: Mask
    observed: np.ndarray
    ill: Mask
    done: Mask
    paths: int
    starts_agree: bool
    retracked: int
    asked: Mask
    interrupted: bool = False

    @property
    def counts(self) -> np.ndarray:
        """Number of equilibria of each member."""
        return np.diff(self.first)

    def of(self, member: int) -> slice:
        """Return where a member's equilibria stand."""
        return slice(int(self.first[member]), int(self.first[member + 1]))


@dataclass(frozen=True, slots=True, eq=False)
class _Task:
    """What a worker needs to enumerate one chunk."""

    model: PlaceModel
    log_theta: Array
    log_observed: Array
    certify: Mask
    starts: tuple[FamilyStart, FamilyStart]
    middles: np.ndarray
    seed: int
    file: str


def enumerate_all(
    model: PlaceModel,
    log_theta: Array,
    log_observed: Array,
    options: EnumerationOptions | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Enumeration:
    """Return every positive equilibrium at each row of log fundamentals.

    Parameters
    ----------
    log_theta : shape (members, sectors).
    log_observed : the state observed at each, as log shares; NaN where none was.
    progress : called as ``progress(place-years done, place-years)``.

    Raises
    ------
    OptionError : fundamentals that are not finite, a share outside [0, 1], too many paths, or a
        folder that cannot be written.

    Examples
    --------
    >>> model = PlaceModel(1, cross=0.0)
    >>> observed = np.log([[0.02], [0.1], [0.9]])
    >>> found = enumerate_all(model, model.log_fundamentals(np.exp(observed)), observed)
    >>> found.counts.tolist(), found.observed.tolist(), bool(found.certified.all())
    ([3, 3, 1], [0, 4, 6], True)
    """
    options = options or EnumerationOptions()
    a, y = np.atleast_2d(log_theta), np.atleast_2d(log_observed)
    _check(a, options)
    family = model.family()
    middles = np.array([_middle(family, a, options, number) for number in (0, 1)])
    starts = (_start(family, middles[0], options, 0), _start(family, middles[1], options, 1))
    asked = _asked(a, options.certify)
    tasks = []
    for begin in range(0, len(a), options.chunk):
        part = slice(begin, begin + options.chunk)
        task = _Task(model, a[part], y[part], asked[part], starts, middles, options.seed, "")
        tasks.append(replace(task, file=_file(task, options.folder)))
    size = len(a)

    def told(finished: int, _total: int) -> None:
        if progress is not None:
            progress(min(finished * options.chunk, size), size)

    made = map_tasks(_chunk, tasks, workers=options.workers, backend=options.backend, progress=told)
    by_task = dict(zip(made.indices, made.results, strict=True))
    parts = [by_task.get(k) or _nothing(len(t.log_theta), a.shape[1]) for k, t in enumerate(tasks)]
    done = np.repeat([k in by_task for k in range(len(tasks))], [len(t.log_theta) for t in tasks])
    whole = {name: np.concatenate([part[name] for part in parts]) for name in FIELDS}
    first = np.concatenate([[0], np.cumsum(whole["counts"])]).astype(np.int64)
    agree = len(starts[0].roots) == len(starts[1].roots) and all(s.found.consistent for s in starts)
    return Enumeration(
        model, a, first, whole["points"], whole["indices"], whole["stable"], whole["certified"],
        _match(whole["points"], first, y), whole["ill"], done, len(starts[0].roots), agree,
        int(whole["retracked"].sum()), asked, made.interrupted,
    )  # fmt: skip


def _check(log_theta: Array, options: EnumerationOptions) -> None:
    faults = []
    if not np.all(np.isfinite(log_theta)):
        faults.append("log fundamentals hold a number that is not finite")
    if not 0 <= options.certify <= 1:
        faults.append(f"certify is {options.certify}; must be a share between 0 and 1")
    if options.chunk < 1:
        faults.append(f"chunk is {options.chunk}; must be at least 1")
    if faults:
        raise OptionError("Enumeration: " + "; ".join(faults))
    if options.folder:
        Path(options.folder).mkdir(parents=True, exist_ok=True)


def _middle(
    family: Family, log_theta: Array, options: EnumerationOptions, number: int
) -> np.ndarray:
    """Return complex log fundamentals near the middle of the panel."""
    random = np.random.default_rng([options.seed, number])
    sectors = log_theta.shape[1]
    away = 0.5 * random.standard_normal(sectors) + 2j * np.pi * random.random(sectors)
    # medians do not depend on the order of places, not even in the last bit
    return np.asarray(np.median(log_theta, axis=0) + away / family.power)


def _start(
    family: Family, middle: np.ndarray, options: EnumerationOptions, number: int
) -> FamilyStart:
    """Return a random complex member with its roots."""
    member = family.system.with_coefficients(family.coefficients(middle[None])[0])
    found = solve_polynomials(
        member, HomotopyOptions(seed=options.seed + number, max_paths=options.max_paths)
    )
    return FamilyStart(member, found.roots, found)


def _asked(log_theta: Array, share: float) -> Mask:
    """Return which members have all their equilibria proven: chosen by their numbers, not order."""
    if share >= 1:
        return np.ones(len(log_theta), dtype=bool)
    digests = [hashlib.sha256(np.ascontiguousarray(row).tobytes()).digest() for row in log_theta]
    return np.array([int.from_bytes(d[:8], "big") < share * 2**64 for d in digests], dtype=bool)


def _file(task: _Task, folder: str) -> str:
    """Return where a chunk is kept: a name that says everything that its answer depends on."""
    if not folder:
        return ""
    digest = hashlib.sha256(repr((task.model, task.seed)).encode())
    for array in (task.log_theta, task.log_observed, task.certify, *(s.roots for s in task.starts)):
        digest.update(np.ascontiguousarray(array).tobytes())
    return str(Path(folder) / f"chunk-{digest.hexdigest()[:32]}.npz")


def _nothing(members: int, sectors: int) -> dict[str, np.ndarray]:
    """Return the arrays of a chunk that was not done."""
    whole, flags = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=bool)
    zeros = np.zeros(members, dtype=np.int64)
    parts = (zeros, np.zeros((0, sectors)), whole, flags, flags, zeros > 0, zeros)
    return dict(zip(FIELDS, parts, strict=True))


def _chunk(task: _Task) -> dict[str, np.ndarray]:
    """Return the equilibria of one chunk, from its file if it is there."""
    saved = _read(task.file)
    if saved is not None:
        return saved
    family = task.model.family()
    parts = _followed(task, family, 0, np.arange(len(task.log_theta)))
    for way in range(1, WAYS):
        again = np.flatnonzero([part[4] for part in parts])
        if not again.size:
            break
        for member, part in zip(again, _followed(task, family, way, again), strict=True):
            if not part[4]:
                parts[member] = part
    found = {
        "counts": np.array([len(part[0]) for part in parts], dtype=np.int64),
        "points": np.concatenate([part[0] for part in parts]),
        "indices": np.concatenate([part[1] for part in parts]),
        "stable": np.concatenate([part[2] for part in parts]),
        "certified": np.concatenate([part[3] for part in parts]),
        "ill": np.array([part[4] for part in parts], dtype=bool),
        "retracked": np.array([part[5] for part in parts], dtype=np.int64),
    }
    _write(task.file, found)
    return found


_Part = tuple[Array, np.ndarray, Mask, Mask, bool, int]


def _roots(task: _Task, family: Family, way: int, log_theta: Array) -> FamilyRoots:
    """Return the complex roots of members, in one of several ways.

    0 and 1: from the two random starts. 2 and later: from a start in stretches, straight in logs,
    so that a fold next to a member, where two paths come together just before their end, is far
    away on the scale of the last stretch.
    """
    options = HomotopyOptions(seed=task.seed)
    rows = family.coefficients(log_theta)
    if way < 2:
        return track_family(task.starts[way], rows, options)
    made = []
    for row, member in zip(rows, log_theta, strict=True):
        start = task.starts[way % 2]
        middle = task.middles[way % 2]
        for left in (0.5, 0.2, 0.04, 0.005, 0.0005):
            near = family.coefficients((member + left * (middle - member))[None])
            found = track_family(start, near, options)
            if not np.all(found.endings == REGULAR):
                break
            start = replace(
                start, generic=family.system.with_coefficients(near[0]), roots=found.roots[0]
            )
        made.append(track_family(start, row[None], options))
    return FamilyRoots(
        np.concatenate([item.roots for item in made]),
        np.concatenate([item.endings for item in made]),
        np.concatenate([item.consistent for item in made]),
        sum(item.retracked for item in made) + rows.shape[0] * task.starts[0].roots.shape[0],
    )


def _followed(task: _Task, family: Family, way: int, members: np.ndarray) -> list[_Part]:
    """Return points, indices, stability, proofs, illness and retracked paths of each member."""
    rows = family.coefficients(task.log_theta[members])
    roots = _roots(task, family, way, task.log_theta[members])
    paired = _paired(roots.roots)
    owner, points = _positive(task.model, roots.roots)
    if way == WAYS - 1:
        owner, points = _with_pairs(task, members, roots, owner, points)
    y, good = polished(task.model, np.log(points), task.log_theta[members][owner])
    jacobians = task.model.jacobian(np.where(good[:, None], y, -3.0))
    indices = np.sign(np.linalg.slogdet(-jacobians)[0]).astype(np.int64)
    stable = np.linalg.eigvals(jacobians).real.max(axis=1, initial=-np.inf) < 0
    parts: list[_Part] = []
    for k, member in enumerate(members):
        mine = np.flatnonzero(owner == k)
        order = mine[np.lexsort((*y[mine].T[::-1], np.exp(y[mine]).sum(axis=1)))]
        found = y[order]
        seen = task.log_observed[member]
        missing = bool(np.all(np.isfinite(seen))) and not np.any(
            np.all(np.abs(found - seen) <= NEAR, axis=1)
        )
        apart = len(found) < 2 or np.all(_gaps(found) > NEAR)
        ill = not (
            roots.consistent[k]
            and paired[k]
            and np.all(good[order])
            and apart
            and indices[order].sum() == 1
            and not missing
        )
        wanted = np.full(len(found), task.certify[member])
        wanted |= np.all(np.abs(found - seen) <= NEAR, axis=1)
        proven = _proven(task.model, family, rows[k], found, wanted)
        again = int(roots.retracked) if k == 0 else 0
        parts.append((found, indices[order], stable[order], proven, ill, again))
    return parts


def _with_pairs(
    task: _Task, members: np.ndarray, roots: FamilyRoots, owner: np.ndarray, points: Array
) -> tuple[np.ndarray, Array]:
    """Return owner and shares with the pair at a fold beside the observed state, where it is lost.

    Two paths that come together beside a fold end as singular ones. The observed state is one of
    the pair; the other lies across the fold: along the null direction n of the Jacobian J, by the
    second-order distance -2 (w J n) / (w F'' n n), w the left null direction. Both are accepted
    only where exactly two paths ended so, and where all other checks then hold.
    """
    owners, found = list(owner), list(points)
    for k, member in enumerate(members):
        seen, a = task.log_observed[member], task.log_theta[member]
        if np.sum(roots.endings[k] == SINGULAR) != 2 or not np.all(np.isfinite(seen)):
            continue
        matrix = task.model.jacobian(seen)
        left, sizes, right = np.linalg.svd(matrix)
        step = 1e-4
        bend = (
            task.model.jacobian(seen + step * right[-1])
            - task.model.jacobian(seen - step * right[-1])
        ) / (2 * step)
        curvature = float(left[:, -1] @ bend @ right[-1])
        if curvature == 0:
            continue
        across = seen - 2 * sizes[-1] / curvature * right[-1]
        pair, good = polished(task.model, np.array([seen, across]), np.array([a, a]))
        if np.all(good) and np.abs(pair[0] - pair[1]).max() > NEAR:
            owners += [k, k]
            found += list(np.exp(pair))
    return np.array(owners, dtype=np.int64), np.array(found).reshape(-1, points.shape[1])


def _gaps(points: Array) -> Array:
    """Return the largest log difference of every pair."""
    one, two = np.triu_indices(len(points), 1)
    return np.asarray(np.abs(points[one] - points[two]).max(axis=1))


def _paired(roots: np.ndarray) -> Mask:
    """Return for which members the imaginary parts cancel, as those of conjugate pairs do."""
    weights = np.cos(np.arange(roots.shape[2])) + 2.0
    values = np.nan_to_num(roots) @ weights
    size = 1.0 + np.abs(values).sum(axis=1)
    return np.asarray(np.abs(values.imag.sum(axis=1)) <= 1e-7 * size)


def _positive(model: PlaceModel, roots: np.ndarray) -> tuple[np.ndarray, Array]:
    """Return owner and shares of the roots that are real with all shares positive."""
    shares = model.shares_of(roots)
    with np.errstate(invalid="ignore"):
        real = np.all(np.abs(roots.imag) <= 1e-7 * (np.abs(roots) + model.base), axis=2)
        positive = np.all(shares.real > 0, axis=2) & (shares.real.sum(axis=2) < 1)
    owner, path = np.nonzero(real & positive)
    return owner, np.asarray(shares[owner, path].real)


def polished(model: PlaceModel, log_shares: Array, log_theta: Array) -> tuple[Array, Mask]:
    """Return the points after Newton's method in logs, and which of them then solve the place."""
    y = log_shares.copy()
    for _ in range(6):
        with np.errstate(all="ignore"):
            value, matrix = model.residual(y, log_theta), model.jacobian(y)
        safe = np.all(np.isfinite(value), axis=1) & np.all(np.isfinite(matrix), axis=(1, 2))
        safe &= np.abs(np.linalg.det(np.where(safe[:, None, None], matrix, 0))) > 1e-14
        if not safe.any():
            break
        step = np.linalg.solve(matrix[safe], -value[safe][..., None])[..., 0]
        y[safe] += np.clip(step, -0.1, 0.1)
    with np.errstate(all="ignore"):
        left = np.abs(model.residual(y, log_theta)).max(axis=1, initial=0.0)
        moved = np.abs(y - log_shares).max(axis=1, initial=0.0)
    return y, np.asarray((left <= SMALLEST_RESIDUAL) & (moved <= 1e-3))


def _proven(
    model: PlaceModel, family: Family, row: np.ndarray, points: Array, wanted: Mask
) -> Mask:
    """Return which equilibria have a certificate: one real root in a ball, positive, apart."""
    proven = np.zeros(len(points), dtype=bool)
    asked = np.flatnonzero(wanted)
    if not asked.size:
        return proven
    shares = np.exp(points[asked])
    system = family.system.with_coefficients(row.astype(complex))
    found = certify_roots(system, model.scale(shares).astype(complex))
    close = {k for pair in touching(found) for k in pair}
    for k, proof in enumerate(found):
        if not proof.holds or not proof.is_real or k in close:
            continue
        centre, radius = np.real(proof.centre), float(np.max(proof.radius))
        room = 2 * radius / (1 - model.cross)
        there = np.abs(model.shares_of(centre) - shares[k]).max() <= 1e-9
        proven[asked[k]] = bool(there and shares[k].min() > room and 1 - shares[k].sum() > room)
    return proven


def _match(points: Array, first: np.ndarray, log_observed: Array) -> np.ndarray:
    """Return the position of the observed equilibrium of each member; -1 where it is not there."""
    positions = np.full(len(log_observed), -1, dtype=np.int64)
    owner = np.repeat(np.arange(len(log_observed)), np.diff(first))
    near = np.all(np.abs(points - log_observed[owner]) <= NEAR, axis=1)
    positions[owner[near]] = np.flatnonzero(near)
    return positions


def _read(file: str) -> dict[str, np.ndarray] | None:
    """Return a chunk that was kept; None where there is none, or it is broken."""
    if not file or not Path(file).is_file():
        return None
    try:
        with np.load(file, allow_pickle=False) as kept:
            return {name: kept[name] for name in FIELDS}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None


def _write(file: str, found: dict[str, np.ndarray]) -> None:
    """Keep a chunk: whole or not at all."""
    if not file:
        return
    text = io.BytesIO()
    np.savez(text, **found)  # type: ignore[arg-type]
    part = f"{file}.{os.getpid()}.part"
    Path(part).write_bytes(text.getvalue())
    Path(part).replace(file)
