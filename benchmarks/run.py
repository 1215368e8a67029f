"""Run every benchmark in its own process and print what it measured.

Times depend on the machine, so each one is also given as a multiple of one fixed piece of work
that is timed first, on the same machine: compare those multiples, not seconds.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parent


def reference_work() -> float:
    """Return the shortest time (s) of five runs of the fixed work: dense solves of order 300."""
    matrix = np.random.default_rng(0).standard_normal((300, 300)) + 300 * np.eye(300)
    times = []
    for _ in range(5):
        start = time.perf_counter()
        for _ in range(20):
            np.linalg.solve(matrix, matrix)
        times.append(time.perf_counter() - start)
    return min(times)


def row(item: dict[str, object], reference: float) -> str:
    """Return one figure as a line of the table."""
    value, unit, limit, least = item["value"], str(item["unit"]), item["limit"], item["at_least"]
    assert isinstance(value, int | float)
    ratio = f"{value / reference:10.3g} x" if unit == "s" else ""
    promise = ""
    if isinstance(limit, int | float):
        promise = f"at most {limit:g}" + ("" if value <= limit else "   OVER")
    if isinstance(least, int | float):
        promise = f"at least {least:g}" + ("" if value >= least - 1e-9 else "   UNDER")
    return f"  {item['name']!s:44} {value:12.4g} {unit:6} {ratio:12} {promise}"


def main(wanted: list[str]) -> int:
    """Run the benchmarks whose names contain one of ``wanted`` (all if empty)."""
    reference = reference_work()
    print(f"one unit of reference work: {reference:.3f} s (x: multiples of it)")
    failures = 0
    for path in sorted(FOLDER.glob("bench_*.py")):
        if wanted and not any(part in path.stem for part in wanted):
            continue
        print(path.stem.removeprefix("bench_"))
        done = subprocess.run(
            [sys.executable, str(path)], stdout=subprocess.PIPE, text=True, check=False
        )
        for line in done.stdout.splitlines():
            print(row(json.loads(line), reference), flush=True)
        if done.returncode:
            failures += 1
            print(f"  failed with {done.returncode}")
    return 1 if failures else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
