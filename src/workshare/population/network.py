"""The occupation network: how easily a worker of one occupation takes a post in another.

An edge o -> j has a weight A_oj of at least 0; a searcher of occupation o applies to j in
proportion to A_oj times the vacancies there. Only proportions within an origin matter.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from workshare.arrays import Array
from workshare.errors import Fault, TableError

SHOWN = 20


@dataclass(frozen=True, slots=True)
class OccupationNetwork:
    """Edges between O occupations, grouped by origin.

    Attributes
    ----------
    occupations : O codes.
    first : O + 1 positions; the edges of origin o are ``first[o]`` to ``first[o + 1] - 1``.
    target : E positions of the targets, rising within an origin.
    weight : E weights, more than 0 (index).
    """

    occupations: tuple[str, ...]
    first: npt.NDArray[np.int64]
    target: npt.NDArray[np.int64]
    weight: Array

    @property
    def origin(self) -> npt.NDArray[np.int64]:
        """E positions of the origins."""
        return np.repeat(np.arange(len(self.occupations), dtype=np.int64), np.diff(self.first))

    def matrix(self) -> Array:
        """Return the O x O matrix of weights, each row divided by its sum."""
        full = np.zeros((len(self.occupations),) * 2)
        full[self.origin, self.target] = self.weight
        sums = full.sum(axis=1, keepdims=True)
        shares: Array = np.divide(full, sums, out=np.zeros_like(full), where=sums > 0)
        return shares


def occupation_network(
    occupations: Sequence[str], edges: Iterable[tuple[str, str, float]]
) -> OccupationNetwork:
    """Return the network of the edges (origin, target, weight); edges of weight 0 are left out.

    Raises
    ------
    TableError : an unknown occupation, an edge given twice, a weight that is negative or no
        number, an occupation without any edge.

    Examples
    --------
    >>> net = occupation_network(["a", "b"], [("a", "a", 3), ("a", "b", 1), ("b", "b", 1)])
    >>> net.matrix().tolist()
    [[0.75, 0.25], [0.0, 1.0]]
    """
    place = {code: k for k, code in enumerate(occupations)}
    faults: list[Fault] = []
    found: dict[tuple[int, int], float] = {}
    for number, (origin, target, weight) in enumerate(edges, 1):
        where = f"edge {number}"
        unknown = [code for code in (origin, target) if code not in place]
        for code in unknown:
            cure = "Use the codes of the workforce."
            faults.append(Fault(where, f"Occupation {code!r}", code, "is not known", cure))
        if unknown:
            continue
        pair = (place[origin], place[target])
        subject = f"Edge {origin!r} -> {target!r}, field weight"
        if not (np.isfinite(weight) and weight >= 0):
            rule = "must be a number of at least 0"
            faults.append(Fault(where, subject, str(weight), rule, "Check the figure."))
        elif pair in found:
            faults.append(Fault(where, subject, str(weight), "stands twice", "Remove one."))
        elif weight > 0:
            found[pair] = float(weight)
    origins = {pair[0] for pair in found}
    for code, k in place.items():
        if k not in origins and not faults:
            rule = "has no edge: nobody of it could apply anywhere"
            cure = "Add at least the edge to itself."
            faults.append(Fault("network", f"Occupation {code!r}", "", rule, cure))
    if faults:
        raise TableError(faults[:SHOWN] + faults[SHOWN:][-1:])
    pairs = sorted(found)
    counts = np.bincount([o for o, _ in pairs], minlength=len(occupations))
    first = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    target_of = np.array([j for _, j in pairs], dtype=np.int64)
    return OccupationNetwork(
        tuple(occupations), first, target_of, np.array([found[pair] for pair in pairs])
    )


def complete_network(occupations: Sequence[str]) -> OccupationNetwork:
    """Return the network in which every occupation is as easy as any other (the paper's foil).

    Examples
    --------
    >>> complete_network(["a", "b"]).weight.tolist()
    [1.0, 1.0, 1.0, 1.0]
    """
    size = len(occupations)
    everything = np.arange(size, dtype=np.int64)
    return OccupationNetwork(
        tuple(occupations),
        np.arange(size + 1, dtype=np.int64) * size,
        np.tile(everything, size),
        np.ones(size * size),
    )


def skill_network(
    occupations: Sequence[str], skills: Array, own: float = 0.8, keep: int = 30
) -> OccupationNetwork:
    """Return a network from skills: nearer occupations are easier.

    The weight of a move is exp(-8 gap), where the gap is the mean shortfall of skills as in
    :func:`workshare.population.skill_gap`; each origin keeps its ``keep`` nearest targets, and
    the edge to itself gets the share ``own`` of the origin's weight. Both are assumptions to be
    varied: observed mobility is better wherever it exists.

    Parameters
    ----------
    skills : O x K, each between 0 and 1.
    own : share of an origin's weight that stays in the occupation (0 to 1, ends excluded).
    keep : number of targets kept besides itself.
    """
    size = len(occupations)
    edges = []
    for o in range(size):
        gap = (
            np.maximum(0.0, skills - skills[o]).mean(axis=1) if skills.shape[1] else np.zeros(size)
        )
        near = [int(j) for j in np.argsort(gap, kind="stable") if j != o][:keep]
        near_weight = np.exp(-8.0 * gap[near])
        scale = (1.0 - own) / near_weight.sum() if near else 0.0
        edges.append((occupations[o], occupations[o], own if near else 1.0))
        edges += [
            (occupations[o], occupations[j], float(w * scale))
            for j, w in zip(near, near_weight, strict=True)
        ]
    return occupation_network(occupations, edges)


def read_network(
    path: str | Path, *, origin: str = "origin", target: str = "target", weight: str = "weight"
) -> OccupationNetwork:
    """Return the network of an edge list in CSV; occupations are those that occur, sorted.

    The names of its three columns may be given, so that published edge lists are read as they are.
    An edge list may name targets that are no origin; those get an edge to themselves of the
    smallest weight seen, so that who works there can apply somewhere.

    Raises
    ------
    TableError : a column is missing, a weight is no number, or what
        :func:`occupation_network` refuses.
    """
    file = Path(path)
    with file.open(encoding="utf-8-sig", newline="") as text:
        rows = list(csv.DictReader(text))
    missing = [c for c in (origin, target, weight) if not rows or c not in rows[0]]
    if missing:
        cure = f"It has: {', '.join(rows[0] if rows else [])}."
        raise TableError(
            [Fault(f"{file.name} row 1", f"Column {c!r}", "", "is missing", cure) for c in missing]
        )
    edges, faults = [], []
    for number, row in enumerate(rows, 2):
        try:
            edges.append((row[origin], row[target], float(row[weight])))
        except ValueError:
            rule = "must be a number"
            where = f"{file.name} row {number}"
            faults.append(Fault(where, f"Column {weight!r}", row[weight], rule, "Correct it."))
    if faults:
        raise TableError(faults)
    codes = sorted({code for edge in edges for code in edge[:2]})
    origins = {edge[0] for edge in edges if edge[2] > 0}
    least = min((edge[2] for edge in edges if edge[2] > 0), default=1.0)
    kept = [edge for edge in edges if not (edge[0] == edge[1] and edge[0] not in origins)]
    return occupation_network(
        codes, [*kept, *((code, code, least) for code in codes if code not in origins)]
    )
