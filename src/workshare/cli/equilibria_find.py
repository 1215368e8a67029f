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
    out: Out = None,
    json: Json = False,
    pictures: Pictures = False,
    quiet: Quiet = False,
) -> None:
    """Find the equilibria of a system and say whether they are all."""
    from workshare.cli.equilibria_options import chosen_system
    from workshare.cli.findings import deliver
    from workshare.cli.progress import progress_on_stderr
    from workshare.equilibria import FindOptions, summary
    from workshare.equilibria import find as search
    from workshare.reports.equilibria_find import found_findings

    chosen = chosen_system(system, values)
    options = FindOptions(method=method, starts=starts, confirm=confirm, seed=seed)
    with progress_on_stderr(quiet) as show:

        def advance(done: int, total: int) -> None:
            if show is not None:
                show("find", done / max(total, 1), f"{done} of {total}")

        found = search(chosen, options, progress=advance)
    deliver(found_findings(summary(found)), out=out, json=json, quiet=quiet, pictures=pictures)
