"""``workshare equilibria weigh``: benefit and cost of a push against its alternatives."""

from __future__ import annotations

from typing import Annotated

import typer

from workshare.cli.equilibria_options import AtOnce, Values, Which
from workshare.cli.findings import Json, Out, Pictures, Quiet


def weigh(
    system: Which,
    worth: Annotated[
        list[str],
        typer.Option(help="NAME=VALUE: money per unit of an unknown and time; may be repeated."),
    ],
    start: Annotated[
        int, typer.Option(min=1, help="Number of the equilibrium to leave, as `find` lists them.")
    ] = 1,
    target: Annotated[
        int | None, typer.Option(min=1, help="Number of the equilibrium wanted. Default: the last.")
    ] = None,
    durations: Annotated[
        str, typer.Option(help="Durations to try, with commas between.")
    ] = "1,2,5,10,20,50",
    terms: Annotated[
        list[str] | None,
        typer.Option(
            "--term",
            help="NAME=VALUE of discount, waste, leakage, misallocation, public_money, creation, "
            "displaced, transfer or support_price; may be repeated.",
        ),
    ] = None,
    margin: Annotated[
        float, typer.Option(help="Share by which every least size is exceeded.")
    ] = 0.1,
    most: Annotated[float, typer.Option(help="Largest size tried.")] = 10.0,
    set_parameter: Values = None,
    at_once: AtOnce = None,
    out: Out = None,
    json: Json = False,
    pictures: Pictures = False,
    quiet: Quiet = False,
) -> None:
    """Weigh a push against support without end, cash and nothing: values and break-even values."""
    from workshare.cli.coordinate import writable
    from workshare.cli.equilibria_options import (
        chosen_dynamic,
        chosen_system,
        equilibrium_number,
        named_values,
        numbers,
    )
    from workshare.cli.findings import deliver
    from workshare.equilibria import find
    from workshare.reports.equilibria.weighing import weighing_findings
    from workshare.studies.cost_benefit import TERMS, Terms
    from workshare.studies.weigh import Question, weighed_record
    from workshare.studies.weigh import weigh as weighed

    chosen = chosen_system(system, set_parameter)
    moves = chosen_dynamic(system, "flow", at_once, None)
    question = Question(named_values(worth, "--worth"), numbers(durations), margin, most)
    given = Terms(**named_values(terms or [], "--term", TERMS))
    with writable(out):
        points = find(chosen).points
        low = equilibrium_number(points, start)
        high = equilibrium_number(points, target or max(1, len(points)))
        made = weighed_record(weighed(chosen, low, high, question, given, moves))
        deliver(weighing_findings(made), out=out, json=json, quiet=quiet, pictures=pictures)
