"""What every method knows and is told: options, the record of a round, the state between rounds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from workshare.arrays import Array
from workshare.coordination.pool import Pool
from workshare.errors import OptionError
from workshare.response import BoolArray

STABILISE = ("auto", "always", "never")
CUTS = ("disaggregated", "aggregated")


@dataclass(frozen=True, slots=True)
class Options:
    """When to stop, and how much to ask.

    Attributes
    ----------
    tolerance : stop when convexified value - bound <= tolerance * max(|bound|, scale).
    max_rounds : stop after so many rounds whatever the gap; the gap is reported.
    scale : a money amount (M per year) that counts as large where the bound is near zero.
    near : slack within which tied plans are answered together, as a share of ``scale``.
    level : how far, from the bound (0) to the convexified value (1), the next prices must promise
        to raise the bound, where rounds are stabilised (Lemarechal, Nemirovskii and Nesterov 1995).
    stabilise : ``auto`` (after rounds that raised the bound too little, and in every round where it
        started at given prices and participants are no more than prices), ``always`` or ``never``.
    cuts : of the level bundle: ``disaggregated`` (one per participant and answer) or ``aggregated``
        (one per round).

    Raises
    ------
    OptionError : a figure out of its range or an unknown word; every fault at once.

    >>> Options(tolerance=-1.0, cuts="none")
    Traceback (most recent call last):
        ...
    workshare.errors.OptionError: options: 2 faults:
      tolerance: must be 0 or more. Received: -1.0
      cuts: must be one of disaggregated, aggregated. Received: 'none'
    """

    tolerance: float = 1e-5
    max_rounds: int = 100
    scale: float = 1.0
    near: float = 1e-4
    level: float = 0.3
    stabilise: str = "auto"
    cuts: str = "disaggregated"

    def __post_init__(self) -> None:
        """Check every figure and word."""
        rules = (
            ("tolerance", self.tolerance >= 0, "must be 0 or more"),
            ("max_rounds", self.max_rounds >= 1, "must be at least 1"),
            ("scale", 0 < self.scale < np.inf, "must be above 0 and finite"),
            ("near", 0 <= self.near < np.inf, "must be 0 or more and finite"),
            ("level", 0 < self.level < 1, "must be above 0 and below 1"),
            (
                "stabilise",
                self.stabilise in STABILISE,
                "must be one of " + ", ".join(STABILISE),
            ),
            ("cuts", self.cuts in CUTS, "must be one of " + ", ".join(CUTS)),
        )
        faults = [
            f"  {field}: {rule}. Received: {getattr(self, field)!r}"
            for field, holds, rule in rules
            if not holds
        ]
        if faults:
            noun = "fault" if len(faults) == 1 else "faults"
            raise OptionError("\n".join([f"options: {len(faults)} {noun}:", *faults]))


@dataclass(frozen=True, slots=True)
class Round:
    """What one round did.

    Attributes
    ----------
    number : from 1.
    bound : the best lower bound so far (M per year).
    master : the lowest convexified value so far, an upper bound on what the bound can reach.
    new_points : points that were not known before.
    messages : questions sent and answers received.
    bytes : what they weigh with eight bytes for a figure: prices out, costs and contributions in.
    unanswered : participants that gave no answer that could be used.
    """

    number: int
    bound: float
    master: float
    new_points: int
    messages: int
    bytes: int = 0
    unanswered: int = 0


@dataclass(frozen=True, slots=True)
class State:
    """Everything a method knows between two rounds.

    Attributes
    ----------
    pool : every point answered so far.
    bound, row_prices : the best bound and the row prices that gave it.
    next_prices : the row prices to broadcast next.
    master : the value of the convexified problem at ``weights`` (M per year).
    weights : weight of each point of the pool in the convexified solution.
    market_levels : the market's variables there.
    proven : whether the bound rests on proven answers only.
    rounds : the record so far.
    notes : (round, participant number, what happened), for everything not in order.
    stalled : nothing new is being learnt.
    memory : what else the method needs; no other code reads it.
    answer_bounds, answer_proven : what each participant proved at ``row_prices``: the terms of the
        bound, kept because whoever vanished cannot be asked again.
    """

    pool: Pool
    bound: float
    row_prices: Array
    next_prices: Array
    master: float
    weights: Array
    market_levels: Array
    proven: bool
    rounds: tuple[Round, ...]
    notes: tuple[tuple[int, int, str], ...] = ()
    stalled: bool = False
    memory: Any = None
    answer_bounds: Array = field(default_factory=lambda: np.zeros(0))
    answer_proven: BoolArray = field(default_factory=lambda: np.zeros(0, dtype=bool))

    def gap(self, scale: float) -> float:
        """Return (convexified value - bound) relative to the bound, or to ``scale`` if larger."""
        return (self.master - self.bound) / max(abs(self.bound), scale)
