"""Where participants disclose their models: relaxation prices, and models re-optimised together.

Nobody has to. Who does lets the coordinator start from the prices of the joint linear relaxation
(:func:`relaxation_prices`) and, after the rounds, re-optimise some participants' whole-numbered
variables together while the others' stand (:func:`improve_disclosed`): the restricted problem of
recovery, over models in place of plans. Hard balances need that: fixed points never add up to a
demand exactly. With nothing held it is the whole problem as one MILP (:func:`solve_whole`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from workshare.arrays import Array
from workshare.coordination.problem import Problem, Selection
from workshare.coordination.residual import joined
from workshare.coordination.state import State
from workshare.errors import OptionError
from workshare.response import MatrixModel, Plan
from workshare.response.matrix import load

Mask = npt.NDArray[np.bool_]


@runtime_checkable
class Disclosing(Protocol):
    """A collection whose participants disclose their models."""

    def disclose(self, who: int) -> MatrixModel:
        """Return participant ``who``'s model."""
        ...

    def represent(self, who: int, key: int) -> Array:
        """Return the model's variables at a point that was answered."""
        ...


@dataclass(frozen=True, slots=True)
class Reoptimisation:
    """How far models are re-optimised together.

    Attributes
    ----------
    neighbourhoods : at most so many after the first.
    free : participants freed at once after the first.
    nodes : branches of each MILP, which do not depend on the machine.
    seconds : of each MILP; the answer may then depend on the machine.
    patience : stop after so many in a row without gain.
    enough : stop at this gap between value and bound, relative to the value.
    gap : relative gap at which each MILP may stop.
    seed : of the random neighbourhoods.
    """

    neighbourhoods: int = 20
    free: int = 15
    nodes: int = 2000
    seconds: float = 30.0
    patience: int = 6
    enough: float = 1e-4
    gap: float = 2e-4
    seed: int = 0


@dataclass(frozen=True)
class Whole:
    """Every model and the market as one; ``starts`` bounds each participant's variables."""

    problem: Problem
    models: tuple[MatrixModel, ...]
    model: MatrixModel
    starts: Any

    def part(self, x: Array, who: int) -> Array:
        """Return participant ``who``'s variables."""
        own: Array = x[self.starts[who] : self.starts[who + 1]]
        return own


@dataclass(frozen=True, slots=True)
class Found:
    """The best variables found, their value, the proven bound, and how HiGHS ended."""

    x: Array | None
    value: float
    bound: float
    status: str


@dataclass(frozen=True, slots=True)
class Improved:
    """A division re-optimised: variables, value, and who was changed against the start."""

    x: Array
    value: float
    changed: tuple[int, ...] = ()
    tried: int = 0
    values: tuple[float, ...] = field(default_factory=tuple)


def whole_model(problem: Problem) -> Whole:
    """Return the problem as one model.

    Raises
    ------
    OptionError : participants do not disclose models, or the market has quadratic terms.
    """
    together = problem.participants
    if not isinstance(together, Disclosing):
        raise OptionError("participants: must disclose their models (a method 'disclose')")
    form = problem.market.form
    if np.any(form.curvature):
        raise OptionError("market: has quadratic terms; models are joined with linear ones only")
    if np.any(together.multiplicity > 1):
        raise OptionError("participants: copies must be separate to be re-optimised together")
    models = tuple(together.disclose(who) for who in range(len(together)))
    starts = np.concatenate([[0], np.cumsum([model.size for model in models])])
    return Whole(problem, models, joined(list(models), form), starts)


def relaxation_prices(whole: Whole) -> tuple[Array, float]:
    """Return row prices of the joint linear relaxation, and its value (a lower bound).

    Raises
    ------
    OptionError : the relaxation has no solution.
    """
    relaxed = replace(whole.model, integer=np.zeros(whole.model.size, dtype=bool))
    highs = load(relaxed.cost, relaxed)
    highs.setOptionValue("solver", "ipm")
    highs.run()
    info = highs.getInfo()
    if info.primal_solution_status != 2:
        raise OptionError("linear relaxation: has no solution; a need that nobody can meet")
    rows = whole.problem.market.form.rows.shape[0]
    prices = np.asarray(highs.getSolution().row_dual)[:rows]
    return prices, float(info.objective_function_value) + whole.model.constant


def solve_whole(
    whole: Whole,
    *,
    seconds: float = np.inf,
    nodes: int | None = None,
    gap: float = 1e-4,
    held: Mask | None = None,
    start: Array | None = None,
    cutoff: float = np.inf,
    stop: Callable[[], bool] | None = None,
) -> Found:
    """Return what HiGHS makes of the joint model, with the variables in ``held`` as in ``start``.

    ``start`` is also offered as a first solution. Only a division that leaves no need unmet counts.
    ``stop`` is asked from time to time and ends the search: a limit by the caller's own clock.
    """
    model = whole.model
    if held is not None and start is not None:
        lower, upper = model.lower.copy(), model.upper.copy()
        lower[held] = upper[held] = np.clip(start[held], lower[held], upper[held])
        model = replace(model, lower=lower, upper=upper)
    highs = load(model.cost, model)
    highs.setOptionValue("time_limit", float(seconds))
    highs.setOptionValue("mip_rel_gap", gap)
    if nodes is not None:
        highs.setOptionValue("mip_max_nodes", nodes)
    if np.isfinite(cutoff):
        highs.setOptionValue("objective_bound", cutoff - whole.model.constant)
    if start is not None:
        index = np.flatnonzero(whole.model.integer).astype(np.int32)
        highs.setSolution(index.size, index, start[index])
    if stop is not None:
        highs.cbMipInterrupt += lambda event: event.interrupt(stop())
    highs.run()
    info = highs.getInfo()
    status = highs.modelStatusToString(highs.getModelStatus())
    bound = float(info.mip_dual_bound) + whole.model.constant
    if info.primal_solution_status != 2:
        return Found(None, np.inf, bound, status)
    x = np.asarray(highs.getSolution().col_value)
    x = np.where(whole.model.integer, np.round(x), x)
    if whole.problem.market.form.unmet_share(x[whole.starts[-1] :]) > 1e-6:
        return Found(None, np.inf, bound, f"{status}, needs unmet")
    return Found(x, whole.model.value(x), bound, status)


def convexified_levels(whole: Whole, state: State) -> tuple[Array, Array]:
    """Return every variable's mean and its spread over the convexified solution of ``state``.

    Only whole-numbered variables have a spread above zero.
    """
    together = whole.problem.participants
    assert isinstance(together, Disclosing)
    mean, low, high = (np.zeros(whole.model.size) for _ in range(3))
    low[:], high[:] = np.inf, -np.inf
    pool = state.pool
    for place in np.flatnonzero(state.weights > 1e-7):
        who = int(pool.who[place])
        own = slice(whole.starts[who], whole.starts[who + 1])
        x = together.represent(who, int(pool.key[place]))
        mean[own] += state.weights[place] * x
        low[own], high[own] = np.minimum(low[own], x), np.maximum(high[own], x)
    spread = np.where(np.isfinite(high - low) & whole.model.integer, high - low, 0.0)
    return mean, spread


def improve_disclosed(
    whole: Whole,
    state: State,
    search: Reoptimisation | None = None,
    *,
    stop: Callable[[], bool] = lambda: False,
) -> Improved | None:
    """Return a division recovered from the rounds of ``state`` by re-optimising models together.

    First every whole-numbered variable on which the convexified solution is decided stands and the
    others are free; then, at random, groups of participants, those nearest to a tie likelier, and
    bands of variables that changed lately. None where nothing feasible was found.
    """
    search = search or Reoptimisation()
    mean, spread = convexified_levels(whole, state)
    first = _first(whole, mean, spread, search)
    if first.x is None:
        return None
    generator = np.random.default_rng(search.seed)
    weight = _undecided(whole, state, spread)
    best, tried, idle, values = first, 1, 0, [first.value]
    while tried <= search.neighbourhoods and idle < search.patience and not stop():
        if best.value - state.bound <= search.enough * abs(best.value):
            break
        assert best.x is not None
        held = _held(whole, generator, weight, search.free, tried)
        found = solve_whole(
            whole, seconds=search.seconds, nodes=search.nodes, gap=search.gap, held=held,
            start=best.x,
        )  # fmt: skip
        tried += 1
        if found.x is not None and found.value < best.value - 1e-7 * abs(best.value):
            best, idle = found, 0
        else:
            idle += 1
        values.append(best.value)
    assert best.x is not None
    changed = tuple(
        who for who in range(len(whole.models)) if np.any(_differs(whole, who, mean, best.x))
    )
    return Improved(best.x, best.value, changed, tried, tuple(values))


def _differs(whole: Whole, who: int, mean: Array, x: Array) -> Mask:
    own = slice(whole.starts[who], whole.starts[who + 1])
    integer = whole.model.integer[own]
    different: Mask = (np.abs(mean[own] - x[own]) > 1e-6) & integer
    return different


def _first(whole: Whole, mean: Array, spread: Array, search: Reoptimisation) -> Found:
    """Free what the convexified solution leaves open, and then more participants."""
    start = np.where(whole.model.integer, np.round(mean), mean)
    open_share = np.array(
        [float(np.sum(_part(spread, whole, who))) for who in range(len(whole.models))]
    )
    for extra in (0, len(whole.models) // 4, len(whole.models) // 2, len(whole.models)):
        held = whole.model.integer & (spread < 0.5)
        for who in np.argsort(-open_share, kind="stable")[:extra]:
            held[whole.starts[who] : whole.starts[who + 1]] = False
        found = solve_whole(
            whole, seconds=search.seconds, nodes=search.nodes, gap=search.gap, held=held,
            start=start,
        )  # fmt: skip
        if found.x is not None:
            return found
    return found


def _part(values: Array, whole: Whole, who: int) -> Array:
    own: Array = values[whole.starts[who] : whole.starts[who + 1]]
    return own


def _undecided(whole: Whole, state: State, spread: Array) -> Array:
    """Return the chance with which each participant is freed: the more undecided, the likelier."""
    count = len(whole.models)
    prices = state.row_prices[: whole.problem.dimensions]
    reduced = state.pool.reduced(prices)
    distance = np.full(count, np.inf)
    for who in range(count):
        own = np.sort(reduced[state.pool.who == who])
        if own.size > 1:
            distance[who] = own[1] - own[0]
    open_share = np.array([float(np.any(_part(spread, whole, who) > 0.5)) for who in range(count)])
    finite = distance[np.isfinite(distance)]
    typical = float(np.median(finite)) + 1e-9 if finite.size else 1.0
    chance = 1.0 / (1.0 + np.where(np.isfinite(distance), distance, 50 * typical) / typical)
    weight: Array = chance + open_share + 0.02
    return weight


def _held(
    whole: Whole, generator: np.random.Generator, weight: Array, free: int, number: int
) -> Mask:
    """Return which whole-numbered variables stand: all but those of participants drawn."""
    count = min(free, weight.size)
    drawn = generator.choice(weight.size, size=count, replace=False, p=weight / weight.sum())
    held: Mask = whole.model.integer.copy()
    for who in drawn:
        held[whole.starts[who] : whole.starts[who + 1]] = False
    return held


def as_division(whole: Whole, x: Array) -> Selection:
    """Return the joint variables as one plan for each participant, with the market cleared."""
    points = []
    for who, model in enumerate(whole.models):
        own = whole.part(x, who)
        name = whole.problem.participants.ids[who]
        plan = Plan(f"{name}:joint", model.value(own), model.adds(own), meta=own)
        points.append(plan.at(np.zeros(0)))
    total = np.sum([point.contribution for point in points], axis=0)
    cleared = whole.problem.market.evaluate(total)
    cost = float(sum(point.cost for point in points))
    return Selection(tuple(points), cleared, cost + cleared.value)
