"""The goods and activities of the case ``lithium``: sizes, costs, recipes and labour."""

from __future__ import annotations

import math
import statistics

from lithium_countries import electricity_price, mean_wage
from lithium_data import PublicData
from lithium_tables import ACTIVITIES, GOODS, NAMES, OCCUPATIONS, Tables, rounded, without_vat


def add_goods(tables: Tables) -> None:
    """Add the commodities of the chain."""
    for good, name, unit, code, tradable in GOODS:
        tables.add("goods", good, name, unit, "HS2022" if code else "", code, tradable)
    for activity in ACTIVITIES:
        tables.add("activities", *activity)


def add_activities(tables: Tables, data: PublicData) -> None:
    """Add size, cost, recipe and labour of every activity."""
    _add_lithium(tables, data)
    _add_cathode(tables, data)
    _add_cells(tables, data)
    _add_packs_and_cars(tables, data)
    for activity, _, output in ACTIVITIES:
        unit = {good[0]: good[2] for good in GOODS}[output]
        sizes = tables.assumptions[f"sizes.{activity}"]
        for size in sizes.value.split():
            year, source, quality = tables.cite(f"sizes.{activity}")
            keys = (activity, "size")
            tables.figure(
                "activity_figures", keys, float(size), f"{unit}/year", year, source, quality
            )
        if not activity.endswith("_carbonate"):
            tables.assumed("activity_figures", (activity, "fixed_share"), "fixed_share")
        for name in ("minimum_load", "emissions"):
            tables.assumed("activity_figures", (activity, name), f"{name}.{activity}")
    order = [activity for activity, _, _ in ACTIVITIES]
    tables.rows["activity_figures"].sort(key=lambda row: order.index(row[0]))


def lithium_capital(data: PublicData, kind: str, size: float) -> float:
    """Return the capital of a project of ``size`` kt LCE per year in M USD: a + b * size."""
    opening, expansion = data.project_capital(kind)
    return opening + expansion * size


def _add_lithium(tables: Tables, data: PublicData) -> None:
    busch = "Busch et al. 2025 deposit data base"
    for activity, kind, rights in (
        ("brine_carbonate", "Brine", "brine_rights"),
        ("rock_carbonate", "Hard Rock", "rock_rights"),
    ):
        small, large = lithium_capital(data, kind, 20), lithium_capital(data, kind, 40)
        opening, expansion = data.project_capital(kind)
        formula = f"{rounded(opening)} M USD and {rounded(expansion * 1000)} USD per t of capacity"
        rows = (
            ("reference_size", 20, "kt LCE/year", "Size the cost is stated for", "C", ""),
            ("capital_cost", small, "M USD", f"{busch}: {formula}", "C", "regression; weak fit"),
            (
                "capital_exponent",
                math.log2(large / small),
                "exponent",
                f"{busch}: 20 to 40 kt",
                "C",
                "",
            ),
            (
                "variable_cost",
                lithium_variable(tables, data, activity, reference_country(kind)),
                "USD/t LCE",
                f"{busch}: median cost before tax and royalty in {reference_country(kind)} "
                "less energy and labour of this table",
                "B",
                "royalty and tax stay in the country",
            ),
        )
        for name, value, unit, source, quality, note in rows:
            keys = (activity, name)
            tables.figure("activity_figures", keys, value, unit, "2022", source, quality, note)
        tables.assumed("activity_figures", (activity, "life"), "brine_life")
        tables.assumed("activity_figures", (activity, "energy"), f"lithium_energy.{activity}")
        _add_jobs(tables, activity, tables.value("lithium_jobs"), "lithium_jobs")
        source = "Definition: rights are counted in carbonate equivalent"
        tables.figure(
            "recipes", (activity, rights, "input"), 1, "kt LCE/kt LCE", "2024", source, "A"
        )


def reference_country(kind: str) -> str:
    """Return the country whose cost is the reference of an extraction activity."""
    return "CHL" if kind == "Brine" else "BRA"


def lithium_variable(tables: Tables, data: PublicData, activity: str, code: str) -> float:
    """Return the part of the extraction cost that is neither energy nor labour, USD/t LCE."""
    energy = tables.value(f"lithium_energy.{activity}") * electricity_price(tables, data, code)[0]
    labour = yearly_wages(tables, data, activity, tables.value("lithium_jobs"), code) * 1e3 / 20
    return data.median_cost(code) - energy - labour


def yearly_wages(tables: Tables, data: PublicData, activity: str, jobs: float, code: str) -> float:
    """Return the wage bill of ``jobs`` at a plant of ``activity``, M USD per year."""
    return sum(
        jobs
        * tables.value(f"job_share.{activity}.{group}")
        * tables.value(f"wage_multiple.{group}")
        * mean_wage(data, code)
        / 1e6
        for group in OCCUPATIONS
    )


def _add_jobs(tables: Tables, activity: str, jobs: float, name: str) -> None:
    for group in OCCUPATIONS:
        value = jobs * tables.value(f"job_share.{activity}.{group}")
        year, source, _ = tables.cite(name)
        source = f"{source} times [job_share.{activity}.{group}]"
        tables.figure("labour", (activity, group), value, "worker", year, source, "D")


def cathode_capital(tables: Tables, data: PublicData, size: float) -> float:
    """Return the capital of a cathode plant of ``size`` kt per year, M USD."""
    plants = data.announced("cathode active material (LFP)")
    sizes = [plant.capacity / 1000 for plant in plants]
    middle = math.exp(statistics.mean(math.log(value) for value in sizes))
    capital = math.exp(statistics.mean(math.log(plant.capital) for plant in plants))
    return capital * (size / middle) ** tables.value("cathode_capital_exponent")


def iron_phosphate_cost(tables: Tables) -> float:
    """Return the iron phosphate of one tonne of cathode material before duty, USD."""
    price = without_vat(tables, tables.value("iron_phosphate_price_yuan"))
    return tables.value("iron_phosphate_use") * price


def _add_cathode(tables: Tables, data: PublicData) -> None:
    keys = "activity_figures"
    two = "Announced LFP plants in Chile (BYD 50 kt 290 M USD; Tsingshan 120 kt 233.2 M USD)"
    tables.figure(keys, ("cathode", "reference_size"), 50, "kt/year", "2023", two, "B")
    capital = cathode_capital(tables, data, 50)
    note = "curve through the geometric mean of the two"
    tables.figure(keys, ("cathode", "capital_cost"), capital, "M USD", "2023", two, "C", note)
    tables.assumed(keys, ("cathode", "capital_exponent"), "cathode_capital_exponent")
    tables.assumed(keys, ("cathode", "life"), "cell_life")
    source = "EnergyTrend 2025 iron phosphate and assumption [cathode_other_cost]"
    variable = iron_phosphate_cost(tables) + tables.value("cathode_other_cost")
    tables.figure(keys, ("cathode", "variable_cost"), variable, "USD/t", "2025", source, "C")
    tables.assumed(keys, ("cathode", "energy"), "cathode_energy")
    small, large = data.announced("cathode active material (LFP)")
    exponent = math.log(large.jobs / small.jobs) / math.log(large.capacity / small.capacity)
    tables.figure(keys, ("cathode", "labour_exponent"), exponent, "exponent", "2023", two, "B")
    for group in OCCUPATIONS:
        value = small.jobs * tables.value(f"job_share.cathode.{group}")
        source = f"BYD: 500 jobs at 50 kt times [job_share.cathode.{group}]"
        tables.figure("labour", ("cathode", group), value, "worker", "2023", source, "C")
    use = data.lithium_per_kg_lfp() * tables.value("cathode_yield")
    source = "Stoichiometry (0.2342 t Li2CO3 per t LiFePO4) and assumption [cathode_yield]"
    keys3 = ("cathode", "lithium_carbonate", "input")
    tables.figure("recipes", keys3, use, "kt LCE/kt", "2024", source, "B")


def cell_material_values(tables: Tables, data: PublicData) -> dict[str, float]:
    """Return the bought materials of one kWh of LFP cells by ICIO sector, USD."""
    graphite = data.bill_of_materials("Graphite") * tables.value("graphite_price")
    foil = data.copper_price() / 1000 + tables.value("copper_foil_fee")
    copper = data.bill_of_materials("Copper") * foil
    return {
        "C20": graphite + tables.value("cell_chemicals"),
        "C22": tables.value("cell_separator"),
        "C24B": copper + tables.value("cell_aluminium"),
    }


def cell_materials_price(tables: Tables, data: PublicData) -> float:
    """Return the price of the bought materials of one kWh of LFP cells, USD."""
    return sum(cell_material_values(tables, data).values())


def _add_cells(tables: Tables, data: PublicData) -> None:
    keys = "activity_figures"
    gotion = "Announced plant Gotion Kenitra: 1300 M USD for 20 GWh"
    exponents = "Process cost model after BatPaC (22 steps) from 10 to 20 GWh"
    tables.figure(keys, ("cell", "reference_size"), 20, "GWh/year", "2024", gotion, "B")
    note = "gives 78 M USD per GWh at 10 GWh (HLI reports 85 to 110) and 465 at 14 MWh (UniLiB 500)"
    tables.figure(keys, ("cell", "capital_cost"), 1300, "M USD", "2024", gotion, "B", note)
    capital, labour = data.cell_plant_exponents()
    note = f"the announced plants UniLiB to Gotion give {rounded(data.announced_cell_exponent())}"
    tables.figure(
        keys, ("cell", "capital_exponent"), capital, "exponent", "2020", exponents, "B", note
    )
    tables.assumed(keys, ("cell", "life"), "cell_life")
    tables.assumed(keys, ("cell", "variable_cost"), "cell_variable_cost")
    tables.assumed(keys, ("cell", "energy"), "cell_energy")
    tables.figure(keys, ("cell", "labour_exponent"), labour, "exponent", "2020", exponents, "B")
    _add_jobs(tables, "cell", tables.value("cell_jobs"), "cell_jobs")
    scrap = tables.value("cell_scrap")
    cathode = data.bill_of_materials("Lithium") / data.lithium_share_of_lfp() * scrap
    source = "BatPaC lithium of an LFP pack over the lithium share of LFP; assumption [cell_scrap]"
    tables.figure(
        "recipes", ("cell", "lfp_cathode", "input"), cathode, "kg/kWh", "2022", source, "B"
    )
    source = "Definition: materials for 1 GWh; assumption [cell_scrap]"
    tables.figure(
        "recipes", ("cell", "cell_materials", "input"), scrap, "GWh/GWh", "2030", source, "D"
    )


def kwh_per_vehicle(data: PublicData) -> float:
    """Return battery per electric car sold in the nine countries in 2022, kWh."""
    return data.battery_demand(NAMES.values()) * 1000 / data.ev_sales(NAMES.values())


def _add_packs_and_cars(tables: Tables, data: PublicData) -> None:
    keys = "activity_figures"
    tables.figure(
        keys, ("pack", "reference_size"), 10, "GWh/year", "2030", "Assumption [pack_capital]", "D"
    )
    tables.assumed(keys, ("pack", "capital_cost"), "pack_capital")
    tables.assumed(keys, ("pack", "capital_exponent"), "pack_capital_exponent")
    tables.assumed(keys, ("pack", "life"), "cell_life")
    tables.assumed(keys, ("pack", "variable_cost"), "pack_variable_cost")
    tables.assumed(keys, ("pack", "energy"), "pack_energy")
    tables.assumed(keys, ("pack", "labour_exponent"), "pack_capital_exponent")
    _add_jobs(tables, "pack", tables.value("pack_jobs"), "pack_jobs")
    source = "Definition: cells for 1 GWh of packs"
    tables.figure("recipes", ("pack", "cell", "input"), 1, "GWh/GWh", "2024", source, "A")
    byd = "BYD Camacari: about 1000 M USD for 150 thousand cars a year (press)"
    unit = "thousand vehicles/year"
    tables.figure(keys, ("car", "reference_size"), 150, unit, "2025", byd, "B")
    tables.figure(keys, ("car", "capital_cost"), 1000, "M USD", "2025", byd, "B")
    tables.assumed(keys, ("car", "capital_exponent"), "car_capital_exponent")
    tables.assumed(keys, ("car", "life"), "car_life")
    tables.assumed(keys, ("car", "variable_cost"), "car_local_content")
    tables.assumed(keys, ("car", "energy"), "car_energy")
    tables.assumed(keys, ("car", "labour_exponent"), "pack_capital_exponent")
    _add_jobs(tables, "car", tables.value("car_jobs"), "car_jobs")
    source = "Battery demand over electric cars sold in the nine countries (Busch et al. 2025)"
    keys3 = ("car", "pack", "input")
    tables.figure("recipes", keys3, kwh_per_vehicle(data), "kWh/vehicle", "2022", source, "A")
    source = "Definition: parts for one car"
    keys3 = ("car", "vehicle_parts", "input")
    tables.figure("recipes", keys3, 1, "vehicle/vehicle", "2024", source, "A")
