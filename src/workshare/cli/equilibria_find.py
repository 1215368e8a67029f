"""``workshare equilibria find``: the equilibria of a system, with their level of proof."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from workshare.cli.findings import Json, Out, Pictures, Quiet


def find(
    system: Annotated[
        Path,
        typer.Argument(help="System file (TOML or JSON): unknowns, equations, bounds, parameters."),
    ],
    method: Annotated[
        str, typer.Option(help="auto, homotopy, interval, monotone or search.")
    ] = "auto",
    set_parameter: Annotated[
        list[str] | None, typer.Option("--set", help="Another value: NAME=VALUE; may be repeated.")
    ] = None,
    starts: Annotated[int, typer.Option(help="Starts of a search.", min=1)] = 256,
    confirm: Annotated[
        bool, typer.Option("--confirm", help="Solve polynomials twice and compare the counts.")
    ] = False,
    seed: Annotated[int, typer.Option(help="Seed of random choices.")] = 0,
    out: Out = None,
    json: Json = False,
    pictures: Pictures = False,
    quiet: Quiet = False,
) -> None:
    """Find the equilibria of a system and say whether they are all."""
    from workshare.cli.findings import deliver
    from workshare.cli.progress import progress_on_stderr
    from workshare.equilibria import FindOptions, summary
    from workshare.equilibria import find as search
    from workshare.equilibria.files import read_system
    from workshare.reports.equilibria_find import found_findings

    chosen = read_system(system)
    if set_parameter:
        chosen = chosen.at(_values(set_parameter))
    options = FindOptions(method=method, starts=starts, confirm=confirm, seed=seed)
    with progress_on_stderr(quiet) as show:

        def advance(done: int, total: int) -> None:
            if show is not None:
                show("find", done / max(total, 1), f"{done} of {total}")

        found = search(chosen, options, progress=advance)
    deliver(found_findings(summary(found)), out=out, json=json, quiet=quiet, pictures=pictures)


def _values(pairs: list[str]) -> dict[str, float]:
    """Return parameters by name from ``NAME=VALUE`` texts."""
    from workshare.errors import OptionError

    values, faults = {}, []
    for pair in pairs:
        name, sign, text = pair.partition("=")
        try:
            values[name.strip()] = float(text)
        except ValueError:
            sign = ""
        if not sign:
            faults.append(f"--set {pair!r}; must be NAME=VALUE with a number")
    if faults:
        raise OptionError("; ".join(faults))
    return values
