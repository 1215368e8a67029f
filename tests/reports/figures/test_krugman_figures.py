"""The figures of Krugman (1980): their tables against the model, their files against the script."""

from __future__ import annotations

import runpy
from pathlib import Path

import numpy as np
import pytest

from workshare.reports.figures.krugman import balance_figure, home_market_figure
from workshare.trade.krugman import Technology

ROOT = Path(__file__).parents[3]
TECHNOLOGY = Technology(0.75)


def test_the_balance_falls_and_is_zero_where_it_is_marked() -> None:
    rows = balance_figure(TECHNOLOGY, (2.0, 1.0), 0.8).table.rows
    curve = [row for row in rows if row[0] == "curve"]
    assert (np.diff([row[2] for row in curve]) < 0).all()
    marked = next(row for row in rows if row[0] == "balance")
    zero = np.interp(0.0, [-row[2] for row in curve], [row[1] for row in curve])
    assert marked[1] == pytest.approx(zero, abs=1e-4)


def test_goods_are_more_than_in_proportion_and_one_sided_at_the_ends() -> None:
    rows = home_market_figure(TECHNOLOGY, 0.8).table.rows
    assert (rows[0][2], rows[-1][2]) == (0.0, 1.0)
    assert rows[-1][1] is None  # no ratio where one country makes all
    for market, _, goods, even in rows:
        assert (goods - even) * (market - 1.0) >= -1e-12


def test_pictures_of_the_page_are_what_the_script_draws(tmp_path: Path) -> None:
    draw = runpy.run_path(str(ROOT / "scripts" / "draw_krugman.py"))["draw"]
    for file in draw(tmp_path):
        kept = ROOT / "docs" / "images" / file.name
        assert file.read_bytes() == kept.read_bytes(), f"run scripts/draw_krugman.py: {file.name}"
