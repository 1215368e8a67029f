"""Recovery where each plan draws on one capacity: chains of moves that push one another out.

In problems such as generalised assignment every plan uses one shared capacity (or none), and
capacities are filled to the last unit: hardly any single change or exchange of two fits. A chain
does: one participant moves to another capacity and pushes a second out, which moves on and pushes a
third out, until one fits into what is left, or into what the first left behind (ejection chains:
Glover 1996; for assignment Yagiura, Ibaraki and Glover 2004).

At the final prices a division costs the dual bound, plus every plan's gap to its participant's best
one, plus the price of unused capacity; that sum is the energy of a simulated annealing whose steps
are chains, found depth first and cut off as soon as what they have cost exceeds a random threshold.
Limits may be passed at first, at a charge. The search is bounded by evaluations, not by time, so
that its answer does not depend on the machine.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workshare.arrays import Array
from workshare.coordination.problem import Problem
from workshare.market import Market
from workshare.response import IntArray, Participants, Plan, Point

LARGEST = 4_000_000
"""Copies times dimensions that are tried."""

OPTIONS = 20
"""Plans asked of each participant."""

A_SECOND = 50_000_000
"""Evaluations that a second allows (half of what one core was measured to do)."""


@dataclass(frozen=True, slots=True)
class Annealing:
    """How chains are searched. Gaps are relative to the typical one between best and next best.

    Attributes
    ----------
    widest : plans with a larger gap are left out.
    warm, cool : mean of the random thresholds, at first and at the end.
    longest : participants moved by one chain.
    budget : evaluations of one chain.
    overload : how far a limit may be passed at first, relative to the typical use of a plan.
    evaluations : of the whole search, for each copy, but at most ``most``.
    """

    widest: float = 5.0
    warm: float = 0.65
    cool: float = 0.2
    longest: int = 12
    budget: int = 50_000
    overload: float = 1.2
    evaluations: int = 1_250_000
    most: int = 1_000_000_000


@dataclass(frozen=True, slots=True, eq=False)
class _Options:
    """The plans of every copy, those of copy ``j`` from ``first[j]`` on, smallest gap first."""

    first: IntArray
    gap: Array
    where: IntArray
    use: Array
    plans: tuple[Plan, ...]


def limits_of(market: Market) -> tuple[Array, Array] | None:
    """Return (least, most) that summed contributions may be, where that is all the market is.

    None where a column within the limits costs something or links dimensions.
    """
    form = market.form
    free = ~form.is_unmet
    rows = form.rows.tocsc()[:, free]
    if rows.shape[0] != market.dimensions or np.any(np.diff(rows.indptr) > 1):
        return None
    if np.any(form.cost[free] != 0) or np.any(form.curvature[free] != 0):
        return None
    up, down = rows.maximum(0), -rows.minimum(0)
    low = up @ form.lower[free] - down @ form.upper[free]
    high = up @ form.upper[free] - down @ form.lower[free]
    return -np.asarray(high), -np.asarray(low)


def chained(
    problem: Problem,
    participants: Participants,
    prices: Array,
    who: IntArray,
    points: tuple[Point, ...],
    annealing: Annealing,
    seed: int,
) -> tuple[Point, ...] | None:
    """Return a point for each copy, found by chains from ``points``.

    None where the problem is not of this kind (see the module), or no division that keeps the
    limits was met.
    """
    from workshare.coordination.ejection_kernel import Options, search_chains

    limits = limits_of(problem.market)
    if limits is None or who.size * problem.dimensions > LARGEST:
        return None
    if any(_row(point.plan, prices) is None for point in points):
        return None  # before anybody is asked for more plans
    options = _options(problem, participants, prices, who, points, annealing.widest)
    if options is None:
        return None
    signs = {float(np.sign(plan.contribution.sum())) for plan in options.plans} - {0.0}
    if len(signs) != 1:
        return None
    sign = signs.pop()
    room = limits[1] if sign > 0 else -limits[0]
    other = limits[0] if sign > 0 else -limits[1]
    if np.any(room < 0) or np.any(other > 0):
        return None
    # plans that use nothing stand on a capacity of their own, without limit or price
    room = np.append(room, 1e12 * max(1.0, float(room.max())))
    price = np.append(np.maximum(-sign * prices, 0.0), 0.0)
    scale = _typical(options)
    held = _held(options, points)
    feasible, _, best = search_chains(
        held.copy(),
        Options(options.first, options.gap, options.where, options.use),
        room,
        price,
        annealing.overload * np.append(_uses(options, problem.dimensions), 0.0),
        (annealing.warm * scale, annealing.cool * scale),
        (
            annealing.longest,
            annealing.budget,
            min(annealing.most, annealing.evaluations * who.size),
        ),
        seed,
    )
    if not feasible:
        return None
    return tuple(
        points[copy] if option == held[copy] else options.plans[option].at(np.zeros(0))
        for copy, option in enumerate(best.tolist())
    )


def _options(
    problem: Problem,
    participants: Participants,
    prices: Array,
    who: IntArray,
    points: tuple[Point, ...],
    widest: float,
) -> _Options | None:
    """Return every copy's plans near its best, or None where a plan is not of this kind."""
    asked = np.unique(who)
    menus = participants.menus(prices, np.array(np.inf), OPTIONS, asked)
    listed: dict[int, list[tuple[float, int, float, Plan]]] = {}
    for number, menu in zip(asked.tolist(), menus, strict=True):
        rows = [_row(plan, prices) for plan in menu.plans]
        kept = [row for row in rows if row is not None]
        if not rows or len(kept) < len(rows):
            return None
        listed[number] = sorted(kept, key=lambda row: (row[0], row[3].id))
    second = [rows[1][0] - rows[0][0] for rows in listed.values() if len(rows) > 1]
    if not second:
        return None
    most = widest * _middle(np.array(second))
    first, picked = [0], list[tuple[float, int, float, Plan]]()
    for copy, number in enumerate(who.tolist()):
        own = listed[number]
        least = own[0][0]
        near = [(row[0] - least, *row[1:]) for row in own if row[0] - least <= most]
        if all(row[3].id != points[copy].plan.id for row in near):
            now = _row(points[copy].plan, prices)
            if now is None:
                return None
            near.append((max(0.0, now[0] - least), *now[1:]))
        picked += sorted(near, key=lambda row: (row[0], row[3].id))
        first.append(len(picked))
    gap, where, use, plans = zip(*picked, strict=True)
    return _Options(
        np.array(first), np.array(gap), np.array(where, dtype=np.int64), np.array(use), plans
    )


def _row(plan: Plan, prices: Array) -> tuple[float, int, float, Plan] | None:
    """Return (reduced cost, dimension, amount used, plan), or None if it draws on several."""
    touched = np.flatnonzero(plan.contribution)
    if plan.unit_cost.size or touched.size > 1:
        return None
    reduced = plan.cost - float(prices @ plan.contribution)
    if touched.size == 0:
        return reduced, plan.contribution.size, 0.0, plan
    return reduced, int(touched[0]), abs(float(plan.contribution[touched[0]])), plan


def _middle(values: Array) -> float:
    """Return the median of the positive values, or the smallest positive number in its stead."""
    positive = values[values > 0]
    return float(np.median(positive)) if positive.size else float(np.finfo(float).tiny)


def _typical(options: _Options) -> float:
    second = options.first[:-1] + 1
    return _middle(options.gap[second[second < options.first[1:]]])


def _uses(options: _Options, dimensions: int) -> Array:
    """Return the typical use of a plan by dimension (0 where none draws on it)."""
    drawn = [options.use[options.where == place] for place in range(dimensions)]
    return np.array([_middle(own) if own.size else 0.0 for own in drawn])


def _held(options: _Options, points: tuple[Point, ...]) -> IntArray:
    """Return the option that each copy holds now."""
    held = np.zeros(len(points), dtype=np.int64)
    for copy, point in enumerate(points):
        own = range(options.first[copy], options.first[copy + 1])
        held[copy] = next(k for k in own if options.plans[k].id == point.plan.id)
    return held
