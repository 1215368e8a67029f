"""The convexified problem over the points known: the *restricted master* of column generation.

    minimise  sum_k cost_k w_k + F(sum_k w_k contribution_k),   sum of w over participant i = m_i

with one convexity row per participant (disaggregated; ``m_i`` is its multiplicity). An
interior-point solver gives prices from the middle of the optimal set rather than a corner of it,
which keeps the number of rounds small (:func:`convexify`); :func:`vertex` then moves the weights to
a corner, where at most as many participants as there are shared dimensions hold more than one point
(Shapley-Folkman).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from workshare.arrays import Array
from workshare.coordination.pool import Pool
from workshare.coordination.problem import Problem
from workshare.market import Market
from workshare.market.quadratic import QuadraticSolution, solve_quadratic
from workshare.response import IntArray

LEARNING = 200
"""Looks at a market that learns, in one solution."""


@dataclass(frozen=True, slots=True)
class Convexified:
    """The convexified problem solved: value, weight of each point, market variables, row prices."""

    value: float
    weights: Array
    market_levels: Array
    row_prices: Array


@dataclass(frozen=True, slots=True)
class Proximity:
    """A pull towards ``row_prices``: the larger ``step``, the further the answer may go from them.

    In the price space: ``- 1/(2 step) * sum_r (row_scale_r * (pi_r - row_prices_r) / money)**2``,
    in units of ``money``.
    """

    row_prices: Array
    step: float


def convexify(problem: Problem, pool: Pool, near: Proximity | None = None) -> Convexified:
    """Return the solution of the convexified problem over ``pool``, by interior point.

    With ``near``, the prices maximise the dual model less the pull (a proximal step); the value is
    then the model's value at those prices, not a convexified value.
    """
    present, share = _convexity(pool)
    copies = problem.participants.multiplicity[present].astype(float)
    return convexify_rows(problem.market, pool, share, copies, near)


def convexify_rows(
    market: Market,
    pool: Pool,
    share: sp.csr_matrix,
    copies: Array,
    near: Proximity | None = None,
) -> Convexified:
    """Return the same with the rows given: ``share @ weights = copies``.

    Where the market's form is a model that learns, it is looked at where the solution falls, until
    model and market agree there. No participant is asked anything.
    """
    above = solved = None
    for _ in range(LEARNING):
        form = market.form
        solved = _convexify_once(form, pool, share, copies, near)
        rows = form.rows.tocsr()[: market.dimensions]
        unmet = form.is_unmet
        above = market.learn(-(rows @ np.where(unmet, 0.0, solved.market_levels)))
        if above <= 1e-7 * form.money:
            break
    assert solved is not None and above is not None
    value = solved.value + (above if near is None else 0.0)
    return replace(solved, value=value, row_prices=solved.row_prices[: market.height])


def _convexify_once(
    market: Market, pool: Pool, share: sp.csr_matrix, copies: Array, near: Proximity | None
) -> Convexified:
    height, points = market.rows.shape[0], pool.size
    slack = 0 if near is None else near.row_prices.size
    upper = sp.vstack(
        [sp.csr_matrix(pool.contribution).T, sp.csr_matrix((height - market.dimensions, points))]
    )
    blocks = [upper, market.rows]
    lower = [share, sp.csr_matrix((copies.size, market.rows.shape[1]))]
    if near is not None:
        blocks.append(sp.eye(height, slack))
        lower.append(sp.csr_matrix((copies.size, slack)))
    rows = sp.vstack([sp.hstack(blocks), sp.hstack(lower)], format="csc")
    # a participant's weights add up to its copies: unscaled, many copies cost prices their accuracy
    most = np.asarray(share.T @ copies, dtype=float)
    free = np.full(slack, np.inf)
    pull = np.zeros(0) if near is None else near.row_prices
    bend = np.zeros(0) if near is None else near.step * market.money / market.row_scale[:slack] ** 2
    answer = solve_quadratic(
        np.concatenate([pool.cost, market.cost, pull]),
        np.concatenate([np.zeros(points), market.curvature, bend]),
        rows,
        np.concatenate([np.zeros(height), copies]),
        np.concatenate([np.zeros(points), market.lower, -free]),
        np.concatenate([np.full(points, np.inf), market.upper, free]),
        column_scale=np.concatenate([most, market.column_scale, market.row_scale[:slack]]),
        row_scale=np.concatenate([market.row_scale, copies]),
        tolerance=1e-9,
    )
    return _read(market, answer, points, height, near)


def _read(
    market: Market,
    answer: QuadraticSolution,
    points: int,
    height: int,
    near: Proximity | None,
) -> Convexified:
    prices = answer.price[:height]
    weights = np.maximum(answer.x[:points], 0.0)
    levels = answer.x[points : points + market.cost.size]
    value = answer.value
    if near is not None:
        # the pull's own term out again: value of the model of the dual at these prices
        held = near.row_prices.size
        distance = (prices[:held] - near.row_prices) * market.row_scale[:held] / market.money
        value += 0.5 * market.money * float(distance @ distance) / near.step
    return Convexified(value, weights, levels, prices)


def vertex(problem: Problem, pool: Pool, weights: Array) -> Array:
    """Return weights with the same total contribution and no higher cost, at a corner.

    Returns ``weights`` unchanged where the linear programme fails (it never should: they solve it).
    """
    from scipy.optimize import linprog

    held = np.flatnonzero(weights > 1e-9)
    if held.size == 0:
        return weights
    part = pool.keep(held)
    _, share = _convexity(part)
    totals = sp.csr_matrix(part.contribution).T
    scale = problem.market.scale
    goal = totals @ weights[held]
    matrix = sp.vstack([sp.diags(1.0 / scale) @ totals, share])
    right = np.concatenate([goal / scale, share @ weights[held]])
    size = max(1e-12, float(np.max(np.abs(part.cost), initial=0.0)))
    answer = linprog(part.cost / size, A_eq=matrix, b_eq=right, bounds=(0, None), method="highs-ds")
    if answer.x is None:
        return weights
    moved = np.zeros_like(weights)
    moved[held] = answer.x
    return moved


def mixed(pool: Pool, weights: Array, copies: Array, tolerance: float = 1e-7) -> list[int]:
    """Return the participants whose weights are not whole numbers of copies."""
    share = weights / copies[pool.who]
    broken = np.abs(weights - np.round(weights)) > tolerance * copies[pool.who]
    found: list[int] = np.unique(pool.who[broken & (share > tolerance)]).tolist()
    return found


def _convexity(pool: Pool) -> tuple[IntArray, sp.csr_matrix]:
    """Return the participants present and their convexity rows (present x points)."""
    present, row = np.unique(pool.who, return_inverse=True)
    ones = np.ones(pool.size)
    matrix = sp.csr_matrix((ones, (row, np.arange(pool.size))), shape=(present.size, pool.size))
    return present, matrix
