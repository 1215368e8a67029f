"""A long menu restated: plans that are sums of a few steps enter a MILP as whole numbers of steps.

A list of plans has no structure that a solver could see: a participant that may hold two of 48
plants lists 1,225 plans. Where every listed plan is the cheapest one plus whole numbers of a few
*steps* (its plans with one plant more), one whole-numbered column for each step says the same,
and branching and cutting planes work on them (measured on the specialisation family with 20
participants: 10 s in place of no proof in minutes). The steps are found from costs and
contributions alone, so nobody discloses more than its menu.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement
from math import comb

import numpy as np

from workshare.arrays import Array
from workshare.response import IntArray, Plan

WORTH_IT = 60
"""Shorter menus stay lists."""

MOST_SUMS = 20_000
"""Sums that are looked at, to see that none is a plan that the participant did not list."""

ALIKE = 1e-9
"""How closely a plan must be a sum, relative to the largest figure of the menu."""


@dataclass(frozen=True, slots=True)
class Sums:
    """Plans of one participant as ``base`` plus at most ``most`` steps, repeated or not.

    Attributes
    ----------
    base : the cheapest plan.
    cost, contribution : what each step adds (steps,) and (steps, dimensions).
    most : the largest number of steps together.
    listed : the plan behind each tuple of step numbers, ascending (empty for ``base``).
    """

    base: Plan
    cost: Array
    contribution: Array
    most: int
    listed: dict[tuple[int, ...], Plan]

    def __len__(self) -> int:
        return len(self.listed)

    def plan(self, counts: Array) -> Plan | None:
        """Return the listed plan with ``counts`` of each step; None where it was not listed."""
        numbers = np.round(counts).astype(np.int64)
        return self.listed.get(tuple(np.repeat(np.arange(numbers.size), numbers).tolist()))

    def counts(self, plan: Plan) -> Array | None:
        """Return how often ``plan`` has each step; None where it is not in the menu."""
        for steps, other in self.listed.items():
            if other.id == plan.id:
                count = np.bincount(np.array(steps, dtype=np.int64), minlength=self.cost.size)
                return np.asarray(count, dtype=np.float64)
        return None


def as_sums(plans: Sequence[Plan], prices: Array, slack: float) -> Sums | None:
    """Return a complete menu restated, or None where it stays a list.

    Some sums may not have been listed. Those that cost more than ``slack`` beyond the best plan at
    ``prices`` do no harm: no combination that costs less than what the slack stands for has them,
    whether the participant could carry them out or not (docs/method.md, exact mode). If any other
    was not listed, it is not a plan of the participant, and the menu stays a list.
    """
    if len(plans) < WORTH_IT or any(p.unit_cost.size or isinstance(p.meta, tuple) for p in plans):
        return None
    figures = np.column_stack([[p.cost for p in plans], [p.contribution for p in plans]])
    order = np.argsort(figures[:, 0], kind="stable")
    added = figures[order] - figures[order[0]]
    found = _decomposed(added)
    if found is None:
        return None
    steps, sums = found
    listed = {tuple(sorted(own)): plans[order[k]] for k, own in enumerate(sums)}
    most = max(map(len, listed))
    if len(listed) < len(plans) or comb(steps.size + most, most) > MOST_SUMS:
        return None
    base = plans[order[0]]
    cost, contribution = added[steps, 0], added[steps, 1:]
    reduced = cost - contribution @ prices
    least = min(p.cost - float(prices @ p.contribution) for p in plans)
    room = least + slack - (base.cost - float(prices @ base.contribution))
    for number in range(most + 1):
        for own in combinations_with_replacement(range(steps.size), number):
            if own not in listed and sum(reduced[k] for k in own) <= room + 1e-9 * abs(room):
                return None
    return Sums(base, cost, contribution, most, listed)


def _decomposed(added: Array) -> tuple[IntArray, list[list[int]]] | None:
    """Return which rows are steps, and the steps (by place in that list) of every row.

    Rows ascend by cost, the first is zero. A row is a sum if it is an earlier row plus a step.
    None where costs do not tell the rows' order, or there are too many steps to be of use.
    """
    if added[1, 0] <= 0.0:
        return None
    scale = np.maximum(np.abs(added).max(axis=0), 1e-300)
    rows = added / scale
    # one figure for each row, with weights that no two sums share but by accident; then compared
    mark = rows @ np.random.default_rng(0).uniform(0.5, 1.5, rows.shape[1])
    by_mark = np.argsort(mark, kind="stable")
    steps: list[int] = []
    sums: list[list[int]] = [[]]
    for row in range(1, len(rows)):
        place = _earlier(rows, mark, by_mark, row, steps)
        if place is None:
            steps.append(row)
            sums.append([len(steps) - 1])
            if 4 * len(steps) > len(rows):
                return None
        else:
            step, rest = place
            sums.append([*sums[rest], step])
    return np.array(steps, dtype=np.int64), sums


def _earlier(
    rows: Array, mark: Array, by_mark: IntArray, row: int, steps: Sequence[int]
) -> tuple[int, int] | None:
    """Return a step and an earlier row that add up to ``row``."""
    if not steps:
        return None
    wanted = mark[row] - mark[list(steps)]
    first = np.searchsorted(mark, wanted - ALIKE * rows.shape[1], sorter=by_mark)
    for step, start in enumerate(first.tolist()):
        for at in by_mark[start : start + 3].tolist():
            near = 0 < at < row and abs(mark[at] - wanted[step]) <= 2 * ALIKE * rows.shape[1]
            if near and np.max(np.abs(rows[at] + rows[steps[step]] - rows[row])) <= ALIKE:
                return step, at
    return None
