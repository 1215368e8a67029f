"""The commands of ``workshare trade``: answers, files, exit codes and faults in plain words."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from trade.worlds import random_world
from workshare.cli.main import app
from workshare.trade.best_policy import best_policy
from workshare.trade.files import write_economy

run = CliRunner()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    world = random_world(3, 2, name="three")
    return write_economy(world, tmp_path_factory.mktemp("trade") / "three")


def test_optimal_writes_everything_and_agrees_with_the_engine(folder: Path, tmp_path: Path) -> None:
    told = run.invoke(
        app,
        ["trade", "optimal", str(folder), "--member", "C1", "--draws", "3", "--out", str(tmp_path)],
    )
    assert told.exit_code == 0, told.output
    assert (tmp_path / "report.html").exists()
    assert (tmp_path / "report.xlsx").exists()
    record = json.loads((tmp_path / "result.json").read_text())
    assert record["status"] == "stationary"
    welfare = record["tables"]["welfare"]
    gain = welfare["rows"][1][welfare["columns"].index("gain")]
    assert gain == pytest.approx(best_policy(random_world(3, 2), "C1").gain("C1"), abs=1e-9)
    assert {path.stem for path in (tmp_path / "csv").iterdir()} == {
        "welfare",
        "policy",
        "industries",
        "band",
        "certificate",
    }


def test_solve_takes_a_table_of_changes(folder: Path, tmp_path: Path) -> None:
    table = tmp_path / "changes.csv"
    table.write_text("instrument,exporter,importer,industry,value\ntariff,*,C0,*,0.3\n")
    told = run.invoke(
        app, ["trade", "solve", str(folder), "--changes", str(table), "--draws", "0", "--json"]
    )
    assert told.exit_code == 0, told.output
    record = json.loads(told.stdout)
    assert record["status"] == "solved"
    assert all(row[3] == "yes" for row in record["tables"]["certificate"]["rows"])


@pytest.mark.parametrize("kind", ["subsidies", "shallow", "deep", "joint"])
def test_cooperate_compares_with_acting_alone(folder: Path, kind: str) -> None:
    words = ["trade", "cooperate", str(folder), "--kind", kind, "--draws", "0", "--json"]
    told = run.invoke(app, [*words, "--member", "C0", "--member", "C2"])
    assert told.exit_code == 0, told.output
    rows = json.loads(told.stdout)["tables"]["comparison"]["rows"]
    assert [row[0] for row in rows] == ["C0", "C2"]
    assert np.isfinite([row[1:] for row in rows]).all()


def test_contest(folder: Path) -> None:
    told = run.invoke(app, ["trade", "contest", str(folder), "--entry", "free", "--json"])
    assert told.exit_code == 0, told.output
    assert json.loads(told.stdout)["status"] == "local_equilibrium"


def test_faults_are_plain(folder: Path, tmp_path: Path) -> None:
    told = run.invoke(app, ["trade", "optimal", str(folder), "--member", "C9"])
    assert told.exit_code == 1
    assert "no such country" in told.output
    assert "Traceback" not in told.output
    told = run.invoke(app, ["trade", "optimal", str(folder)])
    assert told.exit_code == 2
    table = tmp_path / "changes.csv"
    table.write_text("instrument,exporter,industry,value\nproduction_subsidy,C0,k1,1.0\n")
    told = run.invoke(app, ["trade", "solve", str(folder), "--changes", str(table)])
    assert told.exit_code == 1
    assert "100 %" in told.output
    assert "country C0, industry k1" in told.output


def test_what_does_not_converge_has_its_own_exit_code(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workshare.trade.verify.TOLERANCE", -1.0)
    told = run.invoke(app, ["trade", "solve", str(folder), "--draws", "0"])
    assert told.exit_code == 3
    assert "Conditions that do not hold" not in told.stdout
