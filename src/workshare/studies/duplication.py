"""Duplication: fixed cost beyond what the same regional output needs, and the plants it names."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from workshare.response import Group
from workshare.studies.outcome import Outcome, PlantUse
from workshare.studies.setting import Setting


@dataclass(frozen=True, slots=True)
class Duplication:
    """Yearly fixed cost of an activity's new plants against the least that could make the same.

    ``needed_fixed_cost`` is the least fixed cost of any allowed new plants in the region whose
    capacity reaches what the new plants make (a small integer programme, solved to optimality).
    """

    activity: str
    participants: tuple[str, ...]
    plants: tuple[str, ...]
    fixed_cost: float
    needed_fixed_cost: float

    @property
    def extra(self) -> float:
        """Fixed cost that the same output does not need (M per year)."""
        return max(0.0, self.fixed_cost - self.needed_fixed_cost)


def duplications(
    setting: Setting, outcome: Outcome, least_share: float = 0.01
) -> list[Duplication]:
    """Return the activities with new plants at two places or more whose fixed cost is not needed.

    Only an extra above ``least_share`` of the activity's fixed cost is named.
    """
    by_activity: dict[str, list[PlantUse]] = defaultdict(list)
    for plant in outcome.plants:
        if not plant.group.existing:
            by_activity[plant.group.activity].append(plant)
    found = []
    for activity, plants in by_activity.items():
        spent = sum(plant.fixed_cost for plant in plants)
        number = sum(plant.group.number for plant in plants)
        if number < 2 or spent <= 0:
            continue
        output = sum(plant.output for plant in plants)
        needed = least_fixed_cost(setting, activity, output)
        item = Duplication(
            activity,
            tuple(dict.fromkeys(plant.participant for plant in plants)),
            tuple(plant.group.label for plant in plants),
            spent,
            min(needed, spent),
        )
        if item.extra > least_share * spent:
            found.append(item)
    return sorted(found, key=lambda item: (-item.extra, item.activity))


def least_fixed_cost(setting: Setting, activity: str, output: float) -> float:
    """Return the least yearly fixed cost of new plants anywhere that can make ``output``."""
    from scipy.optimize import LinearConstraint, milp

    groups: list[Group] = [
        group
        for code in setting.participants
        for group in setting.models[code].groups
        if group.activity == activity and not group.existing
    ]
    if output <= 0 or not groups:
        return 0.0
    cost = np.array([group.fixed_cost for group in groups])
    capacity = np.array([group.upper for group in groups])
    # at each place the plants allowed are those of one option: numbers add up to its limit
    limit = {(o.place, o.activity): o.max_plants for o in setting.region.options}
    rows = [capacity / output]
    low = [1.0 - 1e-6]
    high = [np.inf]
    for place in dict.fromkeys(group.place for group in groups):
        here = np.array([group.number if group.place == place else 0 for group in groups], float)
        rows.append(here)
        low.append(0.0)
        high.append(float(limit[place, activity]))
        for size in sorted({group.size for group in groups}):
            same = [1.0 if g.place == place and g.size == size else 0.0 for g in groups]
            rows.append(np.array(same))
            low.append(0.0)
            high.append(1.0)
    answer = milp(
        cost / max(1e-12, float(cost.max())),
        constraints=LinearConstraint(np.array(rows), low, high),
        integrality=np.ones(cost.size),
        bounds=(0, 1),
    )
    if answer.x is None:
        return float("inf")
    return float(cost @ np.round(answer.x))
