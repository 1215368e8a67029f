"""``workshare population staff``: can a region staff a specialisation, at what cost, how soon."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from workshare.cli.findings import Json, Out, Pictures, Quiet, deliver


def staff(
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="FOLDER", help="Folder (or workbook) with the tables pool, moves and posts."
        ),
    ],
    specialisation: Annotated[
        str | None,
        typer.Option(help="Which specialisation of the table posts. Default: the only one."),
    ] = None,
    scale: Annotated[float, typer.Option(min=0, help="Units of the specialisation.")] = 1.0,
    months: Annotated[float, typer.Option(min=0, help="Months until every post is filled.")] = 24.0,
    budget: Annotated[
        float | None, typer.Option(min=0, help="Money that can be spent. Default: no limit.")
    ] = None,
    out: Out = None,
    json: Json = False,
    pictures: Pictures = False,
    quiet: Quiet = False,
) -> None:
    """Find the least cost of staffing a specialisation, its frontier and its bottleneck."""
    import math

    from workshare.cli.coordinate import writable
    from workshare.errors import OptionError
    from workshare.population import frontier, months_to_staff
    from workshare.population import staff as solve
    from workshare.population.staffing_files import read_staffing
    from workshare.reports.population.staffing import staffing_findings

    question = read_staffing(folder)
    names = list(question.specialisations)
    if specialisation is None and len(names) > 1:
        raise OptionError(f"say which with --specialisation: {', '.join(names)}")
    chosen = question.specialisations.get(specialisation or names[0])
    if chosen is None:
        raise OptionError(f"{specialisation!r} is not in posts; it has {', '.join(names)}")
    money = math.inf if budget is None else budget
    with writable(out):
        asked = (question.pool, question.moves, chosen)
        answer = solve(*asked, scale, months, money)
        largest = 10.0 * scale if sum(chosen.posts.values()) == 0 else math.inf
        found = frontier(*asked, months, money, largest) if scale > 0 else None
        soonest = months_to_staff(*asked, scale, money)
        deliver(
            staffing_findings(answer, found, chosen, soonest),
            out=out,
            json=json,
            quiet=quiet,
            pictures=pictures,
        )
