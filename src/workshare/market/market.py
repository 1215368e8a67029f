"""The shared side ``F`` of the regional problem, in its quadratic-programming form.

``F(z) = min over v of cost . v + 1/2 sum_j curvature_j v_j**2`` subject to
``rows @ v + (z, 0) = 0`` and ``lower <= v <= upper``. The first ``dimensions`` rows are the shared
dimensions, which the participants' summed contributions ``z`` enter; the other rows are internal.

Two facts about it are all that coordination needs:

* the *price* of a dimension is ``-dF/dz``, the value of one more unit (:func:`Market.evaluate`);
* for **any** row prices ``pi``, ``F(z) >= support(pi) - pi . (z, 0)``, where ``support`` is a sum
  of one-variable minima in closed form (weak duality). A bound built from it needs no solver, so it
  can be re-added by hand (:func:`Market.support`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from workshare.arrays import Array
from workshare.market.quadratic import QuadraticTemplate, solve_quadratic

NATURAL = ("ship", "import", "export", "dispose", "unmet")
"""Kinds whose upper bound is more than any sensible flow: it bounds the support, never a flow."""


@dataclass(frozen=True, slots=True)
class Column:
    """What one market variable is: a shipment, an import, a sale, final demand, a limit.

    ``kind`` is one of ``ship``, ``import``, ``export``, ``demand``, ``world_supply``,
    ``world_demand``, ``dispose``, ``unmet``, ``emissions``, ``jobs``, ``gross_output``, ``slack``,
    or, in the forms of :mod:`workshare.market.forms`, ``segment``, ``deviation``, ``target``,
    ``constant``, ``total``, ``epigraph``. ``freight`` and ``tariff`` are M per unit.
    """

    kind: str
    good: str = ""
    origin: str = ""
    destination: str = ""
    freight: float = 0.0
    tariff: float = 0.0


@dataclass(frozen=True, slots=True)
class MarketPoint:
    """The market cleared: flows ``v`` (one per column), ``prices`` of dimensions, of all rows."""

    value: float
    v: Array
    prices: Array
    row_prices: Array
    unmet: float
    status: str


@dataclass(frozen=True, slots=True)
class MarketAnswer:
    """The market's best response to prices: its proven ``bound``, the contribution ``z`` it calls
    for, and prices of all rows that prove the bound."""

    bound: float
    z: Array
    row_prices: Array


@dataclass(frozen=True, slots=True)
class Supply:
    """Supply that is decided together with the market: operating levels within their limits.

    ``unit_contribution`` is levels x dimensions; ``lower <= levels <= upper`` and
    ``rows @ levels <= limits``; ``unit_cost`` is M per unit.
    """

    unit_cost: Array
    unit_contribution: Array
    lower: Array
    upper: Array
    rows: Array
    limits: Array


def no_supply(dimensions: int) -> Supply:
    """Return the supply in which nothing is decided."""
    none = np.zeros(0)
    return Supply(none, np.zeros((0, dimensions)), none, none, np.zeros((0, 0)), none)


@dataclass(frozen=True)
class Market:
    """A convex market. Arrays are one per column, ``rows`` is rows x columns (sparse)."""

    dimensions: int
    columns: tuple[Column, ...]
    rows: sp.csc_matrix
    cost: Array
    curvature: Array
    lower: Array
    upper: Array
    column_scale: Array
    row_scale: Array

    def evaluate(self, contribution: Array) -> MarketPoint:
        """Return the market cleared at summed contributions ``z`` (canonical units per year).

        ``unmet`` is the largest relative amount that nobody could supply; above ``1e-6`` the point
        is not feasible and ``value`` includes the ceiling price paid for it.
        """
        return self.clear(contribution, no_supply(self.dimensions))[0]

    @cached_property
    def money(self) -> float:
        """A money amount typical of this market (M per year): the dearest flow at full scale.

        The ceiling prices of unmet needs count only where nothing else has a price.
        """
        sizes = np.abs(self.cost * self.column_scale)
        every = float(np.max(sizes, initial=0.0))
        real = float(np.max(sizes[~self.is_unmet], initial=0.0))
        return max(1e-12, real if real > 1e-6 * every else every)

    @cached_property
    def _template(self) -> QuadraticTemplate:
        return QuadraticTemplate(
            self.cost,
            self.curvature,
            self.rows,
            self.lower,
            self.upper,
            self.column_scale,
            self.row_scale,
            np.array([column.kind not in NATURAL for column in self.columns]),
            self.money,
        )

    def clear(self, contribution: Array, supply: Supply) -> tuple[MarketPoint, Array]:
        """Return the market cleared with ``supply`` decided too, and the levels of that supply.

        ``contribution`` is fixed. The value of the point is the market's, without supply cost.
        """
        right = np.zeros(self.rows.shape[0])
        right[: self.dimensions] = -contribution
        entries = np.zeros((right.size, supply.unit_cost.size))
        entries[: self.dimensions] = supply.unit_contribution.T
        answer, levels = self._template.solve(
            right,
            supply.unit_cost,
            entries,
            supply.lower,
            supply.upper,
            supply.rows,
            supply.limits,
        )
        point = MarketPoint(
            answer.value,
            answer.x,
            answer.price[: self.dimensions],
            answer.price,
            self.unmet_share(answer.x),
            answer.status,
        )
        return point, levels

    @property
    def form(self) -> Market:
        """The LP/QP form that coordination solves with: this market itself."""
        return self

    @property
    def height(self) -> int:
        """The number of row prices that a bound is built from."""
        return int(self.rows.shape[0])

    def fresh(self) -> Market:
        """Return this market: nothing is learnt of it during a run."""
        return self

    def learn(self, contribution: Array) -> float:
        """Return how far the form is below ``F`` at summed contributions: it is exact (0)."""
        return 0.0

    def unmet_share(self, v: Array) -> float:
        """Return the largest unmet need over its good's scale (0 when every need is met)."""
        unmet = self.is_unmet
        return float(np.max(v[unmet] / self.column_scale[unmet], initial=0.0))

    @cached_property
    def is_unmet(self) -> npt.NDArray[np.bool_]:
        """A mask of the columns that stand for needs nobody meets."""
        return np.array([column.kind == "unmet" for column in self.columns], dtype=bool)

    def support(self, row_prices: Array) -> float:
        """Return ``min over lower <= v <= upper of (cost - rows' pi) . v + 1/2 curvature v**2``."""
        return float(np.sum(self.support_terms(row_prices)))

    def support_terms(self, row_prices: Array) -> Array:
        """Return the minimum of each column's own term, in closed form."""
        slope = self.cost - self.rows.T @ row_prices
        best = self._best(slope)
        # a column without an end and without a bend has no bend to add, wherever it stands
        bend = 0.5 * self.curvature * np.where(self.curvature > 0, best, 0.0) ** 2
        terms: Array = slope * best + bend
        return terms

    def _best(self, slope: Array) -> Array:
        """Return each column's minimiser of ``slope v + 1/2 curvature v**2``; of ties the lower."""
        with np.errstate(divide="ignore", invalid="ignore"):
            inner = np.where(self.curvature > 0, -slope / self.curvature, 0.0)
        best = np.where(
            self.curvature > 0,
            np.clip(inner, self.lower, self.upper),
            np.where(slope > 0, self.lower, self.upper),
        )
        tied: Array = np.where((self.curvature == 0) & (slope == 0), self.lower, best)
        return tied

    def respond(self, prices: Array) -> MarketAnswer:
        """Return the market's best response to prices of the shared dimensions alone.

        ``bound`` is ``support(row_prices) <= min over z of F(z) + prices . z``, proven whatever the
        solver did; ``z`` is the summed contribution the market would call for, a supergradient of
        that minimum as a function of the prices. Without internal rows both are in closed form;
        with them the internal rows' best prices come from one quadratic programme.
        """
        if self.rows.shape[0] == self.dimensions:
            best = self._best(self.cost - self.rows.T @ prices)
            return MarketAnswer(self.support(prices), -(self.rows @ best), prices)
        rows = self.rows.tocsr()
        shared, internal = rows[: self.dimensions], rows[self.dimensions :]
        answer = solve_quadratic(
            self.cost - shared.T @ prices,
            self.curvature,
            internal.tocsc(),
            np.zeros(internal.shape[0]),
            self.lower,
            self.upper,
            column_scale=self.column_scale,
            row_scale=self.row_scale[self.dimensions :],
        )
        # a failed solve leaves weak prices, never a wrong bound
        row_prices = np.concatenate([prices, np.nan_to_num(answer.price)])
        z = -(shared @ np.nan_to_num(answer.x))
        return MarketAnswer(self.support(row_prices), z, row_prices)

    @property
    def scale(self) -> Array:
        """A typical magnitude of the summed contribution, one per shared dimension."""
        return self.row_scale[: self.dimensions]

    def bregman(self, contribution: Array, value: float, row_prices: Array) -> float:
        """Return ``F(z) + prices . z - support(pi)``: how far ``z`` is from what they call for."""
        prices = row_prices[: self.dimensions]
        return value + float(prices @ contribution) - self.support(row_prices)
