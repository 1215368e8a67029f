"""Is a push worth it? Benefits and costs with waste, leakage and the cost of public money.

The state is moved under the push and after it; the benefit is the discounted gain in worth over
staying in the old equilibrium. Part of it is *creation* (learning by doing: what nobody had
before), the rest *reallocation* (what moved here from elsewhere), and the two are told apart: a
displaced share of the reallocation is somebody else's loss.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import brentq

from workshare.arrays import Array
from workshare.equilibria.dynamics import Dynamic, move
from workshare.equilibria.push import with_support
from workshare.equilibria.system import System
from workshare.errors import OptionError

Accounts = tuple[float, float, float, float, float, float, float, float]


@dataclass(frozen=True, slots=True)
class Terms:
    """What a benefit and a cost are worth.

    Attributes
    ----------
    discount : rate, 1 / unit of time.
    waste : share of what is spent that has no effect.
    leakage : share of the benefit that goes outside.
    public_money : what one unit of public money costs beyond itself (misallocation by taxes).
    creation : share of the benefit that nobody had before.
    displaced : share of the reallocated benefit that others lose.
    support_price : money for one unit of support in one unit of time.
    """

    discount: float = 0.05
    waste: float = 0.0
    leakage: float = 0.0
    public_money: float = 0.0
    creation: float = 1.0
    displaced: float = 1.0
    support_price: float = 1.0

    def __post_init__(self) -> None:
        faults = []
        if not self.discount > 0:
            faults.append(f"discount is {self.discount}; must be above 0")
        for name in ("leakage", "creation", "displaced"):
            if not 0 <= getattr(self, name) <= 1:
                faults.append(f"{name} is {getattr(self, name)}; must be a share, 0 to 1")
        if not 0 <= self.waste < 1:
            faults.append(f"waste is {self.waste}; must be 0 or more and below 1")
        for name in ("public_money", "support_price"):
            if not getattr(self, name) >= 0:
                faults.append(f"{name} is {getattr(self, name)}; must not be negative")
        if faults:
            raise OptionError("Cost and benefit: " + "; ".join(faults))


@dataclass(frozen=True, slots=True)
class PushValue:
    """Benefit and cost of one push, present values in money.

    Attributes
    ----------
    name : which alternative.
    size, duration : of the push; an infinite duration never ends.
    creation, reallocation : gross benefit, by part.
    displaced : loss of others, counted against the reallocation.
    leaked : benefit that goes outside, after displacement.
    support, waste, public_money : cost, by part.
    net : benefit less cost.
    break_even : the value of each term at which ``net`` is zero, the others as given; None where no
        allowed value does it.
    """

    name: str
    size: float
    duration: float
    creation: float
    reallocation: float
    displaced: float
    leaked: float
    support: float
    waste: float
    public_money: float
    net: float
    break_even: dict[str, float | None]


def push_value(
    system: System,
    start: Array,
    weights: Array,
    pushes: Sequence[tuple[str, float, float]],
    worth: Callable[[Array], float],
    terms: Terms | None = None,
    dynamic: Dynamic | None = None,
) -> tuple[PushValue, ...]:
    """Return benefit and cost of alternatives, best first; doing nothing is worth 0.

    Parameters
    ----------
    start : the equilibrium that is left (n).
    weights : support by unknown per unit of size (n).
    pushes : name, size and duration of each; an infinite duration is permanent support.
    worth : money per unit of time in a state.
    terms : see :class:`Terms`.
    dynamic : a flow; default: unit speeds.

    Raises
    ------
    OptionError : a map, or a size or duration that is not positive.

    Examples
    --------
    >>> from workshare.equilibria.system import system_from_text
    >>> double = system_from_text(["x - x^3"], ["x"], bounds={"x": (-3, 3)})
    >>> made = push_value(double, np.array([-1.0]), np.ones(1), [("short", 2.0, 2.0)],
    ...     lambda x: float(x[0]))
    >>> made[0].net > 0, made[0].break_even["leakage"] > 0
    (True, True)
    """
    terms, dynamic = terms or Terms(), dynamic or Dynamic()
    faults = [] if dynamic.kind == "flow" else ["the dynamic is a map; must be a flow"]
    faults += [
        f"{name}: size {size} and duration {duration}; must be positive"
        for name, size, duration in pushes
        if not (0 < size < np.inf and duration > 0)
    ]
    if faults:
        raise OptionError("Cost and benefit: " + "; ".join(faults))
    found = []
    for name, size, duration in pushes:
        times, gains = _gains(system, start, weights, size, duration, worth, dynamic)
        spent = terms.support_price * size * float(np.sum(np.abs(weights)))
        found.append(_valued(name, size, duration, times, gains, spent, terms))
    return tuple(sorted(found, key=lambda item: -item.net))


def _gains(
    system: System,
    start: Array,
    weights: Array,
    size: float,
    duration: float,
    worth: Callable[[Array], float],
    dynamic: Dynamic,
) -> tuple[Array, Array]:
    """Return times and the gain in worth at each, until the state rests."""
    pushed = with_support(system, weights)
    pushed = replace(pushed, parameters=np.append(system.parameters, size))
    state = np.asarray(start, dtype=float)
    base = worth(state)
    times, gains = [0.0], [worth(state) - base]
    for law, length in ((pushed, duration), (system, np.inf)):
        step, spent = min(0.02, length / 50), 0.0
        for _ in range(2000):
            part = min(step, length - spent)
            moved = move(law, state, dynamic, duration=part)
            after = moved.points[0]
            spent += part
            times.append(times[-1] + part)
            gains.append(worth(after) - base)
            change = float(np.max(np.abs(after - state)))
            state = after
            if spent >= length or (not np.isfinite(length) and change <= 1e-7 * step):
                break
            if np.isfinite(length) and change == 0:
                times.append(times[-1] + length - spent)
                gains.append(gains[-1])
                break
            step = step * 1.15 if change < 0.02 else step * (0.8 if change > 0.05 else 1.0)
        if not np.isfinite(duration):
            break
    return np.array(times), np.array(gains)


def _present(times: Array, gains: Array, discount: float) -> float:
    """Return the present value of gains, straight between times and constant after the last."""
    weight = np.exp(-discount * times)
    length = np.diff(times)
    # the integral of a straight piece times e^(-rt), exactly
    slope = np.diff(gains) / np.where(length > 0, length, 1.0)
    pieces = (weight[:-1] * gains[:-1] - weight[1:] * gains[1:]) / discount
    pieces += slope * (weight[:-1] - weight[1:]) / discount**2
    return float(np.sum(pieces[length > 0]) + gains[-1] * weight[-1] / discount)


def _accounts(times: Array, gains: Array, spent: float, duration: float, terms: Terms) -> Accounts:
    """Return creation, reallocation, displaced, leaked, support, waste, public money and net."""
    gross = _present(times, gains, terms.discount)
    creation = terms.creation * gross
    moved = gross - creation
    lost = terms.displaced * moved
    leaked = terms.leakage * (gross - lost)
    flow = spent * (1 - np.exp(-terms.discount * duration)) / terms.discount
    waste = flow * terms.waste / (1 - terms.waste)
    burden = terms.public_money * (flow + waste)
    net = gross - lost - leaked - flow - waste - burden
    return creation, moved, lost, leaked, float(flow), float(waste), float(burden), float(net)


def _valued(
    name: str, size: float, duration: float, times: Array, gains: Array, spent: float, terms: Terms
) -> PushValue:
    """Return the accounts of one push with the break-even value of each term."""
    ranges = {
        "discount": (1e-4, 10.0),
        "waste": (0.0, 1 - 1e-9),
        "leakage": (0.0, 1.0),
        "public_money": (0.0, 1e3),
        "creation": (0.0, 1.0),
        "displaced": (0.0, 1.0),
        "support_price": (0.0, 1e6),
    }
    even: dict[str, float | None] = {}
    for term, (low, high) in ranges.items():

        def net(value: float, term: str = term) -> float:
            given = replace(terms, **{term: value})
            price = spent / terms.support_price if terms.support_price else 0.0
            paid = price * given.support_price
            return _accounts(times, gains, paid, duration, given)[-1]

        ends = net(low), net(high)
        crosses = ends[0] * ends[1] < 0
        even[term] = float(brentq(net, low, high, xtol=1e-13)) if crosses else None
    return PushValue(name, size, duration, *_accounts(times, gains, spent, duration, terms), even)
