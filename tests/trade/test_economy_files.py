"""Economies and changes as tables: nothing is lost, every fault has its place."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from trade.worlds import random_world
from workshare.errors import EconomyError, TableError
from workshare.trade.economy import ARRAYS
from workshare.trade.economy_files import read_changes, read_economy, write_economy


def test_a_round_trip_loses_nothing(tmp_path: Path) -> None:
    world = random_world(
        3, 2, "free", balanced=False, markups=np.array([0.1, 0.2]), name='a "b"', sources=("x", "y")
    )
    back = read_economy(write_economy(world, tmp_path / "world"))
    for name in ARRAYS:
        assert np.array_equal(getattr(world, name), getattr(back, name)), name
    assert (back.countries, back.entry, back.name, back.sources) == (
        world.countries,
        "free",
        'a "b"',
        ("x", "y"),
    )


def test_faults_have_their_place(tmp_path: Path) -> None:
    folder = write_economy(random_world(2, 2), tmp_path)
    flows = (folder / "flows.csv").read_text().replace("C0,C1,k1", "C0,C1,kk", 1)
    (folder / "flows.csv").write_text(flows)
    with pytest.raises(TableError, match=r"flows.csv.*kk"):
        read_economy(folder)
    (folder / "economy.toml").write_text("name = ")
    with pytest.raises(TableError, match="valid TOML"):
        read_economy(folder)


def test_changes_apply_in_order_and_stars_leave_home_out(tmp_path: Path) -> None:
    world = random_world(3, 2)
    table = tmp_path / "changes.csv"
    table.write_text(
        "instrument,exporter,importer,industry,value\n"
        "tariff,*,C0,*,0.25\n"
        "tariff,C1,C0,k0,0.1\n"
        "production_subsidy,C2,,k1,0.2\n"
        "labour,C1,,,1.1\n"
    )
    policy, shock = read_changes(table, world)
    assert policy.tariffs[0, 0].max() == 0
    assert policy.tariffs[1, 0].tolist() == [0.1, 0.25]
    assert policy.tariffs[2, 1, 0] == world.tariffs[2, 1, 0]
    assert policy.production_subsidies[2].tolist() == [0, 0.2]
    assert shock.labour.tolist() == [1, 1.1, 1]


def test_faults_of_changes(tmp_path: Path) -> None:
    world = random_world(3, 2)
    table = tmp_path / "changes.csv"
    table.write_text("instrument,exporter,importer,industry,value\nquota,C9,,,1\n")
    with pytest.raises(TableError) as caught:
        read_changes(table, world)
    assert len(caught.value.faults) == 2
    table.write_text("instrument,exporter,value\nproduction_subsidy,C0,1.0\n")
    with pytest.raises(EconomyError, match="country C0, industry k0"):
        read_changes(table, world)
