"""Who takes part in the case ``lithium``: costs, budgets and workers of each country."""

from __future__ import annotations

import statistics
from functools import cache

from lithium_data import PublicData
from lithium_tables import NAMES, OCCUPATIONS, SPLIT, Tables
from workshare.population import (
    Frontier,
    OccupationNetwork,
    Reach,
    Specialisation,
    TrainingRules,
    Workforce,
    country_pool,
    embedded_network,
    embedded_workforce,
    frontier,
)


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
    for group in OCCUPATIONS:
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
        found = staffing_frontier(tables, code, group)
        source = (
            "Staffing frontier of the embedded workforce (ILOSTAT, PWT 10.01, BLS OEWS; network of "
            "the United States); assumptions [worker_share] "
        )
        keys = "workforce", (code, group, "available")
        words = source + "and [staffing_months]: those hired and those trained"
        tables.figure(*keys, found.limit, "worker", "2019", words, "D")
        keys = "workforce", (code, group, "at_hand")
        words = source + "and [staffing_months]: first kink"
        tables.figure(*keys, found.scales[1], "worker", "2019", words, "D")
        keys = "workforce", (code, group, "training_cost")
        rate, years = tables.value(f"cost_of_capital.{code}"), tables.value("training_years")
        yearly = rate / (1 - (1 + rate) ** -years) * found.slopes[1] / 1e6
        words = source + (
            "[training_gap] [training_months_full_gap] [training_months_level] [course_share] "
            "[forgone_share] [hiring_share]: slope beyond the first kink, annualised over "
            f"[training_years] at [cost_of_capital.{code}]"
        )
        tables.figure(*keys, yearly, "M USD/worker", "2019", words, "D")


@cache
def _embedded() -> tuple[Workforce, OccupationNetwork]:
    return embedded_workforce(), embedded_network()


def staffing_frontier(tables: Tables, code: str, group: str) -> Frontier:
    """Return the least cost of staffing posts of one occupation of a country, USD once."""
    groups = {name: tuple(map(str, majors)) for name, majors in OCCUPATIONS.items()}
    rules = TrainingRules(
        months_at_full_gap=tables.value("training_months_full_gap"),
        months_per_zone=tables.value("training_months_level"),
        course_share=tables.value("course_share"),
        forgone_share=tables.value("forgone_share"),
        hiring_share=tables.value("hiring_share"),
    )
    reach = Reach(tables.value("worker_share"), tables.value("training_gap"), rules)
    pool, moves = country_pool(*_embedded(), code, groups, reach)
    return frontier(
        pool, moves, Specialisation(group, {group: 1.0}), tables.value("staffing_months")
    )
