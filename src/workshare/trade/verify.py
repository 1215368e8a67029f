"""The certificate of an equilibrium, recomputed from the economy and the answer alone.

Nothing here is shared with the solver: prices, trade, sales, revenue and income are computed again
from wages, spending and labour by industry, in the axis order people read. Every condition is
compared in logs. An industry that is empty satisfies any condition that is written in levels, so
it is asked instead what the first firm to enter would earn: with free entry, sales per unit of
labour behave as labour to the power (trade elasticity x scale elasticity - 1). Below one that is
without limit, and an empty industry is no equilibrium; above one it is nothing, and it is one.
"""

from __future__ import annotations

import numpy as np

from workshare.arrays import Array, Mask
from workshare.results import CertificateLine, certificate_line
from workshare.trade.economy import Economy
from workshare.trade.taxes import Policy, Shock, complete_policy, complete_shock

TOLERANCE = 1e-10
"""Largest gap between the two sides of a condition, in logs."""

EMPTY = 1e-200
"""Labour in an industry, new over old, below which it counts as empty."""


def verify(
    economy: Economy,
    policy: Policy | None,
    shock: Shock | None,
    wage: Array,
    income: Array,
    labour: Array,
) -> tuple[CertificateLine, ...]:
    """Return the lines of the certificate of a candidate equilibrium.

    Parameters
    ----------
    economy, policy, shock : the problem.
    wage, income : (N,) new over old wage and spending of each country.
    labour : (N, K) new over old labour in each industry; with restricted entry it is not used.

    Returns
    -------
    lines : labour, budget, walras (the world's spending is its income), money (the world's wage
        bill is the unit), and with free entry goods (sales are wage bills) and entry profit.

    Examples
    --------
    >>> import numpy as np
    >>> flows = np.array([[[80.0], [20.0]], [[20.0], [80.0]]])
    >>> world = Economy(("A", "B"), ("goods",), flows, np.array([4.0]), np.array([0.2]))
    >>> one = np.ones(2)
    >>> all(line.holds for line in verify(world, None, None, one, one, np.ones((2, 1))))
    True
    """
    policy, shock = complete_policy(economy, policy), complete_shock(economy, shock)
    over, free = 1.0 + np.asarray(economy.markups), economy.entry == "free"
    sales, revenue, spent = _trade(economy, policy, shock, wage, income, labour)
    base_labour = economy.sales / over
    base_bill = base_labour.sum(axis=1)
    bill = wage * shock.labour * base_bill
    profits = (sales - sales / over).sum(axis=1)
    earned = bill + profits + revenue + shock.deficits
    if free:
        used = (base_labour * labour).sum(axis=1) / base_bill / shock.labour
    else:
        used = (sales / over).sum(axis=1) / bill
    lines = [
        _line("labour", _gap(used), "Labour used over labour there is, largest log gap."),
        _line("budget", _gap(earned / spent), "Income over spending, largest log gap."),
        _line(
            "walras",
            _gap(np.array([earned.sum() / spent.sum()])),
            "World income over world spending, log gap: the condition the solver left out.",
        ),
        _line(
            "money",
            _gap(np.array([bill.sum() / base_bill.sum()])),
            "The world wage bill is the unit of money, log gap.",
        ),
    ]
    if free:
        used_bill = wage[:, None] * base_labour * labour
        there = base_labour > 0
        lines += _entry_lines(economy, sales / over, used_bill, there, there & (labour <= EMPTY))
    return tuple(lines)


def _line(name: str, value: float, meaning: str) -> CertificateLine:
    """Return a line with the tolerance of this file."""
    return certificate_line(name, value, TOLERANCE, meaning)


def _gap(ratio: Array) -> float:
    """Return the largest absolute log of a ratio; infinite where it is not positive."""
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.abs(np.log(ratio))
    return float(np.where(np.isfinite(logs), logs, np.inf).max())


def _trade(
    economy: Economy, policy: Policy, shock: Shock, wage: Array, income: Array, labour: Array
) -> tuple[Array, Array, Array]:
    """Return sales (N, K), revenue net of subsidies (N,) and spending (N,), all in money."""
    epsilon = np.asarray(economy.trade_elasticity)
    cost = wage[:, None] / shock.productivity
    if economy.entry == "free":
        with np.errstate(divide="ignore"):
            cost = cost * labour ** -np.asarray(economy.scale_elasticity)
    subsidy = (1.0 - policy.export_subsidies) * (1.0 - policy.production_subsidies)[:, None, :]
    wedge = (1.0 + policy.tariffs) / (1.0 + economy.tariffs) * subsidy * shock.trade_costs
    raised = economy.trade_shares * (cost[:, None, :] * wedge) ** -epsilon
    total = raised.sum(axis=0)
    shares = raised / np.where(total > 0, total, 1.0)
    spent = income * economy.spending
    flows = shares * (economy.spending_shares * spent[:, None])[None]
    border = flows / (1.0 + policy.tariffs)
    sales = (border / subsidy).sum(axis=1)
    revenue = (flows - border).sum(axis=(0, 2)) + (border - border / subsidy).sum(axis=(1, 2))
    return sales, revenue, spent


def _entry_lines(
    economy: Economy, sales: Array, bill: Array, there: Mask, empty: Mask
) -> list[CertificateLine]:
    """Return the two lines of free entry: sales are wage bills, and nobody gains by entering."""
    kept = there & ~empty
    goods = _gap(sales[kept] / bill[kept])
    product = np.asarray(economy.trade_elasticity * economy.scale_elasticity)
    open_to_entry = empty & (product < 1.0)[None]
    with np.errstate(divide="ignore", invalid="ignore"):
        profit = np.where(kept, np.log(sales / bill), -np.inf)
    profit = np.where(open_to_entry, np.inf, profit)
    largest = float(profit.max(initial=0.0))
    cells = [
        f"{economy.countries[i]} {economy.industries[k]}" for i, k in np.argwhere(open_to_entry)
    ]
    named = f" Empty though the first firm would profit: {', '.join(cells[:5])}." if cells else ""
    return [
        _line("goods", goods, "Sales over wage bill in industries that are there, log gap."),
        _line(
            "entry profit",
            max(largest, 0.0),
            f"Largest log of sales over cost that a firm could enter for; zero is none.{named}",
        ),
    ]
