"""The linear programme of staffing, kept in HiGHS and changed between questions.

Columns: hires, releases and unfilled posts by occupation, then moves. Rows: people by occupation,
seat-months by occupation that has a limit, money, and empty posts in all. Only the posts, the costs
and the last two limits change between questions, so every solve but the first starts from the last
basis.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp

from workshare.arrays import Array
from workshare.population.training import Moves


@dataclass(frozen=True, slots=True)
class Terms:
    """Upper limits of the columns, money that can be spent, and posts that may stay empty."""

    upper: Array
    budget: float
    most_empty: float


@dataclass(frozen=True, slots=True)
class Flow:
    """A solution: workers by column group, its cost, the dual prices, and what it minimised."""

    hired: Array
    released: Array
    unfilled: Array
    moves: Array
    cost: float
    prices: Array
    seat_values: Array
    columns: Array
    rows: Array
    objective: Array
    terms: Terms
    statistics: Mapping[str, float]


class StaffingProgram:
    """The programme for one pool, network and time; see :mod:`workshare.population.staffing`.

    Parameters
    ----------
    limits : limits on hires and on releases, seat-months, cost of a hire; each by occupation.
    moves : the moves; those whose training does not fit into ``months`` are closed.
    months : the time available.
    """

    def __init__(
        self, limits: tuple[Array, Array, Array, Array], moves: Moves, months: float
    ) -> None:
        hires, releases, seats, hiring = limits
        self.count, self.edges = hires.size, moves.origin.size
        fits = moves.months <= months * (1 + 1e-12)
        self.upper = np.concatenate(
            [hires, releases, np.zeros(self.count), np.where(fits, np.inf, 0.0)]
        )
        self.money = np.concatenate([hiring, hiring, np.zeros(self.count), moves.cost])
        self.seated = np.flatnonzero(np.isfinite(seats))
        self.matrix = self._matrix(moves)
        self.room = seats[self.seated]
        self._highs: Any = None
        self._told: tuple[Array, Array] = (np.zeros(0), np.zeros(0))

    def _matrix(self, moves: Moves) -> sp.csr_matrix:
        """Return people, seat-month, money and empty-post rows over all columns."""
        one = sp.identity(self.count, format="csr")
        ends = np.arange(self.edges)
        shape = (self.count, self.edges)
        into = sp.csr_matrix((np.ones(self.edges), (moves.target, ends)), shape)
        out = sp.csr_matrix((np.ones(self.edges), (moves.origin, ends)), shape)
        taken = sp.csr_matrix((moves.months, (moves.target, ends)), shape)[self.seated]
        none = sp.csr_matrix((self.seated.size, 3 * self.count))
        empty = np.zeros(3 * self.count + self.edges)
        empty[2 * self.count : 3 * self.count] = 1.0
        return sp.vstack(
            [
                sp.hstack([one, one, one, into - out]),
                sp.hstack([none, taken]),
                sp.csr_matrix(self.money),
                sp.csr_matrix(empty),
            ],
            format="csr",
        )

    def cheapest(self, needed: Array) -> Flow | None:
        """Return the cheapest way to fill every post; None if some must stay empty."""
        return self._solve(needed, self.money, self._terms(np.zeros(self.count)))

    def fewest_unfilled(self, needed: Array, budget: float) -> tuple[Flow, Flow]:
        """Return a way that leaves the fewest posts empty within the budget, and the cheapest such.

        The first minimises the number of empty posts, the second money at that number.
        """
        empty = np.zeros(self.upper.size)
        empty[2 * self.count : 3 * self.count] = 1.0
        first = self._solve(needed, empty, self._terms(needed, budget))
        assert first is not None  # leaving every post empty is always possible
        # a hair more than the fewest, so that rounding does not make it impossible
        most = float(first.unfilled.sum()) * (1 + 1e-12) + 1e-9
        second = self._solve(needed, self.money, self._terms(needed, budget, most))
        return first, first if second is None else second

    def largest_scale(self, posts: Array, budget: float = np.inf) -> float:
        """Return the largest scale at which every post can be filled within the budget."""
        import highspy

        rows = self.matrix.shape[0]
        column = sp.csr_matrix(np.concatenate([-posts, np.zeros(rows - self.count)])[:, None])
        # as a programme of its own: the scale is one more column
        matrix = sp.hstack([self.matrix, column], format="csr")
        terms = self._terms(np.zeros(self.count), budget)
        lower, upper = self._row_limits(np.zeros(self.count), terms)
        limits = np.concatenate([terms.upper, [np.inf]])
        costs = np.concatenate([np.zeros(self.upper.size), [-1.0]])
        highs = _model(costs, limits, matrix, lower, upper)
        highs.run()
        status = highs.getModelStatus()
        if status in (
            highspy.HighsModelStatus.kUnbounded,
            highspy.HighsModelStatus.kUnboundedOrInfeasible,
        ):
            return np.inf
        return max(0.0, float(highs.getSolution().col_value[-1]))

    def _terms(self, may_stay_empty: Array, budget: float = np.inf, most: float = np.inf) -> Terms:
        upper = self.upper.copy()
        upper[2 * self.count : 3 * self.count] = may_stay_empty
        return Terms(upper, budget, most)

    def _row_limits(self, needed: Array, terms: Terms) -> tuple[Array, Array]:
        low = np.concatenate([needed, np.full(self.room.size + 2, -np.inf)])
        high = np.concatenate([needed, self.room, [terms.budget, terms.most_empty]])
        return low, high

    def _solve(self, needed: Array, costs: Array, terms: Terms) -> Flow | None:
        """Solve for some posts, costs and terms."""
        import highspy

        size = max(1e-12, float(np.max(np.abs(costs), initial=0.0)))
        scaled = costs / size
        lower, upper = self._row_limits(needed, terms)
        if self._highs is None:
            self._highs = _model(scaled, terms.upper, self.matrix, lower, upper)
        else:
            self._change(scaled, terms.upper, lower, upper)
        self._told = (scaled, terms.upper)
        self._highs.run()
        if self._highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        solution = self._highs.getSolution()
        x = np.maximum(np.asarray(solution.col_value), 0.0)
        y = np.asarray(solution.row_dual) * size
        count = self.count
        values = np.zeros(count)
        values[self.seated] = np.maximum(0.0, -y[count : count + self.room.size])
        return Flow(
            hired=x[:count],
            released=x[count : 2 * count],
            unfilled=x[2 * count : 3 * count],
            moves=x[3 * count :],
            cost=float(self.money @ x),
            prices=y[:count],
            seat_values=values,
            columns=x,
            rows=y,
            objective=costs,
            terms=terms,
            statistics={"iterations": float(self._highs.getInfo().simplex_iteration_count)},
        )

    def _change(self, costs: Array, most: Array, lower: Array, upper: Array) -> None:
        """Tell HiGHS what is new: rows always, columns only where they differ from last time."""
        columns = np.arange(costs.size, dtype=np.int32)
        rows = np.arange(lower.size, dtype=np.int32)
        if not np.array_equal(costs, self._told[0]):
            self._highs.changeColsCost(columns.size, columns, costs)
        if not np.array_equal(most, self._told[1]):
            self._highs.changeColsBounds(columns.size, columns, np.zeros(columns.size), most)
        self._highs.changeRowsBounds(rows.size, rows, lower, upper)

    def check(self, flow: Flow, needed: Array) -> list[tuple[str, float, str]]:
        """Return (name, relative violation, meaning) recomputed from the problem and the flow.

        The dual bound is rebuilt from the row prices alone: any prices give a valid bound, since
        every column is bounded or has a reduced cost that must not be negative.
        """
        x, count = flow.columns, self.count
        upper = flow.terms.upper
        size = 1.0 + float(np.max(needed, initial=0.0))
        people = np.abs(self.matrix[:count] @ x - needed)
        seats = self.matrix[count:-2] @ x - self.room
        over = max(np.max(seats, initial=0.0), np.max(x - upper, initial=0.0))
        value = float(flow.objective @ x)
        bound, unproven = self._bound(flow, needed)
        return [
            (
                "people",
                float(np.max(people, initial=0.0)) / size,
                "Every post is filled or counted as empty; relative to the largest need.",
            ),
            (
                "limits",
                float(over) / size,
                "Nobody is hired, released or trained beyond what there is; same measure.",
            ),
            ("prices", unproven, "No move would pay at the prices found; share of the top cost."),
            ("gap", (value - bound) / (1.0 + abs(value)), "Above what the prices prove; relative."),
        ]

    def _bound(self, flow: Flow, needed: Array) -> tuple[float, float]:
        """Return the least that the row prices prove, and by how much an open move would pay."""
        y, upper = flow.rows.copy(), flow.terms.upper
        y[self.count :] = np.minimum(y[self.count :], 0.0)
        _, limits = self._row_limits(needed, flow.terms)
        priced = y != 0
        reduced = np.minimum(0.0, flow.objective - self.matrix.T @ y)
        bounded = np.isfinite(upper)
        bound = float(y[priced] @ limits[priced] + reduced[bounded] @ upper[bounded])
        size = max(1e-12, float(np.max(np.abs(flow.objective), initial=0.0)))
        return bound, float(-reduced[~bounded].min(initial=0.0)) / size


def _model(costs: Array, upper: Array, matrix: sp.csr_matrix, low: Array, high: Array) -> Any:
    """Return a HiGHS model of ``minimise costs x, low <= matrix x <= high, 0 <= x <= upper``."""
    import highspy

    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", 1)
    highs.setOptionValue("random_seed", 0)
    highs.setOptionValue("primal_feasibility_tolerance", 1e-9)
    highs.setOptionValue("dual_feasibility_tolerance", 1e-9)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = costs.size, low.size
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = costs, np.zeros(costs.size), upper
    lp.row_lower_, lp.row_upper_ = low, high
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = matrix.indptr
    lp.a_matrix_.index_ = matrix.indices
    lp.a_matrix_.value_ = matrix.data
    highs.passModel(lp)
    return highs
