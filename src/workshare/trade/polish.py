"""From good policies to stationary ones: a quasi-Newton ascent on the exact gradient.

Formulas start it (:mod:`workshare.trade.formulas`), the adjoint gradient drives it, and what is
reported is the largest derivative that is left: how much welfare one more log point of any single
tax would add. That makes an answer *stationary*; that no better policy exists far away is not
proven here, and starts from several points are how a user looks for one.

Taxes are scaled by how strongly trade reacts to them (trade elasticity times the flow as a share of
income), so that a tiny flow and a huge one are equally easy to get right.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from workshare.arrays import Array, Mask
from workshare.trade import newton
from workshare.trade.block_arrow import Arrow, Triple, linearise
from workshare.trade.gradient import Gradient, Objective, gradient, objective_value
from workshare.trade.system import Base, Conditions, Outside, Point, Taxes, conditions

STATIONARY = 1e-7
"""Largest derivative of the objective (log real income) by the log of one price multiplier."""

WIDEST = 0.3
"""No tax moves by more than this (in logs) in one step."""


@dataclass(frozen=True, eq=False)
class Freedom:
    """Which price multipliers may move; booleans, industry first.

    Attributes
    ----------
    tariff, export : (K, N, N). production : (K, N).
    transfer : (N,), who takes part in transfers that sum to zero; all False for none.
    """

    tariff: Mask
    export: Mask
    production: Mask
    transfer: Mask

    @property
    def count(self) -> int:
        """How many instruments there are."""
        parts = (self.tariff, self.export, self.production, self.transfer)
        return int(sum(part.sum() for part in parts))


@dataclass(frozen=True, eq=False)
class Polished:
    """Where the ascent ended.

    Attributes
    ----------
    taxes, transfers, system, point : the policy, its conditions and its equilibrium.
    value : the objective there, weighted log real income.
    slope : largest derivative left, see :data:`STATIONARY`.
    evaluations : equilibria solved.
    """

    taxes: Taxes
    transfers: Array
    system: Conditions
    point: Point
    value: float
    slope: float
    evaluations: int

    @property
    def stationary(self) -> bool:
        """Whether the largest derivative left is within :data:`STATIONARY`."""
        return self.slope <= STATIONARY


def freedom(base: Base, members: Mask, instruments: str, *, transfers: bool = False) -> Freedom:
    """Return which taxes the members' governments may set.

    Parameters
    ----------
    members : (N,) whose governments act.
    instruments : ``all``, ``trade``, ``tariffs`` or ``production`` (subsidies only).
    transfers : whether members may pay each other.
    """
    kinds, size = base.weights.shape
    trades = (base.shares > 0) & ~np.eye(size, dtype=bool)
    none = np.zeros((kinds, size, size), dtype=bool)
    tariff = trades & members[None, None, :] if instruments != "production" else none
    export = trades & members[None, :, None] if instruments in ("all", "trade") else none
    production = np.zeros((kinds, size), dtype=bool)
    if instruments in ("all", "production"):
        production = base.active & members
    paid = members if transfers and members.sum() > 1 else np.zeros(size, dtype=bool)
    return Freedom(tariff, export, production, paid)


def polish(
    base: Base,
    outside: Outside,
    taxes: Taxes,
    free: Freedom,
    objective: Objective,
    *,
    at: Triple | None = None,
    most: int = 400,
    progress: Callable[[int, float], None] | None = None,
) -> Polished:
    """Return the policy that the ascent reaches from ``taxes``; the objective never falls.

    Parameters
    ----------
    base, outside, taxes : the economy, its shocks and the policy to start from.
    free : which instruments move.
    objective : whose real income counts.
    at : unknowns near the equilibrium of ``taxes``.
    most : most equilibria to solve.
    progress : called with the number of equilibria and the largest derivative left.
    """
    problem = _Problem(base, outside, taxes, free, objective)
    here = problem.visit(np.zeros(free.count), at)
    evaluations = 1
    memory: deque[tuple[Array, Array]] = deque(maxlen=30)
    if here is None:
        raise_point = newton.solve(conditions(base, taxes, outside), at)
        system = conditions(base, taxes, outside)
        none = np.zeros(len(objective.weights))
        return Polished(taxes, none, system, raise_point.point, -np.inf, float("inf"), 1)
    while evaluations < most and here.slope > STATIONARY:
        direction = _two_loop(here.scaled, memory)
        if direction @ here.scaled <= 0:
            memory.clear()
            direction = here.scaled
        length = min(1.0, WIDEST / max(problem.widest(direction), 1e-300))
        rise = float(direction @ here.scaled)
        there = None
        for _ in range(25):
            trial = problem.visit(here.place + length * direction, here.unknowns, here.arrow)
            evaluations += 1
            if trial is not None and trial.value >= here.value + 1e-4 * length * rise - 1e-15:
                there = trial
                break
            length *= 0.4
        if there is None:
            if not memory:
                break
            memory.clear()
            continue
        change, bend = there.place - here.place, here.scaled - there.scaled
        if change @ bend > 1e-12 * np.sqrt((change @ change) * (bend @ bend)):
            memory.append((change, bend))
        if there.value <= here.value and there.slope >= here.slope:
            if not memory:
                break
            memory.clear()
        here = there
        if progress is not None:
            progress(evaluations, here.slope)
    new, moved = problem.taxes_at(here.place)
    return Polished(new, moved, here.system, here.point, here.value, here.slope, evaluations)


@dataclass(frozen=True, eq=False)
class _Visit:
    """One policy visited: its place, value and scaled gradient."""

    place: Array
    value: float
    scaled: Array
    slope: float
    system: Conditions
    point: Point
    arrow: Arrow

    @property
    def unknowns(self) -> Triple:
        """The unknowns, to start the next equilibrium from."""
        return self.point.wage, self.point.income, self.point.firms


class _Problem:
    """The objective as a function of scaled logs of the instruments that move."""

    def __init__(
        self, base: Base, outside: Outside, taxes: Taxes, free: Freedom, objective: Objective
    ) -> None:
        """Keep the problem and compute the scales from trade in the data."""
        self.base, self.outside, self.taxes = base, outside, taxes
        self.free, self.objective = free, objective
        weights = objective.weights
        flows = base.shares * (base.weights * base.spending)[:, None, :]
        worth = np.where(weights > 0, weights, 0.0) / base.spending
        react = base.epsilon * flows
        tariff = react * np.maximum(worth, 1e-12 * worth.max())
        export = react * np.maximum(worth, 1e-12 * worth.max())[:, None]
        production = export.sum(axis=2) / (1.0 + base.mu[:, :, 0] * base.epsilon[:, :, 0])
        parts = [tariff[free.tariff], export[free.export], production[free.production]]
        parts.append(weights[free.transfer])
        curvature = np.concatenate(parts)
        self.unit = 1.0 / np.sqrt(np.maximum(curvature, 1e-9 * curvature.max(initial=1e-12)))

    def taxes_at(self, place: Array) -> tuple[Taxes, Array]:
        """Return the taxes and transfers (money received) at a place."""
        step = place * self.unit
        free, cut = self.free, np.cumsum([self.free.tariff.sum(), self.free.export.sum()])
        end = int(cut[1] + free.production.sum())
        tariff, export = self.taxes.tariff.copy(), self.taxes.export.copy()
        production = self.taxes.production.copy()
        tariff[free.tariff] *= np.exp(step[: cut[0]])
        export[free.export] *= np.exp(step[cut[0] : cut[1]])
        production[free.production] *= np.exp(step[cut[1] : end])
        moved = np.zeros(len(self.objective.weights))
        if free.transfer.any():
            # shares of own spending; what one receives the others pay, by size
            received = step[end:] * self.base.spending[free.transfer]
            size = self.base.spending[free.transfer]
            moved[free.transfer] = received - received.sum() * size / size.sum()
        return Taxes(tariff, export, production), moved

    def widest(self, direction: Array) -> float:
        """Return the largest log change of an instrument along a direction."""
        return float(np.abs(direction * self.unit).max(initial=0.0))

    def visit(self, place: Array, at: Triple | None, arrow: Arrow | None = None) -> _Visit | None:
        """Return value and gradient at a place; None where there is no equilibrium."""
        taxes, moved = self.taxes_at(place)
        outside = Outside(self.outside.log_cost, self.outside.labour, self.outside.deficits + moved)
        system = conditions(self.base, taxes, outside)
        if at is None:
            found = newton.solve(system, aim=1e-12)
        else:  # a trial that Newton does not reach from here is too far: the step is shortened
            found = newton.newton(system, at, 25, 1e-12, arrow)
        if not found.solved:
            return None
        point = found.point
        here = linearise(system, point)
        slopes = gradient(system, point, here, self.objective)
        raw = self._pick(slopes)
        value = objective_value(self.base, point, self.objective)
        scaled = raw * self.unit
        return _Visit(
            place, value, scaled, float(np.abs(raw).max(initial=0.0)), system, point, here
        )

    def _pick(self, slopes: Gradient) -> Array:
        """Return the derivatives by the instruments that move, in one row."""
        free = self.free
        parts = [
            slopes.tariff[free.tariff],
            slopes.export[free.export],
            slopes.production[free.production],
        ]
        if free.transfer.any():
            size = self.base.spending[free.transfer]
            by_money = slopes.transfer[free.transfer]
            shared = (by_money * size).sum() / size.sum()
            parts.append((by_money - shared) * size)
        return np.concatenate(parts)


def _two_loop(slope: Array, memory: deque[tuple[Array, Array]]) -> Array:
    """Return the quasi-Newton direction of ascent (limited memory, Nocedal 1980)."""
    direction = slope.copy()
    kept: list[float] = []
    for change, bend in reversed(memory):
        part = float(change @ direction) / float(change @ bend)
        direction -= part * bend
        kept.append(part)
    if memory:
        change, bend = memory[-1]
        direction *= float(change @ bend) / float(bend @ bend)
    for (change, bend), part in zip(memory, reversed(kept), strict=True):
        direction += (part - float(bend @ direction) / float(change @ bend)) * change
    return direction
