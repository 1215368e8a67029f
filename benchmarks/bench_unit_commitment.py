"""Unit commitment with default settings, beside HiGHS on the whole problem, in one run.

    python benchmarks/bench_unit_commitment.py --whole 300

``--whole`` is the processor time that HiGHS is given for each whole problem on one thread (0: it
is not run), measured inside the run: machines are shared. ``--files`` are those of the folder
``COMMITMENT`` whose names contain one of the words (default: all); ``--only whole`` leaves the
engine out. What HiGHS finds is valued and checked as a division of the same problem.
"""

from __future__ import annotations

import argparse
import os
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from measure import figure, must_hold
from workshare.coordination import Certificate, Options, Problem, Settings, certify, solve
from workshare.coordination.disclosed import as_division, solve_whole, whole_model
from workshare.coordination.families import read_unit_commitment

SHARED = Path(__file__).parents[2] / "shared" / "data" / "unit_commitment"
FOLDER = Path(os.environ.get("COMMITMENT", str(SHARED)))
SETTINGS = Settings(rounds=Options(tolerance=1e-4, near=0.0))


@dataclass(frozen=True)
class Beside:
    """What HiGHS made of a whole problem: value re-added by us (infinite: none), its bound."""

    value: float
    bound: float


def ours(name: str, problem: Problem) -> Certificate:
    """Solve one instance with default settings and print what it took."""
    start = time.process_time()
    solution = solve(problem, SETTINGS)
    seconds = time.process_time() - start
    certificate = certify(problem, solution, SETTINGS)
    must_hold(certificate)
    last = solution.rounds[-1]
    figure(f"{name}: rounds", len(solution.rounds), "rounds", 25)
    figure(f"{name}: gap of the rounds", (last.master - last.bound) / last.bound, "share", 1e-4)
    figure(f"{name}: total gap", 100.0 * certificate.gap, "%", 0.5)
    figure(f"{name}: processor time", seconds, "s", 120)
    figure(f"{name}: value", certificate.value, "money")
    figure(f"{name}: bound", certificate.bound, "money")
    return certificate


def whole(name: str, problem: Problem, seconds: float) -> Beside:
    """Give HiGHS the whole problem for so much processor time; value what it finds ourselves."""
    model = whole_model(problem)
    start = time.process_time()
    found = solve_whole(model, stop=lambda: time.process_time() - start > seconds)
    figure(f"{name}: processor time of HiGHS whole", time.process_time() - start, "s")
    figure(f"{name}: bound of HiGHS whole", found.bound, "money")
    if found.x is None:
        return Beside(np.inf, found.bound)
    broken = max(part.violation(model.part(found.x, who)) for who, part in enumerate(model.models))
    division = as_division(model, found.x)
    figure(f"{name}: worst limit broken by HiGHS whole", broken, "share", 1e-6)
    figure(f"{name}: needs left unmet by HiGHS whole", division.market.unmet, "share", 1e-6)
    figure(f"{name}: value of HiGHS whole, re-added", division.value, "money")
    return Beside(division.value, found.bound)


def instance(path: Path, seconds: float, parts: str) -> None:
    """One instance, both ways."""
    problem = read_unit_commitment(path)
    mine = ours(path.stem, problem) if parts != "whole" else None
    other = whole(path.stem, problem, seconds) if seconds > 0 and parts != "ours" else None
    if mine is None or other is None:
        return
    best = max(mine.bound, other.bound)
    ratio = mine.value / other.value
    figure(f"{path.stem}: our value over HiGHS whole", ratio, "ratio", 1.0)
    figure(f"{path.stem}: our bound over its bound", mine.bound / other.bound, "ratio")
    figure(f"{path.stem}: our loss over the better bound", 100 * (mine.value / best - 1), "%")
    figure(f"{path.stem}: its loss over the better bound", 100 * (other.value / best - 1), "%")


def main() -> None:
    """Read the command line and run the instances one after another."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--whole", type=float, default=60.0, metavar="SECONDS")
    parser.add_argument("--files", nargs="*", default=[""], metavar="WORD")
    parser.add_argument("--only", choices=["ours", "whole", "both"], default="both")
    chosen = parser.parse_args()
    for path in sorted(FOLDER.glob("*.json")):
        if any(word in path.stem for word in chosen.files):
            instance(path, chosen.whole, chosen.only)


if __name__ == "__main__":
    main()
