"""Core and periphery (Krugman 1991, JPE 99(3); units of Fujita, Krugman, Venables).

Two regions share the farmers equally; workers, a share ``l`` in region 1, move to the higher real
wage. Goods of different firms are CES with elasticity s; shipping uses up the factor T. With
P_r = G_r^(1-s), G the price index: w_r^s = sum over q of Y_q t_rq^(1-s) / P_q and the real wage
w_r P_r^(mu/(s-1)) (Fujita, Krugman and Venables 1999).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from workshare.equilibria.system import System, system_from_function
from workshare.errors import OptionError


def core_periphery(
    trade_cost: float = 1.65, manufacturing: float = 0.4, elasticity: float = 5.0
) -> System:
    """Return workers' location and wages as a system with corners.

    Parameters
    ----------
    trade_cost : T, units shipped for one to arrive; one or more.
    manufacturing : mu, share of income spent on manufactures; between 0 and 1.
    elasticity : s, elasticity of substitution; above one.

    Returns
    -------
    Unknowns ``share`` (of workers in region 1, in [0, 1]), ``wage_1``, ``wage_2`` (in units of the
    mean wage; at any equilibrium between T^-(1-1/s) and T^(1-1/s), because the ratio of market
    accesses is; the bounds allow for T up to 3 where it is followed). Complementarity. Residuals:
    log of the ratio of real wages; what each region's goods earn minus its wage.

    Raises
    ------
    OptionError : with every value that is out of its range.

    Examples
    --------
    >>> system = core_periphery()
    >>> bool(abs(system.value([0.5, 1.0, 1.0])).max() < 1e-14)
    True
    """
    faults = []
    if not trade_cost >= 1:
        faults.append(f"trade_cost is {trade_cost}; must be 1 or more")
    if not 0 < manufacturing < 1:
        faults.append(f"manufacturing is {manufacturing}; must be between 0 and 1")
    if not elasticity > 1:
        faults.append(f"elasticity is {elasticity}; must be above 1")
    if faults:
        raise OptionError("Core and periphery: " + "; ".join(faults))
    most = max(3.0, trade_cost) ** (1 - 1 / elasticity)

    def residual(x: Any, p: Any) -> Any:
        share, first, second = x
        cost, mu, s = p
        shipped = cost ** (1 - s)
        first_cost, second_cost = first ** (1 - s), second ** (1 - s)
        index_1 = share * first_cost + (1 - share) * second_cost * shipped
        index_2 = share * first_cost * shipped + (1 - share) * second_cost
        access_1 = (mu * share * first + (1 - mu) / 2) / index_1
        access_2 = (mu * (1 - share) * second + (1 - mu) / 2) / index_2
        gap = np.log(first) - np.log(second)
        gap = gap + mu / (s - 1) * (np.log(index_1) - np.log(index_2))
        return [
            gap,
            (access_1 + shipped * access_2) ** (1 / s) - first,
            (shipped * access_1 + access_2) ** (1 / s) - second,
        ]

    return system_from_function(
        residual,
        ["share", "wage_1", "wage_2"],
        bounds={"share": (0.0, 1.0), "wage_1": (1 / most, most), "wage_2": (1 / most, most)},
        parameters={
            "trade_cost": trade_cost,
            "manufacturing": manufacturing,
            "elasticity": elasticity,
        },
        name="core and periphery",
        complementarity=True,
        corners=("share",),
    )


def break_point(manufacturing: float = 0.4, elasticity: float = 5.0) -> float:
    """Return the trade cost below which the even spread is unstable; infinite if it always is.

    T^(s-1) = (rho + mu)(1 + mu) / ((rho - mu)(1 - mu)), rho = 1 - 1/s (Fujita, Krugman and
    Venables 1999); always unstable where mu >= rho, the black hole.

    Examples
    --------
    >>> round(break_point(), 6)
    1.626577
    """
    rho = 1 - 1 / elasticity
    mu = manufacturing
    if mu >= rho:
        return math.inf
    return float(((rho + mu) * (1 + mu) / ((rho - mu) * (1 - mu))) ** (1 / (elasticity - 1)))


def sustain_point(manufacturing: float = 0.4, elasticity: float = 5.0) -> float:
    """Return the trade cost below which a core lasts once it is there; infinite if it always does.

    The root above one of (1+mu)/2 T^(1-s-s mu) + (1-mu)/2 T^(s-1-s mu) = 1 (Fujita, Krugman and
    Venables 1999).

    Examples
    --------
    >>> round(sustain_point(), 6)
    1.807313
    """
    from scipy.optimize import brentq

    mu, s = manufacturing, elasticity
    if mu >= 1 - 1 / s:
        return math.inf

    def excess(log_cost: float) -> float:
        low, high = (1 - s - s * mu) * log_cost, (s - 1 - s * mu) * log_cost
        return (1 + mu) / 2 * math.exp(low) + (1 - mu) / 2 * math.exp(high) - 1

    start = math.log(break_point(mu, s))  # the core lasts at the break point and beyond
    end = start
    while excess(end) <= 0:
        end *= 2
    return math.exp(float(brentq(excess, start, end, xtol=1e-15)))
