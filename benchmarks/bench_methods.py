"""Rounds of every method to a stated gap, on four problems: the table of docs/how-to-choose.md.

A method that does not reach the gap in ``ROUNDS`` (default 200) rounds is shown with the gap that
is left. ``METHOD`` (default: all) and ``ROUNDS`` are environment variables.
"""

from __future__ import annotations

import os
import time

from measure import figure
from workshare.coordination import METHODS, Options
from workshare.coordination.families import charging, specialisation
from workshare.coordination.iterate import iterate

PROBLEMS = {
    "N=10, d=12": specialisation(10, 12, 0),
    "N=100, d=12": specialisation(100, 12, 0),
    "N=30, d=60": specialisation(30, 60, 0),
    "charging N=200, d=24": charging(200, 24, 0, "tight"),
}
TOLERANCE = 1e-4
ROUNDS = int(os.environ.get("ROUNDS", "200"))
CHOSEN = os.environ.get("METHOD", "").split(",") if "METHOD" in os.environ else list(METHODS)

if __name__ == "__main__":
    for name, problem in PROBLEMS.items():
        for method in [
            *CHOSEN,
            *(["level_bundle/aggregated"] if "METHOD" not in os.environ else []),
        ]:
            base, _, cuts = method.partition("/")
            options = Options(
                tolerance=TOLERANCE, near=0.0, max_rounds=ROUNDS, cuts=cuts or "disaggregated"
            )
            start = time.process_time()
            state, _ = iterate(problem, base, options)
            figure(f"{name}: {method}", len(state.rounds), "rounds")
            figure(f"{name}: {method}: gap left", state.gap(options.scale), "share")
            figure(f"{name}: {method}: processor time", time.process_time() - start, "s")
