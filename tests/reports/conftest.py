"""A made-up result of the main study, consistent with itself, so that reports need no engine."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

NAMES = {
    "ARG": "Argentina",
    "BOL": "Bolivia",
    "BRA": "Brazil",
    "CHL": "Chile",
    "COL": "Colombia",
    "ECU": "Ecuador",
    "PRY": "Paraguay",
    "PER": "Peru",
    "URY": "Uruguay",
}
GOODS = (
    ("carbonate", "Lithium carbonate", "kt"),
    ("cathode", "LFP cathode material", "kt"),
    ("cell", "Battery cells", "GWh"),
    ("pack", "Battery packs", "GWh"),
    ("car", "Electric cars", "thousand"),
    ("bus", "Electric buses", "thousand"),
)
ACTIVITIES = (
    ("brine", "Brine extraction and refining", "carbonate"),
    ("cathode_plant", "Cathode plant", "cathode"),
    ("cell_plant", "Cell plant", "cell"),
    ("pack_plant", "Pack assembly", "pack"),
    ("car_plant", "Car assembly", "car"),
    ("bus_plant", "Bus assembly", "bus"),
)
SCENARIOS = (
    ("least_cost", "Least cost"),
    ("maximin", "Largest smallest gain"),
    ("proportional", "Proportional gains"),
    ("fewest_changes", "Fewest changes"),
    ("least_duplication", "Least duplication"),
    ("most_resilient", "Most resilient"),
    ("lowest_emissions", "Lowest emissions"),
)


def make_result(count: int = 9, seed: int = 0, brief: bool = False) -> dict[str, Any]:
    """Return a made-up result with ``count`` participants; every identity of the schema holds.

    ``brief`` keeps two scenarios only.
    """
    draw = random.Random(seed)
    ids = list(NAMES)[:count] + [f"P{k:02d}" for k in range(count - len(NAMES))]
    names = {**NAMES, **{i: f"Participant {i}" for i in ids if i not in NAMES}}
    gdp = {i: draw.uniform(4e4, 2e6) for i in ids}
    isolated = {i: draw.uniform(200.0, 2500.0) for i in ids}
    uncoordinated = _outcome("uncoordinated", "Uncoordinated", ids, isolated, None, draw, -0.02, 3)
    base = uncoordinated["by_participant"]
    scenarios = [
        _outcome(name, title, ids, isolated, base, draw, 0.08 - 0.004 * k, 1)
        for k, (name, title) in enumerate(SCENARIOS)
    ]
    scenarios += [
        _outcome(f"minus_{i}", f"Without {names[i]}", ids, isolated, base, draw, 0.03, 1)
        for i in ids
        if count > 1
    ]
    scenarios.append(_outcome("alternative_1", "Alternative 1", ids, isolated, base, draw, 0.07, 1))
    scenarios = scenarios[:2] if brief else scenarios
    best_value = scenarios[0]["value"]
    nash = _outcome("nash_1", "Equilibrium 1", ids, isolated, base, draw, 0.02, 2)
    other = _outcome("nash_2", "Equilibrium 2", ids, isolated, base, draw, 0.04, 2)
    market = scenarios[0]["market_value"]
    price = best_value - uncoordinated["value"]
    lost = {i: scenarios[0]["by_participant"][i] - base[i] for i in ids}
    return {
        "schema": "workshare.result/1",
        "version": "0.1.0",
        "status": "exact",
        "account": "market",
        "unit": "M USD/yr",
        "value": market,
        "bound": market + 4.0,
        "gap": 4.0 / abs(market),
        "gap_absolute": 4.0,
        "region": {
            "title": "South America, lithium to electric vehicles (made-up figures)",
            "currency": "USD",
            "price_year": 2023,
            "horizon_year": 2030,
            "demand_scenario": "base",
            "provenance": "Made-up figures for tests.",
            "licence": "CC0",
            "disclaimer": "An illustration, not any government's position.",
            "participants": [{"id": i, "name": names[i], "gdp": gdp[i]} for i in ids],
            "places": [{"id": f"{i}_1", "participant": i, "name": f"{names[i]} main"} for i in ids],
            "goods": [{"id": g, "name": n, "unit": u} for g, n, u in GOODS],
            "activities": [
                {"id": a, "name": n, "output": g, "unit": {x: u for x, _, u in GOODS}[g]}
                for a, n, g in ACTIVITIES
            ],
            "sources": [
                {"source": "A ministry", "quality": "A", "figures": 3, "years": ["2022", "2023"]},
                {"source": "A ministry", "quality": "C", "figures": 2, "years": []},
                {"source": "An assumption", "quality": "D", "figures": 1, "years": ["2030"]},
            ],
        },
        "price_of_non_coordination": {
            "value": price,
            "share_of_gdp": price / sum(gdp.values()),
            "by_participant": lost,
            "residual": price - sum(lost.values()),
            "market_value": market - uncoordinated["market_value"],
            "at_most": market + 4.0 - uncoordinated["market_value"],
            "against": "uncoordinated",
            "against_nash": {
                "low": best_value - max(nash["value"], other["value"]),
                "high": best_value - min(nash["value"], other["value"]),
            },
        },
        "outcomes": {
            "isolated": {
                "by_participant": isolated,
                "plants": uncoordinated["plants"][:3],
                "claim": "Each participant alone with the rest of the world; proven best.",
            },
            "uncoordinated": uncoordinated,
            "nash": {
                "status": "sampled",
                "equilibria": [nash, other],
                "cycles": [],
                "claim": "2 equilibria found from 12 starts; there may be others.",
            },
            "coordinated": scenarios[0],
        },
        "scenarios": scenarios,
        "certificate": {
            "holds": True,
            "account": "market",
            "lines": [
                {
                    "name": "budget identity",
                    "value": 1.2e-9,
                    "tolerance": 1e-6,
                    "holds": True,
                    "meaning": "National values plus the residual sum to the regional value.",
                },
                {
                    "name": "feasibility",
                    "value": 3.0e-8,
                    "tolerance": 1e-6,
                    "holds": True,
                    "meaning": "No good is used that is not made, bought or shipped.",
                },
            ],
        },
        "convergence": [
            {
                "round": k,
                "bound": market + 4.0 + 900.0 * 0.45**k,
                "value": market if k > 9 else None,
                "convexified": market - 120.0 * 0.4**k,
            }
            for k in range(12)
        ],
        "statistics": {"rounds": 12, "messages": 216},
        "method": "column_generation",
        "options": {"tolerance": 0.002, "slack": 0.02},
        "inputs_hash": "5d41402abc4b2a76b9719d911017c592",
        "seed": 0,
        "timings": {"total": 12.5},
    }


def _outcome(
    name: str,
    title: str,
    ids: list[str],
    isolated: dict[str, float],
    uncoordinated: dict[str, float] | None,
    draw: random.Random,
    lift: float,
    makers: int,
) -> dict[str, Any]:
    values = {i: isolated[i] * (1 + lift + draw.uniform(-0.03, 0.06)) for i in ids}
    base = uncoordinated or values
    accounts = []
    for i in ids:
        cost, surplus, tariff = values[i] * 0.9, values[i] * 0.5, values[i] * 0.02
        accounts.append(
            {
                "participant": i,
                "revenue": values[i] + cost - surplus - tariff,
                "private_cost": cost,
                "consumer_surplus": surplus,
                "tariff_revenue": tariff,
                "value": values[i],
                "isolated": isolated[i],
                "uncoordinated": base[i],
                "gain_isolated": values[i] - isolated[i],
                "gain_uncoordinated": values[i] - base[i],
                "share_of_gdp": values[i] / 5e5,
                "compensation": max(0.0, isolated[i] - values[i]),
                "cost": cost,
            }
        )
    losers = [i for i in ids if values[i] < isolated[i]]
    residual = 12.5
    total = sum(values.values()) + residual
    plants = _plants(ids, draw, makers)
    units = {g: u for g, _, u in GOODS}
    return {
        "name": name,
        "title": title,
        "description": f"{title}: the division of labour chosen by this criterion.",
        "criterion": "net benefit",
        "claim": "Best within the certified gap.",
        "value": total,
        "residual": residual,
        "market_value": total - sum(row["tariff_revenue"] for row in accounts),
        "by_participant": values,
        "total_cost": sum(row["private_cost"] for row in accounts),
        "emissions": draw.uniform(800, 1200),
        "jobs": draw.uniform(2e4, 4e4),
        "accounts": accounts,
        "plants": plants,
        "flows": _flows(ids, draw, units),
        "prices": [
            {
                "place": f"{i}_1",
                "good": good,
                "price": draw.uniform(5, 20),
                "net_supply": draw.uniform(-5, 5),
                "demand": draw.uniform(0, 5),
                "demand_surplus": draw.uniform(0, 50),
            }
            for i in ids
            for good, _, _ in GOODS
        ],
        "duplications": _duplications(plants) if uncoordinated is None else [],
        "shortfalls": [
            {
                "good": "cell",
                "imports": 14.0,
                "unmet": 0.0,
                "consumption": 40.0,
                "share": 0.35,
                "marginal_value": 82.0,
                "nearest": {
                    "participant": ids[0],
                    "place": f"{ids[0]}_1",
                    "activity": "cell_plant",
                    "size": 10.0,
                    "price_needed": 88.0,
                    "price_now": 82.0,
                },
            }
        ],
        "not_chosen": [
            {
                "participant": i,
                "place": f"{i}_1",
                "activity": "cell_plant",
                "size": 10.0,
                "good": "cell",
                "price_now": 82.0,
                "price_needed": 82.0 + 3.0 * k,
                "missing_profit": 30.0 * k,
                "why": "its cost is above what the region pays",
            }
            for k, i in enumerate(ids, 1)
        ],
        "individually_rational": {"isolated": not losers, "uncoordinated": len(losers) < 2},
        "losers": losers,
        "smallest_compensation": sum(isolated[i] - values[i] for i in losers),
    }


def _plants(ids: list[str], draw: random.Random, makers: int) -> list[dict[str, Any]]:
    plants = []
    for position, (activity, _, _) in enumerate(ACTIVITIES):
        chosen = draw.sample(ids, min(len(ids), max(1, makers + (position == 0) * 2)))
        for i in sorted(chosen):
            capacity = draw.choice([10.0, 20.0, 40.0])
            load = draw.uniform(0.7, 1.0)
            plants.append(
                {
                    "participant": i,
                    "place": f"{i}_1",
                    "activity": activity,
                    "size": capacity,
                    "number": 1,
                    "existing": position == 0,
                    "capacity": capacity,
                    "output": capacity * load,
                    "utilisation": load,
                    "capital_cost": capacity * 65.0,
                    "fixed_cost": capacity * 7.5,
                    "variable_cost": capacity * 31.0,
                    "jobs": capacity * 90.0,
                    "emissions": capacity * 2.0,
                    "profit": draw.uniform(-2.0, 60.0),
                }
            )
    return plants


def _flows(ids: list[str], draw: random.Random, units: dict[str, str]) -> list[dict[str, Any]]:
    flows = []
    for good, unit in units.items():
        ends = [f"{i}_1" for i in ids]
        origins = [*draw.sample(ends, min(2, len(ends))), "world"]
        for origin in origins:
            others = [end for end in ends if end != origin]
            targets = draw.sample(others, min(3, len(others)))
            if origin != "world" and (good == "carbonate" or not others):
                targets.append("world")
            for target in targets:
                quantity, price = draw.uniform(0.5, 30.0), draw.uniform(5.0, 20.0)
                flows.append(
                    {
                        "good": good,
                        "origin": origin,
                        "destination": target,
                        "quantity": quantity,
                        "unit": unit,
                        "price_origin": price - 0.6,
                        "price_destination": price,
                        "freight": 0.4,
                        "tariff": 0.2,
                        "value": quantity * price,
                    }
                )
    return flows


def _duplications(plants: list[dict[str, Any]]) -> list[dict[str, Any]]:
    rows = []
    for activity in ("cell_plant", "pack_plant"):
        mine = [plant for plant in plants if plant["activity"] == activity]
        if len(mine) < 2:
            continue
        spent = sum(plant["fixed_cost"] for plant in mine)
        needed = max(plant["fixed_cost"] for plant in mine)
        rows.append(
            {
                "activity": activity,
                "participants": [plant["participant"] for plant in mine],
                "plants": [f"{plant['place']} {plant['size']:g}" for plant in mine],
                "fixed_cost": spent,
                "needed_fixed_cost": needed,
                "extra": spent - needed,
            }
        )
    return rows


@pytest.fixture
def build() -> Callable[..., dict[str, Any]]:
    """Return the function that makes up a result."""
    return make_result


@pytest.fixture(scope="session")
def whole() -> dict[str, Any]:
    """Return a made-up result that no test changes, for what is slow to draw."""
    return make_result()


@pytest.fixture
def result() -> dict[str, Any]:
    """Return a made-up result with nine participants."""
    return make_result()


@pytest.fixture
def least() -> dict[str, Any]:
    """Return the smallest result that the schema allows: required keys only."""
    return {
        "schema": "workshare.result/1",
        "status": "bounded",
        "value": 10.0,
        "bound": 11.0,
        "gap": 0.1,
        "price_of_non_coordination": {
            "value": 1.0,
            "share_of_gdp": None,
            "by_participant": {"AAA": 1.0},
        },
        "scenarios": [{"name": "least_cost", "value": 10.0, "by_participant": {"AAA": 10.0}}],
    }
