"""Accounts of an outcome kept by hand: from its flows and levels and the region's own records.

Nothing of the engines is used: costs come from the reference's arithmetic, demand curves, freight,
tariffs and outside curves from the region as it was read.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from reference.units import demand_line, running_units
from workshare.region.region import WORLD, Region
from workshare.studies.outcome import Outcome


@dataclass(frozen=True)
class Books:
    """The books of ``outcome`` in ``region``; money in M per year."""

    region: Region
    outcome: Outcome

    @cached_property
    def turnover(self) -> float:
        """Money that changes hands or could: a size to compare differences with."""
        spent = sum(d.price * max(d.quantity, 0.0) for d in self.region.demands)
        moved = sum(f.quantity * abs(f.price_destination) for f in self.outcome.flows)
        return spent + moved + sum(self.private_costs.values()) + 1e-12

    @cached_property
    def private_costs(self) -> dict[str, float]:
        """What each participant's plants cost it: those that run, and capital of idle ones."""
        units = {
            (u.place, u.activity.id, u.plant, u.size, u.number): u
            for u in running_units(self.region)
        }
        wages = {
            (p.id, w.occupation): w.wage for p in self.region.participants for w in p.workforce
        }
        costs = dict.fromkeys((p.id for p in self.region.participants), 0.0)
        for plant in self.outcome.plants:
            g = plant.group
            unit = units[g.place, g.activity, g.plant, g.size, g.number]
            if plant.idle:
                # capital stays; upkeep and wages fall away
                paid = sum(
                    wages.get((unit.participant, occupation), 0.0) * number
                    for occupation, number in unit.workers.items()
                )
                upkeep = unit.activity.fixed_share * g.capital
                costs[unit.participant] += unit.fixed_cost - paid - upkeep
            else:
                costs[unit.participant] += unit.fixed_cost + unit.marginal_cost * plant.output
        return costs

    @cached_property
    def net_supply(self) -> dict[tuple[str, str], float]:
        """What plants add to each tradable good at each place."""
        activities = {a.id: a for a in self.region.activities}
        made: dict[tuple[str, str], float] = defaultdict(float)
        for plant in self.outcome.plants:
            activity = activities[plant.group.activity]
            made[plant.group.place, activity.output] += plant.output
            for good, rate in activity.byproducts.items():
                made[plant.group.place, good] += rate * plant.output
            for good, rate in activity.inputs.items():
                made[plant.group.place, good] -= rate * plant.output
        return made

    @cached_property
    def left_over(self) -> dict[tuple[str, str], float]:
        """Net supply and arrivals less departures and final demand (disposal; never negative)."""
        left = defaultdict(float, self.net_supply)
        for flow in self.outcome.flows:
            left[flow.origin, flow.good] -= flow.quantity
            left[flow.destination, flow.good] += flow.quantity
        for price in self.outcome.prices:
            left[price.place, price.good] -= price.demand
        tradable = {good.id for good in self.region.goods if good.tradable}
        return {k: v for k, v in left.items() if k[0] != WORLD and k[1] in tradable}

    @cached_property
    def worth_of_use(self) -> dict[str, float]:
        """What final consumers would pay at most for what they use, by participant.

        Several demands of one good at one place share it at one price.
        """
        owner = self.region.place_owner()
        worth = dict.fromkeys((p.id for p in self.region.participants), 0.0)
        used = {(p.place, p.good): p.demand for p in self.outcome.prices}
        for (place, good), total in used.items():
            lines = [
                demand_line(d.quantity, d.price, d.elasticity)
                for d in self.region.demands
                if (d.place, d.good) == (place, good) and d.quantity > 0
            ]
            if lines:
                worth[owner[place]] += _area(lines, total)
        return worth

    def outside(self, side: str, *, area: bool = False) -> float:
        """Money paid to (``supply``) or got from (``demand``) the rest of the world.

        At the curve's price at the total quantity, or (``area``) the area under the curve.
        """
        totals: dict[str, float] = defaultdict(float)
        for flow in self.outcome.flows:
            if (flow.origin if side == "supply" else flow.destination) == WORLD:
                totals[flow.good] += flow.quantity
        money = 0.0
        for curve in self.region.outside:
            if curve.side == side:
                quantity = totals.pop(curve.good, 0.0)
                slope = curve.slope if side == "supply" else -curve.slope
                money += quantity * (curve.price + slope * quantity * (0.5 if area else 1.0))
        assert not totals, "a flow with the rest of the world without its curve"
        return money

    @cached_property
    def freight(self) -> float:
        """Freight of all flows, from the region's links."""
        return sum(self._link(f).freight * f.quantity for f in self.outcome.flows)

    @cached_property
    def tariffs(self) -> dict[str, float]:
        """Tariff revenue by participant, from the region's links."""
        owner = self.region.place_owner()
        paid = dict.fromkeys((p.id for p in self.region.participants), 0.0)
        for flow in self.outcome.flows:
            if flow.destination != WORLD:
                paid[owner[flow.destination]] += self._link(flow).tariff * flow.quantity
        return paid

    @property
    def regional_value(self) -> float:
        """Worth of final use - freight - imports + exports - private costs."""
        return (
            sum(self.worth_of_use.values())
            - self.freight
            - self.outside("supply")
            + self.outside("demand")
            - sum(self.private_costs.values())
        )

    @property
    def market_value(self) -> float:
        """The same as the market sees it: tariffs cost, outside curves by area, weights count."""
        weight = 0.0
        for limit in self.region.limits:
            if limit.subject == "emissions":
                weight -= limit.weight * self.emissions
            elif limit.subject == "jobs":
                weight += limit.weight * self.jobs
            else:
                bought = (
                    f.quantity
                    for f in self.outcome.flows
                    if f.good == limit.good and f.origin == WORLD
                )
                weight -= limit.weight * sum(bought)
        return (
            sum(self.worth_of_use.values())
            - self.freight
            - sum(self.tariffs.values())
            - self.outside("supply", area=True)
            + self.outside("demand", area=True)
            - sum(self.private_costs.values())
            + weight
        )

    @property
    def emissions(self) -> float:
        """Emissions of all plants, kt CO2 per year."""
        activities = {a.id: a for a in self.region.activities}
        grid = {p.id: p.grid_emissions for p in self.region.participants}
        return sum(
            (
                activities[p.group.activity].emissions
                + activities[p.group.activity].energy * grid[p.participant]
            )
            * p.output
            for p in self.outcome.plants
        )

    @property
    def jobs(self) -> float:
        """Jobs at all plants that run."""
        total = 0.0
        for plant in self.outcome.plants:
            activity = next(a for a in self.region.activities if a.id == plant.group.activity)
            ratio = plant.group.size / activity.reference_size
            staff = plant.group.number * ratio**activity.labour_exponent
            total += 0.0 if plant.idle else staff * sum(activity.labour.values())
        return total

    @cached_property
    def national_values(self) -> dict[str, float]:
        """Sales at local prices + consumer surplus + tariffs - private costs, by participant."""
        owner = self.region.place_owner()
        values = dict(self.worth_of_use)
        for price in self.outcome.prices:
            if not math.isnan(price.price):
                sold = self.net_supply.get((price.place, price.good), 0.0)
                values[owner[price.place]] += price.price * (sold - price.demand)
        for code in values:
            values[code] += self.tariffs[code] - self.private_costs[code]
        return values

    def _link(self, flow):  # type: ignore[no-untyped-def]
        return next(
            link
            for link in self.region.links
            if (link.origin, link.destination, link.good)
            == (flow.origin, flow.destination, flow.good)
        )


def _area(lines: list[tuple[float, float, float]], total: float) -> float:
    """Worth of ``total`` shared among demand lines (choke price, slope, most) at one price."""
    low, high = min(top - slope * most for top, slope, most in lines), max(t for t, _, _ in lines)
    for _ in range(200):
        price = 0.5 * (low + high)
        taken = sum(min(max((top - price) / slope, 0.0), most) for top, slope, most in lines)
        low, high = (price, high) if taken > total else (low, price)
    shares = [min(max((top - high) / slope, 0.0), most) for top, slope, most in lines]
    scale = total / sum(shares) if sum(shares) > 0 else 0.0
    return sum(
        (top - 0.5 * slope * share * scale) * share * scale
        for (top, slope, _), share in zip(lines, shares, strict=True)
    )
