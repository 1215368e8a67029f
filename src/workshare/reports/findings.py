"""What an engine found, ready to read: sentences, figures with table twins, tables, and the record.

Every engine that is used alone (trade, equilibria, population, a study) ends here: a presenter in
this package turns its result into :class:`Findings`, and one function writes them as a page, a
workbook, CSV tables, pictures and ``result.json``. Nothing here solves anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workshare.errors import OptionError
from workshare.reports.csv import table_text
from workshare.reports.figures.figure import Figure
from workshare.reports.html_page import page_text
from workshare.reports.html_parts import (
    bullets,
    csv_link,
    escaped,
    figure_part,
    paragraph,
    section,
    table_part,
)
from workshare.reports.tables import Table
from workshare.reports.workbook import FirstSheet, write_sheets
from workshare.results import json_text
from workshare.version import __version__

FORMATS = ("json", "html", "xlsx", "csv", "png")
"""What can be written: ``result.json``, ``report.html``, ``report.xlsx``, ``csv/*.csv``,
``figures/*.png``; what took long to compute is saved first."""

USUAL = ("json", "html", "xlsx", "csv")
"""What is written when nothing is said."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found, in the order a reader wants it.

    Attributes
    ----------
    title : what was studied, as the name of the page.
    sentences : the findings, the most important first; each stands alone.
    figures : each with a finding as title, a note and a table twin.
    tables : tidy tables with units; every number of the sentences is in one of them.
    notes : what it rests on: method, proof, assumptions, sources, and what is not known.
    record : the whole result as plain data (what ``result.json`` holds).
    """

    title: str
    sentences: tuple[str, ...]
    figures: tuple[Figure, ...] = ()
    tables: tuple[Table, ...] = ()
    notes: tuple[str, ...] = ()
    record: Mapping[str, Any] = field(default_factory=dict)


def write_findings(
    findings: Findings,
    folder: str | Path,
    formats: Sequence[str] = USUAL,
    progress: Callable[[str], None] | None = None,
) -> dict[str, Path]:
    """Write findings into a folder and return the path of each format.

    Parameters
    ----------
    folder : made if it is not there; files of the same names are replaced.
    formats : some of :data:`FORMATS`.
    progress : called with the name of each format before it is written.

    Raises
    ------
    OptionError : a format is not known.
    """
    unknown = [name for name in formats if name not in FORMATS]
    if unknown:
        raise OptionError(
            f"Unknown format {', '.join(map(repr, unknown))}; allowed: {', '.join(FORMATS)}."
        )
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    paths = {}
    for name in dict.fromkeys(formats):
        if progress is not None:
            progress(name)
        paths[name] = _WRITERS[name](findings, target)
    return paths


def findings_html(findings: Findings) -> str:
    """Return findings as one HTML page that needs no network."""
    pictures = "\n".join(figure_part(figure) for figure in findings.figures)
    numbers = "\n".join(table_part(table) + csv_link(table) for table in findings.tables)
    parts = (
        ("figures", "Figures", pictures),
        ("tables", "Tables", numbers),
        ("basis", "What it rests on", bullets(findings.notes) if findings.notes else ""),
    )
    made = [
        (anchor, title, section(anchor, title, [body])) for anchor, title, body in parts if body
    ]
    return page_text(findings.title, _header(findings), made, _footer())


def findings_result(findings: Findings) -> str:
    """Return the text of ``result.json``: the record, the same bytes for the same result."""
    return json_text(findings.record)


def _header(findings: Findings) -> str:
    first, *others = findings.sentences or ("Nothing was found.",)
    return "\n".join(
        [
            f"<h1>{escaped(findings.title)}</h1>",
            paragraph(first, "finding"),
            bullets(others).replace("<ul>", '<ul class="key">', 1) if others else "",
        ]
    )


def _footer() -> str:
    return paragraph(
        f"Made by workshare {__version__}. Numbers are rounded to three or four significant "
        "digits; the CSV links and the workbook hold full precision. 'not available' is never "
        "zero.",
        "quiet",
    )


def _write_html(findings: Findings, target: Path) -> Path:
    file = target / "report.html"
    file.write_text(findings_html(findings), encoding="utf-8", newline="\n")
    return file


def _write_json(findings: Findings, target: Path) -> Path:
    file = target / "result.json"
    file.write_text(findings_result(findings), encoding="utf-8", newline="\n")
    return file


def _write_xlsx(findings: Findings, target: Path) -> Path:
    notes = [("note", note) for note in findings.notes]
    about = FirstSheet(findings.title, findings.sentences, notes)
    return write_sheets(target / "report.xlsx", about, findings.tables)


def _write_csv(findings: Findings, target: Path) -> Path:
    folder = target / "csv"
    folder.mkdir(exist_ok=True)
    for table in findings.tables:
        file = folder / f"{table.name}.csv"
        # the mark by which spreadsheets know UTF-8
        file.write_text(table_text(table), encoding="utf-8-sig", newline="")
    return folder


def _write_png(findings: Findings, target: Path) -> Path:
    folder = target / "figures"
    folder.mkdir(exist_ok=True)
    for figure in findings.figures:
        figure.to_png(folder / f"{figure.name}.png")
    return folder


_WRITERS: dict[str, Callable[[Findings, Path], Path]] = {
    "json": _write_json,
    "html": _write_html,
    "xlsx": _write_xlsx,
    "csv": _write_csv,
    "png": _write_png,
}
