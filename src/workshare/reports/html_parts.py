"""The parts of the report page: tables, figures and links as HTML, every text escaped."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from workshare.reports.csv import table_text
from workshare.reports.figures.figure import Figure
from workshare.reports.tables import Column, Table
from workshare.reports.words import MISSING, number, percent

MOST_ROWS = 400
"""Rows of a table that a page shows; the CSV link holds all of them."""

LONG_TEXT = 24

DUST = 5e-7
"""Money below half a unit of currency a year, in M: solver noise, shown as 0 on the page."""


def escaped(text: Any) -> str:
    """Return text safe in HTML content and in quoted attributes."""
    return html.escape(str(text), quote=True)


def paragraph(text: str, kind: str = "") -> str:
    """Return a paragraph; ``kind`` is a class of the style sheet."""
    look = f' class="{kind}"' if kind else ""
    return f"<p{look}>{escaped(text)}</p>"


def heading(text: str, level: int = 3) -> str:
    """Return a heading of a level."""
    return f"<h{level}>{escaped(text)}</h{level}>"


def section(anchor: str, title: str, parts: Sequence[str], level: int = 2) -> str:
    """Return a section with its anchor and heading."""
    body = "\n".join(part for part in parts if part)
    label = f"{anchor}-heading"
    return (
        f'<section id="{anchor}" aria-labelledby="{label}">\n'
        f'<h{level} id="{label}">{escaped(title)}</h{level}>\n{body}\n</section>'
    )


def bullets(items: Sequence[str]) -> str:
    """Return a list of sentences."""
    return "<ul>" + "".join(f"<li>{escaped(item)}</li>" for item in items) + "</ul>"


def definitions(pairs: Sequence[tuple[str, str]]) -> str:
    """Return a list of terms and what they mean."""
    body = "".join(f"<dt>{escaped(term)}</dt><dd>{escaped(words)}</dd>" for term, words in pairs)
    return f"<dl>{body}</dl>"


def details(label: str, body: str) -> str:
    """Return a part that the reader opens; works without scripts."""
    return f"<details><summary>{escaped(label)}</summary>\n{body}\n</details>"


def table_part(table: Table, caption: str = "", keep: Sequence[str] = ()) -> str:
    """Return a table with caption and scopes, in a box that scrolls sideways on narrow screens.

    Parameters
    ----------
    caption : what the table shows; by default its title.
    keep : names of the columns shown, in this order; by default all.
    """
    words = caption or table.title
    if not table.rows:
        return paragraph(f"{words}: none.", "quiet")
    places = _places(table, keep)
    columns = [table.columns[place] for place in places]
    head = "".join(_head(column) for column in columns)
    rows = "\n".join(
        f"<tr>{_row([row[place] for place in places], columns)}</tr>"
        for row in table.rows[:MOST_ROWS]
    )
    cut = len(table.rows) - MOST_ROWS
    more = paragraph(f"{cut} more rows are in the CSV.", "quiet") if cut > 0 else ""
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{escaped(words)}">'
        f"<table><caption><span>{escaped(words)}</span></caption>\n<thead><tr>{head}</tr></thead>\n"
        f"<tbody>\n{rows}\n</tbody></table></div>{more}"
    )


def csv_link(table: Table, words: str = "Data as CSV") -> str:
    """Return a link that holds the whole table as a file, inside the page."""
    data = quote(table_text(table), safe="")
    name = re.sub(r"[^A-Za-z0-9_-]", "_", table.name)
    return (
        f'<p class="data"><a download="{name}.csv" '
        f'href="data:text/csv;charset=utf-8,{data}">{escaped(words)}</a></p>'
    )


def figure_part(figure: Figure) -> str:
    """Return a figure: finding, picture, note of assumptions, table twin and data link."""
    drawn = figure.to_svg().replace(' xmlns="http://www.w3.org/2000/svg"', "", 1)
    aside = (
        f'<div class="aside"><p><strong>How to read it.</strong> {escaped(figure.note)}</p>'
        f"{details('The same as a table', table_part(figure.table))}{csv_link(figure.table)}"
        f'<p class="data"><a href="#{figure.name}">Link to this figure</a></p></div>'
    )
    return (
        f'<figure id="{figure.name}"><figcaption>{escaped(figure.title)}</figcaption>\n'
        f"{drawn}\n{aside}</figure>"
    )


def _places(table: Table, keep: Sequence[str]) -> list[int]:
    if not keep:
        return list(range(len(table.columns)))
    names = [column.name for column in table.columns]
    return [names.index(name) for name in keep]


def _head(column: Column) -> str:
    unit = "%" if column.unit == "share" else column.unit
    text = f"{column.name} ({unit})" if unit else column.name
    look = ' class="n"' if column.kind == "number" else ""
    return f'<th scope="col"{look}>{escaped(text)}</th>'


def _row(values: Sequence[Any], columns: Sequence[Column]) -> str:
    cells = []
    for place, (value, column) in enumerate(zip(values, columns, strict=True)):
        if place == 0 and column.kind == "text":
            cells.append(f'<th scope="row">{escaped(value)}</th>')
        else:
            cells.append(_cell(value, column))
    return "".join(cells)


def _cell(value: Any, column: Column) -> str:
    """Return one cell: numbers rounded and right-aligned, losses marked, missing said as such."""
    if column.kind == "text":
        look = ' class="words"' if len(value) > LONG_TEXT else ""
        return f"<td{look}>{escaped(value)}</td>"
    if value is None:
        return f'<td class="n missing">{MISSING}</td>'
    if column.unit.endswith("/yr") and column.unit.startswith("M ") and abs(value) < DUST:
        value = 0.0
    signed = column.name.startswith("gain") or column.name.startswith("difference")
    if column.unit == "share":
        text = percent(value, 3, signed).removesuffix(" %")
    else:
        text = number(value, 4, signed)
    look = "n loss" if signed and text.startswith("\u2212") else "n"
    return f'<td class="{look}">{escaped(text)}</td>'
