"""Scenarios through other engines: asked for by name, kept on Ctrl-C, shown in the report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from workshare.errors import OptionError
from workshare.region import read_region
from workshare.reports import lenses as shown
from workshare.reports import write_report
from workshare.reports.findings import Findings
from workshare.reports.tables import make_table
from workshare.results import Status
from workshare.studies import lenses as module
from workshare.studies.coordinate import coordinate
from workshare.studies.result import CoordinationResult


@pytest.fixture(scope="module")
def islands() -> CoordinationResult:
    return coordinate(read_region("islands"), scenarios=["least_cost"])


def count(result: CoordinationResult) -> dict[str, Any]:
    """Return a record that only counts scenarios."""
    return {"status": "done", "claim": "counted", "scenarios": len(result.scenarios)}


def stop(result: CoordinationResult) -> dict[str, Any]:
    raise KeyboardInterrupt


def present(record: Any) -> Findings:
    table = make_table("count", "Scenarios", [("scenarios", "", "number")], [[record["scenarios"]]])
    return Findings("Counting", (f"{record['scenarios']} scenario.",), tables=(table,))


def test_no_lens_is_looked_through_unless_asked(islands: CoordinationResult) -> None:
    assert islands.to_dict()["lenses"] == {}


def test_an_unknown_lens_is_refused_before_the_work() -> None:
    with pytest.raises(OptionError, match="unknown lens 'telescope'"):
        coordinate(read_region("islands"), lenses=["telescope"])


def test_a_lens_is_kept_and_shown(
    islands: CoordinationResult, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(module, "LENSES", {"count": count})
    monkeypatch.setattr(shown, "PRESENTERS", {"count": present})
    seen = module.look(islands)
    assert seen.lenses == {"count": count(islands)}
    assert seen.status is islands.status
    paths = write_report(seen, tmp_path)
    page = paths["html"].read_text()
    assert 'id="lenses"' in page and "1 scenario." in page
    assert (paths["csv"] / "count_count.csv").is_file()
    assert 'id="lenses"' not in write_report(islands, tmp_path)["html"].read_text()


def test_an_interrupt_keeps_the_lenses_that_are_done(
    islands: CoordinationResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LENSES", {"count": count, "stop": stop, "again": count})
    seen = module.look(islands)
    assert list(seen.lenses) == ["count"]
    assert seen.status is Status.INTERRUPTED
