"""A panel of places: every equilibrium of 5,000 places with 5 sectors, and the whole command.

The promise: 5,000 places x 32 paths x 5 unknowns in 30 s on two cores, linear in places. Five
sectors at attraction 2 need 63 paths, four need 31; no family of ours needs 32. CPU seconds of one
process, so that other work on the machine does not count; two cores halve them.
"""

from __future__ import annotations

import resource
import tempfile
import time
from pathlib import Path

import numpy as np

from measure import figure, run
from workshare.studies.panel import (
    EnumerationOptions,
    PlaceModel,
    SimulationOptions,
    enumerate_all,
    simulate_panel,
    write_panel,
)


def drawn(model: PlaceModel, places: int) -> tuple[np.ndarray, np.ndarray]:
    """Return log fundamentals and log shares of places: anywhere in the simplex."""
    sectors = model.num_sectors
    shares = np.random.default_rng(0).dirichlet(np.ones(sectors + 1), places)[:, :sectors]
    return model.log_fundamentals(shares), np.log(shares)


def enumeration(sectors: int, places: int, certify: float) -> float:
    """Return CPU seconds per place of a whole enumeration, and print them."""
    model = PlaceModel(sectors)
    a, y = drawn(model, places)
    start = time.process_time()
    found = enumerate_all(model, a, y, EnumerationOptions(certify=certify))
    spent = time.process_time() - start
    name = f"panel, {sectors} sectors, {places} places"
    figure(f"{name}: paths each", found.paths, "paths")
    figure(f"{name}: ill", int(found.ill.sum()), "places", places // 500)
    figure(f"{name}: equilibria", len(found.points), "equilibria")
    figure(f"{name}: proven", int(found.certified.sum()), "equilibria")
    limit = 60.0 * places / 5000  # 30 s on two cores
    figure(f"{name}: CPU", spent, "s", limit)
    return spent / places


def command() -> None:
    """Measure the command on the simulated panel of 4,000 places and three years."""
    with tempfile.TemporaryDirectory() as folder:
        panel, _ = simulate_panel(SimulationOptions())
        file = write_panel(panel, Path(folder) / "places.csv")
        wall, memory = run(["-m", "workshare", "equilibria", "panel", str(file), "--quiet",
                            "--out", str(Path(folder) / "out")])  # fmt: skip
        figure("panel command, 4000 places x 3 years: wall", wall, "s")
        figure("panel command: memory of the first process", memory, "MB")


def _children() -> float:
    """Return CPU seconds of processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    enumerate_all(PlaceModel(5), *drawn(PlaceModel(5), 2))
    each = [enumeration(5, places, 0.0) for places in (1250, 2500, 5000)]
    figure("panel: cost of a place, 5000 against 1250", each[2] / each[0], "ratio", 1.2)
    enumeration(4, 5000, 0.0)
    model = PlaceModel(5)
    a, y = drawn(model, 5000)
    before, start = _children(), time.process_time()
    enumerate_all(model, a, y, EnumerationOptions(certify=0.0, workers=2))
    spent = _children() - before + time.process_time() - start
    figure("panel, 5 sectors, 5000 places, two workers: CPU of all", spent, "s", 60.0)
    enumeration(5, 1250, 1.0)
    command()
