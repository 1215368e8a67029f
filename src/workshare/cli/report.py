"""``workshare report``: the report of a result that was computed earlier."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def report(
    result: Annotated[
        Path,
        typer.Argument(
            metavar="RESULT", help="result.json of an earlier run, or the folder that holds it."
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(help="Folder to write into. Default: the folder of RESULT."),
    ] = None,
    formats: Annotated[
        list[str] | None,
        typer.Option(
            "--format",
            help="What to write: html, xlsx, csv, json or png; repeat for several. "
            "Default: html, xlsx and csv.",
        ),
    ] = None,
    quiet: Annotated[
        bool, typer.Option("--quiet", help="Show no progress and no summary; only errors.")
    ] = False,
) -> None:
    """Write the report of RESULT again: HTML page, workbook, CSV tables, pictures.

    The summary goes to standard error; standard output is the path of each thing written.
    """
    from workshare.errors import OptionError
    from workshare.reports import read_result, summary_lines, write_report

    if not result.exists():
        raise OptionError(f"no such file or folder: {result}. Give the result.json of a run.")
    record = read_result(result)
    folder = out or (result if result.is_dir() else result.parent)
    paths = write_report(record, folder, formats or ["html", "xlsx", "csv"])
    if not quiet:
        for line in summary_lines(record):
            typer.echo(line, err=True)
    for path in paths.values():
        typer.echo(str(path))
