"""Participants given as a table of plans, or as any Python callable."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from workshare.arrays import Array
from workshare.response.local import TablePart
from workshare.response.plan import Answer, Menu, Plan, Point, cheapest_levels, distinct


def plan_table(name: str, costs: Sequence[float], contributions: Sequence[Array]) -> TablePart:
    """Return a participant whose plans are fixed points: one cost and one contribution each.

    >>> import numpy as np
    >>> part = plan_table("A", [0.0, 3.0], [np.zeros(1), np.ones(1)])
    >>> part.price(np.array([5.0])).bound
    -2.0
    """
    plans = tuple(
        Plan(f"{name}:{number}", float(cost), contribution)
        for number, (cost, contribution) in enumerate(zip(costs, contributions, strict=True))
    )
    return TablePart(name, name, plans)


@dataclass(frozen=True)
class CallablePart:
    """Any Python callable as a participant.

    ``answer(prices)`` returns plans in order of preference (at least one). With ``exact=True`` the
    first is claimed to be a best response, and its reduced value is taken as proven; otherwise give
    ``bound(prices)``, a proven lower bound, or no certificate is claimed. Everything the callable
    ever answered is remembered and offered in menus, which are never claimed complete.
    """

    id: str
    answer: Callable[[Array], Sequence[Plan]]
    exact: bool = False
    bound: Callable[[Array], float] | None = None
    owner: str = ""
    answers_for_itself: ClassVar[bool] = True
    _seen: dict[str, Plan] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.owner:
            object.__setattr__(self, "owner", self.id)

    def price(self, prices: Array, near: float = 0.0) -> Answer:
        """Answer what the callable answers; see :class:`~workshare.response.plan.Participant`."""
        plans = list(self.answer(prices))
        self._seen.update((plan.id, plan) for plan in plans)
        points: list[Point] = [plan.at(cheapest_levels(plan, prices)[0]) for plan in plans]
        best = min(point.reduced(prices) for point in points)
        if self.bound is not None:
            return Answer(distinct(points), float(self.bound(prices)), proven=True)
        return Answer(distinct(points), best, proven=self.exact)

    def menu(self, prices: Array, slack: float, count: int) -> Menu:
        """Answer the plans seen so far that are within ``slack``; never complete."""
        priced = sorted(
            ((cheapest_levels(plan, prices)[1], plan.id) for plan in self._seen.values()),
        )
        within = [self._seen[name] for value, name in priced if value <= priced[0][0] + slack]
        return Menu(tuple(within[:count]), False)
