"""A negative control: the entry condition written in levels, solved by a general dogleg.

Written in levels, the condition 'sales = wage bill' of an industry also holds where the industry is
empty, whatever the first firm to enter would earn. A general solver can therefore end on points
that are no equilibria. Nothing in the package uses this; a test shows that the certificate sees it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.optimize

from workshare.trade.economy import Economy
from workshare.trade.taxes import Policy, complete_policy

Result = tuple[Any, Any, Any, float]


def solve_in_levels(world: Economy, policy: Policy) -> Result:
    """Return wage, income, labour (new over old) and the largest level residual (money shares)."""
    policy = complete_policy(world, policy)
    size, kinds = world.sales.shape
    bill = world.sales.sum(axis=1)
    shares = world.sales / bill[:, None]
    subsidy = (1 - policy.export_subsidies) * (1 - policy.production_subsidies)[:, None]
    wedge = (1 + policy.tariffs) / (1 + world.tariffs) * subsidy
    scale = bill.sum()

    def gaps(unknown: Any) -> Any:
        wage, income = np.abs(unknown[:size]), np.abs(unknown[size : 2 * size])
        labour = np.abs(unknown[2 * size :].reshape(size, kinds))
        with np.errstate(divide="ignore", over="ignore"):
            cost = wage[:, None] * labour**-world.scale_elasticity
            pull = world.trade_shares * (cost[:, None] * wedge) ** -world.trade_elasticity
        flows = pull / pull.sum(axis=0) * world.spending_shares * (income * world.spending)[:, None]
        border = flows / (1 + policy.tariffs)
        sales = (border / subsidy).sum(axis=1)
        revenue = (flows - border).sum(axis=(0, 2)) + (border - border / subsidy).sum(axis=(1, 2))
        entry = (sales - labour * shares * (wage * bill)[:, None]).ravel()
        entry[-1] = (bill * (wage - 1)).sum()
        budget = wage * bill + revenue - income * world.spending
        force = 100 * ((labour * shares).sum(axis=1) - 1)
        return np.concatenate([entry / scale, budget / scale, force])

    first = np.ones(2 * size + size * kinds)
    found = scipy.optimize.least_squares(
        gaps, first, xtol=1e-15, ftol=1e-15, gtol=1e-15, method="dogbox", max_nfev=2000
    )
    wage, income = np.abs(found.x[:size]), np.abs(found.x[size : 2 * size])
    labour = np.abs(found.x[2 * size :].reshape(size, kinds))
    return wage, income, labour, float(np.abs(found.fun).max())
