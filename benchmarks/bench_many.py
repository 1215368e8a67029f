"""The engine from 10 to 100,000 participants, beside HiGHS on the whole problem in the same run.

The specialisation family has its ``scarce`` figures; the largest instance is measured with both.
``WHOLE_SECONDS`` (default 60) is what HiGHS is given for each whole problem; ``INSTANCES`` (default
5) how many instances of 10 and of 20 participants are solved in exact mode. Generalised assignment
is measured where its instances are found (``ASSIGNMENT``, a folder).
"""

from __future__ import annotations

import os
import resource
import sys
import time
from pathlib import Path

from measure import figure, must_hold
from whole_assignment import solve_whole_assignment
from whole_specialisation import solve_whole
from workshare.coordination import Certificate, Options, Problem, Settings, Solution, certify, solve
from workshare.coordination.families import charging, read_generalised_assignment, specialisation

ROUNDS = Options(tolerance=1e-4, near=0.0)
BEFORE_MENUS = Options(tolerance=1e-3, near=0.0, max_rounds=10)
INSTANCES = int(os.environ.get("INSTANCES", "5"))
WHOLE_SECONDS = float(os.environ.get("WHOLE_SECONDS", "60"))
SHARED = Path(__file__).parents[2] / "shared" / "data" / "generalised_assignment"
ASSIGNMENT = Path(os.environ.get("ASSIGNMENT", str(SHARED)))


def solved(problem: Problem, rounds: Options = ROUNDS) -> tuple[Solution, Certificate, float]:
    """Return solution, certificate and the processor time of both (s)."""
    settings = Settings(rounds=rounds)
    start = time.process_time()
    solution = solve(problem, settings)
    certificate = certify(problem, solution, settings)
    must_hold(certificate)
    return solution, certificate, time.process_time() - start


def exact_mode() -> None:
    """Few participants: how many instances are proven, and in how many rounds."""
    for count in (10, 20):
        problems = [specialisation(count, 12, seed, "scarce") for seed in range(INSTANCES)]
        answers = [solved(problem, BEFORE_MENUS) for problem in problems]
        wholes = [solve_whole(problem, WHOLE_SECONDS) for problem in problems]
        share = sum(c.status == "exact" and c.holds for _, c, _ in answers) / INSTANCES
        rounds = max(len(s.rounds) for s, _, _ in answers)
        figure(f"N={count}: share proven best", share, "share", at_least=1.0)
        figure(f"N={count}: most rounds before menus", rounds, "rounds", 10)
        figure(f"N={count}: most branches", max(s.branches for s, _, _ in answers), "count")
        total = sum(seconds for _, _, seconds in answers)
        figure(f"N={count}: processor time, all, certificates and all", total, "s")
        figure(f"N={count}: longest", max(seconds for _, _, seconds in answers), "s")
        beside = sum(whole.seconds for whole in wholes)
        figure(f"N={count}: processor time of HiGHS whole, all", beside, "s")
        better = max(
            c.value / whole.value - 1 for (_, c, _), whole in zip(answers, wholes, strict=True)
        )
        figure(f"N={count}: most above HiGHS whole", 100.0 * better, "%")


def against_whole() -> None:
    """Many participants: loss over the better bound, and time, beside HiGHS."""
    for count in (300, 1000, 3000):
        problem = specialisation(count, 12, 0, "scarce")
        solution, certificate, seconds = solved(problem)
        whole = solve_whole(problem, WHOLE_SECONDS)
        bound = max(certificate.dual_bound, whole.bound)
        loss = 100.0 * (certificate.value - bound) / bound
        figure(f"N={count}: loss", loss, "% of bound")
        figure(f"N={count}: loss of HiGHS whole", 100.0 * (whole.value - bound) / bound, "%")
        figure(f"N={count}: processor time", seconds, "s")
        figure(f"N={count}: processor time of HiGHS whole", whole.seconds, "s")
        figure(f"N={count}: rounds", len(solution.rounds), "rounds", 12)


def assignment() -> None:
    """Generalised assignment, where its instances are at hand."""
    for path in sorted(ASSIGNMENT.glob("[cde]*")):
        problem = read_generalised_assignment(path)
        solution, certificate, seconds = solved(problem)
        gap = 100.0 * (certificate.value - certificate.dual_bound) / certificate.value
        figure(f"{path.name}: rounds", len(solution.rounds), "rounds", 12)
        figure(f"{path.name}: recovered within", gap, "%", 0.15)
        figure(f"{path.name}: processor time", seconds, "s", 30)
        if path.name.startswith("d"):
            whole = solve_whole_assignment(problem, WHOLE_SECONDS)
            least = 100.0 * (whole.value / certificate.dual_bound - 1.0)
            figure(f"{path.name}: HiGHS whole within", least, "%")
            figure(f"{path.name}: processor time of HiGHS whole", whole.seconds, "s")
            ratio = certificate.value / whole.value
            figure(f"{path.name}: value over that of HiGHS whole", ratio, "ratio", 1.0)


def largest() -> None:
    """A hundred thousand participants."""
    for figures in ("mild", "scarce"):
        start = time.perf_counter()
        solution, certificate, _ = solved(specialisation(100_000, 12, 0, figures))
        name = f"N=100000, {figures}"
        figure(f"{name}: full rounds", len(solution.rounds), "rounds", 25)
        figure(f"{name}: rounds of the sample", solution.sample_rounds, "rounds")
        figure(f"{name}: certified gap", certificate.gap, "share", 2e-3)
        figure(f"{name}: wall time with certificate", time.perf_counter() - start, "s", 90)
    scale = 1e6 if sys.platform == "darwin" else 1e3
    figure(
        "peak memory of all this",
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / scale,
        "MB",
        1000,
    )


def caps() -> None:
    """Charging under hard caps."""
    solution, certificate, seconds = solved(charging(500, 24, 0))
    figure("charging: rounds", len(solution.rounds), "rounds", 10)
    figure("charging: certified gap", certificate.gap, "share", 1e-4)
    figure("charging: processor time", seconds, "s")


if __name__ == "__main__":
    for part in (largest, exact_mode, caps, assignment, against_whole):
        part()
