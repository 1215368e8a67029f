"""The equilibrium conditions in changes, in logs, and everything they need, industry by industry.

This file owns the seam between records that people read, (exporter, importer, industry), and the
arrays that the solver multiplies, industry first: ``lam[k, i, n]``. Only this package sees those.

Unknowns, all logs of new over old: wages ``w`` (N), spending ``y`` (N) and, with free entry, labour
in each industry ``m`` (K, N), to which the number of firms is proportional. Conditions, all logs of
one side over the other, so that an empty industry can never satisfy them by making both sides zero:

* labour (N): payments to labour over all industries = wage times labour force;
* budget (N): income = spending;
* entry (K, N), with free entry: sales of an industry = its wage bill.

One labour condition follows from the others (Walras); the one of the largest country is replaced
by the numeraire: the world wage bill stays what it was. Every amount of money is in that unit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workshare.arrays import Array, Mask
from workshare.trade.economy import Economy
from workshare.trade.taxes import Policy, Shock

TINY = 1e-300


@dataclass(frozen=True, eq=False)
class Base:
    """An economy's own numbers, industry first; see the module's docstring.

    Attributes
    ----------
    shares : (K, N, N) trade shares by origin and destination.
    weights : (K, N) spending shares of a destination.
    spending, wage_bill : (N,) money per year.
    labour_shares : (K, N) share of each industry in a country's labour.
    epsilon : (K, 1, 1) trade elasticity.
    mu : (K, 1, 1) scale elasticity that works through labour in the industry; zero with
        restricted entry.
    markup : (K, 1, 1) price over cost less one.
    tariffs : (K, N, N) one plus the tariff in the data.
    active : (K, N) whether the industry is there at all.
    free : whether entry is free.
    numeraire : the country whose labour condition is left to Walras.
    """

    shares: Array
    weights: Array
    spending: Array
    wage_bill: Array
    labour_shares: Array
    epsilon: Array
    mu: Array
    markup: Array
    tariffs: Array
    active: Mask
    free: bool
    numeraire: int


@dataclass(frozen=True, eq=False)
class Taxes:
    """Price multipliers, industry first: buyers pay ``tariff * export * production``.

    Attributes
    ----------
    tariff : (K, N, N), 1 + t. export : (K, N, N), 1 - x. production : (K, N), 1 - s.
    """

    tariff: Array
    export: Array
    production: Array


@dataclass(frozen=True, eq=False)
class Outside:
    """Shocks, industry first: logs of cost (K, N, N), labour (N,) and new deficits (N,)."""

    log_cost: Array
    labour: Array
    deficits: Array


@dataclass(frozen=True, eq=False)
class Conditions:
    """What the equations need of taxes and shocks, computed once.

    Attributes
    ----------
    log_wedge : (K, N, N) log of new over old price wedge, trade cost and productivity.
    received : (K, N, N) what the producer receives of a unit the buyer spends.
    tariff_share : (K, N, N) share of spending that is the destination's tariff revenue.
    subsidy_share : (K, N, N) share of spending that is the origin's revenue (minus its subsidies).
    subsidised : (N,) whether the origin has any subsidy.
    """

    base: Base
    taxes: Taxes
    outside: Outside
    log_wedge: Array
    received: Array
    tariff_share: Array
    subsidy_share: Array
    subsidised: Mask


@dataclass(frozen=True, eq=False)
class Point:
    """Everything that follows from the unknowns at one point.

    Attributes
    ----------
    wage, income, firms : logs of new over old: (N,), (N,), (K, N).
    shares : (K, N, N) trade shares. spending : (K, N, N) new spending, money per year.
    log_price : (K, N) log of new over old price index of a destination.
    sales : (K, N) what producers receive. earned : (N,) income, deficit included.
    labour, budget, entry : the residuals (N,), (N,), (K, N); all logs.
    """

    wage: Array
    income: Array
    firms: Array
    shares: Array
    spending: Array
    log_price: Array
    sales: Array
    earned: Array
    labour: Array
    budget: Array
    entry: Array

    @property
    def size(self) -> float:
        """Largest residual; NaN counts as infinite."""
        largest = max(
            np.abs(self.labour).max(), np.abs(self.budget).max(), np.abs(self.entry).max(initial=0)
        )
        return float(largest) if np.isfinite(largest) else float("inf")

    @property
    def merit(self) -> float:
        """Sum of squared residuals; infinite where one is not a number."""
        total = float((self.labour**2).sum() + (self.budget**2).sum() + (self.entry**2).sum())
        return total if np.isfinite(total) else float("inf")


def base_of(economy: Economy) -> Base:
    """Return an economy's own numbers, industry first."""
    first = np.ascontiguousarray
    free = economy.entry == "free"
    mu = np.asarray(economy.scale_elasticity) * (1.0 if free else 0.0)
    markup = np.asarray(economy.markups)
    sales = first(economy.sales.T)
    labour = sales / (1.0 + markup)[:, None]
    wage_bill = labour.sum(axis=0)
    return Base(
        shares=first(np.moveaxis(economy.trade_shares, 2, 0)),
        weights=first(economy.spending_shares.T),
        spending=economy.spending,
        wage_bill=wage_bill,
        labour_shares=labour / wage_bill,
        epsilon=np.asarray(economy.trade_elasticity)[:, None, None],
        mu=mu[:, None, None],
        markup=markup[:, None, None],
        tariffs=first(np.moveaxis(1.0 + economy.tariffs, 2, 0)),
        active=np.asarray(sales > 0),
        free=free,
        numeraire=int(np.argmax(wage_bill)),
    )


def taxes_of(policy: Policy) -> Taxes:
    """Return a complete policy as price multipliers, industry first."""
    first = np.ascontiguousarray
    return Taxes(
        first(np.moveaxis(1.0 + policy.tariffs, 2, 0)),
        first(np.moveaxis(1.0 - policy.export_subsidies, 2, 0)),
        first((1.0 - policy.production_subsidies).T),
    )


def policy_of(taxes: Taxes, name: str = "policy") -> Policy:
    """Return price multipliers as a policy that people read."""
    first = np.ascontiguousarray
    return Policy(
        first(np.moveaxis(taxes.tariff - 1.0, 0, 2)),
        first(np.moveaxis(1.0 - taxes.export, 0, 2)),
        first((1.0 - taxes.production).T),
        name,
    )


def outside_of(shock: Shock) -> Outside:
    """Return a complete shock, industry first."""
    cost = np.log(np.moveaxis(shock.trade_costs, 2, 0)) - np.log(shock.productivity.T)[:, :, None]
    return Outside(np.ascontiguousarray(cost), shock.labour, shock.deficits)


def base_taxes(base: Base) -> Taxes:
    """Return the taxes in the data: its tariffs and no subsidies."""
    return Taxes(base.tariffs, np.ones_like(base.tariffs), np.ones_like(base.weights))


def conditions(base: Base, taxes: Taxes, outside: Outside) -> Conditions:
    """Return what the equations need of taxes and shocks."""
    subsidy = taxes.export * taxes.production[:, :, None]
    return Conditions(
        base,
        taxes,
        outside,
        log_wedge=np.log(taxes.tariff / base.tariffs * subsidy) + outside.log_cost,
        received=1.0 / (taxes.tariff * subsidy),
        tariff_share=1.0 - 1.0 / taxes.tariff,
        subsidy_share=(1.0 - 1.0 / subsidy) / taxes.tariff,
        subsidised=np.asarray((subsidy != 1.0).any(axis=(0, 2))),
    )


def evaluate(system: Conditions, wage: Array, income: Array, firms: Array) -> Point:
    """Return prices, trade and residuals at the logs of wages, spending and labour by industry."""
    base, outside = system.base, system.outside
    epsilon, mu = base.epsilon, base.mu
    cost = np.broadcast_to(wage, base.active.shape)
    if base.free:
        cost = cost - mu[:, :, 0] * firms
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        # prices: the same power of cost for every destination, so one exponential per cell
        raised = base.shares * np.exp(-epsilon * (system.log_wedge + cost[:, :, None]))
        total = raised.sum(axis=1)
        total = np.where(total > 0, total, 1.0)
        shares = raised / total[:, None, :]
        log_price = -np.log(total) / epsilon[:, 0]
        spending = shares * (base.weights * (base.spending * np.exp(income)))[:, None, :]
        sales = (spending * system.received).sum(axis=2)
        wages = np.exp(wage) * outside.labour * base.wage_bill
        earned = wages + (spending * system.tariff_share).sum(axis=(0, 1)) + outside.deficits
        if system.subsidised.any():
            earned = earned + (spending * system.subsidy_share).sum(axis=(0, 2))
        paid = sales / (1.0 + base.markup[:, :, 0])  # wages, or what would be at zero profit
        if base.markup.any():
            earned = earned + (sales - paid).sum(axis=0)
        if base.free:
            labour = np.log((base.labour_shares * np.exp(firms)).sum(axis=0) / outside.labour)
            bill = np.exp(wage + firms) * base.labour_shares * base.wage_bill
            entry = np.log(np.maximum(paid, TINY) / np.maximum(bill, TINY))
            entry = np.where(base.active, entry, -firms)
        else:
            labour = np.log(paid.sum(axis=0) / wages)
            entry = np.zeros((0, len(wage)))
        labour[base.numeraire] = np.log(wages.sum() / base.wage_bill.sum())
        budget = np.log(earned) - np.log(base.spending) - income
    return Point(
        wage, income, firms, shares, spending, log_price, sales, earned, labour, budget, entry
    )


def start(base: Base) -> tuple[Array, Array, Array]:
    """Return the unknowns of 'nothing changes'."""
    size = len(base.spending)
    firms = np.zeros(base.active.shape) if base.free else np.zeros((0, size))
    return np.zeros(size), np.zeros(size), firms


def log_welfare(base: Base, point: Point) -> Array:
    """Return the log of new over old real income of every country; (N,)."""
    return np.asarray(point.income - (base.weights * point.log_price).sum(axis=0))


def corrective(base: Base) -> Array:
    """Return the production multiplier 1 - s that undoes markup and scale distortion; (K, 1)."""
    return np.asarray(1.0 / ((1.0 + base.markup[:, :, 0]) * (1.0 + base.mu[:, :, 0])))
