"""``workshare equilibria panel``: types, and the split of the change, in a panel of places."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workshare.cli.findings import Json, Out, Pictures, Quiet

if TYPE_CHECKING:
    from fractions import Fraction

    from workshare.studies.panel import Estimate, Panel, PlaceModel


def panel(
    places: Annotated[Path, typer.Argument(help="CSV file or workbook with the panel.")],
    attraction: Annotated[
        str | None,
        typer.Option(help="Stated, a fraction such as 3/2. Default: estimated from instruments."),
    ] = None,
    crowding: Annotated[
        str, typer.Option(help="Stated, a fraction; or `estimate`, where attraction is estimated.")
    ] = "0",
    base: Annotated[float, typer.Option(help="What scale economies start from, a share.")] = 0.05,
    cross: Annotated[float, typer.Option(help="Weight of another sector's size.")] = 0.1,
    first: Annotated[
        int | None, typer.Option(help="First year compared. Default: the last before any event.")
    ] = None,
    last: Annotated[
        int | None, typer.Option(help="Last year compared. Default: the last of the panel.")
    ] = None,
    certify: Annotated[
        float, typer.Option(help="Share of place-years proven whole; the observed one always is.")
    ] = 1.0,
    draws: Annotated[int, typer.Option(help="Bootstrap draws.")] = 1000,
    confidence: Annotated[float, typer.Option(help="Confidence of the intervals.")] = 0.95,
    seed: Annotated[int, typer.Option(min=0, help="Seed of random starts and draws.")] = 0,
    resume: Annotated[
        Path | None,
        typer.Option(help="Folder that keeps finished parts; the same call goes on from there."),
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes to use. Default: one per processor core.")
    ] = None,
    backend: Annotated[
        str, typer.Option(help="auto, serial, threads, processes or dask.")
    ] = "auto",
    out: Out = None,
    json: Json = False,
    pictures: Pictures = False,
    quiet: Quiet = False,
) -> None:
    """Split the change of every place into fundamentals and coordination.

    Inverts the panel to fundamentals, enumerates the equilibria of every place and year, names
    their types, and compares places with a policy event with places without.
    """
    from workshare.cli.coordinate import writable
    from workshare.cli.exits import NOT_CERTIFIED, PARTIAL
    from workshare.cli.findings import deliver
    from workshare.cli.progress import progress_on_stderr
    from workshare.parallel import cores
    from workshare.reports.equilibria.panel import panel_findings
    from workshare.results import Status
    from workshare.studies.panel import (
        EnumerationOptions,
        EventOptions,
        PanelOptions,
        read_panel,
        study_panel,
    )
    from workshare.studies.panel.record import panel_record

    table = read_panel(places)
    model = _model(table, attraction, crowding, base, cross)
    enumeration = EnumerationOptions(
        certify=certify, workers=workers or cores(), backend=backend, seed=seed,
        folder="" if resume is None else str(resume),
    )  # fmt: skip
    options = PanelOptions(first, last, enumeration, EventOptions(draws, confidence, seed))
    with writable(out):
        with progress_on_stderr(quiet) as progress:
            result = study_panel(table, model, options, progress)
        if result.status is Status.INTERRUPTED and not result.statistics["place_years_done"]:
            raise KeyboardInterrupt
        findings = panel_findings(panel_record(result))
        deliver(findings, out=out, json=json, quiet=quiet, pictures=pictures)
    if result.status is Status.INTERRUPTED:
        raise typer.Exit(PARTIAL)
    if result.status is Status.BOUNDED:
        raise typer.Exit(NOT_CERTIFIED)


def _model(
    table: Panel, attraction: str | None, crowding: str, base: float, cross: float
) -> PlaceModel | Estimate:
    """Return the stated model, or the estimate of what is not stated."""
    from workshare.studies.panel import PlaceModel, estimate_elasticities

    estimated = crowding == "estimate"
    stated = None if estimated else _fraction("--crowding", crowding)
    if attraction is None:
        return estimate_elasticities(table, base=base, cross=cross, crowding=stated)
    if stated is None:
        from workshare.errors import OptionError

        raise OptionError("--crowding estimate needs an attraction that is estimated too")
    return PlaceModel(
        len(table.sectors), _fraction("--attraction", attraction), stated, base, cross
    )


def _fraction(option: str, text: str) -> Fraction:
    from fractions import Fraction

    from workshare.errors import OptionError

    try:
        return Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise OptionError(f"{option} {text!r}; must be a fraction such as 2 or 3/2") from None
