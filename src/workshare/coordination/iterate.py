"""The loop that every method shares: step until it ends, report progress, survive an interrupt."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

from workshare.arrays import Array
from workshare.coordination import (
    admm,
    column_generation,
    conditional_gradient,
    in_out,
    level_bundle,
    proximal_bundle,
    subgradient,
)
from workshare.coordination.problem import Problem
from workshare.coordination.state import Options, State
from workshare.coordination.warm import turned

METHODS: dict[str, ModuleType] = {
    "column_generation": column_generation,
    "in_out": in_out,
    "level_bundle": level_bundle,
    "proximal_bundle": proximal_bundle,
    "subgradient": subgradient,
    "conditional_gradient": conditional_gradient,
    "admm": admm,
}
"""Methods by name; a new method is one file with the four functions and one line here."""

Progress = Callable[[str, float, str], None]
"""``progress(stage, share done in 0..1, text)``; called from time to time, must return quickly."""


def iterate(
    problem: Problem,
    method: str,
    options: Options,
    *,
    prices: Array | None = None,
    state: State | None = None,
    progress: Progress | None = None,
    keep: Callable[[State], None] | None = None,
    turn: Callable[[State], Problem | None] | None = None,
) -> tuple[State, bool]:
    """Return the last state of ``method`` and whether it was interrupted (Ctrl-C) on the way.

    Parameters
    ----------
    prices : row prices, or prices of the shared dimensions, to start from (a warm start); None
        starts from the market without any contribution.
    state : a state to go on from, as ``keep`` was given it; then ``prices`` is not used.
    progress : told of every round.
    keep : given the state after every round (a checkpoint).
    turn : asked after every round for the problem as it is now: participants who joined or left, a
        changed market or agenda. None, or the same problem, goes on; another one is gone on with
        from what was learnt (:func:`~workshare.coordination.warm.turned`), in the same record.
        The final state is about the last problem that was returned.
    """
    steps = METHODS[method]
    given, problem = problem, problem.fresh()
    now: State = steps.init(problem, options, prices) if state is None else state
    if keep is not None and state is None:
        keep(now)
    try:
        while not steps.terminate(options, now):
            now = steps.step(problem, options, now)
            other = turn(now) if turn is not None else None
            if other is not None and other is not given:
                given, before = other, problem
                problem = other.fresh()
                now = turned(problem, before, now)
            if keep is not None:
                keep(now)
            if progress is not None:
                number = len(now.rounds)
                gap = 100 * now.gap(options.scale)
                text = f"round {number}: prices known to within {gap:.2g} % of the value"
                progress("coordinate", min(1.0, number / options.max_rounds), text)
    except KeyboardInterrupt:
        return steps.postprocess(problem, now), True
    return steps.postprocess(problem, now), False
