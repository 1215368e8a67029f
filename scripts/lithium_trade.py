"""Trade and demand of the case ``lithium``: freight, tariffs, outside curves, electric cars."""

from __future__ import annotations

from collections.abc import Iterable

from lithium_activities import cell_materials_price
from lithium_data import PublicData
from lithium_places import existing_capacity, option_places
from lithium_tables import (
    GOODS,
    ICIO_COUNTRIES,
    MAKERS,
    MERCOSUR,
    NAMES,
    SECTOR,
    USERS,
    Tables,
    source_of,
    used_at,
    without_vat,
)
from lithium_tariffs import world_tariff


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
        "BatPaC graphite and copper times prices; assumption [cell_chemicals] and two more",
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
        if good != "lithium_carbonate":
            share = tables.value("share_outside_china")
        if good in ("cell", "pack", "car"):
            discount = tables.value("outside_discount")
            source = f"{source}; times [outside_discount]"
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
        pairs = [(maker, user) for maker in makers for user in users]
        pairs += [(maker, "world") for maker in makers]
        pairs += [("world", user) for user in users]
        for origin, target in pairs:
            out = origin if origin == "world" else source_of(origin, good)
            into = target if target == "world" else used_at(target, good)
            if out == into:
                continue
            if origin == target:
                home = "Assumption [home_freight]"
                tables.figure("freight", (out, into, good), 0, unit, "2024", home, "D")
                continue
            value = freight_cost(tables, data, origin, target, good) * factor
            tables.figure("freight", (out, into, good), value, unit, "2024", source, "D")
        for importer in users:
            _add_tariffs(tables, data, importer, good, makers)


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
        if bars_origin(good, origin, importer):
            inside, grade = rate, "D"
            cited = f"Duty on the rest of the world; assumption [{good}_origin_rule]"
        elif origin in ICIO_COUNTRIES and importer in ICIO_COUNTRIES:
            inside = data.tariff(origin, importer, SECTOR[good])
            cited = f"Applied tariff in {SECTOR[good]}: ICIO 2022 cube (Teti 2024)"
            grade = "B"
        else:
            continue
        if inside >= 0.0005:
            keys = (importer, origin, good)
            tables.figure("tariffs", keys, 100 * inside, "%", "2022", cited, grade)


def bars_origin(good: str, origin: str, importer: str) -> bool:
    """Return whether a good with many foreign parts pays the duty on the rest of the world."""
    if good == "pack":
        return not {origin, importer} <= set(MERCOSUR)
    return good == "car" and (origin in MERCOSUR) != (importer in MERCOSUR)


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
