"""Training: what it costs a participant to staff more posts than workers are at hand.

Up to a number of workers an occupation costs its wage; every worker beyond it costs its wage and
training, as a yearly amount. The cost is convex in the number of workers, so a participant's plans
compete for the workers at hand and no plan can be priced without the others it runs beside.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workshare.arrays import Array


@dataclass(frozen=True, slots=True)
class Training:
    """One occupation of which more may be needed than is at hand.

    Attributes
    ----------
    jobs : workers that each group of plants needs, one number per group.
    at_hand : workers who need no training.
    cost : M per year for each worker beyond them.
    """

    occupation: str
    jobs: Array
    at_hand: float
    cost: float

    def trained(self, running: Array) -> Array:
        """Return the workers to train, for each row of 0/1 decisions (or for one)."""
        short: Array = np.maximum(0.0, running @ self.jobs - self.at_hand)
        return short

    def part(self, groups: Any) -> Training:
        """Return the same for some of the groups (positions)."""
        return Training(self.occupation, self.jobs[groups], self.at_hand, self.cost)


def training_cost(trainings: tuple[Training, ...], running: Array) -> Array:
    """Return the cost of training (M per year) for each row of 0/1 decisions (or for one).

    Examples
    --------
    >>> welders = Training("welders", np.array([30.0, 50.0]), 40.0, 0.01)
    >>> training_cost((welders,), np.array([[1.0, 0.0], [1.0, 1.0]])).round(6)
    array([0. , 0.4])
    """
    total: Array = np.zeros(np.asarray(running).shape[:-1])
    for training in trainings:
        total = total + training.cost * training.trained(running)
    return total
