"""The certificate: every claim about a division recomputed from problem and answer alone.

Nothing here trusts the method that found the answer. The primal value is re-added with the market
re-solved at the summed contributions; the lower bound is rebuilt by asking every participant again
at the stated prices and adding the market's closed-form support; the difference must equal, to
rounding, what participants forgo by following the plan (the *uplifts*) plus the Bregman distance:

    cost(x) - bound(p) = sum_i [f_i(x_i) - p.g_i(x_i) - theta_i(p)] + [F(z) + p.z - support(p)].
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workshare.arrays import Array
from workshare.coordination.ask import bound_of
from workshare.coordination.problem import Problem, Selection, total_contribution
from workshare.coordination.restricted import RestrictedProgram
from workshare.coordination.solve import Settings, Solution, complete_choices


@dataclass(frozen=True, slots=True)
class Line:
    """One checked statement: ``value`` must be within ``tolerance`` for it to hold."""

    name: str
    value: float
    tolerance: float
    meaning: str

    @property
    def holds(self) -> bool:
        """Whether the statement was confirmed."""
        return bool(np.isfinite(self.value) and self.value <= self.tolerance)


@dataclass(frozen=True, slots=True)
class Certificate:
    """What was recomputed (money in M per year).

    ``status`` is ``exact`` (no division costs less, up to ``gap``), ``certified`` (``bound`` is a
    proven lower bound) or ``bounded`` (it rests on answers that their owners do not claim proven,
    or somebody did not answer: then there is no bound, and ``bound`` is minus infinity).
    ``gap`` is relative to the value, or to the settings' money scale where the value is smaller.
    ``uplifts`` is what each participant part forgoes at the prices by following the plan.
    """

    status: str
    value: float
    bound: float
    dual_bound: float
    gap_absolute: float
    gap: float
    bregman: float
    uplifts: dict[str, float]
    lines: tuple[Line, ...]

    @property
    def holds(self) -> bool:
        """Whether every line holds."""
        return all(line.holds for line in self.lines)


def certify(problem: Problem, solution: Solution, settings: Settings | None = None) -> Certificate:
    """Return the certificate of ``solution``, recomputed."""
    settings = settings or Settings()
    selection = solution.selection
    points = selection.points
    total = total_contribution(points, problem.dimensions)
    market = problem.market.evaluate(total)
    cost = sum(point.cost for point in points)
    value = cost + market.value
    size = max(abs(value), abs(cost), settings.rounds.scale)
    prices = solution.row_prices[: problem.dimensions]
    together = problem.participants
    replies = together.price(prices)
    dual_bound = bound_of(problem, replies, solution.row_prices)
    copies = np.repeat(np.arange(len(together)), together.multiplicity)
    forgone = np.array([point.reduced(prices) for point in points]) - replies.bound[copies]
    per_participant = np.bincount(copies, forgone, minlength=len(together))
    uplifts = dict(zip(together.ids, per_participant.tolist(), strict=True))
    bregman = problem.market.bregman(total, market.value, solution.row_prices)
    lines = [
        Line(
            "value",
            abs(value - selection.value) / size,
            1e-7,
            "the market re-solved at the plans' sum gives the stated value (relative)",
        ),
        Line(
            "feasibility",
            max(market.unmet, _outside_range(selection)),
            1e-6,
            "every need is met and every plant runs within its limits (relative to their scale)",
        ),
    ]
    if np.isfinite(dual_bound):
        identity = abs((value - dual_bound) - (float(forgone.sum()) + bregman)) / size
        lines += _bound_lines(solution, value, dual_bound, identity, size)
    proven = bool(np.all(replies.proven))
    bound = min(dual_bound, value)
    if solution.exact:
        line, exact_bound = _exactness(problem, solution, settings, value, size)
        lines.append(line)
        if line.holds:
            bound = min(value, max(dual_bound, exact_bound))
    status = "exact" if solution.exact and lines[-1].holds else "certified"
    if not proven:
        status = "bounded"
    gap = max(0.0, value - bound)
    return Certificate(
        status,
        value,
        bound,
        dual_bound,
        gap,
        gap / size,
        bregman,
        uplifts,
        tuple(lines),
    )


def _bound_lines(
    solution: Solution, value: float, dual_bound: float, identity: float, size: float
) -> list[Line]:
    """Return the lines about the bound; there are none where somebody did not answer."""
    return [
        Line(
            "dual_bound",
            abs(dual_bound - solution.dual_bound) / size,
            1e-9,
            "participants asked again at the prices give the stated bound (relative)",
        ),
        Line(
            "bregman_identity",
            identity,
            1e-9,
            "value - bound equals uplifts plus the market's Bregman distance (relative)",
        ),
        Line(
            "order",
            max(0.0, solution.bound - value) / size,
            1e-7,
            "the bound does not exceed the value (relative)",
        ),
    ]


def _outside_range(selection: Selection) -> float:
    worst = 0.0
    for point in selection.points:
        plan, levels = point.plan, point.levels
        if levels.size == 0:
            continue
        size = np.maximum(plan.upper, 1e-12)
        worst = max(worst, float(np.max((plan.lower - levels) / size)))
        worst = max(worst, float(np.max((levels - plan.upper) / size)))
        if plan.limits.size:
            # a limit of zero is no scale: what the plan could take at full load is
            full = np.maximum(np.abs(plan.rows) @ size, 1e-12)
            over = (plan.rows @ levels - plan.limits) / full
            worst = max(worst, float(np.max(over)))
    return worst


def _exactness(
    problem: Problem, solution: Solution, settings: Settings, value: float, size: float
) -> tuple[Line, float]:
    """Ask for complete menus again and prove afresh that they hold nothing cheaper.

    The division in hand is told to the search, which lets it prune; its proof does not rest on it.
    """
    prices: Array = solution.row_prices[: problem.dimensions]
    slack = max(0.0, value - solution.dual_bound) + 1e-9 * size
    count = max(settings.menu_count, solution.menu_count)
    choices, complete = complete_choices(problem.participants, prices, slack, count)
    if not complete:
        return Line("exactness", np.inf, settings.tolerance, "menus were not complete"), -np.inf
    program = RestrictedProgram(problem, choices, tangents=solution.tangents)
    answer = program.solve(
        tolerance=settings.tolerance,
        time_limit=settings.time_limit,
        start=solution.selection,
        explore=False,
    )
    meaning = (
        "complete menus with slack value - bound, solved afresh, hold nothing cheaper (relative)"
    )
    gap = (value - answer.bound) / size
    return Line("exactness", gap, max(1e-6, settings.tolerance), meaning), answer.bound
