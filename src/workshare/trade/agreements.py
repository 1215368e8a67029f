"""Agreements: subsidies that undo distortions, free trade, joint optima, and what coalitions reach.

Four kinds of agreement between any members (default: everybody). What it fixes, for members:

* ``subsidies``: each pays the production subsidy that undoes its industries' markup and scale
  distortion, 1 - s = 1 / ((1 + markup)(1 + scale elasticity)); tariffs stay. One member alone is
  unilateral industrial policy; everybody is coordinated industrial policy.
* ``shallow``: no tariffs and no export subsidies between members; industrial policy stays.
* ``deep``: both.
* ``joint``: the members' joint best policy with all instruments, against the rest of the world too
  (:func:`workshare.trade.best_policy.best_policy`).

What does not belong to an agreement stays as the data have it.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from workshare.arrays import Array
from workshare.errors import OptionError
from workshare.parallel import map_tasks
from workshare.trade.best_policy import PolicyOptions, best_policy
from workshare.trade.economy import Economy
from workshare.trade.equilibrium import Equilibrium, EquilibriumStatus, solve_equilibrium
from workshare.trade.system import base_of, corrective
from workshare.trade.taxes import Policy, Shock, complete_policy

AGREEMENTS = ("subsidies", "shallow", "deep", "joint")
"""The kinds of agreement; see the module's docstring."""


@dataclass(frozen=True, eq=False)
class Agreement:
    """An agreement and its equilibrium.

    Attributes
    ----------
    kind, members : what was agreed, by whom.
    equilibrium : what follows, with policy, certificate and every country's welfare.
    transfers : (N,) money received from fellow members; zero unless ``joint`` with transfers.
    notes : what a reader must know, in words.
    """

    kind: str
    members: tuple[str, ...]
    equilibrium: Equilibrium
    transfers: Array
    notes: tuple[str, ...]

    @property
    def gains(self) -> Array:
        """Change of real income of every country, per cent; (N,)."""
        return self.equilibrium.gains


def agreement_policy(
    economy: Economy, kind: str, members: Sequence[str] = (), others: Policy | None = None
) -> Policy:
    """Return the policy of an agreement of kind ``subsidies``, ``shallow`` or ``deep``.

    Examples
    --------
    >>> import numpy as np
    >>> flows = np.array([[[80.0], [20.0]], [[20.0], [80.0]]])
    >>> world = Economy(("A", "B"), ("goods",), flows, np.array([4.0]), np.array([0.25]))
    >>> agreement_policy(world, "subsidies", ["A"]).production_subsidies.tolist()
    [[0.19999999999999996], [0.0]]
    """
    if kind not in AGREEMENTS[:3]:
        raise OptionError(f"kind {kind!r}: choose one of {', '.join(AGREEMENTS[:3])}")
    full = complete_policy(economy, others)
    inside = np.zeros(len(economy.countries), dtype=bool)
    inside[[economy.country(name) for name in members or economy.countries]] = True
    between = (inside[:, None] & inside[None, :])[:, :, None]
    tariffs, exports = full.tariffs, full.export_subsidies
    production = full.production_subsidies
    if kind in ("shallow", "deep"):
        tariffs, exports = np.where(between, 0.0, tariffs), np.where(between, 0.0, exports)
    if kind in ("subsidies", "deep"):
        undone = 1.0 - corrective(base_of(economy))[:, 0]
        production = np.where(inside[:, None], undone[None, :], production)
    return Policy(tariffs, exports, production, f"{kind} of {len(members) or 'all'}")


def cooperate(
    economy: Economy,
    kind: str,
    members: Sequence[str] = (),
    *,
    others: Policy | None = None,
    shock: Shock | None = None,
    options: PolicyOptions | None = None,
) -> Agreement:
    """Return what an agreement brings to everybody, members or not.

    Parameters
    ----------
    economy : the economy.
    kind : ``subsidies``, ``shallow``, ``deep`` or ``joint``; see the module's docstring.
    members : who agrees; default, everybody.
    others : policies that stay where the agreement says nothing; default, the data's.
    shock : other changes at the same time.
    options : for ``joint``: transfers, weights and the rest.

    Examples
    --------
    >>> import numpy as np
    >>> flows = np.array([[[80.0, 9], [20, 1]], [[20.0, 1], [80, 9]]])
    >>> mu = np.array([0.25, 0.0])
    >>> world = Economy(("A", "B"), ("x", "y"), flows, np.array([3.0, 3]), mu)
    >>> [round(float(gain), 3) for gain in cooperate(world, "subsidies").gains]
    [0.219, 0.219]
    """
    names = tuple(members) or economy.countries
    if kind == "joint":
        best = best_policy(economy, names, "all", others=others, shock=shock, options=options)
        return Agreement(kind, names, best.equilibrium, best.transfers, best.notes)
    if kind not in AGREEMENTS:
        raise OptionError(f"kind {kind!r}: choose one of {', '.join(AGREEMENTS)}")
    policy = agreement_policy(economy, kind, names, others)
    answer = solve_equilibrium(economy, policy, shock)
    return Agreement(kind, names, answer, np.zeros(len(economy.countries)), answer.notes)


def political_subsidies(economy: Economy, weight: float, members: Sequence[str] = ()) -> Policy:
    """Return production subsidies of governments that weigh profits, for members (or all).

    The corrective subsidy with mu replaced by mu / (weight - (1 - weight) mu), Lashkaripour and
    Lugovskyy (2023): weight 1 is no favour, less than 1 raises every subsidy.

    Raises
    ------
    OptionError : the weight is above 1, or so low that some industry's subsidy has no bound.

    Examples
    --------
    >>> import numpy as np
    >>> flows = np.array([[[80.0], [20.0]], [[20.0], [80.0]]])
    >>> world = Economy(("A", "B"), ("goods",), flows, np.array([4.0]), np.array([0.25]))
    >>> political_subsidies(world, 0.9, ["A"]).production_subsidies[0].round(3).tolist()
    [0.222]
    """
    mu = np.asarray(economy.scale_elasticity)
    divisor = weight - (1.0 - weight) * mu
    if not (weight <= 1.0 and (divisor > 0).all()):
        low = float((mu / (1.0 + mu)).max())
        raise OptionError(f"weight {weight:g}: above {low:.3g} and at most 1 in this economy")
    full = complete_policy(economy, None)
    inside = np.zeros(len(economy.countries), dtype=bool)
    inside[[economy.country(name) for name in members or economy.countries]] = True
    wanted = 1.0 - 1.0 / (1.0 + mu / divisor)
    production = np.where(inside[:, None], wanted[None, :], full.production_subsidies)
    return Policy(full.tariffs, full.export_subsidies, production, f"political {weight:g}")


def retaliation(economy: Economy, country: str) -> Equilibrium:
    """Return the equilibrium after everybody answers a country's industrial policy with taxes.

    As Lashkaripour and Lugovskyy (2023) compute 'after retaliation': every country taxes exports
    at the small country's optimum, buyers' price over producer's = sigma / (sigma - 1), and has no
    tariffs; only the country itself keeps its corrective production subsidies.
    """
    size = len(economy.countries)
    tax = -1.0 / economy.trade_elasticity  # 1 - x = sigma / (sigma - 1) = 1 + 1 / epsilon
    exports = np.broadcast_to(tax, economy.flows.shape) * (1.0 - np.eye(size))[:, :, None]
    subsidies = agreement_policy(economy, "subsidies", [country]).production_subsidies
    policy = Policy(np.zeros_like(economy.flows), exports, subsidies, f"{country} retaliated")
    return solve_equilibrium(economy, policy)


@dataclass(frozen=True, eq=False)
class CoalitionValues:
    """What every coalition reaches on its own, as a value function for the play lens.

    Attributes
    ----------
    players : the countries that may join.
    coalitions : the coalitions, as tuples of players.
    values : (coalitions,), money per year: the sum over members of spending in the data times log
        of new over old real income (the equivalent of a gain in income, to first order).
    gains : (coalitions, N), per cent, every country's, outsiders too.
    solved : (coalitions,), whether the equilibrium's certificate holds.
    kind : the kind of agreement inside a coalition.
    """

    players: tuple[str, ...]
    coalitions: tuple[tuple[str, ...], ...]
    values: Array
    gains: Array
    solved: tuple[bool, ...]
    kind: str

    def value(self, coalition: Iterable[str]) -> float:
        """Return the value of a coalition; the order of its members does not matter."""
        wanted = set(coalition)
        if not wanted:
            return 0.0
        for place, members in enumerate(self.coalitions):
            if set(members) == wanted:
                return float(self.values[place])
        raise OptionError(f"coalition {sorted(wanted)} was not computed")


@dataclass(frozen=True, eq=False)
class _Task:
    """One coalition, for any process to do."""

    economy: Economy
    kind: str
    members: tuple[str, ...]
    options: PolicyOptions | None


def coalition_values(
    economy: Economy,
    players: Sequence[str],
    kind: str = "joint",
    *,
    options: PolicyOptions | None = None,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> CoalitionValues:
    """Return what every coalition of the players reaches while all others stay as they are.

    Outsiders do not react: this is the value with passive outsiders. A coalition of one is a
    country's own policy of the same kind. 2 to the number of players coalitions are solved.
    """
    names = tuple(players)
    for name in names:
        economy.country(name)
    if len(names) > 12:
        raise OptionError(f"players: {len(names)} have {2 ** len(names)} coalitions; at most 12")
    coalitions = tuple(
        chosen
        for count in range(1, len(names) + 1)
        for chosen in itertools.combinations(names, count)
    )
    tasks = [_Task(economy, kind, chosen, options) for chosen in coalitions]
    done = map_tasks(_solve_task, tasks, workers=workers, progress=progress)
    kept = tuple(coalitions[index] for index in done.indices)
    gains = np.array([result[0] for result in done.results])
    values = [
        sum(
            economy.spending[place] * np.log1p(gain[place] / 100.0)
            for place in (economy.country(name) for name in chosen)
        )
        for chosen, gain in zip(kept, gains, strict=True)
    ]
    solved = tuple(result[1] for result in done.results)
    return CoalitionValues(names, kept, np.array(values), gains, solved, kind)


def _solve_task(task: _Task) -> tuple[Array, bool]:
    """Return every country's gain under one coalition, and whether it is certified."""
    answer = cooperate(task.economy, task.kind, task.members, options=task.options)
    good = answer.equilibrium.status is not EquilibriumStatus.NOT_CONVERGED
    return answer.gains, good
