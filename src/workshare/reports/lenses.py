"""What the lenses say of the scenarios, as sections of the report: one presenter per lens.

A presenter turns the plain record that a lens left in ``result.json`` into findings, so that a
saved result can be reported again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from workshare.reports.equilibria_lens import equilibria_findings
from workshare.reports.findings import Findings
from workshare.reports.html_parts import (
    bullets,
    csv_link,
    details,
    figure_part,
    heading,
    paragraph,
    section,
    table_part,
)
from workshare.reports.population_lens import population_findings
from workshare.reports.tables import Table
from workshare.reports.trade.lens import trade_lens_findings
from workshare.reports.view import View

PRESENTERS: dict[str, Callable[[Mapping[str, Any]], Findings]] = {
    "trade": trade_lens_findings,
    "equilibria": equilibria_findings,
    "population": population_findings,
}
"""How each lens is shown, by the name of the lens in ``workshare.studies.lenses``."""


def lens_findings(seen: View) -> dict[str, Findings]:
    """Return the findings of every lens that the result has a record of, by name."""
    records = seen.data.get("lenses") or {}
    return {
        name: present(records[name]) for name, present in PRESENTERS.items() if records.get(name)
    }


def lens_tables(seen: View) -> list[Table]:
    """Return every table of every lens, its name led by the lens's."""
    return [
        replace(table, name=f"{name}_{table.name}")
        for name, found in lens_findings(seen).items()
        for table in found.tables
    ]


def lenses_section(seen: View) -> str:
    """Return the section of the lenses; "" where the result has none."""
    found = lens_findings(seen)
    if not found:
        return ""
    return section("lenses", "What other engines say", [_part(each) for each in found.values()])


def _part(found: Findings) -> str:
    """Return one lens: its findings, figures, tables to open, and what it rests on."""
    first, *others = found.sentences
    parts = [heading(found.title), paragraph(first)]
    parts += [bullets(others)] if others else []
    parts += [figure_part(figure) for figure in found.figures]
    parts += [details(table.title, table_part(table) + csv_link(table)) for table in found.tables]
    parts += [details("What it rests on", bullets(found.notes))] if found.notes else []
    return "\n".join(parts)
