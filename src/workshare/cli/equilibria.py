"""``workshare equilibria``: systems with several solutions; one file for each command."""

from __future__ import annotations

from collections.abc import Callable

from workshare.cli.equilibria_classify import classify
from workshare.cli.equilibria_find import find
from workshare.cli.equilibria_follow import follow
from workshare.cli.equilibria_panel import panel
from workshare.cli.equilibria_push import push
from workshare.cli.equilibria_weigh import weigh

HELP = "Equilibria of any system: find, classify, follow, push and weigh them."

COMMANDS: dict[str, Callable[..., None]] = {
    "find": find,
    "classify": classify,
    "follow": follow,
    "push": push,
    "panel": panel,
    "weigh": weigh,
}
"""Commands of the group, in the order of the help."""
