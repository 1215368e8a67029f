"""Bands of a simulation: the same market from several seeds, in any number of processes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from workshare.arrays import Array
from workshare.errors import OptionError
from workshare.parallel import map_tasks
from workshare.population.labour_market import LabourMarket, SimulationOptions
from workshare.population.simulate import simulate


@dataclass(frozen=True, slots=True)
class Bands:
    """What seeds leave open.

    Attributes
    ----------
    shares : quantiles (0 to 1).
    by_region : quantiles x (periods + 1) x R x 6 stocks, as
        :data:`workshare.population.labour_market.STOCKS`.
    unemployment : quantiles x (periods + 1) of all regions together (share).
    seeds : those that were finished.
    interrupted : whether Ctrl-C stopped some; the bands are then of fewer seeds.
    """

    shares: tuple[float, ...]
    by_region: Array
    unemployment: Array
    seeds: tuple[int, ...]
    interrupted: bool


def bands(
    market: LabourMarket,
    options: SimulationOptions,
    seeds: Sequence[int],
    *,
    shares: Sequence[float] = (0.05, 0.5, 0.95),
    workers: int = 1,
    backend: str = "auto",
    progress: Callable[[int, int], None] | None = None,
) -> Bands:
    """Return quantiles over seeds; parameters are varied by calling it with another market.

    Raises
    ------
    OptionError : no seed, a quantile outside 0 to 1, or no run was finished.

    Examples
    --------
    >>> from workshare.population import synthetic_market
    >>> market = synthetic_market(regions=1, occupations=3, workers=2000)
    >>> found = bands(market, SimulationOptions(periods=3), range(4))
    >>> found.by_region.shape
    (3, 4, 1, 6)
    """
    if not len(seeds) or not all(0 <= share <= 1 for share in shares):
        raise OptionError("bands needs at least one seed, and shares between 0 and 1")
    tasks = [(market, replace(options, seed=int(seed))) for seed in seeds]
    done = map_tasks(_run, tasks, workers=workers, backend=backend, progress=progress)
    if not done.results:
        raise OptionError("bands: interrupted before a run was finished")
    regions = np.array([one for one, _ in done.results])
    rates = np.array([rate for _, rate in done.results])
    finished = tuple(int(seeds[k]) for k in done.indices)
    return Bands(
        tuple(shares),
        np.quantile(regions, shares, axis=0),
        np.quantile(rates, shares, axis=0),
        finished,
        done.interrupted,
    )


def _run(task: tuple[LabourMarket, SimulationOptions]) -> tuple[Array, Array]:
    """Return the stocks by region and the rate of unemployment of one seed."""
    simulation = simulate(*task)
    return simulation.by_region, simulation.beveridge[:, 0]
