"""The report page: one HTML file with everything inside it.

It loads nothing (a content security policy forbids it), runs no script, reads on a phone, prints,
and every text from a user's files is escaped.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from workshare.reports.html_page import page_text
from workshare.reports.html_participants import participants_section
from workshare.reports.html_parts import paragraph
from workshare.reports.html_scenarios import scenarios_section
from workshare.reports.html_sections import (
    basis_section,
    flows_section,
    gains_section,
    gaps_section,
    makers_section,
    not_chosen_section,
    price_section,
    proof_section,
)
from workshare.reports.html_summary import summary_part
from workshare.reports.lenses import lenses_section
from workshare.reports.view import View, view

SECTIONS = (
    ("price", "Cost of not coordinating", price_section),
    ("who-gains", "Gains and losses", gains_section),
    ("makers", "Who makes what", makers_section),
    ("what-moves", "Flows", flows_section),
    ("gaps", "Duplications, shortfalls", gaps_section),
    ("not-chosen", "Options not chosen", not_chosen_section),
    ("scenarios", "Scenarios", scenarios_section),
    ("participants", "Each participant", participants_section),
    ("lenses", "Other engines", lenses_section),
    ("proof", "What is proven", proof_section),
    ("basis", "Assumptions, sources", basis_section),
)


def html_text(result: Any) -> str:
    """Return the whole report page of a result as HTML text."""
    seen = view(result)
    sections = [(anchor, words, make(seen)) for anchor, words, make in SECTIONS]
    made = [item for item in sections if item[2]]
    return page_text(f"{seen.title}: report", summary_part(seen), made, _footer(seen))


def write_html(result: Any, path: str | Path) -> Path:
    """Write the report page of a result and return its path."""
    file = Path(path)
    file.write_text(html_text(result), encoding="utf-8", newline="\n")
    return file


def _footer(seen: View) -> str:
    version = f" {seen.data['version']}" if seen.data.get("version") else ""
    return paragraph(
        f"Made by workshare{version}. Numbers are rounded to three or four significant digits; "
        "the CSV links and the workbook hold full precision. 'not available' is never zero.",
        "quiet",
    )
