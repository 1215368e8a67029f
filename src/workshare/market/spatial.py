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
from dataclasses import dataclass, field

import numpy as np
import scipy.sparse as sp

from workshare.errors import OptionError
from workshare.market.market import Column, Market
from workshare.market.scales import GoodScales
from workshare.region.dimensions import shared_dimensions
from workshare.region.region import WORLD, Limit, Outside, Region

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


@dataclass(frozen=True, slots=True)
class _Good:
    """What every column of one good needs to know."""

    region: Region
    good: str
    scale: float
    flow: float
    at: dict[str, int]
    curves: dict[str, Outside]
    world: dict[str, int]
    limits: tuple[Limit, ...]


def _add_good(
    draft: _Draft,
    region: Region,
    good: str,
    row_of: dict[tuple[str, str, str], int],
    row_scale: list[float],
    scales: GoodScales,
    account: str,
) -> None:
    """Add every column of one good: places, demand, links, outside curves and their limit."""
    scale = scales.scale(good)
    curves = {curve.side: curve for curve in region.outside if curve.good == good}
    world: dict[str, int] = {}
    for side in ("supply", "demand"):
        if side in curves:
            world[side] = len(row_scale)
            row_scale.append(scale)
    this = _Good(
        region,
        good,
        scale,
        scales.flow(good),
        {place.id: row_of["balance", place.id, good] for place in region.places},
        curves,
        world,
        tuple(x for x in region.limits if x.subject == "outside_share" and x.good == good),
    )
    _add_places(draft, this, scales.ceiling(good))
    _add_demand(draft, this)
    _add_links(draft, this, 1.0 if account == "market" else 0.0)
    extra = _add_outside_share(draft, this, row_of, row_scale)
    _add_outside(draft, this, 1.0 if account == "market" else 2.0, extra)


def _add_places(draft: _Draft, this: _Good, ceiling: float) -> None:
    """Add disposal everywhere, and unmet needs where the outside does not sell without limit."""
    supply = this.curves.get("supply")
    endless = supply is not None and math.isinf(supply.limit) and not this.limits
    served = {
        link.destination
        for link in this.region.links
        if endless and link.good == this.good and link.origin == WORLD
    }
    for place, row in this.at.items():
        # room for more than plants can make, so that a market can be asked about any supply
        spare = Column("dispose", this.good, place)
        draft.add(spare, {row: -1.0}, upper=10.0 * this.flow, scale=this.scale)
        if place not in served:
            need = Column("unmet", this.good, destination=place)
            draft.add(need, {row: 1.0}, cost=ceiling, upper=this.flow, scale=this.scale)


def _add_demand(draft: _Draft, this: _Good) -> None:
    """Add straight-line final demand, up to the quantity at which its price is zero."""
    for demand in this.region.demands:
        if demand.good == this.good and demand.quantity > 0:
            choke = demand.price * (1.0 - 1.0 / demand.elasticity)
            slope = -demand.price / (demand.elasticity * demand.quantity)
            draft.add(
                Column("demand", this.good, destination=demand.place),
                {this.at[demand.place]: -1.0},
                cost=-choke,
                curvature=slope,
                upper=choke / slope,
                scale=this.scale,
            )


def _add_links(draft: _Draft, this: _Good, tariff_seen: float) -> None:
    """Add shipments, imports and exports; a link to a side the outside does not have is no way."""
    for link in this.region.links:
        if link.good != this.good:
            continue
        if link.origin == WORLD:
            kind, start, end = "import", this.world.get("supply"), this.at.get(link.destination)
        elif link.destination == WORLD:
            kind, start, end = "export", this.at.get(link.origin), this.world.get("demand")
        else:
            kind, start, end = "ship", this.at[link.origin], this.at[link.destination]
        if start is None or end is None:
            continue
        draft.add(
            Column(kind, this.good, link.origin, link.destination, link.freight, link.tariff),
            {start: -1.0, end: 1.0},
            cost=link.freight + tariff_seen * link.tariff,
            upper=this.flow,
            scale=this.scale,
        )


def _add_outside_share(
    draft: _Draft,
    this: _Good,
    row_of: dict[tuple[str, str, str], int],
    row_scale: list[float],
) -> dict[int, float]:
    """Add gross output and the limit on imports; return the limit's row in outside supply.

    Imports at most ``share`` of imports plus gross output: (1 - share) imports - share output <= 0.
    """
    if not this.limits:
        return {}
    share = min(limit.maximum for limit in this.limits)
    gross = {row_of["output", "", this.good]: -1.0}
    extra: dict[int, float] = {}
    if share < 1.0 and "supply" in this.curves:
        row = len(row_scale)
        row_scale.append(this.scale)
        extra[row] = 1.0 - share
        gross[row] = -share
        slack = Column("slack", this.good)
        draft.add(slack, {row: 1.0}, upper=2 * this.flow, scale=this.scale)
    draft.add(Column("gross_output", this.good), gross, upper=this.flow, scale=this.scale)
    return extra


def _add_outside(draft: _Draft, this: _Good, slope_seen: float, extra: dict[int, float]) -> None:
    """Add the rest of the world's two curves."""
    demand, supply = this.curves.get("demand"), this.curves.get("supply")
    if demand is not None:
        reach = demand.price / demand.slope if demand.slope > 0 else math.inf
        draft.add(
            Column("world_demand", this.good),
            {this.world["demand"]: -1.0},
            cost=-demand.price,
            curvature=slope_seen * demand.slope,
            upper=min(demand.limit, reach, this.flow),
            scale=this.scale,
        )
    if supply is not None:
        draft.add(
            Column("world_supply", this.good),
            {this.world["supply"]: 1.0, **extra},
            cost=supply.price + sum(limit.weight for limit in this.limits),
            curvature=slope_seen * supply.slope,
            upper=min(supply.limit, this.flow),
            scale=this.scale,
        )


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
