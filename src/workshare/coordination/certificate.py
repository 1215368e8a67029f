"""The certificate: every claim about a division recomputed from problem and answer alone.

Nothing here trusts the method that found the answer. The primal value is re-added with the market
re-solved at the summed contributions; the lower bound is rebuilt by asking every participant again
at the stated prices and adding the market's closed-form support; the difference must equal, to
rounding, what participants forgo by following the plan (the *uplifts*) plus the Bregman distance:

    cost(x) - bound(p) = sum_i [f_i(x_i) - p.g_i(x_i) - theta_i(p)] + [F(z) + p.z - support(p)].
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from workshare.arrays import Array
from workshare.coordination.ask import bound_of
from workshare.coordination.execution import carried_out
from workshare.coordination.master import mixed
from workshare.coordination.nonconvexity import Nonconvexity, measure, nonconvexity
from workshare.coordination.problem import Problem, Selection, total_contribution
from workshare.coordination.restricted import RestrictedProgram
from workshare.coordination.solve import Settings, Solution, case_bound, complete_choices
from workshare.coordination.state import State
from workshare.response import BoolArray, IntArray, Participants, Replies


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
class Basis:
    """What a certificate rests on, in names of participants.

    Attributes
    ----------
    recomputed : participants whose answers this machine computes from what it was given: their
        terms of the bound are exact, up to ``inexact``.
    honest : participants that answer for themselves: costs, contributions and proven bounds of
        theirs are taken as told. Nothing here can prove them.
    unproven : those of them that claim no proof; with any of these nothing is certified.
    remembered : those that could not be asked again, so that what they proved in the run stands.
    absent : those that never proved anything at these prices; with any of these there is no bound.
    inexact : what answers lie above their own proven bounds, all together (M per year): the part
        of the gap that better solved participants' problems would close. Already in the bound.
    rounds_left : convexified value over the plans seen less the dual bound (M per year): the part
        that more rounds would close.
    """

    recomputed: int
    honest: tuple[str, ...]
    unproven: tuple[str, ...]
    remembered: tuple[str, ...]
    absent: tuple[str, ...]
    inexact: float
    rounds_left: float

    def sentences(self) -> tuple[str, ...]:
        """Return the same in words, one sentence for each fact."""
        told = [
            f"{self.recomputed} participants are computed on this machine; their answers are exact"
            f" up to {self.inexact:.3g} M per year."
        ]
        if self.honest:
            told.append(
                f"{len(self.honest)} answer for themselves ({_few(self.honest)}): the value and "
                "the bound hold if their costs and bounds are told as they are."
            )
        if self.unproven:
            told.append(f"No proof is claimed by {_few(self.unproven)}: nothing is certified.")
        if self.remembered:
            told.append(
                f"{_few(self.remembered)} could not be asked again; what they proved in the run "
                "at the same prices stands in their place."
            )
        if self.absent:
            told.append(f"{_few(self.absent)} proved nothing at these prices: there is no bound.")
        return tuple(told)


def _few(names: Sequence[str]) -> str:
    rest = len(names) - 3
    return ", ".join(names[:3]) + (f" and {rest} more" if rest > 0 else "")


@dataclass(frozen=True, slots=True)
class Certificate:
    """What was recomputed (money in M per year).

    ``status`` is ``exact`` (no division costs less, up to ``gap``), ``certified`` (``bound`` is a
    proven lower bound) or ``bounded`` (it rests on answers that their owners do not claim proven,
    or somebody did not answer: then there is no bound, and ``bound`` is minus infinity).
    ``gap`` is relative to the value, or to the settings' money scale where the value is smaller.
    ``uplifts`` is what each participant part forgoes at the prices by following the plan, and must
    be paid for following it to be a best response. ``basis`` says what the bound rests on.
    ``nonconvexity`` measures the plans seen (None where not asked for, or where answers came in
    groups); ``allowed_gap`` is the most that the best division can cost beyond the bound: what the
    rounds left, and the Shapley-Folkman bound of the plans that hold weight (infinite where it is
    not known). ``answers`` is what each participant proved at the prices, for one copy.
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
    basis: Basis
    nonconvexity: Nonconvexity | None
    allowed_gap: float
    answers: Array

    @property
    def holds(self) -> bool:
        """Whether every line holds."""
        return all(line.holds for line in self.lines)


def certify(
    problem: Problem,
    solution: Solution,
    settings: Settings | None = None,
    *,
    measured: bool = True,
) -> Certificate:
    """Return the certificate of ``solution``, recomputed.

    Whoever cannot be asked again, but proved a bound at the same prices in the run, is taken at
    that; ``basis.remembered`` names it.

    Parameters
    ----------
    measured : also measure the nonconvexity of the plans seen and the gap that it allows.
    """
    settings = settings or Settings()
    with carried_out(problem, settings.execution) as same:
        return _certify(same, solution, settings, measured)


def _certify(
    problem: Problem, solution: Solution, settings: Settings, measured: bool
) -> Certificate:
    selection = solution.selection
    points = selection.points
    total = total_contribution(points, problem.dimensions)
    market = problem.market.evaluate(total)
    cost = sum(point.cost for point in points)
    value = cost + market.value
    size = max(abs(value), abs(cost), settings.rounds.scale)
    prices = solution.row_prices[: problem.dimensions]
    together = problem.participants
    replies, remembered = _answers(together, prices, solution)
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
    lines.append(
        Line(
            "mixed",
            float(max(0, _count_mixed(problem, solution) - problem.dimensions)),
            0.0,
            "the convexified solution mixes no more participants than there are shared dimensions",
        )
    )
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
    elif solution.within > 0.0:
        line, bound = _both_cases(problem, solution, settings, value, size)
        bound = min(value, max(dual_bound, bound))
        lines.append(line)
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
        _basis(together, prices, replies, remembered, solution),
        _measured(problem, solution) if measured else None,
        _allowed(problem, solution) if measured else np.inf,
        replies.bound,
    )


def _answers(
    together: Participants, prices: Array, solution: Solution
) -> tuple[Replies, BoolArray]:
    """Return everybody's answers, and who is taken at what it proved in the run."""
    replies = together.price(prices)
    remembered = np.zeros(len(together), dtype=bool)
    state = solution.state
    if state is None or state.answer_bounds.size != len(together):
        return replies, remembered
    if not np.array_equal(state.row_prices, solution.row_prices):
        return replies, remembered
    remembered = ~replies.answered & np.isfinite(state.answer_bounds)
    return replace(
        replies,
        bound=np.where(remembered, state.answer_bounds, replies.bound),
        proven=np.where(remembered, state.answer_proven, replies.proven),
        answered=replies.answered | remembered,
    ), remembered


def _basis(
    together: Participants,
    prices: Array,
    replies: Replies,
    remembered: BoolArray,
    solution: Solution,
) -> Basis:
    names = together.ids
    honest = together.honest

    def named(mask: BoolArray) -> tuple[str, ...]:
        return tuple(names[k] for k in np.flatnonzero(mask))

    best = np.full(len(together), np.inf)
    np.minimum.at(best, replies.who, replies.cost - replies.contribution @ prices)
    heard = np.isfinite(best) & np.isfinite(replies.bound)
    # rounding is not inexactness: a bound can lie above its own plan by the last digits
    apart = np.where(heard, np.maximum(0.0, best - np.where(heard, replies.bound, 0.0)), 0.0)
    state = solution.state
    return Basis(
        int(np.sum(~honest)),
        named(honest),
        named(replies.answered & ~replies.proven),
        named(remembered),
        named(~replies.answered),
        float(together.multiplicity @ np.where(heard, apart, 0.0)),
        np.inf if state is None else max(0.0, state.master - solution.dual_bound),
    )


def _measured(problem: Problem, solution: Solution) -> Nonconvexity | None:
    """Return the nonconvexity of the plans seen, grouped as they were asked."""
    state = solution.state
    if state is None or state.pool.size == 0:
        return None
    if state.answer_bounds.size not in (0, len(problem.participants)):
        return None  # answers of groups: what single participants hold was not kept
    return nonconvexity(problem, state.pool, list_all=False)


def _count_mixed(problem: Problem, solution: Solution) -> int:
    """Return how many participants (or groups, as they were asked) hold more than one point."""
    state = solution.state
    if state is None or state.weights.size != state.pool.size:
        return len(solution.mixed)
    return len(mixed(state.pool, state.weights, _copies_asked(problem, state).astype(float)))


def _copies_asked(problem: Problem, state: State) -> IntArray:
    """Return the copies of whoever was asked: participants, or groups of which each is one."""
    copies = problem.participants.multiplicity
    if state.answer_bounds.size not in (0, copies.size):
        return np.ones(state.answer_bounds.size, dtype=np.int64)
    return copies


def _allowed(problem: Problem, solution: Solution) -> float:
    """Return what the rounds left plus the bound of the plans that hold weight at the vertex.

    Everybody but the mixed participants holds one plan, so only they add to it. Where answers came
    in groups, a group counts as a participant: its joint answers are plans of its members.
    """
    state = solution.state
    if state is None or state.weights.size != state.pool.size or not np.isfinite(state.master):
        return np.inf
    copies = _copies_asked(problem, state)
    held = measure(state.pool.keep(state.weights > 1e-7), copies, problem.market.form)
    return max(0.0, state.master - solution.dual_bound) + held.bound


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
    choices, complete = complete_choices(
        problem.participants, prices, slack, count, [p.plan for p in solution.selection.points]
    )
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


def _both_cases(
    problem: Problem, solution: Solution, settings: Settings, value: float, size: float
) -> tuple[Line, float]:
    """Prove the bound of shorter complete menus afresh; it must not be below what was stated."""
    count = max(settings.menu_count, solution.menu_count)
    within, bound = case_bound(problem, solution, settings, solution.within, count)
    if within < solution.within:
        bound = -np.inf
    meaning = (
        "complete menus of the stated slack, solved afresh, or one plan beyond them: the bound is"
        " the lower of the two cases (relative)"
    )
    short = max(0.0, solution.bound - min(bound, value)) / size
    return Line("cases", short, max(1e-6, settings.tolerance), meaning), bound
