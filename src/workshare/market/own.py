"""A user's own convex ``F``: given by its value and slope, and its best answer to prices.

``F`` need not be written as a programme. What is known of it is a set of *tangents*, a piecewise
linear model that never lies above it; wherever the coordinator looks, the tangent there is learnt,
on the coordinator's own side, without asking any participant anything (Kelley 1960, "The
cutting-plane method for solving convex programs", J. SIAM 8(4), 703-712).

Three functions say what ``F`` is, for ``|z| <= largest``:

* ``value(z)``: ``F(z)`` (M per year);
* ``gradient(z)``: one subgradient there (M per unit); prices are minus it;
* ``conjugate(prices)``: the least of ``F(z) + prices . z`` and a ``z`` that reaches it, which is
  ``-F*(-prices)``. Without it the same is found from tangents, which takes more of them the more
  dimensions there are: give it from about ten dimensions on.

That ``F`` is convex and that the functions belong together is the user's word. Every point looked
at is checked against every other, and a contradiction raises an error that names it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from workshare.arrays import Array
from workshare.errors import OptionError
from workshare.market.door import Door
from workshare.market.forms import polyhedral
from workshare.market.market import Market, MarketAnswer, MarketPoint, Supply

TOLERANCE = 1e-8
"""A tangent is learnt where it raises the model by more than this share of the market's money."""

PASSES = 400
CONTRADICTION = 1e-6

Value = Callable[[Array], float]
Gradient = Callable[[Array], npt.ArrayLike]
Conjugate = Callable[[Array], tuple[float, npt.ArrayLike]]


@dataclass(frozen=True, slots=True)
class Tangents:
    """Points looked at: ``z``, ``F(z)`` and a subgradient, a row or figure for each."""

    points: Array
    values: Array
    slopes: Array

    def with_point(self, z: Array, value: float, slope: Array) -> Tangents:
        """Return these and one more."""
        return Tangents(
            np.vstack([self.points, z]),
            np.append(self.values, value),
            np.vstack([self.slopes, slope]),
        )

    def model(self, z: Array) -> float:
        """Return the model at ``z``: the highest tangent."""
        if self.values.size == 0:
            return -np.inf
        return float(np.max(self.values + np.sum(self.slopes * (z - self.points), axis=1)))


@dataclass(frozen=True)
class OwnMarket(Market):
    """The market of :func:`own_function`. The arrays of the base are the first model."""

    value: Value = field(default=lambda z: 0.0)
    gradient: Gradient = field(default=lambda z: z)
    conjugate: Conjugate | None = None
    smooth: bool = False
    largest: Array = field(default_factory=lambda: np.zeros(0))
    start: Tangents = field(
        default_factory=lambda: Tangents(np.zeros((0, 0)), np.zeros(0), np.zeros((0, 0)))
    )
    _known: list[tuple[Tangents, Market]] = field(default_factory=list, repr=False, compare=False)

    @property
    def height(self) -> int:
        """A bound needs the prices of the shared dimensions alone."""
        return self.dimensions

    def fresh(self) -> OwnMarket:
        """Return this market as it was before anything was learnt: where a run starts."""
        return replace(self, _known=[])

    @property
    def tangents(self) -> Tangents:
        """What is known of ``F`` by now."""
        return self._known[-1][0] if self._known else self.start

    @property
    def form(self) -> Market:
        """The model by now, in the form that coordination solves with."""
        if not self._known:
            self._known.append((self.start, _model(self.start, self.largest)))
        return self._known[-1][1]

    def learn(self, z: Array) -> float:
        """Look at ``z`` and return how much higher ``F`` is there than the model was (M).

        Raises
        ------
        OptionError : a figure that is not finite, a wrong length, or a contradiction.
        """
        inner = np.clip(z, -self.largest, self.largest)
        known = self.tangents
        value, slope = self._looked(inner)
        above = value - known.model(inner)
        if above > TOLERANCE * self.money:
            more = known.with_point(inner, value, slope)
            self._known[:] = [(more, _model(more, self.largest))]
        return max(above, 0.0)

    def evaluate(self, contribution: Array) -> MarketPoint:
        """Return the value at ``z``; beyond ``largest`` it is unmet, at the ceiling price."""
        inner = np.clip(contribution, -self.largest, self.largest)
        over = contribution - inner
        self.learn(inner)
        value, slope = self._looked(inner)
        ceiling = _ceiling(self.start, self.largest)
        prices = -slope - ceiling * np.sign(over)
        unmet = float(np.max(np.abs(over) / self.largest))
        value += float(ceiling @ np.abs(over))
        return MarketPoint(value, np.zeros(0), prices, prices, unmet, "solved")

    def clear(self, contribution: Array, supply: Supply) -> tuple[MarketPoint, Array]:
        """Return the market with ``supply`` decided too: tangents until the model meets ``F``."""
        levels = np.zeros(supply.unit_cost.size)
        for _ in range(PASSES if levels.size else 0):
            _, levels = self.form.clear(contribution, supply)
            if self.learn(contribution + levels @ supply.unit_contribution) <= self._small:
                break
        return self.evaluate(contribution + levels @ supply.unit_contribution), levels

    def support(self, row_prices: Array) -> float:
        """Return a lower bound on ``F(z) + prices . z`` within ``largest``."""
        return self.respond(row_prices).bound

    def respond(self, prices: Array) -> MarketAnswer:
        """Return the best answer to prices: the user's, or the tangents' (always anew)."""
        prices = prices[: self.dimensions]
        if self.conjugate is not None:
            return self._told(prices)
        own = self.fresh()
        answer = own.form.respond(prices)
        for _ in range(PASSES):
            if own.learn(answer.z) <= self._small:
                break
            better = own.form.respond(prices)
            answer = better if better.bound > answer.bound else replace(answer, z=better.z)
        return MarketAnswer(answer.bound, answer.z, prices)

    @property
    def _small(self) -> float:
        return TOLERANCE * self.money

    def _told(self, prices: Array) -> MarketAnswer:
        """Return what ``conjugate`` says, checked against every point looked at."""
        assert self.conjugate is not None
        bound, point = self.conjugate(prices)
        z = np.asarray(point, dtype=float)
        if z.shape != prices.shape or not np.all(np.isfinite(z)) or np.isnan(bound):
            raise OptionError(
                f"own_function: conjugate({_short(prices)}) must be a number and a list of "
                f"{prices.size} numbers. Received: {bound!r}, {point!r}"
            )
        known = self.tangents
        least = float(np.min(known.values + known.points @ prices, initial=np.inf))
        if bound > least + CONTRADICTION * self.money:
            raise OptionError(
                f"own_function: conjugate({_short(prices)}) = {bound:g} is above F(z) + prices . z "
                f"= {least:g} at a point looked at. It must be the least of it over all z. "
                "Check its sign: prices are minus slopes."
            )
        return MarketAnswer(float(bound), np.clip(z, -self.largest, self.largest), prices)

    def _looked(self, z: Array) -> tuple[float, Array]:
        value = float(self.value(z.copy()))
        slope = np.atleast_1d(np.asarray(self.gradient(z.copy()), dtype=float))
        if slope.shape != z.shape or not (np.isfinite(value) and np.all(np.isfinite(slope))):
            raise OptionError(
                f"own_function: at z = {_short(z)} value must be a finite number and gradient "
                f"{z.size} of them. Received: {value!r} and {_short(slope)}. F must be defined for "
                "every |z| <= largest."
            )
        known = self.tangents
        over = value + (known.points - z) @ slope - known.values
        under = known.model(z) - value
        if np.max(over, initial=under) > CONTRADICTION * self.money:
            raise OptionError(
                f"own_function: the tangent at z = {_short(z)} lies above F elsewhere, so F is not "
                "convex or gradient is not its slope. Check gradient against differences of value."
            )
        return value, slope


def own_function(
    value: Value,
    gradient: Gradient,
    *,
    largest: npt.ArrayLike,
    conjugate: Conjugate | None = None,
    smooth: bool = False,
) -> OwnMarket:
    """Return the market whose ``F`` is a user's own convex function of the sum ``z``.

    Parameters
    ----------
    value, gradient, conjugate : see the module's first lines; each is given a fresh array.
    largest : the most ``|z|`` can be, one figure per dimension (it sets their number and scale).
    smooth : whether ``F`` has a gradient everywhere; the conditional gradient uses it directly
        then, without an envelope.

    Raises
    ------
    OptionError : ``largest`` not positive, or functions that contradict each other or what is
        asked of them (also later, where such a point is looked at).

    >>> market = own_function(lambda z: float(z @ z), lambda z: 2 * z, largest=[4.0, 4.0])
    >>> market.evaluate(np.array([1.0, 2.0])).value
    5.0
    >>> bool(abs(market.support(np.array([2.0, 0.0])) + 1.0) < 1e-6)
    True
    """
    door = Door("own_function")
    reach = door.numbers("largest", largest)
    door.at_least("largest", reach, 0.0, strict=True)
    functions: dict[str, object] = {"value": value, "gradient": gradient}
    if conjugate is not None:
        functions["conjugate"] = conjugate
    for name, given in functions.items():
        if not callable(given):
            door.refuse(name, repr(given)[:40], "must be a function", "See the docstring.")
    door.close()
    none = Tangents(np.zeros((0, reach.size)), np.zeros(0), np.zeros((0, reach.size)))
    money = _blank(reach, none, value, gradient)
    first = none
    for z in (np.zeros(reach.size), *np.diag(reach), *-np.diag(reach)):
        own, slope = money._looked(z)
        first = first.with_point(z, own, slope)
    return replace(_blank(reach, first, value, gradient), conjugate=conjugate, smooth=smooth)


def _blank(reach: Array, first: Tangents, value: Value, gradient: Gradient) -> OwnMarket:
    """Return the market of the tangents ``first``."""
    form = _model(first, reach)
    return OwnMarket(
        form.dimensions,
        form.columns,
        form.rows,
        form.cost,
        form.curvature,
        form.lower,
        form.upper,
        form.column_scale,
        form.row_scale,
        value=value,
        gradient=gradient,
        largest=reach,
        start=first,
    )


def _model(known: Tangents, reach: Array) -> Market:
    """Return the highest of the tangents as a market; without any, zero."""
    if known.values.size == 0:
        return polyhedral(sp.csr_matrix((1, reach.size)), np.zeros(1), -reach, reach, reach)
    base = known.values - np.sum(known.slopes * known.points, axis=1)
    return polyhedral(sp.csr_matrix(known.slopes), base, -reach, reach, reach)


def _ceiling(known: Tangents, reach: Array) -> Array:
    steep = float(np.max(np.abs(known.slopes) @ reach, initial=0.0)) or 1.0
    ceiling: Array = 10.0 * steep / reach
    return ceiling


def _short(values: Array) -> str:
    return np.array2string(values, precision=4, threshold=6)
