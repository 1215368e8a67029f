"""One instance of the specialisation family as one MILP in HiGHS: the other way to solve it."""

from __future__ import annotations

import time
from dataclasses import dataclass

import highspy
import numpy as np
import scipy.sparse as sp

from workshare.coordination import Problem
from workshare.coordination.families import SpecialisationParticipants


@dataclass(frozen=True)
class Whole:
    """The value HiGHS found, its bound, and the processor time it took (s)."""

    value: float
    bound: float
    seconds: float


def solve_whole(problem: Problem, seconds: float) -> Whole:
    """Return what HiGHS makes of the whole problem in ``seconds`` of processor time, one thread.

    Columns: how many plants (0 to 2) of each kind each participant holds, then the market's.
    """
    together, market = problem.participants, problem.market
    assert isinstance(together, SpecialisationParticipants)
    count, plants = together.cost.shape
    totals = sp.csr_matrix(np.tile(together.contribution[:-1].T, (1, count)))
    most = sp.kron(sp.identity(count), np.ones((1, plants)))
    matrix = sp.vstack(
        [
            sp.hstack([totals, market.rows]),
            sp.hstack([most, sp.csr_matrix((count, market.cost.size))]),
        ],
        format="csr",
    )
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = matrix.shape[1], matrix.shape[0]
    lp.col_cost_ = np.concatenate([together.cost.ravel(), market.cost])
    lp.col_lower_ = np.concatenate([np.zeros(count * plants), market.lower])
    lp.col_upper_ = np.concatenate([np.full(count * plants, 2.0), market.upper])
    lp.row_lower_ = np.concatenate([np.zeros(problem.dimensions), np.full(count, -np.inf)])
    lp.row_upper_ = np.concatenate([np.zeros(problem.dimensions), np.full(count, 2.0)])
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_ = matrix.indptr, matrix.indices
    lp.a_matrix_.value_ = matrix.data
    kinds = highspy.HighsVarType
    whole = [kinds.kInteger] * (count * plants)
    lp.integrality_ = whole + [kinds.kContinuous] * market.cost.size
    return run(lp, seconds)


def run(lp: highspy.HighsLp, seconds: float) -> Whole:
    """Return what HiGHS makes of a MILP in ``seconds`` of processor time on one thread."""
    highs = highspy.Highs()
    for name, value in (("output_flag", False), ("threads", 1), ("mip_rel_gap", 1e-6)):
        highs.setOptionValue(name, value)
    highs.passModel(lp)
    start = time.process_time()
    highs.cbMipInterrupt += lambda event: event.interrupt(time.process_time() - start > seconds)
    highs.run()
    info = highs.getInfo()
    value = info.objective_function_value if info.primal_solution_status == 2 else np.inf
    return Whole(float(value), float(info.mip_dual_bound), time.process_time() - start)
