"""The workbook: one sheet per table, and a first sheet that explains.

Numbers are numbers in full precision, shown rounded; a missing number is an empty cell. Text is
written as text, whatever it begins with.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workshare.reports.figures.price_of_non_coordination import headline_sentence
from workshare.reports.html_summary import key_facts
from workshare.reports.tables import Table, tables
from workshare.reports.view import view

EXPLANATION = (
    "Each sheet is one table: one row per observation, the unit in the heading.",
    "An empty cell means: not available. It never means zero.",
    "Numbers hold full precision; the cells show them rounded.",
    "M = million. Net benefit: higher is better. Gains are before any transfer.",
    "Codes of scenarios, participants, places, goods and activities are those of the region.",
)
LARGEST_TEXT = 32767
"""Characters that a cell can hold."""


def write_workbook(result: Any, path: str | Path, more: Iterable[Table] = ()) -> Path:
    """Write the workbook of a result, and ``more`` tables, and return its path."""
    seen = view(result)
    about = (
        seen.title,
        (headline_sentence(seen),),
        key_facts(seen),
        str(seen.region.get("disclaimer") or ""),
    )
    return write_sheets(path, FirstSheet(*about), (*tables(seen).values(), *more))


@dataclass(frozen=True, slots=True)
class FirstSheet:
    """What the first sheet says: title, findings, facts by term, and a disclaimer ("" for none)."""

    title: str
    findings: Sequence[str]
    facts: Sequence[tuple[str, str]] = ()
    disclaimer: str = ""


def write_sheets(path: str | Path, about: FirstSheet, made: Iterable[Table]) -> Path:
    """Write a workbook of a sheet that explains and one sheet per table; return its path."""
    import xlsxwriter

    file = Path(path)
    sheets = list(made)
    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "constant_memory": False,
    }
    book = xlsxwriter.Workbook(str(file), options)
    # a fixed date, so that equal results give equal workbooks
    book.set_properties({"title": about.title, "created": datetime.datetime(2000, 1, 1)})
    looks = {
        "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
        "title": book.add_format({"bold": True, "font_size": 14}),
        "words": book.add_format({"text_wrap": True, "valign": "top"}),
        "large": book.add_format({"num_format": "#,##0.0"}),
        "small": book.add_format({"num_format": "0.0000"}),
        "tiny": book.add_format({"num_format": "0.00E+00"}),
        "whole": book.add_format({"num_format": "#,##0"}),
    }
    _explain(book.add_worksheet("read me"), about, sheets, looks)
    for table in sheets:
        _fill(book.add_worksheet(table.name[:31]), table, looks)
    book.close()
    return file


def _explain(sheet: Any, about: FirstSheet, made: Sequence[Table], looks: dict[str, Any]) -> None:
    """Fill the first sheet: title, findings, how to read, and what the other sheets hold."""
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 90)
    sheet.write_string(0, 0, about.title[:LARGEST_TEXT], looks["title"])
    for place, line in enumerate(about.findings, 1):
        sheet.write_string(place, 0, line[:LARGEST_TEXT])
    row = 2 + len(about.findings)
    for line in EXPLANATION:
        sheet.write_string(row, 0, line)
        row += 1
    row += 1
    for term, words in about.facts:
        if words:
            sheet.write_string(row, 0, term[:LARGEST_TEXT], looks["words"])
            sheet.write_string(row, 1, words[:LARGEST_TEXT], looks["words"])
            row += 1
    row += 1
    for heading, column in (("sheet", 0), ("what it holds", 1)):
        sheet.write_string(row, column, heading, looks["head"])
    for table in made:
        row += 1
        sheet.write_url(row, 0, f"internal:'{table.name[:31]}'!A1", string=table.name)
        sheet.write_string(row, 1, f"{table.title} ({len(table.rows)} rows)")
    if about.disclaimer:
        sheet.write_string(row + 2, 0, "disclaimer", looks["head"])
        sheet.write_string(row + 2, 1, about.disclaimer[:LARGEST_TEXT], looks["words"])


def _fill(sheet: Any, table: Table, looks: dict[str, Any]) -> None:
    """Fill one sheet: frozen heading, filter, a width that fits, numbers as numbers."""
    sheet.freeze_panes(1, 0)
    sheet.set_row(0, 45)
    for position, column in enumerate(table.columns):
        sheet.write_string(0, position, column.header, looks["head"])
        texts = [row[position] for row in table.rows[:200] if isinstance(row[position], str)]
        longest = max((len(text) for text in texts), default=0)
        sheet.set_column(position, position, min(max(longest + 2, 13), 60))
    for number, row in enumerate(table.rows, 1):
        for position, value in enumerate(row):
            if isinstance(value, float):
                sheet.write_number(number, position, value, looks[_look(value)])
            elif value:
                sheet.write_string(number, position, str(value)[:LARGEST_TEXT])
    if table.rows:
        sheet.autofilter(0, 0, len(table.rows), len(table.columns) - 1)


def _look(value: float) -> str:
    """Return the name of the number format that shows a value with enough digits."""
    size = abs(value)
    if value.is_integer():
        return "whole"
    if size >= 10:
        return "large"
    return "small" if size >= 1e-3 else "tiny"
