"""``workshare``: the list of commands. Nothing heavy is imported before a command runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

from workshare.cli import equilibria, population, study, trade
from workshare.cli.answer import answer
from workshare.cli.cases import cases
from workshare.cli.check import check
from workshare.cli.convert import convert
from workshare.cli.coordinate import coordinate
from workshare.cli.demo import demo
from workshare.cli.exits import guarded
from workshare.cli.new import new
from workshare.cli.report import report
from workshare.cli.units import units
from workshare.version import __version__

COMMANDS: dict[str, Callable[..., None]] = {
    "demo": demo,
    "new": new,
    "check": check,
    "convert": convert,
    "coordinate": coordinate,
    "report": report,
    "answer": answer,
    "cases": cases,
    "units": units,
}
"""Every command, in the order of the help; each is a function in a file of its name."""

GROUPS: dict[str, tuple[str, dict[str, Callable[..., None]]]] = {
    "population": (population.HELP, population.COMMANDS),
    "trade": (trade.HELP, trade.COMMANDS),
    "study": (study.HELP, study.COMMANDS),
    "equilibria": (equilibria.HELP, equilibria.COMMANDS),
}
"""Commands with a second word, by the first: what the group is for, and its commands by name.

A group's file in this package (``cli/trade.py``) gives ``HELP`` and ``COMMANDS``.
"""

app = typer.Typer(
    name="workshare",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(wanted: bool) -> None:
    """Print the version and stop, if it was asked for."""
    if wanted:
        typer.echo(f"workshare {__version__}")
        raise typer.Exit


@app.callback()
def workshare(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help="Show the version and stop."
        ),
    ] = False,
) -> None:
    """Certified divisions of labour for regional industrial policy.

    Start with `workshare demo`, or `workshare new DIR` for a region of your own.
    """


for _name, _command in COMMANDS.items():
    app.command(_name)(guarded(_command))

for _name, (_help, _commands) in GROUPS.items():
    _group = typer.Typer(name=_name, help=_help, no_args_is_help=True)
    for _second, _command in _commands.items():
        _group.command(_second)(guarded(_command))
    app.add_typer(_group)


def all_commands() -> dict[str, Callable[..., None]]:
    """Return every command by its words, those of groups as ``"trade solve"``."""
    grouped = {
        f"{name} {second}": command
        for name, (_, commands) in GROUPS.items()
        for second, command in commands.items()
    }
    return {**COMMANDS, **grouped}


def run() -> None:
    """Run the command line of this process."""
    app()
