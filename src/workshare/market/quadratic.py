"""The one seam to the convex solver: minimise a separable quadratic over linear equalities and bounds.

    minimise  cost . x + 1/2 sum_j curvature_j x_j**2
    subject to  rows @ x = right,   lower <= x <= upper

Rows and columns are scaled here (quantities of different goods and money differ by many orders of
magnitude), so callers pass canonical units. The interior-point method returns *centred* prices,
which is what column generation needs: when optimal prices are not unique it gives a point in the
middle of the set, not a corner of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from workshare.arrays import Array


@dataclass(frozen=True, slots=True)
class QuadraticSolution:
    """A solution: ``x`` (one per column), ``price`` (one per row: d value / d right), ``value``."""

    x: Array
    price: Array
    value: float
    status: str


def solve_quadratic(
    cost: Array,
    curvature: Array,
    rows: sp.csc_matrix,
    right: Array,
    lower: Array,
    upper: Array,
    *,
    column_scale: Array | None = None,
    row_scale: Array | None = None,
    tolerance: float = 1e-10,
) -> QuadraticSolution:
    """Return the minimiser, its row prices and its value.

    ``status`` is ``solved``, ``almost`` (reduced accuracy), ``infeasible`` or ``failed``. Bounds may
    be infinite. A price is the change of the value per unit of ``right``.
    """
    import clarabel

    columns = cost.size
    scale_x = np.ones(columns) if column_scale is None else column_scale
    scale_r = np.ones(right.size) if row_scale is None else row_scale
    scaled_cost = cost * scale_x
    money = max(1e-12, float(np.max(np.abs(scaled_cost), initial=0.0)))
    equality = sp.diags(1.0 / scale_r) @ rows @ sp.diags(scale_x)
    has_lower = np.flatnonzero(np.isfinite(lower))
    has_upper = np.flatnonzero(np.isfinite(upper))
    identity = sp.identity(columns, format="csr")
    stacked = sp.vstack([equality, -identity[has_lower], identity[has_upper]], format="csc")
    bounds = np.concatenate(
        [right / scale_r, -(lower / scale_x)[has_lower], (upper / scale_x)[has_upper]]
    )
    hessian = sp.diags(curvature * scale_x**2 / money, format="csc")
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = tolerance
    settings.max_iter = 200
    cones = [clarabel.ZeroConeT(right.size)]
    if has_lower.size + has_upper.size:
        cones.append(clarabel.NonnegativeConeT(has_lower.size + has_upper.size))
    solver = clarabel.DefaultSolver(hessian, scaled_cost / money, stacked, bounds, cones, settings)
    answer = solver.solve()
    status = _status(str(answer.status))
    x = np.asarray(answer.x) * scale_x
    x = np.clip(x, lower, upper)
    price = -np.asarray(answer.z)[: right.size] * money / scale_r
    value = float(cost @ x + 0.5 * np.sum(curvature * x**2))
    return QuadraticSolution(x, price, value, status)


def _status(name: str) -> str:
    if name == "Solved":
        return "solved"
    if name == "AlmostSolved":
        return "almost"
    if "Infeasible" in name:
        return "infeasible"
    return "failed"
