"""``workshare population simulate``: a labour market, period by period."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workshare.cli.findings import Json, Out, Pictures, Quiet, deliver

if TYPE_CHECKING:
    from workshare.population import LabourMarket, Simulation


def simulate(
    source: Annotated[
        str,
        typer.Argument(metavar="SOURCE", help="A tidy table of a workforce, or 'lithium'."),
    ],
    network: Annotated[
        Path | None,
        typer.Option(help="Table origin, target, weight. Default: all occupations alike."),
    ] = None,
    periods: Annotated[int, typer.Option(min=1, help="Periods of 6.75 weeks.")] = 77,
    mode: Annotated[
        str, typer.Option(help="expected, cohorts, or individuals (same integers).")
    ] = "cohorts",
    seed: Annotated[int, typer.Option(min=0, help="Seed of everything drawn.")] = 0,
    threads: Annotated[int, typer.Option(min=1, help="Threads; no number depends on it.")] = 1,
    device: Annotated[
        str, typer.Option(help="cpu, or cuda to move individuals there (same integers).")
    ] = "cpu",
    cycle: Annotated[
        float, typer.Option(min=0, max=0.99, help="Amplitude of a business cycle, share of posts.")
    ] = 0.0,
    seats: Annotated[
        float, typer.Option(min=0, help="Course places a period for each 1,000 formal jobs.")
    ] = 0.0,
    subsidy: Annotated[
        float, typer.Option(min=0, max=1, help="Wage subsidy of new hires, share of the wage.")
    ] = 0.0,
    relocation: Annotated[
        float, typer.Option(min=0, max=1, help="Chance to move region added for the unemployed.")
    ] = 0.0,
    coordinated: Annotated[
        bool, typer.Option("--coordinated", help="All regions share course places.")
    ] = False,
    budget: Annotated[
        float | None, typer.Option(min=0, help="Most to spend in a period. Default: no limit.")
    ] = None,
    checkpoint: Annotated[
        Path | None,
        typer.Option(help="File kept up to date after each period, and continued if it is there."),
    ] = None,
    out: Out = None,
    json: Json = False,
    pictures: Pictures = False,
    quiet: Quiet = False,
) -> None:
    """Simulate search, matching, courses, migration and informality, period by period."""
    import dataclasses
    import math

    import numpy as np

    from workshare.cli.coordinate import writable
    from workshare.cli.exits import PARTIAL
    from workshare.cli.progress import progress_on_stderr
    from workshare.population import Demand, Policy, SimulationOptions
    from workshare.population import simulate as run
    from workshare.population.checkpoint import load_simulation, save_simulation
    from workshare.reports.population.simulation import simulation_findings

    options = SimulationOptions(periods, mode, seed, threads, device=device)
    market = _market(source, network)
    people = market.workforce
    policy = Policy(
        seats=(seats / 1000 * people.formal).round().astype("int64"),
        subsidy=np.full(people.formal.shape, subsidy),
        relocation=np.full(len(people.regions), relocation),
        members=tuple(range(len(people.regions))) if coordinated else (),
        recognition=1.0 if coordinated else 0.0,
        budget=math.inf if budget is None else budget,
    )
    market = dataclasses.replace(
        market, policy=policy, demand=Demand(market.wanted().base, amplitude=cycle)
    )

    def keep(part: Simulation) -> None:
        if checkpoint is not None:
            save_simulation(part, checkpoint)

    earlier = load_simulation(checkpoint) if checkpoint and checkpoint.exists() else None
    with writable(out):
        with progress_on_stderr(quiet) as progress:
            done = run(market, options, earlier=earlier, progress=progress, after=keep)
        found = simulation_findings(market, done)
        deliver(found, out=out, json=json, quiet=quiet, pictures=pictures)
    if done.status.value == "interrupted":
        raise typer.Exit(PARTIAL)


def _market(source: str, network: Path | None) -> LabourMarket:
    """Return the market of an embedded name or of files."""
    import dataclasses

    from workshare.population import (
        LabourMarket,
        complete_network,
        embedded_market,
        read_network,
        read_workforce,
    )

    if source == "lithium":
        market = embedded_market(source)
        if network is None:
            return market
        return dataclasses.replace(market, network=read_network(network))
    people = read_workforce(source)
    edges = read_network(network) if network else complete_network(people.occupations)
    return LabourMarket(people, edges)
