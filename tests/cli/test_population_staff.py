"""The command ``population staff``: real answers, files, and bad input without a traceback."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from workshare.cli.main import app

POOL = "occupation,unemployed,employed,wage,seats\nwelder,100,2000,9000,\noperator,5,0,12000,40\n"
MOVES = "origin,target,months,cost\nwelder,operator,6,5000\n"
POSTS = "specialisation,occupation,workers\ncells,operator,1\ncells,welder,0.2\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in (("pool", POOL), ("moves", MOVES), ("posts", POSTS)):
        (tmp_path / f"{name}.csv").write_text(text)
    return tmp_path


def run(*words: object) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["population", "staff", *map(str, words)])
    return result.exit_code, result.stdout, result.stderr


def test_it_answers_and_writes(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "report"
    code, stdout, stderr = run(folder, "--scale", 60, "--months", 12, "--out", out)
    assert code == 0
    assert "cells at scale 60 can be staffed in 12 months" in stderr
    assert "The bottleneck is operator" in stderr
    assert stdout.strip() == str(out / "report.html")
    assert {path.name for path in out.iterdir()} == {
        "report.html",
        "report.xlsx",
        "result.json",
        "csv",
    }


def test_json_is_the_record_and_nothing_else(folder: Path) -> None:
    code, stdout, stderr = run(folder, "--scale", 500, "--json", "--quiet")
    assert (code, stderr) == (0, "")
    record = json.loads(stdout)
    assert record["answer"]["status"] == "short_of_people"
    assert record["answer"]["unfilled"]["operator"] > 0
    assert record["frontier"]["scales"][0] == 0.0


def test_bad_input_is_told_in_plain_words(folder: Path) -> None:
    code, _, stderr = run(folder, "--specialisation", "ships")
    assert code == 2
    assert "'ships' is not in posts; it has cells" in stderr
    (folder / "pool.csv").write_text(POOL.replace("2000", "two thousand"))
    code, _, stderr = run(folder)
    assert code == 1
    assert "pool.csv row 2: Column 'employed': must be a number. Received: two thousand" in stderr
    code, _, stderr = run(folder / "nowhere")
    assert code == 1
    assert "is not there" in stderr and "Traceback" not in stderr
