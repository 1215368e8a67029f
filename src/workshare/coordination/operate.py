"""Operate given plans: the short run, in which plants stand and levels and flows are decided."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from workshare.coordination.problem import Selection
from workshare.market import Market, Supply, no_supply
from workshare.response import Plan, Point


def operate(market: Market, plans: Sequence[Plan]) -> Selection | None:
    """Return the best operation of given plans together with the market, or None if infeasible.

    The convex quadratic problem over all operating levels and market flows; its row prices are the
    prices of the selection.
    """
    fixed = np.zeros(market.dimensions)
    for plan in plans:
        fixed += plan.contribution
    supply = _supply([plan for plan in plans if plan.unit_cost.size], market.dimensions)
    cleared, levels = market.clear(fixed, supply)
    if cleared.status in ("infeasible", "failed") or cleared.unmet > 1e-6:
        return None
    points: list[Point] = []
    column = 0
    for plan in plans:
        width = plan.unit_cost.size
        points.append(plan.at(levels[column : column + width]))
        column += width
    return Selection(tuple(points), cleared, sum(p.cost for p in points) + cleared.value)


def _supply(plans: Sequence[Plan], dimensions: int) -> Supply:
    """Return the operating ranges of ``plans`` side by side."""
    if not plans:
        return no_supply(dimensions)
    width = sum(plan.unit_cost.size for plan in plans)
    rows = np.zeros((sum(plan.limits.size for plan in plans), width))
    column = row = 0
    for plan in plans:
        height, span = plan.limits.size, plan.unit_cost.size
        if height:
            rows[row : row + height, column : column + span] = plan.rows
        row, column = row + height, column + span
    return Supply(
        np.concatenate([plan.unit_cost for plan in plans]),
        np.concatenate([plan.unit_contribution for plan in plans]),
        np.concatenate([plan.lower for plan in plans]),
        np.concatenate([plan.upper for plan in plans]),
        rows,
        np.concatenate([plan.limits for plan in plans]),
    )
