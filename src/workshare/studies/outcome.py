"""An outcome: who makes what, what flows where, and what each participant gains and pays.

A participant's *national value* is revenue at regional prices (net of the traded inputs it buys) -
private cost + consumer surplus + tariff revenue. National values plus the *residual* (rents of
shared limits that belong to nobody) sum exactly to the *regional value*, computed separately from
quantities: worth of final use - freight - what imports cost + what exports earn - private costs.

The *market value* is what the coordinator maximises (minus the cost of problem (1)): traders see
tariffs as a cost and the outside curves as given, so it differs from the regional value by tariff
revenue and the rest of the world's surplus on the shared curves.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from workshare.coordination import Selection
from workshare.region.region import WORLD
from workshare.response import Group, training_cost
from workshare.studies.setting import Setting, margins


@dataclass(frozen=True, slots=True)
class Account:
    """A participant's account in an outcome (M per year)."""

    participant: str
    revenue: float
    private_cost: float
    consumer_surplus: float
    tariff_revenue: float

    @property
    def value(self) -> float:
        """National value."""
        return self.revenue - self.private_cost + self.consumer_surplus + self.tariff_revenue


@dataclass(frozen=True, slots=True)
class PlantUse:
    """A running or idle group of plants in an outcome; money in M per year, capital in M."""

    participant: str
    group: Group
    output: float
    fixed_cost: float
    variable_cost: float
    profit: float
    idle: bool = False


@dataclass(frozen=True, slots=True)
class Flow:
    """A shipment: ``origin`` or ``destination`` may be ``world``. Prices are M per unit."""

    good: str
    origin: str
    destination: str
    quantity: float
    price_origin: float
    price_destination: float
    freight: float
    tariff: float


@dataclass(frozen=True, slots=True)
class LocalPrice:
    """The price of a good at a place (M per unit), with net supply and final demand (units/year).

    Where nobody makes or uses the good no price is defined: ``price`` is NaN.
    """

    place: str
    good: str
    price: float
    net_supply: float
    demand: float
    demand_surplus: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """An outcome, complete: every number of a scenario's page follows from it.

    ``imports`` and ``exports`` are by good; ``outside`` is the rest of the world's price of a good
    on its side (``supply`` or ``demand``), M per unit.
    """

    name: str
    title: str
    description: str
    criterion: str
    claim: str
    market_value: float
    value: float
    residual: float
    accounts: tuple[Account, ...]
    plants: tuple[PlantUse, ...]
    flows: tuple[Flow, ...]
    prices: tuple[LocalPrice, ...]
    imports: dict[str, float]
    exports: dict[str, float]
    outside: dict[tuple[str, str], float]
    emissions: float
    jobs: float
    holdings: tuple[tuple[str, frozenset[str]], ...]
    notes: dict[str, Any] = field(default_factory=dict)

    @property
    def by_participant(self) -> dict[str, float]:
        """National value by participant code (M per year)."""
        return {account.participant: account.value for account in self.accounts}

    @property
    def total_cost(self) -> float:
        """Private costs of all participants (M per year)."""
        return sum(account.private_cost for account in self.accounts)


def outcome_of(
    setting: Setting,
    selection: Selection,
    *,
    name: str,
    title: str = "",
    description: str = "",
    criterion: str = "",
    claim: str = "",
    held: dict[str, frozenset[str]] | None = None,
    idle: frozenset[str] = frozenset(),
    notes: dict[str, Any] | None = None,
) -> Outcome:
    """Return the outcome of ``selection``; ``held`` adds plants that are held but stand idle."""
    plants = _plants(setting, selection, held or {}, idle)
    prices, index = _prices(setting, selection)
    flows, imports, exports, outside = _flows(setting, selection, index)
    world = sum(outside[good, "supply"] * amount for good, amount in imports.items())
    world -= sum(outside[good, "demand"] * amount for good, amount in exports.items())
    accounts = _accounts(setting, selection, plants, prices, flows)
    # prices as the market has them: one that is not shown may still multiply a trace of demand
    use_worth = sum(p.demand_surplus + index[p.place, p.good] * p.demand for p in prices)
    freight = sum(flow.freight * flow.quantity for flow in flows)
    value = use_worth - freight - world - sum(a.private_cost for a in accounts)
    national = sum(account.value for account in accounts)
    emissions = sum(plant.group.emissions * plant.output for plant in plants)
    jobs = sum(amount for p in plants if not p.idle for _, amount in p.group.jobs)
    holdings = {
        code: frozenset(
            p.group.label for p in plants if p.participant == code and not p.group.existing
        )
        for code in setting.participants
    }
    return Outcome(
        name=name,
        title=title or name.replace("_", " "),
        description=description,
        criterion=criterion,
        claim=claim,
        market_value=-selection.value,
        value=value,
        residual=value - national,
        accounts=tuple(accounts),
        plants=tuple(plants),
        flows=tuple(flows),
        prices=tuple(prices),
        imports=imports,
        exports=exports,
        outside=outside,
        emissions=emissions,
        jobs=jobs,
        holdings=setting.key(holdings),
        notes=notes or {},
    )


def _plants(
    setting: Setting,
    selection: Selection,
    held: dict[str, frozenset[str]],
    idle: frozenset[str],
) -> list[PlantUse]:
    owner = setting.region.place_owner()
    plants = []
    for point in selection.points:
        for group, output, margin in margins(point, selection):
            cost = group.unit_cost * output
            plants.append(
                PlantUse(
                    owner[group.place],
                    group,
                    output,
                    group.fixed_cost,
                    cost,
                    margin - group.fixed_cost,
                )
            )
    for code, labels in held.items():
        for group in setting.models[code].groups:
            if group.label in labels and group.label in idle:
                sunk = group.sunk_cost
                plants.append(PlantUse(code, group, 0.0, sunk, 0.0, -sunk, idle=True))
    order = {(g.place, g.label): k for k, g in enumerate(_all_groups(setting))}
    return sorted(plants, key=lambda p: order[p.group.place, p.group.label])


def _all_groups(setting: Setting) -> list[Group]:
    return [group for code in setting.participants for group in setting.models[code].groups]


def _prices(
    setting: Setting, selection: Selection
) -> tuple[list[LocalPrice], dict[tuple[str, str], float]]:
    market = setting.market
    total = sum(
        (point.contribution for point in selection.points), np.zeros(len(setting.dimensions))
    )
    used: dict[tuple[str, str], float] = {}
    surplus: dict[tuple[str, str], float] = {}
    index: dict[tuple[str, str], float] = {}
    for k, dimension in enumerate(setting.dimensions):
        if dimension.kind == "balance":
            index[dimension.place, dimension.good] = float(selection.prices[k])
    for k, column in enumerate(market.columns):
        if column.kind == "demand":
            key = (column.destination, column.good)
            quantity = float(selection.market.v[k])
            worth = -market.cost[k] * quantity - 0.5 * market.curvature[k] * quantity**2
            used[key] = used.get(key, 0.0) + quantity
            surplus[key] = surplus.get(key, 0.0) + float(worth) - index[key] * quantity
    scale = {
        (c.destination, c.good): s for c, s in zip(market.columns, market.column_scale, strict=True)
    }
    active = {
        (d.place, d.good): max(abs(float(total[k])), used.get((d.place, d.good), 0.0))
        > 1e-6 * scale.get((d.place, d.good), 1.0)
        for k, d in enumerate(setting.dimensions)
    }
    prices = [
        LocalPrice(
            d.place,
            d.good,
            float(selection.prices[k]) if active[d.place, d.good] else math.nan,
            float(total[k]),
            used.get((d.place, d.good), 0.0),
            surplus.get((d.place, d.good), 0.0),
        )
        for k, d in enumerate(setting.dimensions)
        if d.kind == "balance"
    ]
    return prices, index


def _flows(
    setting: Setting, selection: Selection, index: dict[tuple[str, str], float]
) -> tuple[list[Flow], dict[str, float], dict[str, float], dict[tuple[str, str], float]]:
    """Return flows, imports and exports by good, and the outside's prices."""
    market = setting.market
    curves = {(c.good, c.side): c for c in setting.region.outside}
    imports: dict[str, float] = defaultdict(float)
    exports: dict[str, float] = defaultdict(float)
    for k, column in enumerate(market.columns):
        if column.kind in ("import", "export"):
            totals = imports if column.kind == "import" else exports
            totals[column.good] += float(selection.market.v[k])
    paid = {}
    for (good, side), curve in curves.items():
        quantity = imports[good] if side == "supply" else exports[good]
        sign = 1.0 if side == "supply" else -1.0
        paid[good, side] = curve.price + sign * curve.slope * quantity
    flows = []
    for k, column in enumerate(market.columns):
        quantity = float(selection.market.v[k])
        if column.kind not in ("import", "export", "ship"):
            continue
        if quantity <= 1e-7 * market.column_scale[k]:
            continue
        start = (
            paid[column.good, "supply"]
            if column.origin == WORLD
            else index[column.origin, column.good]
        )
        end = (
            paid[column.good, "demand"]
            if column.destination == WORLD
            else index[column.destination, column.good]
        )
        flows.append(
            Flow(
                column.good,
                column.origin,
                column.destination,
                quantity,
                start,
                end,
                column.freight,
                column.tariff,
            )
        )
    return flows, dict(imports), dict(exports), paid


def _accounts(
    setting: Setting,
    selection: Selection,
    plants: list[PlantUse],
    prices: list[LocalPrice],
    flows: list[Flow],
) -> list[Account]:
    owner = setting.region.place_owner()
    revenue: dict[str, float] = defaultdict(float)
    surplus: dict[str, float] = defaultdict(float)
    tariff: dict[str, float] = defaultdict(float)
    cost: dict[str, float] = defaultdict(float)
    for price in prices:
        if not math.isnan(price.price):
            revenue[owner[price.place]] += price.price * price.net_supply
        surplus[owner[price.place]] += price.demand_surplus
    for flow in flows:
        if flow.destination != WORLD:
            tariff[owner[flow.destination]] += flow.tariff * flow.quantity
    for plant in plants:
        cost[plant.participant] += plant.fixed_cost + plant.variable_cost
    for code, model in setting.models.items():
        running = {p.group.label for p in plants if p.participant == code and not p.idle}
        decision = np.array([float(group.label in running) for group in model.groups])
        cost[code] += float(training_cost(model.training, decision))
    return [
        Account(code, revenue[code], cost[code], surplus[code], tariff[code])
        for code in setting.participants
    ]
