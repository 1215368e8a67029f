"""``workshare equilibria``: systems with several solutions; one file for each command."""

from __future__ import annotations

from collections.abc import Callable

from workshare.cli.equilibria_find import find

HELP = "Equilibria of any system: find them, and say whether they are all."

COMMANDS: dict[str, Callable[..., None]] = {"find": find}
"""Commands of the group, in the order of the help."""
