"""``workshare new``: a starter region to fill in, as a folder and as a workbook."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def new(
    directory: Annotated[
        Path, typer.Argument(metavar="DIRECTORY", help="Folder to write to; it should be new.")
    ],
    force: Annotated[
        bool, typer.Option("--force", help="Write into a folder that is not empty.")
    ] = False,
) -> None:
    """Write a commented starter region: CSV files and a workbook, with instructions."""
    from workshare.region import new_region

    written = new_region(directory, force=force)
    typer.echo(f"Wrote {len(written)} files to {directory}:")
    for path in written:
        typer.echo(f"  {path.name}")
    typer.echo(f"Start with {directory / 'README.txt'}; then: workshare check {directory}")
