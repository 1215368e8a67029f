"""The frontier: least cost of staffing at every scale, exactly, as straight pieces.

The least cost is the value of a linear programme in its right-hand side, so it is convex and
piecewise linear in the scale. Its pieces are found from values and slopes (duals): where the lines
at two scales meet, the cost is asked for; if it lies on the lines the meeting point is the only
kink between, else both halves are searched. Nothing is interpolated.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from workshare.arrays import Array
from workshare.errors import OptionError
from workshare.population.staffing import (
    LabourPool,
    Specialisation,
    checked_terms,
    staffing_program,
)
from workshare.population.staffing_program import StaffingProgram
from workshare.population.training import Moves
from workshare.results import inputs_hash

EQUAL = 1e-9
"""Relative difference up to which two costs or slopes count as equal."""


@dataclass(frozen=True, slots=True)
class Frontier:
    """The least cost of staffing a specialisation, for every scale up to the largest possible.

    Attributes
    ----------
    scales, costs : K+1 kinks, from scale 0; between them the cost is a straight line (money, once).
    slopes : K costs of one more unit of scale, rising (money per unit).
    limit : the largest scale that can be staffed within the budget; infinite if nothing limits it.
    complete : whether the kinks reach ``limit`` (False where a largest scale was asked for below).
    bottlenecks : for each piece, the occupation with the highest shadow price of a post.
    solves : linear programmes solved.
    """

    specialisation: str
    months: float
    budget: float
    scales: tuple[float, ...]
    costs: tuple[float, ...]
    slopes: tuple[float, ...]
    limit: float
    complete: bool
    bottlenecks: tuple[str, ...]
    solves: int
    inputs_hash: str

    def cost(self, scale: float) -> float:
        """Return the least cost at a scale; infinite beyond what was staffed.

        Examples
        --------
        >>> Frontier("x", 12, np.inf, (0.0, 2.0, 3.0), (0.0, 2.0, 5.0), (1.0, 3.0), 3.0, True,
        ...          ("a", "b"), 3, "").cost(2.5)
        3.5
        """
        if not 0 <= scale <= self.scales[-1] * (1 + EQUAL):
            return np.inf
        return float(np.interp(scale, self.scales, self.costs))


def frontier(
    pool: LabourPool,
    moves: Moves,
    specialisation: Specialisation,
    months: float,
    budget: float = np.inf,
    largest: float = np.inf,
) -> Frontier:
    """Return the least cost of staffing a specialisation at every scale.

    Parameters
    ----------
    months, budget : as in :func:`workshare.population.staffing.staff`.
    largest : stop at this scale, even where more could be staffed.

    Raises
    ------
    OptionError : as ``staff``; also where nothing limits the scale and no largest is given.
    """
    program, posts = staffing_program(pool, moves, specialisation, months)
    checked_terms(budget=budget, largest=0.0 if np.isinf(largest) else largest)
    limit = program.largest_scale(posts, budget)
    end = min(limit, largest)
    inputs = inputs_hash((pool, moves, specialisation, months, budget, largest))
    if not np.isfinite(end):
        raise OptionError(
            f"nothing limits the scale of {specialisation.name}; give the largest scale wanted"
        )
    found = _Search(program, posts)
    kinks = [0.0, end] if end <= 0 else found.kinks(end)
    kinks = sorted(set(kinks))
    pieces = [found.middle(a, b) for a, b in pairwise(kinks)]
    names = pool.occupations
    return Frontier(
        specialisation=specialisation.name,
        months=months,
        budget=budget,
        scales=tuple(kinks),
        costs=tuple(found.value(scale) for scale in kinks),
        slopes=tuple(slope for slope, _ in pieces),
        limit=limit,
        complete=end >= limit,
        bottlenecks=tuple(names[k] for _, k in pieces),
        solves=found.solves,
        inputs_hash=inputs,
    )


class _Search:
    """Values and slopes asked for so far, of one programme."""

    def __init__(self, program: StaffingProgram, posts: Array) -> None:
        self.program, self.posts = program, posts
        self.known: dict[float, tuple[float, Array]] = {}
        self.solves = 0

    def ask(self, scale: float) -> tuple[float, Array]:
        """Return cost and shadow prices at a scale, asked for once."""
        if scale not in self.known:
            self.solves += 1
            flow = self.program.cheapest(self.posts * scale)
            # at the very end rounding may make the posts a hair too many
            if flow is None:
                flow = self.program.cheapest(self.posts * scale * (1 - 1e-9))
            assert flow is not None
            self.known[scale] = (flow.cost, flow.prices)
        return self.known[scale]

    def value(self, scale: float) -> float:
        """Return the least cost at a scale."""
        return self.ask(scale)[0]

    def slope(self, scale: float) -> float:
        """Return the cost of one more unit at a scale (at a kink, one of its slopes)."""
        return float(self.posts @ self.ask(scale)[1])

    def middle(self, left: float, right: float) -> tuple[float, int]:
        """Return slope and bottleneck of the piece between two neighbouring kinks."""
        _, prices = self.ask(0.5 * (left + right))
        rise = (self.value(right) - self.value(left)) / (right - left)
        return rise, int(np.argmax(np.where(self.posts > 0, prices, -np.inf)))

    def kinks(self, end: float) -> list[float]:
        """Return every scale from 0 to ``end`` at which the slope changes, and the two ends."""
        found = [0.0, end]
        todo = [(0.0, end)]
        while todo:
            left, right = todo.pop()
            meeting = self._meeting(left, right)
            if meeting is None:
                continue
            below = self.value(left) + self.slope(left) * (meeting - left)
            value = self.value(meeting)
            size = EQUAL * (1.0 + abs(self.value(end)))
            if value - below <= size:
                found.append(meeting)
            else:
                todo += [(left, meeting), (meeting, right)]
        return self._true_kinks(sorted(set(found)))

    def _meeting(self, left: float, right: float) -> float | None:
        """Return where the lines at two scales meet strictly between them, else None."""
        low, high = self.slope(left), self.slope(right)
        width = right - left
        if high - low <= EQUAL * (1.0 + abs(high)) or width <= EQUAL * (1.0 + right):
            return None
        meeting = (self.value(left) - self.value(right) + high * right - low * left) / (high - low)
        inside = left + 1e-7 * width < meeting < right - 1e-7 * width
        return float(meeting) if inside else None

    def _true_kinks(self, scales: list[float]) -> list[float]:
        """Return the scales without those that lie on the line between their neighbours."""
        kept = [scales[0]]
        for here, after in pairwise(scales[1:]):
            before = kept[-1]
            share = (here - before) / (after - before)
            line = (1 - share) * self.value(before) + share * self.value(after)
            if line - self.value(here) > EQUAL * (1.0 + abs(line)):
                kept.append(here)
        return [*kept, scales[-1]]
