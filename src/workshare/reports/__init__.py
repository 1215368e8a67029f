"""Results to tables, figures, pages and files; nothing here solves anything.

Every function takes a result record (with ``to_dict``), the dictionary of ``result.json``, or what
:func:`read_result` returns.
"""

from __future__ import annotations

from workshare.reports.report import FORMATS, write_report
from workshare.reports.schema import read_result, validate
from workshare.reports.summary import summary_lines
from workshare.reports.tables import Table, frames, tables

__all__ = [
    "FORMATS",
    "Table",
    "frames",
    "read_result",
    "summary_lines",
    "tables",
    "validate",
    "write_report",
]
