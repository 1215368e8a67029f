"""The generated parts of docs/region-files.md and docs/units.md, made from the data they describe.

A page holds pairs of marks ``<!-- generated: NAME -->`` and ``<!-- end -->``; what stands between
them is written by :func:`refreshed`. A test compares the pages with it, and
``python -m workshare.region.documentation docs`` brings them up to date.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from workshare.region.dictionary import (
    SETTINGS_TABLE,
    Entry,
    data_tables,
    entries,
    schemas,
    setting_entries,
)
from workshare.units import symbols

PAGES = ("region-files.md", "units.md")
"""The pages with generated parts."""

_PART = re.compile(r"(<!-- generated: ([\w ]+) -->\n).*?(<!-- end -->)", re.DOTALL)
_ENTRY_TITLES = ("Name", "Unit or choices", "Allowed", "If absent", "Required", "Meaning")


def refreshed(page: str) -> str:
    """Return the text of a page with every generated part up to date."""
    return _PART.sub(lambda found: found[1] + _part(found[2]) + found[3], page)


def parts_of(page: str) -> list[str]:
    """Return the names of the generated parts of a page."""
    return [found[2] for found in _PART.finditer(page)]


def _part(name: str) -> str:
    """Return one generated part, by its name."""
    makers: dict[str, Callable[[], str]] = {
        "list of tables": _list_of_tables,
        "figure columns": lambda: _entry_table(e for e in entries() if e.table == "figure"),
        "settings": lambda: _entry_table(setting_entries().values()),
        "tables": _tables,
        "units": lambda: _symbols(lambda kind: kind not in ("currency", "multiplier", "content")),
        "multipliers": lambda: _symbols(lambda kind: kind == "multiplier"),
        "contents": lambda: _symbols(lambda kind: kind == "content"),
        "currencies": lambda: _symbols(lambda kind: kind == "currency"),
    }
    return makers[name]()


def _list_of_tables() -> str:
    """Return one line for each table."""
    rows = []
    for schema in schemas().values():
        name = "region.toml" if schema.name == SETTINGS_TABLE else f"{schema.name}.csv"
        required = {"no": "may be absent", "yes": "yes", "one or more": "yes, with a row at least"}
        rows.append((f"`{name}`", required[schema.required], schema.meaning))
    return _markdown(("File", "Required", "Holds"), rows)


def _tables() -> str:
    """Return a section for each table: its columns, its figures."""
    sections = []
    for schema in data_tables():
        columns = ", ".join(f"`{entry.name}`" for entry in schema.columns)
        figures = list(schema.fields.values()) + ([schema.value] if schema.value else [])
        lines = [f"### {schema.name}", "", f"{schema.meaning}.", "", f"Columns: {columns}.", ""]
        own = [entry for entry in schema.own_columns if entry.type != "field"]
        lines.append(_entry_table([*own, *figures]))
        sections.append("\n".join(lines))
    return "\n" + "\n".join(sections)


def _entry_table(rows: Iterable[Entry]) -> str:
    """Return the table of some entries of the dictionary."""
    return _markdown(_ENTRY_TITLES, [_entry_row(entry) for entry in rows])


def _entry_row(entry: Entry) -> tuple[str, ...]:
    """Return the cells of one entry."""
    kind = f"`{entry.unit}`" if entry.unit else entry.type.replace("_", " ")
    if entry.type == "reference":
        kind = "a code of " + " or ".join(entry.options)
    elif entry.options:
        kind = ", ".join(f"`{option}`" for option in entry.options)
    absent = entry.default or ("" if entry.required != "no" else "blank")
    return (f"`{entry.name}`", kind, entry.allowed, absent, entry.required, entry.meaning)


def _symbols(wanted: Callable[[str], bool]) -> str:
    """Return the table of the symbols whose dimension is ``wanted``."""
    rows = [
        (f"`{row.symbol}`", row.dimension, row.factor, row.meaning)
        for row in symbols()
        if wanted(row.dimension)
    ]
    return _markdown(("Symbol", "Dimension", "Factor", "Meaning"), rows)


def _markdown(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = [titles, ["---"] * len(titles), *rows]
    texts = (" | ".join(cell.replace("|", "\\|") for cell in line) for line in lines)
    return "\n".join(f"| {text} |" for text in texts) + "\n"


def main(folder: str) -> None:
    """Bring the generated parts of the pages in ``folder`` up to date."""
    for name in PAGES:
        path = Path(folder) / name
        path.write_text(refreshed(path.read_text("utf-8")), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(sys.argv[1])
