"""Where participants disclose their models: relaxation prices, and the models joined in one.

Nobody has to. Who does lets the coordinator start from the prices of the joint linear relaxation
(:func:`relaxation_prices`) and, after the rounds, re-optimise some whole-numbered variables
together while the others stand (:mod:`workshare.coordination.reoptimise`): the restricted problem
of recovery, over models in place of plans. Hard balances need that: fixed points never add up to a
demand exactly. With nothing held it is the whole problem as one MILP (:func:`solve_whole`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
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
