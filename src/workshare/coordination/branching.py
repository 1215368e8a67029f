"""Where menus explode: branch on who, if anybody, holds a plan that no menu lists.

Let ``L`` be the dual bound at prices ``p``, and let everybody list every plan within ``w`` of its
best there. Either a division holds listed plans only: then the restricted problem over the lists
bounds it. Or somebody holds a plan beyond ``w``: then the division costs at least ``L + w``,
because each participant's distance from its best response adds to ``L`` and none is negative. So

    best division  >=  min(bound of the restricted problem, L + w)

which is more than ``L`` by up to ``w``. With ``w`` = value - ``L`` this is exact mode; where lists
of that length cannot be had, a smaller ``w`` still narrows the gap, with the same proof.
"""

from __future__ import annotations

import numpy as np

from workshare.arrays import Array
from workshare.coordination.columns import Choice
from workshare.coordination.sums import as_sums
from workshare.response import (
    IntArray,
    Menu,
    MixedPart,
    Participants,
    cheapest_levels,
    disclosed_model,
)

SHORTER = 6
"""How often a shorter list is asked for, each within half the slack of the one before."""


def listed_within(
    participants: Participants, prices: Array, slack: float, count: int
) -> tuple[float, list[Choice]]:
    """Return the largest slack found, at most ``slack``, whose menus are complete, and the menus.

    Menus have at most ``count`` plans. Whoever discloses its model is never asked: the model allows
    everything. Zero, and no menus, where somebody lists nothing or not even its nearest plans.
    """
    if any(isinstance(each, MixedPart) for each in participants):
        return 0.0, []  # it can only answer prices
    models = [disclosed_model(each) for each in participants]
    asked = np.array([k for k, model in enumerate(models) if model is None], dtype=np.int64)
    for _ in range(SHORTER):
        menus = participants.menus(prices, np.array(slack), count, asked)
        if any(not menu.plans for menu in menus):
            return 0.0, []
        if all(menu.complete for menu in menus):
            return slack, _choices(participants, asked, menus, prices, slack)
        # just below the furthest plan of each list that was cut short, if lists are best first
        reach = min(_reach(menu, prices) for menu in menus if not menu.complete)
        slack = reach if reach < 0.999 * slack else 0.5 * slack
        if slack <= 0.0:
            return 0.0, []
    return 0.0, []


def _reach(menu: Menu, prices: Array) -> float:
    values = [cheapest_levels(plan, prices)[1] for plan in menu.plans]
    return float(0.999 * (max(values) - min(values)))


def _choices(
    participants: Participants, asked: IntArray, menus: list[Menu], prices: Array, slack: float
) -> list[Choice]:
    listed = dict(zip(asked.tolist(), menus, strict=True))
    choices: list[Choice] = []
    for number, each in enumerate(participants):
        if number in listed:
            plans = listed[number].plans
            choices.append(as_sums(plans, prices, slack) or plans)
        else:
            model = disclosed_model(each)
            assert model is not None
            choices.append(model)
    return choices
