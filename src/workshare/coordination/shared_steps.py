"""Steps that several participants can take, counted together: what whole numbers are needed for.

Where the market sees the same contribution whoever takes a step, only *how many* are taken in all
matters to it. So each such step has one whole-numbered column for all participants together, and
who takes it is left continuous: given the numbers, each participant's part of a step appears in
two rows, its own limit and the step's number. That is a transportation problem, whose corners are
whole, so nothing is lost. Branching and cutting planes then work on some dozens of numbers in place
of as many for every participant, which differ little but by name (measured on the specialisation
family: less than 1 s for ten participants that were not proven in 75 s).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from workshare.arrays import Array
from workshare.coordination.columns import Columns
from workshare.response import IntArray

ALIKE = 1e-9
"""How closely steps of two participants must contribute the same, relative to the largest."""

WHOLE = 1e-7
"""How far from whole numbers a share of a step may be and still count as one."""


@dataclass(frozen=True, slots=True)
class SharedSteps:
    """Steps open to at least two participants.

    Attributes
    ----------
    decision : the decisions of the MILP that are such steps.
    number : which shared step each of them is.
    contribution : of one of each shared step (steps, dimensions).
    most : how many of each can be taken in all.
    """

    decision: IntArray
    number: IntArray
    contribution: Array
    most: Array

    def __len__(self) -> int:
        return len(self.contribution)

    def counts(self, decision: Array) -> Array:
        """Return how many of each shared step the decisions take in all."""
        taken = np.bincount(self.number, decision[self.decision], minlength=len(self))
        return np.asarray(taken, dtype=np.float64)

    def others(self, table: Columns) -> list[Array]:
        """Return what each decision contributes by itself; of shared steps their number does."""
        given = list(table.decision_total)
        for column in self.decision.tolist():
            given[column] = np.zeros(self.contribution.shape[1])
        return given

    def rows(self, first: int) -> list[dict[int, float]]:
        """Return terms that are zero: who takes each step, less its number (from ``first`` on)."""
        rows = [{first + k: -1.0} for k in range(len(self))]
        for column, k in zip(self.decision.tolist(), self.number.tolist(), strict=True):
            rows[k][column] = 1.0
        return rows

    def assigned(self, table: Columns, decision: Array) -> Array | None:
        """Return decisions that take as many of each step, in whole numbers, at least cost.

        Everything else is kept (rounded). None where no participants are left to take them.
        """
        whole = np.round(decision)
        own = decision[self.decision]
        if np.all(np.abs(own - np.round(own)) <= WHOLE):
            return whole
        counts = np.round(self.counts(decision)).astype(np.int64)
        whole[self.decision] = 0.0
        slots = np.repeat(*_places_left(table, whole))
        items = np.repeat(np.arange(len(self)), counts)
        if items.size > slots.size:
            return None
        cheapest = self._cheapest(table)
        cost = np.full((slots.size, len(self)), np.inf)
        for (who, step), (least, _) in cheapest.items():
            cost[slots == who, step] = least
        try:
            at, item = linear_sum_assignment(cost[:, items])
        except ValueError:
            return None  # somebody would have to take a step that it does not have
        for who, step in zip(slots[at].tolist(), items[item].tolist(), strict=True):
            whole[cheapest[who, step][1]] += 1.0
        return whole

    def _cheapest(self, table: Columns) -> dict[tuple[int, int], tuple[float, int]]:
        """Return (cost, decision) of each (participant, shared step)."""
        least: dict[tuple[int, int], tuple[float, int]] = {}
        for column, step in zip(self.decision.tolist(), self.number.tolist(), strict=True):
            key = (table.participant[column], step)
            offer = (table.decision_cost[column], column)
            least[key] = min(offer, least.get(key, offer))
        return least


def shared_steps(table: Columns) -> SharedSteps | None:
    """Return the steps that several participants can take; None where there are none."""
    steps = np.array(sorted(column for own, _ in table.steps for column in own), dtype=np.int64)
    if steps.size == 0:
        return None
    given = np.array([table.decision_total[column] for column in steps.tolist()])
    scale = np.maximum(np.abs(given).max(axis=0), 1e-300)
    _, first, number = np.unique(
        np.round(given / scale / ALIKE), axis=0, return_index=True, return_inverse=True
    )
    number = number.reshape(-1)
    who = np.array(table.participant)[steps]
    owners = np.unique(np.column_stack([number, who]), axis=0)[:, 0]
    several = np.bincount(owners, minlength=first.size) > 1
    if not several.any():
        return None
    inside = several[number]
    renamed = np.cumsum(several) - 1
    most = np.bincount(number, np.array(table.decision_upper)[steps], minlength=first.size)
    return SharedSteps(
        steps[inside], renamed[number[inside]], given[first[several]], most[several].astype(float)
    )


def _places_left(table: Columns, whole: Array) -> tuple[IntArray, IntArray]:
    """Return who takes steps, and how many more than in ``whole`` each may take."""
    who = [table.participant[own[0]] for own, _ in table.steps]
    left = [most - round(float(whole[list(own)].sum())) for own, most in table.steps]
    return np.array(who, dtype=np.int64), np.maximum(np.array(left, dtype=np.int64), 0)
