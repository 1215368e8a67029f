"""``workshare demo``: the main job on the embedded case."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from workshare.cli.coordinate import DEFAULT_FOLDER, Workers, run_study

DEMO_REGION = "lithium"


def demo(
    out: Annotated[Path, typer.Option(help="Folder for the result and report.")] = Path(
        DEFAULT_FOLDER
    ),
    json: Annotated[
        bool, typer.Option("--json", help="Print result.json on standard output.")
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", help="Show no progress and no summary; only errors.")
    ] = False,
    workers: Workers = None,
) -> None:
    """Run all scenarios on the embedded case: South America, lithium to electric vehicles."""
    run_study(
        DEMO_REGION,
        scenarios=None,
        folder=out,
        demand=None,
        seed=0,
        print_json=json,
        quiet=quiet,
        workers=workers,
    )
