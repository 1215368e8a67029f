"""``workshare population build``: a workforce as a tidy table, from tables or synthetic."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def build(
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE",
            help="An OEWS table (CSV), a tidy table, 'lithium' (embedded), or 'synthetic'.",
        ),
    ],
    target: Annotated[
        Path, typer.Argument(metavar="TARGET", help="The tidy table to write (CSV).")
    ],
    unemployed: Annotated[
        float, typer.Option(min=0, max=1, help="OEWS: unemployed for each job; synthetic: share.")
    ] = 0.06,
    regions: Annotated[int, typer.Option(min=1, help="Synthetic: number of regions.")] = 10,
    occupations: Annotated[int, typer.Option(min=1, help="Synthetic: occupations.")] = 50,
    workers: Annotated[int, typer.Option(min=1, help="Synthetic: number of people.")] = 1_000_000,
    informal: Annotated[
        float, typer.Option(min=0, max=1, help="Synthetic: informal share of those at work.")
    ] = 0.0,
    seed: Annotated[int, typer.Option(min=0, help="Synthetic: seed of everything drawn.")] = 0,
    quiet: Annotated[bool, typer.Option("--quiet", help="Say nothing but errors.")] = False,
) -> None:
    """Build a workforce: people by region, occupation, status and spell."""
    from workshare.cli.exits import tell
    from workshare.cli.progress import progress_on_stderr
    from workshare.population import (
        embedded_workforce,
        read_oews,
        read_workforce,
        synthetic_workforce,
    )

    if source == "synthetic":
        people = synthetic_workforce(
            regions=regions,
            occupations=occupations,
            workers=workers,
            informal=informal,
            unemployed=unemployed,
            seed=seed,
        )
    elif source == "lithium":
        people = embedded_workforce(source)
    elif _is_oews(source):
        with progress_on_stderr(quiet) as progress:
            people = read_oews(source, unemployed=unemployed, progress=progress)
    else:
        people = read_workforce(source)
    people.frame().to_csv(target, index=False)
    if not quiet:
        tell(
            f"{people.total:,} people, {len(people.regions)} regions, {len(people.occupations)} "
            f"occupations, {100 * people.share_unemployed:.1f} % unemployed"
        )
        for text in people.sources:
            tell(text)
    typer.echo(str(target))


def _is_oews(source: str) -> bool:
    """Return whether a file has the heading of an OEWS table."""
    path = Path(source)
    if not path.is_file():
        return False
    with path.open(encoding="utf-8-sig", errors="replace") as text:
        return "OCC_CODE" in text.readline()
