"""Changes as a table: applied in order, every fault with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from trade.worlds import random_world
from workshare.errors import EconomyError, TableError
from workshare.trade.changes import read_changes


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
