"""The simulation: periods one after another, in one of three modes of one definition.

``expected`` gives expected values, ``cohorts`` whole numbers, ``individuals`` the same whole
numbers with every person's record. A run can be interrupted and continued after any period, and
gives the same numbers as one that was not.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from workshare.population.labour_market import LabourMarket, Simulation, SimulationOptions
from workshare.population.rules import State
from workshare.population.run import Run
from workshare.population.workforce import Workforce
from workshare.results import Status

Progress = Callable[[str, float, str], None]


def simulate(
    market: LabourMarket,
    options: SimulationOptions | None = None,
    *,
    earlier: Simulation | None = None,
    progress: Progress | None = None,
    after: Callable[[Simulation], None] | None = None,
) -> Simulation:
    """Return the simulation of a labour market.

    Parameters
    ----------
    market, options : what, and how.
    earlier : a part simulated before, of the same market, mode and seed; it is continued. In the
        mode individuals its records are moved on, so it can be continued once.
    progress : called as ``progress(stage, share done, text)`` after every period.
    after : called with the simulation so far after every period, for checkpoints.

    Ctrl-C ends the run after the period it is in; what was simulated is returned.

    Raises
    ------
    OptionError : ``earlier`` is of another market, mode or seed, or a limit of the mode is passed.

    Examples
    --------
    >>> from workshare.population import synthetic_market
    >>> market = synthetic_market(regions=2, occupations=5, workers=10_000, seed=1)
    >>> done = simulate(market, SimulationOptions(periods=8))
    >>> done.status.value, done.periods, int(done.state.total)
    ('exact', 8, 10000)
    """
    how = options or SimulationOptions()
    run = Run(market, how, earlier)
    interrupted = False
    while run.period < how.periods and not interrupted:
        interrupted = _whole(run.advance)
        try:
            if progress is not None:
                done = run.period / how.periods
                progress("simulate", done, f"period {run.period} of {how.periods}")
            if after is not None:
                after(run.result(Status.INTERRUPTED))
        except KeyboardInterrupt:
            interrupted = True
    unfinished = interrupted and run.period < how.periods
    return run.result(Status.INTERRUPTED if unfinished else Status.EXACT, last=True)


def as_workforce(market: LabourMarket, state: State) -> Workforce:
    """Return the workforce of a state, with wages, skills and labels as at the start."""
    return replace(
        market.workforce,
        formal=state.formal,
        informal=state.informal,
        unemployed=state.unemployed,
        training=state.training,
    )


def _whole(advance: Callable[[], None]) -> bool:
    """Do one period to its end, whatever the keyboard says; return whether Ctrl-C was pressed."""
    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(advance)
        interrupted = False
        while True:
            try:
                done.result()
                return interrupted
            except KeyboardInterrupt:
                interrupted = True
