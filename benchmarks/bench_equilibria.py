"""Equilibria: CPU seconds to all roots, each certified (other programs: ``bench_peers.py``).

The first, small solves compile (or load compiled) functions and are not measured.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np

from measure import figure

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from equilibria.bank import chandrasekhar, cyclic, economy, katsura, lattice, network, noon
from workshare.equilibria import (
    HomotopyOptions,
    Polynomials,
    certify_roots,
    cover_box,
    polynomials_from_arrays,
    solve_generic,
    solve_polynomials,
    track_family,
)


def polynomial(name: str, system: Polynomials, count: int, limit: float | None = None) -> None:
    """Measure one system: solving and proving."""
    start = time.process_time()
    found = solve_polynomials(system)
    solved = time.process_time() - start
    start = time.process_time()
    proofs = certify_roots(system, found.roots)
    proved = time.process_time() - start
    figure(f"{name}: roots certified", sum(p.holds for p in proofs), "roots", at_least=count)
    figure(f"{name}: real", sum(p.is_real for p in proofs), "roots")
    figure(f"{name}: paths", found.paths, "paths")
    figure(f"{name}: find", solved, "s", limit)
    figure(f"{name}: certify, each root", 1e3 * proved / max(len(proofs), 1), "ms", 1.0)


def panel(places: int = 5000) -> None:
    """Measure a family of 5 unknowns and 32 paths at many members.

    The model of places (``bench_panel.py``) needs 63 paths with five unknowns, never 32.
    """
    names = [[(-1, tuple(int(v == i) for v in range(5)))] for i in range(5)]
    system = polynomials_from_arrays(
        [
            names[i] + [(1.0 if i == j else 0.05, tuple(2 * (v == j) for v in range(5)))
                        for j in range(5)] + [(0.01, (0,) * 5)]
            for i in range(5)
        ]
    )  # fmt: skip
    random = np.random.default_rng(0)
    spread = np.exp(0.2 * random.standard_normal((places, system.coefficients.size)))
    rows = system.coefficients * spread
    start = time.process_time()
    generic = solve_generic(system, rows)
    found = track_family(generic, rows)
    figure("panel: places", places, "places")
    figure("panel: paths each", len(generic.roots), "paths", at_least=32)
    figure("panel: places with sound counts", int(found.consistent.sum()), "places")
    figure("panel: all", time.process_time() - start, "s", 60.0)  # 30 s on two cores


if __name__ == "__main__":
    for warm in (katsura(2), noon(3)):
        certify_roots(warm, solve_polynomials(warm).roots)
    solve_polynomials(cyclic(3), HomotopyOptions(start="polyhedral"))
    cover_box(network(2))
    polynomial("katsura-10", katsura(10), 1024, 2.0)
    polynomial("lattice-12", lattice(12, 0.01), 4096, 5.0)
    start = time.process_time()
    cover = cover_box(network(8))
    figure("network of 8: proved", len(cover.lower) * cover.complete, "roots", at_least=6561)
    figure("network of 8", time.process_time() - start, "s", 1.0)
    start = time.process_time()
    counts = {len(solve_polynomials(katsura(7), HomotopyOptions(seed=s)).roots) for s in range(100)}
    figure("katsura-7, 100 seeds: least roots", min(counts), "roots", at_least=128)
    polynomial("cyclic-6", cyclic(6), 156)
    polynomial("cyclic-7", cyclic(7), 924, 5.0)
    polynomial("noon-5", noon(5), 233)
    polynomial("noon-6", noon(6), 717)
    polynomial("eco-8", economy(8), 64)
    polynomial("eco-10", economy(10), 256)
    polynomial("eco-12", economy(12), 1024)
    polynomial("chandra-8", chandrasekhar(8), 128)
    panel()
