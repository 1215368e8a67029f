"""``workshare equilibria classify``, ``follow`` and ``push``: the same numbers as the functions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from workshare.cli.main import app
from workshare.studies.models.big_push import big_push_conditions
from workshare.studies.models.core_periphery import break_point, sustain_point

RUN = CliRunner()


def told(*words: str) -> dict:
    """Return the JSON that a command prints."""
    done = RUN.invoke(app, ["equilibria", *words, "--json", "--quiet"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_classify_a_model_with_its_own_dynamic(tmp_path: Path) -> None:
    made = told("classify", "core-periphery", "--samples", "60", "--out", str(tmp_path))
    assert made["dynamic"]["at_once"] == ["wage_1", "wage_2"]
    assert [item["stability"] for item in made["types"]] == [
        "stable", "unstable", "stable", "unstable", "stable",
    ]  # fmt: skip
    assert made["complete"]
    assert made["alarm"] == ""
    assert sum(item["basin"][0] for item in made["types"]) == pytest.approx(1)
    page = (tmp_path / "report.html").read_text()
    assert "3 of 5 equilibria are stable under adjustment." in page
    assert (tmp_path / "csv" / "types.csv").exists()


def test_classify_expectations_needs_no_basins() -> None:
    made = told("classify", "history-expectations")
    assert [item["stability"] for item in made["types"]] == ["stable", "unstable", "stable"]
    assert made["samples"] is None


def test_classify_a_file(tmp_path: Path) -> None:
    file = tmp_path / "double.toml"
    file.write_text(
        'unknowns = ["x", "y"]\nequations = ["x - x^3", "-y"]\n[bounds]\nx = [-2, 2]\ny = [-1, 1]\n'
    )
    made = told("classify", str(file), "--samples", "50", "--out", str(tmp_path / "out"))
    assert [item["stability"] for item in made["types"]] == ["stable", "saddle", "stable"]


def test_follow_tells_where_things_happen(tmp_path: Path) -> None:
    words = ["--parameter", "trade_cost", "--from", "1.5", "--to", "2"]
    made = told("follow", "core-periphery", *words, "--out", str(tmp_path))
    turns = {turn["kind"]: turn["parameter"] for turn in made["turns"]}
    assert turns["branch"] == pytest.approx(break_point(), abs=1e-7)
    assert turns["bound"] == pytest.approx(sustain_point(), abs=1e-7)
    # at the corners everything below the sustain point is drawn as stable
    import csv

    with (tmp_path / "csv" / "branches.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    corner = [r for r in rows if float(r["share (as given)"]) == 0.0]
    below = [r for r in corner if float(r["trade_cost (as given)"]) < sustain_point() - 1e-6]
    assert below
    assert {r["stability"] for r in below} == {"stable"}


def test_follow_labels_a_change_and_says_that_labels_disagree(tmp_path: Path) -> None:
    words = ["--parameter", "private", "--from", "0", "--to", "0.205", "--set", "social=1.5"]
    made = told(
        "follow", "binary-choice", *words, "--before", "1", "--after", "1", "--out", str(tmp_path)
    )
    assert (made["change"]["by_path"], made["change"]["agree"]) == ("continuous", True)
    made = told(
        "follow", "binary-choice", "--parameter", "social", "--from", "1.5", "--to", "1.1",
        "--set", "private=0.01", "--before", "2", "--after", "3", "--out", str(tmp_path),
    )  # fmt: skip
    assert (made["change"]["by_path"], made["change"]["agree"]) == ("jump", False)
    assert "The labels disagree" in (tmp_path / "report.html").read_text()


def test_push_gives_support_duration_choice_and_risk(tmp_path: Path) -> None:
    made = told(
        "push", "big-push", "--durations", "1,4", "--most", "2", "--which",
        "--error", "0.01", "--samples", "3", "--out", str(tmp_path),
    )  # fmt: skip
    assert made["permanent"]["size"] == pytest.approx(-big_push_conditions().profit_alone)
    assert made["temporary"][0]["size"] > made["temporary"][1]["size"]
    assert made["choice"]["unknowns"] == ["modern"]
    assert [item["margin"] for item in made["risk"]] == [0.0, 0.1, 0.25, 0.5]
    assert {item["samples"] for item in made["risk"]} == {3}
    shares = [item["share"] for item in made["risk"]]
    assert shares == sorted(shares, reverse=True)  # the same draws: a larger push fails no more
    assert made["shortest"]["size"] == 2
    assert made["shortest"]["cost"] < min(item["cost"] for item in made["temporary"])


def test_weigh_tells_values_and_break_even_values(tmp_path: Path) -> None:
    made = told(
        "weigh", "big-push", "--durations", "4", "--most", "2", "--worth", "modern=0.25",
        "--term", "public_money=0.3", "--term", "creation=0.7", "--out", str(tmp_path),
    )  # fmt: skip
    by_name = {row["name"]: row for row in made["alternatives"]}
    push = by_name["push lasting 4"]
    assert made["best"] == "push lasting 4"
    assert push["net"] == pytest.approx(push["creation"] - 1.3 * push["support"])
    even = push["break_even"]["public_money"]
    assert push["creation"] == pytest.approx((1 + even) * push["support"])
    assert by_name["support without end"]["duration"] is None
    page = (tmp_path / "report.html").read_text()
    assert "breaks even at" in page
    assert (tmp_path / "csv" / "break_even.csv").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["classify", "nothing"], "no model of that name"),
        (["classify", "big-push", "--dynamic", "jerk"], "'jerk'"),
        (["follow", "big-push", "--parameter", "colour", "--from", "0", "--to", "1"], "'colour'"),
        (["follow", "big-push", "--parameter", "premium", "--from", "1", "--to", "1"], "differ"),
        (
            [
                "follow",
                "big-push",
                "--parameter",
                "premium",
                "--from",
                "0.4",
                "--to",
                "0.5",
                "--before",
                "1",
            ],
            "give the other one too",
        ),
        (["push", "big-push", "--start", "9"], "no equilibrium 9"),
        (["push", "big-push", "--durations", "soon"], "numbers with commas"),
        (["push", "big-push", "--start", "2"], "start is unstable"),
        (["push", "footloose-entrepreneur"], "nothing to push"),
        (["weigh", "big-push", "--worth", "modern"], "NAME=VALUE"),
        (["weigh", "big-push", "--worth", "gold=1"], "'gold'"),
        (["weigh", "big-push", "--worth", "modern=1", "--term", "luck=1"], "'luck'"),
        (["weigh", "big-push", "--worth", "modern=1", "--term", "waste=1"], "waste is 1"),
    ],
)
def test_wrong_use_is_told_without_a_traceback(words: list[str], said: str) -> None:
    done = RUN.invoke(app, ["equilibria", *words])
    assert done.exit_code == 2, done.output
    assert said in done.output
    assert "Traceback" not in done.output
