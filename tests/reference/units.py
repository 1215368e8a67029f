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
