"""Identical agents who are all indifferent: where careless choice among ties loses most.

``N`` agents choose 0 or 1 at no cost and contribute their choice; ``F(z) = N (z / N - 1/2)**2``. At
the price 0 everybody is indifferent. If all choose alike the cost is ``N / 4``; if half do, 0.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from workshare.coordination.problem import Problem
from workshare.market import Column, Market
from workshare.response import PlanTables


def identical_agents(number: int, *, merged: bool = False) -> Problem:
    """Return the problem of ``number`` identical agents.

    ``merged`` gives one participant that stands for all of them (its multiplicity is ``number``).
    """
    rows = sp.csc_matrix(np.array([[-1.0, -1.0]]))
    # z = deviation + N/2: the first column is z - N/2, the second is fixed at N/2
    market = Market(
        dimensions=1,
        columns=(Column("slack"), Column("slack")),
        rows=rows,
        cost=np.zeros(2),
        curvature=np.array([2.0 / number, 0.0]),
        lower=np.array([-number / 2.0, number / 2.0]),
        upper=np.array([number / 2.0, number / 2.0]),
        column_scale=np.full(2, float(number)),
        row_scale=np.full(1, float(number)),
    )
    count, copies = (1, [number]) if merged else (number, [1] * number)
    tables = PlanTables(np.zeros((count, 2)), np.array([[0.0], [1.0]]), multiplicity=copies)
    return Problem(tables, market)
