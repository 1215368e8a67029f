"""The gradient of any welfare objective by every tax at once, by one transposed solve.

At an equilibrium the derivative of an objective by a tax is (direct effect) minus (multipliers) x
(effect on the conditions), where the multipliers solve the transposed equilibrium system. The cost
does not depend on how many taxes there are: one factored system, then a few operations per flow.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workshare.arrays import Array
from workshare.trade.block_arrow import Arrow
from workshare.trade.system import Base, Conditions, Point, log_welfare


@dataclass(frozen=True, eq=False)
class Objective:
    """What a government wants: a weighted sum of logs of real incomes, and favoured industries.

    Attributes
    ----------
    weights : (N,) weight of each country's log real income.
    favour : (K, N) what the share of a country's labour in an industry counts beside its log real
        income: 0.5 gives one per cent of the labour force the worth of half a per cent of income.
        All zero for welfare itself. (Profits in money would not do: a subsidy for everything, paid
        by a tax on everybody, raises them without limit and changes nothing real.)
    """

    weights: Array
    favour: Array


def welfare_objective(base: Base, weights: Array) -> Objective:
    """Return the objective without favoured industries."""
    return Objective(np.asarray(weights, dtype=np.float64), np.zeros_like(base.weights))


def objective_value(base: Base, point: Point, objective: Objective) -> float:
    """Return the objective at a point; zero is the economy as it is."""
    value = float(objective.weights @ log_welfare(base, point))
    if objective.favour.any():
        change = labour_shares(base, point) - base.labour_shares
        value += float(((objective.favour * change).sum(axis=0) * objective.weights).sum())
    return value


def labour_shares(base: Base, point: Point) -> Array:
    """Return the share of each industry in a country's labour at a point; (K, N)."""
    if base.free:
        used = base.labour_shares * np.exp(point.firms)
    else:
        used = point.sales / (1.0 + base.markup[:, :, 0])
    return np.asarray(used / used.sum(axis=0))


@dataclass(frozen=True, eq=False)
class Gradient:
    """Derivatives of the objective, industry first, by the log of each price multiplier.

    Attributes
    ----------
    tariff : (K, N, N) by log(1 + t). export : (K, N, N) by log(1 - x).
    production : (K, N) by log(1 - s). transfer : (N,) by money received.
    """

    tariff: Array
    export: Array
    production: Array
    transfer: Array


def gradient(system: Conditions, point: Point, arrow: Arrow, objective: Objective) -> Gradient:
    """Return the gradient of the objective by every tax, at an equilibrium.

    Parameters
    ----------
    system, point, arrow : an equilibrium and the derivative of its conditions.
    objective : whose real income counts, and favoured industries.
    """
    base, weights = system.base, objective.weights
    epsilon, mu = base.epsilon, base.mu
    profit = base.markup[:, :, 0] / (1.0 + base.markup[:, :, 0])
    basket = weights * base.weights  # (K, N) weight of each price in the objective
    pull = (point.shares * basket[:, None, :]).sum(axis=2)  # by the cost of each origin
    income = np.array(weights, dtype=np.float64)
    wanted = np.zeros_like(point.sales)  # worth of one per cent more labour in an industry
    if objective.favour.any():
        labour_share = labour_shares(base, point)
        above = objective.favour - (objective.favour * labour_share).sum(axis=0)
        wanted = weights * above * labour_share
    favoured = np.zeros_like(wanted)
    if wanted.any() and not base.free:
        favoured = wanted / np.maximum(point.sales, 1e-300)
        worth = favoured[:, :, None] * system.received * point.spending
        pull = pull + epsilon[:, :, 0] * (
            worth.sum(axis=2) - (point.shares * worth.sum(axis=1)[:, None, :]).sum(axis=2)
        )
        income = income + worth.sum(axis=(0, 1))
    firms = mu[:, :, 0] * pull + wanted if base.free else np.zeros((0, len(weights)))
    labour, budget, entry = arrow.solve_transposed((-pull.sum(axis=0), income, firms))
    value = budget / point.earned  # of a unit of income, per country
    if base.free:
        received = np.where(base.active, entry / np.maximum(point.sales, 1e-300), 0.0)
    else:
        payroll = (point.sales / (1.0 + base.markup[:, :, 0])).sum(axis=0)
        labour = labour.copy()
        labour[base.numeraire] = 0.0
        received = labour / payroll / (1.0 + base.markup[:, :, 0])
    received = received + profit * value - favoured
    gained = received[:, :, None] * system.received  # per unit the buyer spends
    worth = gained + value[:, None] * system.subsidy_share + value * system.tariff_share
    total = worth * point.spending
    diverted = -epsilon * (total - point.shares * total.sum(axis=1)[:, None, :])
    by_price = -point.shares * basket[:, None, :] - diverted
    by_tariff = point.spending * (
        value / system.taxes.tariff - gained - value[:, None] * system.subsidy_share
    )
    by_export = point.spending * (value[:, None] * system.received - gained)
    export = by_price - by_export
    return Gradient(by_price - by_tariff, export, export.sum(axis=2), -value)
