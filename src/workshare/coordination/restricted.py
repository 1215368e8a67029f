"""The restricted problem: the best combination of plans already known, solved to a proven gap.

Problem (1) with each participant held to a list of plans (or to its disclosed model) is a
mixed-integer problem with a separable convex quadratic market. It is solved by outer
linearisation: every quadratic is bounded below by tangents, HiGHS solves the MILP, the exact
quadratic problem is solved at its decisions, and tangents are added where they were loose until
the MILP's proven bound meets the exact value. Each tangent belongs to one variable only, so few
passes are needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import scipy.sparse as sp

from workshare.arrays import Array
from workshare.coordination.columns import Choice, collect, read, said, width
from workshare.coordination.operate import operate
from workshare.coordination.problem import Problem, Selection
from workshare.coordination.shared_steps import shared_steps
from workshare.coordination.sums import Sums
from workshare.response import IntArray, Plan, Point, PrivateModel

NO_LIMIT = 2**31 - 1

LEARNING = 60
"""How often the MILP is built anew where the market's form is a model that learns."""

MANY_DECISIONS = 600
"""From so many decisions on, presolve and heuristics pay (measured on generalised assignment)."""


@dataclass(frozen=True, slots=True)
class Restricted:
    """A solved restricted problem: the selection, the proven bound on it, and how it ended.

    ``branches`` are those of all passes; ``status`` is ``solved``, ``infeasible``, ``node_limit``,
    ``time_limit`` or ``interrupted``.
    """

    selection: Selection | None
    bound: float
    status: str
    passes: int
    branches: int = 0


class RestrictedProgram:
    """The restricted problem as a MILP that can be solved again with another objective.

    Column order: decisions (0/1), levels (scaled by their upper bound), market variables (scaled),
    one epigraph variable per quadratic, the number of each shared step in all, then columns added
    by :meth:`add_column`. Who takes a shared step is continuous until somebody adds a row or an
    objective that could make that matter (:mod:`workshare.coordination.shared_steps`).
    """

    def __init__(
        self,
        problem: Problem,
        choices: Sequence[Choice],
        *,
        tangents: Sequence[Array] = (),
        segments: int = 8,
    ) -> None:
        self.problem = problem
        self.choices = choices
        self.tangents = tuple(tangents)
        self.segments = segments
        self.interruptible = False
        self.table = collect(choices)
        self.decisions = len(self.table.participant)
        self.levels = len(self.table.level_cost)
        self.shared = shared_steps(self.table)
        self.counted = 0 if self.shared is None else len(self.shared)
        self.first_market = self.decisions + self.levels
        self.level_scale = np.array([max(u, 1e-12) for u in self.table.level_upper])
        self._begin()

    def _begin(self) -> None:
        """Build the MILP of the market's form as it is now."""
        market = self.source = self.problem.market.form
        if any(isinstance(choice, Sums) for choice in self.choices):
            market = replace(
                market,
                row_scale=_natural(market.row_scale),
                column_scale=_natural(market.column_scale),
            )
        self.form = market
        self.quadratic = np.flatnonzero(market.curvature > 0)
        self.first_epigraph = self.first_market + len(market.columns)
        self.first_count = self.first_epigraph + self.quadratic.size
        self.columns = self.first_count + self.counted
        self.money = market.money
        self.objective = self._cost_objective()
        self.highs = self._build()
        self._add_training()
        self._tangent_keys: set[tuple[int, float]] = set()
        for share in np.linspace(0.0, 1.0, self.segments + 1):
            self.add_tangents(share * market.upper)
        for levels in self.tangents:
            # a little to either side too: the optimum moves by small steps from what is known
            for share in (0.97, 0.99, 1.0, 1.01, 1.03):
                self.add_tangents(share * levels)

    # -- building ---------------------------------------------------------------------------------

    def _cost_objective(self) -> Array:
        market = self.form
        table = self.table
        return (
            np.concatenate(
                [
                    np.array(table.decision_cost),
                    np.array(table.level_cost) * self.level_scale,
                    market.cost * market.column_scale,
                    np.full(self.quadratic.size, self.money),
                    np.zeros(self.counted),
                ]
            )
            / self.money
        )

    def _build(self) -> Any:
        import highspy

        market, table = self.form, self.table
        dimensions = self.problem.dimensions
        inner = market.rows.shape[0] - dimensions
        shared = self.shared
        decided = table.decision_total if shared is None else shared.others(table)
        given = [sp.csr_matrix((dimensions, 0))]
        given += [sp.csr_matrix(total[:, None]) for total in decided]
        given += [
            sp.csr_matrix((unit * scale)[:, None])
            for unit, scale in zip(table.level_total, self.level_scale, strict=True)
        ]
        totals = sp.vstack([sp.hstack(given), sp.csr_matrix((inner, self.first_market))])
        balance = sp.hstack(
            [
                totals,
                market.rows @ sp.diags(market.column_scale),
                sp.csr_matrix((market.rows.shape[0], self.quadratic.size)),
                sp.csr_matrix((market.rows.shape[0], 0))
                if shared is None
                else sp.vstack([shared.contribution.T, sp.csr_matrix((inner, len(shared)))]),
            ]
        )
        balance = sp.diags(1.0 / market.row_scale) @ balance
        own, low, high = self._own_rows()
        matrix = sp.vstack([balance, own], format="csr")
        matrix.data[np.abs(matrix.data) < 1e-13] = 0.0
        matrix.eliminate_zeros()
        upper = np.where(market.is_unmet, 0.0, market.upper / market.column_scale)
        lp = highspy.HighsLp()
        lp.num_col_ = self.columns
        lp.num_row_ = matrix.shape[0]
        lp.col_cost_ = self.objective
        lp.col_lower_ = np.concatenate(
            [
                np.array(table.decision_lower),
                np.zeros(self.levels),
                market.lower / market.column_scale,
                np.full(self.quadratic.size + self.counted, 0.0),
            ]
        )
        lp.col_upper_ = np.concatenate(
            [
                np.array(table.decision_upper),
                np.ones(self.levels),
                upper,
                np.full(self.quadratic.size, np.inf),
                np.zeros(0) if shared is None else shared.most,
            ]
        )
        zero = np.zeros(market.rows.shape[0])
        lp.row_lower_ = np.concatenate([zero, low])
        lp.row_upper_ = np.concatenate([zero, high])
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = matrix.indptr
        lp.a_matrix_.index_ = matrix.indices
        lp.a_matrix_.value_ = matrix.data
        kinds = highspy.HighsVarType
        whole = np.arange(self.columns) < self.decisions
        whole[self.first_count :] = True
        if shared is not None:
            whole[shared.decision] = False
        lp.integrality_ = [kinds.kInteger if w else kinds.kContinuous for w in whole.tolist()]
        highs = highspy.Highs()
        highs.setOptionValue("output_flag", False)
        highs.setOptionValue("threads", 1)
        highs.setOptionValue("random_seed", 0)
        highs.setOptionValue("mip_feasibility_tolerance", 1e-9)
        highs.setOptionValue("primal_feasibility_tolerance", 1e-9)
        highs.setOptionValue("dual_feasibility_tolerance", 1e-9)
        if self.decisions < MANY_DECISIONS and not any(isinstance(c, Sums) for c in self.choices):
            # measured on the embedded cases: sub-MIP heuristics, cuts below the root and presolve
            # cost most of the time and improve little, since good divisions are known before
            for name in ("feasibility_jump", "rins", "rens", "root_reduced_cost"):
                highs.setOptionValue(f"mip_heuristic_run_{name}", False)
            highs.setOptionValue("presolve", "off")
            highs.setOptionValue("mip_allow_cut_separation_at_nodes", False)
        highs.passModel(lp)
        return highs

    def _own_rows(self) -> tuple[sp.csr_matrix, Array, Array]:
        """Return link rows (levels within their decision's range) and participants' own rows."""
        table = self.table
        entries: list[tuple[int, int, float]] = []
        low: list[float] = []
        high: list[float] = []
        for index, decision in enumerate(table.level_decision):
            column = self.decisions + index
            lower = table.level_lower[index] / self.level_scale[index]
            entries += [(len(low), column, 1.0), (len(low), decision, -1.0)]
            low.append(-np.inf)
            high.append(0.0)
            if lower > 0:
                entries += [(len(low), column, 1.0), (len(low), decision, -lower)]
                low.append(0.0)
                high.append(np.inf)
        for decisions, levels, least, most in table.rows:
            size = max([abs(most) if np.isfinite(most) else 0.0, *map(abs, decisions.values())])
            size = size or 1.0
            for column, value in decisions.items():
                entries.append((len(low), column, value / size))
            for index, value in levels.items():
                column = self.decisions + index
                entries.append((len(low), column, value * self.level_scale[index] / size))
            low.append(least / size)
            high.append(most / size)
        for terms in () if self.shared is None else self.shared.rows(self.first_count):
            entries += [(len(low), column, value) for column, value in terms.items()]
            low.append(0.0)
            high.append(0.0)
        shape = (len(low), self.columns)
        if not entries:
            return sp.csr_matrix(shape), np.array(low), np.array(high)
        rows, columns, values = zip(*entries, strict=True)
        return sp.csr_matrix((values, (rows, columns)), shape=shape), np.array(low), np.array(high)

    def _add_training(self) -> None:
        """Add what workers beyond those at hand cost, for participants that disclose a model."""
        first = 0
        for choice in self.choices:
            if not isinstance(choice, PrivateModel):
                first += width(choice)
                continue
            for training in choice.training:
                most = max(1e-12, float(training.jobs.sum()))
                column = self.add_column(0.0, np.inf)
                self.objective[column] = training.cost * most / self.money
                terms = {
                    first + int(k): -training.jobs[k] / most for k in np.flatnonzero(training.jobs)
                }
                self.add_row({column: 1.0, **terms}, -training.at_hand / most, np.inf)
            first += len(choice.groups)

    # -- changing ---------------------------------------------------------------------------------

    def add_column(self, lower: float, upper: float) -> int:
        """Add a continuous column (no cost yet) and return its index."""
        self.highs.addVar(lower, upper)
        self.objective = np.append(self.objective, 0.0)
        self.columns += 1
        return self.columns - 1

    def add_row(self, terms: dict[int, float], least: float, most: float) -> None:
        """Add ``least <= sum of coefficient * column <= most`` (scaled columns)."""
        if self.shared is not None and not set(terms).isdisjoint(self.shared.decision.tolist()):
            self._hold_whole(self.shared.decision)
        index = np.array(list(terms), dtype=np.int32)
        self.highs.addRow(least, most, index.size, index, np.array(list(terms.values())))

    def add_tangents(self, levels: Array) -> int:
        """Add a tangent of each quadratic at market levels ``v`` (canonical); return how many."""
        market = self.form
        count = 0
        for position, column in enumerate(self.quadratic):
            scale = market.column_scale[column]
            at = float(np.clip(levels[column], market.lower[column], market.upper[column])) / scale
            key = (position, round(at, 10))
            if key in self._tangent_keys:
                continue
            self._tangent_keys.add(key)
            curvature = market.curvature[column] * scale**2 / self.money
            terms = {
                self.first_epigraph + position: 1.0,
                self.first_market + int(column): -curvature * at,
            }
            self.add_row(terms, -0.5 * curvature * at**2, np.inf)
            count += 1
        return count

    def _hold_whole(self, decisions: IntArray) -> None:
        """Require whole numbers of who takes a step: with more rows corners may be fractions."""
        import highspy

        kinds = np.full(decisions.size, highspy.HighsVarType.kInteger)
        self.highs.changeColsIntegrality(decisions.size, decisions.astype(np.int32), kinds)

    def limit_cost(self, most: float) -> None:
        """Require the cost of (1), as the tangents see it, to be at most ``most`` (M per year)."""
        terms = {int(k): float(self.objective[k]) for k in np.flatnonzero(self.objective)}
        self.add_row(terms, -np.inf, most / self.money)

    # -- solving ----------------------------------------------------------------------------------

    def solve(
        self,
        *,
        tolerance: float = 1e-8,
        start: Selection | None = None,
        max_passes: int = 30,
        time_limit: float = np.inf,
        max_nodes: int = NO_LIMIT,
        explore: bool = True,
        interruptible: bool = False,
    ) -> Restricted:
        """Return the least-cost combination with a proven bound (M per year).

        ``tolerance`` is relative to the value. ``start`` is a selection already known: its value
        is kept unless it is beaten by more than the tolerance. ``time_limit`` in seconds bounds
        each MILP; a run cut short keeps its proven bound and the status ``time_limit``.
        ``max_nodes`` does the same by branches, which does not depend on the machine (status
        ``node_limit``). ``explore=False`` skips the loose first pass, where good tangents are
        known already. With ``interruptible`` Ctrl-C ends the MILP, and what was found and proven so
        far is returned (status ``interrupted``). Where the market's form is a model that learns,
        the MILP is built anew with what the divisions found have taught, until model and market
        agree at the best.
        """
        answer = Restricted(start, -np.inf, "solved", 0)
        self.interruptible = interruptible
        for _ in range(LEARNING):
            form, before = self.source, answer
            answer = self._search(
                tolerance, before.selection, max_passes, time_limit, max_nodes, explore
            )
            best = answer.selection
            bound = max(answer.bound, before.bound)
            answer = replace(
                answer,
                bound=bound if best is None else min(bound, best.value),
                branches=answer.branches + before.branches,
            )
            if answer.status == "interrupted" or best is None or form is self.problem.market.form:
                break
            if best.value - bound <= tolerance * max(abs(best.value), 1e-9 * self.money):
                break
            self._begin()
        return answer

    def _search(
        self,
        tolerance: float,
        start: Selection | None,
        max_passes: int,
        time_limit: float,
        max_nodes: int,
        explore: bool,
    ) -> Restricted:
        import highspy

        best = start
        bound = -np.inf
        status = "solved"
        first = max(0.2 * tolerance, min(1e-4, 1e3 * tolerance))
        explore = explore and bool(self.quadratic.size)  # straight lines need no second look
        self.highs.setOptionValue("mip_rel_gap", first if explore else 0.2 * tolerance)
        self.highs.setOptionValue("mip_abs_gap", 1e-10)
        self.highs.setOptionValue("time_limit", time_limit)
        self.highs.setOptionValue("mip_max_nodes", max_nodes)
        self._set_costs(self.objective)
        passes = branches = 0
        for passes in range(1, max_passes + 1):
            if best is not None:
                self._suggest(best.points)
            x = self._run()
            model_status = self.highs.getModelStatus()
            branches += max(0, int(self.highs.getInfo().mip_node_count))
            if model_status == highspy.HighsModelStatus.kInterrupt:
                status = "interrupted"
            elif x is None:
                return Restricted(best, np.inf, "infeasible", passes, branches)
            # bounds only rise: tangents are only ever added
            bound = max(bound, float(self.highs.getInfo().mip_dual_bound) * self.money)
            found = None if x is None else self.exact(x)
            if found is not None and (best is None or found.value < best.value):
                best = found
            if model_status == highspy.HighsModelStatus.kTimeLimit:
                status = "time_limit"
            if model_status == highspy.HighsModelStatus.kSolutionLimit:
                status = "node_limit"
            gap = np.inf if best is None else best.value - bound
            scale = abs(best.value) if best is not None else 1.0
            # the first pass shows where tangents are needed; only later ones must be proven closely
            self.highs.setOptionValue("mip_rel_gap", 0.2 * tolerance)
            if gap <= tolerance * max(scale, 1e-9 * self.money) or status != "solved" or x is None:
                break
            added = self.add_tangents(self.market_levels(x))
            if found is not None:
                # and close by: the next optimum lies between the tangents nearest to this one
                for share in (0.997, 1.0, 1.003):
                    added += self.add_tangents(share * found.market.v)
            if added == 0:
                break
        bound = min(bound, best.value if best else np.inf)
        return Restricted(best, bound, status, passes, branches)

    def solve_for(
        self,
        objective: Array,
        *,
        most: float,
        start: Selection | None = None,
        max_passes: int = 5,
        relative_gap: float = 1e-3,
        absolute_gap: float = 1e-7,
        max_nodes: int = 500,
    ) -> Restricted:
        """Minimise another linear ``objective`` (over all columns) with cost at most ``most``.

        :meth:`limit_cost` must have been called. The bound returned is on the objective; the
        selection is exact, and its cost is at most ``most``. The search stops after ``max_nodes``
        branches (a number, not a time, so that the answer does not depend on the machine); then
        the status is ``node_limit``.
        """
        import highspy

        self.highs.setOptionValue("mip_rel_gap", relative_gap)
        self.highs.setOptionValue("mip_abs_gap", absolute_gap)
        self.highs.setOptionValue("mip_max_nodes", max_nodes)
        self._set_costs(objective)
        best = None
        bound = -np.inf
        status = "solved"
        passes = 0
        for _ in range(max_passes):
            passes += 1
            if start is not None:
                self._suggest(start.points)
            x = self._run()
            if x is None:
                break
            bound = max(bound, float(self.highs.getInfo().mip_dual_bound))
            if self.highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
                status = "node_limit"
            found = self.exact(x)
            if found is not None and found.value <= most:
                best = found
                break
            added = self.add_tangents(self.market_levels(x))
            added += self.add_tangents(found.market.v) if found is not None else 0
            if added == 0:
                break
        return Restricted(best, bound, status if best else "not found", passes)

    def fix(self, column: int, value: float) -> None:
        """Hold ``column`` at ``value`` from now on."""
        self.highs.changeColBounds(column, value, value)

    def _set_costs(self, objective: Array) -> None:
        index = np.arange(self.columns, dtype=np.int32)
        self.highs.changeColsCost(self.columns, index, np.asarray(objective, dtype=float))

    def _run(self) -> Array | None:
        if self.interruptible:
            self._run_aside()
        else:
            self.highs.run()
        solution = self.highs.getSolution()
        values = np.asarray(solution.col_value)
        if values.size == 0 or self.highs.getInfo().primal_solution_status != 2:
            return None
        if self.shared is not None:
            whole = self.shared.assigned(self.table, values[: self.decisions])
            if whole is not None:
                values[: self.decisions] = whole
        return values

    def _run_aside(self) -> None:
        """Run HiGHS in a thread of its own, so that Ctrl-C is heard; it ends with what it has."""
        self.highs.HandleKeyboardInterrupt = True
        self.highs.startSolve()
        done = False
        while not done:
            try:
                done = self.highs.wait(0.1)[0]
            except KeyboardInterrupt:
                self.highs.cancelSolve()

    def _suggest(self, points: Sequence[Point]) -> None:
        """Tell HiGHS of a division already known, where it can be said in these columns."""
        decision = np.zeros(self.decisions)
        column = 0
        for choice, point in zip(self.choices, points, strict=True):
            own = said(choice, point.plan)
            if own is None:
                return  # a plan from elsewhere cannot be said in these columns
            decision[column : column + own.size] = own
            column += own.size
        index = np.arange(self.decisions, dtype=np.int32)
        if self.shared is not None:
            counts = self.first_count + np.arange(self.counted, dtype=np.int32)
            index = np.concatenate([index, counts])
            decision = np.concatenate([decision, self.shared.counts(decision)])
        self.highs.setSolution(index.size, index, decision)

    def market_levels(self, x: Array) -> Array:
        """Return the market variables of a MILP point, in canonical units."""
        market = self.form
        return x[self.first_market : self.first_epigraph] * market.column_scale

    def exact(self, x: Array) -> Selection | None:
        """Return the exact quadratic optimum at the decisions of the MILP point ``x``."""
        plans = self.plans(x)
        return None if plans is None else operate(self.problem.market, plans)

    def plans(self, x: Array) -> list[Plan] | None:
        """Return the plan of each participant at the MILP point ``x``.

        None where somebody's sum of steps is not a plan: it costs more than any slack allowed.
        """
        decision = np.round(x[: self.decisions])
        chosen: list[Plan] = []
        start = 0
        for choice in self.choices:
            own = decision[start : start + width(choice)]
            plan = read(choice, own)
            if plan is None:
                return None
            chosen.append(plan)
            start += own.size
        return chosen


def _natural(scale: Array) -> Array:
    """Return the same scales where they are needed, as powers of two, and 1 where they are not.

    Whole coefficients stay whole, or whole multiples of one power of two: cutting planes for whole
    numbers of steps need them (measured: a fifth of the time).
    """
    powers = np.exp2(np.round(np.log2(np.maximum(scale, 1e-300))))
    return np.where((scale > 1e-3) & (scale < 1e3), 1.0, powers)
