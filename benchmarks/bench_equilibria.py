"""Equilibria: CPU seconds to all roots, each certified; beside other programs where installed.

``msolve`` and ``phc`` are called as programs when on the path; nothing of them is imported.
The first, small solves compile (or load compiled) functions and are not measured.
"""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from measure import figure

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from equilibria.bank import cyclic, katsura, lattice, network, noon
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


def text_of(system: Polynomials) -> list[str]:
    """Return the equations as text that other programs read."""
    lines = [""] * system.size
    for row, exponents, coefficient in zip(
        system.equation, system.exponents, system.coefficients, strict=True
    ):
        factors = [f"x{v}^{e}" for v, e in enumerate(exponents) if e]
        number = repr(round(coefficient.real * 1000))  # whole numbers: the same roots
        lines[row] += f"{'+' if coefficient.real > 0 else ''}{'*'.join([number, *factors])}"
    return lines


def other(program: str, system: Polynomials) -> float | None:
    """Return CPU seconds (user) of another program; None where it is not installed."""
    found = shutil.which(program)
    if found is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "in", Path(folder) / "out"
        lines = text_of(system)
        if program == "msolve":
            names = ",".join(f"x{v}" for v in range(system.size))
            source.write_text(f"{names}\n0\n" + ",\n".join(lines) + "\n")
            command = [found, "-f", str(source), "-o", str(target)]
        else:
            source.write_text(f"{system.size}\n" + "\n".join(f"{line};" for line in lines) + "\n")
            command = [found, "-b", str(source), str(target)]
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=300)
        except subprocess.TimeoutExpired:
            return float("nan")
        return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before


def polynomial(name: str, system: Polynomials, count: int, limit: float) -> None:
    """Measure one system: solving, proving, and what others need."""
    start = time.process_time()
    found = solve_polynomials(system)
    solved = time.process_time() - start
    start = time.process_time()
    proofs = certify_roots(system, found.roots)
    proved = time.process_time() - start
    figure(f"{name}: roots certified", sum(p.holds for p in proofs), "roots", at_least=count)
    figure(f"{name}: real", sum(p.is_real for p in proofs), "roots")
    figure(f"{name}: find", solved, "s", limit)
    figure(f"{name}: certify, each root", 1e3 * proved / max(len(proofs), 1), "ms", 1.0)
    for program in ("msolve", "phc"):
        seconds = other(program, system)
        if seconds is not None:
            figure(f"{name}: {program}", seconds, "s")


def panel(places: int = 5000) -> None:
    """Measure a family of 5 unknowns and 32 paths at many members."""
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
    panel()
    # last: it takes minutes, and falls short of its promise
    polynomial("cyclic-7", cyclic(7), 924, 5.0)
