"""The tables of the case ``lithium`` as they grow, the list of assumptions, and their files.

Terms: an *assumption* is one row of docs/cases/lithium_assumptions.csv, cited in the tables by its
id in square brackets; a *figure* row ends in value, unit, year, source, quality and note.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

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
AT_WORKS = ("cell", "car")
"""Activities that stand at the works of a country; the others stand beside its market.

Neighbouring steps of the chain stand apart, so a good leaves a country only from where it is made
and an imported good arrives where it is used, from where no link leads out. Without this a car
imported where the duty is low would go on, duty-free, to a neighbour whose duty is high. Only
countries with such a neighbour are split: every place costs computing time.
"""
SPLIT = ("ARG", "CHL", "ECU", "URY")
"""Countries in two places: their duty on cars or cells is below that of a duty-free neighbour."""
FIGURE = ("value", "unit", "year", "source", "quality", "note")


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


def made_at(code: str, activity: str) -> str:
    """Return the place of a country where an activity stands."""
    return f"{code}_W" if code in SPLIT and activity in AT_WORKS else code


def source_of(code: str, good: str) -> str:
    """Return the place of a country from which a good of its own making leaves."""
    return made_at(code, MAKERS[good][0])


def used_at(code: str, good: str) -> str:
    """Return the place of a country where a good is used: cars by its people, others by plants."""
    return code if good == "car" else made_at(code, USERS[good])


def read_assumptions(path: Path = ASSUMPTIONS) -> dict[str, Assumption]:
    """Return the list of assumptions by id."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [Assumption(**row) for row in csv.DictReader(file)]
    return {row.id: row for row in rows}


def without_vat(tables: Tables, yuan: float) -> float:
    """Return a Chinese quotation in USD without value added tax."""
    return yuan / (1 + tables.value("vat_china")) / tables.value("yuan_per_dollar")


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
SETTINGS = {
    "format": 1,
    "title": "Lithium to electric vehicles in South America",
    "currency": "USD",
    "price_year": 2024,
    "horizon_year": 2030,
    "demand_scenario": "base",
    "provenance": "Derived by scripts/derive_lithium.py from OECD ICIO 2022, World Bank, Penn "
    "World Table 10.01, CEPII GeoDist, USGS MCS 2025, Busch et al. 2025, ILOSTAT, press, and the "
    "assumptions in docs/cases/lithium_assumptions.csv",
    "licence": "Facts with attribution: OECD (ICIO), World Bank (CC BY 4.0), PWT (CC BY 4.0), "
    "CEPII GeoDist, USGS (public domain), Busch et al. 2025 (MIT), ILOSTAT (CC BY 4.0); "
    "tariffs: cite Teti 2024",
    "disclaimer": "An illustration from public data, not any government's position",
}


def write_case(tables: Tables, folder: Path) -> None:
    """Write the tables and the settings into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    settings = ["[region]"]
    settings += [f"{key} = {json.dumps(value)}" for key, value in SETTINGS.items()]
    text = "\n".join(settings) + "\n"
    (folder / "region.toml").write_text(text, encoding="utf-8", newline="\n")
    for table, header in KEYS.items():
        with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(header)
            writer.writerows(tables.rows[table])
