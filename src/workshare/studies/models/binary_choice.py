"""Binary choice with social interactions (Brock and Durlauf 2001, REStud 68(2)).

Everybody chooses +1 or -1; ``m`` is the mean choice. A choice pays the private taste ``h``, plus
``J m`` for agreeing with the others, plus logistic noise: in equilibrium m = tanh(h + J m). There
are three equilibria where J > 1 and |h| is below a critical value, else one.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from workshare.equilibria.system import System, system_from_function
from workshare.errors import OptionError


def binary_choice(
    private: float = 0.0,
    social: float = 1.5,
    groups: int = 1,
    between: float = 0.0,
) -> System:
    """Return the mean choices of one or several groups as a system.

    Parameters
    ----------
    private : h, the taste for +1 that everybody has, in units of half the noise.
    social : J, how much the own group's mean choice matters; positive: strategic complements.
    groups : number of groups, on a ring.
    between : how much each of a group's two neighbours' mean choice matters.

    Returns
    -------
    Unknowns ``m`` (or ``m1``, ``m2``, ...) in [-1, 1]; residual tanh(...) - m; parameters
    ``private``, ``social``, ``between``.

    Raises
    ------
    OptionError : fewer than one group.

    Examples
    --------
    >>> from workshare.equilibria import find
    >>> find(binary_choice(social=1.5)).points.ravel().round(6) + 0.0
    array([-0.85856,  0.     ,  0.85856])
    """
    if groups < 1:
        raise OptionError(f"groups is {groups}; must be 1 or more")
    names = ["m"] if groups == 1 else [f"m{k + 1}" for k in range(groups)]

    def residual(m: Any, p: Any) -> Any:
        pulls = [
            p[0] + p[1] * m[k] + (p[2] * (m[k - 1] + m[(k + 1) % groups]) if groups > 1 else 0.0)
            for k in range(groups)
        ]
        return [np.tanh(pull) - m[k] for k, pull in enumerate(pulls)]

    return system_from_function(
        residual,
        names,
        bounds=dict.fromkeys(names, (-1.0, 1.0)),
        parameters={"private": private, "social": social, "between": between},
        name="binary choice",
        cooperative=social >= 0 and between >= 0,
    )


def critical_taste(social: float) -> float:
    """Return the |h| below which one group has three equilibria; 0 where it never has.

    h* = J m* - artanh(m*) with m* = sqrt(1 - 1/J), the fold of m = tanh(h + J m).

    Examples
    --------
    >>> round(critical_taste(1.5), 10)
    0.2075464553
    """
    if social <= 1.0:
        return 0.0
    m = math.sqrt(1.0 - 1.0 / social)
    return social * m - math.atanh(m)
