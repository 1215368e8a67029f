"""The engine against one monolithic programme on random small regions: equal, proven, how fast.

The reference (``tests/reference``) shares no code with the engine: it sees everything at once and
passes no prices. ``REGIONS=20 make bench`` tries fewer regions than the usual 200.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from measure import figure
from workshare.coordination import certify, solve
from workshare.region.region import Region
from workshare.studies.setting import Setting
from workshare.studies.stages import default_settings

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from reference.monolithic import solve_monolithic
from reference.random_regions import random_region

EQUAL = 1e-6
"""Relative distance up to which two values count as equal."""
NOISE = 1e-7
"""What the reference itself may be off, relative to the region's turnover."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One region: distances relative to the optimum, and seconds of the engine and reference."""

    status: str
    distance: float
    is_within_gap: bool
    is_bound_valid: bool
    engine: float
    reference: float


def trial(region: Region) -> Trial | None:
    """Solve ``region`` both ways; None where the reference finds no finite optimum."""
    start = time.perf_counter()
    reference = solve_monolithic(region)
    between = time.perf_counter()
    if reference.status != "optimal":
        return None
    setting = Setting(region)
    settings = default_settings(setting)
    solution = solve(setting.problem, settings)
    certificate = certify(setting.problem, solution, settings)
    end = time.perf_counter()
    room = NOISE * reference.scale
    size = max(abs(reference.value), EQUAL * reference.scale)
    return Trial(
        certificate.status,
        abs(certificate.value - reference.value) / size,
        certificate.value - reference.value <= certificate.gap_absolute + room,
        certificate.bound <= reference.value + room,
        end - between,
        between - start,
    )


def main() -> None:
    """Compare on regions of 2 to 4 participants and 2 to 4 activities, seed after seed."""
    count = int(os.environ.get("REGIONS", "200"))
    trials: list[Trial] = []
    for seed in range(count):
        done = trial(random_region(seed))
        if done is not None:
            trials.append(done)
    share = 100.0 / len(trials)
    figure("regions compared", len(trials), "")
    equal = share * sum(t.distance <= EQUAL for t in trials)
    figure("value equal to the optimum to 1e-6", equal, "%", at_least=95)
    within = share * sum(t.is_within_gap for t in trials)
    figure("value within the certified gap", within, "%", at_least=100)
    valid = share * sum(t.is_bound_valid for t in trials)
    figure("bound not above the optimum", valid, "%", at_least=100)
    figure("proven exact", share * sum(t.status == "exact" for t in trials), "%")
    figure("largest distance from the optimum", max(t.distance for t in trials), "")
    figure("engine, median", statistics.median(t.engine for t in trials), "s")
    figure("engine, slowest", max(t.engine for t in trials), "s")
    figure("reference, median", statistics.median(t.reference for t in trials), "s")
    ratio = sum(t.engine for t in trials) / sum(t.reference for t in trials)
    figure("engine over reference, all together", ratio, "")


main()
