"""``workshare trade optimal``: the best policy of a country, or of a bloc together."""

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


def optimal(
    economy: Source,
    member: Members = None,
    instruments: Annotated[
        str,
        typer.Option(
            help="all (first best), trade (second best), tariffs (third best) or production."
        ),
    ] = "all",
    transfers: Annotated[
        bool, typer.Option("--transfers", help="Members of a bloc may pay each other.")
    ] = False,
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
    """Find the best policy of a government, or the joint best policy of a bloc."""
    from workshare.cli.trade_options import load, reply, show
    from workshare.errors import OptionError
    from workshare.trade.best_policy import PolicyOptions
    from workshare.trade.question import Question

    if not member:
        raise OptionError("say whose policy with --member")
    world = load(economy, entry, close_deficits)
    question = Question(
        "optimal", tuple(member), instruments, options=PolicyOptions(transfers=transfers)
    )
    answered = reply(world, question, quiet)
    show(answered, Asked(draws, spread, seed, workers, out, json, pictures, quiet))
