"""Options that the commands about types, branches and pushes share."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from workshare.arrays import Array
    from workshare.equilibria import System
    from workshare.equilibria.dynamics import Dynamic

Which = Annotated[
    str, typer.Argument(help="System file (TOML or JSON), or the name of a ready-made model.")
]
Values = Annotated[
    list[str] | None, typer.Option("--set", help="Another value: NAME=VALUE; may be repeated.")
]
Kind = Annotated[str, typer.Option("--dynamic", help="flow (dx/dt = residual) or map (periods).")]
AtOnce = Annotated[
    list[str] | None,
    typer.Option("--at-once", help="Unknown that clears at once; may be repeated."),
]
Jumping = Annotated[
    list[str] | None,
    typer.Option("--free-to-jump", help="Unknown of expectations; may be repeated."),
]


def chosen_system(which: str, values: list[str] | None) -> System:
    """Return the system of a file or of a model's name, at the values given."""
    from workshare.equilibria.files import read_system
    from workshare.studies.models import MODELS, model

    given = named_values(values or [])
    if which in MODELS:
        return model(which, given)
    if not Path(which).exists():
        from workshare.errors import OptionError

        raise OptionError(
            f"There is no file {which!r} and no model of that name; models: {', '.join(MODELS)}"
        )
    return read_system(Path(which)).at(given)


def chosen_dynamic(
    which: str, kind: str, at_once: list[str] | None, jumping: list[str] | None
) -> Dynamic:
    """Return the dynamic asked for; a ready-made model brings what clears at once or jumps."""
    from workshare.equilibria.dynamics import Dynamic
    from workshare.studies.models import AT_ONCE, FREE_TO_JUMP

    flow = kind == "flow"
    return Dynamic(
        "adjustment" if flow else kind,
        kind,
        at_once=tuple(at_once or (AT_ONCE.get(which, ()) if flow else ())),
        free_to_jump=tuple(jumping or FREE_TO_JUMP.get(which, ())),
    )


def named_values(
    pairs: list[str], option: str = "--set", allowed: Sequence[str] | None = None
) -> dict[str, float]:
    """Return numbers by name from ``NAME=VALUE`` texts; ``allowed``: the names there are."""
    from math import isfinite

    from workshare.errors import OptionError

    values: dict[str, float] = {}
    faults = []
    for pair in pairs:
        name, sign, text = pair.partition("=")
        name = name.strip()
        try:
            value = float(text)
        except ValueError:
            sign, value = "", 0.0
        if not sign or not isfinite(value):
            faults.append(f"{option} {pair!r}; must be NAME=VALUE with a number")
        elif allowed is not None and name not in allowed:
            faults.append(f"{option} {name!r}; allowed: {', '.join(allowed)}")
        values[name] = value
    if faults:
        raise OptionError("; ".join(faults))
    return values


def numbers(text: str) -> list[float]:
    """Return the durations of a text with commas between."""
    from workshare.errors import OptionError

    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        raise OptionError(f"--durations {text!r}; must be numbers with commas between") from None


def equilibrium_number(points: Array, which: int) -> Array:
    """Return an equilibrium by its number, from 1."""
    from workshare.errors import OptionError

    if len(points) == 0:
        raise OptionError("No equilibrium was found: there is none to leave or to reach")
    if which > len(points):
        raise OptionError(f"There is no equilibrium {which}: {len(points)} were found")
    picked: Array = points[which - 1]
    return picked
