"""``workshare cases``: the embedded regions, by the names that every command accepts."""

from __future__ import annotations

import typer


def cases() -> None:
    """List the embedded cases; each name can stand wherever a command takes REGION."""
    from workshare.region import case_names, read_region

    for name in case_names():
        region = read_region(name)
        typer.echo(
            f"{name:12} {region.title} ({len(region.participants)} participants, "
            f"{len(region.activities)} activities, horizon {region.horizon_year})"
        )
