"""How a command hands over findings: sentences to the terminal, files to a folder, or JSON."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from workshare.reports.findings import Findings

Out = Annotated[
    Path | None,
    typer.Option(help="Folder for result, page, workbook and tables. Default: nothing is written."),
]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON on standard output.")]
Quiet = Annotated[
    bool, typer.Option("--quiet", help="Show no progress and no summary; only errors.")
]
Pictures = Annotated[
    bool, typer.Option("--pictures", help="With --out: write every figure as PNG too.")
]


def deliver(
    findings: Findings,
    *,
    out: Path | None,
    json: bool = False,
    quiet: bool = False,
    pictures: bool = False,
) -> None:
    """Tell the findings on standard error, write what was asked for, print JSON or the page's path.

    Call it inside :func:`workshare.cli.coordinate.writable` where the work before it is long, so
    that a folder that cannot be written is told before the work.
    """
    from workshare.reports.findings import FORMATS, USUAL, findings_result, write_findings

    paths = {}
    if out is not None:
        paths = write_findings(findings, out, FORMATS if pictures else USUAL)
    if not quiet:
        for line in (findings.title, *findings.sentences):
            typer.echo(line, err=True)
        for kind, path in paths.items():
            typer.echo(f"{kind:>5}  {path}", err=True)
    if json:
        typer.echo(findings_result(findings), nl=False)
    elif "html" in paths:
        typer.echo(str(paths["html"]))
