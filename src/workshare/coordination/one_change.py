"""One change at a time: each participant takes its best plan against what the others hold.

Where the shared side is a sum over dimensions of convex piecewise linear functions (imports,
exports, needs and capacities at constant prices, without links between dimensions), the change that
one plan makes to it is a matter of microseconds. So everybody is gone through in turn, and whoever
has a plan that costs less in all, private cost and shared side together, takes the best of them,
until nobody gains. The result is a division that no single change of plan (among those listed)
improves. It is where the search of large neighbourhoods starts from: they are then spent on what
single changes cannot do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from workshare.arrays import Array
from workshare.market import Market
from workshare.response import IntArray, Plan, Point

SWEEPS = 20
"""How often everybody is gone through at most."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """``F(z) = sum_k max_b (slope[k, b] z_k + height[k, b])``: one row for each dimension."""

    slope: Array
    height: Array

    def at(self, z: Array, columns: IntArray) -> Array:
        """Return the summed value in ``columns`` for each row of ``z`` (rows x columns)."""
        values: Array = (z[:, :, None] * self.slope[columns] + self.height[columns]).max(axis=2)
        summed: Array = values.sum(axis=1)
        return summed


def pieces(market: Market) -> Pieces | None:
    """Return a market as pieces; None where dimensions are linked, curved, or not bounded below.

    The columns of one dimension are filled in the order of their unit cost (merit order).
    """
    form = market.form
    matrix = form.rows.tocsc()
    one_row = bool(np.all(np.diff(matrix.indptr) == 1))
    if form is not market or form.height != form.dimensions or not one_row or form.curvature.any():
        return None
    row, entry = matrix.indices, matrix.data
    ends = np.sort(np.stack([entry * form.lower, entry * form.upper]), axis=0)
    if not np.all(np.isfinite(ends)) or np.any(entry == 0.0):
        return None
    unit = form.cost / entry
    slopes: list[Array] = []
    heights: list[Array] = []
    for k in range(form.dimensions):
        own = np.flatnonzero((row == k) & (ends[1] > ends[0]))
        held = np.flatnonzero(row == k)
        order = own[np.argsort(unit[own], kind="stable")]
        # s = -z is what the columns make together: all at their least, then the cheapest first
        first, cost = float(ends[0, held].sum()), float(unit[held] @ ends[0, held])
        s = first + np.concatenate([[0.0], np.cumsum(ends[1, order] - ends[0, order])[:-1]])
        value = cost + np.concatenate(
            [[0.0], np.cumsum(unit[order] * (ends[1, order] - ends[0, order]))[:-1]]
        )
        if order.size == 0:
            return None  # one level only: any change is infeasible
        slopes.append(-unit[order])
        heights.append(value - unit[order] * s)
    width = max(one.size for one in slopes)
    # a piece repeated changes no maximum
    full = [np.concatenate([one, np.full(width - one.size, one[0])]) for one in slopes]
    tops = [np.concatenate([one, np.full(width - one.size, one[0])]) for one in heights]
    return Pieces(np.array(full), np.array(tops))


def change_one_by_one(
    shared: Pieces,
    who: IntArray,
    points: Sequence[Point],
    total: Array,
    plans: Mapping[int, Sequence[Plan]],
    *,
    gain: float,
    stop: Callable[[], bool] = lambda: False,
) -> tuple[Point, ...]:
    """Return points from which no single change among ``plans`` gains more than ``gain``.

    Parameters
    ----------
    who, points : participant number and point of each copy.
    total : their summed contribution.
    plans : by participant number, the plans it may take; others, and plans with an operating range,
        stay as they are.
    gain : money (M per year) below which a change is not made.
    stop : asked before each participant.
    """
    held = list(points)
    total = total.copy()
    options = {number: _Options(own) for number, own in plans.items() if own}
    copies = [k for k, number in enumerate(who.tolist()) if number in options]
    for _ in range(SWEEPS):
        moved = False
        for copy in copies:
            if stop():
                return tuple(held)
            better = _best(shared, held[copy], total, options[int(who[copy])], gain)
            if better is not None:
                total += better.contribution - held[copy].contribution
                held[copy] = better
                moved = True
        if not moved:
            break
    return tuple(held)


class _Options:
    """The plans of one participant, as arrays over the dimensions that any of them touches."""

    def __init__(self, plans: Sequence[Plan]) -> None:
        self.plans = [plan for plan in plans if plan.unit_cost.size == 0]
        self.cost = np.array([plan.cost for plan in self.plans])
        every = np.array([plan.contribution for plan in self.plans])
        self.columns = (
            np.flatnonzero(np.any(every != 0.0, axis=0)) if every.size else np.zeros(0, int)
        )
        self.contribution = every[:, self.columns] if every.size else every


def _best(
    shared: Pieces, point: Point, total: Array, options: _Options, gain: float
) -> Point | None:
    """Return the option that costs least in all, if that is less than what is held."""
    if point.levels.size or not options.plans:
        return None
    columns, given = options.columns, options.contribution
    beside = np.flatnonzero(point.contribution)
    if not np.all(np.isin(beside, columns)):
        columns = np.union1d(columns, beside)
        given = np.zeros((len(options.plans), columns.size))
        given[:, np.searchsorted(columns, options.columns)] = options.contribution
    rest = total[columns] - point.contribution[columns]
    values = options.cost + shared.at(rest + given, columns)
    best = int(np.argmin(values))
    now = point.cost + float(shared.at(total[columns][None, :], columns)[0])
    return options.plans[best].at(np.zeros(0)) if values[best] < now - gain else None


def change_in_pairs(
    shared: Pieces,
    who: IntArray,
    points: Sequence[Point],
    total: Array,
    plans: Mapping[int, Sequence[Plan]],
    prices: Array,
    *,
    room: float,
    gain: float,
    work: int,
    stop: Callable[[], bool] = lambda: False,
) -> tuple[Point, ...]:
    """Return points after changes of two copies at once, each the best with one copy's partner.

    Copies that forgo most at ``prices`` come first. ``room`` is how far the shared side is from
    what prices call for (the Bregman distance): a pair whose own values worsen by more cannot gain,
    and is not looked at. The search ends when nobody has a pair that gains more than ``gain``, or
    after ``work`` pairs looked at.
    """
    held = list(points)
    total = total.copy()
    table = _Table.of(who, held, plans, prices)
    if table is None:
        return tuple(held)
    order = np.argsort(-table.forgone, kind="stable")
    idle = turn = 0
    while idle < order.size and work > 0 and not stop():
        copy = int(order[turn % order.size])
        turn += 1
        pair, looked = _best_pair(shared, table, total, copy, room, gain)
        work -= looked
        idle = 0 if pair is not None else idle + 1
        for row in pair or ():
            place = int(table.copy[row])
            own = int(table.place[place])
            total += table.given[row] - held[own].contribution
            held[own] = table.plan[row].at(np.zeros(0))
            table.take(row)
    return tuple(held)


@dataclass(slots=True)
class _Table:
    """Every plan that every copy could take: a row for each, and what taking it changes.

    ``place`` is each copy's place in the division; ``copy`` the copy of each row; ``cost``,
    ``given`` and ``own`` (value at the prices) are the row's own, ``now_*`` those of what is held.
    """

    place: IntArray
    copy: IntArray
    plan: list[Plan]
    cost: Array
    given: Array
    own: Array
    now_cost: Array
    now_given: Array
    now_own: Array
    forgone: Array

    @classmethod
    def of(
        cls,
        who: IntArray,
        held: Sequence[Point],
        plans: Mapping[int, Sequence[Plan]],
        prices: Array,
    ) -> _Table | None:
        place = [
            k
            for k, number in enumerate(who.tolist())
            if plans.get(number) and not held[k].levels.size
        ]
        lists = [[p for p in plans[int(who[k])] if p.unit_cost.size == 0] for k in place]
        plan = [one for own in lists for one in own]
        if not plan:
            return None
        copy = np.repeat(np.arange(len(place)), [len(own) for own in lists])
        cost = np.array([one.cost for one in plan])
        given = np.array([one.contribution for one in plan])
        own = cost - given @ prices
        now_cost = np.array([held[k].cost for k in place])
        now_given = np.array([held[k].contribution for k in place])
        now_own = now_cost - now_given @ prices
        least = now_own.copy()
        np.minimum.at(least, copy, own)
        return cls(
            np.array(place), copy, plan, cost, given, own, now_cost, now_given, now_own,
            now_own - least,
        )  # fmt: skip

    def take(self, row: int) -> None:
        """Let the row's copy hold the row's plan."""
        copy = self.copy[row]
        self.now_cost[copy] = self.cost[row]
        self.now_given[copy] = self.given[row]
        self.now_own[copy] = self.own[row]


def _best_pair(
    shared: Pieces, table: _Table, total: Array, copy: int, room: float, gain: float
) -> tuple[tuple[int, int] | None, int]:
    """Return the best pair of rows with one of ``copy``, if it gains, and how many were tried."""
    columns = np.arange(total.size)
    worse = table.own - table.now_own[table.copy]
    others = table.copy != copy
    now = float(shared.at(total[None, :], columns)[0])
    best, pair, looked = -gain, None, 0
    for row in np.flatnonzero(~others).tolist():
        rows = np.flatnonzero(others & (worse < room - worse[row]))
        looked += rows.size
        if rows.size == 0:
            continue
        partner = table.copy[rows]
        z = total + table.given[row] - table.now_given[copy]
        cost = table.cost[row] - table.now_cost[copy] + table.cost[rows] - table.now_cost[partner]
        value = cost + shared.at(z + table.given[rows] - table.now_given[partner], columns) - now
        least = int(np.argmin(value))
        if value[least] < best:
            best, pair = float(value[least]), (row, int(rows[least]))
    return pair, looked
