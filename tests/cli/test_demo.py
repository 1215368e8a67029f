"""``workshare demo`` is the main job on the embedded case."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any


def test_the_demo_runs_every_scenario_of_the_embedded_case(
    run: Callable[..., Any], study: Any, tmp_path: Path
) -> None:
    done = run("demo", "--out", "shown")
    assert done.exit_code == 0
    assert done.stdout == "shown/report.html\n"
    assert study.asked["region"] == ("lithium", None)
    assert study.asked["scenarios"] is None
    assert (tmp_path / "shown" / "report.html").exists()
