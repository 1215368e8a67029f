"""The one seam to the convex solver: a separable quadratic over linear equalities and bounds.

    minimise  cost . x + 1/2 sum_j curvature_j x_j**2
    subject to  rows @ x = right,   lower <= x <= upper

Rows and columns are scaled here (quantities of different goods and money differ by many orders of
magnitude), so callers pass canonical units. The interior-point method returns *centred* prices,
which is what column generation needs: when optimal prices are not unique it gives a point in the
middle of the set, not a corner of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
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

    ``status`` is ``solved``, ``almost`` (reduced accuracy), ``infeasible`` or ``failed``. Bounds
    may be infinite. A price is the change of the value per unit of ``right``.
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
    settings = _settings(tolerance)
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


class QuadraticTemplate:
    """A quadratic programme whose columns stay and to which a few columns are added per solve.

    Assembling sparse matrices costs more than solving these small programmes, so the fixed columns
    are scaled and stored once, in the solver's own form, and each solve only appends to them. Rows:
    equalities, then lower and upper bounds of the fixed columns, then bounds and limits of the
    added ones. ``bounded`` says which columns need their upper bound; the others have one that can
    never bind at a solution, and leaving those out halves the work. ``money`` scales all costs.
    """

    def __init__(
        self,
        cost: Array,
        curvature: Array,
        rows: sp.csc_matrix,
        lower: Array,
        upper: Array,
        column_scale: Array,
        row_scale: Array,
        bounded: npt.NDArray[np.bool_],
        money: float,
    ) -> None:
        self.cost, self.curvature, self.lower, self.upper = cost, curvature, lower, upper
        self.column_scale, self.row_scale = column_scale, row_scale
        count = cost.size
        top = np.flatnonzero(bounded)
        self.first_free = row_scale.size + count + top.size
        scaled = sp.diags(1.0 / row_scale) @ rows @ sp.diags(column_scale)
        identity = sp.identity(count, format="csr")
        block = sp.vstack([scaled, -identity, identity[top]], format="csc")
        block.sort_indices()
        self.data, self.indices, self.indptr = block.data, block.indices, block.indptr
        self.bounds = np.concatenate([-lower / column_scale, (upper / column_scale)[top]])
        self.money = money

    def solve(
        self,
        right: Array,
        cost: Array,
        entries: Array,
        lower: Array,
        upper: Array,
        rows: Array,
        limits: Array,
        tolerance: float = 1e-10,
    ) -> tuple[QuadraticSolution, Array]:
        """Return the solution over the fixed columns, and the levels of the added ones.

        ``entries`` is equality rows x added columns, ``rows @ levels <= limits`` limits them.
        """
        import clarabel

        added = cost.size
        scale = np.maximum(upper, 1e-12)
        size = np.maximum(np.abs(rows) @ upper, 1e-12) if limits.size else limits
        identity = np.identity(added)
        block = np.vstack(
            [
                entries / self.row_scale[:, None] * scale,
                -identity,
                identity,
                rows * scale / size[:, None] if limits.size else np.zeros((0, added)),
            ]
        )
        column, row = np.nonzero(block.T)
        low = self.row_scale.size
        shifted = np.where(row < low, row, row + (self.first_free - low))
        counts = np.bincount(column, minlength=added) if added else np.zeros(0, dtype=int)
        indptr = np.concatenate([self.indptr, self.indptr[-1] + np.cumsum(counts)])
        total_rows = self.first_free + 2 * added + limits.size
        total_columns = self.cost.size + added
        matrix = sp.csc_matrix(
            (
                np.concatenate([self.data, block[row, column]]),
                np.concatenate([self.indices, shifted]),
                indptr,
            ),
            shape=(total_rows, total_columns),
        )
        hessian = np.concatenate(
            [self.curvature * self.column_scale**2 / self.money, np.zeros(added)]
        )
        diagonal = sp.csc_matrix(
            (hessian, np.arange(total_columns), np.arange(total_columns + 1)),
            shape=(total_columns, total_columns),
        )
        slopes = np.concatenate([self.cost * self.column_scale, cost * scale]) / self.money
        bounds = np.concatenate(
            [
                right / self.row_scale,
                self.bounds,
                -lower / scale,
                upper / scale,
                limits / size if limits.size else limits,
            ]
        )
        settings = _settings(tolerance)
        cones = [
            clarabel.ZeroConeT(low),
            clarabel.NonnegativeConeT(total_rows - low),
        ]
        solver = clarabel.DefaultSolver(diagonal, slopes, matrix, bounds, cones, settings)
        answer = solver.solve()
        every = np.asarray(answer.x)
        x = np.clip(every[: self.cost.size] * self.column_scale, self.lower, self.upper)
        levels = np.clip(every[self.cost.size :] * scale, lower, upper)
        price = -np.asarray(answer.z)[:low] * self.money / self.row_scale
        value = float(self.cost @ x + 0.5 * np.sum(self.curvature * x**2))
        return QuadraticSolution(x, price, value, _status(str(answer.status))), levels


def _settings(tolerance: float) -> Any:
    import clarabel

    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = tolerance
    settings.max_iter = 200
    settings.max_threads = 1
    return settings


def _status(name: str) -> str:
    if name == "Solved":
        return "solved"
    if name == "AlmostSolved":
        return "almost"
    if "Infeasible" in name:
        return "infeasible"
    return "failed"
