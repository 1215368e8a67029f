"""``workshare trade calibrate``: from a file to an economy, every adjustment listed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workshare.cli.findings import Json, Out, Quiet
from workshare.cli.trade_options import Close, Entry

if TYPE_CHECKING:
    from workshare.trade.calibration import Calibration

LAYOUTS = ("tidy", "icio", "wiod")


def calibrate(
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE",
            help="Folder or workbook of tidy tables, an embedded economy, or an official table.",
        ),
    ],
    layout: Annotated[
        str, typer.Option(help="tidy; icio (OECD, CSV of a year); wiod (release 2016, CSV).")
    ] = "tidy",
    elasticities: Annotated[
        Path | None,
        typer.Option(
            help="Table industry, trade_elasticity, scale_elasticity for an official table; "
            "industry * is all others."
        ),
    ] = None,
    entry: Entry = "restricted",
    close_deficits: Close = False,
    out: Out = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Turn a file into a calibrated economy and list every adjustment of its data."""
    from workshare.cli.findings import deliver
    from workshare.reports.trade.calibration import calibration_findings
    from workshare.trade import calibration
    from workshare.trade.files import write_economy

    made = _read(source, layout, elasticities, entry)
    if close_deficits:
        closed = calibration.close_deficits(made.economy)
        adjustments = (*made.adjustments, *closed.adjustments)
        made = calibration.Calibration(closed.economy, adjustments)
    if out is not None:
        write_economy(made.economy, out / "economy")
    deliver(calibration_findings(made), out=out, json=json, quiet=quiet)


def _read(source: str, layout: str, elasticities: Path | None, entry: str) -> Calibration:
    """Return the calibration of a source in its layout; faults of the options together."""
    from workshare.errors import OptionError
    from workshare.tidy import read_tidy
    from workshare.trade.economy import ENTRIES
    from workshare.trade.files import INDUSTRIES, read_economy
    from workshare.trade.official_tables import read_icio, read_wiod

    faults = []
    if layout not in LAYOUTS:
        faults.append(f"--layout {layout!r}: choose one of {', '.join(LAYOUTS)}")
    if entry not in ENTRIES:
        faults.append(f"--entry {entry!r}: choose one of {', '.join(ENTRIES)}")
    if layout == "tidy" and elasticities is not None:
        faults.append("--elasticities is for official tables; tidy ones have a table industries")
    if layout in ("icio", "wiod") and elasticities is None:
        faults.append(f"--elasticities is needed with --layout {layout}: the table has none")
    if faults:
        raise OptionError("; ".join(faults))
    if elasticities is None:
        return read_economy(source, entry)
    given = {
        row["industry"]: (row["trade_elasticity"], row["scale_elasticity"])
        for row in read_tidy(elasticities, INDUSTRIES, ("industry",))
    }
    return (read_icio if layout == "icio" else read_wiod)(source, given, entry)
