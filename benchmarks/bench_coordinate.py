"""The main job on the embedded case: time, memory and proven gap, through the command line."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from measure import figure, run

# 3 is "finished, but the gap is wide": a figure to see here, not a failure of the benchmark
FINISHED = (0, 3)


def main() -> None:
    """Measure the least-cost scenario alone, then all scenarios with the report.

    Memory is that of the largest process; each worker is one more.
    """
    with tempfile.TemporaryDirectory() as folder:
        common = ["-m", "workshare", "coordinate", "lithium", "--quiet"]
        seconds, memory = run([*common, "--scenario", "least_cost", "--json"], FINISHED)
        figure("lithium, least cost and national plans", seconds, "s")
        figure("lithium, the same, peak memory", memory, "MB", 1000)
        seconds, memory = run([*common, "--out", folder], FINISHED)
        figure("lithium, all scenarios and report", seconds, "s", 40)
        figure("lithium, peak memory", memory, "MB", 1000)
        result = json.loads((Path(folder) / "result.json").read_text(encoding="utf-8"))
        figure("lithium, certified gap", 100 * result["gap"], "%", 0.2)
        figure("lithium, least cost alone", result["timings"]["least_cost"], "s", 5)
        figure("lithium, outcomes", result["timings"]["outcomes"], "s")
        figure("lithium, play and scenarios", result["timings"]["scenarios"], "s")
        size = (Path(folder) / "report.html").stat().st_size / 1e6
        figure("lithium, size of the report", size, "MB")


main()
