"""Tidy CSV: one file per table, UTF-8, comma, decimal point, CRLF as RFC 4180 has it.

Text that a spreadsheet would run as a formula (it starts with ``=``, ``+``, ``-`` or ``@``, or with
a tab or a line end) is written with an apostrophe in front. Numbers are written in full precision;
a missing number is an empty cell, never 0.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from workshare.reports.tables import Table, tables

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""How a text begins that a spreadsheet would take for a formula."""


def table_text(table: Table) -> str:
    """Return a table as CSV text."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([safe_text(column.header) for column in table.columns])
    for row in table.rows:
        writer.writerow([_cell(value) for value in row])
    return buffer.getvalue()


def write_csv(
    result: Any, folder: str | Path, byte_order_mark: bool = False, more: Iterable[Table] = ()
) -> list[Path]:
    """Write every table of a result as ``NAME.csv`` in a folder and return the paths.

    Parameters
    ----------
    folder : made if it is not there.
    byte_order_mark : begin each file with the mark by which spreadsheets know UTF-8; programs may
        take it for part of the first column's name.
    more : further tables, such as those of the lenses.
    """
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    encoding = "utf-8-sig" if byte_order_mark else "utf-8"
    paths = []
    for table in (*tables(result).values(), *more):
        path = target / f"{table.name}.csv"
        path.write_text(table_text(table), encoding=encoding, newline="")
        paths.append(path)
    return paths


def safe_text(text: str) -> str:
    """Return text that no spreadsheet runs as a formula.

    Examples
    --------
    >>> safe_text("=1+1"), safe_text("Chile")
    ("'=1+1", 'Chile')
    """
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_STARTS) else text


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return safe_text(str(value))
