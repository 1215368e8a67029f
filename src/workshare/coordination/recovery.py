"""Recovery: from the convexified solution to one real plan for each participant.

The plans that hold weight at the final prices, the plans seen on the way and those nearly tied
form a *restricted problem*, whose best combination is real. Linear prices never reveal some plans
that matter (a plant of middle size under scale economies is never cheapest at any price), so
participants can then be asked again, each against the real market that the others leave: a
*residual answer*. Its plans join, and the restricted problem is solved again, while that helps.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from workshare.arrays import Array
from workshare.coordination.columns import Choice
from workshare.coordination.problem import Problem, Selection
from workshare.coordination.residual import best_against
from workshare.coordination.restricted import RestrictedProgram
from workshare.coordination.state import State
from workshare.coordination.tariffs import block_tariffs
from workshare.errors import OptionError
from workshare.response import MilpParticipant, Plan, TablePart, disclosed_model

MENU = 6
"""Nearly tied plans asked of each participant."""

MAX_NODES = 2000
"""Branches of each restricted problem: a limit by time would depend on the machine."""


def recover(
    problem: Problem,
    state: State,
    *,
    time_limit: float,
    scale: float,
    tangents: Sequence[Array] = (),
    residual_rounds: int = 0,
) -> Selection:
    """Return the best real combination of the plans that matter at the final prices.

    Parameters
    ----------
    time_limit : seconds for each restricted problem.
    scale : a money amount (M per year); plans within 2 % of it and the gap of the best are asked.
    tangents : market levels known to be near the answer.
    residual_rounds : how often participants are asked against the real market (0 = never).

    Raises
    ------
    OptionError : no combination of the plans answered is feasible.
    """
    prices = state.row_prices[: problem.dimensions]
    gap = max(state.master - state.bound, 0.0)
    known = seen_plans(problem, state)
    everyone = np.arange(len(known))
    menus = problem.participants.menus(prices, np.array(gap + 0.02 * scale), MENU, everyone)
    for seen, menu in zip(known, menus, strict=True):
        seen.update((plan.id, plan) for plan in menu.plans)
        if not seen:  # never answered: it takes no part
            seen["absent"] = Plan("absent", 0.0, np.zeros(problem.dimensions))
    near = [*tangents, state.market_levels]
    best = _best(problem, known, near, time_limit)
    if best is None:
        raise OptionError(
            "no combination of the plans answered is feasible: a need that nobody in the region "
            "or outside can meet follows from every plan; check minimum loads and limits"
        )
    try:
        for better in _residual_rounds(
            problem, best, known, near, time_limit, residual_rounds, scale
        ):
            best = better
    except KeyboardInterrupt:
        return best
    return best


def _residual_rounds(
    problem: Problem,
    best: Selection,
    known: Sequence[dict[str, Plan]],
    near: Sequence[Array],
    time_limit: float,
    rounds: int,
    scale: float,
) -> Iterator[Selection]:
    """Give better and better divisions, each after asking everybody against the real market."""
    for _ in range(rounds):
        added = 0
        for number in range(len(problem.participants)):
            plan = residual_answer(problem, best, number)
            if plan is not None and plan.id not in known[number]:
                known[number][plan.id] = plan
                added += 1
        added += _live_answers(problem, best, known)
        if added == 0:
            return
        better = _best(problem, known, [*near, best.market.v], time_limit)
        if better is None or better.value >= best.value - 1e-9 * max(abs(best.value), scale):
            return
        best = better
        yield best


def _live_answers(problem: Problem, best: Selection, known: Sequence[dict[str, Plan]]) -> int:
    """Ask those who take residual questions, all at once; return how many new plans they told."""
    flags = problem.participants.honest
    honest: list[int] = np.flatnonzero(flags).tolist()
    able = [k for k in honest if hasattr(problem.participants[k], "residual")]
    if not able:
        return 0
    questions = []
    for who in able:
        seen = np.array([plan.contribution for plan in known[who].values()])
        questions.append(block_tariffs(problem, best, who, seen))
    added = 0
    answers = problem.participants.residuals(np.array(able), questions)
    for who, answer in zip(able, answers, strict=True):
        for point in answer.points if answer is not None else ():
            if point.plan.id not in known[who]:
                known[who][point.plan.id] = point.plan
                added += 1
    return added


def seen_plans(problem: Problem, state: State) -> list[dict[str, Plan]]:
    """Return, for each participant, the plans it answered on the way, by plan id."""
    known: list[dict[str, Plan]] = [{} for _ in problem.participants]
    for who, key in zip(state.pool.who.tolist(), state.pool.key.tolist(), strict=True):
        plan = problem.participants.plan(who, key)
        known[who].setdefault(plan.id, plan)
    return known


def _best(
    problem: Problem, known: Sequence[dict[str, Plan]], near: Sequence[Array], time_limit: float
) -> Selection | None:
    """Return the best combination of known plans; its value only has to be good, not proven."""
    choices: list[Choice] = [list(plans.values()) for plans in known]
    program = RestrictedProgram(problem, choices, tangents=near)
    answer = program.solve(tolerance=1e-3, time_limit=time_limit, max_nodes=MAX_NODES, max_passes=2)
    return answer.selection


def residual_answer(problem: Problem, selection: Selection, number: int) -> Plan | None:
    """Return the best plan of one participant against the market that the others leave.

    The others keep their plans and operate them as the market asks. None for a participant whose
    model or list of plans is not on this machine: it is asked for its own residual answer.
    """
    participant = problem.participants[number]
    if isinstance(participant, MilpParticipant):
        rest = sum(
            (p.contribution for k, p in enumerate(selection.points) if k != number),
            np.zeros(problem.dimensions),
        )
        return participant.plan_of(best_against(participant.model, problem.market, rest))
    choice: Choice | None = disclosed_model(participant)
    if choice is None and isinstance(participant, TablePart):
        choice = participant.plans
    if choice is None:
        return None
    choices: list[Choice] = [[point.plan] for point in selection.points]
    choices[number] = choice
    program = RestrictedProgram(problem, choices, tangents=[selection.market.v])
    answer = program.solve(tolerance=1e-4, max_passes=2, max_nodes=MAX_NODES)
    return None if answer.selection is None else answer.selection.points[number].plan
