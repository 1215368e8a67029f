"""Newton's method on the equilibrium conditions, with line search, and homotopy in the policy.

The derivative is kept while it still cuts the residual fourfold, renewed when it does not. Where
Newton from 'nothing changes' does not arrive, taxes and shocks are brought in step by step, each
step starting from the last; that is the homotopy, and the number of its steps is reported.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workshare.arrays import Array
from workshare.trade.block_arrow import Arrow, Triple, linearise
from workshare.trade.system import (
    Conditions,
    Outside,
    Point,
    Taxes,
    base_taxes,
    conditions,
    evaluate,
    start,
)

SOLVED = 1e-10
"""Largest log residual of an answer that counts as solved."""

AIM = 1e-13
"""Newton goes on to this log residual while it still gains."""

RENEW = 0.25
"""The derivative is renewed when a step leaves more than this share of the residual."""

FURTHEST = 1.0
"""No unknown moves by more than this (in logs) in one Newton step."""


@dataclass(frozen=True, eq=False)
class Found:
    """Where the solver ended.

    Attributes
    ----------
    point : the best point; ``point.size`` is its largest log residual.
    evaluations, derivatives : how often conditions and derivatives were computed.
    stages : steps of the homotopy; 1 when Newton arrived at once.
    """

    point: Point
    evaluations: int
    derivatives: int
    stages: int = 1

    @property
    def solved(self) -> bool:
        """Whether the largest log residual is within :data:`SOLVED`."""
        return self.point.size <= SOLVED


def solve(
    system: Conditions, at: Triple | None = None, *, most: int = 60, aim: float = AIM
) -> Found:
    """Return the equilibrium near ``at`` (default: nothing changes), by homotopy if need be.

    Parameters
    ----------
    system : the conditions.
    at : logs of wages (N,), spending (N,) and labour by industry (K, N) to start from.
    most : most Newton steps of one attempt.
    aim : log residual at which to stop early.
    """
    found = newton(system, at or start(system.base), most, aim)
    if found.solved:
        return found
    followed = _follow(system, most, aim)
    used = Found(
        followed.point,
        found.evaluations + followed.evaluations,
        found.derivatives + followed.derivatives,
        followed.stages,
    )
    return used if used.point.size <= found.point.size else found


def newton(
    system: Conditions, at: Triple, most: int, aim: float, arrow: Arrow | None = None
) -> Found:
    """Return where Newton with line search ends from ``at``.

    ``arrow`` is a derivative from nearby to begin with; it is renewed when it does not serve.
    """
    point = evaluate(system, *at)
    evaluations, derivatives = 1, 0
    for _ in range(most):
        if point.size <= aim or not np.isfinite(point.merit):
            break
        fresh = arrow is None
        if arrow is None:
            arrow = linearise(system, point)
            derivatives += 1
        trial, tries = _search(system, point, arrow, 12 if fresh else 1)
        evaluations += tries
        if trial is None:
            if fresh:
                break
            arrow = None
            continue
        if trial.size > RENEW * point.size:
            arrow = None
        if fresh and trial.merit > 0.25 * point.merit and point.size < SOLVED:
            point = trial if trial.size < point.size else point
            break  # rounding is reached
        point = trial
    return Found(point, evaluations, derivatives)


def _search(system: Conditions, point: Point, arrow: Arrow, most: int) -> tuple[Point | None, int]:
    """Return the first point along Newton's direction with a smaller residual, and the tries."""
    wage, income, firms = arrow.solve((-point.labour, -point.budget, -point.entry))
    longest = max(np.abs(wage).max(), np.abs(income).max(), np.abs(firms).max(initial=0.0))
    if not np.isfinite(longest):
        return None, 0
    length = min(1.0, FURTHEST / longest) if longest > 0 else 1.0
    for tries in range(1, most + 1):
        trial = evaluate(
            system,
            point.wage + length * wage,
            point.income + length * income,
            point.firms + length * firms,
        )
        if trial.merit < (1.0 - 1e-4 * length) * point.merit:
            return trial, tries
        length *= 0.5
    return None, most


def between(system: Conditions, part: float) -> Conditions:
    """Return the conditions with only a part of the change of taxes and shocks, 0 to 1, in logs."""
    base, taxes, outside = system.base, system.taxes, system.outside
    old = base_taxes(base)
    some = Taxes(
        _mix(old.tariff, taxes.tariff, part),
        _mix(old.export, taxes.export, part),
        _mix(old.production, taxes.production, part),
    )
    base_deficits = _base_deficits(system)
    shock = Outside(
        part * outside.log_cost,
        outside.labour**part,
        (1.0 - part) * base_deficits + part * outside.deficits,
    )
    return conditions(base, some, shock)


def _mix(old: Array, new: Array, part: float) -> Array:
    """Return the weighted geometric mean."""
    return np.asarray(old * (new / old) ** part)


def _base_deficits(system: Conditions) -> Array:
    """Return the deficits in the data, as the budget conditions imply them."""
    base = system.base
    none = Outside(np.zeros_like(base.tariffs), np.ones_like(base.spending), 0.0 * base.spending)
    point = evaluate(conditions(base, base_taxes(base), none), *start(base))
    return np.asarray(base.spending - point.earned)


def _follow(system: Conditions, most: int, aim: float) -> Found:
    """Return the end of the path from 'nothing changes' to the whole change."""
    at, part, step = start(system.base), 0.0, 0.25
    before: Triple | None = None
    reached = 0.0
    evaluations = derivatives = stages = 0
    point = evaluate(between(system, 0.0), *at)
    while part < 1.0 and step > 1e-3:
        goal = min(1.0, part + step)
        guess = at
        if before is not None and part > reached:  # straight on along the last step
            ahead = (goal - part) / (part - reached)
            guess = (
                at[0] + ahead * (at[0] - before[0]),
                at[1] + ahead * (at[1] - before[1]),
                at[2] + ahead * (at[2] - before[2]),
            )
        here = system if goal == 1.0 else between(system, goal)
        found = newton(here, guess, 15 if goal < 1.0 else most, aim if goal == 1.0 else 1e-6)
        evaluations += found.evaluations
        derivatives += found.derivatives
        stages += 1
        if found.point.size <= (SOLVED if goal == 1.0 else 1e-5):
            before, reached = at, part
            at = (found.point.wage, found.point.income, found.point.firms)
            part, step = goal, step * 1.5
            point = found.point
        else:
            step *= 0.5
    if part < 1.0:
        point = evaluate(system, *at)
    return Found(point, evaluations, derivatives, stages)
