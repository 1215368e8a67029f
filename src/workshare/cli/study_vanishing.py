"""``workshare study vanishing``: how the price of decentralisation falls with numbers."""

from __future__ import annotations

from typing import Annotated

import typer

from workshare.cli.findings import Json, Out, Pictures, Quiet, deliver


def vanishing(
    largest: Annotated[
        int, typer.Option(min=10, help="Largest number of participants studied.")
    ] = 100_000,
    draws: Annotated[
        int, typer.Option(min=1, help="Draws of identical agents; their mean is reported.")
    ] = 200,
    goods: Annotated[
        int, typer.Option(min=1, help="Goods (shared dimensions) of the different participants.")
    ] = 12,
    seed: Annotated[int, typer.Option(min=0, help="Seed of everything drawn at random.")] = 0,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes to use. Default: one per processor core.")
    ] = None,
    out: Out = None,
    json: Json = False,
    pictures: Pictures = False,
    quiet: Quiet = False,
) -> None:
    """Measure how gap, rounds and mixed participants change from 2 to 100,000 participants.

    The true gap where it is known, certified value less bound elsewhere, against the bound that
    theory gives; and what careless choice among tied best responses costs.
    """
    from workshare.cli.coordinate import writable
    from workshare.cli.exits import PARTIAL
    from workshare.cli.progress import progress_on_stderr
    from workshare.parallel import cores
    from workshare.reports.vanishing import vanishing_findings
    from workshare.results import Status, to_jsonable
    from workshare.studies.vanishing import VanishingSettings
    from workshare.studies.vanishing import vanishing as study

    settings = VanishingSettings(
        largest=largest, goods=goods, draws=draws, seed=seed, workers=workers or cores()
    )
    with writable(out):
        with progress_on_stderr(quiet) as progress:
            result = study(settings, progress)
        deliver(
            vanishing_findings(to_jsonable(result)),
            out=out,
            json=json,
            quiet=quiet,
            pictures=pictures,
        )
    if result.status is Status.INTERRUPTED:
        raise typer.Exit(PARTIAL)
