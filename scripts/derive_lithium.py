"""Derive the tables of the embedded case ``lithium`` from the public data and the assumption list.

Usage: ``python scripts/derive_lithium.py [DATA_FOLDER] [CASE_FOLDER]``. The data folder holds the
public data sets that docs/cases/lithium.md cites (default: ``../shared/data``); the list of
assumptions is docs/cases/lithium_assumptions.csv. Same inputs, same bytes: figures are written
with four significant digits and nothing depends on the clock or on a random number.
"""

from __future__ import annotations

import csv
import math
import statistics
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lithium_data import LCE_PER_LI, PublicData

ROOT = Path(__file__).resolve().parent.parent
DEFAULT_DATA = ROOT.parent / "shared" / "data"
DEFAULT_CASE = ROOT / "src" / "workshare" / "region" / "cases" / "lithium"
ASSUMPTIONS = ROOT / "docs" / "cases" / "lithium_assumptions.csv"

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
MERCOSUR = ("ARG", "BOL", "BRA", "PRY", "URY")
ICIO_COUNTRIES = ("ARG", "BRA", "CHL", "COL", "PER")
OCCUPATIONS = {"professionals": (1, 2), "technicians": (3, 7), "operators": (8, 9)}

GOODS = (
    # id, name, unit, HS code, tradable
    ("brine_rights", "Lithium brine that may be pumped", "kt LCE", "", "no"),
    ("rock_rights", "Lithium ore that may be mined", "kt LCE", "", "no"),
    ("lithium_carbonate", "Lithium carbonate (equivalent)", "kt LCE", "283691", "yes"),
    ("lfp_cathode", "LFP cathode material", "kt", "284290", "yes"),
    ("cell", "LFP cells", "GWh", "850760", "yes"),
    ("pack", "Battery packs", "GWh", "850760", "yes"),
    ("car", "Electric cars", "thousand vehicles", "870380", "yes"),
    ("cell_materials", "Bought materials for cells", "GWh", "", "yes"),
    ("vehicle_parts", "Imported parts for cars", "thousand vehicles", "", "yes"),
)
ACTIVITIES = (
    ("brine_carbonate", "Lithium carbonate from brine", "lithium_carbonate"),
    ("rock_carbonate", "Lithium carbonate from rock", "lithium_carbonate"),
    ("cathode", "LFP cathode material", "lfp_cathode"),
    ("cell", "LFP cells", "cell"),
    ("pack", "Battery packs", "pack"),
    ("car", "Electric cars", "car"),
)
SECTOR = {
    "lithium_carbonate": "C20",
    "lfp_cathode": "C20",
    "cell": "C27",
    "pack": "C27",
    "car": "C29",
    "cell_materials": "C20",
    "vehicle_parts": "C29",
}
USERS = {
    # good: activity that uses it; cars are used by everybody
    "lithium_carbonate": "cathode",
    "lfp_cathode": "cell",
    "cell": "pack",
    "pack": "car",
    "cell_materials": "cell",
    "vehicle_parts": "car",
}
MAKERS = {
    "lithium_carbonate": ("brine_carbonate", "rock_carbonate"),
    "lfp_cathode": ("cathode",),
    "cell": ("cell",),
    "pack": ("pack",),
    "car": ("car",),
}
FIGURE = ("value", "unit", "year", "source", "quality", "note")
ASSUMED = "Assumption {}: {}"


@dataclass(frozen=True)
class Assumption:
    """One row of the list: a figure that the data folder does not hold."""

    id: str
    value: str
    unit: str
    year: str
    quality: str
    kind: str
    source: str
    reason: str


@dataclass
class Tables:
    """The tables as they grow: rows by table name, in the order they were added."""

    assumptions: Mapping[str, Assumption]
    rows: dict[str, list[tuple[str, ...]]] = field(default_factory=dict)

    def add(self, table: str, *cells: str) -> None:
        """Add a row without a figure."""
        self.rows.setdefault(table, []).append(cells)

    def figure(
        self,
        table: str,
        keys: Sequence[str],
        value: float,
        unit: str,
        year: str,
        source: str,
        quality: str,
        note: str = "",
    ) -> None:
        """Add a row that ends in a figure, with its provenance."""
        self.add(table, *keys, rounded(value), unit, year, source, quality, note)

    def assumed(self, table: str, keys: Sequence[str], name: str, note: str = "") -> None:
        """Add a figure that is one row of the assumption list."""
        row = self.assumptions[name]
        self.add(table, *keys, rounded(self.value(name)), row.unit, *self.cite(name), note)

    def value(self, name: str) -> float:
        """Return the number of one assumption."""
        return float(self.assumptions[name].value)

    def cite(self, name: str) -> tuple[str, str, str]:
        """Return year, source and quality of one assumption."""
        row = self.assumptions[name]
        source = row.source
        if row.kind == "assumption" and not source.startswith("Assumption"):
            source = f"Assumption: {source}"
        return row.year, f"{source} [{row.id}]", row.quality


def rounded(value: float) -> str:
    """Return ``value`` with four significant digits as plain text."""
    if value == 0:
        return "0"
    digits = 3 - math.floor(math.log10(abs(value)))
    text = f"{round(value, digits):.{max(digits, 0)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def recovery_factor(rate: float, life: float) -> float:
    """Return the yearly payment that repays 1 over ``life`` years at ``rate``."""
    return rate / (1 - (1 + rate) ** -life) if rate else 1 / life


def read_assumptions(path: Path = ASSUMPTIONS) -> dict[str, Assumption]:
    """Return the list of assumptions by id."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [Assumption(**row) for row in csv.DictReader(file)]
    return {row.id: row for row in rows}


# --- participants ---------------------------------------------------------------------------


def add_participants(tables: Tables, data: PublicData) -> None:
    """Add who takes part, their costs, their workers."""
    for code, name in NAMES.items():
        tables.add("participants", code, name)
        tables.add("places", code, code, name)
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


# --- goods and activities -------------------------------------------------------------------


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
                f"{busch}: median cost before tax and royalty in {reference_country(kind)} less energy and labour of this table",
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
        year, source, quality = tables.cite(name)
        source = f"{source} times [job_share.{activity}.{group}]"
        tables.figure("labour", (activity, group), value, "worker", year, source, "D")


def without_vat(tables: Tables, yuan: float) -> float:
    """Return a Chinese quotation in USD without value added tax."""
    return yuan / (1 + tables.value("vat_china")) / tables.value("yuan_per_dollar")


def cathode_capital(tables: Tables, data: PublicData, size: float) -> float:
    """Return the capital of a cathode plant of ``size`` kt per year, M USD."""
    plants = data.announced("cathode active material (LFP)")
    sizes = [plant.capacity / 1000 for plant in plants]
    middle = math.exp(statistics.mean(math.log(value) for value in sizes))
    capital = math.exp(statistics.mean(math.log(plant.capital) for plant in plants))
    return capital * (size / middle) ** tables.value("cathode_capital_exponent")


def _add_cathode(tables: Tables, data: PublicData) -> None:
    keys = "activity_figures"
    two = "Announced LFP plants in Chile (BYD 50 kt 290 M USD; Tsingshan 120 kt 233.2 M USD)"
    tables.figure(keys, ("cathode", "reference_size"), 50, "kt/year", "2023", two, "B")
    capital = cathode_capital(tables, data, 50)
    note = "curve through the geometric mean of the two"
    tables.figure(keys, ("cathode", "capital_cost"), capital, "M USD", "2023", two, "C", note)
    tables.assumed(keys, ("cathode", "capital_exponent"), "cathode_capital_exponent")
    tables.assumed(keys, ("cathode", "life"), "cell_life")
    phosphate = tables.value("iron_phosphate_use") * without_vat(
        tables, tables.value("iron_phosphate_price_yuan")
    )
    source = "EnergyTrend 2025 iron phosphate and assumption [cathode_other_cost]"
    variable = phosphate + tables.value("cathode_other_cost")
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


def cell_materials_price(tables: Tables, data: PublicData) -> float:
    """Return the price of the bought materials of one kWh of LFP cells, USD."""
    graphite = data.bill_of_materials("Graphite") * tables.value("graphite_price")
    foil = data.copper_price() / 1000 + tables.value("copper_foil_fee")
    copper = data.bill_of_materials("Copper") * foil
    return graphite + copper + tables.value("cell_other_materials")


def _add_cells(tables: Tables, data: PublicData) -> None:
    keys = "activity_figures"
    gotion = "Announced plant Gotion Kenitra: 1300 M USD for 20 GWh"
    exponents = "Process cost model after BatPaC (22 steps) from 10 to 20 GWh"
    tables.figure(keys, ("cell", "reference_size"), 20, "GWh/year", "2024", gotion, "B")
    note = "gives 80 M USD per GWh at 10 GWh (HLI reports 85 to 110) and 565 at 14 MWh (UniLiB 500)"
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


# --- places: options, plants, endowments ------------------------------------------------------


def option_places(tables: Tables, activity: str) -> list[str]:
    """Return where an activity may be built."""
    return [code for code in NAMES if f"max_plants.{activity}.{code}" in tables.assumptions]


def existing_capacity(data: PublicData, code: str, year: str = "est_2024") -> float:
    """Return lithium output as carbonate equivalent, kt LCE per year."""
    return data.lithium_production(code, year) * LCE_PER_LI / 1000


def add_options(tables: Tables, data: PublicData) -> None:
    """Add what each country may build and its own multipliers, plants of today, endowments."""
    for activity, _, _ in ACTIVITIES:
        for code in option_places(tables, activity):
            name = f"max_plants.{activity}.{code}"
            tables.assumed("options", (code, activity, "max_plants"), name)
            _add_multipliers(tables, data, code, activity)
    mined = (
        ("CHL", "brine_carbonate", "brine_rights"),
        ("ARG", "brine_carbonate", "brine_rights"),
        ("BRA", "rock_carbonate", "rock_rights"),
    )
    usgs = "USGS Mineral Commodity Summaries 2025: lithium output 2024 (estimate) times 5.3228"
    for code, activity, _ in mined:
        note = "concentrate counted at its lithium" if code == "BRA" else ""
        tables.figure(
            "plants",
            (f"{code}_{activity}", code, activity),
            existing_capacity(data, code),
            "kt LCE/year",
            "2024",
            usgs,
            "B",
            note,
        )
    press = "BYD Camacari opened 2025 (press); first years are assembly of kits"
    tables.figure(
        "plants", ("BRA_car", "BRA", "car"), 150, "thousand vehicles/year", "2025", press, "B"
    )
    busch = "Busch et al. 2025 planned output 2030 times 5.3228"
    for code, _, rights in mined:
        amount = data.planned_production(code) * LCE_PER_LI
        tables.figure("endowments", (code, rights), amount, "kt LCE/year", "2030", busch, "B")
    tables.assumed("endowments", ("BOL", "brine_rights"), "bolivia_contract_capacity")


def _add_multipliers(tables: Tables, data: PublicData, code: str, activity: str) -> None:
    if activity == "brine_carbonate":
        reference = lithium_variable(tables, data, activity, "CHL")
        value = lithium_variable(tables, data, activity, code) / reference
        source = "Busch et al. 2025: median cost of the country less energy and labour over Chile's"
        keys = (code, activity, "variable_multiplier")
        tables.figure("options", keys, value, "index", "2022", source, "B")
        if code == "BOL":
            _add_bolivian_capital(tables, data)
    if activity == "car":
        share = data.output_over_absorption(code) if code in ICIO_COUNTRIES else 0.0
        value = 1 + tables.value("local_content_penalty") * max(1 - share, 0)
        source = "OECD ICIO 2022 output over absorption of C29; assumption [local_content_penalty]"
        keys = (code, activity, "variable_multiplier")
        tables.figure("options", keys, value, "index", "2022", source, "D")
        value = 1 / business_multiplier(tables, data, "BRA")
        source = "The announced plant stands in BRA: its capital already holds that country's cost"
        keys = (code, activity, "capital_multiplier")
        tables.figure("options", keys, value, "index", "2025", source, "C")


def _add_bolivian_capital(tables: Tables, data: PublicData) -> None:
    capacity = tables.value("bolivia_contract_capacity")
    announced = tables.value("bolivia_contract_capital") / capacity
    usual = lithium_capital(data, "Brine", 20) / 20
    country = business_multiplier(tables, data, "BOL")
    source = "YLB contracts 2005 M USD for 49 kt over the capital of this table [bolivia_contract]"
    keys = ("BOL", "brine_carbonate", "capital_multiplier")
    tables.figure("options", keys, announced / usual / country, "index", "2024", source, "B")


# --- trade ------------------------------------------------------------------------------------


def freight_cost(tables: Tables, data: PublicData, origin: str, target: str, good: str) -> float:
    """Return freight per unit of the good, in M USD per thousand t, GWh or thousand vehicles."""
    ends = {origin, target}
    if "world" in ends:
        (code,) = ends - {"world"}
        cost = tables.value("sea_handling") + tables.value("sea_rate") * data.distance(code, "CHN")
        cost += tables.value("landlocked_surcharge") * (code in ("BOL", "PRY"))
    else:
        distance = data.distance(origin, target)
        cost = tables.value("road_handling") + tables.value("road_rate") * distance
    mass = tables.value(f"shipping_mass.{good}") * tables.value(f"handling_factor.{good}")
    scale = 1e-3 if good not in ("car", "vehicle_parts") else 1e-6
    return cost * mass * scale


def reference_prices(tables: Tables, data: PublicData) -> dict[str, float]:
    """Return outside prices by good, in M USD per unit of the good."""
    output = sum(existing_capacity(data, code) for code in ("ARG", "BRA", "CHL"))
    depth = market_depth(tables, "lithium_carbonate")
    carbonate = data.lithium_price() / 1000 / (1 - 0.1 * output / depth)
    cell = tables.value("cell_price")
    return {
        "lithium_carbonate": carbonate,
        "lfp_cathode": without_vat(tables, tables.value("lfp_price_normal_yuan")) / 1000,
        "cell": cell,
        "pack": cell / tables.value("cell_share_of_pack"),
        "car": 1000 * tables.value("car_value_brazil") / tables.value("car_number_brazil"),
        "cell_materials": cell_materials_price(tables, data),
        "vehicle_parts": tables.value("vehicle_parts_price") / 1000,
    }


WORLD_MARKET = {
    "lithium_carbonate": "world_lithium_2030",
    "lfp_cathode": "world_lfp_cathode",
    "cell": "world_cells",
    "pack": "world_cells",
    "car": "world_ev",
}


def market_depth(tables: Tables, good: str) -> float:
    """Return the trade that moves the outside price by a tenth, units per year."""
    return 0.1 * tables.value("curve_elasticity") * tables.value(WORLD_MARKET[good])


PRICE_SOURCES = {
    "lithium_carbonate": (
        "2025",
        "Price list 2025: 9459 USD/t LCE at the region's output of 2024; intercept of the curve",
        "B",
    ),
    "lfp_cathode": ("2025", "GGII Apr 2025: 40000 yuan/t less VAT [lfp_price_normal_yuan]", "C"),
    "cell": ("2024", "S&P Global Mobility: LFP cells in 2024 [cell_price]", "B"),
    "pack": ("2024", "Cell price over the cell share of the pack price [cell_share_of_pack]", "C"),
    "car": ("2023", "Value over number of Chinese cars imported by Brazil [car_value_brazil]", "C"),
    "cell_materials": (
        "2025",
        "BatPaC graphite and copper times prices; other materials [cell_other_materials]",
        "C",
    ),
    "vehicle_parts": ("2030", "Assumption: parts without battery [vehicle_parts_price]", "D"),
}
PRICE_UNITS = {
    "lithium_carbonate": ("USD/t LCE", 1000),
    "lfp_cathode": ("USD/t", 1000),
    "cell": ("USD/kWh", 1),
    "pack": ("USD/kWh", 1),
    "cell_materials": ("USD/kWh", 1),
    "car": ("USD/vehicle", 1000),
    "vehicle_parts": ("USD/vehicle", 1000),
}


def add_outside(tables: Tables, data: PublicData) -> None:
    """Add the curves of the rest of the world."""
    units = {good[0]: good[2] for good in GOODS}
    for good, price in reference_prices(tables, data).items():
        unit, factor = PRICE_UNITS[good]
        year, source, quality = PRICE_SOURCES[good]
        supply = (good, "supply", "price")
        tables.figure("outside", supply, price * factor, unit, year, source, quality)
        if good not in WORLD_MARKET:
            continue
        depth, name = market_depth(tables, good), WORLD_MARKET[good]
        source_depth = f"A tenth of the world market [{name}] at elasticity [curve_elasticity]"
        keys = (good, "supply", "depth")
        unit_depth = f"{units[good]}/year"
        tables.figure("outside", keys, depth, unit_depth, "2030", source_depth, "D")
        discount, share = 1.0, 1.0
        if good in ("cell", "pack", "car"):
            discount = tables.value("outside_discount")
            share = tables.value("share_outside_china")
            source = f"{source}; times [outside_discount]"
        elif good == "lfp_cathode":
            share = tables.value("share_outside_china_cathode")
        demand = (good, "demand", "price")
        tables.figure("outside", demand, price * factor * discount, unit, year, source, quality)
        note = "" if share == 1 else "only the market outside China"
        keys = (good, "demand", "depth")
        tables.figure("outside", keys, depth * share, unit_depth, "2030", source_depth, "D", note)


def trading_places(tables: Tables, good: str) -> tuple[list[str], list[str]]:
    """Return where a good can be made and where it can be used."""
    makers = [
        code
        for code in NAMES
        for activity in MAKERS.get(good, ())
        if code in option_places(tables, activity)
    ]
    users = list(NAMES) if good == "car" else option_places(tables, USERS[good])
    return makers, users


def add_trade(tables: Tables, data: PublicData) -> None:
    """Add freight between useful pairs of places, and tariffs."""
    source = "CEPII GeoDist distance times assumptions [road_rate] or [sea_rate] and handling"
    for good in SECTOR:
        unit, factor = PRICE_UNITS[good]
        makers, users = trading_places(tables, good)
        pairs = [(maker, user) for maker in makers for user in users if maker != user]
        pairs += [(maker, "world") for maker in makers]
        pairs += [("world", user) for user in users]
        for origin, target in pairs:
            value = freight_cost(tables, data, origin, target, good) * factor
            keys = (origin, target, good)
            tables.figure("freight", keys, value, unit, "2024", source, "D")
        for importer in users:
            _add_tariffs(tables, data, importer, good, makers)


def world_tariff(
    tables: Tables, data: PublicData, importer: str, good: str
) -> tuple[float, str, str]:
    """Return the duty on a good from the rest of the world: share, source, quality."""
    if good == "car" and importer not in ICIO_COUNTRIES:
        return 0.0, "Assumption [ev_tariff_exempt]", "D"
    if importer in ICIO_COUNTRIES:
        source = f"Applied tariff on China in {SECTOR[good]}: ICIO 2022 cube (Teti 2024)"
        return data.tariff("CHN", importer, SECTOR[good]), source, "B"
    if importer == "ECU":
        return tables.value(f"tariff_ecuador.{good}"), f"Assumption [tariff_ecuador.{good}]", "D"
    rates = [data.tariff("CHN", member, SECTOR[good]) for member in ("ARG", "BRA")]
    source = f"Mean of ARG and BRA in {SECTOR[good]}; assumption [common_tariff_members]"
    return statistics.mean(rates), source, "D"


def _add_tariffs(
    tables: Tables, data: PublicData, importer: str, good: str, makers: Iterable[str]
) -> None:
    rate, source, quality = world_tariff(tables, data, importer, good)
    if rate >= 0.0005:
        keys = (importer, "world", good)
        tables.figure("tariffs", keys, 100 * rate, "%", "2022", source, quality)
    for origin in makers:
        if origin == importer:
            continue
        if good == "pack" and (origin in MERCOSUR) != (importer in MERCOSUR):
            inside, cited = rate, "Duty on the rest of the world; assumption [pack_origin_rule]"
            grade = "D"
        elif origin in ICIO_COUNTRIES and importer in ICIO_COUNTRIES:
            inside = data.tariff(origin, importer, SECTOR[good])
            cited = f"Applied tariff in {SECTOR[good]}: ICIO 2022 cube (Teti 2024)"
            grade = "B"
        else:
            continue
        if inside >= 0.0005:
            keys = (importer, origin, good)
            tables.figure("tariffs", keys, 100 * inside, "%", "2022", cited, grade)


# --- demand -----------------------------------------------------------------------------------


def sales_2024(tables: Tables, data: PublicData) -> dict[str, tuple[float, str, str]]:
    """Return electric cars sold in 2024 by country, thousand, with source and quality."""
    known = [code for code in NAMES if f"ev_sales_2024.{code}" in tables.assumptions]
    total = sum(tables.value(f"ev_sales_2024.{code}") for code in known)
    growth = total / data.ev_sales([NAMES[code] for code in known])
    sales = {}
    for code, name in NAMES.items():
        if code in known:
            value = tables.value(f"ev_sales_2024.{code}")
            _, source, quality = tables.cite(f"ev_sales_2024.{code}")
        else:
            value, quality = growth * data.ev_sales([name]), "D"
            source = (
                "Sales 2022 (Busch et al. 2025) times growth of the countries reported for 2024"
            )
        sales[code] = (value / 1000, source, quality)
    return sales


def demand_2030(
    tables: Tables, data: PublicData, code: str, scenario: str
) -> tuple[float, str, str]:
    """Return electric cars wanted in 2030, thousand, with source and quality."""
    if code == "ARG":
        factor = {"low": 0.5, "base": 1.0, "high": 2.0}[scenario]
        source = f"Duty-free quota of 50 thousand a year times {factor:g} [argentina_quota]"
        return factor * tables.value("argentina_quota"), source, "D"
    value, source, _ = sales_2024(tables, data)[code]
    growth = tables.value(f"growth_{scenario}")
    if code == "URY":
        growth *= tables.value("growth_factor_uruguay")
    cited = f"Sales 2024 ({source}) and assumption [growth_{scenario}]"
    return value * (1 + growth) ** 6, cited, "D"


def add_demand(tables: Tables, data: PublicData) -> None:
    """Add demand for electric cars: the facts of 2022 and 2024 and three views of 2030."""
    price = reference_prices(tables, data)["car"]
    busch = "Busch et al. 2025 (ICCT and EV-Volumes): BEV and PHEV sales"
    for code, name in NAMES.items():
        landed = price * (1 + world_tariff(tables, data, code, "car")[0])
        landed += freight_cost(tables, data, "world", code, "car")
        sales, source, quality = sales_2024(tables, data)[code]
        rows = [("2022", data.ev_sales([name]) / 1000, "2022", busch, "A")]
        rows += [("2024", sales, "2024", source, quality)]
        rows += [
            (scenario, value, "2030", cited, grade)
            for scenario in ("low", "base", "high")
            for value, cited, grade in [demand_2030(tables, data, code, scenario)]
        ]
        for scenario, value, year, cited, grade in rows:
            keys = (code, "car", scenario)
            unit = "thousand vehicles/year"
            tables.figure("demand", (*keys, "quantity"), value, unit, year, cited, grade)
            landed_source = "Landed price of an imported car: outside price with duty and freight"
            tables.figure(
                "demand", (*keys, "price"), 1000 * landed, "USD/vehicle", "2024", landed_source, "C"
            )
            tables.assumed("demand", (*keys, "elasticity"), "car_elasticity")


# --- writing ----------------------------------------------------------------------------------

KEYS = {
    "participants": ("id", "name"),
    "participant_figures": ("participant", "field", *FIGURE),
    "workforce": ("participant", "occupation", "field", *FIGURE),
    "places": ("id", "participant", "name"),
    "goods": ("id", "name", "unit", "hs_edition", "hs_code", "tradable"),
    "activities": ("id", "name", "output"),
    "activity_figures": ("activity", "field", *FIGURE),
    "recipes": ("activity", "good", "direction", *FIGURE),
    "labour": ("activity", "occupation", *FIGURE),
    "options": ("place", "activity", "field", *FIGURE),
    "plants": ("id", "place", "activity", *FIGURE),
    "endowments": ("place", "good", *FIGURE),
    "freight": ("origin", "destination", "good", *FIGURE),
    "tariffs": ("importer", "origin", "good", *FIGURE),
    "outside": ("good", "side", "field", *FIGURE),
    "demand": ("place", "good", "scenario", "field", *FIGURE),
}
SETTINGS = """\
[region]
format = 1
title = "Lithium to electric vehicles in South America"
currency = "USD"
price_year = 2024
horizon_year = 2030
demand_scenario = "base"
provenance = "Derived by scripts/derive_lithium.py from OECD ICIO 2022, World Bank, Penn World Table 10.01, CEPII GeoDist, USGS MCS 2025, Busch et al. 2025, ILOSTAT, press reports and the assumptions listed in docs/cases/lithium_assumptions.csv"
licence = "Facts with attribution: OECD (ICIO), World Bank (CC BY 4.0), PWT (CC BY 4.0), CEPII GeoDist, USGS (public domain), Busch et al. 2025 (MIT), ILOSTAT (CC BY 4.0); tariffs: cite Teti 2024"
disclaimer = "An illustration from public data, not any government's position"
"""


def derive(data_folder: Path) -> Tables:
    """Return every table of the case."""
    tables, data = Tables(read_assumptions()), PublicData(data_folder)
    add_participants(tables, data)
    add_goods(tables)
    add_activities(tables, data)
    add_options(tables, data)
    add_trade(tables, data)
    add_outside(tables, data)
    add_demand(tables, data)
    return tables


def write_case(tables: Tables, folder: Path) -> None:
    """Write the tables and the settings into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "region.toml").write_text(SETTINGS, encoding="utf-8", newline="\n")
    for table, header in KEYS.items():
        with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(header)
            writer.writerows(tables.rows[table])


def main(arguments: Sequence[str]) -> int:
    """Derive and write; return an exit code."""
    data_folder = Path(arguments[0]) if arguments else DEFAULT_DATA
    case = Path(arguments[1]) if len(arguments) > 1 else DEFAULT_CASE
    if not data_folder.is_dir():
        print(f"No data folder at {data_folder}: give its path as the first argument.")
        return 1
    write_case(derive(data_folder), case)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
