"""Findings as a page, a workbook, tables, pictures and JSON."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest

from workshare.errors import OptionError
from workshare.reports.figures.figure import Figure
from workshare.reports.figures.style import WIDTH, field
from workshare.reports.findings import FORMATS, Findings, findings_html, write_findings
from workshare.reports.tables import make_table

TABLE = make_table(
    "welfare",
    "Welfare by country",
    [("country", "", "text"), ("welfare change", "share", "number")],
    [("<A>", 0.0123), ("=B", None)],
)
PICTURE = Figure(
    name="welfare",
    title="<A> gains 1.2 %",
    alternative_text="Bars.",
    note="Nothing is assumed.",
    table=TABLE,
    specification={
        "width": WIDTH,
        "height": 60,
        "data": {"values": [{"country": "A", "change": 0.0123}]},
        "mark": "bar",
        "encoding": {"x": field("change"), "y": field("country", "nominal")},
    },
)
FOUND = Findings(
    title="A & B",
    sentences=("<A> gains.", "B is not known."),
    figures=(PICTURE,),
    tables=(TABLE,),
    notes=("One step of Newton.",),
    record={"welfare": [0.0123, float("nan")], "seed": 0},
)


def test_every_format_is_written(tmp_path: Path) -> None:
    told: list[str] = []
    paths = write_findings(FOUND, tmp_path, FORMATS, told.append)
    assert told == list(FORMATS) == list(paths)
    assert json.loads(paths["json"].read_text()) == {"welfare": [0.0123, None], "seed": 0}
    text = (paths["csv"] / "welfare.csv").read_text(encoding="utf-8-sig")
    assert text.splitlines() == ["country,welfare change (share)", "<A>,0.0123", "'=B,"]
    book = openpyxl.load_workbook(paths["xlsx"])
    assert book.sheetnames == ["read me", "welfare"]
    assert book["welfare"]["B2"].value == pytest.approx(0.0123)
    assert book["read me"]["A2"].value == "<A> gains."
    assert (paths["png"] / "welfare.png").read_bytes().startswith(b"\x89PNG")


def test_the_page_escapes_what_it_is_given_and_loads_nothing() -> None:
    page = findings_html(FOUND)
    assert "<A>" not in page and "&lt;A&gt; gains." in page
    assert "<title>A &amp; B</title>" in page
    assert "default-src 'none'" in page and "<script" not in page
    assert "not available" in page and "One step of Newton." in page


def test_equal_findings_give_equal_bytes() -> None:
    assert findings_html(FOUND) == findings_html(FOUND)


def test_findings_without_figures_or_tables_still_make_a_page(tmp_path: Path) -> None:
    paths = write_findings(Findings("Nothing", ()), tmp_path)
    assert "Nothing was found." in paths["html"].read_text()


def test_an_unknown_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match=r"'pdf'; allowed: json, html"):
        write_findings(FOUND, tmp_path, ["pdf"])
