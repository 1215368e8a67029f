"""``workshare trade calibrate``: what it writes is read back, what it lists is what was done."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from trade.test_official_tables import icio
from workshare.cli.main import app
from workshare.trade.files import read_economy

run = CliRunner()


@pytest.fixture
def elasticities(tmp_path: Path) -> Path:
    file = tmp_path / "elasticities.csv"
    file.write_text("industry,trade_elasticity,scale_elasticity\nA01,4,0.1\n*,5,0.15\n")
    return file


def test_an_official_table_becomes_an_economy(tmp_path: Path, elasticities: Path) -> None:
    out = tmp_path / "out"
    words = ["trade", "calibrate", str(icio(tmp_path)), "--layout", "icio"]
    told = run.invoke(app, [*words, "--elasticities", str(elasticities), "--out", str(out)])
    assert told.exit_code == 0, told.output
    again = read_economy(out / "economy").economy
    np.testing.assert_array_equal(again.flows[:, :, 0], [[43.0, 7.0], [4.0, 90.0]])
    record = json.loads((out / "result.json").read_text())
    assert [item["what"] for item in record["adjustments"]] == ["deficits carried"]
    assert (out / "csv" / "adjustments.csv").exists()


def test_closed_deficits_are_listed_and_gone(tmp_path: Path, elasticities: Path) -> None:
    words = ["trade", "calibrate", str(icio(tmp_path)), "--layout", "icio", "--close-deficits"]
    told = run.invoke(app, [*words, "--elasticities", str(elasticities), "--json", "--quiet"])
    assert told.exit_code == 0, told.output
    record = json.loads(told.stdout)
    assert [item["what"] for item in record["adjustments"]] == [
        "deficits carried",
        "deficits closed",
    ]
    assert all(row["deficit"] == 0 for row in record["countries"])
    for row in record["countries"]:
        assert row["exports"] == pytest.approx(row["imports"], rel=1e-8)


def test_faults_of_options_are_told_together(tmp_path: Path) -> None:
    told = run.invoke(app, ["trade", "calibrate", "x", "--layout", "icio", "--entry", "none"])
    assert told.exit_code != 0
    assert "--entry 'none'" in told.output
    assert "--elasticities is needed" in told.output
