"""``workshare equilibria find``: a file in, a level of proof out, faults told plainly."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from workshare.cli.main import app

TEXT = """
name = "two firms"
unknowns = ["x", "y"]
equations = ["x^2 + y^2 = r", "x * y = 2"]
[parameters]
r = 5
[bounds]
x = [0, 5]
y = [0, 5]
"""


def test_a_system_file_is_solved_and_written(tmp_path: Path) -> None:
    file = tmp_path / "firms.toml"
    file.write_text(TEXT)
    arguments = ["equilibria", "find", str(file), "--json", "--out", str(tmp_path / "out")]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0
    assert "PROVED: 2 equilibria; these are all." in done.stderr
    record = json.loads((tmp_path / "out" / "result.json").read_text())
    assert "PROVED" in json.dumps(record)
    assert "[2.0, 1.0]" in json.dumps(record).replace("1.9999999999999998", "2.0")
    assert (tmp_path / "out" / "report.html").exists()


def test_a_parameter_can_be_set(tmp_path: Path) -> None:
    file = tmp_path / "firms.toml"
    file.write_text(TEXT)
    done = CliRunner().invoke(app, ["equilibria", "find", str(file), "--set", "r=3"])
    assert "PROVED: there is no equilibrium." in done.stderr


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("unknowns = [", "is no toml"),
        ('unknowns = "x"\nspeed = 1', "key 'speed' is unknown"),
        ('unknowns = ["x"]\nequations = ["x"]\n[bounds]\nx = 3', "must be [lower, upper]"),
        ('unknowns = ["x"]\nequations = ["x + z"]', "unknown name 'z'"),
    ],
)
def test_faults_of_a_file_are_told(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "bad.toml"
    file.write_text(text)
    done = CliRunner().invoke(app, ["equilibria", "find", str(file)])
    assert done.exit_code == 2
    assert message in done.stderr
