"""The whole way, engine and report included, on the small embedded case."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


def without_timings(text: str) -> dict[str, Any]:
    """Return a result as read from its text, without its timings."""
    result: dict[str, Any] = json.loads(text)
    del result["timings"]
    return result


def test_files_and_json_hold_the_same_result(run: Callable[..., Any], tmp_path: Path) -> None:
    done = run("coordinate", "islands", "--scenario", "least_cost", "--json", "--out", "shown")
    assert done.exit_code == 0
    written = (tmp_path / "shown" / "result.json").read_text(encoding="utf-8")
    assert written == done.stdout
    result = json.loads(written)
    assert result["status"] == "exact"
    assert result["bound"] >= result["value"]
    assert [scenario["name"] for scenario in result["scenarios"]] == ["least_cost"]
    assert {path.name for path in (tmp_path / "shown").iterdir()} == {
        *("result.json", "report.html", "report.xlsx", "csv", "certificate.json"),
    }


def test_the_certificate_written_adds_up(run: Callable[..., Any], tmp_path: Path) -> None:
    run("coordinate", "islands", "--scenario", "least_cost", "--out", "shown")
    checker = Path(__file__).parents[2] / "contrib" / "check_certificate.py"
    words = [sys.executable, str(checker), str(tmp_path / "shown" / "certificate.json")]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "exact: value and bound add up" in done.stdout


@pytest.mark.slow
def test_the_answer_does_not_depend_on_the_number_of_workers(run: Callable[..., Any]) -> None:
    common = ("coordinate", "islands", "--json", "--quiet", "--seed", "5")
    one, two = run(*common), run(*common, "--workers", "2")
    assert without_timings(one.stdout) == without_timings(two.stdout)


def test_a_saved_result_is_reported_again(run: Callable[..., Any], tmp_path: Path) -> None:
    run("coordinate", "islands", "--scenario", "least_cost", "--out", "shown")
    first = (tmp_path / "shown" / "report.html").read_bytes()
    done = run("report", "shown", "--out", "again", "--quiet")
    assert done.exit_code == 0
    assert "again/report.html" in done.stdout
    assert (tmp_path / "again" / "report.html").read_bytes() == first
