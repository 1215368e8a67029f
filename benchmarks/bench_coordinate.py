"""The main job on the embedded case: time, memory and proven gap, through the command line."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from measure import figure, run

# 3 is "finished, but the gap is wide": a figure to see here, not a failure of the benchmark
FINISHED = (0, 3)


def main() -> None:
    """Measure the least-cost scenario alone, then all scenarios with the report."""
    with tempfile.TemporaryDirectory() as folder:
        common = ["-m", "workshare", "coordinate", "lithium", "--quiet"]
        seconds, _ = run([*common, "--scenario", "least_cost", "--json"], FINISHED)
        figure("lithium, least cost alone", seconds, "s", 5)
        seconds, memory = run([*common, "--out", folder], FINISHED)
        figure("lithium, all scenarios and report", seconds, "s", 40)
        figure("lithium, peak memory", memory, "MB", 1000)
        result = json.loads((Path(folder) / "result.json").read_text(encoding="utf-8"))
        figure("lithium, certified gap", 100 * result["gap"], "%", 0.2)
        size = (Path(folder) / "report.html").stat().st_size / 1e6
        figure("lithium, size of the report", size, "MB")


main()
