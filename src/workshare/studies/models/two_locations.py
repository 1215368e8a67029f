"""Path dependence between two locations (in the spirit of Allen and Donaldson 2020, NBER 28059).

Each period people and markets place themselves given where they were a period before. With z the
log of the ratio of sizes, c the log of the ratio of fundamentals, and market access that reaches
the other location with weight k:  a z' = c + log((e^(b z) + k) / (1 + k e^(b z))). The next period
is always unique, yet there may be three steady states: history then decides for ever. The steady
states are those of x_i^a = sum over j of K_ij x_j^b (Allen, Arkolakis and Li 2020, NBER 27837).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from workshare.equilibria.system import System, system_from_function
from workshare.errors import OptionError


def two_locations(
    advantage: float = 0.0, access: float = 0.2, dispersion: float = 1.0, spillover: float = 2.0
) -> System:
    """Return the log ratio of two locations' sizes as a system.

    Parameters
    ----------
    advantage : c, log of location 1's fundamentals over location 2's.
    access : k, weight of the other location in market access; between 0 and 1.
    dispersion : a, how strongly crowding spreads people; positive.
    spillover : b, how strongly last period's size attracts; positive.

    Returns
    -------
    Unknown ``log_ratio``; residual: next period's minus this period's; the ``best response`` map
    is one period. Bounded because market access is: |z| <= (|c| + log 1/k) / a, with room for an
    advantage of +-1.

    Raises
    ------
    OptionError : with every value that is out of its range.

    Examples
    --------
    >>> from workshare.equilibria import find
    >>> np.exp(find(two_locations(access=0.25)).points.ravel()).round(6)
    array([0.381966, 1.      , 2.618034])
    """
    faults = []
    if not 0 < access < 1:
        faults.append(f"access is {access}; must be between 0 and 1")
    if not dispersion > 0:
        faults.append(f"dispersion is {dispersion}; must be above 0")
    if not spillover > 0:
        faults.append(f"spillover is {spillover}; must be above 0")
    if faults:
        raise OptionError("Two locations: " + "; ".join(faults))
    far = (abs(advantage) + 1 - math.log(access)) / dispersion

    def residual(z: Any, p: Any) -> Any:
        c, k, a, b = p
        size = np.exp(b * z[0])
        return [(c + np.log(size + k) - np.log(1 + k * size)) / a - z[0]]

    return system_from_function(
        residual,
        ["log_ratio"],
        bounds={"log_ratio": (-far, far)},
        parameters={
            "advantage": advantage,
            "access": access,
            "dispersion": dispersion,
            "spillover": spillover,
        },
        name="two locations",
        cooperative=True,
    )


def history_can_matter(access: float, dispersion: float = 1.0, spillover: float = 2.0) -> bool:
    """Return whether equal locations have several steady states: (b/a)(1-k)/(1+k) > 1.

    Examples
    --------
    >>> history_can_matter(0.3), history_can_matter(0.34)
    (True, False)
    """
    return spillover / dispersion * (1 - access) / (1 + access) > 1


def critical_advantage(access: float, dispersion: float = 1.0, spillover: float = 2.0) -> float:
    """Return the |c| at which the disadvantaged location's steady state vanishes; 0 if never there.

    Where the map's slope is one, y = e^(b z) solves k y^2 + (1 + k^2 - (b/a)(1 - k^2)) y + k = 0.

    Examples
    --------
    >>> 0 < critical_advantage(0.2) < 0.5, critical_advantage(0.5)
    (True, 0.0)
    """
    if not history_can_matter(access, dispersion, spillover):
        return 0.0
    k, a, b = access, dispersion, spillover
    middle = 1 + k * k - b / a * (1 - k * k)
    size = (-middle + math.sqrt(middle * middle - 4 * k * k)) / (2 * k)
    return math.log((size + k) / (1 + k * size)) - a * math.log(size) / b
