"""Outcomes as plain dictionaries, in the form of ``result.json``."""

from __future__ import annotations

import math
from typing import Any

from workshare.region.region import Region
from workshare.studies.duplication import duplications
from workshare.studies.gaps import NotChosen, not_chosen, shortfalls
from workshare.studies.outcome import Flow, Outcome, PlantUse
from workshare.studies.setting import Setting

DIGITS = 9
"""Significant digits kept in results: finer ones are solver noise and differ between machines."""


def rounded(value: Any) -> Any:
    """Return ``value`` with every float rounded to :data:`DIGITS` significant digits.

    >>> rounded({"a": 1.23456789012, "b": [0.1, "text"]})
    {'a': 1.23456789, 'b': [0.1, 'text']}
    """
    if isinstance(value, bool) or value is None or isinstance(value, (str, int)):
        return value
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}") if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    return [rounded(item) for item in value]


def region_record(region: Region) -> dict[str, Any]:
    """Return the names and units that a reader of the result needs."""
    units = {good.id: good.unit for good in region.goods}
    return {
        "title": region.title,
        "currency": region.currency,
        "price_year": region.price_year,
        "horizon_year": region.horizon_year,
        "demand_scenario": region.demand_scenario,
        "provenance": region.provenance,
        "licence": region.licence,
        "disclaimer": region.disclaimer,
        "participants": [{"id": p.id, "name": p.name, "gdp": p.gdp} for p in region.participants],
        "places": [
            {"id": p.id, "participant": p.participant, "name": p.name} for p in region.places
        ],
        "goods": [{"id": g.id, "name": g.name, "unit": g.unit} for g in region.goods],
        "activities": [
            {"id": a.id, "name": a.name, "output": a.output, "unit": units[a.output]}
            for a in region.activities
        ],
        "sources": _sources(region),
    }


def _sources(region: Region) -> list[dict[str, Any]]:
    """Return one row per source and quality letter: how many figures, and of which years."""
    groups: dict[tuple[str, str], list[str]] = {}
    for figure in region.figures:
        groups.setdefault((figure.source, figure.quality), []).append(figure.year)
    return [
        {
            "source": source,
            "quality": quality,
            "figures": len(years),
            "years": sorted({year for year in years if year}),
        }
        for (source, quality), years in sorted(groups.items())
    ]


def outcome_record(
    setting: Setting,
    outcome: Outcome,
    isolated: dict[str, float],
    uncoordinated: dict[str, float],
) -> dict[str, Any]:
    """Return ``outcome`` as a dictionary, compared with what each would have on its own."""
    nearly = not_chosen(setting, outcome)
    accounts = _accounts(setting, outcome, isolated, uncoordinated)
    units = {good.id: good.unit for good in setting.region.goods}
    # an interrupted study may not know what everybody has alone: then nothing is claimed of it
    alone = all(account["isolated"] is not None for account in accounts)
    apart = all(account["uncoordinated"] is not None for account in accounts)
    compensation = sum(a["compensation"] for a in accounts) if alone else None
    size = max(abs(outcome.market_value), 1e-12)
    losers = [a["participant"] for a in accounts if (a["gain_isolated"] or 0.0) < -1e-6 * size]
    below = [a for a in accounts if (a["gain_uncoordinated"] or 0.0) < -1e-6 * size]
    return {
        "name": outcome.name,
        "title": outcome.title,
        "description": outcome.description,
        "criterion": outcome.criterion,
        "claim": outcome.claim,
        "value": outcome.value,
        "residual": outcome.residual,
        "market_value": outcome.market_value,
        "by_participant": outcome.by_participant,
        "total_cost": outcome.total_cost,
        "emissions": outcome.emissions,
        "jobs": outcome.jobs,
        "accounts": accounts,
        "plants": [plant_record(plant) for plant in outcome.plants],
        "flows": [_flow(flow, units) for flow in outcome.flows],
        "prices": [
            {
                "place": p.place,
                "good": p.good,
                "price": p.price,
                "net_supply": p.net_supply,
                "demand": p.demand,
                "demand_surplus": p.demand_surplus,
            }
            for p in outcome.prices
        ],
        "duplications": [
            {
                "activity": item.activity,
                "participants": list(item.participants),
                "plants": list(item.plants),
                "fixed_cost": item.fixed_cost,
                "needed_fixed_cost": item.needed_fixed_cost,
                "extra": item.extra,
            }
            for item in duplications(setting, outcome)
        ],
        "shortfalls": [
            {
                "good": item.good,
                "imports": item.imports,
                "unmet": item.unmet,
                "consumption": item.consumption,
                "share": item.share,
                "marginal_value": item.marginal_value,
                "nearest": None if item.nearest is None else _not_chosen(item.nearest, short=True),
            }
            for item in shortfalls(setting, outcome, nearly)
        ],
        "not_chosen": [_not_chosen(item) for item in nearly],
        "individually_rational": {
            "isolated": not losers if alone else None,
            "uncoordinated": not below if apart else None,
        },
        "losers": losers,
        "smallest_compensation": compensation,
    }


def _accounts(
    setting: Setting,
    outcome: Outcome,
    isolated: dict[str, float],
    uncoordinated: dict[str, float],
) -> list[dict[str, Any]]:
    gdp = {p.id: p.gdp for p in setting.region.participants}
    records = []
    for account in outcome.accounts:
        code = account.participant
        alone, apart = isolated.get(code), uncoordinated.get(code)
        gain_alone = None if alone is None else account.value - alone
        gain_apart = None if apart is None else account.value - apart
        records.append(
            {
                "participant": code,
                "revenue": account.revenue,
                "private_cost": account.private_cost,
                "consumer_surplus": account.consumer_surplus,
                "tariff_revenue": account.tariff_revenue,
                "value": account.value,
                "isolated": alone,
                "uncoordinated": apart,
                "gain_isolated": gain_alone,
                "gain_uncoordinated": gain_apart,
                "share_of_gdp": None
                if gain_apart is None or not gdp[code] > 0
                else gain_apart / gdp[code],
                "compensation": None if gain_alone is None else max(0.0, -gain_alone),
                "cost": outcome.notes.get("uplifts", {}).get(code),
            }
        )
    return records


def plant_record(plant: PlantUse) -> dict[str, Any]:
    """Return one group of plants as a dictionary."""
    group = plant.group
    capacity = group.number * group.size
    return {
        "participant": plant.participant,
        "place": group.place,
        "activity": group.activity,
        "size": group.size,
        "number": group.number,
        "existing": group.existing,
        "capacity": capacity,
        "output": plant.output,
        "utilisation": plant.output / capacity if capacity > 0 else None,
        "capital_cost": group.capital,
        "fixed_cost": plant.fixed_cost,
        "variable_cost": plant.variable_cost,
        "jobs": 0.0 if plant.idle else sum(amount for _, amount in group.jobs),
        "emissions": group.emissions * plant.output,
        "profit": plant.profit,
    }


def _flow(flow: Flow, units: dict[str, str]) -> dict[str, Any]:
    return {
        "good": flow.good,
        "origin": flow.origin,
        "destination": flow.destination,
        "quantity": flow.quantity,
        "unit": units[flow.good],
        "price_origin": flow.price_origin,
        "price_destination": flow.price_destination,
        "freight": flow.freight,
        "tariff": flow.tariff,
        "value": flow.quantity * flow.price_destination,
    }


def _not_chosen(item: NotChosen, *, short: bool = False) -> dict[str, Any]:
    record = {
        "participant": item.participant,
        "place": item.group.place,
        "activity": item.group.activity,
        "size": item.group.size,
        "price_needed": item.price_needed,
        "price_now": item.price_now,
    }
    if short:
        return record
    return {**record, "good": item.good, "missing_profit": item.missing_profit, "why": item.why}
