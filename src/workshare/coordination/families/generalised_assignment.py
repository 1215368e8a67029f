"""Generalised assignment: jobs are participants, agents' capacities are what they share.

Every job goes to exactly one agent; capacities are hard. Instances of Yagiura, Ibaraki and Glover
(2004), "An ejection chain approach for the generalized assignment problem", INFORMS Journal on
Computing 16(2), and of their kind.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import scipy.sparse as sp

from workshare.arrays import Array
from workshare.coordination.problem import Problem
from workshare.errors import OptionError
from workshare.market import Column, Market
from workshare.response import PlanTables


def assignment_problem(costs: Array, resources: Array, capacities: Array) -> Problem:
    """Return the problem of assigning jobs to agents at least cost.

    Parameters
    ----------
    costs, resources : agents x jobs: what a job costs with an agent, and takes of its capacity.
    capacities : one per agent.

    A contribution is minus the resource taken; capacity beyond the limit has a ceiling price of
    twice the largest cost per unit of resource times the number of agents, and is not feasible.
    """
    agents, jobs = costs.shape
    contributions = np.zeros((jobs, agents, agents))
    index = np.arange(agents)
    contributions[:, index, index] = -resources.T
    ceiling = 2.0 * agents * float(np.max(costs)) / max(1e-12, float(np.min(resources)))
    most = resources.sum(axis=1)
    identity = sp.identity(agents)
    market = Market(
        dimensions=agents,
        columns=(*[Column("slack")] * agents, *[Column("unmet")] * agents),
        rows=sp.csc_matrix(sp.hstack([identity, identity])),
        cost=np.concatenate([np.zeros(agents), np.full(agents, ceiling)]),
        curvature=np.zeros(2 * agents),
        lower=np.zeros(2 * agents),
        upper=np.concatenate([capacities, most]),
        column_scale=np.concatenate([capacities, capacities]),
        row_scale=np.asarray(capacities, dtype=float),
    )
    names = [f"job {k + 1}" for k in range(jobs)]
    return Problem(PlanTables(costs.T.copy(), contributions, names=names), market)


def read_generalised_assignment(path: str | Path) -> Problem:
    """Return the problem in a text file: agents, jobs, costs, resources, capacities.

    Raises
    ------
    OptionError : not numbers, too few or too many of them, or capacities that are not positive.
    """
    try:
        figures = np.array(Path(path).read_text(encoding="utf-8").split(), dtype=float)
    except (ValueError, UnicodeDecodeError) as error:
        raise OptionError(f"{path}: must hold numbers only ({error})") from error
    if figures.size < 2 or np.any(figures[:2] < 1) or np.any(figures[:2] % 1):
        raise OptionError(f"{path}: must begin with the numbers of agents and of jobs")
    agents, jobs = int(figures[0]), int(figures[1])
    expected = 2 + 2 * agents * jobs + agents
    if figures.size != expected:
        raise OptionError(
            f"{path}: {figures.size} numbers; {agents} agents and {jobs} jobs need {expected}"
        )
    blocks = np.split(figures[2:], [agents * jobs, 2 * agents * jobs])
    faults = []
    if not np.all(np.isfinite(figures)):
        faults.append("every figure must be finite")
    if np.any(blocks[1] <= 0):
        faults.append("resources must be above 0")
    if np.any(blocks[2] <= 0):
        faults.append("capacities must be above 0")
    if faults:
        raise OptionError(f"{path}: " + "; ".join(faults))
    shape = (agents, jobs)
    return assignment_problem(blocks[0].reshape(shape), blocks[1].reshape(shape), blocks[2])
