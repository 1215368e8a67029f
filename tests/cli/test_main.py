"""The list of commands, help and version."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from workshare.cli.main import COMMANDS
from workshare.version import __version__


def test_help_names_every_command(run: Callable[..., Any]) -> None:
    text = run("--help").stdout
    assert [name for name in COMMANDS if not re.search(rf"^[│ ]*{name}\s", text, re.M)] == []


def test_no_command_shows_the_help(run: Callable[..., Any]) -> None:
    assert "coordinate" in run().output


def test_version(run: Callable[..., Any]) -> None:
    done = run("--version")
    assert (done.exit_code, done.stdout) == (0, f"workshare {__version__}\n")


def test_an_unknown_command_is_wrong_usage(run: Callable[..., Any]) -> None:
    assert run("divide").exit_code == 2


def test_the_module_is_the_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "workshare", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout == f"workshare {__version__}\n"


def test_a_reader_that_goes_away_is_no_error() -> None:
    code = (
        "from workshare.cli.main import run; import sys; sys.argv = ['workshare', 'units']; run()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert "Traceback" not in process.stderr.read()
    process.wait()
