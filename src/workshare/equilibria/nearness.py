"""Which points lie close to each other: the test that keeps paths and roots apart."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from workshare.arrays import Array


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
