"""Who takes part in the case ``lithium``: costs, budgets and workers of each country."""

from __future__ import annotations

import statistics

from lithium_data import PublicData
from lithium_tables import NAMES, OCCUPATIONS, SPLIT, Tables


def add_participants(tables: Tables, data: PublicData) -> None:
    """Add who takes part, their costs, their workers."""
    for code, name in NAMES.items():
        tables.add("participants", code, name)
        tables.add("places", code, code, name)
        if code in SPLIT:
            tables.add("places", f"{code}_W", code, f"{name}, works")
        gdp = data.gdp(code, 2023) / 1e6
        keys = ("participant_figures", (code, "gdp"))
        tables.figure(*keys, gdp, "M USD", "2023", "World Bank NY.GDP.MKTP.CD (CC BY 4.0)", "A")
        tables.assumed("participant_figures", (code, "cost_of_capital"), f"cost_of_capital.{code}")
        _add_energy(tables, data, code)
        tables.figure(
            "participant_figures",
            (code, "capital_multiplier"),
            business_multiplier(tables, data, code),
            "index",
            "2020",
            "Ease of doing business as used by Busch et al. 2025 and assumption [edb_penalty]",
            "C",
        )
        _add_workers(tables, data, code)


def business_multiplier(tables: Tables, data: PublicData, code: str) -> float:
    """Return how many times as much a plant costs as in Chile, by ease of doing business."""
    missing = data.ease_of_business("CHL") - data.ease_of_business(code)
    return 1 + tables.value("edb_penalty") * max(missing, 0) / 100


def electricity_price(tables: Tables, data: PublicData, code: str) -> tuple[float, str, str, str]:
    """Return price in USD/MWh, year, source and quality."""
    listed = data.electricity_price(code)
    if listed is not None:
        return listed * 1000, "2024", "Indicative list quoting regulators and Climatescope", "C"
    if f"electricity_press.{code}" in tables.assumptions:
        name = f"electricity_press.{code}"
        return (tables.value(name), *tables.cite(name))
    ratios = [
        1000 * (data.electricity_price(other) or 0) / tables.value(f"electricity_seg.{other}")
        for other in ("ARG", "CHL")
    ]
    year, source, _ = tables.cite(f"electricity_seg.{code}")
    value = tables.value(f"electricity_seg.{code}") * statistics.mean(ratios)
    return value, year, f"{source} times mean ratio of the indicative list to it", "C"


def _add_energy(tables: Tables, data: PublicData, code: str) -> None:
    table = "participant_figures"
    value, year, source, quality = electricity_price(tables, data, code)
    tables.figure(table, (code, "energy_price"), value, "USD/MWh", year, source, quality)
    tables.assumed(table, (code, "grid_emissions"), f"grid_emissions.{code}")
    share = tables.value("power_share")
    if f"generation.{code}" in tables.assumptions:
        generation, year = 1000 * tables.value(f"generation.{code}"), "2022"
        source, quality = f"Assumptions [generation.{code}] and [power_share]", "D"
    else:
        generation, year = data.generation(code), "2019"
        source, quality = "Gapminder and PWT 10.01 and assumption [power_share]", "C"
    tables.figure(
        table, (code, "power_limit"), share * generation, "GWh/year", year, source, quality
    )


def mean_wage(data: PublicData, code: str) -> float:
    """Return labour compensation per worker in 2019, USD per year."""
    return data.labour_compensation(code)


def _add_workers(tables: Tables, data: PublicData, code: str) -> None:
    for group, majors in OCCUPATIONS.items():
        wage = mean_wage(data, code) * tables.value(f"wage_multiple.{group}")
        tables.figure(
            "workforce",
            (code, group, "wage"),
            wage,
            "USD/worker",
            "2019",
            f"PWT 10.01 labour compensation per worker times assumption [wage_multiple.{group}]",
            "C",
        )
        share = data.occupation_share(code, majors)
        workers = tables.value("worker_share") * share * data.employment(code) * 1e6
        source = "ILOSTAT shares by ISCO-08 group; PWT 10.01 employment; assumption [worker_share]"
        tables.figure(
            "workforce", (code, group, "available"), workers, "worker", "2019", source, "C"
        )
