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
from workshare.trade.system import Base, Conditions, Point


@dataclass(frozen=True, eq=False)
class Objective:
    """What a government wants: a weighted sum of logs of real incomes, profits counted as weighted.

    Attributes
    ----------
    weights : (N,) weight of each country's log real income.
    favour : (K, N), how much more than a unit of income a unit of profit of an industry counts; 0
        is no favour, 0.5 counts it one and a half times. All zero for welfare itself.
    """

    weights: Array
    favour: Array


def welfare_objective(base: Base, weights: Array) -> Objective:
    """Return the objective without favoured industries."""
    return Objective(np.asarray(weights, dtype=np.float64), np.zeros_like(base.weights))


def objective_value(base: Base, point: Point, objective: Objective) -> float:
    """Return the objective at a point: weighted logs of (favoured) real income, new over old."""
    prices = (base.weights * point.log_price).sum(axis=0)
    counted, old = _counted(base, point, objective)
    return float(objective.weights @ (np.log(counted / old) - prices))


def _counted(base: Base, point: Point, objective: Objective) -> tuple[Array, Array]:
    """Return income with profits as the objective counts them, now and in the data; (N,) each."""
    income = base.spending * np.exp(point.income)
    if not objective.favour.any():
        return income, base.spending
    share = base.markup[:, :, 0] / (1.0 + base.markup[:, :, 0])
    old_sales = base.labour_shares * base.wage_bill * (1.0 + base.markup[:, :, 0])
    extra = (objective.favour * share * point.sales).sum(axis=0)
    return income + extra, base.spending + (objective.favour * share * old_sales).sum(axis=0)


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
    counted, _ = _counted(base, point, objective)
    favoured = objective.favour * profit * (weights / counted)  # (K, N) worth of a unit of sales
    basket = weights * base.weights  # (K, N) weight of each price in the objective
    pull = (point.shares * basket[:, None, :]).sum(axis=2)  # by the cost of each origin
    income = weights * base.spending * np.exp(point.income) / counted
    if favoured.any():
        worth = favoured[:, :, None] * system.received * point.spending
        pull = pull + epsilon[:, :, 0] * (
            worth.sum(axis=2) - (point.shares * worth.sum(axis=1)[:, None, :]).sum(axis=2)
        )
        income = income + worth.sum(axis=(0, 1))
    firms = mu[:, :, 0] * pull if base.free else np.zeros((0, len(weights)))
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
