"""``workshare equilibria push``: the smallest push from one equilibrium to another."""

from __future__ import annotations

from typing import Annotated

import typer

from workshare.cli.equilibria_options import AtOnce, Kind, Values, Which
from workshare.cli.findings import Json, Out, Pictures, Quiet


def push(
    system: Which,
    start: Annotated[
        int, typer.Option(min=1, help="Number of the equilibrium to leave, as `find` lists them.")
    ] = 1,
    target: Annotated[
        int | None, typer.Option(min=1, help="Number of the equilibrium wanted. Default: the last.")
    ] = None,
    durations: Annotated[
        str, typer.Option(help="Durations to try, with commas between.")
    ] = "1,2,5,10,20,50",
    most: Annotated[float, typer.Option(help="Largest size tried.")] = 10.0,
    which: Annotated[
        bool,
        typer.Option("--which", help="Also: which unknowns to push, at the cheapest duration."),
    ] = False,
    error: Annotated[
        float | None,
        typer.Option(help="Also: the risk of failure if parameters err by this share."),
    ] = None,
    samples: Annotated[int, typer.Option(min=1, help="Draws for the risk.")] = 100,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the draws.")] = 0,
    set_parameter: Values = None,
    dynamic: Kind = "flow",
    at_once: AtOnce = None,
    out: Out = None,
    json: Json = False,
    pictures: Pictures = False,
    quiet: Quiet = False,
) -> None:
    """Find the smallest permanent support and temporary push between two equilibria."""
    from workshare.cli.coordinate import writable
    from workshare.cli.equilibria_options import (
        chosen_dynamic,
        chosen_system,
        equilibrium_number,
        numbers,
    )
    from workshare.cli.findings import deliver
    from workshare.equilibria import find
    from workshare.equilibria.push import (
        permanent_support,
        rebound_risk,
        shortest_push,
        temporary_push,
    )
    from workshare.equilibria.push_choice import which_to_push
    from workshare.reports.equilibria.pushes import push_findings

    chosen = chosen_system(system, set_parameter)
    moves = chosen_dynamic(system, dynamic, at_once, None)
    times = numbers(durations)
    with writable(out):
        points = find(chosen).points
        low = equilibrium_number(points, start)
        high = equilibrium_number(points, target or max(1, len(points)))
        permanent = permanent_support(chosen, low, high, most=most, dynamic=moves)
        temporary = temporary_push(chosen, low, high, times, most=most, dynamic=moves)
        best = temporary.cheapest
        length, size = float(temporary.durations[best]), float(temporary.sizes[best])
        shortest = None
        if moves.kind == "flow":
            longest = max(times)
            shortest = shortest_push(chosen, low, high, [most], longest=longest, dynamic=moves)
        choice, risks = None, []
        if which:
            choice = which_to_push(chosen, low, high, length, most=most, dynamic=moves)
        if error is not None and size < float("inf"):
            for margin in (0.0, 0.1, 0.25, 0.5):
                risk = rebound_risk(
                    chosen, low, high, (1 + margin) * size, length,
                    error=error, samples=samples, seed=seed, dynamic=moves,
                )  # fmt: skip
                risks.append((margin, risk))
        findings = push_findings(chosen, permanent, temporary, choice, risks, shortest)
        deliver(findings, out=out, json=json, quiet=quiet, pictures=pictures)
