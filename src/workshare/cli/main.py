"""``workshare``: the list of commands. Nothing heavy is imported before a command runs."""

from __future__ import annotations

import importlib
import importlib.util
from typing import Annotated

import typer

from workshare.cli.exits import guarded
from workshare.version import __version__

COMMANDS = ("demo", "new", "check", "convert", "coordinate", "report", "cases", "units")
"""Every command, in the order of the help; each is the function of that name in its own file."""

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


def _register() -> None:
    """Add every command to the application."""
    for name in COMMANDS:
        if importlib.util.find_spec(f"workshare.cli.{name}") is None:
            continue
        module = importlib.import_module(f"workshare.cli.{name}")
        app.command(name)(guarded(getattr(module, name)))


_register()


def run() -> None:
    """Run the command line of this process."""
    app()
