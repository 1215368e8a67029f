"""A place with several sectors, scale economies within and across them, and CES demand.

The building block of an estimation in the spirit of Garg (2026): the paper's own equations are not
public, so these are ours. Sector s produces A_s prod_k (c + L_k)^g_sk per worker and sells with
the CES demand D_s p^-e; its log wage is then, up to a constant that fundamentals ``a_s`` collect,
w_s = a_s + (1 - 1/e) sum_k g_sk log(c + L_k) - (1/e) log(L_s). Workers, measured as shares of all,
choose a sector or the rest of the economy (wage one) with the elasticity t:
L_s = e^(t w_s) / (1 + sum_k e^(t w_k)). Given what is observed, a_s is unique
(:func:`fundamentals`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from workshare.arrays import Array
from workshare.equilibria.system import System, system_from_function
from workshare.errors import OptionError


def scale_economies(
    attractions: Sequence[float] | Array = (0.9, 0.85),
    own: float = 1.2,
    cross: float = 0.1,
    mobility: float = 3.0,
    demand: float = 6.0,
    base: float = 0.02,
) -> System:
    """Return log employment by sector as a system.

    Parameters
    ----------
    attractions : a_s, log fundamentals of each sector.
    own, cross : elasticities of productivity to the own and to another sector's employment.
    mobility : t, elasticity of sector choice to wages.
    demand : e, elasticity of demand; above one.
    base : c, employment equivalent of what scale economies start from, as a share; 0: from nothing.

    Returns
    -------
    Unknowns ``log_employment_1``, ...: logs of shares of all workers, in [-12, 0]; residual: log
    of the labour supplied minus log of the labour employed. Parameters ``attraction_1``, ...,
    ``own``, ``cross``, ``mobility``, ``demand``, ``base``.

    Raises
    ------
    OptionError : with every value that is out of its range.

    Examples
    --------
    >>> from workshare.equilibria import find
    >>> len(find(scale_economies([0.9])).equilibria)
    3
    """
    faults = []
    if len(attractions) == 0:
        faults.append("attractions is empty; must have one number for each sector")
    if not mobility > 0:
        faults.append(f"mobility is {mobility}; must be above 0")
    if not demand > 1:
        faults.append(f"demand is {demand}; must be above 1")
    if not base >= 0:
        faults.append(f"base is {base}; must not be negative")
    if faults:
        raise OptionError("Scale economies: " + "; ".join(faults))
    count = len(attractions)
    names = [f"log_employment_{k + 1}" for k in range(count)]

    def residual(x: Any, p: Any) -> Any:
        wages = _log_wages(x, p[:count], *p[count:])
        pulls = [p[count + 2] * wage for wage in wages]
        whole = 1
        for pull in pulls:
            whole = whole + np.exp(pull)
        return [pull - np.log(whole) - x[k] for k, pull in enumerate(pulls)]

    parameters = {f"attraction_{k + 1}": float(a) for k, a in enumerate(attractions)}
    rest = {"own": own, "cross": cross, "mobility": mobility, "demand": demand, "base": base}
    return system_from_function(
        residual,
        names,
        bounds=dict.fromkeys(names, (-12.0, 0.0)),
        parameters={**parameters, **rest},
        name="scale economies",
    )


def fundamentals(
    employment: Sequence[float] | Array,
    own: float = 1.2,
    cross: float = 0.1,
    mobility: float = 3.0,
    demand: float = 6.0,
    base: float = 0.02,
) -> Array:
    """Return the attractions at which the observed shares (S) are an equilibrium: unique.

    Examples
    --------
    >>> a = fundamentals([0.3, 0.2])
    >>> system = scale_economies(a)
    >>> bool(abs(system.value(np.log([0.3, 0.2]))).max() < 1e-12)
    True
    """
    shares = np.asarray(employment, dtype=float)
    if np.any(shares <= 0) or shares.sum() >= 1:
        raise OptionError(
            f"employment is {shares.tolist()}; must be positive shares that leave some for the rest"
        )
    wages = (np.log(shares) - math.log(1 - shares.sum())) / mobility
    zero = np.zeros(shares.size)
    known = _log_wages(np.log(shares), zero, own, cross, mobility, demand, base)
    return np.asarray(wages - np.array(known))


def single_sector_fold(
    own: float = 1.2, mobility: float = 3.0, demand: float = 6.0
) -> tuple[float, float] | None:
    """Return (attraction, employment share) at the fold of one sector with base 0; None if none.

    With n = t ((1 - 1/e) g - 1/e): the sector exists from the attraction on at which
    log L - log(1 - L) = t a + n log L has the double root L = 1 - 1/n; there is a fold iff n > 1.

    Examples
    --------
    >>> single_sector_fold(own=0.2) is None
    True
    """
    n = mobility * ((1 - 1 / demand) * own - 1 / demand)
    if n <= 1:
        return None
    share = 1 - 1 / n
    return ((1 - n) * math.log(share) - math.log(1 - share)) / mobility, share


def _log_wages(x: Any, a: Any, own: Any, cross: Any, _t: Any, demand: Any, base: Any) -> list[Any]:
    """Return each sector's log wage at log employment ``x``."""
    sizes = [np.log(base + np.exp(item)) for item in x]
    wages = []
    for s in range(len(sizes)):
        scale = own * sizes[s]
        for k in range(len(sizes)):
            if k != s:
                scale = scale + cross * sizes[k]
        wages.append(a[s] + (1 - 1 / demand) * scale - x[s] / demand)
    return wages
