"""Solve problem (1): iterate on prices, recover real plans, close the gap where proof is had."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from workshare.arrays import Array
from workshare.coordination.iterate import METHODS, Progress, iterate
from workshare.coordination.master import mixed
from workshare.coordination.problem import Problem, Selection
from workshare.coordination.recovery import recover
from workshare.coordination.restricted import Choice, RestrictedProgram
from workshare.coordination.state import Options, Round, State
from workshare.errors import OptionError
from workshare.response import Menu, MixedPart, Participant, disclosed_model


@dataclass(frozen=True, slots=True)
class Settings:
    """How to solve (1).

    Attributes
    ----------
    method : a name in :data:`METHODS`.
    exact : prove the division best where menus are complete or models are disclosed.
    exact_participants : the largest number of participants for which that is tried; beyond it the
        duality gap is small and the restricted problem over complete menus is not.
    tolerance : relative gap of the restricted problems (MILP).
    residual_rounds : rounds of answers against the real market, where exact mode is not used.
    menu_count : the longest menu asked of one participant in exact mode.
    time_limit : seconds for each MILP; a run cut short is reported as ``certified``.
    """

    method: str = "column_generation"
    exact: bool = True
    exact_participants: int = 30
    tolerance: float = 2e-7
    residual_rounds: int = 3
    menu_count: int = 400
    time_limit: float = 60.0
    rounds: Options = field(default_factory=Options)


@dataclass(frozen=True, slots=True)
class Solution:
    """The answer to (1), before it is certified.

    ``bound`` is the best lower bound: the dual bound at ``row_prices``, or the restricted problem's
    where ``menus`` prove that it contains every better plan (``exact``).
    """

    selection: Selection
    bound: float
    dual_bound: float
    row_prices: Array
    exact: bool
    proven: bool
    interrupted: bool
    choices: tuple[Choice, ...]
    slack: float
    mixed: tuple[int, ...]
    rounds: tuple[Round, ...]
    trace: tuple[tuple[int, float, float], ...]
    tangents: tuple[Array, ...]
    plans_known: int


def solve(
    problem: Problem,
    settings: Settings | None = None,
    *,
    prices: Array | None = None,
    tangents: Sequence[Array] = (),
    start: Selection | None = None,
    progress: Progress | None = None,
) -> Solution:
    """Return a division of labour, a proven bound on the best one, and what proves it.

    Method: column generation on prices; then *recovery* of real plans (Wang's approximate
    projection, see :mod:`workshare.coordination.recovery`); then, in exact mode, menus with slack
    value - bound contain every optimal plan, so the restricted problem over them is the whole one.

    Parameters
    ----------
    prices : row prices to start from (a warm start).
    tangents : market levels known to be near the answer.
    start : a feasible division already known; recovery is skipped then.
    progress : told of every round.

    Raises
    ------
    OptionError : an unknown method, or plans that no combination makes feasible.
    """
    settings = settings or Settings()
    if settings.method not in METHODS:
        raise OptionError(f"method {settings.method!r}: must be one of {', '.join(METHODS)}")
    state, interrupted = iterate(
        problem, settings.method, settings.rounds, prices=prices, progress=progress
    )
    few = len({p.owner for p in problem.participants}) <= settings.exact_participants
    exact = settings.exact and few and state.proven and not interrupted
    recovered = start or recover(
        problem,
        state,
        time_limit=settings.time_limit,
        scale=settings.rounds.scale,
        tangents=tangents,
        # exact mode looks at every plan that could matter; without it, ask against the real market
        residual_rounds=0 if exact else settings.residual_rounds,
    )
    solution = Solution(
        selection=recovered,
        bound=state.bound,
        dual_bound=state.bound,
        row_prices=state.row_prices,
        exact=False,
        proven=state.proven,
        interrupted=interrupted,
        choices=(),
        slack=max(0.0, recovered.value - state.bound),
        mixed=_mixed(problem, state),
        rounds=state.rounds,
        trace=(*_trace(state), (len(state.rounds) + 1, state.bound, recovered.value)),
        tangents=(*tangents, recovered.market.v),
        plans_known=state.pool.size,
    )
    if not exact:
        return solution
    return close(problem, solution, settings)


def complete_choices(
    participants: Sequence[Participant], prices: Array, slack: float, count: int
) -> tuple[list[Choice], bool]:
    """Return menus that leave no plan within ``slack`` out, or disclosed models in their stead."""
    choices: list[Choice] = []
    complete = True
    for participant in participants:
        model = disclosed_model(participant)
        if isinstance(participant, MixedPart):
            choices.append(participant.model)
            continue
        menu: Menu = participant.menu(prices, slack, count)
        if model is not None and len(menu.plans) > len(model.groups) + 1:
            # the disclosed model has fewer decisions than its list of plans, and allows them all
            choices.append(model)
        elif menu.complete:
            choices.append(menu.plans)
        else:
            choices.append(menu.plans)
            complete = False
    return choices, complete


def close(problem: Problem, solution: Solution, settings: Settings) -> Solution:
    """Return ``solution`` improved to the proven best division, where completeness can be had.

    Any division that costs no more than the value in hand has every participant within
    value - bound of its best response at the same prices; so menus with that slack miss nothing.
    """
    prices = solution.row_prices[: problem.dimensions]
    margin = 1e-9 * max(abs(solution.selection.value), settings.rounds.scale)
    slack = solution.slack + margin
    choices, complete = complete_choices(problem.participants, prices, slack, settings.menu_count)
    program = RestrictedProgram(problem, choices, tangents=solution.tangents)
    answer = program.solve(
        tolerance=settings.tolerance,
        start=solution.selection,
        time_limit=settings.time_limit,
        explore=settings.tolerance < 1e-6,
    )
    selection = answer.selection or solution.selection
    bound = max(solution.bound, answer.bound) if complete else solution.bound
    bound = min(bound, selection.value)
    rounds = len(solution.rounds) + 2
    return replace(
        solution,
        selection=selection,
        bound=bound,
        exact=complete and answer.status == "solved",
        choices=tuple(choices),
        trace=(*solution.trace, (rounds, bound, selection.value)),
        tangents=(*solution.tangents, selection.market.v),
    )


def _mixed(problem: Problem, state: State) -> tuple[int, ...]:
    """Return the participants that hold more than one point in the convexified solution."""
    if state.weights.size != state.pool.size:
        return ()
    copies = problem.participants.multiplicity.astype(float)
    return tuple(mixed(state.pool, state.weights, copies))


def _trace(state: State) -> tuple[tuple[int, float, float], ...]:
    return tuple((r.number, r.bound, r.master) for r in state.rounds)
