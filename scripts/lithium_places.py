"""What each country may build in the case ``lithium``, what stands today, and its resources."""

from __future__ import annotations

from lithium_activities import iron_phosphate_cost, lithium_capital, lithium_variable
from lithium_countries import business_multiplier
from lithium_data import LCE_PER_LI, PublicData
from lithium_tables import ACTIVITIES, ICIO_COUNTRIES, NAMES, Tables, made_at
from lithium_tariffs import world_tariff


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
            tables.assumed("options", (made_at(code, activity), activity, "max_plants"), name)
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
            (f"{code}_{activity}", made_at(code, activity), activity),
            existing_capacity(data, code),
            "kt LCE/year",
            "2024",
            usgs,
            "B",
            note,
        )
    press = "BYD Camacari opened 2025 (press); first years are assembly of kits"
    tables.figure(
        "plants",
        ("BRA_car", made_at("BRA", "car"), "car"),
        150,
        "thousand vehicles/year",
        "2025",
        press,
        "B",
    )
    busch = "Busch et al. 2025 planned output 2030 times 5.3228"
    for code, activity, rights in mined:
        amount = data.planned_production(code) * LCE_PER_LI
        tables.figure(
            "endowments",
            (made_at(code, activity), rights),
            amount,
            "kt LCE/year",
            "2030",
            busch,
            "B",
        )
    bolivia = made_at("BOL", "brine_carbonate")
    tables.assumed("endowments", (bolivia, "brine_rights"), "bolivia_contract_capacity")


def _add_multipliers(tables: Tables, data: PublicData, code: str, activity: str) -> None:
    place = made_at(code, activity)
    if activity == "brine_carbonate":
        reference = lithium_variable(tables, data, activity, "CHL")
        value = lithium_variable(tables, data, activity, code) / reference
        source = "Busch et al. 2025: median cost of the country less energy and labour over Chile's"
        keys = (place, activity, "variable_multiplier")
        tables.figure("options", keys, value, "index", "2022", source, "B")
        if code == "BOL":
            _add_bolivian_capital(tables, data)
    if activity == "cathode":
        phosphate = iron_phosphate_cost(tables)
        whole = phosphate + tables.value("cathode_other_cost")
        duty, source, quality = world_tariff(tables, data, code, "lfp_cathode")
        value = 1 + duty * phosphate / whole
        keys = (place, activity, "variable_multiplier")
        source = f"Duty on iron phosphate: {source}"
        tables.figure("options", keys, value, "index", "2022", source, quality)
    if activity == "pack":
        duty, source, _ = world_tariff(tables, data, code, "pack")
        value = 1 + duty * tables.value("pack_imported_share")
        keys = (place, activity, "variable_multiplier")
        source = f"Duty on bought parts: {source}; assumption [pack_imported_share]"
        tables.figure("options", keys, value, "index", "2022", source, "D")
    if activity == "car":
        share = data.output_over_absorption(code) if code in ICIO_COUNTRIES else 0.0
        value = 1 + tables.value("local_content_penalty") * max(1 - share, 0)
        source = "OECD ICIO 2022 output over absorption of C29; assumption [local_content_penalty]"
        keys = (place, activity, "variable_multiplier")
        tables.figure("options", keys, value, "index", "2022", source, "D")
        value = 1 / business_multiplier(tables, data, "BRA")
        source = "The announced plant stands in BRA: its capital already holds that country's cost"
        keys = (place, activity, "capital_multiplier")
        tables.figure("options", keys, value, "index", "2025", source, "C")


def _add_bolivian_capital(tables: Tables, data: PublicData) -> None:
    capacity = tables.value("bolivia_contract_capacity")
    announced = tables.value("bolivia_contract_capital") / capacity
    usual = lithium_capital(data, "Brine", 40) / 40
    country = business_multiplier(tables, data, "BOL")
    source = (
        "YLB contracts (2005 M USD for 49 kt) over this table at 40 kt [bolivia_contract_capital]"
    )
    keys = (made_at("BOL", "brine_carbonate"), "brine_carbonate", "capital_multiplier")
    tables.figure("options", keys, announced / usual / country, "index", "2024", source, "B")
