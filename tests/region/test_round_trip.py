"""Any text and any number survive the way through a workbook, byte for byte."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workshare.region.cells import Problem, read_text
from workshare.region.folder import read_folder, write_folder
from workshare.region.starter import STARTER_FOLDER
from workshare.region.tables import Cell, FaultLog, Row, Source, Table, clean_text
from workshare.region.template import write_workbook
from workshare.region.workbook import read_workbook


def is_allowed(text: str) -> bool:
    """Tell whether a text is one that a region may hold (others are faults, never converted)."""
    return bool(text) and not isinstance(read_text(Cell(text, "")), Problem)


texts = st.one_of(
    st.text(min_size=1, max_size=30),
    st.sampled_from(["'quoted", '"', "a,b;c", "007", "<b>&amp;</b>", "TRUE", "1e5", "#N/A"]),
).map(clean_text)
numbers = st.floats(-1e15, 1e15, allow_nan=False).map(repr)
rows = st.lists(st.tuples(texts.filter(is_allowed), numbers), min_size=10, max_size=40)


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def source_with(pairs: list[tuple[str, str]]) -> Source:
    """Return the starter with ``pairs`` of name and figure in two of its tables."""
    source = read_folder(STARTER_FOLDER, FaultLog())
    plants = [
        Row("", {name: Cell(text, "") for name, text in cells.items()})
        for cells in (
            {
                "id": f"p{number}",
                "place": "STH-valley",
                "activity": "refine",
                "value": figure,
                "unit": "kt",
                "year": "2024",
                "source": text,
                "quality": "",
                "note": text,
            }
            for number, (text, figure) in enumerate(pairs)
        )
    ]
    people = [
        Row("", {"id": Cell(f"P{number}", ""), "name": Cell(text, "")})
        for number, (text, _) in enumerate(pairs)
    ]
    tables = {
        **source.tables,
        "plants": Table("plants", "", tuple(plants)),
        "participants": Table("participants", "", tuple(people)),
    }
    return Source("folder", "", tables)


@settings(max_examples=6, suppress_health_check=[HealthCheck.too_slow])
@given(rows)
def test_folder_to_workbook_to_folder_is_the_same_bytes(pairs: list[tuple[str, str]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        place, log = Path(name), FaultLog()
        source = source_with(pairs)
        write_folder(source, place / "first")
        write_workbook(read_folder(place / "first", log), place / "book.xlsx")
        write_folder(read_workbook(place / "book.xlsx", log), place / "second")
        assert not log.faults
        assert bytes_of(place / "second") == bytes_of(place / "first")


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(rows)
def test_a_folder_read_and_written_again_is_the_same_bytes(pairs: list[tuple[str, str]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        place, log = Path(name), FaultLog()
        write_folder(source_with(pairs), place / "first")
        write_folder(read_folder(place / "first", log), place / "second")
        assert not log.faults
        assert bytes_of(place / "second") == bytes_of(place / "first")
