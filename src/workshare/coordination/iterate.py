"""The loop that every method shares: step until it ends, report progress, survive an interrupt."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

from workshare.arrays import Array
from workshare.coordination import column_generation
from workshare.coordination.column_generation import Options, State
from workshare.coordination.problem import Problem

METHODS: dict[str, ModuleType] = {"column_generation": column_generation}
"""Methods by name; a new method is one file with the four functions and one line here."""

Progress = Callable[[str, float, str], None]
"""``progress(stage, share done in 0..1, text)``; called from time to time, must return quickly."""


def iterate(
    problem: Problem,
    method: str,
    options: Options,
    *,
    prices: Array | None = None,
    progress: Progress | None = None,
) -> tuple[State, bool]:
    """Return the last state of ``method`` and whether it was interrupted (Ctrl-C) on the way.

    ``prices`` are row prices to start from (a warm start); None starts from the market without any
    contribution.
    """
    steps = METHODS[method]
    state: State = steps.init(problem, options, prices)
    try:
        while not steps.terminate(options, state):
            state = steps.step(problem, options, state)
            if progress is not None:
                last = state.rounds[-1]
                gap = (last.master - last.bound) / max(abs(last.bound), options.scale)
                text = f"round {last.number}: prices known to within {100 * gap:.2g} % of the value"
                progress("coordinate", min(1.0, last.number / options.max_rounds), text)
    except KeyboardInterrupt:
        return state, True
    return steps.postprocess(problem, state), False
