"""Scenarios through the lenses: what other engines say of the divisions of labour a study found.

A lens takes the study's result and returns a plain record with at least ``status`` (what became of
it), ``claim`` (how far it can be trusted) and whatever its presenter in ``reports`` shows. A lens
that has no figures for the region says so in its record; it never guesses.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from workshare.coordination import Progress
from workshare.errors import OptionError
from workshare.results import Status
from workshare.studies.equilibria_lens import equilibria_lens
from workshare.studies.population_lens import population_lens
from workshare.studies.result import CoordinationResult
from workshare.studies.trade_bridge import trade_scenario_lens

Lens = Callable[[CoordinationResult], dict[str, Any]]

LENSES: dict[str, Lens] = {
    "trade": trade_scenario_lens,
    "equilibria": equilibria_lens,
    "population": population_lens,
}
"""Every lens by name, in the order of the report; each is a file of this package."""

NOT_APPLICABLE = "not applicable"
"""Status of a lens that has nothing to say on this region; its ``claim`` says why."""


def checked_lenses(names: Sequence[str] | None) -> list[str]:
    """Return the lenses asked for in the order of :data:`LENSES`; None asks for all of them.

    Raises
    ------
    OptionError : a name that is no lens.
    """
    if names is None:
        return list(LENSES)
    unknown = [name for name in names if name not in LENSES]
    if unknown:
        known = ", ".join(LENSES) or "there is none"
        raise OptionError(f"unknown lens {', '.join(map(repr, unknown))}: must be among {known}")
    return [name for name in LENSES if name in names]


def look(
    result: CoordinationResult,
    lenses: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> CoordinationResult:
    """Return the result with what the lenses say of it in ``lenses``.

    Parameters
    ----------
    lenses : names from :data:`LENSES`; None looks through all of them.
    progress : called as ``progress("lenses", share done, name)``.

    An interrupt (Ctrl-C) keeps the lenses that are done, and the status says ``interrupted``.
    """
    names = checked_lenses(lenses)
    seen: dict[str, dict[str, Any]] = {}
    try:
        for number, name in enumerate(names):
            if progress is not None:
                progress("lenses", number / len(names), name)
            seen[name] = LENSES[name](result)
    except KeyboardInterrupt:
        return replace(result, lenses=seen, status=Status.INTERRUPTED)
    return replace(result, lenses=seen)
