"""``workshare convert``: a region from folder to workbook or back, without loss."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def convert(
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE", help="Region folder, workbook .xlsx, or name of an embedded case."
        ),
    ],
    target: Annotated[
        Path,
        typer.Argument(
            metavar="TARGET", help="Workbook to write if it ends in .xlsx, else a folder."
        ),
    ],
    force: Annotated[
        bool, typer.Option("--force", help="Replace a target that exists already.")
    ] = False,
) -> None:
    """Convert a region between folder and workbook; a region with faults is not converted."""
    from workshare.region import convert_region

    convert_region(source, target, force=force)
    typer.echo(f"Wrote {target}")
