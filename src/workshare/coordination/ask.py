"""One round of communication: prices out, answers in, and the bound that they prove.

Shared by all methods, so that a round means the same in each of them. For any row prices ``pi``

    bound(pi) = sum_i theta_i(p) + support(pi)

is a lower bound on problem (1), whatever the method, because ``theta_i`` is each participant's own
best value and ``support`` the market's (weak duality).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from workshare.arrays import Array
from workshare.coordination.pool import empty_pool
from workshare.coordination.problem import Problem
from workshare.coordination.sound import sound
from workshare.coordination.state import Options, Round, State
from workshare.response import Replies


def opening(problem: Problem, prices: Array | None = None) -> State:
    """Return the state before the first round.

    ``prices`` are row prices, or prices of the shared dimensions alone, to start from; None starts
    from the market with nobody's contribution.
    """
    market = problem.market
    if prices is None:
        prices = market.evaluate(np.zeros(problem.dimensions)).row_prices
    elif prices.size == problem.dimensions != market.height:
        prices = market.respond(prices).row_prices
    none = np.zeros(0)
    pool = empty_pool(problem.dimensions)
    return State(pool, -np.inf, prices, prices, np.inf, none, none, True, ())


def ask(problem: Problem, options: Options, state: State, row_prices: Array) -> State:
    """Return the state after broadcasting ``row_prices``: new points, and the best bound.

    A round in which somebody did not answer proves no bound for all, and claims none.
    """
    participants = problem.participants
    prices = row_prices[: problem.dimensions]
    near = options.near * options.scale / max(1, participants.copies)
    replies = sound(participants.price(prices, near), prices, len(participants))
    number = len(state.rounds) + 1
    bound = bound_of(problem, replies, row_prices)
    pool, new_points = state.pool.add(replies, number)
    better = bound > state.bound
    missing = int(np.sum(~replies.answered))
    record = Round(
        number=number,
        bound=max(bound, state.bound),
        master=state.master,
        new_points=new_points,
        messages=2 * len(participants) - missing,
        bytes=_bytes(problem, replies),
        unanswered=missing,
    )
    return replace(
        state,
        pool=pool,
        bound=record.bound,
        row_prices=row_prices if better else state.row_prices,
        proven=bool(np.all(replies.proven)) if better else state.proven,
        rounds=(*state.rounds, record),
        notes=(*state.notes, *((number, who, text) for who, text in replies.notes)),
        stalled=new_points == 0,
        answer_bounds=replies.bound if better else state.answer_bounds,
        answer_proven=replies.proven if better else state.answer_proven,
    )


def bound_of(problem: Problem, replies: Replies, row_prices: Array) -> float:
    """Return the lower bound that ``replies`` prove at ``row_prices``; -inf if any is missing."""
    if not np.all(replies.answered):
        return -np.inf
    own = float(problem.participants.multiplicity @ replies.bound) if replies.bound.size else 0.0
    return own + problem.market.support(row_prices)


def _bytes(problem: Problem, replies: Replies) -> int:
    figures = len(problem.participants) * problem.dimensions + replies.bound.size
    entries = getattr(replies.contribution, "nnz", None)
    figures += replies.contribution.size if entries is None else 2 * entries
    return 8 * int(figures + 2 * replies.cost.size)
