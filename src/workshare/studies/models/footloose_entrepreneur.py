"""The footloose entrepreneur (Forslid and Ottaviano 2003, J. Econ. Geogr. 3(3)).

Core and periphery with one closed form more: each firm needs one mobile entrepreneur and immobile
labour, so that entrepreneurs' nominal earnings can be solved for. With f = T^(1-s) the freeness of
trade and b = mu/s, the ratio of earnings at the share h in region 1 is
(2 f h + K (1-h)) / (2 f (1-h) + K h), K = 1 - b + (1 + b) f^2.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from workshare.equilibria.system import System, system_from_function
from workshare.errors import OptionError


def footloose_entrepreneur(
    freeness: float = 0.4, manufacturing: float = 0.4, elasticity: float = 3.0
) -> System:
    """Return entrepreneurs' location as a system with corners.

    Parameters
    ----------
    freeness : f of trade: 0 none, 1 without cost.
    manufacturing : mu, share of income spent on manufactures; between 0 and 1.
    elasticity : s, elasticity of substitution; above one.

    Returns
    -------
    Unknown ``share`` of entrepreneurs in region 1, in [0, 1], complementarity; residual: log of
    the ratio of their real earnings, region 1 to region 2.

    Raises
    ------
    OptionError : with every value that is out of its range.

    Examples
    --------
    >>> from workshare.equilibria import find
    >>> find(footloose_entrepreneur(freeness=0.6)).points.ravel()
    array([0. , 0.5, 1. ])
    """
    faults = []
    if not 0 < freeness < 1:
        faults.append(f"freeness is {freeness}; must be between 0 and 1")
    if not 0 < manufacturing < 1:
        faults.append(f"manufacturing is {manufacturing}; must be between 0 and 1")
    if not elasticity > 1:
        faults.append(f"elasticity is {elasticity}; must be above 1")
    if faults:
        raise OptionError("Footloose entrepreneur: " + "; ".join(faults))

    def residual(x: Any, p: Any) -> Any:
        here, (free, mu, s) = x[0], p
        there = 1 - here
        b = mu / s
        k = 1 - b + (1 + b) * free**2
        earnings = np.log(2 * free * here + k * there) - np.log(2 * free * there + k * here)
        prices = np.log(here + free * there) - np.log(free * here + there)
        return [earnings + mu / (s - 1) * prices]

    return system_from_function(
        residual,
        ["share"],
        bounds={"share": (0.0, 1.0)},
        parameters={
            "freeness": freeness,
            "manufacturing": manufacturing,
            "elasticity": elasticity,
        },
        name="footloose entrepreneur",
        complementarity=True,
    )


def break_freeness(manufacturing: float = 0.4, elasticity: float = 3.0) -> float:
    """Return the freeness of trade above which the even spread is unstable; 0 if it always is.

    f = (s - mu)(s - 1 - mu) / ((s + mu)(s - 1 + mu)) (Forslid and Ottaviano 2003).

    Examples
    --------
    >>> round(break_freeness(), 6)
    0.509804
    """
    s, mu = elasticity, manufacturing
    return max(0.0, (s - mu) * (s - 1 - mu) / ((s + mu) * (s - 1 + mu)))


def sustain_freeness(manufacturing: float = 0.4, elasticity: float = 3.0) -> float:
    """Return the freeness of trade above which a core lasts; 0 if it always does.

    The root below one of 2 f^(1 - mu/(s-1)) = 1 - b + (1 + b) f^2, b = mu/s.

    Examples
    --------
    >>> sustain_freeness() < break_freeness()
    True
    """
    from scipy.optimize import brentq

    s, mu = elasticity, manufacturing
    b, power = mu / s, 1 - mu / (s - 1)
    if power <= 0:
        return 0.0

    def excess(log_free: float) -> float:
        return 2 * math.exp(power * log_free) - (1 - b) - (1 + b) * math.exp(2 * log_free)

    low = -1.0
    while excess(low) > 0:
        low *= 2
    return math.exp(float(brentq(excess, low, math.log(break_freeness(mu, s)), xtol=1e-15)))
