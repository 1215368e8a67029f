"""``workshare population exposure``: what technologies could technically do, by region."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from workshare.cli.findings import Json, Out, Pictures, Quiet, deliver


def exposure(
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="FOLDER",
            help="Folder (or workbook) with workforce, and scores or technologies and skills.",
        ),
    ],
    workforce: Annotated[
        str | None,
        typer.Option(help="'lithium' (embedded) or a tidy table, instead of the table workforce."),
    ] = None,
    month: Annotated[
        float | None,
        typer.Option(min=0, help="Months of adoption. Default: all use every technology."),
    ] = None,
    out: Out = None,
    json: Json = False,
    pictures: Pictures = False,
    quiet: Quiet = False,
) -> None:
    """Find the wage value of what technologies could technically do; it is not job loss."""
    from workshare.cli.coordinate import writable
    from workshare.population import embedded_workforce, read_workforce
    from workshare.population.embedded import NAMES
    from workshare.population.exposure_files import read_exposure
    from workshare.reports.population.exposure import exposure_findings

    people = None
    if workforce is not None:
        people = embedded_workforce(workforce) if workforce in NAMES else read_workforce(workforce)
    question = read_exposure(folder, people, month)
    with writable(out):
        deliver(
            exposure_findings(question, month), out=out, json=json, quiet=quiet, pictures=pictures
        )
