"""Tidy tables of a trade answer: welfare with its parts and band, policy, industries, checks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from workshare.reports.tables import Table, make_table
from workshare.results import CertificateLine
from workshare.trade.bands import Band
from workshare.trade.decomposition import PARTS, Decomposition
from workshare.trade.equilibrium import Equilibrium

PART_WORDS = {
    "own_efficiency": "own efficiency",
    "profit_shifting": "profit shifting",
    "terms_of_trade": "terms of trade",
    "revenue": "revenue",
    "outside": "outside changes",
}
"""The parts of a welfare change in words."""


def welfare_table(answer: Equilibrium, parts: Decomposition | None, band: Band | None) -> Table:
    """Return real income of every country: gain, parts, band."""
    columns = [("country", "", "text"), ("gain", "% of real income", "number")]
    columns += [("low", "%", "number"), ("high", "%", "number")]
    columns += [(PART_WORDS[name], "log points", "number") for name in PARTS]
    columns += [("immiserizing", "", "text")]
    none = [None] * len(answer.gains)
    low, high = (none, none) if band is None else (band.low, band.high)
    made = [none] * 5 if parts is None else [getattr(parts, name) for name in PARTS]
    flags: Sequence[Any] = [""] * len(answer.gains) if parts is None else parts.immiserizing
    rows = zip(answer.economy.countries, answer.gains, low, high, *made, flags, strict=True)
    return make_table("welfare", "Real income by country and its parts", columns, rows)


def policy_table(answer: Equilibrium, members: Sequence[str]) -> Table:
    """Return each member's policy by industry; trade taxes as averages weighted by trade."""
    economy, policy = answer.economy, answer.policy
    columns = (
        ("country", "", "text"),
        ("industry", "", "text"),
        ("production subsidy", "% of producer's price", "number"),
        ("import tariff", "% of border price", "number"),
        ("export subsidy", "% of producer's price", "number"),
        ("corrective subsidy", "% of producer's price", "number"),
    )
    undone = 1.0 + economy.markups
    if economy.entry == "free":
        undone = undone * (1.0 + economy.scale_elasticity)
    rows = []
    for name in members:
        place = economy.country(name)
        away = np.arange(len(economy.countries)) != place
        bought, sold = answer.flows[away, place], answer.flows[place, away]
        for kind, industry in enumerate(economy.industries):
            rows.append(
                (
                    name,
                    industry,
                    100.0 * policy.production_subsidies[place, kind],
                    _average(100.0 * policy.tariffs[away, place, kind], bought[:, kind]),
                    _average(100.0 * policy.export_subsidies[place, away, kind], sold[:, kind]),
                    100.0 * (1.0 - 1.0 / undone[kind]),
                )
            )
    return make_table("policy", "Policy by member and industry", columns, rows)


def industry_table(answer: Equilibrium) -> Table:
    """Return sales and labour of every industry before and after."""
    economy = answer.economy
    columns = (
        ("country", "", "text"),
        ("industry", "", "text"),
        ("sales before", economy.unit, "number"),
        ("sales after", economy.unit, "number"),
        ("labour change", "%", "number"),
    )
    rows = [
        (
            country,
            industry,
            economy.sales[i, k],
            answer.sales[i, k],
            100.0 * (answer.labour[i, k] - 1.0) if economy.sales[i, k] > 0 else None,
        )
        for i, country in enumerate(economy.countries)
        for k, industry in enumerate(economy.industries)
    ]
    return make_table("industries", "Industries before and after", columns, rows)


def band_table(band: Band) -> Table:
    """Return gains at the draws' percentiles and at every named alternative."""
    columns = [("country", "", "text"), ("central", "%", "number")]
    columns += [(name, "%", "number") for name in ("low", "middle", "high")]
    columns += [(name, "%", "number") for name in band.alternatives]
    rows = zip(
        band.economy.countries,
        band.central,
        band.low,
        band.middle,
        band.high,
        *band.alternatives.values(),
        strict=True,
    )
    return make_table("band", "Gains over elasticities", columns, rows)


def certificate_table(lines: Sequence[CertificateLine]) -> Table:
    """Return the checks of an answer."""
    columns = (
        ("check", "", "text"),
        ("value", "", "number"),
        ("tolerance", "", "number"),
        ("holds", "", "text"),
        ("meaning", "", "text"),
    )
    rows = [(line.name, line.value, line.tolerance, line.holds, line.meaning) for line in lines]
    return make_table("certificate", "Checks, recomputed from problem and answer", columns, rows)


def comparison_table(members: Sequence[str], alone: Sequence[float], together: Any) -> Table:
    """Return each member's gain acting alone and in the agreement."""
    columns = (
        ("country", "", "text"),
        ("alone", "% of real income", "number"),
        ("together", "% of real income", "number"),
    )
    rows = zip(members, alone, together, strict=True)
    return make_table("comparison", "Alone and together", columns, rows)


def _average(values: Any, weights: Any) -> float | None:
    """Return the weighted mean; None where there is no trade."""
    total = float(weights.sum())
    return float((values * weights).sum() / total) if total > 0 else None
