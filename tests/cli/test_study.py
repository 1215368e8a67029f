"""``workshare study``: the command writes what the study found."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from workshare.cli.main import app


def test_vanishing_writes_page_tables_and_pictures(tmp_path: Path) -> None:
    options = [
        "--largest",
        "10",
        "--draws",
        "3",
        "--goods",
        "2",
        "--workers",
        "1",
        "--pictures",
        "--out",
    ]
    done = CliRunner().invoke(app, ["study", "vanishing", *options, str(tmp_path / "found")])
    assert done.exit_code == 0, done.output
    assert "never exceeded its bound" in done.stderr
    assert done.stdout.strip().endswith("report.html")
    folder = tmp_path / "found"
    rows = (folder / "csv" / "gaps.csv").read_text(encoding="utf-8-sig").splitlines()
    assert rows[0].startswith("family,participants,value (M/yr)")
    assert len(rows) == 1 + 3 * 3
    assert {path.name for path in (folder / "figures").iterdir()} == {"gap.png", "rounds.png"}
    record = json.loads((folder / "result.json").read_text())
    assert record["settings"]["largest"] == 10
    page = (folder / "report.html").read_text()
    assert "Shapley-Folkman bound" in page


def test_json_is_the_record_and_nothing_else() -> None:
    options = [
        "--largest",
        "10",
        "--draws",
        "2",
        "--goods",
        "2",
        "--workers",
        "1",
        "--json",
        "--quiet",
    ]
    done = CliRunner().invoke(app, ["study", "vanishing", *options])
    assert done.exit_code == 0, done.output
    assert not done.stderr
    assert json.loads(done.stdout)["status"] == "certified"


def test_what_is_not_allowed_is_wrong_use() -> None:
    done = CliRunner().invoke(app, ["study", "vanishing", "--largest", "3"])
    assert done.exit_code == 2
