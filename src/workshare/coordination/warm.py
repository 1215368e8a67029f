"""Warm start: what was learnt before a change of the market, the agenda or the membership.

Plans stay plans when demand, tariffs or the membership change; only how they fit is new. So the
pool is kept, the convexified problem is solved over it once with the new market, and its prices
open the next rounds. The old bound is not kept: it was about another problem.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from workshare.coordination.ask import opening
from workshare.coordination.master import convexify
from workshare.coordination.pool import Pool
from workshare.coordination.problem import Problem
from workshare.coordination.state import State
from workshare.response import Individuals


def restart(problem: Problem, before: Problem, state: State) -> State:
    """Return a state for ``problem`` that keeps the points learnt in ``before``.

    Participants are matched by name; those who left take their points with them, and those who
    joined are asked in the next round. Where dimensions differ in number, nothing can be kept.
    """
    pool = _carried(problem, before, state.pool)
    fresh = opening(problem)
    everyone = np.unique(pool.who).size == len(problem.participants)
    if pool.size == 0 or not everyone:
        # whoever has no point yet must answer before the convexified problem can be solved
        start = state.row_prices if state.row_prices.size == fresh.next_prices.size else None
        return replace(fresh if start is None else opening(problem, start), pool=pool)
    solved = convexify(problem, pool)
    return replace(
        fresh,
        pool=pool,
        row_prices=solved.row_prices,
        next_prices=solved.row_prices,
        master=solved.value,
        weights=solved.weights,
        market_levels=solved.market_levels,
    )


def turned(problem: Problem, before: Problem, state: State) -> State:
    """Return a state for ``problem``, which took the place of ``before`` between two rounds.

    As :func:`restart`, and the record goes on: rounds, notes and what they cost stay. The bound
    starts again, because the old one was about another problem.
    """
    fresh = restart(problem, before, state)
    return replace(fresh, rounds=state.rounds, notes=state.notes)


def _carried(problem: Problem, before: Problem, pool: Pool) -> Pool:
    """Return the points of those who are still there, under their new numbers and keys."""
    if problem.dimensions != before.dimensions:
        return pool.keep(np.zeros(pool.size, dtype=bool))
    if problem.participants is before.participants:
        return replace(pool, born=np.zeros_like(pool.born))
    number = {name: k for k, name in enumerate(problem.participants.ids)}
    new = np.array([number.get(name, -1) for name in before.participants.ids], dtype=np.int64)
    kept = pool.keep(new[pool.who] >= 0)
    key = kept.key.copy()
    if isinstance(problem.participants, Individuals):
        together = problem.participants
        for row, (who, old) in enumerate(zip(kept.who.tolist(), kept.key.tolist(), strict=True)):
            key[row] = together.register(int(new[who]), before.participants.point(who, old))
    who = new[kept.who]
    order = np.argsort(who, kind="stable")
    moved = replace(kept, who=who, key=key, born=np.zeros_like(kept.born))
    return moved.keep(order)
