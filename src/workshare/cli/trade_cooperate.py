"""``workshare trade cooperate``: an agreement, beside what each member reaches alone."""

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


def cooperate(
    economy: Source,
    member: Members = None,
    kind: Annotated[
        str,
        typer.Option(
            help="subsidies (undo distortions), shallow (no tariffs), deep (both) or joint (best "
            "policy of the members together)."
        ),
    ] = "deep",
    transfers: Annotated[
        bool, typer.Option("--transfers", help="With joint: members may pay each other.")
    ] = False,
    alone: Annotated[
        bool,
        typer.Option("--alone/--no-alone", help="Compare with members acting alone."),
    ] = True,
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
    """Show what an agreement brings, to members and to everybody else."""
    from workshare.cli.trade_options import load, one_each, reply, show
    from workshare.trade.best_policy import PolicyOptions
    from workshare.trade.question import Question

    world = load(economy, entry, close_deficits)
    members = tuple(member or world.countries)
    question = Question("cooperate", members, kind, options=PolicyOptions(transfers=transfers))
    answered = reply(world, question, quiet)
    compared = one_each(world, members, question) if alone and len(members) > 1 else None
    show(answered, Asked(draws, spread, seed, workers, out, json, pictures, quiet), compared)
