"""Where a run's questions are asked, and where it is kept: nothing of this changes an answer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from workshare.coordination.problem import Problem
from workshare.response import spread


@dataclass(frozen=True, slots=True)
class Execution:
    """How a run is carried out.

    Attributes
    ----------
    workers : how many ask at the same time (count).
    backend : ``serial``; ``threads`` where answers wait on a network or are computed without the
        interpreter's lock; ``processes`` on this machine; ``dask`` on the current Dask cluster, or
        a new one here. Participants stay with their worker for the whole run.
    checkpoint : a file that holds the run after every round; None keeps none. If it is there
        already and of the same problem, the run goes on from it, to the same answer.
    """

    workers: int = 1
    backend: str = "serial"
    checkpoint: str | Path | None = None


@contextmanager
def carried_out(problem: Problem, execution: Execution) -> Iterator[Problem]:
    """Give the same problem with its participants asked as ``execution`` says."""
    with spread(problem.participants, execution.workers, execution.backend) as together:
        same = together is problem.participants
        yield problem if same else Problem(together, problem.market)
