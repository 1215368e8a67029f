"""``workshare equilibria find``: the equilibria of a system, with their level of proof."""

from __future__ import annotations

from typing import Annotated

import typer

from workshare.cli.equilibria_options import Values, Which
from workshare.cli.findings import Json, Out, Pictures, Quiet


def find(
    system: Which,
    method: Annotated[
        str, typer.Option(help="auto, homotopy, interval, monotone or search.")
    ] = "auto",
    values: Values = None,
    starts: Annotated[int, typer.Option(help="Starts of a search.", min=1)] = 256,
    confirm: Annotated[
        bool, typer.Option("--confirm", help="Solve polynomials twice and compare the counts.")
    ] = False,
    seed: Annotated[int, typer.Option(help="Seed of random choices.")] = 0,
    dynamic: Annotated[
        str | None,
        typer.Option(help="flow or map: tell stability under it. Default: no stability is told."),
    ] = None,
    out: Out = None,
    json: Json = False,
    pictures: Pictures = False,
    quiet: Quiet = False,
) -> None:
    """Find the equilibria of a system and say whether they are all."""
    from workshare.cli.equilibria_options import chosen_dynamic, chosen_system
    from workshare.cli.findings import deliver
    from workshare.cli.progress import progress_on_stderr
    from workshare.equilibria import FindOptions, summary
    from workshare.equilibria import find as search
    from workshare.equilibria.portrait import portrait, portrait_record
    from workshare.reports.equilibria_find import found_findings

    chosen = chosen_system(system, values)
    moves = None if dynamic is None else chosen_dynamic(system, dynamic, None, None)
    if moves is not None:
        moves.check(chosen)
    options = FindOptions(method=method, starts=starts, confirm=confirm, seed=seed)
    with progress_on_stderr(quiet) as show:

        def advance(done: int, total: int) -> None:
            if show is not None:
                show("find", done / max(total, 1), f"{done} of {total}")

        found = search(chosen, options, progress=advance)
    picture = portrait_record(portrait(found, moves))
    findings = found_findings(summary(found), picture)
    deliver(findings, out=out, json=json, quiet=quiet, pictures=pictures)
