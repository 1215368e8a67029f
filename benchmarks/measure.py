"""What every benchmark shares: run a command, see its time and memory, print one line a figure."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Any


def figure(
    name: str,
    value: float,
    unit: str,
    limit: float | None = None,
    *,
    at_least: float | None = None,
) -> None:
    """Print one figure as a line of JSON; the project promises at most ``limit``, or at least."""
    line = {"name": name, "value": value, "unit": unit, "limit": limit, "at_least": at_least}
    print(json.dumps(line), flush=True)


def must_hold(certificate: Any) -> None:
    """Stop where a line of a certificate does not hold: its figures would mean nothing.

    Among them the identity of the gap to 1e-9, and mixed participants within shared dimensions.
    """
    failed = [f"{line.name} {line.value:g}" for line in certificate.lines if not line.holds]
    if failed:
        raise RuntimeError("certificate does not hold: " + ", ".join(failed))


def run(arguments: Sequence[str], allowed: Sequence[int] = (0,)) -> tuple[float, float]:
    """Run a command of this Python; return its wall time (s) and peak resident memory (MB)."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    assert process.stderr is not None
    message = process.stderr.read().decode()
    # wait4 gives the memory of this child alone, where RUSAGE_CHILDREN gives the largest so far
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in allowed:
        raise RuntimeError(f"{' '.join(arguments)} ended with {process.returncode}: {message}")
    scale = 1e6 if sys.platform == "darwin" else 1e3
    return time.perf_counter() - start, usage.ru_maxrss / scale


def best_of(count: int, arguments: Sequence[str]) -> float:
    """Return the shortest wall time (s) of several runs."""
    return min(run(arguments)[0] for _ in range(count))
