"""Exit codes of every command, and how a failure is told: in plain words, never a traceback.

This file owns the seam between the package's errors and the shell. A command is wrapped once, when
it is registered; inside it, errors are simply raised.
"""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable
from typing import Any

import typer

OK = 0
FAULTS = 1
USAGE = 2
NOT_CERTIFIED = 3
PARTIAL = 4
INTERNAL = 70
INTERRUPTED = 130

MEANINGS = {
    OK: "done",
    FAULTS: "the input has faults; each one is listed with its place, rule and cure",
    USAGE: "the command was used wrongly: unknown option, region or scenario, or a folder that "
    "cannot be written",
    NOT_CERTIFIED: "finished, but the proven gap is wider than the tolerance (status bounded); "
    "the result is written",
    PARTIAL: "interrupted; what had been computed is written",
    INTERNAL: "an error of the program itself",
    INTERRUPTED: "interrupted before anything had been computed",
}
"""Meaning of every exit code; the table in docs/command-line.md is compared with it by a test."""


def guarded(command: Callable[..., None]) -> Callable[..., None]:
    """Return ``command`` with every error turned into a plain message and its exit code.

    Set ``WORKSHARE_DEBUG=1`` in the environment to see tracebacks instead.
    """

    @functools.wraps(command)
    def run_command(*arguments: Any, **options: Any) -> None:
        try:
            command(*arguments, **options)
        except KeyboardInterrupt:
            tell("Interrupted; nothing was written.")
            raise typer.Exit(INTERRUPTED) from None
        except BrokenPipeError:
            # the reader of our output went away, as in `workshare ... | head`: not an error
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except Exception as error:
            code = _explain(error)
            if code is None or os.environ.get("WORKSHARE_DEBUG"):
                raise
            raise typer.Exit(code) from None

    return run_command


def tell(text: str) -> None:
    """Write one message to standard error."""
    typer.echo(text, err=True)


def _explain(error: Exception) -> int | None:
    """Tell what happened and return its exit code; None for errors of the command library."""
    from workshare.errors import OptionError, WorkshareError

    if isinstance(error, OptionError):
        tell(f"Error: {error}")
        return USAGE
    if isinstance(error, WorkshareError):
        tell(str(error))
        return FAULTS
    if isinstance(error, typer.Exit | typer.Abort | typer.BadParameter):
        return None
    if isinstance(error, OSError) and error.errno is not None:
        where = "" if error.filename is None else f"{error.filename}: "
        tell(f"Error: {where}{error.strerror or error}")
        return USAGE
    tell(f"Internal error: {type(error).__name__}: {error}")
    tell(
        "This is a fault of the program. Please report it with the command and the output of "
        "the same command under WORKSHARE_DEBUG=1."
    )
    return INTERNAL
