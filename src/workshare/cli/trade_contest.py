"""``workshare trade contest``: every government against every other."""

from __future__ import annotations

from typing import Annotated

import typer

from workshare.cli.findings import Json, Out, Pictures, Quiet
from workshare.cli.trade_options import (
    Asked,
    Close,
    Draws,
    Entry,
    Members,
    Seed,
    Source,
    Spread,
    Workers,
)


def contest(
    economy: Source,
    member: Members = None,
    instruments: Annotated[
        str, typer.Option(help="all, trade, tariffs or production.")
    ] = "tariffs",
    entry: Entry = "restricted",
    close_deficits: Close = False,
    draws: Draws = 0,
    spread: Spread = 0.2,
    seed: Seed = 0,
    workers: Workers = 1,
    out: Out = None,
    json: Json = False,
    pictures: Pictures = False,
    quiet: Quiet = False,
) -> None:
    """Find where a contest of policies settles; without members, everybody takes part."""
    from workshare.cli.trade_options import load, reply, show
    from workshare.trade.question import Question

    world = load(economy, entry, close_deficits)
    members = tuple(member or world.countries)
    answered = reply(world, Question("contest", members, instruments), quiet)
    show(answered, Asked(draws, spread, seed, workers, out, json, pictures, quiet))
