"""Solve problem (1): iterate on prices, recover real plans, close the gap where proof is had."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from workshare.arrays import Array
from workshare.coordination.branching import listed_within
from workshare.coordination.checkpoint import Checkpoint, fingerprint, load, save
from workshare.coordination.columns import Choice
from workshare.coordination.disclosed import (
    Disclosing,
    Whole,
    as_division,
    relaxation_prices,
    whole_model,
)
from workshare.coordination.execution import Execution, carried_out
from workshare.coordination.iterate import METHODS, Progress, iterate
from workshare.coordination.master import mixed
from workshare.coordination.neighbourhood import (
    Change,
    Search,
    as_selection,
    divide,
    recover_many,
)
from workshare.coordination.problem import Problem, Selection
from workshare.coordination.recovery import recover
from workshare.coordination.reoptimise import Reoptimisation, improve_disclosed
from workshare.coordination.restricted import NO_LIMIT, RestrictedProgram
from workshare.coordination.sample import sample_prices
from workshare.coordination.state import Options, Round, State
from workshare.coordination.sums import as_sums
from workshare.errors import OptionError
from workshare.response import (
    Grouped,
    Menu,
    MixedPart,
    Participants,
    Plan,
    disclosed_model,
)

MENU_FACTOR = 4
"""How much longer menus may get where a better division in hand does not shorten them."""

CUT_SHORT_NODES = 500
"""Branches of a restricted problem whose menus were cut short: it need only find, not prove."""


CASE_NODES = 5000
"""Branches of the restricted problem over the complete menus that could be had."""


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
    time_limit : seconds for each MILP; a run cut short is reported as ``certified``. It is long, so
        that the answer depends on the machine only where nothing is proven in that time. Models
        re-optimised together are limited by ``reoptimisation`` long before that.
    together : up to so many participants, all their plans enter one restricted problem; beyond,
        neighbourhoods of the vertex are searched (:mod:`workshare.coordination.neighbourhood`).
    many : above so many participants, prices start from a sample and answers are added up in
        groups, a tenth as many as participants.
    sample : participants in that sample (at least 1 % of all).
    search : how far neighbourhoods are searched.
    reoptimisation : how far models are re-optimised together, where all participants disclose
        theirs (:mod:`workshare.coordination.reoptimise`); rounds then start from the prices of the
        joint linear relaxation.
    seed : of the sample.
    execution : where questions are asked, and where the run is kept on disk.
    """

    method: str = "column_generation"
    exact: bool = True
    exact_participants: int = 30
    tolerance: float = 2e-7
    residual_rounds: int = 3
    menu_count: int = 400
    time_limit: float = 600.0
    rounds: Options = field(default_factory=Options)
    together: int = 60
    many: int = 3000
    sample: int = 300
    search: Search = field(default_factory=Search)
    reoptimisation: Reoptimisation = field(default_factory=Reoptimisation)
    seed: int = 0
    execution: Execution = field(default_factory=Execution)


@dataclass(frozen=True, slots=True)
class Solution:
    """The answer to (1), before it is certified.

    ``bound`` is the best lower bound: the dual bound at ``row_prices``, or the restricted problem's
    where menus of at most ``menu_count`` plans prove that it contains every better plan
    (``exact``). ``changes`` says who was moved away from the convexified solution and why;
    ``notes`` are (round, participant number, what happened) for every answer that was not in
    order; ``sample_rounds`` were asked of a sample. ``state`` is what the rounds ended with: the
    points answered and their weights. ``within`` is the slack of complete menus where those of
    value less bound could not be had: the bound then is the lower of two cases, all plans listed or
    one beyond (:mod:`workshare.coordination.branching`); 0 where this was not used. ``branches``
    are those of the restricted problems of exact mode. ``timed`` says that the search was limited
    by time, so that the answer depends on the machine; of models re-optimised together, that
    ``Settings.time_limit`` did end one of the joint problems.
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
    changes: tuple[Change, ...] = ()
    notes: tuple[tuple[int, int, str], ...] = ()
    sample_rounds: int = 0
    menu_count: int = 0
    state: State | None = None
    within: float = 0.0
    branches: int = 0
    timed: bool = False


def solve(
    problem: Problem,
    settings: Settings | None = None,
    *,
    prices: Array | None = None,
    tangents: Sequence[Array] = (),
    start: Selection | None = None,
    state: State | None = None,
    progress: Progress | None = None,
    clock: Callable[[], float] | None = None,
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
    state : a state to go on from: a checkpoint, or what
        :func:`~workshare.coordination.warm.restart` kept after a change.
    progress : told of every round.
    clock : seconds, ``time.monotonic`` say, for ``Search(seconds=...)``: no clock is read here.

    Raises
    ------
    OptionError : an unknown method, a time limit without a clock, or plans that no combination
        makes feasible.
    ResultError : the checkpoint of ``settings.execution`` is of another problem, or damaged.
    """
    settings = settings or Settings()
    problem = problem.fresh()
    if settings.method not in METHODS:
        raise OptionError(f"method {settings.method!r}: must be one of {', '.join(METHODS)}")
    left = _left(settings.search, clock)
    whole = _disclosed(problem)
    if whole is not None and prices is None and state is None:
        prices = relaxation_prices(whole)[0]
    with carried_out(problem, settings.execution) as same:
        return _solve(same, whole, settings, prices, tangents, start, state, progress, left)


def _solve(
    problem: Problem,
    whole: Whole | None,
    settings: Settings,
    prices: Array | None,
    tangents: Sequence[Array],
    start: Selection | None,
    state: State | None,
    progress: Progress | None,
    left: Callable[[], Callable[[], float]],
) -> Solution:
    asked, state, prices, sample_rounds, keep = _open(problem, settings, prices, state)
    state, interrupted = iterate(
        asked,
        settings.method,
        settings.rounds,
        prices=prices,
        state=state,
        progress=progress,
        keep=keep,
    )
    exact = settings.exact and _is_few(problem, settings) and state.proven and not interrupted
    changes: tuple[Change, ...] = ()
    timed = settings.search.seconds is not None
    if start is not None:
        recovered = start
    elif whole is not None:
        recovered, changes, timed = _reoptimise(whole, state, settings)
    else:
        recovered, changes, stopped = _recover(
            asked, problem.participants, state, settings, tangents, exact, interrupted, left()
        )
        interrupted = interrupted or stopped
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
        mixed=_mixed(asked, state),
        rounds=state.rounds,
        trace=(*_trace(state), (len(state.rounds) + 1, state.bound, recovered.value)),
        tangents=(*tangents, recovered.market.v),
        plans_known=state.pool.size,
        changes=changes,
        notes=state.notes,
        sample_rounds=sample_rounds,
        state=state,
        timed=timed,
    )
    if exact and not interrupted:
        try:
            solution = close(problem, solution, settings)
        except KeyboardInterrupt:
            solution = replace(solution, interrupted=True)
    return _with_notes(problem, solution)


def _recover(
    asked: Problem,
    participants: Participants,
    state: State,
    settings: Settings,
    tangents: Sequence[Array],
    exact: bool,
    interrupted: bool,
    left: Callable[[], float],
) -> tuple[Selection, tuple[Change, ...], bool]:
    """Return real plans for everybody, who was changed, and whether Ctrl-C ended the search."""
    try:
        if len(participants) > settings.together or _has_copies(asked):
            # whoever stopped the rounds does not want a long search after them
            search = replace(settings.search, neighbourhoods=0) if interrupted else settings.search
            return *_search_near(asked, participants, state, search, left), False
        recovered = recover(
            asked,
            state,
            time_limit=min(settings.time_limit, left()),
            scale=settings.rounds.scale,
            tangents=tangents,
            # exact mode looks at every plan that could matter; else ask against the real market
            residual_rounds=0 if exact or interrupted else settings.residual_rounds,
        )
        return recovered, (), False
    except KeyboardInterrupt:
        rounded = divide(asked, participants, state)
        if not rounded.feasible:
            raise
        return as_selection(asked, rounded), (), True


def _left(search: Search, clock: Callable[[], float] | None) -> Callable[[], Callable[[], float]]:
    """Return what starts the search's time and gives the seconds left of it."""
    seconds = search.seconds
    if seconds is None:
        return lambda: lambda: np.inf
    if clock is None:
        raise OptionError("search.seconds: needs a clock. Pass clock=time.monotonic to solve")
    now = clock

    def begin() -> Callable[[], float]:
        end = now() + seconds
        return lambda: end - now()

    return begin


def _with_notes(problem: Problem, solution: Solution) -> Solution:
    """Return the solution with what was not in order after the rounds, as one round more."""
    number = len(solution.rounds) + 1
    late = tuple((number, who, text) for who, text in problem.participants.drain_notes())
    return replace(solution, notes=(*solution.notes, *late)) if late else solution


def _has_copies(problem: Problem) -> bool:
    """Return whether somebody stands for several; one restricted problem has a plan for each."""
    together = problem.participants
    inner = together.whole if isinstance(together, Grouped) else together
    return inner.copies > len(inner)


def _disclosed(problem: Problem) -> Whole | None:
    """Return the joint model where all participants disclose theirs and the market is linear."""
    if not isinstance(problem.participants, Disclosing) or problem.market.form.curvature.any():
        return None
    return None if (problem.participants.multiplicity > 1).any() else whole_model(problem)


def _reoptimise(
    whole: Whole, state: State, settings: Settings
) -> tuple[Selection, tuple[Change, ...], bool]:
    """Return the best division of models re-optimised together, who was changed, if by a clock."""
    improved = improve_disclosed(whole, state, settings.reoptimisation, seconds=settings.time_limit)
    if improved is None:
        raise OptionError(
            "no feasible combination was found with the models disclosed; check limits, or let "
            "Settings(reoptimisation=...) search longer"
        )
    division = as_division(whole, improved.x)
    reason = "re-optimised together with others: its own best plans do not fit the shared side"
    changes = [Change(who, division.points[who].plan.id, reason) for who in improved.changed]
    return division, tuple(changes), improved.timed


def _is_few(problem: Problem, settings: Settings) -> bool:
    """Return whether exact mode is worth trying: few owners, however many parts they have."""
    if not 0 < len(problem.participants) <= settings.many or _has_copies(problem):
        return False
    return len(set(problem.participants.owners)) <= settings.exact_participants


def _prepare(
    problem: Problem, settings: Settings, prices: Array | None, state: State | None
) -> tuple[Problem, Array | None, int]:
    """Return the problem as it is asked, prices to start from, and rounds asked of a sample."""
    count = len(problem.participants)
    if count <= settings.many:
        return problem, prices, 0
    rounds = 0
    if prices is None and state is None:
        size = max(settings.sample, count // 100)
        prices, rounds = sample_prices(problem, settings.rounds, size, settings.seed)
    return Problem(Grouped(problem.participants, count // 10), problem.market), prices, rounds


def _open(
    problem: Problem, settings: Settings, prices: Array | None, state: State | None
) -> tuple[Problem, State | None, Array | None, int, Callable[[State], None] | None]:
    """Return the problem as it is asked, the state and prices to start from, and what keeps it."""
    path = settings.execution.checkpoint
    if path is None:
        asked, prices, rounds = _prepare(problem, settings, prices, state)
        return asked, state, prices, rounds, None
    name = fingerprint(problem, settings.method, settings.rounds)
    found = load(path, name)
    if found is not None:
        state = found.state
    asked, prices, rounds = _prepare(problem, settings, prices, state)
    if found is not None:
        asked.participants.remember(found.memory)
        rounds = found.sample_rounds

    def keep(now: State) -> None:
        save(path, Checkpoint(name, now, asked.participants.memory(), rounds))

    return asked, state, prices, rounds, keep


def _search_near(
    asked: Problem,
    participants: Participants,
    state: State,
    search: Search,
    left: Callable[[], float],
) -> tuple[Selection, tuple[Change, ...]]:
    """Return the best division found near the vertex, and who was changed."""
    selection, changes, feasible = recover_many(asked, participants, state, search, left=left)
    if not feasible:
        raise OptionError(
            "no feasible combination was found among the plans answered: search further "
            "(search.neighbourhoods, search.free), or check limits that nobody can meet"
        )
    return selection, changes


def complete_choices(
    participants: Participants, prices: Array, slack: float, count: int, held: Sequence[Plan] = ()
) -> tuple[list[Choice], bool]:
    """Return menus that leave no plan within ``slack`` out, or disclosed models in their stead.

    Whoever cannot be asked keeps its plan of ``held``, and the menus are not complete.
    """
    asked = [k for k, each in enumerate(participants) if not isinstance(each, MixedPart)]
    menus: list[Menu | None] = [None] * len(participants)
    heard = participants.menus(prices, np.array(slack), count, np.array(asked, dtype=np.int64))
    for number, menu in zip(asked, heard, strict=True):
        menus[number] = menu
    cut = [k for k in asked if participants.enumerable and not _is_complete(menus[k])]
    if cut:  # lists on this machine cost little, and whole ones may be restated
        again = np.array(cut, dtype=np.int64)
        heard = participants.menus(prices, np.array(slack), MENU_FACTOR * count, again)
        for number, menu in zip(cut, heard, strict=True):
            menus[number] = menu
    choices: list[Choice] = []
    complete = True
    for number, (participant, listed) in enumerate(zip(participants, menus, strict=True)):
        model = disclosed_model(participant)
        if listed is None and model is not None:
            choices.append(model)
        elif listed is None or not listed.plans:
            choices.append(tuple(held[number : number + 1]))
            complete = False
        elif listed.complete and (restated := as_sums(listed.plans, prices, slack)) is not None:
            choices.append(restated)
        elif model is not None and len(listed.plans) > len(model.groups) + 1:
            # the disclosed model has fewer decisions than its list of plans, and allows them all
            choices.append(model)
        else:
            choices.append(listed.plans)
            complete = complete and listed.complete
    return choices, complete


def _is_complete(menu: Menu | None) -> bool:
    return menu is not None and menu.complete


def close(problem: Problem, solution: Solution, settings: Settings) -> Solution:
    """Return ``solution`` improved to the proven best division, where completeness can be had.

    Any division that costs no more than the value in hand has every participant within
    value - bound of its best response at the same prices; so menus with that slack miss nothing.
    """
    if solution.bound == -np.inf:
        return solution  # somebody's answers could not be used: a menu of theirs proves nothing
    prices = solution.row_prices[: problem.dimensions]
    margin = 1e-9 * max(abs(solution.selection.value), settings.rounds.scale)
    count = settings.menu_count
    choices: list[Choice] = []
    branches = 0
    while True:
        slack = max(0.0, solution.selection.value - solution.bound) + margin
        held = [point.plan for point in solution.selection.points]
        choices, complete = complete_choices(problem.participants, prices, slack, count, held)
        program = RestrictedProgram(problem, choices, tangents=solution.tangents)
        answer = program.solve(
            tolerance=settings.tolerance if complete else 1e-4,
            start=solution.selection,
            time_limit=settings.time_limit,
            max_nodes=NO_LIMIT if complete else CUT_SHORT_NODES,
            explore=settings.tolerance < 1e-6 and complete,
            interruptible=True,
        )
        branches += answer.branches
        selection = answer.selection or solution.selection
        better = selection.value < solution.selection.value - 1e-4 * slack
        solution = replace(
            solution, selection=selection, tangents=(*solution.tangents, selection.market.v)
        )
        if (
            complete
            or answer.status == "interrupted"
            or (not better and count >= MENU_FACTOR * settings.menu_count)
        ):
            break
        # menus were cut short: a better division in hand makes them shorter, or ask for more
        count = count if better else MENU_FACTOR * settings.menu_count
    within, bound = 0.0, max(solution.bound, answer.bound)
    interrupted = answer.status == "interrupted"
    if not complete:
        bound = solution.bound
    if not complete and not interrupted:
        within, bound = _cases(problem, solution, settings, slack, count)
    bound = min(bound, solution.selection.value)
    selection = solution.selection
    rounds = len(solution.rounds) + 2
    return replace(
        solution,
        bound=bound,
        exact=complete and answer.status == "solved",
        within=within,
        interrupted=solution.interrupted or interrupted,
        branches=branches,
        choices=tuple(choices),
        slack=slack,
        menu_count=count,
        trace=(*solution.trace, (rounds, bound, selection.value)),
    )


def _cases(
    problem: Problem, solution: Solution, settings: Settings, slack: float, count: int
) -> tuple[float, float]:
    """Return the slack of the complete menus that can be had, and the bound that they prove."""
    within, bound = case_bound(problem, solution, settings, slack, count)
    return (within, bound) if bound > solution.bound else (0.0, solution.bound)


def case_bound(
    problem: Problem, solution: Solution, settings: Settings, slack: float, count: int
) -> tuple[float, float]:
    """Return (slack of complete menus, bound over both cases): all plans listed, or one beyond.

    The menus' slack is at most ``slack``. See :mod:`workshare.coordination.branching`.
    """
    prices = solution.row_prices[: problem.dimensions]
    within, choices = listed_within(problem.participants, prices, slack, count)
    if within <= 0.0:
        return 0.0, solution.dual_bound
    answer = RestrictedProgram(problem, choices, tangents=solution.tangents).solve(
        tolerance=settings.tolerance,
        time_limit=settings.time_limit,
        max_nodes=CASE_NODES,
        explore=False,
    )
    return within, max(solution.dual_bound, min(answer.bound, solution.dual_bound + within))


def _mixed(problem: Problem, state: State) -> tuple[int, ...]:
    """Return the participants that hold more than one point in the convexified solution."""
    if state.weights.size != state.pool.size:
        return ()
    copies = problem.participants.multiplicity.astype(float)
    return tuple(mixed(state.pool, state.weights, copies))


def _trace(state: State) -> tuple[tuple[int, float, float], ...]:
    return tuple((r.number, r.bound, r.master) for r in state.rounds)
