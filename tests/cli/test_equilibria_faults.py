"""Systems without sense at every command: a clear status or message, no hang, no traceback."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from workshare.cli.main import app

ONE = "[bounds]\nx = [{}]\n"
SYSTEMS = {
    "no root": 'unknowns = ["x"]\nequations = ["x^2 + 1"]\n' + ONE.format("-1, 1"),
    "no smooth root": 'unknowns = ["x"]\nequations = ["exp(x) + 1"]\n' + ONE.format("-1, 1"),
    "constant": 'unknowns = ["x"]\nequations = ["1/x"]\n' + ONE.format("-1, 1"),
    "circle": 'unknowns = ["x", "y"]\nequations = ["x^2 + y^2 - 1", "x*(x^2 + y^2 - 1)"]\n'
    "[bounds]\nx = [-2, 2]\ny = [-2, 2]\n",
    "smooth line": 'unknowns = ["x", "y"]\nequations = ["tanh(x - y)", "sin(x - y)"]\n'
    "[bounds]\nx = [-2, 2]\ny = [-2, 2]\n",
    "double root": 'unknowns = ["x"]\nequations = ["exp(x) - 1 - x"]\n' + ONE.format("-1, 1"),
    "slope without bound": 'unknowns = ["x"]\nequations = ["sqrt(x)"]\n' + ONE.format("0, 1"),
}
REFUSED = {
    "zero": ('unknowns = ["x"]\nequations = ["x - x"]\n' + ONE.format("-1, 1"), "is zero"),
    "bounds": ('unknowns = ["x"]\nequations = ["x"]\n' + ONE.format("2, -2"), "must be below"),
    "no number": ('unknowns = ["x"]\nequations = ["log(x)"]\n' + ONE.format("-2, -1"), "no value"),
    "too few": ('unknowns = ["x", "y"]\nequations = ["x"]\n', "must be as many"),
}
COMMANDS = {
    "find": ["find"],
    "classify": ["classify", "--samples", "20"],
    "push": ["push", "--durations", "1"],
    "weigh": ["weigh", "--durations", "1", "--worth", "x=1"],
}


def run(tmp_path: Path, text: str, words: list[str]) -> tuple[int, str, str]:
    """Return exit code, standard output and everything said."""
    file = tmp_path / "system.toml"
    file.write_text(text)
    done = CliRunner().invoke(app, ["equilibria", words[0], str(file), *words[1:], "--json"])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    assert "Traceback" not in done.output
    assert "RuntimeWarning" not in done.output
    return done.exit_code, done.stdout, done.output


@pytest.mark.parametrize("name", SYSTEMS)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_system_without_a_regular_root_ends_in_words(
    tmp_path: Path, command: str, name: str
) -> None:
    code, out, said = run(tmp_path, SYSTEMS[name], COMMANDS[command])
    if command in ("push", "weigh"):
        assert code == 2
        assert "No equilibrium was found" in said
        return
    assert code == 0
    if command == "classify":
        assert json.loads(out)["types"] == []
        proven = name in ("no root", "no smooth root", "constant")
        assert ("There is no equilibrium." if proven else "No equilibrium was found.") in said
        return
    found = json.loads(out)
    assert found["equilibria"] == []
    level, status = {
        "circle": ("SEARCHED", "not_isolated"),
        "smooth line": ("SEARCHED", "not_isolated"),
        "double root": ("SEARCHED", "unresolved"),
        "slope without bound": ("SEARCHED", "unresolved"),
    }.get(name, ("PROVED", "finished"))
    assert (found["completeness"], found["status"]) == (level, status)
    if name in ("smooth line", "double root"):
        assert {item["kind"] for item in found["candidates"]} == {"singular: not certified"}


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_system_with_faults_is_refused_with_the_fault(
    tmp_path: Path, command: str, name: str
) -> None:
    text, word = REFUSED[name]
    code, _, said = run(tmp_path, text, COMMANDS[command])
    assert code == 2
    assert word in said


def test_following_a_system_without_a_root_says_that_there_is_no_branch(tmp_path: Path) -> None:
    text = 'unknowns = ["x"]\nequations = ["x^2 + a"]\n[bounds]\nx = [-2, 2]\n[parameters]\na = 1\n'
    words = ["follow", "--parameter", "a", "--from", "1", "--to", "2"]
    code, out, said = run(tmp_path, text, words)
    assert code == 0
    assert json.loads(out)["branches"] == []
    assert "no equilibria throughout" in said
    # two equilibria appear on the way
    code, out, said = run(tmp_path, text, [*words[:4], "1", "--to", "-1"])
    assert code == 0
    assert "Fold at a = 0" in said


def test_states_that_run_away_are_no_sign_of_a_missing_equilibrium(tmp_path: Path) -> None:
    text = 'unknowns = ["x"]\nequations = ["log(x) + 1"]\n' + ONE.format("0.01, 1")
    code, out, _ = run(tmp_path, text, ["classify", "--samples", "40"])
    assert code == 0
    made = json.loads(out)
    assert made["alarm"] == ""
    assert made["samples"]["elsewhere"] == 0
    assert made["samples"]["undecided"] > 0
