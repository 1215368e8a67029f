"""``workshare study``: questions about the method itself; one file for each command."""

from __future__ import annotations

from collections.abc import Callable

from workshare.cli.study_vanishing import vanishing

HELP = "Studies of the method itself: what theory says, measured against what is known."

COMMANDS: dict[str, Callable[..., None]] = {
    "vanishing": vanishing,
}
"""Commands of the group, in the order of the help."""
