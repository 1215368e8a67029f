from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from workshare.cli.main import app

RESULT: dict[str, Any] = {
    "schema": "workshare.result/1",
    "status": "bounded",
    "value": 10.0,
    "bound": 11.0,
    "gap": 0.1,
    "price_of_non_coordination": {
        "value": 1.0,
        "share_of_gdp": None,
        "by_participant": {"AAA": 1.0},
    },
    "scenarios": [{"name": "least_cost", "value": 10.0, "by_participant": {"AAA": 10.0}}],
}


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    file = tmp_path / "result.json"
    file.write_text(json.dumps(RESULT), encoding="utf-8")
    return file


def test_the_report_stands_beside_the_result_unless_told_otherwise(saved: Path) -> None:
    done = CliRunner().invoke(app, ["report", str(saved), "--format", "html"])
    assert done.exit_code == 0
    assert done.stdout.strip() == str(saved.parent / "report.html")
    assert "Not coordinating costs the region" in done.stderr


def test_a_folder_and_another_folder_to_write_into(saved: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = CliRunner().invoke(app, ["report", str(saved.parent), "--out", str(out), "--quiet"])
    assert done.exit_code == 0
    assert done.stderr == ""
    assert {path.name for path in out.iterdir()} == {"report.html", "report.xlsx", "csv"}


def test_a_damaged_result_is_told_plainly(saved: Path) -> None:
    saved.write_text('{"schema": "workshare.result/1", "sta', encoding="utf-8")
    done = CliRunner().invoke(app, ["report", str(saved)])
    assert done.exit_code == 1
    assert "truncated" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_format_is_a_wrong_use(saved: Path) -> None:
    done = CliRunner().invoke(app, ["report", str(saved), "--format", "pdf"])
    assert done.exit_code == 2
    assert "html, xlsx, csv, json, png" in done.stderr


def test_a_result_that_is_not_there_is_a_wrong_use(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["report", str(tmp_path / "nowhere")])
    assert done.exit_code == 2
    assert "no such file or folder" in done.stderr
