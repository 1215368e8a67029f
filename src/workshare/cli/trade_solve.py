"""``workshare trade solve``: the equilibrium under given changes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from workshare.cli.findings import Json, Out, Pictures, Quiet
from workshare.cli.trade_options import Asked, Close, Draws, Entry, Seed, Source, Spread, Workers


def solve(
    economy: Source,
    changes: Annotated[
        Path | None,
        typer.Option(
            help="Table of changes: instrument, exporter, importer, industry, value; * is all. "
            "Default: nothing changes."
        ),
    ] = None,
    entry: Entry = "restricted",
    close_deficits: Close = False,
    draws: Draws = 20,
    spread: Spread = 0.2,
    seed: Seed = 0,
    workers: Workers = 1,
    out: Out = None,
    json: Json = False,
    pictures: Pictures = False,
    quiet: Quiet = False,
) -> None:
    """Solve for the equilibrium under given taxes, subsidies and shocks."""
    from workshare.cli.trade_options import load, reply, show
    from workshare.trade.changes import read_changes
    from workshare.trade.question import Question

    world = load(economy, entry, close_deficits)
    policy, shock = (None, None) if changes is None else read_changes(changes, world)
    answered = reply(world, Question("solve", policy=policy, shock=shock), quiet)
    show(answered, Asked(draws, spread, seed, workers, out, json, pictures, quiet))
