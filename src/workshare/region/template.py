"""A region as one xlsx workbook: writing, with everything a person needs to fill it in.

Every table is one sheet with a header, a note on each column, drop-down choices and codes; a
first sheet explains units, allowed ranges and defaults. All of it follows the field dictionary.
Numbers are written with every digit a float has, so that nothing is lost on the way back.
"""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

from workshare.region.dictionary import SETTINGS_TABLE, Entry, Schema, data_tables, setting_entries
from workshare.region.tables import Row, Source, canonical_cell, canonical_number
from workshare.region.workbook import READ_ME_SHEET

_ROWS_WITH_CHOICES = 2_000
_FIXED_DATE = datetime.datetime(2000, 1, 1)
_READ_ME = (
    "This workbook is one region: who takes part, what can be made, moved, bought and used.",
    "One sheet is one table. Keep the names of sheets and columns; the order of rows is free.",
    "Each figure is a plain number with its unit, the year it is for and its source.",
    "Write the number as 1250.5: no thousands separator, no formula, no date, no hidden row.",
    "Zero is written 0. What is not known is left out as a whole row; it is never a blank cell.",
    "Leave the sheets you do not need with their header only.",
    "Then run: workshare check region.xlsx",
)


class _ExactNumber(float):
    """A float that formats itself with all its digits, whatever number of digits is asked."""

    def __format__(self, specification: str) -> str:
        return repr(float(self))


def write_workbook(source: Source, path: Path) -> None:
    """Write the tables of ``source`` to the workbook ``path``, replacing it.

    The bytes depend on the tables alone: the workbook carries a fixed date.
    """
    import xlsxwriter

    path.parent.mkdir(parents=True, exist_ok=True)
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(path, options) as workbook:
        workbook.set_properties({"created": _FIXED_DATE})
        formats = {
            "header": workbook.add_format({"bold": True, "bg_color": "#DDE6EE", "border": 1}),
            "title": workbook.add_format({"bold": True, "font_size": 14}),
            "wrap": workbook.add_format({"text_wrap": True, "valign": "top"}),
        }
        _write_read_me(workbook.add_worksheet(READ_ME_SHEET), formats)
        _write_settings(workbook.add_worksheet(SETTINGS_TABLE), source, formats)
        for schema in data_tables():
            table = source.tables.get(schema.name)
            rows = table.rows if table is not None else ()
            _write_table(workbook.add_worksheet(schema.name), schema, rows, formats)


def _write_read_me(sheet: Any, formats: dict[str, Any]) -> None:
    """Write the explanations, then one line for each column and field of the dictionary."""
    sheet.set_column(0, 1, 22)
    sheet.set_column(2, 5, 20)
    sheet.set_column(6, 6, 80)
    sheet.write_string(0, 0, "How to fill in this workbook", formats["title"])
    for number, line in enumerate(_READ_ME, start=1):
        sheet.write_string(number, 0, line)
    start = len(_READ_ME) + 2
    titles = ("sheet", "column or field", "unit", "allowed", "if absent", "required", "meaning")
    for column, title in enumerate(titles):
        sheet.write_string(start, column, title, formats["header"])
    number = start + 1
    for schema, entry in _explained():
        allowed = entry.allowed or ", ".join(entry.options)
        texts = (schema, entry.name, entry.unit, allowed, entry.default, entry.required)
        for column, text in enumerate((*texts, entry.meaning)):
            sheet.write_string(number, column, text, formats["wrap"] if column == 6 else None)
        number += 1


def _explained() -> list[tuple[str, Entry]]:
    """Return what the first sheet explains, with the sheet's name."""
    lines = [(SETTINGS_TABLE, entry) for entry in setting_entries().values()]
    for schema in data_tables():
        own = [entry for entry in schema.own_columns if entry.type != "field"]
        value = [schema.value] if schema.value is not None else []
        lines += [(schema.name, entry) for entry in (*own, *schema.fields.values(), *value)]
    return lines


def _write_settings(sheet: Any, source: Source, formats: dict[str, Any]) -> None:
    """Write the settings as rows of key, value and a note on each."""
    sheet.set_column(0, 0, 20)
    sheet.set_column(1, 1, 80)
    for column, title in enumerate(("key", "value")):
        sheet.write_string(0, column, title, formats["header"])
    given = {row.cells["key"].text: row.cells["value"].text for row in _setting_rows(source)}
    shown = [name for name in setting_entries() if name in given]
    for number, name in enumerate(shown, start=1):
        entry = setting_entries()[name]
        sheet.write_string(number, 0, name)
        sheet.write_comment(number, 0, _note(entry))
        _write_cell(sheet, number, 1, given[name], entry)


def _setting_rows(source: Source) -> tuple[Row, ...]:
    """Return the rows of the settings."""
    return source.tables[SETTINGS_TABLE].rows


def _write_table(
    sheet: Any, schema: Schema, rows: tuple[Row, ...], formats: dict[str, Any]
) -> None:
    """Write one table: header with notes, choices, rows."""
    sheet.freeze_panes(1, 0)
    for column, entry in enumerate(schema.columns):
        sheet.set_column(column, column, 36 if entry.name in ("name", "source", "note") else 18)
        sheet.write_string(0, column, entry.name, formats["header"])
        sheet.write_comment(0, column, _column_note(schema, entry), {"x_scale": 2, "y_scale": 2})
        validation = _choices(schema, entry)
        if validation is not None:
            sheet.data_validation(1, column, _ROWS_WITH_CHOICES, column, validation)
    for number, row in enumerate(rows, start=1):
        for column, entry in enumerate(schema.columns):
            text = canonical_cell(row, entry.name, entry.type)
            _write_cell(sheet, number, column, text, entry)


def _write_cell(sheet: Any, row: int, column: int, text: str, entry: Entry) -> None:
    """Write a number as a number with all its digits, everything else as text."""
    if not text:
        return
    if entry.type in ("number", "integer", "period") and _is_number(text):
        sheet.write_number(row, column, _ExactNumber(text))
    else:
        sheet.write_string(row, column, text)


def _is_number(text: str) -> bool:
    """Tell whether a canonical text is a number that reads back as the same text."""
    try:
        return canonical_number(repr(float(text))) == text
    except (ValueError, OverflowError):
        return False


def _note(entry: Entry) -> str:
    """Return what a person needs to know about one column or setting."""
    parts = [entry.meaning + "."]
    if entry.options and entry.type != "reference":
        parts.append(f"One of: {', '.join(entry.options)}.")
    if entry.type == "reference":
        parts.append(f"A code from: {', '.join(entry.options)}.")
    if entry.allowed:
        parts.append(f"Allowed: {entry.allowed}.")
    parts.append("Required." if entry.required == "yes" else "May be blank.")
    return "\n".join(parts)


def _column_note(schema: Schema, entry: Entry) -> str:
    """Return the note of a column; for ``field`` and ``value``, what each can be."""
    if entry.type == "field":
        return "\n".join(
            f"{field.name} [{field.unit}] {field.allowed}".rstrip()
            for field in schema.fields.values()
        )
    if entry.name == "value" and schema.value is not None:
        return f"{schema.value.meaning} [{schema.value.unit}] {schema.value.allowed}"
    return _note(entry)


def _choices(schema: Schema, entry: Entry) -> dict[str, Any] | None:
    """Return the drop-down list of a column: its choices, its fields, or the codes it may name."""
    texts: tuple[str, ...] = ()
    if entry.type == "field":
        texts = tuple(dict.fromkeys(name.split()[-1] for name in schema.fields))
    elif entry.type in ("choice", "yes_no"):
        texts = entry.options
    elif entry.type == "reference" and len(entry.options) == 1:
        source = f"={entry.options[0]}!$A$2:$A${_ROWS_WITH_CHOICES}"
        return {"validate": "list", "source": source}
    # a spreadsheet takes at most 255 characters of choices written out
    if not texts or len(",".join(texts)) > 255:
        return None
    return {"validate": "list", "source": list(texts)}
