"""The models that share this equilibrium, by name: what their parameters are here.

All of them have the same equilibrium in changes; they differ in what the trade and the scale
elasticity stand for, and in entry (Kucheryavyy, Lyn and Rodriguez-Clare 2023; Lashkaripour and
Lugovskyy 2023, appendix D).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workshare.arrays import Array
from workshare.errors import OptionError


@dataclass(frozen=True, eq=False)
class Parameters:
    """Elasticities and entry, to give to an economy.

    Attributes
    ----------
    trade_elasticity, scale_elasticity, markups : (K,). entry : ``restricted`` or ``free``.
    model : the model's name.
    """

    trade_elasticity: Array
    scale_elasticity: Array
    markups: Array
    entry: str
    model: str


def armington(sigma: Array) -> Parameters:
    """Return Armington: goods differ by origin, no scale economies, no profits.

    Examples
    --------
    >>> import numpy as np
    >>> armington(np.array([5.0])).trade_elasticity
    array([4.])
    """
    elastic = _above("sigma", sigma, 1.0) - 1.0
    none = np.zeros_like(elastic)
    return Parameters(elastic, none, none, "restricted", "Armington")


def krugman(sigma: Array, *, entry: str = "free") -> Parameters:
    """Return Krugman (1980): varieties of firms, mu = 1 / (sigma - 1), so mu x epsilon is one.

    With free entry that is the edge of uniqueness: see ``find_branches``. With restricted entry it
    is the model of Ossa (2014).
    """
    elastic = _above("sigma", sigma, 1.0) - 1.0
    markups = 1.0 / elastic if entry == "restricted" else np.zeros_like(elastic)
    return Parameters(elastic, 1.0 / elastic, markups, entry, "Krugman")


def generalised_krugman(sigma: Array, gamma: Array, *, entry: str = "free") -> Parameters:
    """Return Lashkaripour and Lugovskyy (2023): sigma across origins, gamma >= sigma within.

    mu = 1 / (gamma - 1); the product mu (sigma - 1) is at most one.
    """
    elastic = _above("sigma", sigma, 1.0) - 1.0
    within = _above("gamma", gamma, 1.0)
    if (within < elastic + 1.0).any():
        raise OptionError("gamma: elasticity between firms of one origin is >= sigma")
    mu = 1.0 / (within - 1.0)
    markups = mu if entry == "restricted" else np.zeros_like(mu)
    return Parameters(elastic, mu, markups, entry, "generalised Krugman")


def eaton_kortum(theta: Array, psi: Array) -> Parameters:
    """Return Eaton and Kortum (2002) with Marshallian externalities: epsilon = theta, mu = psi."""
    elastic = _above("theta", theta, 0.0)
    scale = np.asarray(psi, dtype=np.float64)
    if (scale < 0).any():
        raise OptionError("psi: the external scale elasticity is >= 0")
    return Parameters(elastic, scale, np.zeros_like(scale), "free", "Eaton-Kortum")


def melitz_pareto(sigma: Array, gamma: Array, theta: Array, *, entry: str = "free") -> Parameters:
    """Return Melitz with Pareto productivity of shape theta.

    Chaney (2008); Lashkaripour and Lugovskyy (2023), appendix D.

    epsilon = theta / (1 + theta (1 / (sigma - 1) - 1 / (gamma - 1))); mu = 1 / theta with free
    entry; restricted, mu / (1 + mu) = (gamma - 1) / (gamma theta), the share of profits in sales.

    Examples
    --------
    >>> import numpy as np
    >>> one = melitz_pareto(np.array([4.0]), np.array([4.0]), np.array([5.0]))
    >>> one.trade_elasticity, one.scale_elasticity
    (array([5.]), array([0.2]))
    """
    elastic = _above("sigma", sigma, 1.0) - 1.0
    within = _above("gamma", gamma, 1.0)
    shape = _above("theta", theta, 0.0)
    if (shape <= within - 1.0).any():
        raise OptionError("theta: the Pareto shape is above gamma - 1, or firm sales have no mean")
    epsilon = shape / (1.0 + shape * (1.0 / elastic - 1.0 / (within - 1.0)))
    if entry == "free":
        mu = 1.0 / shape
        return Parameters(epsilon, mu, np.zeros_like(mu), entry, "Melitz-Pareto")
    # profits are (gamma - 1) / (gamma theta) of sales (Chaney 2008), and mu / (1 + mu) here
    mu = (within - 1.0) / (within * shape - within + 1.0)
    return Parameters(epsilon, mu, mu, entry, "Melitz-Pareto")


def _above(name: str, values: Array, low: float) -> Array:
    """Return the values as floats; OptionError where one is not above ``low``."""
    array = np.atleast_1d(np.asarray(values, dtype=np.float64))
    if not (array > low).all():
        raise OptionError(f"{name}: every value is above {low:g}; got {array[~(array > low)]}")
    return array
