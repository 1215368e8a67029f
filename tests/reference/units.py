"""Every group of plants that could run, with its yearly costs: the reference's own arithmetic."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from workshare.region.region import Activity, Option, Participant, Region


@dataclass(frozen=True)
class Unit:
    """``number`` equal plants that run or stand idle together.

    ``fixed_cost`` is M per year while running (capital, fixed share, wages); ``marginal_cost`` M
    per unit of output; ``capacity`` units per year of all of them; ``public_money`` M of capital
    that the state pays; ``workers`` by occupation and ``jobs`` in all; ``emissions`` kt per unit.
    """

    participant: str
    place: str
    activity: Activity
    size: float
    number: int
    existing: bool
    plant: str
    fixed_cost: float
    marginal_cost: float
    public_money: float
    workers: Mapping[str, float]
    emissions: float

    @property
    def capacity(self) -> float:
        """Output at full load, units per year."""
        return self.number * self.size

    @property
    def jobs(self) -> float:
        """Workers of every occupation."""
        return sum(self.workers.values())

    def gross(self, good: str) -> float:
        """Units of ``good`` made per unit of output, before any of it is used."""
        own = 1.0 if self.activity.output == good else 0.0
        return own + self.activity.byproducts.get(good, 0.0)

    def net(self, good: str) -> float:
        """Units of ``good`` added per unit of output."""
        return self.gross(good) - self.activity.inputs.get(good, 0.0)


def running_units(region: Region) -> tuple[Unit, ...]:
    """Return every unit: one for each number of new plants of a size, one for each old plant."""
    owner = region.place_owner()
    participants = {participant.id: participant for participant in region.participants}
    activities = {activity.id: activity for activity in region.activities}
    options = {(option.place, option.activity): option for option in region.options}
    units = [
        unit_of(participants[owner[option.place]], option, activities[option.activity], size, n)
        for option in region.options
        for size in activities[option.activity].sizes
        for n in range(1, option.max_plants + 1)
    ]
    for plant in region.plants:
        option = options.get((plant.place, plant.activity), Option(plant.place, plant.activity))
        party = participants[owner[plant.place]]
        activity = activities[plant.activity]
        units.append(unit_of(party, option, activity, plant.capacity, 1, plant.id))
    return tuple(units)


def unit_of(
    party: Participant,
    option: Option,
    activity: Activity,
    size: float,
    number: int,
    plant: str | None = None,
) -> Unit:
    """Cost ``number`` plants of one size; ``plant`` names the one that already stands."""
    ratio = size / activity.reference_size
    capital = (
        number
        * activity.capital_cost
        * ratio**activity.capital_exponent
        * party.capital_multiplier
        * option.capital_multiplier
    )
    yearly = activity.fixed_share
    if plant is None:
        yearly += capital_recovery(party.cost_of_capital, activity.life)
    variable = (
        activity.variable_cost
        * ratio**activity.variable_exponent
        * (number * ratio) ** activity.learning_exponent
        * party.variable_multiplier
        * option.variable_multiplier
    )
    workers = {
        occupation: number * amount * ratio**activity.labour_exponent
        for occupation, amount in activity.labour.items()
    }
    wages = {worker.occupation: worker.wage for worker in party.workforce}
    paid = sum(amount * wages.get(occupation, 0.0) for occupation, amount in workers.items())
    return Unit(
        participant=party.id,
        place=option.place,
        activity=activity,
        size=size,
        number=number,
        existing=plant is not None,
        plant=plant or "",
        fixed_cost=capital * yearly + paid,
        marginal_cost=variable + activity.energy * party.energy_price,
        public_money=0.0 if plant is not None else activity.public_share * capital,
        workers=workers,
        emissions=activity.emissions + activity.energy * party.grid_emissions,
    )


def capital_recovery(rate: float, life: float) -> float:
    """Yearly payment per unit of capital.

    >>> round(capital_recovery(0.1, 1.0), 12)
    1.1
    >>> capital_recovery(0.0, 20.0)
    0.05
    """
    return 1.0 / life if rate == 0.0 else -rate / math.expm1(-life * math.log1p(rate))


def demand_line(quantity: float, price: float, elasticity: float) -> tuple[float, float, float]:
    """Return the price at no demand, the fall in price per unit, and demand at a price of nothing.

    >>> demand_line(10.0, 10.0, -1.0)
    (20.0, 1.0, 20.0)
    """
    steepness = -1.0 / elasticity
    return price * (1.0 + steepness), price * steepness / quantity, quantity * (1.0 - elasticity)


def quantity_scales(
    region: Region, units: tuple[Unit, ...], net_supply: Mapping[tuple[str, str], float]
) -> dict[str, float]:
    """A typical yearly quantity of each good: the largest of what one place or plant handles."""
    scales = {good.id: 0.0 for good in region.goods}
    for demand in region.demands:
        scales[demand.good] = max(scales[demand.good], demand.quantity)
    for unit in units:
        for good in region.goods:
            scales[good.id] = max(scales[good.id], abs(unit.net(good.id)) * unit.capacity)
    for (_, good_id), amount in net_supply.items():
        scales[good_id] = max(scales[good_id], abs(amount))
    return {good: scale or 1.0 for good, scale in scales.items()}


def turnover(region: Region, quantity: Mapping[str, float]) -> float:
    """A typical yearly amount of money: what final demand spends, else what exports could earn."""
    spent = sum(demand.price * demand.quantity for demand in region.demands)
    earned = sum(o.price * quantity[o.good] for o in region.outside if o.side == "demand")
    return spent or earned or 1.0


def refuse_unclear(
    region: Region, tradable: Mapping[str, bool], net_supply: Mapping[tuple[str, str], float]
) -> None:
    """Refuse what the region's definitions do not settle, rather than choose a meaning here."""
    fixed = {good for good, moves in tradable.items() if not moves}
    moved = [link.good for link in region.links] + [good for _, good in net_supply]
    moved += [curve.good for curve in region.outside]
    moved += [demand.good for demand in region.demands]
    if fixed.intersection(moved):
        raise ValueError("a good that is not traded has a link, a curve, a demand or extra supply")
    if any(tradable[endowment.good] for endowment in region.endowments):
        raise ValueError("an endowment of a good that is traded")
    sides = [(curve.good, curve.side) for curve in region.outside]
    if len(set(sides)) < len(sides):
        raise ValueError("two outside curves of one good and side")
