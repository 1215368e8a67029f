"""The generated parts of the pages on region files and units are up to date."""

from __future__ import annotations

from pathlib import Path

import pytest

from workshare.region.dictionary import data_tables, entries
from workshare.region.documentation import PAGES, main, parts_of, refreshed
from workshare.units import symbols

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("page", PAGES)
def test_the_page_is_up_to_date(page: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    assert parts_of(text)
    assert text == refreshed(text), "run: python -m workshare.region.documentation docs"


def test_every_field_and_symbol_is_on_its_page() -> None:
    text = (DOCS / "region-files.md").read_text(encoding="utf-8")
    for entry in entries():
        if entry.kind != "table" and entry.type != "field":
            assert f"`{entry.name}`" in text
            assert entry.meaning in text
    for schema in data_tables():
        assert f"### {schema.name}\n" in text
    units = (DOCS / "units.md").read_text(encoding="utf-8")
    for row in symbols():
        assert f"| `{row.symbol}` |" in units


def test_pages_are_refreshed_in_place(tmp_path: Path) -> None:
    for page in PAGES:
        (tmp_path / page).write_text("<!-- generated: units -->\nold\n<!-- end -->\nkept\n")
    main(str(tmp_path))
    text = (tmp_path / PAGES[0]).read_text(encoding="utf-8")
    assert "old" not in text
    assert "| `kt` | mass | 1e3 |" in text
    assert text.endswith("<!-- end -->\nkept\n")
