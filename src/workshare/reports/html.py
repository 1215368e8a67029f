"""The report page: one HTML file with everything inside it.

It loads nothing (a content security policy forbids it), runs no script, reads on a phone, prints,
and every text from a user's files is escaped.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from workshare.reports.html_participants import participants_section
from workshare.reports.html_parts import escaped, paragraph
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
from workshare.reports.html_style import STYLE
from workshare.reports.html_summary import summary_part
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
    ("proof", "What is proven", proof_section),
    ("basis", "Assumptions, sources", basis_section),
)
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def html_text(result: Any) -> str:
    """Return the whole report page of a result as HTML text."""
    seen = view(result)
    links = "".join(f'<li><a href="#{anchor}">{words}</a></li>' for anchor, words, _ in SECTIONS)
    body = "\n".join(make(seen) for _, _, make in SECTIONS)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<title>{escaped(seen.title)}: report</title>
<style>{STYLE}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header>
{summary_part(seen)}
</header>
<nav aria-label="Contents"><ul>{links}</ul></nav>
<main id="content">
{body}
</main>
<footer>
{_footer(seen)}
</footer>
</body>
</html>
"""


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
