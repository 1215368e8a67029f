"""``workshare equilibria classify``: stability, index, rank and basin of every equilibrium."""

from __future__ import annotations

from typing import Annotated

import typer

from workshare.cli.equilibria_options import AtOnce, Jumping, Kind, Values, Which
from workshare.cli.findings import Json, Out, Pictures, Quiet


def classify(
    system: Which,
    set_parameter: Values = None,
    dynamic: Kind = "flow",
    at_once: AtOnce = None,
    free_to_jump: Jumping = None,
    samples: Annotated[int, typer.Option(min=0, help="States drawn for basins; 0: none.")] = 400,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the draws.")] = 0,
    out: Out = None,
    json: Json = False,
    pictures: Pictures = False,
    quiet: Quiet = False,
) -> None:
    """Name the type of every equilibrium: stability, index, order rank and basin."""
    from workshare.cli.coordinate import writable
    from workshare.cli.equilibria_options import chosen_dynamic, chosen_system
    from workshare.cli.findings import deliver
    from workshare.equilibria import find
    from workshare.equilibria.classify import classify as types_of
    from workshare.reports.equilibria.types import type_findings

    chosen = chosen_system(system, set_parameter)
    moves = chosen_dynamic(system, dynamic, at_once, free_to_jump)
    moves.check(chosen)
    with writable(out):
        made = types_of(find(chosen), moves, samples=samples, seed=seed)
        deliver(type_findings(made), out=out, json=json, quiet=quiet, pictures=pictures)
