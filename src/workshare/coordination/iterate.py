"""The loop that every method shares: step until it ends, report progress, survive an interrupt."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

from workshare.arrays import Array
from workshare.coordination import column_generation, in_out, proximal_bundle
from workshare.coordination.problem import Problem
from workshare.coordination.state import Options, State

METHODS: dict[str, ModuleType] = {
    "column_generation": column_generation,
    "in_out": in_out,
    "proximal_bundle": proximal_bundle,
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
) -> tuple[State, bool]:
    """Return the last state of ``method`` and whether it was interrupted (Ctrl-C) on the way.

    Parameters
    ----------
    prices : row prices, or prices of the shared dimensions, to start from (a warm start); None
        starts from the market without any contribution.
    state : a state to go on from, as ``keep`` was given it; then ``prices`` is not used.
    progress : told of every round.
    keep : given the state after every round (a checkpoint).
    """
    steps = METHODS[method]
    now: State = steps.init(problem, options, prices) if state is None else state
    if keep is not None and state is None:
        keep(now)
    try:
        while not steps.terminate(options, now):
            now = steps.step(problem, options, now)
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
