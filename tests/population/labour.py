"""Small random labour pools, networks and specialisations, for the tests of staffing."""

from __future__ import annotations

import numpy as np

from workshare.population.staffing import LabourPool, Specialisation
from workshare.population.training import Moves

Case = tuple[LabourPool, Moves, Specialisation]


def random_case(seed: int, size: int = 5, whole: bool = False) -> Case:
    """Return a pool, its moves and a specialisation; ``whole`` makes people and limits integers."""
    draw = np.random.default_rng(seed)
    codes = tuple(f"occupation {k}" for k in range(size))
    people = draw.integers(0, 6, size).astype(float)
    employed = draw.integers(0, 20, size).astype(float)
    share = draw.uniform(0, 0.3, size)
    if whole:
        share = np.divide(np.floor(share * employed), employed, where=employed > 0, out=share * 0)
    pairs = [(i, j) for i in range(size) for j in range(size) if i != j and draw.random() < 0.5]
    origin, target = np.array(pairs, dtype=int).reshape(-1, 2).T
    months = draw.integers(1, 20, origin.size).astype(float)
    pool = LabourPool(
        codes,
        people,
        employed,
        draw.uniform(10, 50, size),
        share,
        np.where(draw.random(size) < 0.3, np.inf, draw.integers(0, 8, size)),
        hiring_rate=1.0 if whole else 0.1,
    )
    moves = Moves(codes, origin, target, months, months * draw.uniform(1, 3, origin.size))
    posts = {code: float(draw.integers(1, 4)) for code in codes if draw.random() < 0.5}
    return pool, moves, Specialisation("test", posts or {codes[0]: 1.0})
