"""The columns of a restricted problem: what participants may be given, as decisions and levels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from workshare.arrays import Array
from workshare.coordination.sums import Sums
from workshare.response import Group, Plan, PrivateModel, plan_of

Choice = Sequence[Plan] | PrivateModel | Sums
"""What one participant may be given: one of a list of plans, the same restated as sums of steps, or
anything its model allows."""


@dataclass(slots=True)
class Columns:
    """The decisions and operating variables of all participants, as they enter the MILP.

    A decision is 0 or 1, or a number of steps where a menu is restated as sums.
    """

    participant: list[int] = field(default_factory=list)
    decision_cost: list[float] = field(default_factory=list)
    decision_total: list[Array] = field(default_factory=list)
    what: list[tuple[Group, ...]] = field(default_factory=list)
    plan: list[Plan | None] = field(default_factory=list)
    decision_lower: list[float] = field(default_factory=list)
    decision_upper: list[float] = field(default_factory=list)
    # the steps of each participant whose menu is restated, and how many it may take in all
    steps: list[tuple[tuple[int, ...], int]] = field(default_factory=list)
    level_decision: list[int] = field(default_factory=list)
    level_cost: list[float] = field(default_factory=list)
    level_total: list[Array] = field(default_factory=list)
    level_lower: list[float] = field(default_factory=list)
    level_upper: list[float] = field(default_factory=list)
    level_group: list[Group | None] = field(default_factory=list)
    # rows over (decisions, levels): (decision index -> coef, level index -> coef, low, high)
    rows: list[tuple[dict[int, float], dict[int, float], float, float]] = field(
        default_factory=list
    )


def collect(choices: Sequence[Choice]) -> Columns:
    """Return the decision and level columns of every participant's choice, in order."""
    table = Columns()
    for number, choice in enumerate(choices):
        if isinstance(choice, PrivateModel):
            _collect_model(table, number, choice)
        elif isinstance(choice, Sums):
            _collect_sums(table, number, choice)
        else:
            _collect_plans(table, number, choice)
    return table


def width(choice: Choice) -> int:
    """Return how many decisions a participant's choice has."""
    if isinstance(choice, PrivateModel):
        return len(choice.groups)
    return 1 + choice.cost.size if isinstance(choice, Sums) else len(choice)


def said(choice: Choice, plan: Plan) -> Array | None:
    """Return ``plan`` as decisions of ``choice``; None where it cannot be said in them."""
    if isinstance(choice, Sums):
        steps = choice.counts(plan)
        return None if steps is None else np.concatenate([[1.0], steps])
    if isinstance(choice, PrivateModel):
        if not isinstance(plan.meta, tuple):
            return None
        running = {group.label for group in plan.meta}
        return np.array([float(group.label in running) for group in choice.groups])
    same = np.array([float(other.id == plan.id) for other in choice])
    if not same.any():
        return None
    same[int(np.argmax(same)) + 1 :] = 0.0
    return same


def read(choice: Choice, decision: Array) -> Plan | None:
    """Return the plan that whole decisions stand for; None where sums of steps are no plan."""
    if isinstance(choice, PrivateModel):
        return plan_of(choice, decision)
    if isinstance(choice, Sums):
        return choice.plan(decision[1:])
    return choice[int(np.argmax(decision))]


def _add_decision(
    table: Columns, number: int, cost: float, total: Array, plan: Plan | None = None
) -> None:
    table.participant.append(number)
    table.decision_cost.append(cost)
    table.decision_total.append(total)
    table.plan.append(plan)
    table.decision_lower.append(0.0)
    table.decision_upper.append(1.0)


def _collect_sums(table: Columns, number: int, sums: Sums) -> None:
    """Add the base, which is always held, and a whole number of each step."""
    _add_decision(table, number, sums.base.cost, sums.base.contribution)
    table.decision_lower[-1] = 1.0
    table.what.append(())
    first = len(table.participant)
    for cost, total in zip(sums.cost.tolist(), sums.contribution, strict=True):
        _add_decision(table, number, cost, total)
        table.decision_upper[-1] = float(sums.most)
        table.what.append(())
    members = tuple(range(first, len(table.participant)))
    table.steps.append((members, sums.most))
    table.rows.append((dict.fromkeys(members, 1.0), {}, -np.inf, float(sums.most)))


def _collect_plans(table: Columns, number: int, plans: Sequence[Plan]) -> None:
    first = len(table.participant)
    for plan in plans:
        decision = len(table.participant)
        _add_decision(table, number, plan.cost, plan.contribution, plan)
        groups = plan.meta if isinstance(plan.meta, tuple) else ()
        table.what.append(groups)
        start = len(table.level_cost)
        for level in range(plan.unit_cost.size):
            table.level_decision.append(decision)
            table.level_cost.append(float(plan.unit_cost[level]))
            table.level_total.append(plan.unit_contribution[level])
            table.level_lower.append(float(plan.lower[level]))
            table.level_upper.append(float(plan.upper[level]))
            table.level_group.append(groups[level] if len(groups) > level else None)
        for row, limit in zip(plan.rows, plan.limits, strict=True):
            levels = {start + k: float(c) for k, c in enumerate(row) if c != 0}
            table.rows.append(({decision: -float(limit)}, levels, -np.inf, 0.0))
    members = dict.fromkeys(range(first, len(table.participant)), 1.0)
    table.rows.append((members, {}, 1.0, 1.0))


def _collect_model(table: Columns, number: int, model: PrivateModel) -> None:
    first, start = len(table.participant), len(table.level_cost)
    for index, group in enumerate(model.groups):
        table.level_decision.append(len(table.participant))
        _add_decision(table, number, group.fixed_cost, model.contribution[index])
        table.what.append((group,))
        table.level_cost.append(group.unit_cost)
        table.level_total.append(model.unit_contribution[index])
        table.level_lower.append(group.lower)
        table.level_upper.append(group.upper)
        table.level_group.append(group)
    for index, limit in enumerate(model.limits):
        decisions = {
            first + k: float(c) for k, c in enumerate(model.rows_decision[index]) if c != 0
        }
        levels = {start + k: float(c) for k, c in enumerate(model.rows_output[index]) if c != 0}
        table.rows.append((decisions, levels, -np.inf, float(limit)))
