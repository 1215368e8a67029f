"""A calibration, as findings: the economy that came out, and every adjustment on the way."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from workshare.reports.findings import Findings
from workshare.reports.tables import Table, make_table
from workshare.trade.calibration import Calibration
from workshare.trade.economy import Economy


def calibration_findings(calibration: Calibration) -> Findings:
    """Return what was calibrated: countries, industries and adjustments.

    Examples
    --------
    >>> from workshare.trade.files import read_economy
    >>> found = calibration_findings(read_economy("americas"))
    >>> [table.name for table in found.tables]
    ['adjustments', 'countries', 'industries']
    """
    economy, made = calibration.economy, calibration.adjustments
    empty = float((economy.flows == 0).mean())
    tables = (_adjustments(calibration), _countries(economy), _industries(economy))
    kinds = dict.fromkeys(item.what for item in made)
    counts = ", ".join(f"{what} ({sum(i.what == what for i in made)})" for what in kinds)
    return Findings(
        title=f"Calibration of {economy.name}",
        sentences=(
            f"{len(economy.countries)} countries and {len(economy.industries)} industries, "
            f"{economy.entry} entry; {economy.flows.sum():.4g} {economy.unit} of spending, "
            f"{100 * empty:.3g} % of the cells without trade.",
            f"Adjustments of the data: {counts or 'none'}.",
            f"Deficits carried: {np.abs(economy.deficits).sum() / 2:.4g} {economy.unit}.",
        ),
        tables=tables,
        notes=(
            "Flows include tariffs paid. A deficit is spending beyond income, a transfer from "
            "abroad; deficits sum to zero.",
            *economy.sources,
        ),
        record={
            "economy": economy.name,
            "entry": economy.entry,
            "unit": economy.unit,
            "sources": economy.sources,
            **{table.name: _plain(table) for table in tables},
        },
    )


def _plain(table: Table) -> list[dict[str, Any]]:
    names = [column.name for column in table.columns]
    return [dict(zip(names, row, strict=True)) for row in table.rows]


def _adjustments(calibration: Calibration) -> Table:
    unit = calibration.economy.unit
    columns = (
        ("what", "", "text"),
        ("where", "", "text"),
        ("before", f"{unit}, or as said", "number"),
        ("after", f"{unit}, or as said", "number"),
        ("why", "", "text"),
    )
    rows: Iterable[Iterable[Any]] = [
        (item.what, item.where, item.before, item.after, item.why)
        for item in calibration.adjustments
    ]
    return make_table("adjustments", "Adjustments of the data", columns, rows)


def _countries(economy: Economy) -> Table:
    home = np.arange(len(economy.countries))
    border = economy.flows / (1.0 + economy.tariffs)
    own = border[home, home].sum(axis=1)
    exports = border.sum(axis=(1, 2)) - own
    imports = border.sum(axis=(0, 2)) - own
    columns = (
        ("country", "", "text"),
        ("spending", economy.unit, "number"),
        ("exports", economy.unit, "number"),
        ("imports", economy.unit, "number"),
        ("tariff revenue", economy.unit, "number"),
        ("deficit", economy.unit, "number"),
    )
    revenue = (economy.flows - border).sum(axis=(0, 2))
    spent = economy.flows.sum(axis=(0, 2))
    rows = zip(economy.countries, spent, exports, imports, revenue, economy.deficits, strict=True)
    return make_table("countries", "Countries of the economy", columns, rows)


def _industries(economy: Economy) -> Table:
    columns = (
        ("industry", "", "text"),
        ("sales", economy.unit, "number"),
        ("trade elasticity", "elasticity", "number"),
        ("scale elasticity", "elasticity", "number"),
        ("product", "below 1: no empty industry is an equilibrium", "number"),
    )
    trade, scale = economy.trade_elasticity, economy.scale_elasticity
    sales = economy.sales.sum(axis=0)
    rows = zip(economy.industries, sales, trade, scale, trade * scale, strict=True)
    return make_table("industries", "Industries of the economy", columns, rows)
