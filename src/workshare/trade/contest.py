"""A contest of policies: every government sets its best policy against the others' policies.

Formulas for all at once are the start; then governments improve their own policy in turn, on the
exact gradient, until nobody's slope is left. The certificate is every player's largest gain per log
point of any tax of its own, from the answer alone: a *local* equilibrium of the contest. What a
best reply from there would add (its regret) is computed for the players asked.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from workshare.arrays import Array
from workshare.errors import OptionError
from workshare.results import CertificateLine, certificate_line
from workshare.trade import newton
from workshare.trade.best_policy import CHOICES, best_policy, largest_slope
from workshare.trade.block_arrow import linearise
from workshare.trade.economy import Economy
from workshare.trade.equilibrium import Equilibrium, describe
from workshare.trade.formulas import formula_policy
from workshare.trade.gradient import gradient, welfare_objective
from workshare.trade.polish import freedom, polish
from workshare.trade.system import (
    Base,
    Conditions,
    Outside,
    Point,
    Taxes,
    base_of,
    base_taxes,
    conditions,
    corrective,
    outside_of,
    policy_of,
)
from workshare.trade.taxes import Policy, complete_shock

CONTEST_SLOPE = 1e-6
"""Largest gain of a player's log real income per log point of any of its own taxes."""


class ContestStatus(enum.StrEnum):
    """How much is known about a contest.

    LOCAL_EQUILIBRIUM : no player gains by a small change of any tax of its own.
    NOT_SETTLED : some player still does; the largest slope is told.
    """

    LOCAL_EQUILIBRIUM = "local_equilibrium"
    NOT_SETTLED = "not_settled"


@dataclass(frozen=True, eq=False)
class Contest:
    """Where a contest of policies ended.

    Attributes
    ----------
    players, instruments : who sets what.
    policy, equilibrium : all policies and what follows.
    slopes : (players,) largest gain of each per log point of any of its own taxes.
    rounds : times everybody was asked, after the formulas.
    status, certificate, notes : what is known.
    """

    players: tuple[str, ...]
    instruments: str
    policy: Policy
    equilibrium: Equilibrium
    slopes: Array
    rounds: int
    status: ContestStatus
    certificate: tuple[CertificateLine, ...]
    notes: tuple[str, ...]

    @property
    def gains(self) -> Array:
        """Change of real income of every country, per cent; (N,)."""
        return self.equilibrium.gains


def contest(
    economy: Economy,
    players: Sequence[str] = (),
    instruments: str = "all",
    *,
    most_rounds: int = 30,
    progress: Callable[[int, float], None] | None = None,
) -> Contest:
    """Return a policy contest between countries; everybody else keeps the policy of the data.

    Parameters
    ----------
    economy : the economy.
    players : who takes part; default, every country.
    instruments : ``all``, ``trade``, ``tariffs`` or ``production``.
    most_rounds : most rounds of improving in turn.
    progress : called with the round and the largest slope left.

    Examples
    --------
    >>> import numpy as np
    >>> flows = np.array([[[80.0], [20.0]], [[20.0], [80.0]]])
    >>> world = Economy(("A", "B"), ("goods",), flows, np.array([4.0]), np.array([0.2]))
    >>> war = contest(world, instruments="tariffs")
    >>> war.status.value, [round(float(gain), 2) for gain in war.gains]
    ('local_equilibrium', [-1.39, -1.39])
    """
    if instruments not in CHOICES:
        raise OptionError(f"instruments {instruments!r}: choose one of {', '.join(CHOICES)}")
    names = tuple(players) or economy.countries
    places = [economy.country(name) for name in names]
    base = base_of(economy)
    shock = complete_shock(economy, None)
    outside = outside_of(shock)
    taxes, at = _begin(base, outside, places, instruments)
    rounds = 0
    slopes, point, system = _slopes(base, outside, taxes, places, instruments, at)
    while slopes.max() > CONTEST_SLOPE and rounds < most_rounds:
        for order in np.argsort(-slopes):
            if slopes[order] <= 0.1 * CONTEST_SLOPE:
                continue
            members = np.zeros(len(economy.countries), dtype=bool)
            members[places[order]] = True
            objective = welfare_objective(base, members.astype(np.float64))
            free = freedom(base, members, instruments)
            near = (point.wage, point.income, point.firms)
            better = polish(base, outside, taxes, free, objective, at=near, most=40)
            taxes, point = better.taxes, better.point
        rounds += 1
        near = (point.wage, point.income, point.firms)
        slopes, point, system = _slopes(base, outside, taxes, places, instruments, near)
        if progress is not None:
            progress(rounds, float(slopes.max()))
    found = newton.solve(system, (point.wage, point.income, point.firms))
    policy = policy_of(taxes, f"contest {instruments}")
    equilibrium = describe(economy, policy, shock, system, found)
    worst = float(slopes.max())
    line = certificate_line(
        "contest slope",
        worst,
        CONTEST_SLOPE,
        "Largest gain of any player's log real income per log point of any of its own taxes.",
    )
    settled = line.holds and all(item.holds for item in equilibrium.certificate)
    status = ContestStatus.LOCAL_EQUILIBRIUM if settled else ContestStatus.NOT_SETTLED
    told = "No player gains by a small change of its taxes; large changes are not ruled out."
    note = told if settled else f"Some player still gains: slope {worst:.2g}."
    return Contest(
        names,
        instruments,
        policy,
        equilibrium,
        slopes,
        rounds,
        status,
        (*equilibrium.certificate, line),
        (*equilibrium.notes, note),
    )


def regrets(economy: Economy, outcome: Contest, players: Sequence[str] = ()) -> dict[str, float]:
    """Return what the best reply found from a contest's answer would add, per cent of real income.

    Parameters
    ----------
    players : who is asked; default, every player.
    """
    answers = {}
    for name in players or outcome.players:
        reply = best_policy(economy, name, outcome.instruments, others=outcome.policy)
        answers[name] = reply.gain(name) - outcome.equilibrium.gain(name)
    return answers


def _begin(
    base: Base, outside: Outside, places: list[int], instruments: str
) -> tuple[Taxes, tuple[Array, Array, Array] | None]:
    """Return the formulas' policies of all players at once, with the equilibrium."""
    start = base_taxes(base)
    if instruments == "production":
        undone = start.production.copy()
        undone[:, places] = corrective(base)
        return Taxes(start.tariff, start.export, undone), None
    blocs = np.zeros((len(base.spending), len(places)))
    blocs[places, np.arange(len(places))] = 1.0
    answer = formula_policy(base, outside, blocs, instruments, supply="small", tolerance=1e-8)
    if not answer.found.solved:
        return start, None
    point = answer.found.point
    return answer.taxes, (point.wage, point.income, point.firms)


def _slopes(
    base: Base,
    outside: Outside,
    taxes: Taxes,
    places: list[int],
    instruments: str,
    at: tuple[Array, Array, Array] | None,
) -> tuple[Array, Point, Conditions]:
    """Return every player's largest slope; the equilibrium is factored once for all of them."""
    system = conditions(base, taxes, outside)
    point = newton.solve(system, at, aim=1e-12).point
    arrow = linearise(system, point)
    slopes = []
    for place in places:
        own = np.zeros(len(base.spending))
        own[place] = 1.0
        slope = gradient(system, point, arrow, welfare_objective(base, own))
        slopes.append(largest_slope(slope, freedom(base, own > 0, instruments)))
    return np.array(slopes), point, system
