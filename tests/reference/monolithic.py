"""The regional optimum as one full-information mixed-integer programme: slow, plain, independent.

Nothing here is shared with the engine. Every plant that could run is one binary; the market is
written beside the plants in the same model, so no price is ever passed. The squares of the outside
curves and of final demand are replaced by tangents, and tangents are added until the true
objective at a feasible point meets the proven bound of the tangent model.

Market account: net cost = private costs + freight + tariffs + outside purchases - outside sales
- area under final demand + weights. The optimum's negative is the region's net benefit.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import highspy
import numpy as np

from reference.units import (
    demand_line,
    quantity_scales,
    refuse_unclear,
    running_units,
    turnover,
)
from workshare.region.region import WORLD, Limit, Outside, Region

PlaceGood = tuple[str, str]
Row = tuple[float, float, dict[int, float]]
MAGNIFIED = 1e2
"""Epigraph columns count turnover in these parts, so that a solver's tolerance on a tangent
is that much smaller in money."""
GRID = tuple(k / 16 for k in range(25))


@dataclass(frozen=True)
class Running:
    """One group of equal plants that runs at the optimum."""

    participant: str
    place: str
    activity: str
    size: float
    number: int
    existing: bool
    plant: str
    output: float


@dataclass(frozen=True)
class Solution:
    """The optimum: ``value`` is a feasible net cost, ``bound`` a proven lower bound (M per year).

    ``scale`` is the region's turnover, the amount that ``tolerance`` was relative to when it is
    larger than the value. Prices are multipliers of the goods' balances with the plants fixed.
    """

    status: str
    value: float = math.nan
    bound: float = math.nan
    scale: float = math.nan
    plants: tuple[Running, ...] = ()
    outputs: Mapping[PlaceGood, float] = field(default_factory=dict)
    private_costs: Mapping[str, float] = field(default_factory=dict)
    net_supply: Mapping[PlaceGood, float] = field(default_factory=dict)
    shipments: Mapping[tuple[str, str, str], float] = field(default_factory=dict)
    imports: Mapping[str, float] = field(default_factory=dict)
    exports: Mapping[str, float] = field(default_factory=dict)
    demands: Mapping[PlaceGood, float] = field(default_factory=dict)
    prices: Mapping[PlaceGood, float] = field(default_factory=dict)
    emissions: float = 0.0
    jobs: float = 0.0
    rounds: int = 0


def solve_monolithic(
    region: Region,
    tolerance: float = 1e-8,
    *,
    net_supply: Mapping[PlaceGood, float] | None = None,
    max_rounds: int = 40,
    time_limit: float = 60.0,
) -> Solution:
    """Minimise the region's net cost with everything known to one planner.

    Parameters
    ----------
    region : the region.
    tolerance : gap allowed between value and bound, relative to the larger of |value| and turnover.
    net_supply : extra supply of traded goods, ``(place, good)`` to units per year; not paid for.
    max_rounds : mixed-integer solves allowed; ``status`` is ``"unfinished"`` when they run out.
    time_limit : seconds allowed to each mixed-integer solve.

    Returns
    -------
    Solution with status ``"optimal"``, ``"infeasible"``, ``"unbounded"`` or ``"unfinished"``.
    """
    model = _Formulation(region, net_supply or {})
    best: np.ndarray | None = None
    value, bound = math.inf, -math.inf
    for rounds in range(1, max_rounds + 1):
        status, point, lower = model.solve_integer(time_limit)
        if status != "optimal":
            return Solution(status=status, rounds=rounds)
        bound = max(bound, lower)
        point = model.refine(point, tolerance)
        if (cost := model.true_cost(point)) < value:
            value, best = cost, point
        if value - bound <= tolerance * max(abs(value), 1.0):
            return model.report("optimal", best, value, bound, rounds)
    return model.report("unfinished", best, value, bound, max_rounds)


class _Formulation:
    """The model in scaled columns: loads in shares, goods in their own scale, money in turnover."""

    def __init__(self, region: Region, net_supply: Mapping[PlaceGood, float]) -> None:
        self.region = region
        self.units = running_units(region)
        self.extra = net_supply
        self.tradable = {good.id: good.tradable for good in region.goods}
        self.owner = region.place_owner()
        refuse_unclear(region, self.tradable, net_supply)
        self.quantity = quantity_scales(region, self.units, net_supply)
        self.money = turnover(region, self.quantity)
        self.cost: list[float] = []
        self.lower: list[float] = []
        self.upper: list[float] = []
        self.integer: list[bool] = []
        self.rows: list[Row] = []
        self.divisor: dict[int, float] = {}
        self.squares: list[tuple[int, int, float]] = []  # (column, epigraph column, weight)
        self.balance: dict[PlaceGood, int] = {}
        self._plants()
        self._market()
        self._budgets()
        self._companions()
        self._limits()
        self.touched = [list(GRID) for _ in self.squares]
        for square in range(len(self.squares)):
            for at in GRID:
                self.rows.append(self._tangent(square, at))

    # ---- building -------------------------------------------------------------------------

    def _column(
        self, cost: float, lower: float = 0.0, upper: float = math.inf, integer: bool = False
    ) -> int:
        """Add one column; ``cost`` is in M per column unit."""
        self.cost.append(cost / self.money)
        self.lower.append(lower)
        self.upper.append(upper)
        self.integer.append(integer)
        return len(self.cost) - 1

    def _row(self, lower: float, upper: float, terms: dict[int, float]) -> int:
        """Add one row divided by its largest coefficient, so that tolerances mean the same."""
        largest = max((abs(value) for value in terms.values()), default=1.0) or 1.0
        scaled = {column: value / largest for column, value in terms.items() if value}
        self.divisor[len(self.rows)] = largest
        self.rows.append((lower / largest, upper / largest, scaled))
        return len(self.rows) - 1

    def _quadratic(self, column: int, scale: float, slope: float) -> None:
        """Add ``slope * (scale * column) ** 2 / 2`` M to the cost through an epigraph column."""
        if slope > 0.0:
            weight = slope * scale**2 / 2.0 / self.money
            self.squares.append((column, self._column(self.money / MAGNIFIED), weight))

    def _plants(self) -> None:
        """Binaries and loads of every unit, and the limits of each option."""
        self.on: list[int] = []
        self.load: list[int] = []
        for unit in self.units:
            on = self._column(unit.fixed_cost, upper=1.0, integer=True)
            load = self._column(unit.marginal_cost * unit.capacity, upper=1.0)
            self.on.append(on)
            self.load.append(load)
            self._row(-math.inf, 0.0, {load: 1.0, on: -1.0})
            if unit.activity.minimum_load > 0.0:
                self._row(0.0, math.inf, {load: 1.0, on: -unit.activity.minimum_load})
        for option in self.region.options:
            here = [
                k
                for k, unit in enumerate(self.units)
                if (unit.place, unit.activity.id) == (option.place, option.activity)
            ]
            new = [k for k in here if not self.units[k].existing]
            for size in {self.units[k].size for k in new}:
                same = [k for k in new if self.units[k].size == size]
                self._row(-math.inf, 1.0, {self.on[k]: 1.0 for k in same})
            if new:
                counts = {self.on[k]: float(self.units[k].number) for k in new}
                self._row(-math.inf, float(option.max_plants), counts)
            if here and math.isfinite(option.max_output):
                terms = {self.load[k]: self.units[k].capacity for k in here}
                self._row(-math.inf, option.max_output, terms)

    def _made(self, place: str, good: str) -> dict[int, float]:
        """Net supply of ``good`` by the plants at ``place``, units per unit of each load."""
        terms: dict[int, float] = {}
        for k, unit in enumerate(self.units):
            rate = unit.net(good) if unit.place == place else 0.0
            if rate:
                terms[self.load[k]] = rate * unit.capacity
        return terms

    def _market(self) -> None:
        """Balances of goods, shipments, the outside curves and final demand."""
        region = self.region
        terms = {
            (place.id, good.id): self._made(place.id, good.id)
            for place in region.places
            for good in region.goods
        }
        constant = {(e.place, e.good): e.amount for e in region.endowments}
        constant.update(self.extra)
        supply = {o.good: o for o in region.outside if o.side == "supply"}
        sale = {o.good: o for o in region.outside if o.side == "demand"}
        bought: dict[str, dict[int, float]] = {good: {} for good in supply}
        sold: dict[str, dict[int, float]] = {good: {} for good in sale}
        self.flow: dict[tuple[str, str, str], int] = {}
        for link in region.links:
            good, scale = link.good, self.quantity[link.good]
            if (link.origin == WORLD and good not in supply) or (
                link.destination == WORLD and good not in sale
            ):
                continue
            column = self._column((link.freight + link.tariff) * scale)
            self.flow[link.origin, link.destination, good] = column
            if link.origin == WORLD:
                bought[good][column] = 1.0
            else:
                terms[link.origin, good][column] = -scale
            if link.destination == WORLD:
                sold[good][column] = 1.0
            else:
                terms[link.destination, good][column] = scale
        self.bought = self._outside(supply, bought, 1.0)
        self.sold = self._outside(sale, sold, -1.0)
        self.use: list[tuple[PlaceGood, int]] = []
        for demand in region.demands:
            top, slope, most = demand_line(demand.quantity, demand.price, demand.elasticity)
            scale = self.quantity[demand.good]
            column = self._column(-top * scale, upper=most / scale)
            self._quadratic(column, scale, slope)
            terms[demand.place, demand.good][column] = -scale
            self.use.append(((demand.place, demand.good), column))
        for key, row in terms.items():
            if row:
                self.balance[key] = self._row(-constant.get(key, 0.0), math.inf, row)

    def _outside(
        self, curves: Mapping[str, Outside], flows: dict[str, dict[int, float]], sign: float
    ) -> dict[str, int]:
        """Columns of the region's total trade with the world; ``sign`` is 1 buying, -1 selling."""
        totals: dict[str, int] = {}
        for good, curve in curves.items():
            scale, slope, most = self.quantity[good], curve.slope, curve.limit
            if sign < 0.0 and slope > 0.0:
                most = min(most, curve.price / slope)
            total = self._column(sign * curve.price * scale, upper=most / scale)
            self._quadratic(total, scale, slope)
            self._row(0.0, 0.0, {total: 1.0, **dict.fromkeys(flows[good], -1.0)})
            totals[good] = total
        return totals

    def _budgets(self) -> None:
        """Each participant's power, public money and workers."""
        for participant in self.region.participants:
            mine = [k for k, u in enumerate(self.units) if u.participant == participant.id]
            if math.isfinite(participant.power_limit):
                terms = {
                    self.load[k]: self.units[k].activity.energy * self.units[k].capacity
                    for k in mine
                }
                self._row(-math.inf, participant.power_limit, terms)
            if math.isfinite(participant.public_money):
                terms = {self.on[k]: self.units[k].public_money for k in mine}
                self._row(-math.inf, participant.public_money, terms)
            for worker in participant.workforce:
                if math.isfinite(worker.available):
                    terms = {
                        self.on[k]: self.units[k].workers.get(worker.occupation, 0.0) for k in mine
                    }
                    self._row(-math.inf, worker.available, terms)

    def _companions(self) -> None:
        """Activities that need or exclude one another, among plants that run."""
        for rule in self.region.companions:
            for k, unit in enumerate(self.units):
                if unit.activity.id != rule.activity:
                    continue
                others = [
                    self.on[j]
                    for j, other in enumerate(self.units)
                    if other.activity.id == rule.other
                    and (
                        other.place == unit.place
                        if rule.scope == "place"
                        else other.participant == unit.participant
                    )
                ]
                if rule.rule == "requires":
                    row = {self.on[k]: 1.0, **dict.fromkeys(others, -1.0)}
                    self._row(-math.inf, 0.0, row)
                    continue
                for column in others:
                    self._row(-math.inf, 1.0, {self.on[k]: 1.0, column: 1.0})

    def _limits(self) -> None:
        """Limits and weights of the whole region."""
        for limit in self.region.limits:
            if limit.subject == "outside_share":
                self._outside_share(limit)
                continue
            jobs = limit.subject == "jobs"
            terms = {
                (self.on[k] if jobs else self.load[k]): (
                    unit.jobs if jobs else unit.emissions * unit.capacity
                )
                for k, unit in enumerate(self.units)
            }
            for column, amount in terms.items():
                self.cost[column] += (-1.0 if jobs else 1.0) * limit.weight * amount / self.money
            if math.isfinite(limit.minimum) or math.isfinite(limit.maximum):
                self._row(limit.minimum, limit.maximum, terms)

    def _outside_share(self, limit: Limit) -> None:
        """Imports at most a share of imports and gross regional output; a price on imports."""
        total = self.bought.get(limit.good)
        if total is None:
            return
        scale = self.quantity[limit.good]
        self.cost[total] += limit.weight * scale / self.money
        if math.isfinite(limit.maximum):
            terms = {total: (1.0 - limit.maximum) * scale}
            for k, unit in enumerate(self.units):
                gross = unit.gross(limit.good) * unit.capacity
                if gross:
                    terms[self.load[k]] = -limit.maximum * gross
            self._row(-math.inf, 0.0, terms)

    # ---- solving --------------------------------------------------------------------------

    def _tangent(self, square: int, at: float) -> Row:
        column, epigraph, weight = self.squares[square]
        slack = MAGNIFIED * weight
        return -slack * at**2, math.inf, {epigraph: 1.0, column: -2.0 * slack * at}

    def _fresh_tangent(self, square: int, point: np.ndarray) -> Row | None:
        """The tangent at ``point``, unless one stands so near that it would add nothing."""
        at = float(point[self.squares[square][0]])
        if min(abs(at - other) for other in self.touched[square]) < 1e-6:
            return None
        self.touched[square].append(at)
        return self._tangent(square, at)

    def _solver(self, fixed: np.ndarray | None) -> highspy.Highs:
        """A HiGHS model of the present tangents, with binaries free or fixed."""
        lower, upper = np.array(self.lower), np.array(self.upper)
        if fixed is not None:
            chosen = np.array(self.integer)
            lower[chosen] = upper[chosen] = np.round(fixed[chosen])
        problem = highspy.HighsLp()
        problem.num_col_, problem.num_row_ = len(self.cost), len(self.rows)
        problem.col_cost_ = np.array(self.cost)
        problem.col_lower_, problem.col_upper_ = lower, upper
        problem.row_lower_ = np.array([row[0] for row in self.rows])
        problem.row_upper_ = np.array([row[1] for row in self.rows])
        starts = np.cumsum([0, *(len(row[2]) for row in self.rows)])
        problem.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        problem.a_matrix_.start_ = starts
        problem.a_matrix_.index_ = np.array([c for row in self.rows for c in row[2]], dtype=int)
        problem.a_matrix_.value_ = np.array([v for row in self.rows for v in row[2].values()])
        if fixed is None:
            kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
            problem.integrality_ = [kinds[flag] for flag in self.integer]
        solver = highspy.Highs()  # type: ignore[no-untyped-call]
        for option, setting in _OPTIONS.items():
            solver.setOptionValue(option, setting)
        solver.passModel(problem)
        return solver

    def solve_integer(self, time_limit: float) -> tuple[str, np.ndarray, float]:
        """Solve the tangent model: status, point, and proven bound in units of turnover."""
        solver = self._solver(None)
        solver.setOptionValue("time_limit", time_limit)
        solver.run()
        status = solver.getModelStatus()
        names = {
            highspy.HighsModelStatus.kOptimal: "optimal",
            highspy.HighsModelStatus.kModelEmpty: "optimal",
            highspy.HighsModelStatus.kInfeasible: "infeasible",
            highspy.HighsModelStatus.kUnbounded: "unbounded",
            highspy.HighsModelStatus.kUnboundedOrInfeasible: "unbounded",
        }
        info = solver.getInfo()
        whole = any(self.integer)
        bound = info.mip_dual_bound if whole else info.objective_function_value
        name = names.get(status, "unfinished")
        return name, np.array(solver.getSolution().col_value), float(bound)

    def refine(self, point: np.ndarray, tolerance: float) -> np.ndarray:
        """Fix the binaries of ``point`` and add tangents until operation and trade are exact."""
        solver = self._solver(point)
        best, least = point, math.inf
        for _ in range(60):
            solver.run()
            if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
                break
            trial = np.array(solver.getSolution().col_value)
            if (cost := self.true_cost(trial)) < least:
                best, least = trial, cost
            if least - solver.getInfo().objective_function_value <= 1e-3 * tolerance:
                break
            fresh = [
                row for k in range(len(self.squares)) if (row := self._fresh_tangent(k, trial))
            ]
            if not fresh:
                break
            for lower, upper, terms in fresh:
                self.rows.append((lower, upper, terms))
                columns = np.array(list(terms), dtype=np.int32)
                solver.addRow(lower, upper, len(terms), columns, np.array(list(terms.values())))
        return best

    def multipliers(self, point: np.ndarray) -> np.ndarray:
        """Row duals of the operating problem linearised at its optimum, where they are exact."""
        solver = self._solver(point)
        for column, epigraph, weight in self.squares:
            solver.changeColCost(column, self.cost[column] + 2.0 * weight * float(point[column]))
            solver.changeColCost(epigraph, 0.0)
        solver.run()
        return np.array(solver.getSolution().row_dual)

    def true_cost(self, point: np.ndarray) -> float:
        """The objective with exact squares, in units of turnover."""
        cost = float(np.dot(self.cost, point))
        for column, epigraph, weight in self.squares:
            cost += weight * float(point[column]) ** 2 - float(point[epigraph]) / MAGNIFIED
        return cost

    # ---- reading the answer ---------------------------------------------------------------

    def report(
        self,
        status: str,
        point: np.ndarray | None,
        value: float,
        bound: float,
        rounds: int,
    ) -> Solution:
        """Translate a point back into the region's units."""
        assert point is not None
        duals = self.multipliers(point)
        outputs: dict[PlaceGood, float] = {}
        private = {participant.id: 0.0 for participant in self.region.participants}
        supply: dict[PlaceGood, float] = {}
        emissions = jobs = 0.0
        plants: list[Running] = []
        for k, unit in enumerate(self.units):
            if point[self.on[k]] < 0.5:
                continue
            output = float(point[self.load[k]]) * unit.capacity
            plants.append(
                Running(
                    unit.participant,
                    unit.place,
                    unit.activity.id,
                    unit.size,
                    unit.number,
                    unit.existing,
                    unit.plant,
                    output,
                )
            )
            made = (unit.place, unit.activity.id)
            outputs[made] = outputs.get(made, 0.0) + output
            private[unit.participant] += unit.fixed_cost + unit.marginal_cost * output
            emissions += unit.emissions * output
            jobs += unit.jobs
            for good in self.region.goods:
                if rate := unit.net(good.id):
                    key = (unit.place, good.id)
                    supply[key] = supply.get(key, 0.0) + rate * output
        demands: dict[PlaceGood, float] = {}
        for key, column in self.use:
            amount = float(point[column]) * self.quantity[key[1]]
            demands[key] = demands.get(key, 0.0) + amount
        return Solution(
            status=status,
            value=value * self.money,
            bound=bound * self.money,
            scale=self.money,
            plants=tuple(plants),
            outputs=outputs,
            private_costs=private,
            net_supply=supply,
            shipments={
                key: float(point[column]) * self.quantity[key[2]]
                for key, column in self.flow.items()
            },
            imports={g: float(point[c]) * self.quantity[g] for g, c in self.bought.items()},
            exports={g: float(point[c]) * self.quantity[g] for g, c in self.sold.items()},
            demands=demands,
            prices={
                key: float(duals[row]) * self.money / self.divisor[row]
                for key, row in self.balance.items()
                if self.tradable[key[1]]
            },
            emissions=emissions,
            jobs=jobs,
            rounds=rounds,
        )


_OPTIONS: dict[str, bool | int | float] = {
    "output_flag": False,
    "threads": 1,
    "mip_rel_gap": 0.0,
    "mip_abs_gap": 1e-10,
    "mip_feasibility_tolerance": 1e-9,
    "primal_feasibility_tolerance": 1e-9,
    "dual_feasibility_tolerance": 1e-9,
}
