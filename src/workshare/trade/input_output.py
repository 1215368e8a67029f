"""Equilibrium in changes for an economy with intermediate inputs (Caliendo and Parro 2015).

Industry j of country n spends the share ``input_shares[n, k, j]`` of its sales on goods of industry
k, the share ``markup / (1 + markup)`` is profit, and labour has the rest, so a cheaper input makes
everything downstream cheaper. In changes, hats dropped:

    cost_nj   = wage_n^(labour share of cost) * product over k of price_nk^(input share of cost)
    price_nk  = (sum over i of share_ink
                 * (wedge_ink * cost_ik * size_ik^-mu_k)^-epsilon_k)^(-1/epsilon_k)
    spending_nk = final share_nk * income_n + sum over j of input share_nkj * sales_nj

``size`` is sales over cost, to which the number of firms is proportional with free entry; with
restricted entry, or without scale economies, it does not matter. Prices are a contraction for given
wages and sizes, spending is linear, and what remains (wages and sizes) is an accelerated fixed
point in logs. Without inputs the answer is that of :mod:`workshare.trade.equilibrium`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from workshare.arrays import Array
from workshare.errors import EconomyError, Fault
from workshare.results import CertificateLine, certificate_line
from workshare.trade.anderson import anderson
from workshare.trade.economy import Economy
from workshare.trade.equilibrium import EquilibriumStatus, problem_hash
from workshare.trade.taxes import Policy, Shock, complete_policy, complete_shock

TOLERANCE = 1e-10
"""Largest gap between the two sides of a condition, in logs, of a solved equilibrium."""


@dataclass(frozen=True, eq=False)
class InputOutputEquilibrium:
    """An equilibrium in changes with intermediate inputs.

    Attributes
    ----------
    economy, policy, shock : the problem; arrays of policy and shock in full shape.
    wage : (N,) new over old wage; the world wage bill is the unit of money.
    income : (N,) new over old spending on final goods.
    cost : (N, K) new over old unit cost of a producer, before scale economies.
    price_index : (N, K) new over old price of a buyer's bundle of an industry.
    flows : (N, N, K) new spending at buyers' prices, inputs included, money per year.
    sales : (N, K) what producers receive, money per year.
    real_wage, welfare : (N,) new over old wage and income over the price of final goods.
    status, certificate, residual, steps : as :class:`workshare.trade.equilibrium.Equilibrium`.
    """

    economy: Economy
    policy: Policy
    shock: Shock
    wage: Array
    income: Array
    cost: Array
    price_index: Array
    flows: Array
    sales: Array
    real_wage: Array
    welfare: Array
    status: EquilibriumStatus
    certificate: tuple[CertificateLine, ...]
    residual: float
    steps: int
    inputs: str

    @property
    def gains(self) -> Array:
        """Change of real income of every country, per cent; (N,)."""
        return np.asarray(100.0 * (self.welfare - 1.0))


def solve_with_inputs(
    economy: Economy,
    policy: Policy | None = None,
    shock: Shock | None = None,
    *,
    most_steps: int = 300,
) -> InputOutputEquilibrium:
    """Return the equilibrium of an economy with intermediate inputs under a policy and a shock.

    Parameters
    ----------
    economy : with ``input_shares`` (without them, the same answer as ``solve_equilibrium``).
    policy, shock : what changes; not given, nothing does.
    most_steps : most evaluations of the fixed point.

    Returns
    -------
    equilibrium : with status and certificate; non-convergence is a status with the best point.

    Raises
    ------
    EconomyError : faults of policy or shock, or a country that uses more of a good as input than
        it buys; each named by its cell.

    References
    ----------
    Caliendo and Parro (2015), Review of Economic Studies 82(1), equations 10 to 15, in changes;
    Lashkaripour and Lugovskyy (2023), Theorem 4 and appendix K for scale economies with inputs.

    Examples
    --------
    >>> flows = np.array([[[80.0], [20.0]], [[20.0], [80.0]]])
    >>> world = Economy(("A", "B"), ("goods",), flows, np.array([4.0]), np.zeros(1),
    ...                 input_shares=np.full((2, 1, 1), 0.5))
    >>> cheaper = Shock(trade_costs=np.array([[[1.0], [0.9]], [[0.9], [1.0]]]))
    >>> answer = solve_with_inputs(world, shock=cheaper)
    >>> answer.status.value, [round(float(gain), 2) for gain in answer.gains]
    ('solved', [5.11, 5.11])
    """
    policy, shock = complete_policy(economy, policy), complete_shock(economy, shock)
    model = _Model(accounts_of(economy), policy, shock)
    found = anderson(
        model.residual,
        np.zeros(model.size),
        step=model.step,
        most_steps=most_steps,
        tolerance=1e-13,
    )
    return _record(model, economy, found.point, found.steps)


def economy_at(answer: InputOutputEquilibrium, name: str = "") -> Economy:
    """Return the economy as it stands in an equilibrium, to change it again from there.

    Flows, tariffs and deficits are the new ones; input shares and elasticities stay. Only for a
    policy without subsidies, which an economy's data cannot carry.

    Raises
    ------
    EconomyError : the policy has export or production subsidies.
    """
    policy = answer.policy
    for field in ("export_subsidies", "production_subsidies"):
        if np.any(getattr(policy, field) != 0):
            rule = "an economy's data carry tariffs only"
            raise EconomyError([Fault(field, policy.name, "given", rule, "Set them to zero.")])
    return replace(
        answer.economy,
        flows=answer.flows,
        tariffs=policy.tariffs,
        deficits=answer.shock.deficits,
        name=name or answer.economy.name,
    )


@dataclass(frozen=True, eq=False)
class Accounts:
    """What an equilibrium with inputs needs to know of the base.

    Attributes
    ----------
    trade_shares, tariffs : (N, N, K), (exporter, importer, industry), as in an economy.
    inputs : (N, K, K) input shares of sales, (country, input, using industry).
    final_shares : (N, K) shares of final spending; rows sum to one.
    wages : (N,) the wage bill, money per year.
    income : (N,) final spending, money per year.
    sales : (N, K) what producers receive, money per year.
    trade_elasticity, scale_elasticity, markups : (K,); the scale elasticity is zero where firms
        do not enter.
    """

    trade_shares: Array
    tariffs: Array
    inputs: Array
    final_shares: Array
    wages: Array
    income: Array
    sales: Array
    trade_elasticity: Array
    scale_elasticity: Array
    markups: Array

    @property
    def labour_share(self) -> Array:
        """Wages over sales; (N, K)."""
        return np.asarray(1.0 / (1.0 + self.markups) - self.inputs.sum(axis=1))


def accounts_of(economy: Economy) -> Accounts:
    """Return the accounts of an economy; final spending is what its industries do not use.

    Raises
    ------
    EconomyError : industries use more of a good than the country buys; each cell is named.
    """
    size, kinds = len(economy.countries), len(economy.industries)
    inputs = economy.input_shares if economy.has_inputs else np.zeros((size, kinds, kinds))
    used = np.einsum("nkj,nj->nk", inputs, economy.sales)
    bought = economy.flows.sum(axis=0)
    final = bought - used
    short = final < -1e-6 * bought.sum(axis=1)[:, None]
    if np.any(short):
        cure = "Lower the input share, or make the table consistent with close_accounts."
        faults = [
            Fault(
                f"input_shares country {economy.countries[n]}, industry {economy.industries[k]}",
                f"{economy.name}, input_shares",
                f"uses {used[n, k]:.6g} of {bought[n, k]:.6g} bought",
                "industries use no more of a good than the country buys",
                cure,
            )
            for n, k in np.argwhere(short)[:20]
        ]
        raise EconomyError(faults)
    final = np.maximum(final, 0.0)
    total = final.sum(axis=1)
    over = 1.0 + np.asarray(economy.markups)
    free = economy.entry == "free"
    return Accounts(
        economy.trade_shares,
        np.asarray(economy.tariffs),
        inputs,
        final / total[:, None],
        ((1.0 / over - inputs.sum(axis=1)) * economy.sales).sum(axis=1),
        total,
        economy.sales,
        np.asarray(economy.trade_elasticity),
        np.asarray(economy.scale_elasticity) * (1.0 if free else 0.0),
        np.asarray(economy.markups),
    )


def close_accounts(
    names: tuple[Sequence[str], Sequence[str]],
    trade: tuple[Array, Array],
    uses: tuple[Array, Array],
    value_added: Array,
    trade_elasticity: Array,
    *,
    name: str = "economy",
    unit: str = "million USD/year",
) -> tuple[Economy, InputOutputEquilibrium]:
    """Return a consistent economy without deficits from tables that do not add up.

    Trade shares, input shares, final shares and value added are kept as what the data say best; the
    rest follows from an equilibrium with balanced trade (Dekle, Eaton and Kortum 2008), as Caliendo
    and Parro (2015) do before their experiments. Constant returns.

    Parameters
    ----------
    names : countries and industries.
    trade : flows (N, N, K) at buyers' prices and tariffs (N, N, K), by exporter and importer.
    uses : input shares of sales (N, K, K), and final spending (N, K), money per year.
    value_added : (N,), money per year.
    trade_elasticity : (K,).

    Returns
    -------
    economy, equilibrium : the economy, and the equilibrium that led to it: its ``wage`` says by how
        much each country's wage had to change for its trade to balance.
    """
    (flows, tariffs), (inputs, final) = trade, uses
    bought = flows.sum(axis=0)
    shares = flows / np.where(bought > 0, bought, 1.0)[None]
    kinds = len(names[1])
    accounts = Accounts(
        shares,
        tariffs,
        inputs,
        final / final.sum(axis=1)[:, None],
        np.asarray(value_added, dtype=float),
        np.asarray(value_added, dtype=float),
        (flows / (1.0 + tariffs)).sum(axis=1),
        np.asarray(trade_elasticity, dtype=float),
        np.zeros(kinds),
        np.zeros(kinds),
    )
    policy = Policy(tariffs, np.zeros_like(flows), np.zeros(bought.shape), "as it is")
    shock = Shock(
        np.ones_like(flows), np.ones(bought.shape), np.ones(len(bought)), np.zeros(len(bought))
    )
    model = _Model(accounts, policy, shock)
    found = anderson(model.residual, np.zeros(model.size), step=model.step, tolerance=1e-13)
    model.residual(found.point)
    economy = Economy(
        tuple(names[0]),
        tuple(names[1]),
        model.spending,
        accounts.trade_elasticity,
        accounts.scale_elasticity,
        tariffs,
        input_shares=inputs,
        unit=unit,
        name=name,
    )
    return economy, _record(model, economy, found.point, found.steps)


class _Model:
    """Prices, spending and residuals at given wages and sizes."""

    def __init__(self, accounts: Accounts, policy: Policy, shock: Shock) -> None:
        self.accounts, self.policy, self.shock = accounts, policy, shock
        self.shape = countries, kinds = accounts.sales.shape
        self.inputs, self.epsilon = accounts.inputs, accounts.trade_elasticity
        self.over = 1.0 + accounts.markups
        self.labour_share = accounts.labour_share
        self.base_sales, self.wages = accounts.sales, accounts.wages
        self.final, self.final_shares = accounts.income, accounts.final_shares
        self.mu, self.scaled = accounts.scale_elasticity, bool(np.any(accounts.scale_elasticity))
        subsidy = (1.0 - policy.export_subsidies) * (1.0 - policy.production_subsidies)[:, None, :]
        tariff = 1.0 + policy.tariffs
        wedge = tariff / (1.0 + accounts.tariffs) * subsidy * shock.trade_costs
        self.log_wedge = np.log(wedge) - np.log(shock.productivity)[:, None, :]
        self.received = 1.0 / (tariff * subsidy)
        self.tariff_share = 1.0 - 1.0 / tariff
        self.subsidy_share = (1.0 - 1.0 / subsidy) / tariff
        self.size = countries + (countries * kinds if self.scaled else 0)
        self.active = self.base_sales > 0
        # the wage responds to excess labour by about one over the elasticity of demand for it
        weight = (self.base_sales * self.epsilon).sum() / self.base_sales.sum()
        self.step = 1.0 / (1.0 + weight)
        self.log_price = np.zeros(self.shape)
        self.sales = self.base_sales.copy()
        self.income = self.final.copy()
        self.spending = np.zeros_like(accounts.trade_shares)

    def residual(self, unknown: Array) -> Array:
        """Return log demand over supply of labour, and of sizes what they imply over themselves."""
        wage, size = self._split(unknown)
        cost, shares = self._prices(wage, size)
        self._spend(wage, shares)
        used = (self.labour_share * self.sales).sum(axis=1)
        there = np.exp(wage) * self.shock.labour * self.wages
        excess = np.log(used / there)
        # the world wage bill is the unit: one condition is the others' sum, so wages drift freely
        drift = np.log(there.sum() / self.wages.sum())
        parts = [excess - drift / self.step]
        if self.scaled:
            with np.errstate(divide="ignore", invalid="ignore"):
                implied = np.log(self.sales / self.base_sales) - cost
            parts.append(np.where(self.active, implied - size, -size).ravel() / self.step)
        return np.concatenate(parts)

    def _split(self, unknown: Array) -> tuple[Array, Array]:
        countries = self.shape[0]
        size = unknown[countries:].reshape(self.shape) if self.scaled else np.zeros(self.shape)
        return unknown[:countries], size

    def _prices(self, wage: Array, size: Array) -> tuple[Array, Array]:
        """Return log cost (N, K) and trade shares (N, N, K); prices are kept for the next call."""
        labour, inputs = self.labour_share * self.over, self.inputs * self.over[None, None, :]
        base = self.accounts.trade_shares
        price = self.log_price
        for _ in range(2000):
            cost = labour * wage[:, None] + np.einsum("nkj,nk->nj", inputs, price)
            lifted = cost - self.mu * size
            raised = base * np.exp(-self.epsilon * (self.log_wedge + lifted[:, None, :]))
            total = raised.sum(axis=0)
            total = np.where(total > 0, total, 1.0)
            after = -np.log(total) / self.epsilon
            change = np.abs(after - price).max()
            price = after
            if change < 1e-15 or not np.isfinite(change) or not self.inputs.any():
                break
        self.log_price = price if np.all(np.isfinite(price)) else np.zeros(self.shape)
        return cost, raised / total

    def _spend(self, wage: Array, shares: Array) -> None:
        """Solve the linear system of spending, sales and income; kept for the next call."""
        bill = np.exp(wage) * self.shock.labour * self.wages
        received = shares * self.received
        tariff = (shares * self.tariff_share).sum(axis=0)
        subsidy = shares * self.subsidy_share
        has_subsidy = bool(np.any(self.subsidy_share != 0))
        profit = 1.0 - 1.0 / self.over
        sales, income = self.sales, self.income
        if not (np.all(np.isfinite(sales)) and np.all(np.isfinite(income))):
            sales, income = self.base_sales, self.final
        for _ in range(2000):
            spending = self.final_shares * income[:, None]
            spending = spending + np.einsum("nkj,nj->nk", self.inputs, sales)
            after = np.einsum("ink,nk->ik", received, spending)
            earned = bill + sales @ profit + (tariff * spending).sum(axis=1) + self.shock.deficits
            if has_subsidy:
                earned = earned + np.einsum("ink,nk->i", subsidy, spending)
            change = np.abs(after - sales).max() / sales.max()
            change = max(change, float(np.abs(earned / income - 1.0).max()))
            sales, income = after, earned
            if change < 1e-15 or not np.isfinite(change):
                break
        self.sales, self.income = sales, income
        self.spending = shares * spending[None]


def _record(model: _Model, economy: Economy, unknown: Array, steps: int) -> InputOutputEquilibrium:
    """Return the record of a point, its certificate recomputed from shares, sales and income."""
    wage, size = model._split(unknown)
    cost, shares = model._prices(wage, size)
    model._spend(wage, shares)
    lines = tuple(
        certificate_line(name, value, TOLERANCE, meaning)
        for name, value, meaning in _conditions(model, wage, size, cost, shares)
    )
    solved = all(line.holds for line in lines)
    final_price = (model.final_shares * model.log_price).sum(axis=1)
    income = model.income / model.final
    product = model.mu * model.epsilon
    status = EquilibriumStatus.BRANCH if np.any(product >= 0.999) else EquilibriumStatus.SOLVED
    return InputOutputEquilibrium(
        economy,
        model.policy,
        model.shock,
        np.exp(wage),
        income,
        np.exp(cost),
        np.exp(model.log_price),
        model.spending,
        model.sales,
        np.exp(wage - final_price),
        income / np.exp(final_price),
        status if solved else EquilibriumStatus.NOT_CONVERGED,
        lines,
        max(line.value for line in lines),
        steps,
        problem_hash(economy, model.policy, model.shock),
    )


def _conditions(
    model: _Model, wage: Array, size: Array, cost: Array, shares: Array
) -> list[tuple[str, float, str]]:
    """Return (name, log gap, meaning) of every condition at a point."""
    spending = model.spending.sum(axis=0)
    bill = np.exp(wage) * model.shock.labour * model.wages
    sales = np.einsum("ink,nk->ik", shares * model.received, spending)
    used = np.einsum("nkj,nj->nk", model.inputs, sales)
    revenue = (model.spending * model.tariff_share).sum(axis=(0, 2))
    revenue = revenue + (model.spending * model.subsidy_share).sum(axis=(1, 2))
    profits = sales @ (1.0 - 1.0 / model.over)
    earned = bill + profits + revenue + model.shock.deficits
    wanted = model.final_shares * earned[:, None] + used
    labour = (model.labour_share * sales).sum(axis=1)
    inputs = model.inputs * model.over[None, None, :]
    again = model.labour_share * model.over * wage[:, None]
    again = again + np.einsum("nkj,nk->nj", inputs, model.log_price)
    lines = [
        ("labour", _gap(labour / bill), "Labour used over labour there is, largest log gap."),
        (
            "goods",
            _gap(spending.sum(axis=1) / wanted.sum(axis=1)),
            "Spending over final demand and use as inputs, largest log gap of a country.",
        ),
        ("budget", _gap(earned / model.income), "Income over final spending, largest log gap."),
        ("cost", float(np.abs(again - cost).max()), "Cost from wages and prices, log gap."),
        ("money", _gap(np.array([bill.sum() / model.wages.sum()])), "The unit of money, log gap."),
    ]
    if model.scaled:
        there = model.active
        implied = np.log(sales[there] / model.base_sales[there]) - cost[there]
        gap = float(np.abs(implied - size[there]).max())
        lines.append(("entry", gap, "Firms over what sales and cost pay for, largest log gap."))
    return lines


def _gap(ratio: Array) -> float:
    """Return the largest absolute log of a ratio; infinite where it is not positive."""
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.abs(np.log(ratio))
    return float(np.where(np.isfinite(logs), logs, np.inf).max())
