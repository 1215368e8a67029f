"""History versus expectations (Krugman 1991, Q. J. Econ. 106(2), pp. 651-667).

Workers move between a sector with increasing returns and one without, at a cost that rises with
the speed of movement. With q the value of being in the first sector, dL/dt = q / g and
dq/dt = r q - b (L - L*). Steady states: nobody, L* and everybody. Where r^2 < 4 b / g the paths
spiral out of L*, and from a whole range of histories, the *overlap*, expectations decide.
"""

from __future__ import annotations

import math
from typing import Any

from workshare.equilibria.system import System, system_from_function
from workshare.errors import OptionError


def history_expectations(
    discount: float = 0.05,
    returns: float = 0.01,
    moving_cost: float = 4.0,
    balance: float = 0.5,
) -> System:
    """Return steady states of labour and its asset price as a system with corners.

    Parameters
    ----------
    discount : r, interest rate, 1 / unit of time.
    returns : b, how much the wage gap rises with labour.
    moving_cost : g, how much the cost of moving rises with its speed.
    balance : L*, the labour at which both sectors pay the same; between 0 and 1.

    Returns
    -------
    Unknowns ``labour`` in [0, 1] and ``value`` (q); complementarity for labour; residuals dL/dt
    and dq/dt. ``value`` jumps: it is expectations' unknown, not history's.

    Raises
    ------
    OptionError : with every value that is out of its range.

    Examples
    --------
    >>> system = history_expectations()
    >>> float(abs(system.value([0.5, 0.0])).max())
    0.0
    """
    _check(discount, returns, moving_cost, balance)

    def residual(x: Any, p: Any) -> Any:
        labour, value = x
        r, b, g, middle = p
        return [value / g, r * value - b * (labour - middle)]

    return system_from_function(
        residual,
        ["labour", "value"],
        bounds={"labour": (0.0, 1.0)},
        parameters={
            "discount": discount,
            "returns": returns,
            "moving_cost": moving_cost,
            "balance": balance,
        },
        name="history versus expectations",
        complementarity=True,
    )


def expectations_can_decide(discount: float, returns: float, moving_cost: float) -> bool:
    """Return whether there is an overlap: r^2 < 4 b / g (Krugman 1991).

    Examples
    --------
    >>> expectations_can_decide(0.05, 0.01, 4.0), expectations_can_decide(0.2, 0.01, 4.0)
    (True, False)
    """
    return discount**2 < 4 * returns / moving_cost


def overlap(
    discount: float = 0.05,
    returns: float = 0.01,
    moving_cost: float = 4.0,
    balance: float = 0.5,
) -> tuple[float, float]:
    """Return the range of starting labour from which both ends can be reached.

    Backwards in time from an end, labour is a damped oscillation about L*; the overlap's ends are
    its first turning points, in closed form. An empty range (L*, L*) is returned where r^2 >= 4b/g.

    Examples
    --------
    >>> low, high = overlap()
    >>> low < 0.5 < high
    True
    """
    _check(discount, returns, moving_cost, balance)
    if not expectations_can_decide(discount, returns, moving_cost):
        return balance, balance
    down = _first_turn(discount, returns, moving_cost, 1 - balance)
    up = _first_turn(discount, returns, moving_cost, balance)
    return max(0.0, balance - down), min(1.0, balance + up)


def _first_turn(r: float, b: float, g: float, end: float) -> float:
    """Return how far beyond L* the path to the end at distance ``end`` can come from."""
    frequency = math.sqrt(b / g - r * r / 4)
    speed = -b * end / (r * g)  # backwards, at the end
    sine = (speed + r * end / 2) / frequency
    angle = math.atan2(speed, r * sine / 2 + frequency * end) % math.pi
    time = angle / frequency
    return -math.exp(-r * time / 2) * (end * math.cos(angle) + sine * math.sin(angle))


def _check(discount: float, returns: float, moving_cost: float, balance: float) -> None:
    """Raise on every value out of its range."""
    given = {"discount": discount, "returns": returns, "moving_cost": moving_cost}
    faults = [f"{name} is {value}; must be above 0" for name, value in given.items() if value <= 0]
    if not 0 < balance < 1:
        faults.append(f"balance is {balance}; must be between 0 and 1")
    if faults:
        raise OptionError("History versus expectations: " + "; ".join(faults))
