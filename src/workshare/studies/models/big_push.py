"""The big push with a factory wage premium (Murphy, Shleifer and Vishny 1989, JPE 97(5)).

Each of many sectors is produced by a traditional fringe with one worker per unit, or by one modern
firm that needs F workers once and 1/a per unit but pays a premium v. A modern firm's wages are
demand for the others' goods: with the share n of sectors modern, income is
y(n) = (L - n F) / (1 - n (1 - 1/a)) and a modern firm's profit (1 - (1 + v)/a) y(n) - F (1 + v).
(y counts output net of the premium, as firms see demand.)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from workshare.equilibria.system import System, system_from_function
from workshare.errors import OptionError


@dataclass(frozen=True, slots=True)
class BigPushConditions:
    """When industrialisation needs coordination.

    Attributes
    ----------
    profit_alone : profit of the first modern firm, units of labour.
    profit_together : profit of each when all are modern.
    threshold : share of modern sectors above which modernising pays; NaN where there is none.
    lower_premium, upper_premium : both outcomes are equilibria exactly for premia between them.
    """

    profit_alone: float
    profit_together: float
    threshold: float
    lower_premium: float
    upper_premium: float


def big_push(
    premium: float = 0.5, productivity: float = 2.5, fixed: float = 0.3, labour: float = 1.0
) -> System:
    """Return the share of modern sectors as a system with corners.

    Parameters
    ----------
    premium : v, the factory wage above the traditional one, as a share.
    productivity : a, a modern worker's output; above one.
    fixed : F, workers a modern firm needs before it produces; below ``labour``.
    labour : L, all workers for each sector.

    Returns
    -------
    Unknown ``modern`` in [0, 1], complementarity; residual: a modern firm's profit, units of
    labour. A further parameter ``support`` (default 0) is a subsidy for each modern firm.

    Raises
    ------
    OptionError : with every value that is out of its range.

    Examples
    --------
    >>> from workshare.equilibria import find
    >>> find(big_push()).points.ravel().round(4)
    array([0.    , 0.3333, 1.    ])
    """
    faults = []
    if not premium > -1:
        faults.append(f"premium is {premium}; must be above -1")
    if not productivity > 1:
        faults.append(f"productivity is {productivity}; must be above 1, the traditional output")
    if not 0 < fixed < labour:
        faults.append(f"fixed is {fixed}; must be between 0 and labour ({labour})")
    if faults:
        raise OptionError("Big push: " + "; ".join(faults))

    def residual(n: Any, p: Any) -> Any:
        v, a, fixed_labour, all_labour, support = p
        income = (all_labour - n[0] * fixed_labour) / (1 - n[0] * (1 - 1 / a))
        return [(1 - (1 + v) / a) * income - fixed_labour * (1 + v) + support]

    return system_from_function(
        residual,
        ["modern"],
        bounds={"modern": (0.0, 1.0)},
        parameters={
            "premium": premium,
            "productivity": productivity,
            "fixed": fixed,
            "labour": labour,
            "support": 0.0,
        },
        name="big push",
        complementarity=True,
    )


def big_push_conditions(
    premium: float = 0.5, productivity: float = 2.5, fixed: float = 0.3, labour: float = 1.0
) -> BigPushConditions:
    """Return the closed forms of :func:`big_push`.

    Examples
    --------
    >>> found = big_push_conditions()
    >>> round(found.profit_alone, 12), round(found.profit_together, 12)
    (-0.05, 0.25)
    """
    v, a = premium, productivity
    margin = 1 - (1 + v) / a
    income = fixed * (1 + v) / margin if margin > 0 else float("inf")
    slope = income * (1 - 1 / a) - fixed
    threshold = (income - labour) / slope if margin > 0 and slope != 0 else float("nan")
    return BigPushConditions(
        margin * labour - fixed * (1 + v),
        margin * a * (labour - fixed) - fixed * (1 + v),
        threshold if 0 <= threshold <= 1 else float("nan"),
        labour / (labour / a + fixed) - 1,
        a * (labour - fixed) / labour - 1,
    )
