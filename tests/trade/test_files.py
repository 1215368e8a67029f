"""Economies in files: the embedded case, round trips, workbooks, faults, and its derivation."""

from __future__ import annotations

import runpy
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from trade.worlds import random_world
from workshare.errors import OptionError, TableError
from workshare.trade.equilibrium import solve_equilibrium
from workshare.trade.files import economy_cases, read_economy, write_economy

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data"


def test_the_embedded_economy_is_whole_and_says_where_it_comes_from() -> None:
    assert list(economy_cases()) == ["americas"]
    for entry in ("restricted", "free"):
        world = read_economy("americas", entry).economy
        assert len(world.countries) == 15 and len(world.industries) == 11
        assert len(world.sources) == 5
        assert np.all(world.trade_elasticity * world.scale_elasticity < 1)
        assert solve_equilibrium(world).status == "solved"


def test_what_is_written_is_read_back_the_same(tmp_path: Path) -> None:
    world = random_world(3, 2, balanced=False)
    read = read_economy(write_economy(world, tmp_path / "world")).economy
    assert read.countries == world.countries and read.industries == world.industries
    np.testing.assert_allclose(read.flows, world.flows, rtol=1e-14)
    np.testing.assert_allclose(read.tariffs, world.tariffs, rtol=1e-14)
    np.testing.assert_array_equal(read.trade_elasticity, world.trade_elasticity)


def test_a_workbook_says_the_same(tmp_path: Path) -> None:
    folder = write_economy(random_world(3, 2, balanced=False), tmp_path / "world")
    book = openpyxl.Workbook()
    for name in ("flows", "industries"):
        sheet = book.create_sheet(name)
        for line in (folder / f"{name}.csv").read_text().splitlines():
            sheet.append(line.split(","))
    sheet = book.create_sheet("economy")
    for row in (("key", "value"), ("name", "small"), ("prices", "border")):
        sheet.append(row)
    path = tmp_path / "world.xlsx"
    book.save(path)
    one, other = read_economy(folder).economy, read_economy(path).economy
    np.testing.assert_allclose(other.flows, one.flows)
    assert other.name == "small"


def test_faults_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "flows.csv").write_text(
        "exporter,importer,industry,value,tariff\nA,B,steel,ten,\nA,B,steel,10,-2\nB,A,cars,5,\n"
    )
    (tmp_path / "industries.csv").write_text(
        "industry,trade_elasticity,scale_elasticity\nsteel,0,0.1\n"
    )
    (tmp_path / "economy.toml").write_text('prices = "retail"\n')
    with pytest.raises(TableError) as told:
        read_economy(tmp_path)
    text = str(told.value)
    for words in (
        "flows.csv row 2: Column 'value': must be a number. Received: ten",
        "flows.csv row 3: Column 'tariff': must be between -0.999 and 100",
        "flows.csv row 3: exporter 'A', importer 'B', industry 'steel'",
        "industries.csv row 2: Column 'trade_elasticity': must be at least",
        "prices: must be one of border, buyer",
    ):
        assert words in text
    with pytest.raises(OptionError, match="embedded: americas"):
        read_economy("asia")


def test_the_script_derives_the_case_byte_for_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not (DATA / "trade_icio_cube").is_dir():
        pytest.skip("needs the public data")
    script = runpy.run_path(str(ROOT / "scripts" / "derive_economy.py"))
    shipped = script["TARGET"]
    script["main"].__globals__["TARGET"] = tmp_path / "americas"
    (tmp_path / "americas").mkdir()
    script["main"](DATA)
    for path in sorted(shipped.iterdir()):
        assert (tmp_path / "americas" / path.name).read_bytes() == path.read_bytes(), path.name
