"""What a participant answers: plans, with the range in which they can be operated.

Problem (1) of the coordination: ``minimise sum_i f_i(x_i) + F(sum_i g_i(x_i))``. A participant is
an *oracle* with the queries of :class:`Participant`; it may be a model on this machine, a table of
plans, any Python callable or a remote party. It reveals the plans it answers with, nothing else.

Sign conventions: ``cost`` is what the plan costs its owner (M per year); ``contribution`` is what
it adds to each shared dimension (net supply positive); prices are the value of one more unit, so a
best response minimises ``cost - prices . contribution``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

import numpy as np

from workshare.arrays import Array


@dataclass(frozen=True, slots=True)
class Plan:
    """One plan: fixed commitments, and how far its operation can be varied.

    With operating levels ``y`` (one per operating variable, canonical units per year), it costs
    ``cost + unit_cost . y`` and contributes ``contribution + y @ unit_contribution``, for ``y`` in
    ``lower <= y <= upper`` and ``rows @ y <= limits``. A fixed point has no operating variables.
    ``meta`` says what the plan is, for reports; it takes no part in any computation.
    """

    id: str
    cost: float
    contribution: Array
    unit_cost: Array = field(default_factory=lambda: np.zeros(0))
    unit_contribution: Array = field(default_factory=lambda: np.zeros((0, 0)))
    lower: Array = field(default_factory=lambda: np.zeros(0))
    upper: Array = field(default_factory=lambda: np.zeros(0))
    rows: Array = field(default_factory=lambda: np.zeros((0, 0)))
    limits: Array = field(default_factory=lambda: np.zeros(0))
    meta: Any = None

    def at(self, levels: Array) -> Point:
        """Return the point of this plan at operating levels ``y``."""
        if levels.size == 0:
            return Point(self, levels, self.cost, self.contribution)
        cost = self.cost + float(self.unit_cost @ levels)
        return Point(self, levels, cost, self.contribution + levels @ self.unit_contribution)


@dataclass(frozen=True, slots=True)
class Point:
    """A plan at chosen operating levels, with its cost and its contribution."""

    plan: Plan
    levels: Array
    cost: float
    contribution: Array

    def reduced(self, prices: Array) -> float:
        """Return ``cost - prices . contribution`` (M per year)."""
        return self.cost - float(prices @ self.contribution)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to prices: best points first, and a lower bound on the participant's best value.

    ``proven`` is False where the participant only has a heuristic: no certificate is claimed then.
    """

    points: tuple[Point, ...]
    bound: float
    proven: bool = True


@dataclass(frozen=True, slots=True)
class Menu:
    """Every plan within a slack of the best at given prices; ``complete`` if none is left out."""

    plans: tuple[Plan, ...]
    complete: bool


@runtime_checkable
class Participant(Protocol):
    """One party, or one independent part of a party, as the coordinator sees it."""

    @property
    def id(self) -> str:
        """A name that is unique in its problem."""
        ...

    @property
    def owner(self) -> str:
        """The participant this part belongs to (equal to ``id`` for a whole participant)."""
        ...

    def price(self, prices: Array, near: float = 0.0) -> Answer:
        """Answer a best plan at ``prices`` and a proven bound, and plans within ``near`` of it."""
        ...

    def menu(self, prices: Array, slack: float, count: int) -> Menu:
        """Answer up to ``count`` plans whose best value is within ``slack`` of the best of all."""
        ...


def cheapest_levels(plan: Plan, prices: Array) -> tuple[Array, float]:
    """Return the operating levels of ``plan`` that are best at ``prices``, and the reduced value.

    Closed form without rows; a fractional knapsack with one non-negative row; otherwise a linear
    programme (HiGHS).
    """
    fixed = plan.cost - float(prices @ plan.contribution)
    if plan.unit_cost.size == 0:
        return plan.unit_cost, fixed
    slope = plan.unit_cost - plan.unit_contribution @ prices
    levels = np.where(slope < 0, plan.upper, plan.lower)
    if plan.limits.size and np.any(plan.rows @ levels > plan.limits):
        if plan.limits.size == 1 and np.all(plan.rows[0] >= 0):
            levels = _knapsack(slope, plan.lower, plan.upper, plan.rows[0], float(plan.limits[0]))
        else:
            levels = _linear(slope, plan)
    return levels, fixed + float(slope @ levels)


def _knapsack(slope: Array, lower: Array, upper: Array, weight: Array, limit: float) -> Array:
    """Fill the best value per unit of the one limit first."""
    levels = np.where((weight == 0) & (slope < 0), upper, lower)
    left = limit - float(weight @ levels)
    with np.errstate(divide="ignore", invalid="ignore"):
        worth = np.where(weight > 0, slope / weight, 0.0)
    for index in np.argsort(worth, kind="stable"):
        if slope[index] >= 0 or weight[index] == 0 or left <= 0:
            continue
        extra = min(upper[index] - lower[index], left / weight[index])
        levels[index] += extra
        left -= extra * weight[index]
    return levels


def _linear(slope: Array, plan: Plan) -> Array:
    from scipy.optimize import linprog

    bounds = np.column_stack([plan.lower, plan.upper])
    answer = linprog(slope, A_ub=plan.rows, b_ub=plan.limits, bounds=bounds, method="highs")
    if answer.x is None:
        return np.full(slope.size, np.nan)
    return np.asarray(answer.x, dtype=float)


def is_operable(plan: Plan) -> bool:
    """Return whether some operating levels respect the plan's limits."""
    if plan.limits.size == 0:
        return True
    if np.all(plan.rows @ plan.lower <= plan.limits + 1e-9 * (1 + np.abs(plan.limits))):
        return True
    if np.all(plan.rows >= 0):
        return False
    return not np.any(np.isnan(_linear(np.zeros(plan.unit_cost.size), plan)))


def distinct(points: Sequence[Point]) -> tuple[Point, ...]:
    """Return ``points`` without repeated plan and levels, order kept."""
    seen: set[tuple[str, bytes]] = set()
    kept = []
    for point in points:
        key = (point.plan.id, np.round(point.levels, 9).tobytes())
        if key not in seen:
            seen.add(key)
            kept.append(point)
    return tuple(kept)
