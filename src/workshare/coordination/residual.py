"""Models joined with a market into one, and the residual answer of a single model to it."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp

from workshare.arrays import Array
from workshare.errors import OptionError
from workshare.market import Market
from workshare.response import MatrixModel
from workshare.response.matrix import load

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


def joined(models: list[MatrixModel], market: Market) -> MatrixModel:
    """Return models and a market without curvature as one model, the shared rows its first rows.

    Its variables are those of each model in order, then the market's.
    """
    height = market.rows.shape[0]
    shared = [m.contribution for m in models]
    fixed = sum((m.offset for m in models), np.zeros(market.dimensions))
    upper = sp.hstack([*shared, market.rows[: market.dimensions]])
    inner = sp.hstack(
        [
            sp.csr_matrix((height - market.dimensions, sum(m.size for m in models))),
            market.rows[market.dimensions :],
        ]
    )
    own = sp.hstack(
        [
            sp.block_diag([m.rows for m in models]),
            sp.csr_matrix((sum(m.row_lower.size for m in models), market.cost.size)),
        ]
    )
    right = np.zeros(height)
    right[: market.dimensions] = -fixed
    return MatrixModel(
        np.concatenate([*(m.cost for m in models), market.cost]),
        np.concatenate([*(m.lower for m in models), market.lower]),
        np.concatenate([*(m.upper for m in models), market.upper]),
        np.concatenate([*(m.integer for m in models), np.zeros(market.cost.size, dtype=bool)]),
        sp.vstack([upper, inner, own], format="csr"),
        np.concatenate([right, *(m.row_lower for m in models)]),
        np.concatenate([right, *(m.row_upper for m in models)]),
        sp.csr_matrix((market.dimensions, sum(m.size for m in models) + market.cost.size)),
        constant=sum(m.constant for m in models),
    )
