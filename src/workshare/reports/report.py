"""The whole report of a result: page, workbook, CSV and result.json, in one folder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from workshare.errors import OptionError
from workshare.reports.csv import write_csv
from workshare.reports.figures import FIGURES
from workshare.reports.html import write_html
from workshare.reports.lenses import lens_findings, lens_tables
from workshare.reports.result_json import write_json
from workshare.reports.view import View, view
from workshare.reports.workbook import write_workbook

FORMATS = ("html", "xlsx", "csv", "json", "png")
"""What can be written: ``report.html``, ``report.xlsx``, ``csv/*.csv``, ``result.json``,
``figures/*.png``."""

USUAL = ("html", "xlsx", "csv", "json")
"""What is written when nothing is said."""


def write_report(
    result: Any,
    folder: str | Path,
    formats: Sequence[str] = USUAL,
    progress: Callable[[str], None] | None = None,
) -> dict[str, Path]:
    """Write the report of a result and return the path of each format.

    Parameters
    ----------
    result : a result record with ``to_dict``, or the dictionary of ``result.json``.
    folder : made if it is not there; files of the same names are replaced.
    formats : some of :data:`FORMATS`.
    progress : called with the name of each format before it is written.

    Raises
    ------
    OptionError : a format is not known.
    ResultError : the result is not sound.
    """
    unknown = [name for name in formats if name not in FORMATS]
    if unknown:
        raise OptionError(
            f"Unknown report format {', '.join(map(repr, unknown))}; allowed: {', '.join(FORMATS)}."
        )
    seen = view(result)
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    paths = {}
    for name in dict.fromkeys(formats):
        if progress is not None:
            progress(name)
        paths[name] = _write(seen, target, name)
    return paths


def _write(seen: View, target: Path, name: str) -> Path:
    if name == "html":
        return write_html(seen, target / "report.html")
    if name == "xlsx":
        return write_workbook(seen, target / "report.xlsx", lens_tables(seen))
    if name == "json":
        return write_json(seen.data, target / "result.json")
    if name == "csv":
        write_csv(seen, target / "csv", byte_order_mark=True, more=lens_tables(seen))
        return target / "csv"
    pictures = target / "figures"
    pictures.mkdir(exist_ok=True)
    for figure, make in FIGURES.items():
        make(seen).to_png(pictures / f"{figure}.png")
    for lens, found in lens_findings(seen).items():
        for drawn in found.figures:
            drawn.to_png(pictures / f"{lens}_{drawn.name}.png")
    return pictures
