"""``workshare check``: every fault of a region's files at once, with its place and cure."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Annotated

import typer

from workshare.cli.exits import FAULTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workshare.errors import Fault


def check(
    path: Annotated[
        str,
        typer.Argument(
            metavar="PATH", help="Region folder, workbook .xlsx, or name of an embedded case."
        ),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print the faults as JSON.")] = False,
) -> None:
    """Report every fault of a region's files: where, what is allowed, what cures it."""
    from workshare.region import check_region, read_region

    faults = check_region(path)
    if as_json:
        report = {
            "path": path,
            "valid": not faults,
            "faults": [dataclasses.asdict(fault) for fault in faults],
        }
        typer.echo(json.dumps(report, indent=2, ensure_ascii=False))
    elif faults:
        _show(faults)
    else:
        region = read_region(path)
        typer.echo(
            f"{path}: no faults. {region.title}: {len(region.participants)} participants, "
            f"{len(region.goods)} goods, {len(region.activities)} activities, "
            f"{len(region.figures)} figures."
        )
    if faults:
        raise typer.Exit(FAULTS)


def _show(faults: Sequence[Fault]) -> None:
    """Print the faults in plain lines, one paragraph each; colours only on a terminal."""
    from rich.console import Console
    from rich.text import Text

    console = Console(soft_wrap=True, highlight=False, markup=False, emoji=False)
    for fault in faults:
        console.print(Text(fault.place, style="bold"))
        received = f" (received: {fault.value})" if fault.value else ""
        console.print(Text(f"  {fault.subject}{received}"))
        console.print(Text(f"  rule: {fault.rule}", style="red"))
        console.print(Text(f"  cure: {fault.cure}", style="green"))
    console.print(Text(f"{len(faults)} fault{'' if len(faults) == 1 else 's'}."))
