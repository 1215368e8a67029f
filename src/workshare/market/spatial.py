"""The spatial price equilibrium of a region as a convex market.

Samuelson, P. A. (1952), "Spatial price equilibrium and linear programming", AER 42(3), 283-303;
Takayama, T. and Judge, G. G. (1971), *Spatial and Temporal Price and Allocation Models*.

Goods move between places at freight plus tariff, come from and go to the rest of the world along
one curve per good that the whole region shares, and meet straight-line final demand. Maximising the
area under demand minus the areas under supply and the cost of moving is what competitive traders
achieve; its multipliers are the prices.

Two accounts: ``market`` is what traders see (tariffs are a cost, the outside curve is taken as
given); ``regional`` is what the region as a whole would plan (a tariff is a transfer inside it, and
its own effect on outside prices is seen).
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np
import scipy.sparse as sp

from workshare.errors import OptionError
from workshare.market.market import Column, Market
from workshare.region.dimensions import shared_dimensions
from workshare.region.region import WORLD, Region

ACCOUNTS = ("market", "regional")


@dataclass
class _Draft:
    """Columns collected one by one, before they become arrays."""

    columns: list[Column] = field(default_factory=list)
    entries: list[tuple[int, int, float]] = field(default_factory=list)
    numbers: list[tuple[float, float, float, float, float]] = field(default_factory=list)

    def add(
        self,
        column: Column,
        rows: dict[int, float],
        *,
        cost: float = 0.0,
        curvature: float = 0.0,
        lower: float = 0.0,
        upper: float,
        scale: float,
    ) -> None:
        index = len(self.columns)
        self.columns.append(column)
        self.entries.extend((row, index, value) for row, value in rows.items())
        self.numbers.append((cost, curvature, lower, upper, scale))


def spatial_market(region: Region, account: str = "market") -> Market:
    """Return the market of ``region`` over its shared dimensions.

    Parameters
    ----------
    account : ``"market"`` (default) or ``"regional"``, see the module's first lines.

    Raises
    ------
    OptionError : ``account`` is neither.
    """
    if account not in ACCOUNTS:
        raise OptionError(f"account {account!r}: must be one of {', '.join(ACCOUNTS)}")
    dimensions = shared_dimensions(region)
    row_of = {(d.kind, d.place, d.good): index for index, d in enumerate(dimensions)}
    scales = GoodScales.of(region)
    row_scale = [_dimension_scale(d.kind, d.good, scales) for d in dimensions]
    draft = _Draft()
    for good in region.goods:
        if good.tradable:
            _add_good(draft, region, good.id, row_of, row_scale, scales, account)
    _add_totals(draft, region, row_of, scales)
    rows, columns, values = zip(*draft.entries, strict=True)
    cost, curvature, lower, upper, scale = (np.array(n) for n in zip(*draft.numbers, strict=True))
    shape = (len(row_scale), len(draft.columns))
    return Market(
        dimensions=len(dimensions),
        columns=tuple(draft.columns),
        rows=sp.csc_matrix((values, (rows, columns)), shape=shape),
        cost=cost,
        curvature=curvature,
        lower=lower,
        upper=upper,
        column_scale=scale,
        row_scale=np.array(row_scale),
    )


def _dimension_scale(kind: str, good: str, scales: GoodScales) -> float:
    if kind == "emissions":
        return scales.emissions
    if kind == "jobs":
        return scales.jobs
    return scales.scale(good)


def _add_good(
    draft: _Draft,
    region: Region,
    good: str,
    row_of: dict[tuple[str, str, str], int],
    row_scale: list[float],
    scales: GoodScales,
    account: str,
) -> None:
    """Add every column of one good: demand, links, outside curves, disposal, unmet needs."""
    scale = scales.scale(good)
    flow = scales.flow(good)
    tariff_seen = 1.0 if account == "market" else 0.0
    slope_seen = 1.0 if account == "market" else 2.0
    at = {place.id: row_of["balance", place.id, good] for place in region.places}
    ceiling = scales.ceiling(good)
    # where the rest of the world sells without limit no need can stay unmet
    endless = any(
        c.good == good and c.side == "supply" and math.isinf(c.limit) for c in region.outside
    ) and not any(x.subject == "outside_share" and x.good == good for x in region.limits)
    served = {
        link.destination
        for link in region.links
        if endless and link.good == good and link.origin == WORLD
    }
    for place in region.places:
        # room for more than plants can make, so that a market can be asked about any supply
        spare = Column("dispose", good, place.id)
        draft.add(spare, {at[place.id]: -1.0}, upper=10.0 * flow, scale=scale)
        if place.id in served:
            continue
        draft.add(
            Column("unmet", good, destination=place.id),
            {at[place.id]: 1.0},
            cost=ceiling,
            upper=flow,
            scale=scale,
        )
    for demand in region.demands:
        if demand.good == good and demand.quantity > 0:
            choke = demand.price * (1.0 - 1.0 / demand.elasticity)
            slope = -demand.price / (demand.elasticity * demand.quantity)
            draft.add(
                Column("demand", good, destination=demand.place),
                {at[demand.place]: -1.0},
                cost=-choke,
                curvature=slope,
                upper=choke / slope,
                scale=scale,
            )
    curves = {curve.side: curve for curve in region.outside if curve.good == good}
    world = {}
    for side in ("supply", "demand"):
        if side in curves:
            world[side] = len(row_scale)
            row_scale.append(scale)
    for link in region.links:
        if link.good != good:
            continue
        price = link.freight + tariff_seen * link.tariff
        if link.origin == WORLD and "supply" in curves:
            rows = {world["supply"]: -1.0, at[link.destination]: 1.0}
            kind = "import"
        elif link.destination == WORLD and "demand" in curves:
            rows = {at[link.origin]: -1.0, world["demand"]: 1.0}
            kind = "export"
        elif WORLD not in (link.origin, link.destination):
            rows = {at[link.origin]: -1.0, at[link.destination]: 1.0}
            kind = "ship"
        else:
            continue
        column = Column(kind, good, link.origin, link.destination, link.freight, link.tariff)
        draft.add(column, rows, cost=price, upper=flow, scale=scale)
    if "demand" in curves:
        curve = curves["demand"]
        reach = curve.price / curve.slope if curve.slope > 0 else math.inf
        draft.add(
            Column("world_demand", good),
            {world["demand"]: -1.0},
            cost=-curve.price,
            curvature=slope_seen * curve.slope,
            upper=min(curve.limit, reach, flow),
            scale=scale,
        )
    if "supply" in curves:
        curve = curves["supply"]
        limits = [x for x in region.limits if x.subject == "outside_share" and x.good == good]
        rows = {world["supply"]: 1.0}
        weight = sum(limit.weight for limit in limits)
        share = min((limit.maximum for limit in limits), default=math.inf)
        if limits:
            gross = {row_of["output", "", good]: -1.0}
            if share < 1.0:
                limit_row = len(row_scale)
                row_scale.append(scale)
                rows[limit_row] = 1.0 - share
                gross[limit_row] = -share
                draft.add(Column("slack", good), {limit_row: 1.0}, upper=2 * flow, scale=scale)
            draft.add(Column("gross_output", good), gross, upper=flow, scale=scale)
        draft.add(
            Column("world_supply", good),
            rows,
            cost=curve.price + weight,
            curvature=slope_seen * curve.slope,
            upper=min(curve.limit, flow),
            scale=scale,
        )
    elif any(x.subject == "outside_share" and x.good == good for x in region.limits):
        gross = {row_of["output", "", good]: -1.0}
        draft.add(Column("gross_output", good), gross, upper=flow, scale=scale)


def _add_totals(
    draft: _Draft,
    region: Region,
    row_of: dict[tuple[str, str, str], int],
    scales: GoodScales,
) -> None:
    """Add the region's emissions and jobs with their limits and weights."""
    emissions = [limit for limit in region.limits if limit.subject == "emissions"]
    jobs = [limit for limit in region.limits if limit.subject == "jobs"]
    draft.add(
        Column("emissions"),
        {row_of["emissions", "", ""]: -1.0},
        cost=sum(limit.weight for limit in emissions),
        lower=-scales.emissions,
        upper=min((limit.maximum for limit in emissions), default=math.inf)
        if any(math.isfinite(limit.maximum) for limit in emissions)
        else scales.emissions,
        scale=scales.emissions,
    )
    least = max((limit.minimum for limit in jobs), default=-math.inf)
    job_weight = sum(limit.weight for limit in jobs)
    draft.add(
        Column("jobs"),
        {row_of["jobs", "", ""]: -1.0},
        cost=-job_weight,
        lower=least if math.isfinite(least) and least > 0 else 0.0,
        upper=max(scales.jobs, least if math.isfinite(least) else 0.0),
        scale=scales.jobs,
    )
    if math.isfinite(least) and least > 0:
        draft.add(
            Column("unmet", "jobs"),
            {row_of["jobs", "", ""]: 1.0},
            cost=10.0 * scales.money / scales.jobs,
            upper=least,
            scale=scales.jobs,
        )


@dataclass(frozen=True, slots=True)
class GoodScales:
    """How much of each good can exist: natural bounds, which also serve to scale the numbers."""

    produced: dict[str, float]
    used: dict[str, float]
    worth: dict[str, float]
    emissions: float
    jobs: float
    money: float

    @staticmethod
    def of(region: Region) -> GoodScales:
        """Return the scales of ``region`` from its capacities, recipes and demands."""
        activity_of = {activity.id: activity for activity in region.activities}
        owner = region.place_owner()
        participant_of = {participant.id: participant for participant in region.participants}
        produced: dict[str, float] = defaultdict(float)
        used: dict[str, float] = defaultdict(float)
        emissions = jobs = 0.0
        capacities = [(p.place, p.activity, p.capacity, 1.0) for p in region.plants]
        for option in region.options:
            for size in activity_of[option.activity].sizes:
                capacities.append((option.place, option.activity, size, float(option.max_plants)))
        for place, name, size, number in capacities:
            activity = activity_of[name]
            amount = size * number
            produced[activity.output] += amount
            for good, share in activity.byproducts.items():
                produced[good] += share * amount
            for good, share in activity.inputs.items():
                used[good] += share * amount
            grid = participant_of[owner[place]].grid_emissions
            emissions += abs(activity.emissions + grid * activity.energy) * amount
            scale = (size / activity.reference_size) ** activity.labour_exponent
            jobs += number * scale * sum(activity.labour.values())
        for demand in region.demands:
            if demand.quantity > 0:
                used[demand.good] += demand.quantity * (1.0 - demand.elasticity)
        worth = _worth(region)
        money = sum(worth.get(g.id, 0.0) * (produced[g.id] + used[g.id]) for g in region.goods)
        return GoodScales(
            dict(produced),
            dict(used),
            worth,
            max(emissions, 1e-9) * 1.01,
            max(jobs, 1e-9) * 1.01,
            max(money, 1e-9),
        )

    def scale(self, good: str) -> float:
        """Return a typical quantity of ``good`` (units per year, above zero)."""
        return max(self.produced.get(good, 0.0), self.used.get(good, 0.0)) or 1.0

    def flow(self, good: str) -> float:
        """Return more of ``good`` than any sensible flow of it (units per year)."""
        return 1.01 * (self.produced.get(good, 0.0) + self.used.get(good, 0.0)) or 1.0

    def ceiling(self, good: str) -> float:
        """Return a price above any worth of ``good`` (M per unit)."""
        worth = self.worth.get(good, 0.0)
        return 5.0 * worth if worth > 0 else self.money / self.scale(good)


def _worth(region: Region) -> dict[str, float]:
    """Return the highest price anyone could pay per good, directly or through its products."""
    worth: dict[str, float] = defaultdict(float)
    for demand in region.demands:
        if demand.quantity > 0:
            worth[demand.good] = max(
                worth[demand.good], demand.price * (1.0 - 1.0 / demand.elasticity)
            )
    for curve in region.outside:
        worth[curve.good] = max(worth[curve.good], curve.price)
    for _ in region.goods:
        for activity in region.activities:
            gross = worth[activity.output]
            gross += sum(share * worth[g] for g, share in activity.byproducts.items())
            for good, share in activity.inputs.items():
                if share > 0 and good != activity.output:
                    worth[good] = max(worth[good], gross / share)
    return dict(worth)
