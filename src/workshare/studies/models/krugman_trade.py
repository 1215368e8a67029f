"""Krugman's (1980) economy of `trade` as a system: wages that balance payments, proven unique.

The economy is that of :mod:`workshare.trade.krugman`: one industry of increasing returns, labour by
country, a share of every good that arrives. There the wages are found by Newton's method and argued
to be unique; here the same conditions are a :class:`System`, so that all equilibria are enumerated
and uniqueness is proven by an exhausted interval cover.

With e the elasticity of demand and phi_ij = arrival_ij^(e - 1), a firm of country i sells
w_i^(1 - e) times the sum over j of phi_ij w_j L_j / D_j, all goods in proportion to labour, with
D_j = sum over i of L_i phi_ij w_i^(1 - e); in equilibrium that is its wage bill.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from workshare.arrays import Array
from workshare.equilibria.system import System, system_from_function
from workshare.errors import OptionError
from workshare.trade.krugman import Technology

MOST_COUNTRIES = 5
"""Beyond, an interval cover takes too long to prove anything."""


def krugman_trade(
    substitution: float = 0.75,
    arrival: float = 0.8,
    labour_1: float = 2.0,
    labour_2: float = 1.0,
    labour_3: float = 0.0,
    labour_4: float = 0.0,
) -> System:
    """Return the wages of two to four countries that trade as a system.

    Parameters
    ----------
    substitution : theta, between 0 and 1: demand has elasticity 1 / (1 - theta).
    arrival : share g of a good that arrives abroad; more than 0, at most 1.
    labour_1, labour_2, labour_3, labour_4 : people by country; 0: there is no such country.

    Returns
    -------
    As for :func:`krugman_system`.

    Raises
    ------
    OptionError : a value outside its range, or fewer than two countries.

    Examples
    --------
    >>> from workshare.equilibria import find
    >>> found = find(krugman_trade())
    >>> str(found.completeness), np.exp(found.points.ravel()).round(4)
    ('PROVED', array([1.0452]))
    """
    labour = [value for value in (labour_1, labour_2, labour_3, labour_4) if value != 0]
    return krugman_system(Technology(substitution), np.array(labour), arrival)


def krugman_system(technology: Technology, labour: Array, arrival: Array | float) -> System:
    """Return the system of :func:`workshare.trade.krugman.trade_equilibrium`'s arguments.

    Parameters
    ----------
    labour : people by country, (N,), two to five countries.
    arrival : share that arrives, one number or an (N, N) matrix with ones on its diagonal.

    Returns
    -------
    Unknowns ``log_wage_1``, ... relative to the last country's wage, which is one; residual: log
    of a firm's sales over its cost, so that a wage tends to rise where firms would gain. The bounds
    hold every equilibrium: the ratio of two countries' sales at equal prices lies between the least
    and the greatest phi, so that |log w_i / w_j| <= -(1 - 1/e) log of the least arrival.
    Parameters: ``elasticity``, ``labour_i``, ``arrival`` (or ``arrival_ij``).

    Raises
    ------
    OptionError : a value outside its range, with its country, or too many countries.

    References
    ----------
    Krugman (1980), section II; :mod:`workshare.trade.krugman`.
    """
    people = np.asarray(labour, dtype=float)
    count = people.size
    matrix = np.full((count, count), float(arrival)) if np.ndim(arrival) == 0 else (
        np.asarray(arrival, dtype=float)
    )  # fmt: skip
    _check(people, matrix)
    even = np.ndim(arrival) == 0
    pairs = [(i, j) for i in range(count) for j in range(count) if i != j]
    values = {"elasticity": technology.elasticity}
    values |= {f"labour_{i + 1}": float(people[i]) for i in range(count)}
    if even:
        values["arrival"] = float(arrival)
    else:
        values |= {f"arrival_{i + 1}{j + 1}": float(matrix[i, j]) for i, j in pairs}
    least = min(matrix[i, j] for i, j in pairs)
    # room on both sides, so that the equilibrium is inside also where all goods arrive
    most = -(1 - 1 / technology.elasticity) * float(np.log(least)) + 0.01

    def residual(x: Any, p: Any) -> Any:
        e, size = p[0], p[1 : count + 1]
        logs = [*x, 0.0]
        at = {pair: p[count + 1 + (0 if even else k)] for k, pair in enumerate(pairs)}
        phi = {pair: at[pair] ** (e - 1) for pair in at}
        price = [size[i] * np.exp((1 - e) * logs[i]) if i < count - 1 else size[i]
                 for i in range(count)]  # fmt: skip
        met = [
            sum((price[i] * phi[i, j] for i in range(count) if i != j), start=price[j])
            for j in range(count)
        ]
        income = [size[j] * np.exp(logs[j]) if j < count - 1 else size[j] for j in range(count)]
        spent = [income[j] / met[j] for j in range(count)]
        return [
            np.log(sum((phi[i, j] * spent[j] for j in range(count) if j != i), start=spent[i]))
            - e * logs[i]
            for i in range(count - 1)
        ]

    names = [f"log_wage_{i + 1}" for i in range(count - 1)]
    return system_from_function(
        residual,
        names,
        bounds=dict.fromkeys(names, (-most, most)),
        parameters=values,
        name="Krugman trade",
    )


def _check(people: Array, arrivals: Array) -> None:
    """Raise on every value outside its range."""
    faults = []
    count = people.size
    if not 2 <= count <= MOST_COUNTRIES:
        faults.append(f"there are {count} countries; must be 2 to {MOST_COUNTRIES}")
    faults += [
        f"labour of country {i + 1} is {value:g}; must be more than 0"
        for i, value in enumerate(people)
        if not 0 < value < np.inf
    ]
    if arrivals.shape != (count, count):
        faults.append(f"arrival has shape {arrivals.shape}; must be ({count}, {count})")
    else:
        faults += [
            f"arrival from country {i + 1} to {j + 1} is {arrivals[i, j]:g}; must be more than 0 "
            "and at most 1"
            for i in range(count)
            for j in range(count)
            if i != j and not 0 < arrivals[i, j] <= 1
        ]
    if faults:
        raise OptionError("Krugman trade: " + "; ".join(dict.fromkeys(faults)))
