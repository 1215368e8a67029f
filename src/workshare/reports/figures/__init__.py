"""The report's figures: one file each, one function each, every one with its table twin.

>>> from workshare.reports.figures import FIGURES
>>> list(FIGURES)[0]
'price_of_non_coordination'
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from workshare.reports.figures.convergence import convergence
from workshare.reports.figures.duplications import duplications
from workshare.reports.figures.figure import Figure
from workshare.reports.figures.flows import flows
from workshare.reports.figures.gains import gains, gains_by_scenario, participant_gains
from workshare.reports.figures.price_of_non_coordination import price_of_non_coordination
from workshare.reports.figures.who_makes_what import who_makes_what

FIGURES: dict[str, Callable[[Any], Figure]] = {
    "price_of_non_coordination": price_of_non_coordination,
    "gains": gains,
    "gains_by_scenario": gains_by_scenario,
    "who_makes_what": who_makes_what,
    "flows": flows,
    "duplications": duplications,
    "convergence": convergence,
}
"""Every figure of the whole region, in the order of the report; each takes a result."""

__all__ = [
    "FIGURES",
    "Figure",
    "convergence",
    "duplications",
    "flows",
    "gains",
    "gains_by_scenario",
    "participant_gains",
    "price_of_non_coordination",
    "who_makes_what",
]
