"""Recovery for many participants: round the vertex, then search large neighbourhoods of it.

At the vertex all but a few participants hold one real plan already. The rest are rounded. Then the
plans most nearly tied at the final prices, over all participants, compete in one restricted
problem (measured on generalised assignment: half as many extra plans as participants are enough).
Then a few dozen participants at a time are freed, the nearly tied rather than others, asked for
longer menus, and the restricted problem over those is solved with everybody else held (Shaw 1998,
"Using constraint programming and local search methods to solve vehicle routing problems":
large-neighbourhood search). Every change is recorded with its reason.

The search is limited by numbers of neighbourhoods and branches, not by time, so that the answer
does not depend on the machine; a time limit can be given besides. Before all that, where the shared
side allows it, single changes are made until none helps (:mod:`workshare.coordination.one_change`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from workshare.arrays import Array
from workshare.coordination.columns import Choice
from workshare.coordination.ejection import A_SECOND, Annealing, chained
from workshare.coordination.one_change import change_in_pairs, change_one_by_one, pieces
from workshare.coordination.pool import Pool
from workshare.coordination.problem import Problem, Selection
from workshare.coordination.restricted import RestrictedProgram
from workshare.coordination.state import State
from workshare.response import (
    BoolArray,
    Grouped,
    IntArray,
    Participants,
    Plan,
    Point,
    cheapest_levels,
)

FEW_ENOUGH = 5000
"""Participants that are all asked for short menus; of more, those undecided and a sample."""

TIED_MENU = 6

MOST_PAIRED = 100
"""Dimensions up to which pairs are looked at: each takes time in proportion."""

MOST_FREE = 400
"""Participants freed at once, however many dimensions there are."""

USUAL_DIMENSIONS = 200
"""With more shared dimensions a branch takes longer in proportion, and fewer are taken; nearly
everybody is undecided then, and only neighbourhoods of ``Search.free`` are searched."""

ABSENT = -1
"""The key of a copy whose participant never answered: it takes no part."""


@dataclass(frozen=True, slots=True)
class Search:
    """How far to search.

    Attributes
    ----------
    pairs : pairs of plans of two participants looked at, times dimensions.
    tied : plans besides the best ones that enter the first restricted problem.
    tied_nodes : its branches.
    free : participants freed at once after it (or four times the dimensions if that is more).
    menu : plans asked of each.
    neighbourhoods : at most so many.
    patience : stop after so many in a row without gain.
    nodes : branches of each restricted problem.
    gain : what counts as a gain, relative to the value.
    enough : stop at this gap between value and bound, relative to the value.
    seed : of the random neighbourhoods and chains.
    seconds : stop after so many seconds, by the clock given to
        :func:`~workshare.coordination.solve`; None (default) never. With it the answer depends on
        the machine, and ``Solution.timed`` says so.
    annealing : of chains, where every plan draws on one capacity at most.
    """

    pairs: int = 200_000_000
    tied: int = 1000
    tied_nodes: int = 2000
    free: int = 40
    menu: int = 20
    neighbourhoods: int = 12
    patience: int = 3
    nodes: int = 100
    gain: float = 1e-6
    enough: float = 5e-5
    seed: int = 0
    seconds: float | None = None
    annealing: Annealing = field(default_factory=Annealing)

    def branches(self, nodes: int, dimensions: int) -> int:
        """Return how many of ``nodes`` are taken with so many shared dimensions."""
        return max(5, nodes * USUAL_DIMENSIONS // max(USUAL_DIMENSIONS, dimensions))


@dataclass(frozen=True, slots=True)
class Change:
    """Who was moved away from the plan of the convexified solution, and why."""

    who: int
    plan: str
    reason: str


@dataclass(frozen=True, slots=True)
class Division:
    """One point for each copy of each participant, as arrays and objects side by side.

    ``who`` is ascending; ``mixed`` marks copies that the convexified solution did not decide.
    """

    who: IntArray
    points: tuple[Point, ...]
    mixed: BoolArray
    total: Array
    cost: float
    value: float
    feasible: bool


def divide(problem: Problem, participants: Participants, state: State) -> Division:
    """Return the rounded vertex: each copy on one point, largest remainders first."""
    if isinstance(problem.participants, Grouped):
        who, key, mixed = _round_groups(problem.participants, state)
    else:
        who, key, mixed = _round(state.pool, state.weights, participants.multiplicity)
    who, key, mixed = _with_absent(who, key, mixed, participants.multiplicity)
    nothing = Plan("absent", 0.0, np.zeros(problem.dimensions)).at(np.zeros(0))
    points = tuple(
        participants.point(number, own) if own != ABSENT else nothing
        for number, own in zip(who.tolist(), key.tolist(), strict=True)
    )
    return _valued(problem, who, points, mixed)


def _with_absent(
    who: IntArray, key: IntArray, mixed: BoolArray, copies: IntArray
) -> tuple[IntArray, IntArray, BoolArray]:
    """Return the same with a place for every copy of those who never answered."""
    silent = np.setdiff1d(np.arange(copies.size), who)
    extra = np.repeat(silent, copies[silent])
    every = np.concatenate([who, extra])
    order = np.argsort(every, kind="stable")
    keys = np.concatenate([key, np.full(extra.size, ABSENT)])
    flags = np.concatenate([mixed, np.zeros(extra.size, dtype=bool)])
    return every[order], keys[order], flags[order]


def _valued(
    problem: Problem, who: IntArray, points: tuple[Point, ...], mixed: BoolArray
) -> Division:
    total = np.sum([point.contribution for point in points], axis=0)
    cost = float(np.sum([point.cost for point in points]))
    cleared = problem.market.evaluate(total)
    feasible = cleared.unmet <= 1e-6 and cleared.status not in ("infeasible", "failed")
    return Division(who, points, mixed, total, cost, cost + cleared.value, feasible)


def _round(pool: Pool, weights: Array, copies: IntArray) -> tuple[IntArray, IntArray, BoolArray]:
    """Return (participant, key, undecided) of every copy."""
    near = np.round(weights)
    whole = np.where(np.abs(weights - near) < 1e-6, near, np.floor(weights)).astype(np.int64)
    count = np.bincount(pool.who, whole, minlength=copies.size).astype(np.int64)
    rest = np.where(weights - whole > 1e-9, weights - whole, 0.0)
    index = [np.repeat(np.arange(pool.size), whole)]
    undecided = [np.zeros(index[0].size, dtype=bool)]
    for who in np.flatnonzero(count < copies):
        own = np.flatnonzero(pool.who == who)
        if own.size == 0:
            continue  # never answered: it takes no part
        order = own[np.argsort(-rest[own], kind="stable")]
        missing = int(copies[who] - count[who])
        index.append(np.resize(order, missing))
        undecided.append(np.ones(missing, dtype=bool))
    every = np.concatenate(index)
    flags = np.concatenate(undecided)
    order = np.argsort(pool.who[every], kind="stable")
    return pool.who[every][order], pool.key[every][order], flags[order]


def _round_groups(groups: Grouped, state: State) -> tuple[IntArray, IntArray, BoolArray]:
    """Return (participant, key, undecided) of every copy, read back from joint answers."""
    keys = np.zeros(len(groups.whole), dtype=np.int64)
    undecided = np.zeros(len(groups.whole), dtype=bool)
    pool = state.pool
    starts = np.searchsorted(pool.who, np.arange(len(groups) + 1))
    for group in range(len(groups)):
        own = slice(starts[group], starts[group + 1])
        weights = state.weights[own]
        held = np.flatnonzero(weights > 1e-7)
        answers = [groups.member_keys(group, int(pool.key[own][k])) for k in held]
        members = slice(groups.starts[group], groups.ends[group])
        keys[members] = answers[int(np.argmax(weights[held]))]
        undecided[members] = np.any([answer != answers[0] for answer in answers], axis=0)
    copies = groups.whole.multiplicity
    return (
        np.repeat(np.arange(copies.size), copies),
        np.repeat(keys, copies),
        np.repeat(undecided, copies),
    )


def improve(
    problem: Problem,
    participants: Participants,
    state: State,
    start: Division,
    search: Search,
    *,
    left: Callable[[], float] = lambda: np.inf,
) -> tuple[Division, tuple[Change, ...]]:
    """Return a division at least as good as ``start``, and who was changed and why.

    ``left`` gives the seconds that are left to search (no limit by default).
    """
    prices = state.row_prices[: problem.dimensions]
    generator = np.random.default_rng(search.seed)
    distance, near, menus = _ties(participants, prices, start, state.bound, search)
    best, chain_changes = _by_chains(problem, participants, prices, start, search, left)
    changes = list(chain_changes)
    paired = False
    for pairs in () if chain_changes else (False, True):
        if best.feasible and best.value - state.bound <= search.enough * abs(best.value):
            break
        found = _single(problem, best, menus, state, search, left, pairs)
        if found is not None:
            with_whom = "together with one other" if pairs else "against what the others hold"
            changes += _changes(best, found, f"better {with_whom}")
            best, paired = found, pairs
    many = problem.dimensions > USUAL_DIMENSIONS  # then nearly everybody is undecided
    nodes = search.tied_nodes // 8 if chain_changes else search.tied_nodes
    # after chains or changes of two, joint problems hardly ever find more (measured on generalised
    # assignment and on specialisation)
    found = None
    if not (many or paired or left() <= 0.0):
        found = _compete(problem, near, best, search, nodes, left)
    if found is not None and (not best.feasible or found.value < best.value):
        changes += _changes(best, found, "undecided or nearly tied at the final prices")
        best = found
    size = search.free if many else max(search.free, min(MOST_FREE, 4 * problem.dimensions))
    idle = search.patience - 1 if chain_changes or paired else 0
    for number in range(search.neighbourhoods):
        done = best.feasible and best.value - state.bound <= search.enough * abs(best.value)
        if left() <= 0.0 or done or idle >= search.patience:
            break
        free = _neighbourhood(best, distance, size, number, generator)
        found = _search(problem, participants, prices, state.bound, best, free, search, left)
        if found is None or (best.feasible and found.value >= best.value):
            idle += 1
            size = size if best.feasible else 2 * size
            continue
        better = not best.feasible or best.value - found.value > search.gain * abs(best.value)
        idle = 0 if better else idle + 1
        changes += _changes(best, found, "better together with others freed at the same time")
        best = found
    return best, tuple(changes)


def _ties(
    participants: Participants, prices: Array, division: Division, bound: float, search: Search
) -> tuple[Array, dict[int, list[Plan]], dict[int, tuple[Plan, ...]]]:
    """Return how far each participant's next plan is from its best, and the nearest plans of all.

    The distance is infinite where no other plan was answered; the plans (at most ``search.tied``
    besides the best ones) are by participant number, and so are the whole menus.
    """
    count = len(participants)
    everyone = np.arange(count)
    if count > FEW_ENOUGH:
        everyone = np.sort(np.unique(division.who[division.mixed]))
        others = np.random.default_rng(0).choice(count, FEW_ENOUGH // 2, replace=False)
        everyone = np.unique(np.concatenate([everyone, others]))
    slack = max(division.value - bound, 0.0) if division.feasible else abs(division.cost)
    menus = participants.menus(prices, np.array(slack), max(TIED_MENU, search.menu), everyone)
    distance = np.full(count, np.inf)
    rows: list[tuple[float, int, int]] = []
    for position, (who, menu) in enumerate(zip(everyone.tolist(), menus, strict=True)):
        values = [cheapest_levels(plan, prices)[1] for plan in menu.plans]
        best = min(values, default=0.0)
        own = sorted((value - best, place) for place, value in enumerate(values))[1:TIED_MENU]
        distance[who] = own[0][0] if own else np.inf
        rows.extend((gap, position, place) for gap, place in own)
    near: dict[int, list[Plan]] = {}
    for _, position, place in sorted(rows)[: search.tied]:
        who = int(everyone[position])
        near.setdefault(who, []).append(menus[position].plans[place])
    for position, who in enumerate(everyone.tolist()):
        if who in near and menus[position].plans:
            near[who].append(menus[position].plans[0])
    whole = {who: menu.plans for who, menu in zip(everyone.tolist(), menus, strict=True)}
    return distance, near, whole


def _single(
    problem: Problem,
    best: Division,
    menus: dict[int, tuple[Plan, ...]],
    state: State,
    search: Search,
    left: Callable[[], float],
    pairs: bool,
) -> Division | None:
    """Return the division after changes of one or of two, where the shared side allows them.

    None where they do not help.
    """
    shared = pieces(problem.market)
    if shared is None or (pairs and (not best.feasible or problem.dimensions > MOST_PAIRED)):
        return None
    gain = 1e-9 * max(abs(best.value), problem.market.money)
    now = (shared, best.who, best.points, best.total, menus)
    if not pairs:
        points = change_one_by_one(*now, gain=gain, stop=lambda: left() <= 0.0)
    else:
        prices = state.row_prices[: problem.dimensions]
        room = problem.market.bregman(best.total, best.value - best.cost, state.row_prices)
        work = search.pairs // problem.dimensions
        points = change_in_pairs(
            *now, prices, room=room, gain=gain, work=work, stop=lambda: left() <= 0.0
        )
    found = _valued(problem, best.who, points, best.mixed)
    if not found.feasible or (best.feasible and found.value >= best.value):
        return None
    return found


def _by_chains(
    problem: Problem,
    participants: Participants,
    prices: Array,
    best: Division,
    search: Search,
    left: Callable[[], float],
) -> tuple[Division, list[Change]]:
    """Return what chains of moves give where every plan draws on one capacity, or the same."""
    seconds = left()
    if seconds <= 0.0:
        return best, []
    annealing = search.annealing
    if np.isfinite(seconds):
        annealing = replace(annealing, most=min(annealing.most, int(A_SECOND * seconds)))
    points = chained(problem, participants, prices, best.who, best.points, annealing, search.seed)
    if points is None:
        return best, []
    found = _valued(problem, best.who, points, best.mixed)
    if not found.feasible or (best.feasible and found.value >= best.value):
        return best, []
    reason = "moved in a chain of others, each pushing the next out"
    return found, _changes(best, found, reason)


def _compete(
    problem: Problem,
    near: dict[int, list[Plan]],
    best: Division,
    search: Search,
    nodes: int,
    left: Callable[[], float],
) -> Division | None:
    """Solve the restricted problem over the plans most nearly tied, the others held."""
    open_copies = np.flatnonzero([who in near for who in best.who.tolist()] | best.mixed)
    most = max(search.free, min(MOST_FREE, 4 * problem.dimensions))
    free = _few_of_each(best, open_copies, most)
    menus = [near.get(int(best.who[copy]), []) for copy in free]
    nodes = search.branches(nodes, problem.dimensions)
    return _restricted(problem, best, free, menus, nodes, search.gain, left())


def _few_of_each(division: Division, copies: IntArray, most: int) -> IntArray:
    """Return ``copies`` with at most ``most`` of one participant on one plan, undecided ones first.

    Copies are alike: to free more of them adds ways to say the same division.
    """
    order = copies[np.argsort(~division.mixed[copies], kind="stable")]
    seen: dict[tuple[int, str], int] = {}
    kept = []
    for copy in order.tolist():
        own = (int(division.who[copy]), division.points[copy].plan.id)
        seen[own] = seen.get(own, 0) + 1
        if seen[own] <= most:
            kept.append(copy)
    return np.sort(np.array(kept, dtype=np.int64))


def _neighbourhood(
    division: Division, distance: Array, size: int, number: int, generator: np.random.Generator
) -> IntArray:
    """Return the copies to free: nearest to a tie first; later at random, the nearer likelier."""
    own = distance[division.who]
    if number == 0 or not division.feasible:
        order = np.lexsort((own, ~division.mixed))
        return np.sort(order[:size])
    finite = own[np.isfinite(own)]
    typical = float(np.median(finite)) if finite.size else 1.0
    chance = 1.0 / (np.where(np.isfinite(own), own, 20.0 * typical) + 0.1 * typical + 1e-12)
    count = min(size, division.who.size)
    chosen = generator.choice(division.who.size, size=count, replace=False, p=chance / chance.sum())
    return np.sort(chosen)


def _search(
    problem: Problem,
    participants: Participants,
    prices: Array,
    bound: float,
    best: Division,
    free: IntArray,
    search: Search,
    left: Callable[[], float],
) -> Division | None:
    """Solve the restricted problem over menus of the freed copies, all others held."""
    asked, back = np.unique(best.who[free], return_inverse=True)
    slack = best.value - bound if best.feasible else abs(best.value)
    menus = participants.menus(prices, np.array(max(slack, 0.0)), search.menu, asked)
    plans = [menus[k].plans for k in back]
    nodes = search.branches(search.nodes, problem.dimensions)
    return _restricted(problem, best, free, plans, nodes, search.gain, left())


def _restricted(
    problem: Problem,
    best: Division,
    free: IntArray,
    menus: Sequence[Sequence[Plan]],
    nodes: int,
    gain: float,
    seconds: float,
) -> Division | None:
    """Return the division with the copies ``free`` on the best of their menus, all others held."""
    held = np.ones(best.who.size, dtype=bool)
    held[free] = False
    choices: list[Choice] = [
        _with(best.points[copy].plan, menu) for copy, menu in zip(free, menus, strict=True)
    ]
    kept, ranged = _held(best, held)
    program = RestrictedProgram(
        problem, [[kept], *([best.points[k].plan] for k in ranged), *choices]
    )
    start = _selection(problem, kept, [*ranged.tolist(), *free.tolist()], best)
    answer = program.solve(
        tolerance=0.1 * gain,
        max_nodes=nodes,
        max_passes=2,
        start=start,
        explore=False,
        time_limit=max(seconds, 0.1),
    )
    if answer.selection is None:
        return None
    points = list(best.points)
    for copy, point in zip([*ranged, *free], answer.selection.points[1:], strict=True):
        points[copy] = point
    return _valued(problem, best.who, tuple(points), best.mixed)


def _with(current: Plan, plans: Sequence[Plan]) -> list[Plan]:
    return [*plans] if any(plan.id == current.id for plan in plans) else [current, *plans]


def _held(best: Division, held: BoolArray) -> tuple[Plan, IntArray]:
    """Return the held copies summed into one plan, but for those with an operating range."""
    ranged = np.array([held[k] and point.levels.size > 0 for k, point in enumerate(best.points)])
    cost, total = best.cost, best.total.copy()
    for copy in np.flatnonzero(~held | ranged):
        cost -= best.points[copy].cost
        total -= best.points[copy].contribution
    return Plan("held", cost, total), np.flatnonzero(ranged)


def _selection(
    problem: Problem, kept: Plan, copies: Sequence[int], best: Division
) -> Selection | None:
    """Return the division in hand, as the restricted problem sees it."""
    if not best.feasible:
        return None
    points = (kept.at(np.zeros(0)), *(best.points[k] for k in copies))
    return Selection(points, problem.market.evaluate(best.total), best.value)


def _changes(before: Division, after: Division, reason: str) -> list[Change]:
    return [
        Change(int(who), new.plan.id, reason)
        for who, old, new in zip(before.who, before.points, after.points, strict=True)
        if old is not new and old.plan.id != new.plan.id
    ]


def as_selection(problem: Problem, division: Division) -> Selection:
    """Return the division with its market cleared."""
    cleared = problem.market.evaluate(division.total)
    return Selection(division.points, cleared, division.cost + cleared.value)


def recover_many(
    problem: Problem,
    participants: Participants,
    state: State,
    search: Search,
    *,
    left: Callable[[], float] = lambda: np.inf,
) -> tuple[Selection, tuple[Change, ...], bool]:
    """Return a division recovered from ``state``, the changes made, and whether it is feasible."""
    start = divide(problem, participants, state)
    best, changes = improve(problem, participants, state, start, search, left=left)
    return as_selection(problem, replace(best)), changes, best.feasible
