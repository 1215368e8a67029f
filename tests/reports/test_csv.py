from __future__ import annotations

import csv

from workshare.reports.csv import table_text, write_csv
from workshare.reports.tables import make_table, tables


def read(path, encoding="utf-8"):
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.reader(file))


def test_every_table_comes_back_with_its_numbers(result, tmp_path):
    made = tables(result)
    paths = write_csv(result, tmp_path / "tables")
    assert [path.stem for path in paths] == list(made)
    for path in paths:
        table = made[path.stem]
        rows = read(path)
        assert rows[0] == [column.header for column in table.columns]
        for row, original in zip(rows[1:], table.rows, strict=True):
            for text, value, column in zip(row, original, table.columns, strict=True):
                if value is None:
                    assert text == ""
                elif column.kind == "number":
                    assert float(text) == value


def test_texts_that_would_run_as_formulas_are_escaped_and_numbers_are_not():
    columns = (("name", "", "text"), ("amount", "M", "number"))
    hostile = ["=cmd()", "+1", "-1", "@x", "\t=1", "  =1", "plain"]
    table = make_table("t", "t", columns, [(text, -2.5) for text in hostile])
    rows = list(csv.reader(table_text(table).splitlines()))[1:]
    assert [row[0][0] for row in rows[:6]] == ["'"] * 6
    assert rows[6] == ["plain", "-2.5"]
    assert {row[1] for row in rows} == {"-2.5"}


def test_the_byte_order_mark_is_a_choice(least, tmp_path):
    mark = b"\xef\xbb\xbf"
    assert not write_csv(least, tmp_path)[0].read_bytes().startswith(mark)
    assert write_csv(least, tmp_path, byte_order_mark=True)[0].read_bytes().startswith(mark)
