"""``workshare units``: the units that region files may use."""

from __future__ import annotations

import typer


def units() -> None:
    """List the units understood in region files, by dimension, with their factor and meaning."""
    from workshare.units import symbols

    dimension = ""
    for row in symbols():
        if row.dimension != dimension:
            dimension = row.dimension
            typer.echo(f"\n{dimension}")
        typer.echo(f"  {row.symbol:14} {row.factor:>12}  {row.meaning}")
