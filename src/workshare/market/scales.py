"""How large things can get in a region: natural bounds on flows, which also scale the numbers."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from workshare.region.region import Region


@dataclass(frozen=True, slots=True)
class GoodScales:
    """How much of each good can exist, and what it can be worth."""

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
        emissions = jobs = outlay = 0.0
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
            relative = size / activity.reference_size
            jobs += number * relative**activity.labour_exponent * sum(activity.labour.values())
            outlay += number * activity.capital_cost * relative**activity.capital_exponent
            outlay += amount * activity.variable_cost
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
            # where nothing is worth anything, what plants would cost still sets the scale
            max(money, 1e-3 * outlay, 1e-9),
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
