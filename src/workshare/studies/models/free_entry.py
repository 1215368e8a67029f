"""A free-entry economy of `trade` as a system: where industries settle, corners included.

The economy is a :class:`workshare.trade.economy.Economy` of two countries with free entry: unit
cost falls with the size of an industry, by the scale elasticity mu, and trade shares react to cost
by the trade elasticity eps. Where k = eps mu is one or more, an industry can settle in either
country, and several equilibria stand side by side on the same fundamentals. Here all of them are
enumerated, the ones in which a country has nothing of an industry included.

Unknown is the share y of an industry's world sales that the first country makes, and the log of its
relative wage w (new over old). Sales are wage bills under free entry, so that labour in the
industry follows: l = y S / w, S the world's spending on the industry. Per unit of cost a firm of
country i sells R_i = l_i^(k - 1) times the sum over j of share_ij w_i^-eps X_j / D_j (amounts new
over old), D_j = sum over i of share_ij w_i^-eps l_i^k. In equilibrium R_1 = R_2 where both make it
(then both are one), and nobody gains by entering where only one does.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from workshare.arrays import Array
from workshare.equilibria.system import System, system_from_function
from workshare.errors import OptionError
from workshare.trade.economy import Economy
from workshare.trade.taxes import Shock

WAGE_RANGE = 3.0
"""Log relative wages (new over old) are looked for between minus and plus this."""


def free_entry(
    trade_elasticity: float = 4.0,
    scale_elasticity: float = 0.35,
    trade_cost: float = 1.3,
    industries: int = 2,
) -> System:
    """Return two equal countries with several equal industries of free entry as a system.

    Parameters
    ----------
    trade_elasticity : eps = sigma - 1; above 0.
    scale_elasticity : mu; with eps mu of one or more an industry may settle in one country.
    trade_cost : T, units shipped for one to arrive; above 1.
    industries : number of industries, 1 to 3.

    Returns
    -------
    As for :func:`free_entry_system`.

    Raises
    ------
    OptionError : with every value that is out of its range.

    Examples
    --------
    >>> from workshare.equilibria import find
    >>> found = find(free_entry())
    >>> str(found.completeness), len(found.equilibria)
    ('PROVED', 3)
    """
    return free_entry_system(
        even_economy(trade_elasticity, scale_elasticity, trade_cost, int(industries))
    )


def even_economy(
    trade_elasticity: float, scale_elasticity: float, trade_cost: float, industries: int
) -> Economy:
    """Return two equal countries that spend alike on equal industries, as an economy of `trade`.

    Raises
    ------
    OptionError : with every value that is out of its range.
    """
    faults = []
    if not 0 < trade_elasticity < np.inf:
        faults.append(f"trade_elasticity is {trade_elasticity}; must be above 0")
    if not 0 <= scale_elasticity < np.inf:
        faults.append(f"scale_elasticity is {scale_elasticity}; must be 0 or more")
    if not 1 < trade_cost < np.inf:
        faults.append(
            f"trade_cost is {trade_cost}; must be above 1 (at 1 it does not matter where a good "
            "is made)"
        )
    if not 1 <= industries <= 3:
        faults.append(f"industries is {industries}; must be 1 to 3")
    if faults:
        raise OptionError("Free entry: " + "; ".join(faults))
    free = trade_cost**-trade_elasticity
    pair = np.array([[1.0, free], [free, 1.0]]) / (1.0 + free)
    return Economy(
        ("one", "two"),
        tuple(f"industry {k + 1}" for k in range(industries)),
        np.repeat(pair[:, :, None], industries, axis=2) / industries,
        np.full(industries, float(trade_elasticity)),
        np.full(industries, float(scale_elasticity)),
        entry="free",
        unit="wages of a country/year",
        name="even economy",
    )


def free_entry_system(economy: Economy) -> System:
    """Return the system of a two-country economy with free entry, without taxes.

    Parameters
    ----------
    economy : two countries, free entry; no tariffs, deficits, markups or intermediate inputs, and
        every industry made in both countries.

    Returns
    -------
    Unknowns ``share_1``, ... (the first country's share of each industry's world sales, in [0, 1],
    corners) and ``log_wage`` (new over old, relative). Residuals: what a firm of the first country
    sells for its cost less what one of the second does, times y^(1 - k) (1 - y)^(1 - k) where k < 1
    (there an empty industry always invites entry); labour wanted in the first country over labour
    there, less one. Parameters: ``cost_change`` (trade costs, new over old) and ``labour_change``
    (of the first country).

    Raises
    ------
    OptionError : with everything about the economy that this system does not take.
    """
    _check(economy)
    kinds = len(economy.industries)
    shares, weights = economy.trade_shares, economy.spending_shares
    base = economy.sales  # labour in base wages
    totals, eps = base.sum(axis=1), economy.trade_elasticity
    power = eps * economy.scale_elasticity

    def residual(x: Any, p: Any) -> Any:
        wage = np.exp(x[kinds])
        labour = p[1] * totals[0]
        incomes = (wage * labour, totals[1])
        out, wanted = [], 0.0
        for k in range(kinds):
            spent = [weights[j, k] * incomes[j] for j in range(2)]
            world = spent[0] + spent[1]
            size = (x[k] * world / (wage * base[0, k]), (1 - x[k]) * world / base[1, k])
            cost = (np.exp(-eps[k] * x[kinds]), 1.0)
            abroad = p[0] ** -eps[k]
            weight = [
                [shares[i, j, k] * cost[i] * (1.0 if i == j else abroad) for j in range(2)]
                for i in range(2)
            ]
            grown = [_power(size[i], power[k]) for i in range(2)]
            met = [weight[0][j] * grown[0] + weight[1][j] * grown[1] for j in range(2)]
            # sales per unit of cost, but for the power of size that vanishes or explodes at zero
            earned = [
                (weight[i][0] * spent[0] / met[0] + weight[i][1] * spent[1] / met[1])
                / (base[i, k] * (wage if i == 0 else 1.0))
                for i in range(2)
            ]
            rest = power[k] - 1
            if rest >= 0:
                gap = earned[0] * _power(size[0], rest) - earned[1] * _power(size[1], rest)
            else:
                gap = earned[0] * _power(size[1], -rest) - earned[1] * _power(size[0], -rest)
            out.append(gap)
            wanted = wanted + x[k] * world
        return [*out, wanted / (wage * labour) - 1]

    names = [*(f"share_{k + 1}" for k in range(kinds)), "log_wage"]
    bounds = dict.fromkeys(names[:-1], (0.0, 1.0)) | {"log_wage": (-WAGE_RANGE, WAGE_RANGE)}
    return system_from_function(
        residual,
        names,
        bounds=bounds,
        parameters={"cost_change": 1.0, "labour_change": 1.0},
        name="free entry",
        complementarity=True,
        corners=tuple(names[:-1]),
    )


def trade_answer(
    economy: Economy, system: System, point: Array
) -> tuple[Shock, Array, Array, Array]:
    """Return the shock, wages, incomes and labour by industry that trade's own check takes.

    Parameters
    ----------
    system : from :func:`free_entry_system`, at its own parameters.
    point : one of its equilibria.

    Returns
    -------
    shock ; wage, income : (2,) new over old, in money whose world wage bill is as before; labour :
    (2, K) new over old.
    """
    cost, labour_change = system.parameters
    kinds = len(economy.industries)
    base, totals = economy.sales, economy.sales.sum(axis=1)
    labour = np.array([labour_change, 1.0])
    wage = np.array([np.exp(point[kinds]), 1.0])
    wage = wage * totals.sum() / (wage * labour * totals).sum()
    income = wage * labour
    world = economy.spending_shares.T @ (income * economy.spending)
    made = np.array([point[:kinds] * world, (1 - point[:kinds]) * world])
    costs = np.where(np.eye(2, dtype=bool)[:, :, None], 1.0, cost) * np.ones((2, 2, kinds))
    shock = Shock(trade_costs=costs, labour=labour)
    return shock, wage, income, made / wage[:, None] / base


def _power(base: Any, exponent: float) -> Any:
    """Return a power; an exponent of zero or one leaves no operation."""
    return 1.0 if exponent == 0 else base if exponent == 1 else base ** float(exponent)


def _check(economy: Economy) -> None:
    """Raise with everything that the system does not take."""
    faults = []
    if len(economy.countries) != 2:
        faults.append(f"it has {len(economy.countries)} countries; must have 2")
    if economy.entry != "free":
        faults.append(f"entry is {economy.entry}; must be free")
    if economy.has_inputs:
        faults.append("it has intermediate inputs; must have none")
    for name in ("tariffs", "deficits", "markups"):
        if np.any(getattr(economy, name) != 0):
            faults.append(f"it has {name}; must have none")
    if np.any(economy.sales <= 0):
        faults.append("an industry is not made in a country; every one must be in the data")
    if faults:
        raise OptionError(f"Free entry in {economy.name!r}: " + "; ".join(faults))
