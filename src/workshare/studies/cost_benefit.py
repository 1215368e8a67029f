"""Is a push worth it? Benefits and costs with waste, leakage and the cost of public money.

The state is moved under the push and after it; the benefit is the discounted gain in worth over
staying in the old equilibrium. Part of it is *creation* (learning by doing: what nobody had
before), the rest *reallocation* (what moved here from elsewhere), and the two are told apart: a
displaced share of the reallocation is somebody else's loss.

All amounts are present values in the money of ``worth``, discounted continuously at ``discount``.
With F the support that arrives at those pushed, the treasury pays S = F / ((1 - waste)
(1 - misallocation)). Of S the share ``waste`` is used up; of the rest the share ``misallocation``
goes to those who would have done the same without it, and is theirs to keep; each unit paid costs
``public_money`` more, the excess burden of taxes (the marginal cost of public funds less one)::

    net = (1 - leakage) (creation + reallocation - displaced + kept) - (1 + public_money) S

``kept`` is what residents keep of the money itself: all that is misallocated, and the share
``transfer`` of F. With ``transfer`` zero support buys real resources, which are then gone; with one
it is a subsidy that its receivers keep. Doing nothing is worth 0; paying the same sum out in cash
is worth the sum less waste, leakage and the cost of public money, so never more than 0.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import brentq

from workshare.arrays import Array
from workshare.equilibria.dynamics import Dynamic, move
from workshare.equilibria.support import with_support
from workshare.equilibria.system import System
from workshare.errors import OptionError

SHARES = ("waste", "leakage", "misallocation", "creation", "displaced", "transfer")
"""Terms that are shares."""

TERMS = ("discount", "waste", "leakage", "misallocation", "public_money", "creation", "displaced",
         "transfer", "support_price")  # fmt: skip
"""Every term, in the order of tables."""

BELOW_ONE = ("waste", "misallocation")
"""Shares that stay below one: at one nothing would arrive."""

HORIZON = 30.0
"""A state that does not settle is followed for this long, over the discount rate."""


BEND = 3e-5
"""A piece of the worth over time counts as straight within this share of its range."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a benefit and a cost are worth.

    Attributes
    ----------
    discount : rate, 1 / unit of time.
    waste : share of what is paid that is used up without effect.
    leakage : share of the benefit, and of money kept, that goes outside.
    public_money : what one unit of public money costs beyond itself (distortion by taxes).
    creation : share of the benefit that nobody had before.
    displaced : share of the reallocated benefit that others lose.
    support_price : money for one unit of support in one unit of time.
    misallocation : share of what is paid, waste apart, that goes to those who would have done the
        same without it.
    transfer : share of the support that those pushed keep as income; the rest is used up.
    """

    discount: float = 0.05
    waste: float = 0.0
    leakage: float = 0.0
    public_money: float = 0.0
    creation: float = 1.0
    displaced: float = 1.0
    support_price: float = 1.0
    misallocation: float = 0.0
    transfer: float = 0.0

    def __post_init__(self) -> None:
        faults = []
        if not 0 < self.discount < np.inf:
            faults.append(f"discount is {self.discount}; must be above 0, and finite")
        for name in SHARES:
            value = getattr(self, name)
            if name in BELOW_ONE and not 0 <= value < 1:
                faults.append(f"{name} is {value}; must be 0 or more and below 1")
            elif not 0 <= value <= 1:
                faults.append(f"{name} is {value}; must be a share, 0 to 1")
        for name in ("public_money", "support_price"):
            if not 0 <= getattr(self, name) < np.inf:
                faults.append(
                    f"{name} is {getattr(self, name)}; must not be negative, nor infinite"
                )
        if faults:
            raise OptionError("Cost and benefit: " + "; ".join(faults))


@dataclass(frozen=True, slots=True)
class PushValue:
    """Benefit and cost of one alternative, present values in money.

    Attributes
    ----------
    name : which alternative.
    size, duration : of the push; an infinite duration never ends.
    creation, reallocation : gross benefit, by part.
    displaced : loss of others, counted against the reallocation.
    kept : money that residents keep, of the support and of what is misallocated.
    leaked : benefit and money kept that go outside, after displacement.
    support, waste, misallocated : what is paid, by part.
    public_money : cost of paying it.
    net : benefit less cost.
    break_even : the value of each term at which ``net`` is zero, the others as given, the nearest
        where there are several; None where no allowed value does it.
    settles : whether the state came to rest; if not, it is valued until the discount leaves
        nothing of it.
    """

    name: str
    size: float
    duration: float
    creation: float
    reallocation: float
    displaced: float
    kept: float
    leaked: float
    support: float
    waste: float
    misallocated: float
    public_money: float
    net: float
    break_even: dict[str, float | None]
    settles: bool

    @property
    def paid(self) -> float:
        """What the treasury pays."""
        return self.support + self.waste + self.misallocated


@dataclass(frozen=True, slots=True, eq=False)
class Effect:
    """What a push does, before any term is applied.

    Attributes
    ----------
    name, size, duration : of the push.
    times, gains : gain in worth over staying, straight between times and constant after the last.
    support : units of support in a unit of time, while it lasts.
    settles : whether the state came to rest.
    cash : the support is paid out to residents instead, and moves nothing.
    """

    name: str
    size: float
    duration: float
    times: Array
    gains: Array
    support: float
    settles: bool = True
    cash: bool = False


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
    OptionError : as for :func:`push_effects`.

    Examples
    --------
    >>> from workshare.equilibria.system import system_from_text
    >>> double = system_from_text(["x - x^3"], ["x"], bounds={"x": (-3, 3)})
    >>> made = push_value(double, np.array([-1.0]), np.ones(1), [("short", 2.0, 2.0)],
    ...     lambda x: float(x[0]))
    >>> made[0].net > 0, made[0].break_even["leakage"] > 0
    (True, True)
    """
    terms = terms or Terms()
    effects = push_effects(system, start, weights, pushes, worth, terms.discount, dynamic)
    return tuple(sorted((valued(item, terms) for item in effects), key=lambda item: -item.net))


def push_effects(
    system: System,
    start: Array,
    weights: Array,
    pushes: Sequence[tuple[str, float, float]],
    worth: Callable[[Array], float],
    discount: float = 0.05,
    dynamic: Dynamic | None = None,
) -> tuple[Effect, ...]:
    """Return what each push does to the worth of the state over time, in the order given.

    Parameters
    ----------
    discount : only says how long a state that does not settle is followed.

    Raises
    ------
    OptionError : a map, a start that does not rest, a size or duration that is not positive, or a
        worth that is no number.
    """
    dynamic = dynamic or Dynamic()
    dynamic.check(system)
    state, w = np.asarray(start, dtype=float), np.asarray(weights, dtype=float)
    faults = [] if dynamic.kind == "flow" else ["the dynamic is a map; must be a flow"]
    faults += [
        f"{name}: size {size} and duration {duration}; must be positive"
        for name, size, duration in pushes
        if not (0 < size < np.inf and duration > 0)
    ]
    if state.shape != (system.size,) or w.shape != (system.size,):
        faults.append(f"start and weights must be {system.size} numbers")
    elif not np.isfinite(worth(state)):
        faults.append("the worth of the start is no number")
    elif not faults and not _rests(system, state, dynamic):
        faults.append(
            f"start {state.tolist()} is no equilibrium under {dynamic.name!r}: staying would not "
            "be worth the same for ever"
        )
    if faults:
        raise OptionError("Cost and benefit: " + "; ".join(faults))
    horizon = HORIZON / discount
    effects = []
    for name, size, duration in pushes:
        times, gains, settles = _followed(
            system, state, w * size, duration, worth, dynamic, horizon
        )
        support = size * float(np.sum(np.abs(w)))
        effects.append(Effect(name, size, duration, times, gains, support, settles))
    return tuple(effects)


def cash_instead(effect: Effect, name: str = "the same money in cash") -> Effect:
    """Return the alternative that pays the outlay of a push to residents, who keep it."""
    nothing = np.zeros(2)
    return replace(effect, name=name, times=np.array([0.0, 1.0]), gains=nothing, cash=True)


def valued(effect: Effect, terms: Terms) -> PushValue:
    """Return the accounts of one alternative, with the break-even value of each term."""
    accounts = _accounts(effect, terms)
    even = {term: break_even(effect, terms, term) for term in TERMS}
    return PushValue(
        effect.name, effect.size, effect.duration, **accounts, break_even=even,
        settles=effect.settles,
    )  # fmt: skip


def net_value(effect: Effect, terms: Terms) -> float:
    """Return benefit less cost of one alternative."""
    return _accounts(effect, terms)["net"]


def break_even(effect: Effect, terms: Terms, term: str) -> float | None:
    """Return the value of a term, nearest to the one given, at which an alternative is worth 0.

    The net value is straight in every term but three: in 1 / (1 - waste) and in
    1 / (1 - misallocation) it is straight too, and for the discount rate zeros are bracketed on
    400 rates between 1e-6 and 100. None: no allowed value does it.
    """

    def net(value: float) -> float:
        return net_value(effect, replace(terms, **{term: value}))

    if term == "discount":
        rates = np.geomspace(1e-6, 100.0, 400)
        values = np.array([net(rate) for rate in rates])
        places = np.flatnonzero(np.sign(values[:-1]) * np.sign(values[1:]) < 0)
        zeros = [float(brentq(net, rates[k], rates[k + 1], xtol=1e-15)) for k in places]
        return min(zeros, key=lambda zero: abs(zero - terms.discount), default=None)
    # two values of the term, in the coordinate in which net is straight
    first, second = net(0.0), net(0.5)
    one, two = (1.0, 2.0) if term in BELOW_ONE else (0.0, 0.5)
    slope = (second - first) / (two - one)
    if not abs(slope) > 1e-14 * (abs(first) + abs(second)):
        return None
    zero = one - first / slope
    if term in BELOW_ONE:
        return 1 - 1 / zero if zero >= 1 else None
    most = 1.0 if term in SHARES else np.inf
    return float(zero) if 0 <= zero <= most else None


def _accounts(effect: Effect, terms: Terms) -> dict[str, float]:
    """Return the accounts of :class:`PushValue`, by name."""
    gross = _present(effect.times, effect.gains, terms.discount)
    creation = terms.creation * gross
    moved = gross - creation
    lost = terms.displaced * moved
    lasting = -np.expm1(-terms.discount * effect.duration) / terms.discount
    support = terms.support_price * effect.support * float(lasting)
    misallocated = support * terms.misallocation / (1 - terms.misallocation)
    if effect.cash:
        # the outlay is that of the push; in cash it all goes to residents
        support, misallocated = support + misallocated, 0.0
    arrived = support + misallocated
    waste = arrived * terms.waste / (1 - terms.waste)
    kept = support if effect.cash else terms.transfer * support + misallocated
    leaked = terms.leakage * (gross - lost + kept)
    burden = terms.public_money * (arrived + waste)
    net = gross - lost + kept - leaked - arrived - waste - burden
    return {
        "creation": creation,
        "reallocation": moved,
        "displaced": lost,
        "kept": kept,
        "leaked": leaked,
        "support": support,
        "waste": waste,
        "misallocated": misallocated,
        "public_money": burden,
        "net": net,
    }


def _present(times: Array, gains: Array, discount: float) -> float:
    """Return the present value of gains, straight between times and constant after the last."""
    lengths, before, change = np.diff(times), gains[:-1], np.diff(gains)
    x = discount * lengths
    # over a piece of length d: before * (1 - e^-x) / r + change * (1 - e^-x (1 + x)) / (x r)
    fade = -np.expm1(-x)
    small = x < 1e-4
    safe = np.where(small, 1.0, x)
    ramp = np.where(small, x / 2 - x**2 / 3, (fade - x * np.exp(-x)) / safe)
    pieces = np.exp(-discount * times[:-1]) * (before * fade + change * ramp) / discount
    return float(np.sum(pieces) + gains[-1] * np.exp(-discount * times[-1]) / discount)


def _rests(system: System, state: Array, dynamic: Dynamic) -> bool:
    """Return whether a state stays where it is for a unit of time."""
    after = move(system, state, dynamic, duration=1.0, tolerance=1e-8).points[0]
    slow = np.array([name not in dynamic.at_once for name in system.unknowns])
    return bool(np.max(np.abs(after - state)[slow]) <= 1e-4 * (1 + np.max(np.abs(state))))


def _followed(
    system: System,
    state: Array,
    support: Array,
    duration: float,
    worth: Callable[[Array], float],
    dynamic: Dynamic,
    horizon: float,
) -> tuple[Array, Array, bool]:
    """Return times, the gain in worth at each, and whether the state settles at the end."""
    base = worth(state)
    pushed = replace(with_support(system, support), parameters=np.append(system.parameters, 1.0))
    times, gains, at, settles = [0.0], [0.0], 0.0, True
    for law, length in ((pushed, duration), (system, np.inf)):
        whole = move(law, state, dynamic, duration=min(length, horizon), tolerance=1e-7)
        settles = bool(whole.at_rest[0])
        end = min(float(whole.times[0]), length)
        if not settles and not np.isfinite(length) and end < 0.999 * horizon:
            settles = False  # steps ran out: what came so far is kept for ever
        if end > 0:
            grid, values = _sampled(law, state, end, worth, dynamic)
            times.extend((at + grid[1:]).tolist())
            gains.extend((values[1:] - base).tolist())
        if not np.isfinite(length):
            break
        times.append(at + length)
        gains.append(gains[-1])
        at += length
        state = whole.points[0]
    return np.array(times), np.array(gains), settles


def _sampled(
    law: System, state: Array, end: float, worth: Callable[[Array], float], dynamic: Dynamic
) -> tuple[Array, Array]:
    """Return times between 0 and ``end`` and the worth at each, dense where the worth bends."""

    def moved(states: Array, lengths: Array) -> tuple[Array, Array]:
        points = move(law, states, dynamic, duration=lengths, tolerance=1e-7).points
        return points, np.array([worth(point) for point in points])

    later = np.geomspace(1e-3, 1.0, 16) * end
    points, found = moved(np.tile(state, (later.size, 1)), later)
    times, states = np.append(0.0, later), np.vstack([state, points])
    values = np.append(worth(state), found)
    pieces = np.arange(later.size)  # pieces between times that may bend
    for _ in range(12):
        half = 0.5 * (times[pieces + 1] - times[pieces])
        points, found = moved(states[pieces], half)
        straight = 0.5 * (values[pieces] + values[pieces + 1])
        bends = np.abs(found - straight) > BEND * np.ptp(values)
        times = np.insert(times, pieces + 1, times[pieces] + half)
        states = np.insert(states, pieces + 1, points, axis=0)
        values = np.insert(values, pieces + 1, found)
        halves = (pieces + np.arange(pieces.size))[bends]
        pieces = np.sort(np.concatenate([halves, halves + 1]))
        if pieces.size == 0:
            break
    return times, values
