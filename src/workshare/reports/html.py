"""The report page: one HTML file with everything inside it.

It loads nothing (a content security policy forbids it), runs no script, reads on a phone, prints,
and every text from a user's files is escaped.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from workshare.reports.html_participants import participants_section
from workshare.reports.html_parts import escaped, paragraph
from workshare.reports.html_sections import (
    basis_section,
    flows_section,
    gains_section,
    gaps_section,
    headline_section,
    makers_section,
    not_chosen_section,
    proof_section,
    scenario_count,
)
from workshare.reports.html_style import STYLE
from workshare.reports.view import View, view

LINKS = (
    ("price", "Cost of not coordinating"),
    ("who-gains", "Gains and losses"),
    ("makers", "Who makes what"),
    ("what-moves", "Flows"),
    ("gaps", "Duplications, shortfalls"),
    ("not-chosen", "Options not chosen"),
    ("participants", "Each participant"),
    ("proof", "What is proven"),
    ("basis", "Assumptions, sources"),
)
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def html_text(result: Any) -> str:
    """Return the whole report page of a result as HTML text."""
    seen = view(result)
    sections = (
        headline_section(seen),
        gains_section(seen),
        makers_section(seen),
        flows_section(seen),
        gaps_section(seen),
        not_chosen_section(seen),
        participants_section(seen),
        proof_section(seen),
        basis_section(seen),
    )
    links = "".join(f'<li><a href="#{anchor}">{words}</a></li>' for anchor, words in LINKS)
    body = "\n".join(sections)
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
{_header(seen)}
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


def _header(seen: View) -> str:
    region = seen.region
    facts = [
        scenario_count(seen),
        f"money in {seen.currency}",
        f"prices of {region['price_year']}" if region.get("price_year") else "",
        f"for {region['horizon_year']}" if region.get("horizon_year") else "",
        f"{region['demand_scenario']} demand" if region.get("demand_scenario") else "",
    ]
    parts = [f"<h1>{escaped(seen.title)}</h1>", paragraph("; ".join(filter(None, facts)), "quiet")]
    if region.get("disclaimer"):
        parts.append(paragraph(str(region["disclaimer"]), "disclaimer"))
    return "\n".join(parts)


def _footer(seen: View) -> str:
    version = f" {seen.data['version']}" if seen.data.get("version") else ""
    return paragraph(
        f"Made by workshare{version}. Numbers are rounded to three or four significant digits; "
        "the CSV links and the workbook hold full precision. 'not available' is never zero.",
        "quiet",
    )
