"""The commands ``population build`` and ``population simulate``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from workshare.cli.main import app


def run(*words: object) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["population", *map(str, words)])
    return result.exit_code, result.stdout, result.stderr


def test_a_workforce_is_built_and_simulated(tmp_path: Path) -> None:
    table, report = tmp_path / "people.csv", tmp_path / "report"
    size = ("--regions", 2, "--occupations", 4, "--workers", 5000, "--informal", 0.2)
    code, stdout, stderr = run("build", "synthetic", table, *size)
    assert code == 0 and stdout.strip() == str(table)
    assert "5,000 people, 2 regions, 4 occupations" in stderr
    saved = tmp_path / "part.npz"
    asked = ("simulate", table, "--periods", 4, "--seats", 20, "--budget", 1e6)
    code, stdout, stderr = run(*asked, "--checkpoint", saved, "--out", report)
    assert code == 0, stderr
    assert "Unemployment goes from" in stderr and "Policy costs" in stderr
    assert {"report.html", "report.xlsx", "result.json"} <= {p.name for p in report.iterdir()}
    record = json.loads((report / "result.json").read_text())
    assert record["status"] == "exact" and record["periods"] == 4
    again = run(*asked[:3], 6, *asked[4:], "--checkpoint", saved, "--json", "--quiet")
    straight = run(*asked[:3], 6, *asked[4:], "--json", "--quiet")
    assert again[0] == 0 and again[1] == straight[1]


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("simulate", "lithium", "--mode", "dream"), 2, "mode is 'dream'"),
        (("simulate", "nowhere.csv"), 1, "is not there"),
        (("build", "nowhere.csv", "out.csv"), 1, "is not there"),
        (("build", "synthetic", "out.csv", "--workers", 3), 2, "a worker for every region"),
    ],
)
def test_bad_use_is_told_plainly(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[object, ...],
    code: int,
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    got, stdout, stderr = run(*words)
    assert got == code and message in stderr and not stdout
    assert "Traceback" not in stderr
