"""``workshare population``: a large-population workforce; one file for each command."""

from __future__ import annotations

from collections.abc import Callable

from workshare.cli.population_build import build
from workshare.cli.population_exposure import exposure
from workshare.cli.population_simulate import simulate
from workshare.cli.population_staff import staff

HELP = "A large-population workforce: what can be staffed, at what cost, and who wins and loses."

COMMANDS: dict[str, Callable[..., None]] = {
    "build": build,
    "exposure": exposure,
    "simulate": simulate,
    "staff": staff,
}
"""Commands of the group, in the order of the help."""
