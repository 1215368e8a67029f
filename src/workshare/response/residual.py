"""A residual answer from a model: the best plan against the real market the others leave."""

from __future__ import annotations

from typing import Any

import numpy as np

from workshare.arrays import Array
from workshare.errors import OptionError
from workshare.market import Market
from workshare.response.matrix import MatrixModel, joined, load

PASSES = 30
FIRST_TANGENTS = 5
CLOSE = 1e-7


def best_against(model: MatrixModel, market: Market, others: Array) -> Array:
    """Return the variables of ``model`` that minimise its cost plus ``F(others + what it adds)``.

    Quadratic terms of the market enter by tangents at the points visited, until the tangents agree
    with the terms to 1e-7 of the value.

    Raises
    ------
    OptionError : nothing satisfies the model.
    """
    form = market.form
    whole = joined([model], form)
    highs = load(whole.cost, whole)
    highs.setOptionValue("mip_rel_gap", 0.1 * CLOSE)
    for row in range(form.dimensions):
        right = -float(model.offset[row] + others[row])
        highs.changeRowBounds(row, right, right)
    curved = np.flatnonzero(form.curvature)
    bend = form.curvature[curved]
    for _ in curved:
        highs.addVar(0.0, np.inf)
        highs.changeColCost(highs.getNumCol() - 1, 1.0)
    for share in np.linspace(0.0, 1.0, FIRST_TANGENTS):
        _tangents(highs, whole.size, model.size + curved, bend, _between(form, curved, share))
    for _ in range(PASSES):
        highs.run()
        if highs.getInfo().primal_solution_status != 2:
            raise OptionError("residual answer: nothing satisfies the model")
        x = np.asarray(highs.getSolution().col_value)
        v = x[model.size + curved]
        missing = float(np.sum(0.5 * bend * v**2 - x[whole.size :]))
        if missing <= CLOSE * (1.0 + abs(highs.getInfo().objective_function_value)):
            break
        _tangents(highs, whole.size, model.size + curved, bend, v)
    own = x[: model.size]
    return np.where(model.integer, np.round(own), own)


def _between(form: Market, columns: Any, share: float) -> Array:
    low, high = form.lower[columns], form.upper[columns]
    at: Array = low + share * (high - low)
    return at


def _tangents(highs: Any, first: int, columns: Any, bend: Array, at: Array) -> None:
    """Require each epigraph variable to lie above the tangent of its term ``1/2 bend v**2``."""
    for place, (column, curvature, value) in enumerate(zip(columns, bend, at, strict=True)):
        index = np.array([first + place, column], dtype=np.int32)
        terms = np.array([1.0, -curvature * value])
        highs.addRow(-0.5 * curvature * value**2, np.inf, 2, index, terms)
