"""Recovery where models are disclosed: whole-numbered variables re-optimised together, by margin.

The *margin* of a whole-numbered variable is what its owner's best plan costs more, at the final
prices, when the variable takes another value. A division that costs less than ``value`` has every
participant within ``value - bound`` of its best answer, so a variable whose margin is larger is
decided. That is Lagrangian variable fixing; here it also says where to look first:

1. *Widening*: variables of margin up to a small slack are free together, the others stand; then the
   slack is doubled, while the joint problem can still be solved well or until nothing undecided is
   left.
2. *Neighbourhoods*: of the undecided variables, those of a band of shared dimensions (hours that
   follow each other), the bands where the division in hand forgoes most first, and in turns those
   of some participants drawn at random, whoever forgoes more likelier; all others stand (Shaw 1998,
   as in :mod:`workshare.coordination.neighbourhood`).

A collection that has ``margins(who, prices)`` gives them exactly; of others they are taken from the
plans answered on the way, which only guides the search.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import scipy.sparse as sp

from workshare.arrays import Array
from workshare.coordination.disclosed import (
    Disclosing,
    Found,
    Mask,
    Whole,
    convexified_levels,
    solve_whole,
)
from workshare.coordination.state import State

CUT_SHORT = 1e-3
"""A joint problem that ends with a larger gap was too large: no larger one is tried."""

TIME_LIMIT = "Time limit reached"
"""How HiGHS says that the clock ended a joint problem."""

NOTHING = Found(None, np.inf, -np.inf, "not tried")


@dataclass(frozen=True, slots=True)
class Reoptimisation:
    """How far models are re-optimised together; the answer does not depend on the machine.

    Attributes
    ----------
    slack : margins up to this share of the bound are free in the first joint problem.
    widen : by so much the slack grows from one joint problem to the next.
    most : variables that are free at once by their margins (until a division is found, more).
    neighbourhoods : at most so many after the widening.
    band : length of a band, as a share of the dimensions that whole-numbered variables touch.
    free : participants freed at once.
    nodes : branches of each joint problem.
    patience : stop after so many neighbourhoods in a row without gain.
    enough : stop at this gap between value and bound, relative to the value.
    gap : relative gap at which each joint problem may stop.
    seed : of the participants drawn.
    """

    slack: float = 1e-4
    widen: float = 2.0
    most: int = 800
    neighbourhoods: int = 10
    band: float = 0.3
    free: int = 15
    nodes: int = 250
    patience: int = 2
    enough: float = 1e-4
    gap: float = 2e-4
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Improved:
    """A division re-optimised: variables, value, and who was changed against the start.

    ``values`` are those of the best division after each of the ``tried`` joint problems; ``timed``
    says that the clock cut one of them short, so that the answer depends on the machine.
    """

    x: Array
    value: float
    changed: tuple[int, ...] = ()
    tried: int = 0
    values: tuple[float, ...] = field(default_factory=tuple)
    timed: bool = False


@dataclass(frozen=True, slots=True)
class Decided:
    """What the prices say of every variable: its value, and the margin of another one.

    ``margin`` is zero where a variable follows from others or is not whole-numbered, and infinite
    where no plan with another value is known; ``exact`` marks participants whose margins are exact.
    """

    value: Array
    margin: Array
    exact: Mask


def improve_disclosed(
    whole: Whole,
    state: State,
    search: Reoptimisation | None = None,
    *,
    seconds: float = np.inf,
    stop: Callable[[], bool] = lambda: False,
) -> Improved | None:
    """Return a division recovered from the rounds of ``state``, or None where none is feasible.

    Parameters
    ----------
    seconds : of each joint problem; where it cuts one short the answer depends on the machine.
    stop : asked between joint problems.
    """
    run = _Run(whole, state.bound, decide(whole, state), search or Reoptimisation(), seconds)
    for open_now in _widening(run):
        found = run.attempt(open_now)
        if run.best.x is not None and (run.close_enough or stop() or _cut_short(found)):
            break
    run.idle = 0
    for open_now in _neighbourhoods(run):
        if run.close_enough or stop() or run.idle >= run.search.patience:
            break
        run.attempt(open_now)
    best = run.best
    if best.x is None:
        return None
    mean, _ = convexified_levels(whole, state)
    changed = tuple(
        who for who in range(len(whole.models)) if np.any(_differs(whole, who, mean, best.x))
    )
    return Improved(best.x, best.value, changed, len(run.values), tuple(run.values), run.timed)


@dataclass(slots=True)
class _Run:
    """A search under way: the best division so far, and its value after each joint problem."""

    whole: Whole
    bound: float
    decided: Decided
    search: Reoptimisation
    seconds: float
    best: Found = NOTHING
    idle: int = 0
    timed: bool = False
    values: list[float] = field(default_factory=list)

    @property
    def close_enough(self) -> bool:
        """Whether the gap is as small as was asked."""
        value = self.best.value
        return value - self.bound <= self.search.enough * abs(value)

    def attempt(self, open_now: Mask) -> Found:
        """Solve the joint problem with only the variables ``open_now`` free; keep what is best."""
        held = self.whole.model.integer & ~open_now
        if self.best.x is not None:
            # what leaves a need unmet by a hair is cheaper than any division, and no use
            held[self.whole.starts[-1] :] = self.whole.problem.market.form.is_unmet
        found = solve_whole(
            self.whole,
            seconds=self.seconds,
            nodes=self.search.nodes,
            gap=self.search.gap,
            held=held,
            start=self.decided.value if self.best.x is None else self.best.x,
        )
        self.timed = self.timed or found.status == TIME_LIMIT
        gained = found.x is not None and (
            self.best.x is None or found.value < self.best.value - 1e-7 * abs(self.best.value)
        )
        self.best = found if gained else self.best
        self.idle = 0 if gained else self.idle + 1
        self.values.append(self.best.value)
        return found


def decide(whole: Whole, state: State) -> Decided:
    """Return values and margins of all variables at the prices of the bound.

    What the convexified solution leaves open has margin zero whatever the prices say.
    """
    together = whole.problem.participants
    assert isinstance(together, Disclosing)
    _, spread = convexified_levels(whole, state)
    prices = state.row_prices[: whole.problem.dimensions]
    value, margin = np.zeros(whole.model.size), np.zeros(whole.model.size)
    exact = np.zeros(len(whole.models), dtype=bool)
    ask = getattr(together, "margins", None)
    for who in range(len(whole.models)):
        own = slice(whole.starts[who], whole.starts[who + 1])
        exact[who] = ask is not None
        value[own], margin[own] = ask(who, prices) if ask else _seen(whole, state, who, prices)
    margin[(spread > 0.5) | ~whole.model.integer] = 0.0
    return Decided(value, margin, exact)


def _seen(whole: Whole, state: State, who: int, prices: Array) -> tuple[Array, Array]:
    """Return the same as ``margins`` from the plans that a participant answered on the way."""
    together = whole.problem.participants
    assert isinstance(together, Disclosing)
    size = whole.models[who].size
    places = np.flatnonzero(state.pool.who == who)
    if places.size == 0:
        return np.zeros(size), np.full(size, np.inf)
    reduced = state.pool.reduced(prices)[places]
    order = np.argsort(reduced, kind="stable")
    plans = [together.represent(who, int(state.pool.key[places[k]])) for k in order]
    margin = np.full(size, np.inf)
    for place, x in zip(order[::-1], plans[::-1], strict=True):
        margin[np.abs(x - plans[0]) > 0.5] = reduced[place] - reduced[order[0]]
    return plans[0], margin


def _widening(run: _Run) -> Iterator[Mask]:
    """Give the variables to free, more and more of them, until what is left is decided."""
    decided, search, integer = run.decided, run.search, run.whole.model.integer
    counted = np.where(integer & (decided.margin > 0), decided.margin, np.inf)
    most, slack = search.most, search.slack * max(abs(run.bound), 1e-12)
    total, before = int(np.sum(integer)), np.zeros(integer.size, dtype=bool)
    while True:
        covered = slack >= run.best.value - run.bound
        if covered and not np.all(decided.exact) and total <= most:
            slack = np.inf  # margins seen on the way prove nothing: nothing stands, where few do
        open_now = integer & (decided.margin <= slack)
        capped = int(np.sum(counted <= slack)) > most
        if capped:
            open_now = integer & (decided.margin == 0)
            open_now[np.argsort(counted, kind="stable")[:most]] = True
        if not np.any(before) or np.any(open_now & ~before):
            yield open_now
            before = open_now
        found = run.best.x is not None
        if int(np.sum(open_now)) == total or (found and (capped or covered)):
            return
        if capped:
            most *= 2
        elif found or np.any(np.isfinite(counted) & (counted > slack)):
            slack *= search.widen
        else:
            slack, most = np.inf, total


def _cut_short(found: Found) -> bool:
    return found.value - found.bound > CUT_SHORT * abs(found.value)


def _neighbourhoods(run: _Run) -> Iterator[Mask]:
    """Give variables to free: those of a band of dimensions, then of some participants, in turns.

    Of the bands not yet looked at, the one where the division in hand forgoes most comes next.
    """
    whole, decided, search = run.whole, run.decided, run.search
    integer, count = whole.model.integer, len(whole.models)
    generator = np.random.default_rng(search.seed)
    owner = np.full(integer.size, count)
    owner[: whole.starts[-1]] = np.repeat(np.arange(count), np.diff(whole.starts))
    exact = np.append(decided.exact, False)[owner]
    follows = integer & exact & (decided.margin == 0)
    bands = _bands(whole, search.band)
    waiting = list(range(len(bands)))
    for number in range(search.neighbourhoods):
        x, value = run.best.x, run.best.value
        if x is None:
            return
        moved = integer & (np.abs(x - decided.value) > 0.5) & np.isfinite(decided.margin)
        forgone = np.where(moved, decided.margin, 0.0)
        undecided = integer & ((decided.margin <= value - run.bound) | ~exact)
        if number % 2 == 0 and bands:
            waiting = waiting or list(range(len(bands)))
            lost = [float(forgone[band].sum()) for band in bands]
            chosen = max(waiting, key=lost.__getitem__)
            waiting.remove(chosen)
            inside = bands[chosen]
        else:
            by_owner = np.bincount(owner, forgone, minlength=count)[:count]
            chance = by_owner + 0.5 * np.mean(by_owner) + 1e-12
            some = min(search.free, count)
            drawn = generator.choice(count, some, replace=False, p=chance / chance.sum())
            inside = np.isin(owner, drawn)
        yield undecided & (inside | follows)


def _bands(whole: Whole, share: float) -> list[Mask]:
    """Return the variables that touch each band of dimensions; bands overlap by half."""
    touch = touching(whole)
    used = np.flatnonzero(touch.getnnz(axis=1))
    if used.size == 0:
        return []
    length = max(1, round(share * used.size))
    firsts = [*range(0, max(1, used.size - length), max(1, length // 2)), used.size - length]
    return [
        np.asarray(touch[used[first : first + length]].getnnz(axis=0)) > 0
        for first in dict.fromkeys(firsts)
    ]


def touching(whole: Whole) -> Any:
    """Return dimensions x variables (0/1, sparse): which whole-numbered variables touch which.

    A variable touches the dimensions that it adds to; one that adds to none, those of the variables
    that its own rows tie it to.
    """
    dimensions = whole.problem.dimensions
    rows = sp.csr_matrix(whole.model.rows != 0).astype(float)
    market = whole.problem.market.form.rows.shape[0]
    shared = rows[:dimensions].copy()
    owned = sp.csr_matrix(rows[market:])
    silent = whole.model.integer & (np.asarray(shared.getnnz(axis=0)) == 0)
    tied = sp.csr_matrix((shared @ owned.T) @ owned @ sp.diags(silent.astype(float)))
    both = shared @ sp.diags(whole.model.integer.astype(float)) + tied
    both.eliminate_zeros()
    both.data[:] = 1.0
    return sp.csr_matrix(both)


def _differs(whole: Whole, who: int, mean: Array, x: Array) -> Mask:
    own = slice(whole.starts[who], whole.starts[who + 1])
    integer = whole.model.integer[own]
    different: Mask = (np.abs(mean[own] - x[own]) > 1e-6) & integer
    return different
