"""Find equilibria and say how many there may be: the public call of this package's first half.

The method is chosen by what the system allows, from the strongest proof down: polynomials by
homotopy, few unknowns by intervals, strategic complements by their least and greatest equilibrium,
anything else by search. Every root is certified one by one, the whole gets its level, and points
that solve the equations without being equilibria are kept as labelled candidates.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from workshare.arrays import Array
from workshare.equilibria import faces as face_module
from workshare.equilibria.certify import Certificate, certify_point, certify_roots, touching
from workshare.equilibria.completeness import (
    Completeness,
    EquilibriumSet,
    Kind,
    Outcome,
)
from workshare.equilibria.deflation import search
from workshare.equilibria.homotopy import HomotopyOptions, solve_from
from workshare.equilibria.interval import cover_box, interval_value
from workshare.equilibria.judge import METHODS, Found, judge
from workshare.equilibria.judge import FindOptions as FindOptions
from workshare.equilibria.monotone import bracket
from workshare.equilibria.polynomial import Polynomials, polynomials_of, to_unknowns
from workshare.equilibria.singular import singular_solutions
from workshare.equilibria.starts import STARTS, StartPlan, choose_start
from workshare.equilibria.system import System
from workshare.equilibria.uniqueness import uniqueness_test
from workshare.errors import OptionError
from workshare.results import certificate_line

_STARTS_COUNTED = ("total degree", "groups", "mixed cells")
Progress = Callable[[int, int], None]

FEW, QUICK_BOXES = 3, 20_000
"""Up to so many unknowns a cover of so many boxes is tried first: it takes a fraction of a second,
a slow monotone iteration can take minutes."""


def find(
    system: System,
    options: FindOptions | None = None,
    *,
    extra_starts: Sequence[Array] = (),
    progress: Progress | None = None,
) -> EquilibriumSet:
    """Return the equilibria of a system with the level at which they are known to be all.

    Parameters
    ----------
    system : what to solve, at its own parameters.
    options : see :class:`FindOptions`.
    extra_starts : points to start a search from as well, for example observed states.
    progress : called as ``progress(done, of)`` in units of the method (paths, starts).

    Raises
    ------
    OptionError : unknown method, a method the system does not allow, bounds that are wrong, or a
        residual or Jacobian without values between the bounds.

    Examples
    --------
    >>> from workshare.equilibria.system import system_from_text
    >>> system = system_from_text(["x^3 - x"], ["x"], bounds={"x": (-0.5, 2)})
    >>> found = find(system)
    >>> found.points.ravel().round(9) + 0.0, str(found.completeness), len(found.candidates)
    (array([0., 1.]), 'PROVED', 1)
    """
    options = options or FindOptions()
    _check(system, options)
    if system.complementarity:
        found, active = _on_faces(system, options, extra_starts, progress)
    else:
        found = _solve(system, options, extra_starts, progress)
        active = {}
    return judge(system, found, active, options)


# --- the door -------------------------------------------------------------------------------------


def _check(system: System, options: FindOptions) -> None:
    """Raise on faults of options, bounds and values, all at once."""
    faults = []
    if options.method not in METHODS:
        faults.append(f"method is {options.method!r}; must be one of {', '.join(METHODS)}")
    if options.start not in STARTS:
        faults.append(f"start is {options.start!r}; must be one of {', '.join(STARTS)}")
    n = system.size
    if n == 0:
        faults.append("there is no unknown")
    for k in range(n):
        if not system.lower[k] < system.upper[k]:
            faults.append(
                f"bounds of {system.unknowns[k]!r}: {system.lower[k]} to {system.upper[k]}; "
                "the lower must be below the upper"
            )
    if not faults:
        faults += _value_faults(system)
    if faults:
        raise OptionError(f"System {system.name!r}: " + "; ".join(faults))


def _value_faults(system: System) -> list[str]:
    """Return faults of shape, and of values that are not numbers wherever they are tried."""
    from workshare.equilibria.deflation import search_box

    low, high = search_box(system)
    random = np.random.default_rng(0)
    trials = [low + (high - low) * random.random(system.size) for _ in range(32)]
    n = system.size
    with np.errstate(all="ignore"):
        values = [system.value(point) for point in trials]
        if values[0].shape != (n,):
            return [f"the residual has shape {values[0].shape}; must be ({n},)"]
        jacobians = [system.derivative(point) for point in trials]
    if jacobians[0].shape != (n, n):
        return [f"the Jacobian has shape {jacobians[0].shape}; must be ({n}, {n})"]
    faults = []
    for row in range(n):
        name = f"equation {row + 1}"
        if not any(np.isfinite(value[row]) for value in values):
            faults.append(
                f"{name} has no value (not a number) at any of {len(trials)} points between the "
                "bounds: a logarithm or root of a negative number, or a division by zero; check "
                "the bounds"
            )
        elif not any(np.all(np.isfinite(jacobian[row])) for jacobian in jacobians):
            faults.append(f"{name}: the Jacobian is not a number anywhere between the bounds")
    return faults


# --- methods --------------------------------------------------------------------------------------


def _solve(
    system: System, options: FindOptions, extra: Sequence[Array], progress: Progress | None
) -> Found:
    """Return the roots by the method asked for, or the strongest that applies."""
    method = options.method
    polynomials = polynomials_of(system) if method in ("auto", "homotopy") else None
    never = None if polynomials is None else _never_zero(polynomials)
    if never is not None:
        reason = f"Equation {never + 1} is a constant that is not zero, denominators cleared."
        return Found((), (), Completeness.PROVED, Outcome.FINISHED, reason, "homotopy")
    if polynomials is not None:
        plan = choose_start(polynomials, start=options.start, seed=options.seed)
        if plan.paths <= options.max_paths:
            return _by_homotopy(system, polynomials, plan, options, progress)
        if method == "homotopy":
            raise OptionError(
                f"System {system.name!r} needs {plan.paths} paths; max_paths is {options.max_paths}"
            )
    elif method == "homotopy":
        raise OptionError(
            f"System {system.name!r} is not polynomial (or has exponents that are no small "
            "fractions): use method interval, monotone or search"
        )
    boxed = system.tape is not None and bool(np.all(np.isfinite(system.upper - system.lower)))
    if method in ("interval", "monotone") and not boxed:
        raise OptionError(
            f"System {system.name!r}: method {method} needs finite bounds on every unknown and a "
            "residual written in elementary functions"
        )
    if method == "interval":
        return _by_intervals(system, options, system.lower, system.upper)
    if boxed and method == "auto" and system.size <= FEW:
        quick = replace(options, max_boxes=min(QUICK_BOXES, options.max_boxes))
        covered = _by_intervals(system, quick, system.lower, system.upper)
        if covered.level.means_all:
            return covered
    if boxed and method in ("auto", "monotone"):
        found = _by_order(system, options)
        if found is not None and (found.level.means_all or method == "monotone"):
            return found
        if method == "monotone":
            raise OptionError(
                f"System {system.name!r} is not shown to be one of strategic complements whose "
                "residual points inwards at both corners: use another method"
            )
        covered = _by_intervals(system, options, system.lower, system.upper)
        if covered.level.means_all:
            return covered
        if found is not None:
            proofs = _distinct([*found.proofs, *covered.proofs])
            return replace(found, proofs=tuple(proofs), statistics=covered.statistics)
    return _by_search(system, options, extra, progress)


def _never_zero(polynomials: Polynomials) -> int | None:
    """Return the first equation that is a constant other than zero, or None."""
    for row in np.flatnonzero(polynomials.degrees == 0):
        if np.sum(polynomials.coefficients[polynomials.equation == row]) != 0:
            return int(row)
    return None


def _by_homotopy(
    system: System,
    polynomials: Polynomials,
    plan: StartPlan,
    options: FindOptions,
    progress: Progress | None,
) -> Found:
    """Return all isolated real roots of a polynomial system."""
    chosen = HomotopyOptions(
        seed=options.seed, max_paths=options.max_paths, confirm=options.confirm
    )
    result = solve_from(polynomials, plan, chosen, progress)
    proofs = certify_roots(polynomials, result.roots)
    overlaps = touching(proofs)
    certified = sum(proof.holds for proof in proofs)
    points, kept = to_unknowns(polynomials, result.roots, system.size)
    plain = bool(np.all(polynomials.powers == 1)) and polynomials.size == system.size
    real: list[Certificate] = []
    loose: list[tuple[Array, Kind, int, str]] = []
    for proof, point, good in zip(proofs, points, kept, strict=True):
        if not good:
            continue
        looks_real = bool(np.all(np.abs(point.imag) < 1e-7 * np.maximum(np.abs(point), 1.0)))
        if not (proof.is_real if proof.holds else looks_real):
            continue
        # the index is that of the system's own residual, and bounds are in its own unknowns
        own = certify_point(system, point.real.astype(float))
        if own.holds:
            real.append(own)
        elif plain and proof.holds:
            real.append(proof)
        else:
            loose.append((point.real, Kind.UNDECIDED, 1, "not certified in the original unknowns"))
    on_curves = int(np.sum(result.positive_dimensional)) + len(result.solution_faces)
    ends, good_ends = to_unknowns(polynomials, result.singular, system.size)
    for point, good, count, curve in zip(
        ends, good_ends, result.multiplicities, result.positive_dimensional, strict=True
    ):
        if good and np.all(np.abs(point.imag) < 1e-4 * np.maximum(np.abs(point), 1.0)):
            note = "lies on a curve or surface of solutions" if curve else "isolated, multiple"
            loose.append((point.real, Kind.SINGULAR, int(count), note))
    lines = (
        certificate_line("uncertified roots", len(proofs) - certified, 0, "Roots without a proof."),
        certificate_line("touching balls", len(overlaps), 0, "Pairs not proven different."),
        certificate_line("lost paths", result.failed, 0, "Paths without an end."),
        certificate_line("doubled roots", result.doubled, 0, "Paths that end where another does."),
        certificate_line("unpaired roots", result.unpaired, 0, "Roots without their conjugate."),
    )  # fmt: skip
    full = certified == result.bound and not overlaps
    sound = (
        result.consistent
        and certified == len(proofs)
        and not overlaps
        and not loose
        and not on_curves
    )
    statistics: dict[str, float] = {
        "paths": result.paths,
        "complex roots": len(result.roots),
        "at infinity": result.at_infinity,
        "singular ends": len(result.singular),
        "retracked": result.retracked,
        "steps": result.steps,
        **{f"paths by {name}" if name in _STARTS_COUNTED else name: float(count)
           for name, count in result.counts.items()},
    }  # fmt: skip
    if full and not loose:
        level, reason = (
            Completeness.PROVED,
            (f"As many roots are certified ({certified}) as Bezout's bound allows."),
        )
    elif sound:
        level, reason = (
            Completeness.PROB_1,
            (
                f"{result.paths} paths ({result.start}) end in {len(result.roots)} certified roots "
                f"and {result.at_infinity} at infinity; every count agrees."
            ),
        )
    else:
        level = Completeness.SEARCHED
        failing = [line.name for line in lines if not line.holds]
        failing += ["singular or undecided points"] if loose else []
        failing += ["solutions that are not isolated"] if on_curves else []
        reason = f"The count is not complete: {', '.join(failing)}."
    status = Outcome.FINISHED if level.means_all else Outcome.UNRESOLVED
    if on_curves:
        status = Outcome.NOT_ISOLATED
        reason += " Solutions form curves or surfaces; only isolated ones can be counted."
    return Found(tuple(real), tuple(loose), level, status, reason, "homotopy", lines, statistics)


def _by_intervals(system: System, options: FindOptions, low: Array, high: Array) -> Found:
    """Return all roots in a box, by exhausting it."""
    cover = cover_box(system, lower=low, upper=high, max_boxes=options.max_boxes)
    proofs = []
    for lower, upper in zip(cover.lower, cover.upper, strict=True):
        centre = (lower + upper) / 2
        own = certify_point(system, centre)
        radius = (upper - lower) / 2 * (1 + 1e-12) + 1e-15 * np.abs(centre) + 1e-300
        index = own.index if own.holds else int(np.sign(np.linalg.det(-system.derivative(centre))))
        proofs.append(own if own.holds else Certificate(True, centre, radius, True, index))
    loose = tuple(
        ((box[0] + box[1]) / 2, Kind.UNDECIDED, 1, "a box too small to cut further")
        for box in cover.undecided[:1000]
    )
    lines = (
        certificate_line("undecided boxes", len(cover.undecided), 0, "Boxes that may hold a root."),
        certificate_line("boxes left", float(not cover.exhausted), 0, "Whether boxes were left."),
    )
    statistics = {"boxes": float(cover.boxes), "undecided": float(len(cover.undecided))}
    if cover.complete:
        level, status = Completeness.PROVED, Outcome.FINISHED
        reason = f"{cover.boxes} boxes cover everything between the bounds; each is decided."
    else:
        level = Completeness.SEARCHED
        status = Outcome.UNRESOLVED if cover.exhausted else Outcome.BUDGET
        reason = (
            f"{len(cover.undecided)} boxes are too small to cut further"
            if cover.exhausted
            else f"{options.max_boxes} boxes were looked at and some are left"
        ) + "; roots there are likely singular, or the bounds are wide."
    return Found(tuple(proofs), loose, level, status, reason, "interval", lines, statistics)


def _by_order(system: System, options: FindOptions) -> Found | None:
    """Return least and greatest equilibrium and what lies between; None where not cooperative."""
    ends = bracket(system)
    if ends is None or ends.least is None or ends.greatest is None:
        return None
    statistics = {"iterations": float(sum(ends.iterations))}
    if ends.unique:
        reason = "Least and greatest equilibrium are the same."
        return Found(
            (ends.least,), (), Completeness.PROVED, Outcome.FINISHED, reason, "monotone", (),
            statistics,
        )  # fmt: skip
    room = 1e-9 * np.maximum(1.0, np.abs(ends.upper))
    inner = _by_intervals(
        system,
        options,
        np.maximum(ends.lower - room, system.lower),
        np.minimum(ends.upper + room, system.upper),
    )
    if inner.level.means_all:
        return replace(inner, method="monotone, interval")
    proofs = _distinct([ends.least, ends.greatest, *inner.proofs])
    reason = "Least and greatest equilibrium are certified and bracket all others."
    return Found(
        tuple(proofs), (), Completeness.BRACKETED, inner.status, reason, "monotone", (), statistics
    )


def _by_search(
    system: System, options: FindOptions, extra: Sequence[Array], progress: Progress | None
) -> Found:
    """Return what many starts find."""
    result = search(
        system, starts=options.starts, seed=options.seed, extra=extra, progress=progress
    )
    proofs: list[Certificate] = []
    loose: list[tuple[Array, Kind, int, str]] = []
    for root in result.roots:
        proof = certify_point(system, root)
        if proof.holds:
            proofs.append(proof)
        elif system.tape is None:
            index = int(np.sign(np.linalg.det(-system.derivative(root))))
            nothing = np.full(system.size, np.nan)
            proofs.append(Certificate(False, root, nothing, True, index))
        else:
            loose.append((root, Kind.SINGULAR, 1, "Newton ends here, but no proof succeeds"))
    statistics = {"starts": float(result.starts), "converged": float(result.converged)}
    status = Outcome.INTERRUPTED if result.interrupted else Outcome.FINISHED
    unique = uniqueness_test(system)
    if unique.holds and len(proofs) == 1 and proofs[0].holds:
        reason = f"At most one exists: {unique.reason}."
        return Found(
            tuple(proofs), (), Completeness.PROVED, status, reason, "search", (), statistics
        )
    flat = () if result.interrupted or proofs else singular_solutions(system, seed=options.seed)
    if flat:
        curves = any(on_curve for _, on_curve in flat)
        loose = [
            (
                point,
                Kind.SINGULAR,
                1,
                "seems to lie on a curve or surface of solutions" if curve else "multiple",
            )
            for point, curve in flat
        ]
        status = Outcome.NOT_ISOLATED if curves else Outcome.UNRESOLVED
    low, high = result.unseen[1], result.unseen[2]
    reason = (
        f"{result.starts} starts; not seen, estimated: {result.unseen[0]:.1f} "
        f"(95 % interval {low:.1f} to {high:.1f})."
    )
    if status is Outcome.NOT_ISOLATED:
        reason += " Solutions seem to form curves or surfaces; only isolated ones can be counted."
    level = Completeness.SEARCHED
    if proofs and all(proof.holds for proof in proofs) and not loose and points_inward(system):
        total = sum(proof.index for proof in proofs)
        if total == 1:
            level = Completeness.INDEX_CONSISTENT
            reason = "The indices add up to one, as they must. " + reason
        else:
            reason = f"ALARM: the indices add up to {total}, not 1: some are missing. " + reason
    return Found(
        tuple(proofs), tuple(loose), level, status, reason, "search", (), statistics, result.unseen
    )


def points_inward(system: System) -> bool:
    """Return whether the residual is proven to point inwards on every side of the bounds.

    Then the indices of all equilibria (signs of det(-F')) add up to one (Poincare and Hopf), as
    long as none is singular.
    """
    if system.tape is None or not np.all(np.isfinite(system.upper - system.lower)):
        return False
    for k in range(system.size):
        for side, sign in ((system.lower, 1.0), (system.upper, -1.0)):
            low, high = system.lower.copy(), system.upper.copy()
            low[k] = high[k] = side[k]
            bottom, top = interval_value(system, low, high)
            if not (bottom[k] > 0 if sign > 0 else top[k] < 0):
                return False
    return True


def _distinct(proofs: Sequence[Certificate]) -> list[Certificate]:
    """Return certificates of different roots: of two that touch, the first."""
    kept: list[Certificate] = []
    for proof in proofs:
        gaps = (np.abs(proof.centre - item.centre) <= proof.radius + item.radius for item in kept)
        if not any(bool(np.all(gap)) for gap in gaps):
            kept.append(proof)
    return kept


# --- complementarity ------------------------------------------------------------------------------


def _on_faces(
    system: System, options: FindOptions, extra: Sequence[Array], progress: Progress | None
) -> tuple[Found, dict[int, tuple[int, ...]]]:
    """Return the roots of every face, with the face of each."""
    count = face_module.face_count(system)
    if system.tape is None:
        raise OptionError(
            f"System {system.name!r}: a complementarity problem needs a residual written in "
            "elementary functions, so that unknowns can be held at their bounds"
        )
    if count > options.max_faces:
        raise OptionError(
            f"System {system.name!r} has {count} faces; max_faces is {options.max_faces}"
        )
    proofs: list[Certificate] = []
    active: dict[int, tuple[int, ...]] = {}
    loose: list[tuple[Array, Kind, int, str]] = []
    parts: list[Found] = []
    for number, face in enumerate(face_module.faces(system)):
        inner = face_module.restrict(system, face)
        if inner is None:
            corner = face_module.whole_point(system, face, np.empty(0))
            active[len(proofs)] = face
            proofs.append(Certificate(True, corner, np.zeros(system.size), True))
        else:
            part = _solve(inner, options, (), None)
            parts.append(part)
            for proof in part.proofs:
                point = face_module.whole_point(system, face, proof.centre)
                radius = np.zeros(system.size)
                radius[np.array(face) == face_module.INSIDE] = proof.radius
                active[len(proofs)] = face
                proofs.append(Certificate(proof.holds, point, radius, True, proof.index))
            for point, kind, times, note in part.loose:
                whole = face_module.whole_point(system, face, point)
                loose.append((whole, kind, times, note))
        if progress is not None:
            progress(number + 1, count)
    order = list(Completeness)
    worst = max(parts, key=lambda part: order.index(part.level)) if parts else None
    level = worst.level if worst else Completeness.PROVED
    if level not in (Completeness.PROVED, Completeness.PROB_1):
        level = Completeness.SEARCHED  # one face's bracket or index says nothing of the whole
    finished = all(part.status is Outcome.FINISHED for part in parts)
    status = Outcome.FINISHED if finished else Outcome.UNRESOLVED
    if any(part.status is Outcome.NOT_ISOLATED for part in parts):
        status = Outcome.NOT_ISOLATED
    reason = f"{count} faces, each solved on its own."
    if worst is not None and not level.means_all:
        reason += f" The weakest: {worst.reason}"
    totals: dict[str, float] = {"faces": float(count)}
    for part in parts:
        for name, value in (part.statistics or {}).items():
            totals[name] = totals.get(name, 0.0) + value
    lines = tuple(line for part in parts for line in part.lines if not line.holds)
    found = Found(tuple(proofs), tuple(loose), level, status, reason, "faces", lines, totals)
    return found, active
