"""Duties on goods from the rest of the world in the case ``lithium``."""

from __future__ import annotations

import statistics

from lithium_activities import cell_material_values
from lithium_data import PublicData
from lithium_tables import ICIO_COUNTRIES, SECTOR, Tables


def world_tariff(
    tables: Tables, data: PublicData, importer: str, good: str
) -> tuple[float, str, str]:
    """Return the duty on a good from the rest of the world: share, source, quality."""
    if good == "car" and importer not in ICIO_COUNTRIES:
        return 0.0, "Assumption [ev_tariff_exempt]", "D"
    sectors = SECTOR[good] if good != "cell_materials" else "C20 C22 C24B by value"
    if importer in ICIO_COUNTRIES:
        source = f"Applied tariff on China in {sectors}: ICIO 2022 cube (Teti 2024)"
        return _basket_tariff(tables, data, importer, good), source, "B"
    if importer == "ECU":
        return tables.value(f"tariff_ecuador.{good}"), f"Assumption [tariff_ecuador.{good}]", "D"
    rates = [_basket_tariff(tables, data, member, good) for member in ("ARG", "BRA")]
    source = f"Mean of ARG and BRA in {sectors}; assumption [common_tariff_members]"
    return statistics.mean(rates), source, "D"


def _basket_tariff(tables: Tables, data: PublicData, importer: str, good: str) -> float:
    """Return the duty in the good's sector; bought cell materials are a basket of three."""
    if good != "cell_materials":
        return data.tariff("CHN", importer, SECTOR[good])
    values = cell_material_values(tables, data)
    duties = sum(v * data.tariff("CHN", importer, sector) for sector, v in values.items())
    return duties / sum(values.values())
