"""Disaggregated column generation with centred prices: the default method.

Each round the coordinator solves the convexified problem over the points answered so far, one
convexity row per participant; an interior-point solver gives prices from the middle of the optimal
set rather than a corner of it, which is what keeps the number of rounds small. The prices are
broadcast, every participant answers a best response and a proven bound, and the sum of the bounds
with the market's closed-form support is a lower bound on problem (1), whatever the prices.

The four functions every method has: :func:`init`, :func:`step`, :func:`terminate`,
:func:`postprocess`; the loop belongs to :mod:`workshare.coordination.iterate`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from workshare.arrays import Array
from workshare.coordination.problem import Problem
from workshare.market.quadratic import solve_quadratic
from workshare.response import Point
from workshare.response.plan import distinct


@dataclass(frozen=True, slots=True)
class Round:
    """What one round did: the best bound so far, the convexified value, messages sent."""

    number: int
    bound: float
    master: float
    new_points: int
    messages: int


@dataclass(frozen=True, slots=True)
class State:
    """Everything the method knows: points per participant, the best bound and its prices."""

    points: tuple[tuple[Point, ...], ...]
    bound: float
    row_prices: Array
    next_prices: Array
    master: float
    weights: tuple[Array, ...]
    market_levels: Array
    proven: bool
    rounds: tuple[Round, ...]
    stalled: bool = False


@dataclass(frozen=True, slots=True)
class Options:
    """When to stop, and how much to ask.

    ``tolerance``: stop when convexified value - bound <= tolerance * max(|bound|, scale).

    ``scale`` is a money amount (M per year) that counts as large where the bound is near zero;
    ``near`` is the slack within which tied plans are answered together, as a share of ``scale``.
    """

    tolerance: float = 1e-5
    max_rounds: int = 100
    scale: float = 1.0
    near: float = 1e-4


def init(problem: Problem, options: Options, prices: Array | None = None) -> State:
    """Return the first state: prices of the market with nobody's contribution, or those given."""
    if prices is None:
        prices = problem.market.evaluate(np.zeros(problem.dimensions)).row_prices
    empty: tuple[tuple[Point, ...], ...] = tuple(() for _ in problem.participants)
    state = State(empty, -np.inf, prices, prices, np.inf, (), np.zeros(0), True, ())
    return _ask(problem, options, state, prices)


def step(problem: Problem, options: Options, state: State) -> State:
    """Return the next state: solve the master, broadcast its prices, collect the answers."""
    return _ask(problem, options, state, state.next_prices)


def terminate(options: Options, state: State) -> bool:
    """Return whether the bound has met the convexified value, or nothing new is being learnt."""
    gap = state.master - state.bound
    close = gap <= options.tolerance * max(abs(state.bound), options.scale)
    return close or state.stalled or len(state.rounds) >= options.max_rounds


def postprocess(problem: Problem, state: State) -> State:
    """Return the state with the convexified point moved to a vertex: few participants stay mixed.

    A basic solution has at most participants + dimensions positive weights, so at most
    ``dimensions`` participants hold more than one point (Shapley-Folkman).
    """
    from scipy.optimize import linprog

    flat = [point for points in state.points for point in points]
    costs = np.array([point.cost for point in flat])
    totals = np.array([point.contribution for point in flat]).T
    weights = np.concatenate(state.weights)
    market = problem.market
    scale = market.row_scale[: problem.dimensions, None]
    share = _convexity(state.points)
    equal = sp.vstack([sp.csr_matrix(totals / scale), share])
    right = np.concatenate([totals @ weights / scale[:, 0], np.ones(len(state.points))])
    size = max(1e-12, float(np.max(np.abs(costs))))
    answer = linprog(costs / size, A_eq=equal, b_eq=right, bounds=(0, None), method="highs-ds")
    if answer.x is None:
        return state
    return replace(state, weights=_per_participant(np.asarray(answer.x), state.points))


def mixed(state: State, tolerance: float = 1e-7) -> list[int]:
    """Return the participants that hold more than one point in the convexified solution."""
    return [k for k, weights in enumerate(state.weights) if np.sum(weights > tolerance) > 1]


def _ask(problem: Problem, options: Options, state: State, row_prices: Array) -> State:
    """Broadcast prices, add what is new, bound, and solve the master for the next prices."""
    prices = row_prices[: problem.dimensions]
    near = options.near * options.scale / max(1, len(problem.participants))
    answers = [participant.price(prices, near) for participant in problem.participants]
    proven = state.proven and all(answer.proven for answer in answers)
    bound = sum(answer.bound for answer in answers) + problem.market.support(row_prices)
    points = []
    new_points = 0
    for old, answer in zip(state.points, answers, strict=True):
        merged = distinct((*old, *answer.points))
        new_points += len(merged) - len(old)
        points.append(merged)
    better = bound > state.bound
    state = replace(
        state,
        points=tuple(points),
        bound=max(bound, state.bound),
        row_prices=row_prices if better else state.row_prices,
        proven=proven,
    )
    state = _master(problem, state)
    number = len(state.rounds) + 1
    messages = 2 * len(problem.participants)
    record = Round(number, state.bound, state.master, new_points, messages)
    return replace(state, rounds=(*state.rounds, record), stalled=new_points == 0)


def _convexity(points: Sequence[Sequence[Point]]) -> sp.csr_matrix:
    counts = [len(own) for own in points]
    rows = np.repeat(np.arange(len(counts)), counts)
    return sp.csr_matrix((np.ones(rows.size), (rows, np.arange(rows.size))))


def _per_participant(flat: Array, points: Sequence[Sequence[Point]]) -> tuple[Array, ...]:
    ends = np.cumsum([len(own) for own in points])[:-1]
    return tuple(np.clip(part, 0.0, 1.0) for part in np.split(flat, ends))


def _master(problem: Problem, state: State) -> State:
    """Solve the convexified problem over the points seen, by interior point."""
    market = problem.market
    flat = [point for points in state.points for point in points]
    totals = np.array([point.contribution for point in flat]).T
    internal = market.rows.shape[0] - problem.dimensions
    upper_rows = sp.vstack([sp.csr_matrix(totals), sp.csr_matrix((internal, len(flat)))])
    share = _convexity(state.points)
    rows = sp.vstack(
        [
            sp.hstack([upper_rows, market.rows]),
            sp.hstack([share, sp.csr_matrix((len(state.points), len(market.columns)))]),
        ],
        format="csc",
    )
    right = np.concatenate([np.zeros(market.rows.shape[0]), np.ones(len(state.points))])
    ones = np.ones(len(flat))
    answer = solve_quadratic(
        np.concatenate([[point.cost for point in flat], market.cost]),
        np.concatenate([np.zeros(len(flat)), market.curvature]),
        rows,
        right,
        np.concatenate([np.zeros(len(flat)), market.lower]),
        np.concatenate([ones * np.inf, market.upper]),
        column_scale=np.concatenate([ones, market.column_scale]),
        row_scale=np.concatenate([market.row_scale, np.ones(len(state.points))]),
        tolerance=1e-9,
    )
    weights = _per_participant(answer.x[: len(flat)], state.points)
    return replace(
        state,
        next_prices=answer.price[: market.rows.shape[0]],
        master=answer.value,
        weights=weights,
        market_levels=answer.x[len(flat) :],
    )
