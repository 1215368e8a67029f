"""What roots are: equilibria, or candidates with the reason they are none; and the record of all.

A root is judged on the system's own terms: bounds, complementarity with signs proven over the box
in which the root lies, second-order conditions and global best responses.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workshare.arrays import Array, Mask
from workshare.equilibria import faces as face_module
from workshare.equilibria.certify import Certificate
from workshare.equilibria.completeness import (
    Completeness,
    Equilibrium,
    EquilibriumSet,
    Kind,
    Outcome,
)
from workshare.equilibria.interval import interval_value
from workshare.equilibria.system import System
from workshare.results import CertificateLine

METHODS = ("auto", "homotopy", "interval", "monotone", "search")

NOTHING = 1e-290
"""A residual below this is zero: what outward rounding adds to an exact zero."""


@dataclass(frozen=True, slots=True)
class FindOptions:
    """What is tried, and how hard.

    Attributes
    ----------
    method : one of :data:`METHODS`.
    seed : of every random choice.
    max_paths : largest homotopy; a larger one is not started.
    max_boxes : boxes an interval cover may look at.
    max_faces : largest number of faces of a complementarity problem.
    starts : starts of a search.
    confirm : solve polynomials twice with other random constants and compare.
    tolerance : slack in bounds, complementarity and global deviation gains, in units of each.
    start : where paths of a homotopy start; see
        :class:`workshare.equilibria.homotopy.HomotopyOptions`.
    """

    method: str = "auto"
    seed: int = 0
    max_paths: int = 20_000
    max_boxes: int = 400_000
    max_faces: int = 2_000
    starts: int = 256
    confirm: bool = False
    tolerance: float = 1e-9
    start: str = "auto"


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Roots of one system, before they are judged."""

    proofs: tuple[Certificate, ...]
    loose: tuple[tuple[Array, Kind, int, str], ...]
    level: Completeness
    status: Outcome
    reason: str
    method: str
    lines: tuple[CertificateLine, ...] = ()
    statistics: dict[str, float] | None = None
    unseen: tuple[float, float, float] = (0.0, 0.0, 0.0)


def judge(
    system: System, found: Found, active: dict[int, tuple[int, ...]], options: FindOptions
) -> EquilibriumSet:
    """Return the record: each root an equilibrium, or a candidate with the reason it is not."""
    equilibria: list[Equilibrium] = []
    candidates: list[Equilibrium] = []
    doubtful = False
    for number, proof in enumerate(found.proofs):
        point = np.asarray(proof.centre, dtype=float)
        face = active.get(number, ())
        kind, note, sure = _kind(system, proof, face, options.tolerance)
        doubtful = doubtful or not sure
        item = Equilibrium(
            point, proof.radius, proof.holds, _gap(system, point, face), proof.index, kind,
            face, 1, note,
        )  # fmt: skip
        (equilibria if kind is Kind.EQUILIBRIUM else candidates).append(item)
    for point, kind, times, note in found.loose:
        nothing = np.full(system.size, np.nan)
        outside = not system.contains(point, options.tolerance)
        shown = Kind.OUTSIDE if outside and kind is Kind.SINGULAR else kind
        candidates.append(
            Equilibrium(point, nothing, False, _gap(system, point, ()), 0, shown, (), times, note)
        )
    level, status, reason = found.level, found.status, found.reason
    if doubtful and level.means_all:
        level, status = Completeness.SEARCHED, Outcome.UNRESOLVED
        reason += " A root lies so near a bound that its side is not decided."
    return EquilibriumSet(
        system,
        tuple(sorted(equilibria, key=lambda item: tuple(item.point))),
        tuple(sorted(candidates, key=lambda item: tuple(item.point))),
        level,
        status,
        reason,
        found.lines,
        found.statistics or {},
        found.method,
        {name: getattr(options, name) for name in options.__slots__},
        options.seed,
        system.inputs_hash(),
        found.unseen,
    )


def _gap(system: System, point: Array, face: tuple[int, ...]) -> float:
    """Return the largest absolute residual among those that should be zero."""
    with np.errstate(all="ignore"):
        value = np.abs(system.value(point))
    if face:
        value = value[np.array(face) == face_module.INSIDE]
    return float(np.max(value, initial=0.0))


def _kind(
    system: System, proof: Certificate, face: tuple[int, ...], tolerance: float
) -> tuple[Kind, str, bool]:
    """Return what a root is, a note, and whether that is sure."""
    point = np.asarray(proof.centre, dtype=float)
    radius = np.where(np.isfinite(proof.radius), proof.radius, 0.0)
    inside = np.array(face) == face_module.INSIDE if face else np.ones(system.size, dtype=bool)
    below, above = point - radius, point + radius
    low, high = system.lower - tolerance, system.upper + tolerance
    out = inside & ((above < low) | (below > high))
    if np.any(out):
        names = ", ".join(system.unknowns[k] for k in np.flatnonzero(out))
        return Kind.OUTSIDE, f"outside the bounds of {names}", True
    note, sure = "", True
    if face:
        stays, sure = _stays(system, below, above, face)
        if not np.all(stays):
            names = ", ".join(system.unknowns[k] for k in np.flatnonzero(~stays))
            return Kind.COMPLEMENTARITY, f"{names} would leave the bound", sure
        if not sure:
            if not np.all(np.isfinite(_value(system, point))):
                return Kind.UNDECIDED, "the residual has no value here", False
            note = "not proven that every unknown at a bound stays there"
        # an inside unknown that may be at its bound is the neighbouring face's: counted there
        edge = inside & ((below <= system.lower) | (above >= system.upper))
        if np.any(edge):
            names = ", ".join(system.unknowns[k] for k in np.flatnonzero(edge))
            counted = _counted_on_the_face(system, below, above, face, edge)
            return Kind.COMPLEMENTARITY, f"{names} at its bound: counted on that face", counted
    if system.second_order is not None:
        second = np.asarray(system.second_order(point, system.parameters))
        if np.any(second > 0):
            return Kind.SECOND_ORDER, f"largest second derivative {second.max():.4g} > 0", sure
    if system.global_gain is not None:
        gain = float(system.global_gain(point, system.parameters))
        if gain > tolerance:
            return Kind.GLOBAL, f"somebody gains {gain:.4g} by another choice", sure
    return Kind.EQUILIBRIUM, note, sure


def _value(system: System, point: Array) -> Array:
    with np.errstate(all="ignore"):
        return system.value(point)


def _stays(system: System, below: Array, above: Array, face: tuple[int, ...]) -> tuple[Mask, bool]:
    """Return which unknowns stay where they are, and whether that is proven for all of them.

    An unknown at its lower bound stays where its residual is not positive, at its upper bound where
    it is not negative. The signs are taken over the whole box in which the root is proven to lie;
    where one is not decided over the box, the residual at its centre tells.
    """
    least, most = interval_value(system, below, above)
    at = np.array(face)
    leaves = ((at == face_module.AT_LOWER) & (least > 0)) | (
        (at == face_module.AT_UPPER) & (most < 0)
    )
    proven = (
        (at == face_module.INSIDE)
        | leaves
        | ((at == face_module.AT_LOWER) & (most <= NOTHING))
        | ((at == face_module.AT_UPPER) & (least >= -NOTHING))
    )
    value = _value(system, (below + above) / 2)
    looks = ((at == face_module.AT_LOWER) & (value > 0)) | (
        (at == face_module.AT_UPPER) & (value < 0)
    )
    return ~np.where(proven, leaves, looks), bool(np.all(proven))


def _counted_on_the_face(
    system: System, below: Array, above: Array, face: tuple[int, ...], edge: Mask
) -> bool:
    """Return whether a root whose box meets bounds is proven to satisfy the neighbouring face."""
    lower = edge & (below <= system.lower)
    upper = edge & (above >= system.upper)
    at = np.where(lower, face_module.AT_LOWER, np.where(upper, face_module.AT_UPPER, face))
    low = np.where(lower, system.lower, np.where(upper, system.upper, below))
    high = np.where(lower, system.lower, np.where(upper, system.upper, above))
    stays, proven = _stays(system, low, high, tuple(int(place) for place in at))
    return proven and bool(np.all(stays))


def summary(found: EquilibriumSet) -> dict[str, Any]:
    """Return a set as plain dictionaries, for JSON and tables."""
    return {
        "system": found.system.name,
        "completeness": str(found.completeness),
        "sentence": found.sentence(),
        "status": str(found.status),
        "method": found.method,
        "unknowns": list(found.system.unknowns),
        "parameters": dict(
            zip(found.system.parameter_names, found.system.parameters.tolist(), strict=True)
        ),
        "equilibria": [_row(item) for item in found.equilibria],
        "candidates": [_row(item) for item in found.candidates],
        "index_sum": found.index_sum,
        "unseen": list(found.unseen),
        "certificate": [
            {name: getattr(line, name) for name in line.__slots__} for line in found.certificate
        ],
        "statistics": dict(found.statistics),
        "options": dict(found.options),
        "seed": found.seed,
        "inputs": found.inputs,
    }


def _row(item: Equilibrium) -> dict[str, Any]:
    """Return one point as a dictionary."""
    return {
        "point": item.point.tolist(),
        "radius": item.radius.tolist(),
        "certified": item.certified,
        "residual": item.residual,
        "index": item.index,
        "kind": str(item.kind),
        "active": list(item.active),
        "multiplicity": item.multiplicity,
        "note": item.note,
    }
