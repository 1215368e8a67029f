"""``workshare equilibria panel``: a table in, a report out, faults told plainly."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner

from workshare.cli.main import app
from workshare.studies.panel import SimulationOptions, simulate_panel, write_panel


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Path:
    panel, _ = simulate_panel(SimulationOptions(places=120, seed=3))
    return write_panel(panel, tmp_path_factory.mktemp("panel") / "places.csv")


def run(*arguments: str):  # type: ignore[no-untyped-def]
    return CliRunner().invoke(app, ["equilibria", "panel", *arguments, "--workers", "1"])


def test_a_table_becomes_a_report_and_the_same_again_from_kept_parts(
    places: Path, tmp_path: Path
) -> None:
    options = [str(places), "--attraction", "2", "--draws", "200"]
    kept = ["--resume", str(tmp_path / "kept")]
    done = run(*options, *kept, "--out", str(tmp_path / "out"), "--pictures")
    assert done.exit_code == 0, done.stderr
    assert "enumerate:" in done.stderr and "of this is coordination" in done.stderr
    record = json.loads((tmp_path / "out" / "result.json").read_text())
    assert record["status"] == "certified" and record["model"]["attraction"] == "2"
    assert len(record["places"]) == 120 and len(record["place_years"]) == 360
    page = (tmp_path / "out" / "report.html").read_text()
    assert "Types of the observed equilibria by year" in page and "In the spirit of Garg" in page
    pictures = {file.stem for file in (tmp_path / "out" / "figures").glob("*.png")}
    assert pictures == {"types", "split", "effects", "event-study"}
    assert list((tmp_path / "kept").glob("chunk-*.npz"))
    again = run(*options, *kept, "--quiet", "--json")
    assert again.stdout == (tmp_path / "out" / "result.json").read_text()


def test_elasticities_are_estimated_where_none_are_stated(places: Path) -> None:
    done = run(str(places), "--json", "--quiet", "--certify", "0", "--draws", "100")
    assert done.exit_code == 0
    estimate = json.loads(done.stdout)["estimate"]
    assert abs(estimate["attraction"] - 2) < 3 * estimate["attraction_error"]


def test_what_was_done_before_an_interrupt_is_written_and_kept(
    places: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from workshare.cli import progress

    @contextmanager
    def impatient(_quiet: bool = False) -> Iterator[Callable[[str, float, str], None]]:
        def stop(stage: str, done: float, _text: str) -> None:
            if stage == "enumerate" and done > 0:
                raise KeyboardInterrupt

        yield stop

    options = [str(places), "--attraction", "2", "--certify", "0", "--draws", "100"]
    options += ["--resume", str(tmp_path / "kept")]
    with monkeypatch.context() as patch:
        patch.setattr(progress, "progress_on_stderr", impatient)
        done = run(*options, "--out", str(tmp_path / "out"))
    assert done.exit_code == 4
    assert "Interrupted: 250 of 360 place-years were enumerated" in done.stderr
    assert json.loads((tmp_path / "out" / "result.json").read_text())["status"] == "interrupted"
    again = run(*options, "--json", "--quiet")
    assert again.exit_code == 0
    assert again.stdout == run(*options[:-2], "--json", "--quiet").stdout


def test_an_interrupt_before_anything_is_done_writes_nothing(
    places: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from workshare.studies.panel import enumeration

    def stop(_task: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(enumeration, "_chunk", stop)
    done = run(str(places), "--attraction", "2", "--out", str(tmp_path / "out"))
    assert done.exit_code == 130 and "nothing was written" in done.stderr
    assert not (tmp_path / "out").exists()


def test_one_sector_with_a_missing_year_and_no_event(tmp_path: Path) -> None:
    file = tmp_path / "places.csv"
    file.write_text("place,year,share_a\nA,1,0.02\nA,2,0.6\nB,1,0.03\nB,2,0.031\nC,1,0.4\n")
    done = run(str(file), "--attraction", "2", "--json")
    assert done.exit_code == 0, done.stderr
    record = json.loads(done.stdout)
    assert record["events"] is None and record["statistics"]["places_compared"] == 2
    assert [row["by_branch"] for row in record["places"]] == ["jump", "continuous"]
    assert record["places"][1]["coordination"] == [0.0, 0.0, 0.0]
    needs = run(str(file))
    assert needs.exit_code == 2 and "instrument_SECTOR" in needs.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--attraction", "two"], "--attraction 'two'; must be a fraction"),
        (["--attraction", "1/9"], "denominator of at most 4"),
        (["--attraction", "2", "--crowding", "estimate"], "needs an attraction that is estimated"),
        (["--attraction", "2", "--cross", "1"], "cross is 1.0"),
        (
            ["--attraction", "2", "--first", "1800"],
            "first is 1800; must be one of 1995, 2000, 2015",
        ),
        (["--attraction", "2", "--draws", "5"], "draws is 5; must be at least 100"),
        (["--attraction", "2", "--certify", "2"], "certify is 2.0"),
        (["--attraction", "2", "--backend", "magic"], "backend is 'magic'"),
    ],
)
def test_wrong_use_is_told(places: Path, arguments: list[str], words: str) -> None:
    done = run(str(places), *arguments)
    assert done.exit_code == 2 and words in done.stderr
    assert "Traceback" not in done.stderr


def test_faults_of_the_table_are_told(tmp_path: Path) -> None:
    file = tmp_path / "bad.csv"
    file.write_text("place,year,total,outcome_a\nA,2000,10,-1\nA,2000,10,2\nB,2000,10,x\n")
    done = run(str(file))
    assert done.exit_code == 1
    for words in ("must be at least 0", "stands already at", "must be a number"):
        assert words in done.stderr
    missing = run(str(tmp_path / "none.csv"))
    assert missing.exit_code == 1 and "is not there" in missing.stderr
