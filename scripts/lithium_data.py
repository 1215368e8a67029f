"""Read the public data sets behind the case ``lithium``: one method for each fact that is used.

Nothing is computed here beyond picking, summing and unit conversion of what the files hold.
"""

from __future__ import annotations

import csv
import gzip
import math
import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np

LCE_PER_LI = 5.3228
"""Tonnes of lithium carbonate per tonne of lithium."""

LITHIUM_SHARE_OF_LFP = 6.94 / 157.757
"""Mass of lithium in LiFePO4."""

CARBONATE_PER_LFP = LITHIUM_SHARE_OF_LFP * LCE_PER_LI
"""Tonnes of lithium carbonate per tonne of LiFePO4."""

BUSINESS_NAMES = {
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
ISO2 = dict(
    zip(BUSINESS_NAMES, ("AR", "BO", "BR", "CL", "CO", "EC", "PY", "PE", "UY"), strict=True)
)


@dataclass(frozen=True)
class AnnouncedPlant:
    """A plant from the list of announcements: capacity as stated, capital in M USD, jobs."""

    capacity: float
    capital: float
    jobs: float


def read_rows(path: Path, encoding: str = "utf-8") -> list[dict[str, str]]:
    """Return the rows of a CSV file, plain or gzipped."""
    if path.suffix == ".gz":
        with gzip.open(path, "rt", encoding=encoding, newline="") as file:
            return list(csv.DictReader(file))
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file))


class PublicData:
    """The data folder, read file by file when a fact is asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    # --- countries ----------------------------------------------------------------------------

    @cached_property
    def _gdp(self) -> dict[tuple[str, str], float]:
        rows = read_rows(self.folder / "gdp_worldbank" / "gdp.csv")
        return {(row["Country Code"], row["Year"]): float(row["Value"]) for row in rows}

    def gdp(self, code: str, year: int) -> float:
        """Return GDP in current USD."""
        return self._gdp[code, str(year)]

    @cached_property
    def _world_table(self) -> dict[str, dict[str, str]]:
        rows = read_rows(self.folder / "country_pwt1001" / "pwt1001_2000_2019.csv")
        return {row["iso3"]: row for row in rows if row["year"] == "2019"}

    def labour_compensation(self, code: str) -> float:
        """Return labour compensation per worker in 2019, USD per year."""
        return float(self._world_table[code]["labour_comp_per_worker_usd"])

    def employment(self, code: str) -> float:
        """Return employment in 2019, million workers."""
        return float(self._world_table[code]["emp"])

    @cached_property
    def _occupations(self) -> dict[str, dict[str, str]]:
        rows = read_rows(self.folder / "population" / "ilo" / "isco08_major_shares.csv")
        return {row["iso2"]: row for row in rows}

    def occupation_share(self, code: str, majors: Sequence[int]) -> float:
        """Return the share of workers in ISCO-08 major groups."""
        row = self._occupations[ISO2[code]]
        return sum(float(row[f"isco_{major}_pct"]) for major in majors) / 100

    @cached_property
    def _electricity(self) -> dict[str, float]:
        rows = read_rows(self.folder / "case_tables" / "electricity_price_indicative.csv")
        return {row["iso3"]: float(row["usd_per_kwh"]) for row in rows if row["quality"] == "C"}

    def electricity_price(self, code: str) -> float | None:
        """Return the indicative industrial price, USD/kWh, where the list has one."""
        return self._electricity.get(code)

    @cached_property
    def _generation(self) -> dict[str, float]:
        path = self.folder / "workforce" / "gapminder_electricity_generation_per_person.csv"
        return {
            row["geo"].upper(): float(row["electricity_generation_per_person"])
            for row in read_rows(path)
            if row["time"] == "2019"
        }

    def generation(self, code: str) -> float:
        """Return power generation in 2019, GWh."""
        return self._generation[code] * float(self._world_table[code]["pop"])

    @cached_property
    def _business(self) -> dict[str, float]:
        path = self.folder / "lithium_supply_busch2025" / "EDB.csv"
        with path.open(encoding="latin-1", newline="") as file:
            return {row[0]: float(row[1]) for row in list(csv.reader(file))[1:]}

    def ease_of_business(self, code: str) -> float:
        """Return the ease-of-doing-business score, 0 to 100."""
        return self._business[BUSINESS_NAMES[code]]

    @cached_property
    def _distances(self) -> dict[tuple[str, str], float]:
        rows = read_rows(self.folder / "geodist_cepii" / "dist_cepii_fixed_iso.csv.gz")
        wanted = {*BUSINESS_NAMES, "CHN"}
        return {
            (row["iso_o"], row["iso_d"]): float(row["dist"])
            for row in rows
            if row["iso_o"] in wanted and row["iso_d"] in wanted
        }

    def distance(self, origin: str, target: str) -> float:
        """Return the distance between main cities, km."""
        return self._distances[origin, target]

    # --- trade --------------------------------------------------------------------------------

    @cached_property
    def _cube(self) -> tuple[np.ndarray, np.ndarray, list[str], list[str]]:
        with np.load(self.folder / "trade_icio_cube" / "icio2022_cube.npz") as cube:
            countries = [str(name) for name in cube["countries"]]
            sectors = [str(name) for name in cube["sectors"]]
            return cube["X"], cube["tariff"], countries, sectors

    def tariff(self, exporter: str, importer: str, sector: str) -> float:
        """Return the applied tariff, share."""
        _, tariffs, countries, sectors = self._cube
        index = countries.index(exporter), countries.index(importer), sectors.index(sector)
        return float(tariffs[index])

    def output_over_absorption(self, code: str, sector: str = "C29") -> float:
        """Return gross output over absorption of a sector, at most what the data say."""
        flows, _, countries, sectors = self._cube
        country, kind = countries.index(code), sectors.index(sector)
        return float(flows[country, :, kind].sum() / flows[:, country, kind].sum())

    # --- lithium ------------------------------------------------------------------------------

    @cached_property
    def _minerals(self) -> dict[tuple[str, str], dict[str, str]]:
        path = self.folder / "usgs_mcs2025" / "mcs2025_battery_minerals.csv"
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.reader(file)
            header = next(reader)
            rows = [dict(zip(header, row, strict=False)) for row in reader]
        return {(row[header[0]], row[header[3]]): row for row in rows}

    def lithium_production(self, code: str, column: str = "est_2024") -> float:
        """Return lithium output in t Li; ``column`` is ``2023`` or ``est_2024``."""
        return float(self._minerals["Lithium", BUSINESS_NAMES[code]][f"prod_{column}"])

    @cached_property
    def _deposits(self) -> list[dict[str, str]]:
        return read_rows(self.folder / "lithium_supply_busch2025" / "Deposit.csv")

    def _deposit_values(self, column: str, keep: Callable[[dict[str, str]], bool]) -> list[float]:
        return [float(row[column]) for row in self._deposits if keep(row)]

    def median_cost(self, code: str) -> float:
        """Return the median extraction cost before tax and royalty, USD/t LCE."""
        name = BUSINESS_NAMES[code]
        costs = self._deposit_values("cost1_noTax", lambda row: row["Country"] == name)
        return statistics.median(costs) / LCE_PER_LI

    def planned_production(self, code: str) -> float:
        """Return the output planned for 2030, kt Li."""
        name = BUSINESS_NAMES[code]
        return sum(self._deposit_values("prod_rate2030", lambda row: row["Country"] == name))

    def project_capital(self, kind: str) -> tuple[float, float]:
        """Return opening cost (M USD) and cost per kt LCE of yearly capacity (M USD)."""

        def new(row: dict[str, str]) -> bool:
            return row["Resource_Type"] == kind and float(row["cost_opening"]) > 0

        opening = statistics.median(self._deposit_values("cost_opening", new)) / 1e6
        expansion = statistics.median(self._deposit_values("cost_expansion", new)) / LCE_PER_LI
        return opening, expansion / 1000

    @cached_property
    def _mineral_prices(self) -> dict[str, float]:
        rows = read_rows(self.folder / "case_tables" / "mineral_prices.csv")
        return {row["mineral"]: float(row["usd_per_t"]) for row in rows}

    def lithium_price(self) -> float:
        """Return the price of 2025, USD/t LCE."""
        return self._mineral_prices["Lithium"] / LCE_PER_LI

    def copper_price(self) -> float:
        """Return the price of 2025, USD/t."""
        return self._mineral_prices["Copper"]

    # --- batteries and cars -------------------------------------------------------------------

    @cached_property
    def _facts(self) -> dict[tuple[str, str], float]:
        path = self.folder / "case_tables" / "case_lithium_to_ev_south_america.csv"
        return {(row["variable"], row["where"]): float(row["value"]) for row in read_rows(path)}

    def bill_of_materials(self, mineral: str) -> float:
        """Return kg of a mineral per kWh of an LFP pack."""
        return self._facts[f"bill of materials LFP pack: {mineral}", "-"]

    def lithium_share_of_lfp(self) -> float:
        """Return the mass share of lithium in LFP."""
        return LITHIUM_SHARE_OF_LFP

    def lithium_per_kg_lfp(self) -> float:
        """Return kg of lithium carbonate per kg of LFP."""
        return CARBONATE_PER_LFP

    @lru_cache(maxsize=8)  # noqa: B019 (one object for the life of the script)
    def announced(self, stage: str) -> tuple[AnnouncedPlant, ...]:
        """Return announced plants of a stage with capacity, capital and jobs, as listed."""
        rows = read_rows(self.folder / "case_tables" / "plants_announced.csv")
        return tuple(
            AnnouncedPlant(float(row["capacity"]), float(row["capex_musd"]), float(row["jobs"]))
            for row in rows
            if row["stage"] == stage
        )

    def announced_cell_exponent(self) -> float:
        """Return the capital exponent between UniLiB (14 MWh) and Gotion (20 GWh)."""
        return math.log(1300 / 7) / math.log(20000 / 14)

    def cell_plant_exponents(self) -> tuple[float, float]:
        """Return exponents of capital and labour of a cell plant from 10 to 20 GWh."""
        rows = read_rows(self.folder / "battery_cost_pbcm" / "process_steps_base_6GWh.csv")

        def total(base: str, exponent: str, size: float) -> float:
            return sum(float(row[base]) * (size / 6) ** float(row[exponent]) for row in rows)

        capital, labour = (
            math.log2(total(base, exponent, 20) / total(base, exponent, 10))
            for base, exponent in (
                ("capex_musd_base", "capex_scale_exp"),
                ("labour_hours_per_year_base", "labour_scale_exp"),
            )
        )
        return capital, labour

    @cached_property
    def _sales(self) -> dict[str, float]:
        path = self.folder / "lithium_supply_busch2025" / "historicalEV_sales.csv"
        sales: dict[str, float] = {}
        for row in read_rows(path):
            if row["year"] == "2022":
                country = row["ICCT_Country"]
                sales[country] = sales.get(country, 0.0) + float(row["unit"])
        return sales

    def ev_sales(self, countries: Iterable[str]) -> float:
        """Return battery and plug-in cars sold in 2022."""
        return sum(self._sales[country] for country in countries)

    def battery_demand(self, countries: Iterable[str]) -> float:
        """Return the batteries of cars sold in 2022, MWh."""
        path = self.folder / "lithium_supply_busch2025" / "battery_country_2022.csv"
        wanted = set(countries)
        return sum(float(row["MWh"]) for row in read_rows(path) if row["Country"] in wanted)
