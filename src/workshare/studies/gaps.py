"""What is missing and what nearly entered: shortfalls, and why an option was not chosen."""

from __future__ import annotations

import math
from dataclasses import dataclass

from workshare.region.region import WORLD
from workshare.response import Group
from workshare.response.model import gross_output, net_output
from workshare.studies.outcome import Outcome
from workshare.studies.setting import Setting


@dataclass(frozen=True, slots=True)
class NotChosen:
    """An option that did not enter, with the price of its product that would bring it in.

    ``price_needed`` covers all its cost at full load with inputs at this outcome's prices;
    ``missing_profit`` is what it would lose there at today's price (M per year; negative where it
    would gain: then only its effect on prices, or a shared limit, keeps it out).
    """

    participant: str
    group: Group
    good: str
    price_now: float
    price_needed: float
    missing_profit: float
    why: str


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A good the region imports or goes without, its marginal value and the nearest investment."""

    good: str
    imports: float
    unmet: float
    consumption: float
    marginal_value: float
    nearest: NotChosen | None

    @property
    def share(self) -> float:
        """Imports as a share of what the region uses."""
        return self.imports / self.consumption if self.consumption > 0 else 0.0


def not_chosen(setting: Setting, outcome: Outcome) -> list[NotChosen]:
    """Return, for every activity allowed at a place without a new plant there, its nearest size."""
    price = Prices.of(setting, outcome)
    entered = {
        (plant.group.place, plant.group.activity)
        for plant in outcome.plants
        if not plant.group.existing
    }
    nearest: dict[tuple[str, str], NotChosen] = {}
    for code in setting.participants:
        for group in setting.models[code].groups:
            key = (group.place, group.activity)
            if group.existing or key in entered:
                continue
            item = _entry(setting, code, group, price)
            if key not in nearest or _distance(item) < _distance(nearest[key]):
                nearest[key] = item
    return sorted(nearest.values(), key=lambda item: (_distance(item), item.group.label))


@dataclass(frozen=True, slots=True)
class Prices:
    """What a plant would pay and get at a place, also where nobody makes or uses the good yet."""

    here: dict[tuple[str, str], float]
    buying: dict[tuple[str, str], float]
    selling: dict[tuple[str, str], float]

    @staticmethod
    def of(setting: Setting, outcome: Outcome) -> Prices:
        """Return local prices, the cheapest landed cost and the best sale net of moving it."""
        here = {(p.place, p.good): p.price for p in outcome.prices if not math.isnan(p.price)}
        buying = dict(here)
        selling = dict(here)
        for link in setting.region.links:
            move = link.freight + link.tariff
            start = here.get((link.origin, link.good))
            end = here.get((link.destination, link.good))
            if link.origin == WORLD:
                start = outcome.outside.get((link.good, "supply"))
            if link.destination == WORLD:
                end = outcome.outside.get((link.good, "demand"))
            at, to = (link.destination, link.good), (link.origin, link.good)
            if start is not None and at not in here:
                buying[at] = min(buying.get(at, math.inf), start + move)
            if end is not None and to not in here:
                selling[to] = max(selling.get(to, 0.0), end - move)
        return Prices(here, buying, selling)


def _distance(item: NotChosen) -> float:
    if math.isinf(item.price_needed):
        return math.inf
    return (item.price_needed - item.price_now) / max(abs(item.price_now), 1e-12)


def _entry(setting: Setting, code: str, group: Group, price: Prices) -> NotChosen:
    activity = next(a for a in setting.region.activities if a.id == group.activity)
    tradable = {good.id for good in setting.region.goods if good.tradable}
    made = gross_output(activity)[activity.output]
    others = 0.0
    for good, amount in net_output(activity).items():
        at = (group.place, good)
        if good != activity.output and amount != 0 and good in tradable:
            table, missing_price = (price.selling, 0.0) if amount > 0 else (price.buying, math.inf)
            others += amount * table.get(at, missing_price)
    own_use = activity.inputs.get(activity.output, 0.0)
    unit = group.unit_cost + group.fixed_cost / group.upper - others
    needed = unit / max(made - own_use, 1e-12)
    now = price.selling.get((group.place, activity.output), 0.0)
    missing = (needed - now) * (made - own_use) * group.upper
    if math.isinf(needed):
        why = "an input is not for sale here"
    elif missing > 0:
        why = "its cost at full load is above the price of its product here"
    else:
        why = "it would cover its cost at these prices, but lower them for everyone by entering"
    return NotChosen(code, group, activity.output, now, needed, missing, why)


def shortfalls(setting: Setting, outcome: Outcome, nearly: list[NotChosen]) -> list[Shortfall]:
    """Return the goods that some of the region's use must come from outside, or goes without.

    ``unmet`` is final demand at the reference price less what is used; ``marginal_value`` the
    use-weighted mean price of one more unit (M per unit).
    """
    region = setting.region
    found = []
    for good in region.goods:
        if not good.tradable:
            continue
        imports = outcome.imports.get(good.id, 0.0)
        here = [p for p in outcome.prices if p.good == good.id and not math.isnan(p.price)]
        final = sum(price.demand for price in here)
        wanted = sum(d.quantity for d in region.demands if d.good == good.id)
        inputs = sum(
            plant.output * a.inputs.get(good.id, 0.0)
            for plant in outcome.plants
            for a in region.activities
            if a.id == plant.group.activity
        )
        use = final + inputs
        unmet = max(0.0, wanted - final)
        if not here or (use <= 0 and unmet <= 0):
            continue
        if imports <= 1e-4 * use and unmet <= 0.01 * max(wanted, 1e-12):
            continue
        weights = [max(price.demand - min(price.net_supply, 0.0), 1e-12) for price in here]
        value = sum(w * p.price for w, p in zip(weights, here, strict=True)) / sum(weights)
        nearest = next((item for item in nearly if item.good == good.id), None)
        found.append(Shortfall(good.id, imports, unmet, use, value, nearest))
    return sorted(found, key=lambda item: (-item.marginal_value * item.imports, item.good))
