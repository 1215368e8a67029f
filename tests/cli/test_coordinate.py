"""What goes to standard output, what to standard error, what is written, and the exit codes."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from workshare.errors import Fault, OptionError, RegionError
from workshare.parallel import cores


def test_standard_output_is_the_path_of_the_report(
    run: Callable[..., Any], study: Any, tmp_path: Path
) -> None:
    done = run("coordinate", "islands")
    assert done.exit_code == 0
    assert done.stdout == "workshare-report/report.html\n"
    assert (tmp_path / "workshare-report" / "report.html").exists()


def test_the_summary_has_findings_then_one_row_per_scenario(
    run: Callable[..., Any], study: Any
) -> None:
    told = [" ".join(line.split()) for line in run("coordinate", "islands").stderr.splitlines()]
    assert "Two islands" in told
    assert "Proven best." in told
    assert "Least cost: value 100." not in told
    assert "Divisions of labour, M USD/yr" in told
    assert "Market Region Gain Jobs kt CO2 Worse off than alone" in told
    assert "Uncoordinated – 80 – 10 – nobody" in told
    assert "Least cost – 100 20 12 – B" in told
    assert "html workshare-report/report.html" in told
    assert "prices: round 3" in told


def test_names_of_the_user_are_no_markup(run: Callable[..., Any], study: Any) -> None:
    title = "[red]Peru[/blue] :ox:"
    scenario = {"name": "minus_A", "title": title, "value": 1.0, "losers": ["[b]"]}
    study.answer = partial(study.answer, scenarios=[scenario])
    done = run("coordinate", "islands")
    assert done.exit_code == 0
    assert title in done.stderr
    assert "[b]" in done.stderr


def test_json_prints_the_result_alone_and_writes_nothing(
    run: Callable[..., Any], study: Any, tmp_path: Path
) -> None:
    done = run("coordinate", "islands", "--json", "--quiet")
    assert json.loads(done.stdout) == study.result
    assert done.stderr == ""
    assert list(tmp_path.iterdir()) == []


def test_json_with_a_folder_writes_too(run: Callable[..., Any], study: Any, tmp_path: Path) -> None:
    done = run("coordinate", "islands", "--json", "--out", "here/deep")
    assert json.loads(done.stdout) == study.result
    assert (tmp_path / "here" / "deep" / "report.html").exists()


def test_quiet_tells_nothing(run: Callable[..., Any], study: Any) -> None:
    assert run("coordinate", "islands", "--quiet").stderr == ""
    assert study.asked["progress"] is None


def test_options_reach_the_study(run: Callable[..., Any], study: Any) -> None:
    run(
        *("coordinate", "islands", "--scenario", "maximin", "--scenario", "minus_A"),
        *("--seed", 7, "--workers", 2, "--demand", "high"),
    )
    assert study.asked["region"] == ("islands", "high")
    assert study.asked["scenarios"] == ["maximin", "minus_A"]
    assert (study.asked["seed"], study.asked["workers"]) == (7, 2)


def test_without_options_the_study_has_its_defaults(run: Callable[..., Any], study: Any) -> None:
    run("coordinate", "islands")
    assert study.asked["workers"] == cores()
    assert study.asked["region"] == ("islands", None)
    assert study.asked["scenarios"] is None


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"status": "exact"}, 0),
        ({"status": "certified"}, 0),
        ({"status": "bounded"}, 3),
        ({"status": "interrupted"}, 4),
        ({"status": "interrupted", "scenarios": []}, 130),
    ],
)
def test_the_status_decides_the_exit_code(
    run: Callable[..., Any], study: Any, changes: dict[str, Any], code: int
) -> None:
    study.answer = partial(study.answer, **changes)
    assert run("coordinate", "islands", "--quiet").exit_code == code


def test_a_partial_result_is_written_and_told(
    run: Callable[..., Any], study: Any, tmp_path: Path
) -> None:
    partial_result = {"status": "interrupted", "bound": None, "gap": None, "outcomes": {}}
    study.answer = partial(study.answer, price_of_non_coordination=None, **partial_result)
    done = run("coordinate", "islands")
    assert done.exit_code == 4
    assert "Two islands" in done.stderr
    assert (tmp_path / "workshare-report" / "report.html").exists()


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (OptionError("scenario is 'best'; must be one of least_cost"), 2, "must be one of"),
        (RegionError([Fault("a.csv row 2", "x", "", "must be >= 0", "")]), 1, "a.csv row 2: x"),
        (OSError(28, "No space left on device"), 2, "Error: No space left on device"),
        (KeyboardInterrupt(), 130, "nothing was written"),
        (ZeroDivisionError("division by zero"), 70, "WORKSHARE_DEBUG=1"),
    ],
)
def test_failures_are_told_without_a_traceback(
    run: Callable[..., Any], study: Any, error: BaseException, code: int, message: str
) -> None:
    def fail() -> dict[str, Any]:
        raise error

    study.answer = fail
    done = run("coordinate", "islands", "--quiet")
    assert done.exit_code == code
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_debugging_shows_the_traceback(
    run: Callable[..., Any], study: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> dict[str, Any]:
        raise ZeroDivisionError

    study.answer = fail
    monkeypatch.setenv("WORKSHARE_DEBUG", "1")
    assert isinstance(run("coordinate", "islands", "--quiet").exception, ZeroDivisionError)


def test_a_folder_that_cannot_be_written_is_found_before_the_work(
    run: Callable[..., Any], study: Any, tmp_path: Path
) -> None:
    (tmp_path / "taken").write_text("a file stands here")
    done = run("coordinate", "islands", "--out", "taken/deep")
    assert done.exit_code == 2
    assert "taken" in done.stderr
    assert study.asked == {}


def test_a_folder_made_for_nothing_is_removed(
    run: Callable[..., Any], study: Any, tmp_path: Path
) -> None:
    def fail() -> dict[str, Any]:
        raise OptionError("no")

    study.answer = fail
    run("coordinate", "islands", "--out", "fresh")
    (tmp_path / "kept").mkdir()
    run("coordinate", "islands", "--out", "kept")
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


@pytest.mark.parametrize(
    ("stopped_at", "code", "message"),
    [("json", 130, "nothing was written"), ("html", 4, "complete there: json.")],
)
def test_ctrl_c_while_writing_tells_what_is_complete(
    run: Callable[..., Any], study: Any, stopped_at: str, code: int, message: str
) -> None:
    study.stopped_at = stopped_at
    done = run("coordinate", "islands")
    assert done.exit_code == code
    assert message in done.stderr


def test_an_unknown_region_is_wrong_usage(run: Callable[..., Any]) -> None:
    done = run("coordinate", "atlantis")
    assert done.exit_code == 2
    assert "'atlantis'. Embedded cases: islands, lithium." in done.stderr


@pytest.mark.parametrize(
    "arguments", [("--workers", "0"), ("--seed", "x"), ("--unknown",), ("one", "too many")]
)
def test_wrong_usage_is_two(run: Callable[..., Any], arguments: tuple[str, ...]) -> None:
    assert run("coordinate", "islands", *arguments).exit_code == 2
