"""``new``, ``check`` and ``convert`` on the command line: what they print and how they end."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from workshare.cli.main import app


def run(*words: object, code: int = 0) -> str:
    """Run a command, check its exit code, and return what it printed on both streams."""
    outcome = CliRunner().invoke(app, [str(word) for word in words])
    assert outcome.exit_code == code, outcome.output
    assert "Traceback" not in outcome.output
    return outcome.output


def test_new_then_check_then_convert(tmp_path) -> None:
    mine = tmp_path / "mine"
    assert "README.txt" in run("new", mine)
    assert "no faults" in run("check", mine)
    assert "2 participants" in run("check", mine / "region.xlsx")
    run("convert", mine, tmp_path / "out.xlsx")
    run("convert", tmp_path / "out.xlsx", tmp_path / "back")
    assert "no faults" in run("check", tmp_path / "back")


def test_new_refuses_a_folder_that_is_not_empty(tmp_path) -> None:
    (tmp_path / "a").write_text("a")
    assert "--force" in run("new", tmp_path, code=2)
    run("new", tmp_path, "--force")


def test_check_prints_place_value_rule_and_cure(folder) -> None:
    folder.set("plants", 2, "value", "-8")
    folder.set("freight", 2, "value", "3,5")
    text = run("check", folder.path, code=1)
    assert "plants.csv row 2 column value" in text
    assert "(received: -8 kt/year)" in text
    assert "rule: must be > 0" in text
    assert "cure: Check the sign." in text
    assert "cure: Write 3.5." in text
    assert "2 faults." in text


def test_check_prints_the_same_as_json(folder) -> None:
    place = folder.set("plants", 2, "value", "-8")
    report = json.loads(run("check", folder.path, "--json", code=1))
    assert report["valid"] is False
    (fault,) = report["faults"]
    assert fault["place"] == place
    assert set(fault) == {"place", "subject", "value", "rule", "cure"}
    folder.set("plants", 2, "value", "8")
    assert json.loads(run("check", folder.path, "--json"))["valid"] is True


def test_texts_of_the_user_are_shown_as_they_are(folder) -> None:
    folder.set("plants", 2, "value", "[red]\x1b[31m")
    assert "(received: [red]\\x1b[31m kt/year)" in run("check", folder.path, code=1)


@pytest.mark.parametrize("words", [("check",), ("new",), ("convert", "a")])
def test_wrong_use_ends_with_2(words) -> None:
    run(*words, code=2)


@pytest.mark.parametrize("words", [("check",), ("coordinate",), ("convert", "out.xlsx")])
def test_an_unknown_region_is_the_same_wrong_use_everywhere(words, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    told = run(words[0], "atlantis", *words[1:], code=2)
    assert "no such folder, workbook or embedded case: 'atlantis'" in told
    assert "Embedded cases: islands, lithium" in told


def test_check_of_an_embedded_case() -> None:
    assert "no faults" in run("check", "islands")


def test_convert_replaces_only_on_demand(folder, tmp_path) -> None:
    run("convert", folder.path, tmp_path / "out.xlsx")
    assert "exists already" in run("convert", folder.path, tmp_path / "out.xlsx", code=2)
    run("convert", folder.path, tmp_path / "out.xlsx", "--force")


def test_convert_refuses_faults(folder, tmp_path) -> None:
    folder.set("plants", 2, "value", "-8")
    assert "plants.csv row 2" in run("convert", folder.path, tmp_path / "out.xlsx", code=1)
