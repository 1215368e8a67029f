"""Rounds of every method to a stated gap, on four problems: the table of docs/how-to-choose.md."""

from __future__ import annotations

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

if __name__ == "__main__":
    for name, problem in PROBLEMS.items():
        for method in METHODS:
            options = Options(tolerance=1e-4, near=0.0, max_rounds=200)
            state, _ = iterate(problem, method, options)
            figure(f"{name}: {method}", len(state.rounds), "rounds")
