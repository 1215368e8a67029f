"""The regional optimum by trying every choice of plants, each with an exact quadratic programme.

Written apart from ``monolithic`` and ``units`` on purpose: costs are worked out again from the
docstrings of the region, squares stay squares, and an interior-point method solves them. Only for
regions with a few hundred choices.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

import clarabel
import numpy as np
from scipy import sparse

from workshare.region.region import WORLD, Activity, Option, Participant, Region


@dataclass(frozen=True)
class Block:
    """Equal plants that run: who, where, what, how many, and whether they are already there."""

    party: Participant
    place: str
    activity: Activity
    size: float
    number: int
    option: Option
    old: bool


def count_choices(region: Region) -> int:
    """Return how many choices of running plants there are before any rule forbids some."""
    return math.prod(len(group) for group in _groups(region))


def solve_by_enumeration(region: Region) -> float:
    """Return the least net cost (market account, M per year); infinite if nothing is allowed."""
    best = math.inf
    for choice in itertools.product(*_groups(region)):
        blocks = [block for group in choice for block in group]
        if _allowed(region, blocks):
            best = min(
                best, sum(map(_fixed, blocks)) + _weights(region, blocks) + _operate(region, blocks)
            )
    return best


def _groups(region: Region) -> list[list[tuple[Block, ...]]]:
    """For each option and each old plant, the alternatives: tuples of blocks that would run."""
    owner = {place.id: place.participant for place in region.places}
    party = {participant.id: participant for participant in region.participants}
    process = {activity.id: activity for activity in region.activities}
    groups = []
    for option in region.options:
        activity = process[option.activity]
        counts: Iterator[tuple[int, ...]] = itertools.product(
            range(option.max_plants + 1), repeat=len(activity.sizes)
        )
        groups.append(
            [
                tuple(
                    Block(
                        party[owner[option.place]], option.place, activity, size, n, option, False
                    )
                    for size, n in zip(activity.sizes, count, strict=True)
                    if n
                )
                for count in counts
                if sum(count) <= option.max_plants
            ]
        )
    known = {(option.place, option.activity): option for option in region.options}
    for plant in region.plants:
        option = known.get((plant.place, plant.activity), Option(plant.place, plant.activity))
        block = Block(
            party[owner[plant.place]],
            plant.place,
            process[plant.activity],
            plant.capacity,
            1,
            option,
            True,
        )
        groups.append([(), (block,)])
    return groups


def _capital(block: Block) -> float:
    one = block.activity.capital_cost * math.pow(
        block.size / block.activity.reference_size, block.activity.capital_exponent
    )
    return one * block.number * block.party.capital_multiplier * block.option.capital_multiplier


def _workers(block: Block, occupation: str) -> float:
    scale = math.pow(block.size / block.activity.reference_size, block.activity.labour_exponent)
    return block.number * block.activity.labour.get(occupation, 0.0) * scale


def _fixed(block: Block) -> float:
    """Yearly cost of running at all: annuity (new plants), upkeep, wages."""
    rate, life = block.party.cost_of_capital, block.activity.life
    worth = sum((1.0 + rate) ** -year for year in range(1, round(life) + 1))
    capital = _capital(block)
    cost = block.activity.fixed_share * capital + (0.0 if block.old else capital / worth)
    return cost + sum(
        worker.wage * _workers(block, worker.occupation) for worker in block.party.workforce
    )


def _unit_cost(block: Block) -> float:
    activity = block.activity
    scale = block.size / activity.reference_size
    variable = activity.variable_cost * math.pow(scale, activity.variable_exponent)
    variable *= math.pow(block.number * scale, activity.learning_exponent)
    variable *= block.party.variable_multiplier * block.option.variable_multiplier
    return variable + activity.energy * block.party.energy_price


def _unit_emissions(block: Block) -> float:
    return block.activity.emissions + block.activity.energy * block.party.grid_emissions


def _jobs(blocks: list[Block]) -> float:
    return sum(_workers(block, name) for block in blocks for name in block.activity.labour)


def _weights(region: Region, blocks: list[Block]) -> float:
    return -sum(limit.weight * _jobs(blocks) for limit in region.limits if limit.subject == "jobs")


def _allowed(region: Region, blocks: list[Block]) -> bool:
    """Whether the plants alone respect public money, workers, companions and jobs."""
    for party in region.participants:
        mine = [block for block in blocks if block.party.id == party.id]
        spent = sum(
            block.activity.public_share * _capital(block) for block in mine if not block.old
        )
        if spent > party.public_money:
            return False
        for worker in party.workforce:
            if sum(_workers(block, worker.occupation) for block in mine) > worker.available:
                return False
    for rule in region.companions:
        for block in blocks:
            near = {
                other.activity.id
                for other in blocks
                if other.party.id == block.party.id
                and (rule.scope == "participant" or other.place == block.place)
            }
            if block.activity.id == rule.activity and (rule.other in near) != (
                rule.rule == "requires"
            ):
                return False
    jobs = [limit for limit in region.limits if limit.subject == "jobs"]
    return all(limit.minimum <= _jobs(blocks) <= limit.maximum for limit in jobs)


def _operate(region: Region, blocks: list[Block]) -> float:
    """Least cost of operation and trade with these plants running; infinite if impossible."""
    problem = _Quadratic(region, blocks)
    return problem.solve()


def _typical(region: Region) -> dict[str, float]:
    """A quantity of each good that plants and demand handle, to measure columns in."""
    typical = {good.id: 0.0 for good in region.goods}
    for demand in region.demands:
        typical[demand.good] = max(typical[demand.good], demand.quantity)
    for activity in region.activities:
        rates = {activity.output: 1.0, **activity.byproducts, **activity.inputs}
        for good, rate in rates.items():
            typical[good] = max(typical[good], rate * activity.reference_size)
    return {good: amount or 1.0 for good, amount in typical.items()}


class _Quadratic:
    """Columns: output of each block, each link's flow, each demand; rows ``row x <= limit``."""

    def __init__(self, region: Region, blocks: list[Block]) -> None:
        curves = {(curve.good, curve.side): curve for curve in region.outside}
        links = [
            link
            for link in region.links
            if (link.origin != WORLD or (link.good, "supply") in curves)
            and (link.destination != WORLD or (link.good, "demand") in curves)
        ]
        self.size = len(blocks) + len(links) + len(region.demands)
        self.square = np.zeros((self.size, self.size))
        self.linear = np.zeros(self.size)
        self.scale = np.ones(self.size)
        self.rows: list[np.ndarray] = []
        self.limits: list[float] = []
        made: dict[tuple[str, str], np.ndarray] = {
            (place.id, good.id): np.zeros(self.size)
            for place in region.places
            for good in region.goods
        }
        gross = {good.id: np.zeros(self.size) for good in region.goods}
        bought = {good.id: np.zeros(self.size) for good in region.goods}
        sold = {good.id: np.zeros(self.size) for good in region.goods}
        typical = _typical(region)
        emissions = np.zeros(self.size)
        for k, block in enumerate(blocks):
            most = block.number * block.size
            self.scale[k] = most
            self.linear[k] = _unit_cost(block)
            emissions[k] = _unit_emissions(block)
            self._add({k: 1.0}, most)
            self._add({k: -1.0}, -block.activity.minimum_load * most)
            flows = [(block.activity.output, 1.0), *block.activity.byproducts.items()]
            for good, rate in flows:
                gross[good][k] += rate
                made[block.place, good][k] += rate
            for good, rate in block.activity.inputs.items():
                made[block.place, good][k] -= rate
        for k, link in enumerate(links, start=len(blocks)):
            self.scale[k] = typical[link.good]
            self.linear[k] = link.freight + link.tariff
            self._add({k: -1.0}, 0.0)
            if link.origin == WORLD:
                bought[link.good][k] = 1.0
            else:
                made[link.origin, link.good][k] -= 1.0
            if link.destination == WORLD:
                sold[link.good][k] = 1.0
            else:
                made[link.destination, link.good][k] += 1.0
        for k, demand in enumerate(region.demands, start=len(blocks) + len(links)):
            self.scale[k] = demand.quantity
            fall = demand.price / (demand.quantity * -demand.elasticity)
            top = demand.price + fall * demand.quantity
            self.linear[k] = -top
            self.square[k, k] = fall
            self._add({k: -1.0}, 0.0)
            self._add({k: 1.0}, top / fall)
            made[demand.place, demand.good][k] -= 1.0
        stock = {(entry.place, entry.good): entry.amount for entry in region.endowments}
        for key, row in made.items():
            self._row(-row, stock.get(key, 0.0))
        for (good, side), curve in curves.items():
            total = bought[good] if side == "supply" else sold[good]
            sign = 1.0 if side == "supply" else -1.0
            self.linear += sign * curve.price * total
            self.square += curve.slope * np.outer(total, total)
            top = curve.price / curve.slope if side == "demand" and curve.slope else math.inf
            self._row(total, min(curve.limit, top))
        self._limits(region, blocks, emissions, gross, bought)

    def _limits(
        self,
        region: Region,
        blocks: list[Block],
        emissions: np.ndarray,
        gross: dict[str, np.ndarray],
        bought: dict[str, np.ndarray],
    ) -> None:
        for limit in region.limits:
            if limit.subject == "emissions":
                self.linear += limit.weight * emissions
                self._row(emissions, limit.maximum)
                self._row(-emissions, -limit.minimum)
            if limit.subject == "outside_share":
                imports, made = bought[limit.good], gross[limit.good]
                self.linear += limit.weight * imports
                if math.isfinite(limit.maximum):
                    self._row(imports - limit.maximum * (imports + made), 0.0)
        for option in region.options:
            here = {
                k: 1.0
                for k, block in enumerate(blocks)
                if (block.place, block.activity.id) == (option.place, option.activity)
            }
            self._add(here, option.max_output)
        for party in region.participants:
            power = {
                k: block.activity.energy
                for k, block in enumerate(blocks)
                if block.party.id == party.id
            }
            self._add(power, party.power_limit)

    def _add(self, terms: dict[int, float], limit: float) -> None:
        row = np.zeros(self.size)
        for column, value in terms.items():
            row[column] = value
        self._row(row, limit)

    def _row(self, row: np.ndarray, limit: float) -> None:
        if math.isfinite(limit) and (row.any() or limit < 0.0):
            self.rows.append(row)
            self.limits.append(limit)

    def solve(self) -> float:
        """Solve in scaled columns; infinite if there is no feasible point."""
        if self.size == 0:
            return 0.0 if all(limit >= 0.0 for limit in self.limits) else math.inf
        money = float(np.max(np.abs(self.linear * self.scale))) or 1.0
        square = self.square * np.outer(self.scale, self.scale) / money
        linear = self.linear * self.scale / money
        rows = np.array(self.rows) * self.scale
        size = np.maximum(np.max(np.abs(rows), axis=1), 1e-12)
        settings = clarabel.DefaultSettings()
        settings.verbose = False
        settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = 1e-10
        solver = clarabel.DefaultSolver(
            sparse.csc_matrix(np.triu(square)),
            linear,
            sparse.csc_matrix(rows / size[:, None]),
            np.array(self.limits) / size,
            [clarabel.NonnegativeConeT(len(size))],
            settings,
        )
        answer = solver.solve()
        if answer.status in (
            clarabel.SolverStatus.PrimalInfeasible,
            clarabel.SolverStatus.AlmostPrimalInfeasible,
        ):
            return math.inf
        if answer.status not in (
            clarabel.SolverStatus.Solved,
            clarabel.SolverStatus.AlmostSolved,
        ):
            raise RuntimeError(f"the quadratic programme ended with {answer.status}")
        return float(answer.obj_val) * money
