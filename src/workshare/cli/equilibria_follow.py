"""``workshare equilibria follow``: branches of equilibria along a parameter."""

from __future__ import annotations

from typing import Annotated

import typer

from workshare.cli.equilibria_options import AtOnce, Jumping, Kind, Values, Which
from workshare.cli.findings import Json, Out, Pictures, Quiet


def follow(
    system: Which,
    parameter: Annotated[str, typer.Option(help="Parameter to change.")],
    start: Annotated[float, typer.Option("--from", help="Its first value.")],
    end: Annotated[float, typer.Option("--to", help="Its last value.")],
    unknown: Annotated[
        str | None, typer.Option(help="Unknown on the vertical axis. Default: the first.")
    ] = None,
    checks: Annotated[
        int, typer.Option(min=2, help="Places at which equilibria are found anew.")
    ] = 5,
    before: Annotated[
        int | None,
        typer.Option(min=1, help="Label a change: number of the equilibrium at the first value."),
    ] = None,
    after: Annotated[
        int | None, typer.Option(min=1, help="And of the one at the last value.")
    ] = None,
    set_parameter: Values = None,
    dynamic: Kind = "flow",
    at_once: AtOnce = None,
    free_to_jump: Jumping = None,
    out: Out = None,
    json: Json = False,
    pictures: Pictures = False,
    quiet: Quiet = False,
) -> None:
    """Follow every equilibrium along a parameter: folds, branch points, the bifurcation diagram."""
    from workshare.cli.coordinate import writable
    from workshare.cli.equilibria_options import (
        chosen_dynamic,
        chosen_system,
        equilibrium_number,
    )
    from workshare.cli.findings import deliver
    from workshare.equilibria import find
    from workshare.equilibria.branches import follow as follow_all
    from workshare.equilibria.jump import label_change
    from workshare.equilibria.path import make_path
    from workshare.errors import OptionError
    from workshare.reports.equilibria.branches import branch_findings

    chosen = chosen_system(system, set_parameter)
    moves = chosen_dynamic(system, dynamic, at_once, free_to_jump)
    moves.check(chosen)
    shown = unknown or chosen.unknowns[0]
    if shown not in chosen.unknowns:
        raise OptionError(f"--unknown {shown!r}; allowed: {', '.join(chosen.unknowns)}")
    path = make_path(chosen, [{parameter: start}, {parameter: end}])
    if start == end:
        raise OptionError(f"--from and --to are both {start}; they must differ")
    if (before is None) != (after is None):
        raise OptionError("--before and --after: a change has both, give the other one too")
    with writable(out):
        made = follow_all(chosen, path, checks=checks)
        change = None
        if before is not None and after is not None:
            one, other = (find(chosen.at({parameter: value})).points for value in (start, end))
            change = label_change(
                chosen, path, equilibrium_number(one, before), equilibrium_number(other, after),
                dynamic=moves,
            )  # fmt: skip
        findings = branch_findings(made, parameter, shown, moves, change)
        deliver(findings, out=out, json=json, quiet=quiet, pictures=pictures)
