"""Polynomial systems beside msolve, phc and bertini2, in one run: CPU seconds and counts.

msolve is exact: its number of real roots checks ours. Programs that are not found are told, and
skipped (see ``peers.py`` for where they are looked for). One thread each; ``WORKSHARE_PEER_LIMIT``
is how many CPU seconds each may take for a system (120). bertini2 is asked for small ones only.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from measure import figure
from peers import PROGRAMS, ask, located, rows_of

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from equilibria.bank import cyclic, economy, katsura, lattice, noon
from workshare.equilibria import (
    HomotopyOptions,
    Polynomials,
    certify_roots,
    polynomials_from_arrays,
    solve_polynomials,
)

SYSTEMS = {
    "katsura-7": (lambda: katsura(7), 128),
    "katsura-8": (lambda: katsura(8), 256),
    "katsura-9": (lambda: katsura(9), 512),
    "katsura-10": (lambda: katsura(10), 1024),
    "cyclic-5": (lambda: cyclic(5), 70),
    "cyclic-6": (lambda: cyclic(6), 156),
    "cyclic-7": (lambda: cyclic(7), 924),
    "noon-5": (lambda: noon(5), 233),
    "eco-8": (lambda: economy(8), 64),
    "eco-10": (lambda: economy(10), 256),
    "lattice-8": (lambda: lattice(8, 0.025), 256),
    "lattice-10": (lambda: lattice(10, 0.01), 1024),
}
"""Name: system and its number of isolated roots."""


MOST_FOR_BERTINI = 150


def whole(system: Polynomials) -> Polynomials:
    """Return a system with the whole coefficients that the others are given."""
    return polynomials_from_arrays(
        [[(number, tuple(e)) for number, e in row] for row in rows_of(system)]
    )


def compare(name: str, system: Polynomials, count: int, limit: float) -> None:
    """Measure one system here and in every program found."""
    start = time.process_time()
    found = solve_polynomials(system)
    solved = time.process_time() - start
    proofs = certify_roots(system, found.roots)
    proved = time.process_time() - start - solved
    real = sum(proof.is_real for proof in proofs)
    figure(f"{name}: certified", sum(p.holds for p in proofs), "roots", at_least=count)
    figure(f"{name}: real", real, "roots")
    figure(f"{name}: find", solved, "s")
    figure(f"{name}: certify", proved, "s")
    for program in PROGRAMS:
        if located(program) is None or (program == "bertini2" and count > MOST_FOR_BERTINI):
            continue
        answer = ask(program, system, limit)
        figure(f"{name}: {program}", answer.seconds, "s")
        if answer.ended:
            print(f"{name}: {program}: {answer.ended}", file=sys.stderr)
            continue
        if answer.isolated is not None:
            figure(f"{name}: {program}: isolated", answer.isolated, "roots")
        if answer.real is not None:
            figure(f"{name}: {program}: real", answer.real, "roots")
        if program == "msolve" and answer.real != real:
            print(f"{name}: DIFFERS from msolve: {real} here, {answer.real} there", file=sys.stderr)


if __name__ == "__main__":
    for program, variable in PROGRAMS.items():
        place = located(program)
        print(f"{program}: {'found' if place else f'not found (set {variable})'}", file=sys.stderr)
    for warm in (katsura(2), noon(3)):
        certify_roots(warm, solve_polynomials(warm).roots)
    solve_polynomials(cyclic(3), HomotopyOptions(start="polyhedral"))
    seconds = float(os.environ.get("WORKSHARE_PEER_LIMIT", "120"))
    chosen = sys.argv[1:] or list(SYSTEMS)
    for title in chosen:
        make, known = SYSTEMS[title]
        compare(title, whole(make()), known, seconds)
