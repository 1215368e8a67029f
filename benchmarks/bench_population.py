"""The workforce at full size, beside a numpy loop over arrays and, where installed, mesa-like ones.

Public tables are read where they are found (``POPULATION``, a folder); without them a synthetic
workforce of the same size stands in, and the figures say so. ``THREADS`` (default: cores) and
``PERIODS`` (default 77) apply to the long run; ``LARGE=1`` also builds 800 million workers.
"""

from __future__ import annotations

import dataclasses
import importlib.util
import os
import sys
import time
from pathlib import Path

import numpy as np

from measure import figure
from workshare.parallel import cores
from workshare.population import (
    LabourMarket,
    OccupationNetwork,
    SimulationOptions,
    Workforce,
    read_network,
    read_oews,
    synthetic_network,
    synthetic_workforce,
)
from workshare.population.run import Run

SHARED = Path(__file__).parents[2] / "shared" / "data" / "population"
DATA = Path(os.environ.get("POPULATION", str(SHARED)))
THREADS = int(os.environ.get("THREADS", str(cores())))
PERIODS = int(os.environ.get("PERIODS", "77"))
UNEMPLOYED = 0.055


def resident() -> float:
    """Return the memory this process holds now (GB); nan where it cannot be asked."""
    path = Path("/proc/self/statm")
    if not path.exists():
        return float("nan")
    return int(path.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e9


def united_states() -> LabourMarket:
    """Return 151,778,980 workers by 54 areas and some 530 occupations."""
    table = DATA / "oews" / "oews_state_M2023_detailed.csv"
    if not table.exists():
        people = synthetic_workforce(regions=54, occupations=534, workers=151_778_980)
        return LabourMarket(people, synthetic_network(people))
    network = read_network(
        DATA / "mobility" / "asec_to_bls_mobility_edgelist.csv",
        origin="OCC_source",
        target="OCC_target",
        weight="transition_prob_BLS_ASECnorm_corr",
    )
    return LabourMarket(_some_unemployed(read_oews(table, network=network)), network)


def _some_unemployed(people: Workforce) -> Workforce:
    """Return the workforce with a share of each cell out of work, the total kept."""
    idle = np.zeros_like(people.unemployed)
    idle[:, :, 0] = np.rint(UNEMPLOYED * people.formal)
    return dataclasses.replace(people, formal=people.formal - idle[:, :, 0], unemployed=idle)


def periods(market: LabourMarket, mode: str, threads: int, count: int) -> tuple[float, float]:
    """Return processor and wall time (s) of a period, compiled code warm."""
    run = Run(market, SimulationOptions(mode=mode, threads=threads), None)
    run.advance()
    cpu, wall = time.process_time(), time.perf_counter()
    for _ in range(count):
        run.advance()
    return (time.process_time() - cpu) / count, (time.perf_counter() - wall) / count


def equations(market: LabourMarket) -> float:
    """Return the processor time (s) of a period in expected values, its record left out."""
    run = Run(market, SimulationOptions(mode="expected"), None)
    run.advance()
    setting = run._setting()
    start = time.process_time()
    for _ in range(20):
        run._expected(setting)
    return (time.process_time() - start) / 20


def numpy_loop(network: OccupationNetwork, workers: int) -> float:
    """Return worker-steps per second of arrays of workers: the honest baseline.

    The same period on one array per attribute, drawn for every worker with numpy.
    """
    draw = np.random.default_rng(0)
    size = len(network.occupations)
    occupation = draw.integers(0, size, workers).astype(np.int16)
    region = draw.integers(0, 54, workers).astype(np.int16)
    out = draw.random(workers) < UNEMPLOYED
    spell = np.zeros(workers, dtype=np.int8)
    shares = np.cumsum(network.matrix(), axis=1)
    # all origins in one rising list, so that a search is one call
    ladder = (shares + np.arange(size)[:, None]).ravel()
    vacancies = np.full((54, size), 0.03 * workers / 54 / size)
    start = time.process_time()
    leaves = ~out & (draw.random(workers) < 0.016)
    searching = np.flatnonzero(out)
    point = occupation[searching] + draw.random(searching.size)
    target = np.searchsorted(ladder, point).clip(0, ladder.size - 1) % size
    cell = region[searching].astype(np.int64) * size + target
    falls = np.bincount(cell, minlength=54 * size).reshape(54, size)
    chance = np.divide(
        vacancies * (1 - np.exp(-falls / vacancies)),
        falls,
        out=np.zeros_like(vacancies),
        where=falls > 0,
    )
    hired = draw.random(searching.size) < chance[region[searching], target]
    occupation[searching[hired]] = target[hired]
    out[searching[hired]] = False
    spell[out] += 1
    out |= leaves
    spell[leaves] = 0
    return workers / (time.process_time() - start)


def others(workers: int) -> None:
    """Where installed, the same kind of step in a framework for agents."""
    for name in ("mesa", "mesa_frames"):
        if importlib.util.find_spec(name) is None:
            print(f"{name} is not installed: left out", file=sys.stderr)
    if importlib.util.find_spec("mesa") is None:
        return
    import mesa

    class Worker(mesa.Agent):  # type: ignore[misc]
        """Somebody who may lose or find work."""

        def __init__(self, model: mesa.Model) -> None:
            super().__init__(model)
            self.out = self.random.random() < UNEMPLOYED
            self.spell = 0

        def step(self) -> None:
            """Throw one coin."""
            if self.out:
                self.spell += 1
                self.out = self.random.random() > 0.3
            elif self.random.random() < 0.016:
                self.out, self.spell = True, 0

    model = mesa.Model()
    Worker.create_agents(model, workers)
    start = time.process_time()
    model.agents.do("step")
    rate = workers / (time.process_time() - start)
    figure("mesa, a simpler step: worker-steps a second", rate / 1e6, "M/s")


def main() -> None:
    """Print every figure."""
    start = time.process_time()
    market = united_states()
    figure("read and gather the tables", time.process_time() - start, "s")
    for mode, limit in (("expected", None), ("cohorts", 0.10)):
        cpu, wall = periods(market, mode, 1, 5)
        figure(f"{mode}: processor time of a period, 1 thread", cpu, "s", limit)
        _, wall = periods(market, mode, THREADS, 5)
        figure(f"{mode}: wall time of a period, {THREADS} threads", wall, "s")
    figure("expected: its equations alone, 1 thread", equations(market), "s", 2e-3)
    cpu, wall = time.process_time(), time.perf_counter()
    run = Run(market, SimulationOptions(mode="individuals", threads=THREADS), None)
    figure("build 151 million records: processor time", time.process_time() - cpu, "s", 10)
    figure("build 151 million records: wall time", time.perf_counter() - wall, "s", 10)
    figure("held after building", resident(), "GB", 1.6)
    total = market.workforce.total
    run.options = dataclasses.replace(run.options, threads=1)
    run.advance()
    cpu = time.process_time()
    for _ in range(3):
        run.advance()
    rate = 3 * total / (time.process_time() - cpu)
    figure("individuals: worker-steps a second, 1 thread", rate / 1e6, "M/s", at_least=130)
    loop = numpy_loop(market.network, 5_000_000)
    figure("numpy arrays: worker-steps a second", loop / 1e6, "M/s")
    figure("individuals over numpy arrays", rate / loop, "times")
    run.options = dataclasses.replace(run.options, threads=THREADS)
    cpu, wall = time.process_time(), time.perf_counter()
    for _ in range(PERIODS):
        run.advance()
    name = f"{PERIODS} periods of 151 million workers, {THREADS} threads"
    figure(f"{name}: wall time", time.perf_counter() - wall, "s", 90)
    figure(f"{name}: processor time", time.process_time() - cpu, "s")
    figure("held at the end", resident(), "GB", 1.6)
    figure("people counted elsewhere than their records say", run._mismatch(), "people", 0)
    others(200_000)
    del run
    if os.environ.get("LARGE"):
        large()


def large() -> None:
    """Build and move 800 million workers of 30 countries by 100 occupations."""
    people = synthetic_workforce(regions=30, occupations=100, workers=800_000_000, informal=0.5)
    market = LabourMarket(people, synthetic_network(people))
    # one thread: a region that is laid out anew is held twice while it is
    run = Run(market, SimulationOptions(mode="individuals"), None)
    figure("800 million workers: held after building", resident(), "GB", 7)
    cpu = time.process_time()
    run.advance()
    figure("800 million workers: processor time of a period", time.process_time() - cpu, "s")
    figure("800 million workers: held after a period", resident(), "GB", 7)


if __name__ == "__main__":
    main()
