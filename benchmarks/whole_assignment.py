"""One instance of generalised assignment as one MILP in HiGHS: the other way to solve it."""

from __future__ import annotations

import highspy
import numpy as np
import scipy.sparse as sp

from whole_specialisation import Whole, run
from workshare.coordination import Problem


def solve_whole_assignment(problem: Problem, seconds: float) -> Whole:
    """Return what HiGHS makes of the whole problem in ``seconds`` of processor time, one thread.

    Columns: whether each job is with each agent, then the market's.
    """
    together, market = problem.participants, problem.market
    jobs, agents = len(together), problem.dimensions
    menus = together.menus(np.zeros(agents), np.array(np.inf), agents, np.arange(jobs))
    plans = [plan for menu in menus for plan in menu.plans]
    owner = np.repeat(np.arange(jobs), [len(menu.plans) for menu in menus])
    totals = sp.csr_matrix(np.array([plan.contribution for plan in plans]).T)
    shape = (jobs, len(plans))
    one = sp.csr_matrix((np.ones(len(plans)), (owner, np.arange(len(plans)))), shape=shape)
    others = sp.csr_matrix((jobs, market.cost.size))
    matrix = sp.vstack([sp.hstack([totals, market.rows]), sp.hstack([one, others])], format="csr")
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = matrix.shape[1], matrix.shape[0]
    lp.col_cost_ = np.concatenate([[plan.cost for plan in plans], market.cost])
    lp.col_lower_ = np.concatenate([np.zeros(len(plans)), market.lower])
    beyond = np.where(market.is_unmet, 0.0, market.upper)
    lp.col_upper_ = np.concatenate([np.ones(len(plans)), beyond])
    lp.row_lower_ = lp.row_upper_ = np.concatenate([np.zeros(agents), np.ones(jobs)])
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_ = matrix.indptr, matrix.indices
    lp.a_matrix_.value_ = matrix.data
    kinds = highspy.HighsVarType
    lp.integrality_ = [kinds.kInteger] * len(plans) + [kinds.kContinuous] * market.cost.size
    return run(lp, seconds)
