"""Facility location: the adverse regime, where shared dimensions outnumber participants.

Participants are facilities that may open and serve customers; what they share is that every
customer is served once. With 5 facilities and 30 customers nothing makes the duality gap vanish:
the bound ``d / N`` of theory says nothing, and a certificate may be wide. It is reported as it is.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from workshare.coordination.problem import Problem
from workshare.market import hard_balance
from workshare.response import MatrixModel, MatrixParticipants


def facility_location(facilities: int = 5, customers: int = 30, seed: int = 0) -> Problem:
    """Return a problem of opening facilities with room for a limited number of customers.

    Places are uniform in the unit square; serving costs the distance; a facility costs uniform in
    0.5 to 1.5 to open and has room for twice its share of all customers, rounded up.
    """
    generator = np.random.default_rng(seed)
    where = generator.uniform(0.0, 1.0, (facilities, 2))
    homes = generator.uniform(0.0, 1.0, (customers, 2))
    distance = np.linalg.norm(where[:, None, :] - homes[None, :, :], axis=2)
    opening = generator.uniform(0.5, 1.5, facilities)
    room = float(np.ceil(2.0 * customers / facilities))
    ones = np.ones((customers, 1))
    each = sp.identity(customers)
    rows = sp.vstack(
        [
            sp.hstack([-ones, each]),
            sp.csr_matrix(np.concatenate([[-room], np.ones(customers)])[None, :]),
        ],
        format="csr",
    )
    serves = sp.hstack([sp.csr_matrix((customers, 1)), each], format="csr")
    models = {
        f"facility {k}": MatrixModel(
            cost=np.concatenate([[opening[k]], distance[k]]),
            lower=np.zeros(customers + 1),
            upper=np.ones(customers + 1),
            integer=np.ones(customers + 1, dtype=bool),
            rows=rows,
            row_lower=np.full(customers + 1, -np.inf),
            row_upper=np.zeros(customers + 1),
            contribution=serves,
        )
        for k in range(facilities)
    }
    ceiling = 10.0 * float(distance.max() + opening.max())
    market = hard_balance(np.ones(customers), ceiling, largest=float(facilities))
    return Problem(MatrixParticipants(models), market)
