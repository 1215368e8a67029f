"""A study that takes no time, so that the command line is tested without an engine."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import typer.testing

from workshare.cli.main import app

REGION = {
    "title": "Two islands",
    "disclaimer": "Made up.",
    "participants": [{"id": "A", "name": "A"}],
}


LINES = ("Two islands", "Proven best.", "  Least cost: value 100.", "And 1 more scenario.")


def result_with(**changes: Any) -> dict[str, Any]:
    """Return a small result of the main study, with some keys changed."""
    uncoordinated = {"name": "uncoordinated", "title": "Uncoordinated", "value": 80.0, "jobs": 10.0}
    scenario = {
        "name": "least_cost",
        "title": "Least cost",
        "value": 100.0,
        "jobs": 12.0,
        "emissions": None,
        "losers": ["B"],
    }
    return {
        "status": "certified",
        "unit": "M USD/yr",
        "value": 100.0,
        "bound": 100.1,
        "gap": 0.001,
        "region": REGION,
        "price_of_non_coordination": {"value": 20.0, "share_of_gdp": 0.01},
        "outcomes": {"uncoordinated": uncoordinated},
        "scenarios": [scenario],
    } | changes


@dataclass
class Study:
    proof: dict[str, Any] = field(default_factory=dict, init=False)
    """Stands in for the engine: what it answers, and what it was asked."""

    answer: Callable[[], dict[str, Any]] = result_with
    asked: dict[str, Any] = field(default_factory=dict)
    stopped_at: str = ""

    def coordinate(self, region: object, **options: Any) -> Study:
        """Answer at once; keep the options."""
        self.asked = {"region": region, **options}
        if options["progress"] is not None:
            options["progress"]("prices", 0.5, "round 3")
        self.result = self.answer()
        return self

    def to_dict(self) -> dict[str, Any]:
        """Return the answer."""
        return self.result


@pytest.fixture
def study(monkeypatch: pytest.MonkeyPatch) -> Study:
    """Put a quick study in the place of reading, computing and reporting."""
    stand_in = Study()

    def write_report(
        result: dict[str, Any], folder: Path, formats: Any, progress: Callable[[str], None]
    ) -> dict[str, Path]:
        for name in formats:
            progress(name)
            if name == stand_in.stopped_at:
                raise KeyboardInterrupt
        (folder / "report.html").write_text("<html>")
        return {"html": folder / "report.html"}

    def put(module: str, name: str, function: object) -> None:
        monkeypatch.setattr(importlib.import_module(module), name, function)

    put("workshare.region", "read_region", lambda name, demand: (name, demand))
    put("workshare.studies.coordinate", "coordinate", stand_in.coordinate)
    put("workshare.reports", "write_report", write_report)
    put("workshare.region", "case_names", lambda: ("islands", "lithium"))
    put("workshare.reports", "summary_lines", lambda result: list(LINES))
    put("workshare.reports.result_json", "result_text", json.dumps)
    return stand_in


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Any]:
    """Give a function that runs ``workshare`` with arguments in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("WORKSHARE_DEBUG", raising=False)
    runner = typer.testing.CliRunner()
    return lambda *arguments: runner.invoke(app, [str(item) for item in arguments])
