"""Small random regions, economically meaningful, in which building sometimes pays.

A region is drawn in *plain* units first: the region's demand for the last good of the chain is
about 1, and that good costs about 1 outside. Then money, each good, energy and emissions get
their own random scale, so that a solver cannot lean on numbers being near one.

Nothing drawn makes the region infeasible: idle plants and empty shelves are always allowed, and a
minimum of jobs appears only where one plant can certainly provide it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from workshare.region.region import (
    WORLD,
    Activity,
    Companion,
    Demand,
    Endowment,
    Good,
    Limit,
    Link,
    Option,
    Outside,
    Participant,
    Place,
    Plant,
    Region,
    Worker,
)

OCCUPATIONS = ("engineer", "operator")
PLAIN_RATE = 0.08


@dataclass(frozen=True)
class Features:
    """Which optional parts a random region has."""

    limits: bool
    budgets: bool
    companions: bool
    nontradables: bool
    existing_plants: bool
    several_places: bool


def random_region(
    seed: int,
    *,
    participants: int | None = None,
    activities: int | None = None,
    with_limits: bool | None = None,
    with_budgets: bool | None = None,
    with_companions: bool | None = None,
    with_nontradables: bool | None = None,
    with_existing_plants: bool | None = None,
    several_places: bool | None = None,
) -> Region:
    """Draw a region; whatever is ``None`` is drawn too, and the same call gives the same region.

    Parameters
    ----------
    seed : the only source of randomness.
    participants, activities : how many; drawn between 2 and 4.
    with_limits : region-wide emissions, jobs and outside-share limits and weights.
    with_budgets : power, public money and workers, sometimes binding.
    with_companions : activities that need or exclude one another.
    with_nontradables : a raw material with endowments, or heat that one activity gives another.
    with_existing_plants : plants that stand today.
    several_places : one or two places for each participant instead of one.
    """
    rng = np.random.default_rng(seed)
    drawn = rng.random(6)
    chances = (0.4, 0.35, 0.25, 0.35, 0.5, 0.25)
    wishes = (
        with_limits,
        with_budgets,
        with_companions,
        with_nontradables,
        with_existing_plants,
        several_places,
    )
    features = Features(
        *(
            bool(value < chance) if wish is None else wish
            for wish, value, chance in zip(wishes, drawn, chances, strict=True)
        )
    )
    counts = rng.integers(2, 5, size=2)
    draw = _Draw(
        rng,
        features,
        int(counts[0]) if participants is None else participants,
        int(counts[1]) if activities is None else activities,
    )
    return _rescale(draw.region(f"Random region {seed}"), rng)


class _Draw:
    """The choices of one region in plain units, made in a fixed order."""

    def __init__(
        self, rng: np.random.Generator, features: Features, participants: int, activities: int
    ) -> None:
        self.rng = rng
        self.features = features
        self.num_participants = participants
        self.num_activities = activities

    def region(self, title: str) -> Region:
        """Draw everything."""
        self.places = self._places()
        self._chain()
        participants = tuple(self._participant(k) for k in range(self.num_participants))
        activities = tuple(self._activity(k) for k in range(self.num_activities))
        options = self._options(activities)
        plants = self._existing(activities) if self.features.existing_plants else ()
        endowments = tuple(
            Endowment(place.id, good, self.uniform(0.2, 1.6))
            for good in self.nontraded
            for place in self.places
            if self.chance(0.75)
        )
        return Region(
            title=title,
            currency="USD",
            price_year=2020,
            horizon_year=2030,
            participants=participants,
            places=self.places,
            goods=tuple(
                Good(good, good, "t", tradable=good not in self.nontraded) for good in self.goods
            ),
            activities=activities,
            options=options,
            links=self._links(),
            outside=self._outside(),
            demands=self._demands(),
            plants=plants,
            companions=self._companions() if self.features.companions else (),
            endowments=endowments,
            limits=self._limits(activities, options) if self.features.limits else (),
        )

    def uniform(self, low: float, high: float) -> float:
        """One number between two."""
        return float(self.rng.uniform(low, high))

    def chance(self, probability: float) -> bool:
        """True with that probability."""
        return bool(self.rng.random() < probability)

    def _places(self) -> tuple[Place, ...]:
        places = []
        for k in range(self.num_participants):
            two = self.features.several_places and (k == 0 or self.chance(0.5))
            for name in ("n", "s") if two else ("n",):
                places.append(Place(f"P{k}{name}", f"P{k}", f"Place {name} of P{k}"))
        return tuple(places)

    def _chain(self) -> None:
        """Goods ``raw, g1, g2, ...``, the value each step adds, and outside prices summing to 1."""
        steps = self.rng.uniform(0.5, 1.5, size=self.num_activities + 1)
        steps[0] *= 0.5
        steps /= steps.sum()
        self.added = [float(step) for step in steps[1:]]
        outputs = [f"g{k + 1}" for k in range(self.num_activities)]
        self.goods = ["raw", *outputs]
        totals = [float(total) for total in np.cumsum(steps)]
        self.price = dict(zip(self.goods, totals, strict=True))
        self.nontraded: list[str] = []
        self.heat = False
        if self.features.nontradables:
            self.heat = self.num_activities > 1 and self.chance(0.5)
            if not self.heat or self.chance(0.5):
                self.nontraded.append("raw")
            if self.heat:
                self.nontraded.append("heat")
                self.goods.append("heat")
                self.price["heat"] = 0.0
        self.scrap = self.chance(0.2) and "raw" not in self.nontraded

    def _participant(self, k: int) -> Participant:
        tight = self.features.budgets
        workers = tuple(
            Worker(
                occupation,
                self.uniform(0.01, 0.03),
                self.uniform(1.0, 8.0) if tight and self.chance(0.5) else math.inf,
            )
            for occupation in OCCUPATIONS
        )
        return Participant(
            id=f"P{k}",
            name=f"Participant {k}",
            gdp=self.uniform(20.0, 400.0),
            cost_of_capital=self.uniform(0.03, 0.14) if self.chance(0.95) else 0.0,
            energy_price=self.uniform(0.02, 0.12),
            grid_emissions=self.uniform(0.0, 0.8),
            power_limit=self.uniform(0.2, 1.5) if tight and self.chance(0.6) else math.inf,
            public_money=self.uniform(0.1, 0.8) if tight and self.chance(0.6) else math.inf,
            capital_multiplier=self.uniform(0.85, 1.2),
            variable_multiplier=self.uniform(0.9, 1.15),
            workforce=workers,
        )

    def _activity(self, k: int) -> Activity:
        """Draw a process whose cost at its reference size is 0.6 to 1.25 of the value it adds."""
        output, source = f"g{k + 1}", self.goods[k]
        reference = self.uniform(0.2, 0.9)
        menu = self.rng.choice([0.35, 1.0, 2.0], size=self.rng.integers(1, 4), replace=False)
        target = self.added[k] * self.uniform(0.6, 1.25)
        shares = self.rng.dirichlet([5.0, 2.5, 0.7])
        life = float(self.rng.choice([8.0, 15.0, 25.0]))
        fixed_share = self.uniform(0.0, 0.06)
        recovery = PLAIN_RATE / (1.0 - (1.0 + PLAIN_RATE) ** -life)
        capital = target * shares[0] * reference * 0.9 / (recovery + fixed_share)
        energy = self.uniform(0.0, 0.8) if self.chance(0.8) else 0.0
        inputs = {source: 1.0}
        byproducts: dict[str, float] = {}
        if k > 1 and self.chance(0.3):
            inputs["g1"] = self.uniform(0.05, 0.3)
        if self.heat:
            if k == 0:
                byproducts["heat"] = self.uniform(0.3, 1.2)
            if k == self.num_activities - 1:
                inputs["heat"] = self.uniform(0.3, 0.9)
        if self.scrap and k == self.num_activities - 1:
            byproducts["raw"] = self.uniform(0.05, 0.2)
        labour_cost = target * float(shares[2]) * reference
        return Activity(
            id=f"make_{output}",
            name=f"Making of {output}",
            output=output,
            reference_size=reference,
            sizes=tuple(sorted(float(reference * ratio) for ratio in menu)),
            capital_cost=float(capital),
            capital_exponent=self.uniform(0.55, 0.85) if self.chance(0.85) else 1.0,
            life=life,
            fixed_share=fixed_share,
            variable_cost=max(target * float(shares[1]) - 0.07 * energy, 0.0),
            variable_exponent=self.uniform(-0.12, 0.0) if self.chance(0.5) else 0.0,
            learning_exponent=self.uniform(-0.1, 0.0) if self.chance(0.4) else 0.0,
            minimum_load=self.uniform(0.1, 0.5) if self.chance(0.6) else 0.0,
            energy=energy,
            emissions=self.uniform(0.0, 1.0),
            labour_exponent=self.uniform(0.6, 1.0),
            public_share=self.uniform(0.1, 0.5) if self.chance(0.5) else 0.0,
            inputs=inputs,
            byproducts=byproducts,
            labour={
                occupation: labour_cost / 0.02 * share
                for occupation, share in zip(OCCUPATIONS, (0.3, 0.7), strict=True)
            },
        )

    def _options(self, activities: tuple[Activity, ...]) -> tuple[Option, ...]:
        options = []
        for place in self.places:
            for activity in activities:
                if not self.chance(0.8):
                    continue
                largest = activity.sizes[-1]
                capped = self.chance(0.15)
                options.append(
                    Option(
                        place=place.id,
                        activity=activity.id,
                        max_plants=2 if self.chance(0.3) else 1,
                        max_output=largest * self.uniform(0.8, 1.4) if capped else math.inf,
                        capital_multiplier=self.uniform(0.9, 1.15) if self.chance(0.5) else 1.0,
                        variable_multiplier=self.uniform(0.9, 1.1) if self.chance(0.5) else 1.0,
                    )
                )
        return tuple(options)

    def _existing(self, activities: tuple[Activity, ...]) -> tuple[Plant, ...]:
        plants = []
        for place in self.places:
            for activity in activities:
                if self.chance(0.2):
                    capacity = activity.reference_size * self.uniform(0.2, 1.0)
                    name = f"old_{place.id}_{activity.id}"
                    plants.append(Plant(name, place.id, activity.id, capacity))
        return tuple(plants)

    def _links(self) -> tuple[Link, ...]:
        """Freight and tariffs both ways between places and with the world; a few ways missing."""
        outside_tariff = {place.participant: self.uniform(0.0, 0.25) for place in self.places}
        inside_tariff = self.uniform(0.0, 0.15) if self.chance(0.5) else 0.0
        links = []
        for good in self.goods:
            if good in self.nontraded:
                continue
            price = self.price[good]
            for place in self.places:
                freight = price * self.uniform(0.03, 0.2)
                tariff = price * outside_tariff[place.participant] * self.uniform(0.0, 1.0)
                links.append(Link(WORLD, place.id, good, freight, tariff))
                links.append(Link(place.id, WORLD, good, price * self.uniform(0.02, 0.12)))
            for origin in self.places:
                for destination in self.places:
                    if origin.id == destination.id or self.chance(0.05):
                        continue
                    same = origin.participant == destination.participant
                    freight = price * self.uniform(0.005, 0.04 if same else 0.12)
                    tariff = 0.0 if same else price * inside_tariff
                    links.append(Link(origin.id, destination.id, good, freight, tariff))
        return tuple(links)

    def _outside(self) -> tuple[Outside, ...]:
        curves = []
        last = f"g{self.num_activities}"
        for good in self.goods:
            if good in self.nontraded:
                continue
            price = self.price[good]
            sells = {"raw": 1.0, last: 0.85}.get(good, 0.6)
            if self.chance(sells):
                slope = price * self.uniform(0.0, 0.3) if self.chance(0.6) else 0.0
                limit = self.uniform(0.5, 3.0) if self.chance(0.2) else math.inf
                curves.append(Outside(good, "supply", price, slope, limit))
            if self.chance(0.6):
                paid = price * self.uniform(0.75, 1.0)
                slope = paid * self.uniform(0.02, 0.6) if self.chance(0.8) else 0.0
                limit = self.uniform(0.3, 2.0) if slope == 0.0 or self.chance(0.2) else math.inf
                curves.append(Outside(good, "demand", paid, slope, limit))
        return tuple(curves)

    def _demands(self) -> tuple[Demand, ...]:
        last = f"g{self.num_activities}"
        weights = self.rng.dirichlet([1.5] * len(self.places))
        total = self.uniform(0.6, 1.8)
        demands = [
            Demand(
                place.id,
                last,
                max(float(weight), 0.02) * total,
                self.price[last] * self.uniform(0.9, 1.4),
                -self.uniform(0.3, 2.0),
            )
            for place, weight in zip(self.places, weights, strict=True)
        ]
        if self.num_activities > 1 and self.chance(0.25):
            place = self.places[int(self.rng.integers(len(self.places)))]
            quantity = self.uniform(0.05, 0.3)
            demands.append(
                Demand(place.id, "g1", quantity, self.price["g1"] * 1.2, -self.uniform(0.5, 1.5))
            )
        return tuple(demands)

    def _companions(self) -> tuple[Companion, ...]:
        """One or two rules between different activities."""
        rules = []
        for _ in range(int(self.rng.integers(1, 3))):
            first, second = self.rng.choice(self.num_activities, size=2, replace=False)
            scope = "place" if self.chance(0.5) else "participant"
            rule = "requires" if self.chance(0.6) else "excludes"
            rules.append(Companion(f"make_g{first + 1}", rule, f"make_g{second + 1}", scope))
        return tuple(rules)

    def _limits(
        self, activities: tuple[Activity, ...], options: tuple[Option, ...]
    ) -> tuple[Limit, ...]:
        limits = []
        total = sum(activity.emissions + 0.4 * activity.energy for activity in activities)
        if self.chance(0.7):
            maximum = self.uniform(0.1, 1.0) * total if self.chance(0.5) else math.inf
            limits.append(Limit("emissions", maximum=maximum, weight=self.uniform(0.0, 0.15)))
        if self.chance(0.4):
            possible = not (self.features.budgets or self.features.companions or limits)
            minimum = self._certain_jobs(activities[0], options) if possible else -math.inf
            limits.append(Limit("jobs", minimum=minimum, weight=self.uniform(0.0, 0.01)))
        if self.chance(0.5):
            good = f"g{self.num_activities}"
            maximum = self.uniform(0.2, 0.9) if self.chance(0.6) else math.inf
            weight = self.price[good] * self.uniform(0.0, 0.2)
            limits.append(Limit("outside_share", good, maximum=maximum, weight=weight))
        return tuple(limits)

    def _certain_jobs(self, activity: Activity, options: tuple[Option, ...]) -> float:
        """Half the jobs of one plant that can always run, or no minimum."""
        here = [option for option in options if option.activity == activity.id]
        if not here or "raw" in self.nontraded:
            return -math.inf
        scale = (activity.sizes[0] / activity.reference_size) ** activity.labour_exponent
        return 0.5 * float(scale) * sum(activity.labour.values())


def _rescale(region: Region, rng: np.random.Generator) -> Region:
    """Give money, every good, energy and emissions a random scale of their own."""
    money = 10.0 ** float(rng.uniform(-1.0, 4.0))
    energy = 10.0 ** float(rng.uniform(-1.0, 3.0))
    emissions = 10.0 ** float(rng.uniform(-1.0, 3.0))
    goods = {good.id: 10.0 ** float(rng.uniform(-1.0, 4.0)) for good in region.goods}
    return in_units(region, money=money, energy=energy, emissions=emissions, goods=goods)


def in_units(
    region: Region,
    *,
    money: float = 1.0,
    energy: float = 1.0,
    emissions: float = 1.0,
    goods: dict[str, float] | None = None,
) -> Region:
    """Return the same region measured in other units: one old unit is that many new ones."""
    unit = {good.id: 1.0 for good in region.goods} | (goods or {})
    output = {activity.id: unit[activity.output] for activity in region.activities}
    return replace(
        region,
        participants=tuple(_party(p, money, energy, emissions) for p in region.participants),
        activities=tuple(_process(a, unit, money, energy, emissions) for a in region.activities),
        options=tuple(
            replace(option, max_output=option.max_output * output[option.activity])
            for option in region.options
        ),
        links=tuple(
            replace(
                link,
                freight=link.freight * money / unit[link.good],
                tariff=link.tariff * money / unit[link.good],
            )
            for link in region.links
        ),
        outside=tuple(
            replace(
                curve,
                price=curve.price * money / unit[curve.good],
                slope=curve.slope * money / unit[curve.good] ** 2,
                limit=curve.limit * unit[curve.good],
            )
            for curve in region.outside
        ),
        demands=tuple(
            replace(
                demand,
                quantity=demand.quantity * unit[demand.good],
                price=demand.price * money / unit[demand.good],
            )
            for demand in region.demands
        ),
        plants=tuple(
            replace(plant, capacity=plant.capacity * output[plant.activity])
            for plant in region.plants
        ),
        endowments=tuple(
            replace(entry, amount=entry.amount * unit[entry.good]) for entry in region.endowments
        ),
        limits=tuple(_limit(limit, unit, money, emissions) for limit in region.limits),
    )


def _party(party: Participant, money: float, energy: float, emissions: float) -> Participant:
    return replace(
        party,
        gdp=party.gdp * money,
        energy_price=party.energy_price * money / energy,
        grid_emissions=party.grid_emissions * emissions / energy,
        power_limit=party.power_limit * energy,
        public_money=party.public_money * money,
        workforce=tuple(replace(worker, wage=worker.wage * money) for worker in party.workforce),
    )


def _process(
    activity: Activity, unit: dict[str, float], money: float, energy: float, emissions: float
) -> Activity:
    scale = unit[activity.output]
    return replace(
        activity,
        reference_size=activity.reference_size * scale,
        sizes=tuple(size * scale for size in activity.sizes),
        capital_cost=activity.capital_cost * money,
        variable_cost=activity.variable_cost * money / scale,
        energy=activity.energy * energy / scale,
        emissions=activity.emissions * emissions / scale,
        inputs={good: rate * unit[good] / scale for good, rate in activity.inputs.items()},
        byproducts={good: rate * unit[good] / scale for good, rate in activity.byproducts.items()},
    )


def _limit(limit: Limit, unit: dict[str, float], money: float, emissions: float) -> Limit:
    if limit.subject == "emissions":
        scale = emissions
        return replace(limit, maximum=limit.maximum * scale, weight=limit.weight * money / scale)
    if limit.subject == "outside_share":
        return replace(limit, weight=limit.weight * money / unit[limit.good])
    return replace(limit, weight=limit.weight * money)
