"""Which production subsidies support given changes of output, and what everybody's welfare is then.

The output of some industries in some countries is to change by given factors. The production
subsidies of just those industries are found (one subsidy for one target), everything else stays,
and the equilibrium says who gains and who loses.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

import numpy as np
import scipy.optimize

from workshare.arrays import Array, Mask
from workshare.errors import EconomyError
from workshare.trade import newton
from workshare.trade.block_arrow import Triple
from workshare.trade.economy import Economy, cell_faults
from workshare.trade.equilibrium import Equilibrium, EquilibriumStatus, describe
from workshare.trade.system import (
    Base,
    Outside,
    Point,
    Taxes,
    base_of,
    base_taxes,
    conditions,
    outside_of,
    policy_of,
)
from workshare.trade.taxes import complete_shock

REACHED = 1e-6
"""Largest log gap between a target and the output reached."""


class SupportStatus(enum.StrEnum):
    """What became of the targets.

    SUPPORTED : every target is reached, in a certified equilibrium.
    PARTLY : industries that are not there in the data were left out; the others are reached.
    NOT_FOUND : no subsidies were found that reach the targets; the nearest are given.
    """

    SUPPORTED = "supported"
    PARTLY = "partly"
    NOT_FOUND = "not_found"


@dataclass(frozen=True, eq=False)
class Support:
    """Subsidies that support changes of output, and what follows.

    Attributes
    ----------
    targets : (N, K) new over old output; NaN where none is set.
    reached : (N, K) new over old output.
    subsidies : (N, K) production subsidies, shares of the producer's price; zero elsewhere.
    equilibrium : with policy, certificate and every country's welfare.
    gap : largest log gap of a target.
    left_out : cells that cannot change because the industry is not there, as (country, industry).
    status : see :class:`SupportStatus`.
    """

    targets: Array
    reached: Array
    subsidies: Array
    equilibrium: Equilibrium
    gap: float
    left_out: tuple[tuple[str, str], ...]
    status: SupportStatus


def supporting_subsidies(economy: Economy, targets: Array) -> Support:
    """Return the production subsidies under which outputs change as asked.

    Parameters
    ----------
    economy : the economy; nothing else changes.
    targets : (N, K) new over old real output, > 0; NaN where no target is set.

    Raises
    ------
    EconomyError : a target is not above zero; each is named by its cell.

    Examples
    --------
    >>> flows = np.array([[[80.0, 60], [20, 40]], [[20.0, 40], [80, 60]]])
    >>> mu = np.array([0.2, 0.0])
    >>> world = Economy(("A", "B"), ("steel", "food"), flows, np.array([3.0, 4]), mu)
    >>> wanted = np.full((2, 2), np.nan)
    >>> wanted[0, 0] = 1.1
    >>> found = supporting_subsidies(world, wanted)
    >>> found.status.value, bool(found.subsidies[0, 0] > 0), round(float(found.reached[0, 0]), 6)
    ('supported', True, 1.1)
    """
    wanted = np.array(targets, dtype=np.float64)
    _check(economy, wanted)
    base = base_of(economy)
    asked = np.isfinite(wanted) & (economy.sales > 0)
    absent = np.isfinite(wanted) & ~(economy.sales > 0)
    solver = _Solver(economy, base, asked, np.log(wanted[asked]))
    logs = solver.solve()
    taxes = solver.taxes(logs)
    shock = complete_shock(economy, None)
    system = conditions(base, taxes, solver.outside)
    found = newton.solve(system, solver.at)
    policy = policy_of(taxes, "support")
    equilibrium = describe(economy, policy, shock, system, found)
    reached = np.exp(_log_output(base, found.point))
    gap = float(np.abs(np.log(reached[asked] / wanted[asked])).max(initial=0.0))
    left_out = tuple((economy.countries[i], economy.industries[k]) for i, k in np.argwhere(absent))
    good = gap <= REACHED and equilibrium.status is not EquilibriumStatus.NOT_CONVERGED
    status = SupportStatus.SUPPORTED if good else SupportStatus.NOT_FOUND
    if good and left_out:
        status = SupportStatus.PARTLY
    return Support(wanted, reached, policy.production_subsidies, equilibrium, gap, left_out, status)


def _check(economy: Economy, targets: Array) -> None:
    """Raise where a target is not a positive number, or the shape is wrong."""
    if targets.shape != economy.sales.shape:
        targets = np.full(economy.sales.shape, -1.0)
    wrong = np.asarray(~np.isnan(targets) & ~((targets > 0) & np.isfinite(targets)))
    rule, cure = "a target is new over old output, above 0", "1.1 is a tenth more; blank is none."
    faults = list(cell_faults(economy, "targets", targets, wrong, rule, cure))
    if faults:
        raise EconomyError(faults)


def _log_output(base: Base, point: Point) -> Array:
    """Return the log of new over old real output; (N, K), zero where an industry is not there."""
    if base.free:
        return np.asarray(((1.0 + base.mu[:, :, 0]) * point.firms).T)
    old = base.labour_shares * base.wage_bill * (1.0 + base.markup[:, :, 0])
    ratio = np.where(old > 0, point.sales / np.where(old > 0, old, 1.0), 1.0)
    return np.asarray((np.log(np.maximum(ratio, 1e-300)) - np.where(old > 0, point.wage, 0.0)).T)


class _Solver:
    """Finds the logs of 1 - s that reach the targets, in steps from nothing to all of them."""

    def __init__(self, economy: Economy, base: Base, asked: Mask, goal: Array) -> None:
        """Keep the problem; every equilibrium starts from the last."""
        self.base, self.asked, self.goal = base, asked, goal
        self.outside: Outside = outside_of(complete_shock(economy, None))
        self.at: Triple | None = None

    def taxes(self, logs: Array) -> Taxes:
        """Return the taxes with the subsidies of the industries asked for."""
        plain = base_taxes(self.base)
        production = np.zeros(self.asked.shape)
        production[self.asked] = logs
        return Taxes(plain.tariff, plain.export, np.exp(production.T))

    def gap(self, logs: Array, part: float) -> Array:
        """Return how far outputs are from a part of the way to the targets, in logs."""
        system = conditions(self.base, self.taxes(np.clip(logs, -8.0, 8.0)), self.outside)
        found = newton.solve(system, self.at, aim=1e-11)
        if not found.solved:
            return np.full(len(logs), 1e3)
        point = found.point
        self.at = (point.wage, point.income, point.firms)
        return np.asarray(_log_output(self.base, point)[self.asked] - part * self.goal)

    def solve(self) -> Array:
        """Return the logs of 1 - s: all at once, in four steps where that does not arrive."""
        logs = np.zeros(len(self.goal))
        if not len(logs):
            return logs
        found = scipy.optimize.root(self.gap, logs, (1.0,), method="hybr", options={"xtol": 1e-10})
        if np.abs(found.fun).max() <= REACHED:
            return np.asarray(found.x)
        self.at = None
        for part in (0.25, 0.5, 0.75, 1.0):
            step = scipy.optimize.root(
                self.gap, logs, (part,), method="hybr", options={"xtol": 1e-10}
            )
            logs = np.asarray(step.x)
        return logs
