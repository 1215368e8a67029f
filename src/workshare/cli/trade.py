"""``workshare trade``: economies of countries and industries; one file for each command."""

from __future__ import annotations

from collections.abc import Callable

from workshare.cli.trade_calibrate import calibrate
from workshare.cli.trade_contest import contest
from workshare.cli.trade_cooperate import cooperate
from workshare.cli.trade_optimal import optimal
from workshare.cli.trade_solve import solve

HELP = "Economies of countries and industries: equilibria under policies, and best policies."

COMMANDS: dict[str, Callable[..., None]] = {
    "calibrate": calibrate,
    "solve": solve,
    "optimal": optimal,
    "cooperate": cooperate,
    "contest": contest,
}
"""Commands of the group, in the order of the help."""
