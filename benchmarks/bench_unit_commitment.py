"""Unit commitment beside HiGHS on the whole problem, in one run.

``WHOLE_SECONDS`` (default 60) is what HiGHS is given for each whole problem, ``SECONDS`` (default
20) what each of our re-optimisations is given, both in wall time: on a machine that is not idle
compare processor times before values. ``NEIGHBOURHOODS`` (default 10) is their number;
``INSTANCES`` (default 1) how many files of the folder ``COMMITMENT`` are solved.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

from measure import figure
from workshare.coordination import Options, Settings, certify, solve
from workshare.coordination.disclosed import Reoptimisation, solve_whole, whole_model
from workshare.coordination.families import read_unit_commitment

WHOLE_SECONDS = float(os.environ.get("WHOLE_SECONDS", "60"))
SECONDS = float(os.environ.get("SECONDS", "20"))
NEIGHBOURHOODS = int(os.environ.get("NEIGHBOURHOODS", "10"))
INSTANCES = int(os.environ.get("INSTANCES", "1"))
SHARED = Path(__file__).parents[2] / "shared" / "data" / "unit_commitment"
FOLDER = Path(os.environ.get("COMMITMENT", str(SHARED)))


def beside_whole(path: Path) -> None:
    """One instance, both ways."""
    problem = read_unit_commitment(path)
    settings = Settings(
        rounds=Options(tolerance=1e-4, near=0.0, stabilise="always"),
        exact=False,
        reoptimisation=Reoptimisation(seconds=SECONDS, neighbourhoods=NEIGHBOURHOODS),
    )
    start = time.process_time()
    solution = solve(problem, settings)
    seconds = time.process_time() - start
    certificate = certify(problem, solution, settings)
    name = path.stem
    figure(f"{name}: rounds", len(solution.rounds), "rounds", 25)
    last = solution.rounds[-1]
    figure(f"{name}: gap of the rounds", (last.master - last.bound) / last.bound, "share", 1e-4)
    figure(f"{name}: total gap", 100.0 * certificate.gap, "%", 0.5)
    figure(f"{name}: processor time", seconds, "s")
    start = time.process_time()
    found = solve_whole(whole_model(problem), seconds=WHOLE_SECONDS)
    figure(f"{name}: processor time of HiGHS whole", time.process_time() - start, "s")
    figure(f"{name}: value of HiGHS whole over ours", found.value / certificate.value, "ratio")


if __name__ == "__main__":
    for instance in sorted(FOLDER.glob("*.json"))[:INSTANCES]:
        beside_whole(instance)
