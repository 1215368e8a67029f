"""One participant's MILP in HiGHS, built once and re-priced for every question."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp

from workshare.arrays import Array
from workshare.response.training import Training, training_cost


@dataclass(frozen=True, slots=True)
class MixedSolution:
    """The best decision found, the output levels, the value and the proven lower bound on it."""

    decision: Array
    output: Array
    value: float
    bound: float


class MixedProgram:
    """``minimise fixed . b + unit . y + training`` with ``lower b <= y <= upper b`` and limits.

    Columns are the decisions ``b`` (0/1), the outputs ``y``, then the workers trained in each
    occupation that may run short; only costs change between solves, so HiGHS starts from its last
    basis and solution.
    """

    def __init__(
        self,
        *,
        lower: Array,
        upper: Array,
        rows_decision: Array,
        rows_output: Array,
        limits: Array,
        training: tuple[Training, ...] = (),
    ) -> None:
        self.count = lower.size
        self.scale = np.where(upper > 0, upper, 1.0)
        matrix, low, high = link_rows(lower / self.scale, upper / self.scale)
        own = sp.csr_matrix(np.hstack([rows_decision, rows_output * self.scale]))
        self.training = training
        # workers trained are counted in units of the most that could be: columns between 0 and 1
        self.most = np.array([max(1e-12, float(t.jobs.sum())) for t in training])
        jobs = np.array([t.jobs / most for t, most in zip(training, self.most, strict=True)])
        jobs = jobs.reshape(len(training), self.count)
        short = sp.hstack(
            [
                sp.csr_matrix(jobs),
                sp.csr_matrix(jobs.shape),
                -sp.identity(len(training)),
            ]
        )
        above = sp.vstack([matrix, own])
        wide = sp.hstack([above, sp.csr_matrix((above.shape[0], len(training)))])
        self.matrix = sp.vstack([wide, short]).tocsr()
        free = np.full(limits.size + len(training), -np.inf)
        at_hand = [t.at_hand / most for t, most in zip(training, self.most, strict=True)]
        self.row_lower = np.concatenate([low, free])
        self.row_upper = np.concatenate([high, limits, at_hand])
        self.highs = self._build()

    def _build(self) -> Any:
        import highspy

        highs = highspy.Highs()
        highs.setOptionValue("output_flag", False)
        highs.setOptionValue("threads", 1)
        highs.setOptionValue("random_seed", 0)
        highs.setOptionValue("mip_rel_gap", 0.0)
        highs.setOptionValue("mip_abs_gap", 1e-9)
        columns = 2 * self.count + len(self.training)
        lp = highspy.HighsLp()
        lp.num_col_ = columns
        lp.num_row_ = self.matrix.shape[0]
        lp.col_cost_ = np.zeros(columns)
        lp.col_lower_ = np.zeros(columns)
        lp.col_upper_ = np.ones(columns)
        lp.row_lower_ = self.row_lower
        lp.row_upper_ = self.row_upper
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = self.matrix.indptr
        lp.a_matrix_.index_ = self.matrix.indices
        lp.a_matrix_.value_ = self.matrix.data
        lp.integrality_ = [highspy.HighsVarType.kInteger] * self.count + [
            highspy.HighsVarType.kContinuous
        ] * (self.count + len(self.training))
        highs.passModel(lp)
        return highs

    def solve(self, fixed: Array, unit: Array) -> MixedSolution:
        """Return the best decision at these costs (M per decision, M per unit of output)."""
        dear = [t.cost * most for t, most in zip(self.training, self.most, strict=True)]
        costs = np.concatenate([fixed, unit * self.scale, dear])
        size = max(1e-12, float(np.max(np.abs(costs), initial=0.0)))
        self.highs.changeColsCost(
            costs.size, np.arange(costs.size, dtype=np.int32), np.asarray(costs / size)
        )
        self.highs.run()
        info = self.highs.getInfo()
        x = np.asarray(self.highs.getSolution().col_value)
        decision = np.round(x[: self.count])
        output = x[self.count : 2 * self.count] * self.scale
        value = float(fixed @ decision + unit @ output + training_cost(self.training, decision))
        bound = min(float(info.mip_dual_bound) * size, value)
        return MixedSolution(decision, output, value, bound)

    def enumerate(self, fixed: Array, unit: Array) -> Iterator[tuple[Array, float]]:
        """Yield decisions from the best on, each cut off once found; the model is restored."""
        import highspy

        rows = self.highs.getNumRow()
        try:
            while True:
                solution = self.solve(fixed, unit)
                if self.highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
                    return
                yield solution.decision, solution.bound
                sign = np.where(solution.decision > 0.5, 1.0, -1.0)
                index = np.arange(self.count, dtype=np.int32)
                most = float(solution.decision.sum()) - 1.0
                self.highs.addRow(-np.inf, most, self.count, index, sign)
        finally:
            last = self.highs.getNumRow()
            if last > rows:
                self.highs.deleteRows(last - rows, np.arange(rows, last, dtype=np.int32))


def link_rows(lower: Array, upper: Array) -> tuple[sp.csr_matrix, Array, Array]:
    """Return the rows ``lower b - y <= 0`` and ``y - upper b <= 0`` over columns (b, y)."""
    identity = sp.identity(lower.size)
    matrix = sp.vstack(
        [
            sp.hstack([sp.diags(lower), -identity]),
            sp.hstack([-sp.diags(upper), identity]),
        ],
        format="csr",
    )
    return matrix, np.full(2 * lower.size, -np.inf), np.zeros(2 * lower.size)
