"""A region made ready for study: its problem, its participants' models, and clearing.

*Holdings* say what every participant has committed to: for each participant, the labels of the new
plant groups it holds; plants that stand today are always held. *Clearing* lets the region's market
find prices at given holdings: plants run as competitive firms do, and those that cannot cover their
avoidable cost at these prices stand idle, in each activity the worst first, their capital still
paid; then prices form again, until every plant that runs wants to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from workshare.arrays import Array
from workshare.coordination import Problem, Selection, operate
from workshare.market import Market, spatial_market
from workshare.region.dimensions import Dimension, shared_dimensions
from workshare.region.region import WORLD, Region
from workshare.response import (
    Group,
    Plan,
    Point,
    PrivateModel,
    local_participants,
    plan_of,
    private_model,
)

Holdings = Mapping[str, frozenset[str]]
"""New plant groups held, by participant code; a participant that is absent holds none."""

HoldingsKey = tuple[tuple[str, frozenset[str]], ...]


@dataclass(frozen=True, slots=True)
class Cleared:
    """The market cleared at some holdings: the selection and which held groups stand idle."""

    holdings: HoldingsKey
    selection: Selection
    idle: frozenset[str]
    values: dict[str, float]


@dataclass
class Setting:
    """A region with everything the studies ask of it, computed once and kept."""

    region: Region
    account: str = "market"
    market: Market = field(init=False)
    dimensions: tuple[Dimension, ...] = field(init=False)
    models: dict[str, PrivateModel] = field(init=False)
    _cleared: dict[HoldingsKey, Cleared] = field(default_factory=dict)
    _plans: dict[tuple[str, frozenset[str], frozenset[str]], Plan] = field(default_factory=dict)
    _labels: dict[str, set[str]] = field(init=False)
    _decision_limits: dict[str, tuple[Array, Array]] = field(init=False)

    def __post_init__(self) -> None:
        self.market = spatial_market(self.region, self.account)
        self.dimensions = shared_dimensions(self.region)
        self.models = {p.id: private_model(self.region, p.id) for p in self.region.participants}
        self._labels = {c: {g.label for g in m.groups} for c, m in self.models.items()}
        self._decision_limits = {c: _decision_limits(m) for c, m in self.models.items()}

    @cached_property
    def problem(self) -> Problem:
        """Problem (1) of the region, every participant modelled here."""
        return Problem(tuple(local_participants(self.region)), self.market)

    @cached_property
    def open_market(self) -> Market:
        """The market without the minimum of jobs, which is no promise of those who act alone."""
        jobs = np.array([column.kind == "jobs" for column in self.market.columns])
        return replace(self.market, lower=np.where(jobs, 0.0, self.market.lower))

    @property
    def least_jobs(self) -> float:
        """The region's minimum of jobs (0 without one)."""
        return max([0.0, *(x.minimum for x in self.region.limits if x.subject == "jobs")])

    @property
    def participants(self) -> list[str]:
        """The codes of the participants, in file order."""
        return [p.id for p in self.region.participants]

    def nobody(self) -> dict[str, frozenset[str]]:
        """Return the holdings in which nobody has built anything new."""
        return {code: frozenset() for code in self.participants}

    def key(self, holdings: Holdings) -> HoldingsKey:
        """Return ``holdings`` in a form that can be compared and stored."""
        return tuple((code, holdings.get(code, frozenset())) for code in self.participants)

    def clear(self, holdings: Holdings) -> Cleared:
        """Return the market cleared at ``holdings``; answers are kept."""
        key = self.key(holdings)
        if key not in self._cleared:
            self._cleared[key] = self._clear(dict(key), key)
        return self._cleared[key]

    def _clear(self, holdings: dict[str, frozenset[str]], key: HoldingsKey) -> Cleared:
        idle: set[str] = self._against_limits(holdings, set())
        jobs_are_free = not any(limit.subject == "jobs" for limit in self.region.limits)
        while True:
            plans = [self.held_plan(code, holdings[code], idle) for code in self.participants]
            selection = operate(self.open_market, plans)
            if selection is None:
                idle = self._against_limits(holdings, idle | self._largest_minimum(plans))
                continue
            nothing, worst = self._losses(selection)
            if not nothing and not worst:
                break
            stopped = idle | nothing | worst
            idle = self._against_limits(holdings, stopped)
            if not worst and jobs_are_free and idle == stopped:
                # what makes nothing can stop without moving any price: no need to solve again
                plans = [self.held_plan(code, holdings[code], idle) for code in self.participants]
                selection = _restrict(selection, plans)
                break
        return Cleared(key, selection, frozenset(idle), self.national_values(selection))

    def _against_limits(
        self, holdings: dict[str, frozenset[str]], idle: set[str] | frozenset[str]
    ) -> set[str]:
        """Return ``idle`` and what must stand idle too for each to respect its own limits.

        Holding a plant breaks no limit, running it can: workers, and rules between activities.
        Where too much would run, plants that stand today stop before new ones, first the one that
        takes most of the limit; what requires an activity that stands idle stops as well.
        """
        result = set(idle)
        for code in self.participants:
            rows, limits = self._decision_limits[code]
            held, groups = holdings[code], self.models[code].groups
            running = np.array(
                [(g.existing or g.label in held) and g.label not in idle for g in groups]
            )
            while limits.size and np.any(broken := rows @ running > limits):
                row = rows[int(np.argmax(broken))]
                takers = [(g, use) for g, use, on in zip(groups, row, running, strict=True) if on]
                group, _ = max(takers, key=lambda x: (x[1] > 0, x[0].existing, x[1], x[0].label))
                running[groups.index(group)] = False
                result.add(group.label)
        return result

    def national_values(self, selection: Selection) -> dict[str, float]:
        """Return each participant's national value in ``selection`` (M per year)."""
        market, codes = self.market, self.participants
        number = {code: k for k, code in enumerate(codes)}
        owner = {place: number[code] for place, code in self.region.place_owner().items()}
        values = np.zeros(len(codes))
        total = np.zeros(len(self.dimensions))
        for point in selection.points:
            total += point.contribution
        v, prices = selection.market.v, selection.prices
        index = {}
        for k, dimension in enumerate(self.dimensions):
            if dimension.kind == "balance":
                values[owner[dimension.place]] += prices[k] * total[k]
                index[dimension.place, dimension.good] = k
        for k, column in enumerate(market.columns):
            if column.tariff and column.destination in owner:
                values[owner[column.destination]] += column.tariff * v[k]
            if column.kind == "demand":
                price = prices[index[column.destination, column.good]]
                worth = -market.cost[k] - 0.5 * market.curvature[k] * v[k] - price
                values[owner[column.destination]] += worth * v[k]
        for code, cost in self._private_costs(selection).items():
            values[number[code]] -= cost
        return {code: float(values[k]) for code, k in number.items()}

    def _private_costs(self, selection: Selection) -> dict[str, float]:
        costs = dict.fromkeys(self.participants, 0.0)
        # one point for each participant (holdings), or one for each of its parts (problem (1))
        if len(selection.points) == len(self.participants):
            return {c: p.cost for c, p in zip(self.participants, selection.points, strict=True)}
        for participant, point in zip(self.problem.participants, selection.points, strict=True):
            costs[participant.owner] += point.cost
        return costs

    def held_plan(self, code: str, held: frozenset[str], idle: set[str] | frozenset[str]) -> Plan:
        """Return the plan in which ``code`` runs what it holds, except what stands idle."""
        key = (code, held, frozenset(self._labels[code] & idle))
        if key not in self._plans:
            self._plans[key] = self._held_plan(*key)
        return self._plans[key]

    def _held_plan(self, code: str, held: frozenset[str], idle: frozenset[str]) -> Plan:
        model = self.models[code]
        running = np.array(
            [
                (group.existing or group.label in held) and group.label not in idle
                for group in model.groups
            ],
            dtype=float,
        )
        plan = plan_of(model, running)
        sunk = sum(g.sunk_cost for g in model.groups if g.label in held and g.label in idle)
        return replace(plan, cost=plan.cost + sunk)

    def _losses(self, selection: Selection) -> tuple[set[str], set[str]]:
        """Return the losing groups that make nothing, and of the others the worst by activity."""
        worst: dict[str, tuple[float, str]] = {}
        nothing = set()
        for point in selection.points:
            for group, level, margin in margins(point, selection):
                avoidable = group.fixed_cost - group.sunk_cost
                size = avoidable + abs(group.unit_cost) * level + 1e-9
                loss = (margin - avoidable) / size
                if loss < -1e-6 and level <= 1e-6 * group.upper:
                    nothing.add(group.label)
                elif loss < -1e-6:
                    entry = (loss, group.label)
                    worst[group.activity] = min(worst.get(group.activity, entry), entry)
        return nothing, {label for _, label in worst.values()}

    @staticmethod
    def _largest_minimum(plans: list[Plan]) -> set[str]:
        """Return the group to stop where needs cannot be met: the one that must run most."""
        groups = [group for plan in plans for group in plan.meta if group.lower > 0]
        groups = groups or [group for plan in plans for group in plan.meta]
        if not groups:
            raise AssertionError("a region in which nothing runs must be feasible")
        return {max(groups, key=lambda g: (g.lower, g.upper, g.label)).label}

    def without_links(self, code: str) -> Setting:
        """Return the setting in which ``code`` trades with the rest of the world alone."""
        owner = self.region.place_owner()

        def kept(origin: str, destination: str) -> bool:
            if WORLD in (origin, destination):
                return True
            return (owner[origin] == code) == (owner[destination] == code)

        links = tuple(x for x in self.region.links if kept(x.origin, x.destination))
        return Setting(replace(self.region, links=links), self.account)


def _decision_limits(model: PrivateModel) -> tuple[Array, Array]:
    """Return the limits of ``model`` on which plants run, whatever they make, with some room."""
    pure = ~np.any(model.rows_output != 0, axis=1) if model.limits.size else np.zeros(0, dtype=bool)
    limits = model.limits[pure]
    return model.rows_decision[pure], limits + 1e-9 * (1.0 + np.abs(limits))


def _restrict(selection: Selection, plans: list[Plan]) -> Selection:
    """Return ``selection`` with each point moved to a plan that runs a part of its groups."""
    points = []
    for point, plan in zip(selection.points, plans, strict=True):
        kept = {group.label for group in plan.meta}
        running = np.array([group.label in kept for group in point.plan.meta], dtype=bool)
        points.append(plan.at(point.levels[running]))
    cost = sum(point.cost for point in points)
    return Selection(tuple(points), selection.market, cost + selection.market.value)


def margins(point: Point, selection: Selection) -> list[tuple[Group, float, float]]:
    """Return (group, output, margin over unit cost in M per year) of each running group."""
    plan, levels = point.plan, point.levels
    unit = plan.unit_contribution @ selection.prices - plan.unit_cost if levels.size else levels
    return [
        (group, float(levels[k]), float(unit[k] * levels[k])) for k, group in enumerate(plan.meta)
    ]
