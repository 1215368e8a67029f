"""The derivative of the equilibrium conditions, and solves with it and with its transpose.

Given wages and spending the industries do not see each other, so the derivative is an arrow of K
blocks of N x N (entry in each industry) bordered by 2 N columns (wages, spending). Eliminating the
blocks leaves 2 N equations: K times N cubed of work and no iteration. The transposed solve, which
gives the gradient of any objective by every tax at once, reuses the same factors.

With u = log wage - mu m the log of cost, lam the trade shares, r the share of each destination in
sales, B = r lam': d log sales / du = -epsilon (I - B). The entry block is therefore
A = epsilon mu (I - B) - I, and d entry / d wage = -epsilon (I - B) - I.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.linalg

from workshare.arrays import Array
from workshare.trade.system import Conditions, Point

Triple = tuple[Array, Array, Array]
"""Three arrays that belong to wages or labour (N,), spending or budget (N,), entry (K, N)."""


@dataclass(frozen=True, eq=False)
class Arrow:
    """The derivative at one point, eliminated: what solves need.

    Attributes
    ----------
    outlets : (K, N, N) share of each destination in an origin's sales.
    inverse : (K, N, N) inverse of each entry block; empty with restricted entry.
    on_cost : (K, N, N) derivative of log income by log cost; empty with restricted entry.
    labour_shares : (K, N) share of industries in a country's labour; empty with restricted entry.
    wage_entry : (K, N, N) derivative of log entry by log wage; empty with restricted entry.
    schur : LU factors of the 2 N equations that remain.
    """

    epsilon: Array
    mu: Array
    numeraire: int
    outlets: Array
    inverse: Array
    wage_entry: Array
    on_cost: Array
    labour_shares: Array
    schur: tuple[Array, Array]

    def solve(self, right: Triple) -> Triple:
        """Return the change of (wage, spending, firms) that changes the conditions by ``right``."""
        size = len(right[0])
        if not len(self.inverse):
            both = scipy.linalg.lu_solve(self.schur, np.concatenate(right[:2]), check_finite=False)
            return both[:size], both[size:], right[2]
        inner = np.matmul(self.inverse, right[2][:, :, None])[:, :, 0]
        lower = -self.mu * self.on_cost
        labour = right[0] - (self.labour_shares * inner).sum(axis=0)
        budget = right[1] - np.matmul(lower, inner[:, :, None]).sum(axis=0)[:, 0]
        labour[self.numeraire] = right[0][self.numeraire]
        both = scipy.linalg.lu_solve(
            self.schur, np.concatenate([labour, budget]), check_finite=False
        )
        wage, income = both[:size], both[size:]
        border = np.matmul(self.wage_entry, wage) + np.matmul(self.outlets, income)
        firms = np.matmul(self.inverse, (right[2] - border)[:, :, None])[:, :, 0]
        return wage, income, firms

    def solve_transposed(self, right: Triple) -> Triple:
        """Return the multipliers of (labour, budget, entry) for a gradient by the unknowns."""
        size = len(right[0])
        if not len(self.inverse):
            both = scipy.linalg.lu_solve(
                self.schur, np.concatenate(right[:2]), trans=1, check_finite=False
            )
            return both[:size], both[size:], right[2]
        inner = np.matmul(right[2][:, None, :], self.inverse)[:, 0]
        wage = right[0] - np.matmul(inner[:, None, :], self.wage_entry).sum(axis=0)[0]
        income = right[1] - np.matmul(inner[:, None, :], self.outlets).sum(axis=0)[0]
        both = scipy.linalg.lu_solve(
            self.schur, np.concatenate([wage, income]), trans=1, check_finite=False
        )
        labour, budget = both[:size], both[size:]
        through_labour = self.labour_shares * labour
        through_labour[:, self.numeraire] = 0.0
        through_budget = np.matmul(budget[None, None, :], -self.mu * self.on_cost)[:, 0]
        rest = right[2] - through_labour - through_budget
        entry = np.matmul(rest[:, None, :], self.inverse)[:, 0]
        return labour, budget, entry


def linearise(system: Conditions, point: Point) -> Arrow:
    """Return the derivative of the conditions at a point, eliminated and factored."""
    base = system.base
    size = len(base.spending)
    sales = np.maximum(point.sales, 1e-300)
    outlets = point.spending * system.received / sales[:, :, None]
    pulled = np.ascontiguousarray(point.shares.transpose(0, 2, 1))
    wages = np.exp(point.wage) * system.outside.labour * base.wage_bill
    local, on_spending = _income_by_cost(system, point, pulled)
    corner = np.zeros((2 * size, 2 * size))
    corner[size:, size:] = on_spending - np.eye(size)
    diagonal = np.arange(size)
    if base.free:
        parts = _eliminate(system, point, outlets, pulled, local, corner)
    else:
        payroll = point.sales / (1.0 + base.markup[:, :, 0])
        weight = payroll / payroll.sum(axis=0)
        weighted = outlets * weight[:, :, None]
        eased = weighted * base.epsilon
        mix = _sum_products(eased, pulled)
        corner[:size, :size] = mix
        corner[diagonal, diagonal] -= eased.sum(axis=(0, 2)) + 1.0
        corner[:size, size:] = weighted.sum(axis=0)
        corner[size:, :size] = local[0]
        empty = np.zeros((0, size, size))
        parts = (empty, empty, empty, np.zeros((0, size)))
    corner[size + diagonal, diagonal] += wages / point.earned
    corner[base.numeraire] = 0.0
    corner[base.numeraire, :size] = wages / wages.sum()
    schur = scipy.linalg.lu_factor(corner, overwrite_a=True, check_finite=False)
    return Arrow(base.epsilon, base.mu, base.numeraire, outlets, *parts, schur)


def _sum_products(left: Array, right: Array) -> Array:
    """Return the sum over industries of ``left[k] @ right[k]``, as one product."""
    kinds, size, _ = left.shape
    wide = np.ascontiguousarray(left.transpose(1, 0, 2)).reshape(size, kinds * size)
    return np.asarray(wide @ right.reshape(kinds * size, size))


def _income_by_cost(system: Conditions, point: Point, pulled: Array) -> tuple[Array, Array]:
    """Return d log income / d log cost, by industry or (restricted entry) in all, and by spending.

    A cost that rises by one per cent moves spending away from its origin: by -epsilon times
    (its own, less its share of everybody's). Income sees it as tariff revenue, subsidies, profit.
    """
    base = system.base
    size = len(base.spending)
    diagonal = np.arange(size)
    tariffs = point.spending * system.tariff_share
    total = tariffs.sum(axis=1)
    moved = tariffs.transpose(0, 2, 1) - pulled * total[:, :, None]
    profit = base.markup / (1.0 + base.markup)
    own = point.spending * (profit * system.received + system.subsidy_share)
    on_spending = np.diag(total.sum(axis=0)) + own.sum(axis=0)
    if base.free:
        rows = np.flatnonzero(system.subsidised | bool(base.markup.any()))
        if len(rows):
            moved[:, rows] -= np.matmul(own[:, rows], pulled)
            moved[:, diagonal, diagonal] += own.sum(axis=2)
        moved *= -base.epsilon / point.earned[:, None]
    else:
        eased = own * base.epsilon
        summed = (moved * base.epsilon).sum(axis=0) - _sum_products(eased, pulled)
        summed[diagonal, diagonal] += eased.sum(axis=(0, 2))
        moved = -(summed / point.earned[:, None])[None]
    return moved, on_spending / point.earned[:, None]


def _eliminate(
    system: Conditions, point: Point, outlets: Array, pulled: Array, local: Array, corner: Array
) -> tuple[Array, Array, Array, Array]:
    """Eliminate the entry blocks into the corner; return what later solves need of them."""
    base = system.base
    size = len(base.spending)
    diagonal = np.arange(size)
    epsilon, mu = base.epsilon, base.mu
    bent = epsilon * np.matmul(outlets, pulled)  # epsilon B
    wage_entry = bent.copy()
    wage_entry[:, diagonal, diagonal] -= epsilon[:, :, 0] + 1.0
    block = -mu * bent
    block[:, diagonal, diagonal] += epsilon[:, :, 0] * mu[:, :, 0] - 1.0
    absent = ~base.active
    if absent.any():  # an industry that is not there stays so: its condition is m = 0
        kinds, places = np.nonzero(absent)
        block[kinds, places] = 0.0
        block[kinds, places, places] = -1.0
        wage_entry[kinds, places] = 0.0
        outlets[kinds, places] = 0.0
    inverse = np.linalg.inv(block)
    labour = base.labour_shares * np.exp(point.firms)
    labour = labour / labour.sum(axis=0)
    # both border rows at once: shares of labour above, income through cost below
    row = np.concatenate([labour[:, :, None] * inverse, np.matmul(-mu * local, inverse)], axis=1)
    corner[:size, :size] -= _sum_products(row[:, :size], wage_entry)
    corner[size:, :size] += local.sum(axis=0) - _sum_products(row[:, size:], wage_entry)
    corner[:size, size:] -= _sum_products(row[:, :size], outlets)
    corner[size:, size:] -= _sum_products(row[:, size:], outlets)
    return inverse, wage_entry, local, labour
