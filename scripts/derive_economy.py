"""Derive the embedded economy ``americas`` from public data; run with the data folder as argument.

Sources: OECD Inter-Country Input-Output tables 2022 collapsed to bilateral flows of 28 industries
(re-use with attribution); applied tariffs (cite Teti 2024), weighted by flows; CEPII BACI 2023
totals (Etalab 2.0) and World Bank GDP 2022 (CC BY 4.0) for countries inside the rest of the world;
elasticities of Lashkaripour and Lugovskyy (2023), as simulated. What is shipped is an aggregate of
15 economies and 11 industries.

    python scripts/derive_economy.py PATH_OF_DATA
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import numpy as np

from workshare.trade.calibration import (
    Adjustment,
    Imputed,
    RawTable,
    aggregate,
    economy_from_flows,
    split_off,
)
from workshare.trade.economy import Economy
from workshare.trade.files import write_economy

TARGET = Path(__file__).parents[1] / "src" / "workshare" / "trade" / "cases" / "americas"
OWN = ("ARG", "BRA", "CHL", "COL", "MEX", "PER", "USA", "CHN")
EUROPE = (
    *("AUT", "BEL", "BGR", "CHE", "CYP", "CZE", "DEU", "DNK", "ESP", "EST", "FIN", "FRA", "GBR"),
    *("GRC", "HRV", "HUN", "IRL", "ISL", "ITA", "LTU", "LUX", "LVA", "MLT", "NLD", "NOR", "POL"),
    *("PRT", "ROU", "SVK", "SVN", "SWE"),
)
ASIA = ("JPN", "KOR", "TWN")
IMPUTED = ("BOL", "ECU", "PRY", "URY")
INDUSTRIES = {
    "agriculture and food": ("A01", "A02", "A03", "C10T12"),
    "coal, oil and gas": ("B05", "B06"),
    "ores and other mining": ("B07", "B08", "B09"),
    "textiles, wood, paper, other": ("C13T15", "C16", "C17_18", "C31T33"),
    "petroleum products": ("C19",),
    "chemicals and plastics": ("C20", "C21", "C22"),
    "metals and minerals": ("C23", "C24A", "C24B", "C25"),
    "machinery and electronics": ("C26", "C28"),
    "electrical equipment": ("C27",),
    "vehicles": ("C29", "C301", "C302T309"),
    "services": ("Services (aggregate)",),
}
ELASTICITIES = {
    # (trade elasticity, scale elasticity), Lashkaripour and Lugovskyy (2023), as simulated
    "A01": (6.227, 0.143),
    "A02": (6.227, 0.143),
    "A03": (6.227, 0.143),
    "B05": (6.227, 0.143),
    "B06": (6.227, 0.143),
    "B07": (6.227, 0.143),
    "B08": (6.227, 0.143),
    "B09": (6.227, 0.143),
    "C10T12": (2.303, 0.393),
    "C13T15": (3.359, 0.224),
    "C16": (3.896, 0.229),
    "C17_18": (2.646, 0.320),
    "C19": (0.397, 1.758),
    "C20": (3.966, 0.232),
    "C21": (3.966, 0.232),
    "C22": (5.157, 0.140),
    "C23": (5.283, 0.167),
    "C24A": (3.004, 0.209),
    "C24B": (3.004, 0.209),
    "C25": (3.004, 0.209),
    "C26": (1.235, 0.552),
    "C27": (1.235, 0.552),
    "C28": (7.750, 0.120),
    "C29": (2.805, 0.129),
    "C301": (2.805, 0.129),
    "C302T309": (2.805, 0.129),
    "C31T33": (6.169, 0.152),
    "Services (aggregate)": (10.0, 0.0),
}
SOURCES = (
    "OECD (2025), Inter-Country Input-Output tables, 2022, collapsed to bilateral flows",
    "Teti (2024), Global Tariff Database, applied tariffs weighted by flows",
    "CEPII BACI 2023 (Gaulier and Zignago 2010), Etalab Licence 2.0: partners of BOL ECU PRY URY",
    "World Bank, GDP (NY.GDP.MKTP.CD) 2022, CC BY 4.0: size of BOL ECU PRY URY, which are imputed",
    "Lashkaripour and Lugovskyy (2023), AER 113(10), elasticities as simulated; own aggregation",
)


def raw_table(data: Path) -> RawTable:
    """Return the cube of 81 economies and 28 industries."""
    cube = np.load(data / "trade_icio_cube" / "icio2022_cube.npz", allow_pickle=True)
    sectors = tuple(map(str, cube["sectors"]))
    flows = np.array(cube["X"], dtype=float)
    tariffs = np.nan_to_num(np.array(cube["tariff"], dtype=float))
    return RawTable(
        tuple(map(str, cube["countries"])),
        sectors,
        flows,
        tariffs,
        np.array([ELASTICITIES[sector][0] for sector in sectors]),
        np.array([ELASTICITIES[sector][1] for sector in sectors]),
        name="Americas and the world, 2022",
        sources=SOURCES,
    )


def world_groups(countries: tuple[str, ...]) -> dict[str, str]:
    """Return the new name of every country of the cube."""
    groups = {}
    for code in countries:
        if code in EUROPE:
            groups[code] = "EUR"
        elif code in ASIA:
            groups[code] = "JKT"
        elif code not in OWN:
            groups[code] = "ROW"
    return groups


def gdp_2022(data: Path) -> dict[str, float]:
    """Return GDP by country code, USD."""
    with (data / "gdp_worldbank" / "gdp.csv").open(encoding="utf-8") as file:
        return {
            row["Country Code"]: float(row["Value"])
            for row in csv.DictReader(file)
            if row["Year"] == "2022"
        }


def goods_trade(data: Path) -> tuple[list[str], np.ndarray]:
    """Return codes and total goods trade between 194 countries, USD."""
    folder = data / "trade_baci_total_2023"
    with (folder / "country_labels.csv").open(encoding="utf-8") as file:
        codes = [row["iso3"] for row in csv.DictReader(file)]
    trade = np.genfromtxt(folder / "trade_cepii.csv", delimiter=",", skip_header=1)
    return codes, 1e3 * np.nan_to_num(trade)


def imputations(data: Path, names: tuple[str, ...], output: float) -> list[Imputed]:
    """Return what is known of the countries inside the rest of the world.

    Size is GDP over the GDP that the aggregate's output stands for (output is about twice GDP);
    partners are those of goods trade.
    """
    gdp = gdp_2022(data)
    codes, trade = goods_trade(data)
    place = {code: k for k, code in enumerate(codes)}
    group = {code: code for code in (*OWN, *IMPUTED)}
    group |= dict.fromkeys(EUROPE, "EUR") | dict.fromkeys(ASIA, "JKT")
    found = []
    left = output
    for code in IMPUTED:
        n = place[code]
        exports: dict[str, float] = {}
        imports: dict[str, float] = {}
        for other, k in place.items():
            name = group.get(other, "ROW")
            if other != code:
                exports[name] = exports.get(name, 0.0) + float(trade[n, k])
                imports[name] = imports.get(name, 0.0) + float(trade[k, n])
        made = 2.0 * gdp[code] / 1e6
        openness = min(0.6, 0.5 * float(trade[n].sum() + trade[:, n].sum()) / 1e6 / made)
        known = (*names, *(c.name for c in found))
        found.append(
            Imputed(
                code,
                made / left,
                {name: value for name, value in exports.items() if name in known},
                {name: value for name, value in imports.items() if name in known},
                openness,
            )
        )
        left -= made
    return found


def derive(data: Path) -> tuple[Economy, list[Adjustment]]:
    """Return the embedded economy and every adjustment."""
    whole = economy_from_flows(raw_table(data))
    adjustments = list(whole.adjustments)
    industries = {code: name for name, members in INDUSTRIES.items() for code in members}
    small = aggregate(whole.economy, world_groups(whole.economy.countries), industries)
    adjustments += small.adjustments
    economy = small.economy
    n = economy.country("ROW")
    for country in imputations(data, economy.countries, float(economy.sales[n].sum())):
        step = split_off(economy, "ROW", country)
        economy, adjustments = step.economy, [*adjustments, *step.adjustments]
    return _rounded(_ordered(economy)), adjustments


def _ordered(economy: Economy) -> Economy:
    """Return the economy with participants of the lithium case first, by code."""
    first = sorted(("ARG", "BOL", "BRA", "CHL", "COL", "ECU", "PER", "PRY", "URY"))
    names = [*first, *(c for c in economy.countries if c not in first)]
    order = [economy.countries.index(name) for name in names]
    kinds = [economy.industries.index(name) for name in INDUSTRIES]
    cells = np.ix_(order, order, kinds)
    return Economy(
        tuple(names),
        tuple(INDUSTRIES),
        economy.flows[cells],
        economy.trade_elasticity[kinds],
        economy.scale_elasticity[kinds],
        economy.tariffs[cells],
        economy.entry,
        economy.deficits[order],
        unit=economy.unit,
        name=economy.name,
        sources=economy.sources,
    )


def _rounded(economy: Economy) -> Economy:
    """Return the economy with figures of five digits, as they are shipped."""
    from workshare.trade.economy import implied_deficits

    border = _digits(economy.flows / (1.0 + economy.tariffs))
    tariffs = np.round(economy.tariffs, 4)
    flows = border * (1.0 + tariffs)
    return Economy(
        economy.countries,
        economy.industries,
        flows,
        _digits(economy.trade_elasticity),
        _digits(economy.scale_elasticity),
        tariffs,
        economy.entry,
        implied_deficits(flows, tariffs),
        unit=economy.unit,
        name=economy.name,
        sources=economy.sources,
    )


def _digits(values: np.ndarray) -> np.ndarray:
    """Return values with five significant digits, and nothing below a thousand dollars."""
    shown = [float(f"{value:.5g}") if value >= 1e-3 else 0.0 for value in np.ravel(values)]
    return np.array(shown).reshape(np.shape(values))


def main(data: Path) -> None:
    """Write the case and what was adjusted."""
    economy, adjustments = derive(data)
    write_economy(economy, TARGET, licence="Facts with attribution; see sources")
    lines = ["what,where,before,after,why"]
    for made in adjustments:
        cells = (made.what, made.where, f"{made.before:.5g}", f"{made.after:.5g}", made.why)
        lines.append(",".join(f'"{cell}"' if "," in cell else cell for cell in cells))
    (TARGET / "adjustments.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(economy.countries)} economies, {len(economy.industries)} industries: {TARGET}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
