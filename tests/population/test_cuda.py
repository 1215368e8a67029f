"""The device path in numba's simulator, in a process of its own: the same integers and records."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from population.markets import full_market
from workshare.errors import OptionError
from workshare.population.records import Records
from workshare.population.rules import State
from workshare.population.simulate import SimulationOptions, simulate
from workshare.results import inputs_hash

SCRIPT = """
from population.test_cuda import digest

print(digest("cuda"))
"""


def digest(device: str) -> str:
    """Return a hash of every record and count of a small run on a device."""
    market = full_market(600, 2, 3)
    done = simulate(market, SimulationOptions(periods=3, mode="individuals", device=device))
    assert all(line.holds for line in done.certificate)
    filled = [_held(here.jobs, here.start, done.state, r) for r, here in enumerate(done.people)]
    parts = [here.pool for here in done.people] + filled
    return inputs_hash([done.by_region, [part.tolist() for part in parts]])


def _held(jobs: Records, start: Any, state: State, region: int) -> Records:
    """Return the records at work, without the room between buckets."""
    numbers = np.stack([state.formal[region], state.informal[region]], axis=1).ravel()
    pieces = [jobs[b : b + n] for b, n in zip(start[:-1], numbers, strict=True)]
    return np.concatenate(pieces)


def test_the_simulated_device_gives_the_same_records() -> None:
    root = Path(__file__).parents[2]
    environment = {
        **os.environ,
        "NUMBA_ENABLE_CUDASIM": "1",
        "NUMBA_DISABLE_JIT": "1",  # the simulator runs plain Python
        "PYTHONPATH": f"{root / 'src'}{os.pathsep}{root / 'tests'}",
    }
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == digest("cpu"), done.stderr[-2000:]


def test_without_a_device_it_is_said_plainly() -> None:
    from numba import cuda

    if cuda.is_available():
        pytest.skip("there is a device here")
    with pytest.raises(OptionError, match="no CUDA device"):
        simulate(full_market(600, 2, 3), SimulationOptions(1, "individuals", device="cuda"))
