"""The least-cost division through the trade engine, with the embedded economy and no questions.

Goods are put into industries by their HS chapter, participants into countries by their code. Both
entry rules are shown, since they say different things: with free entry scale economies work, with
restricted entry markups do. A region whose goods carry no HS code, or whose participants are not in
the economy, is told that the lens does not apply.
"""

from __future__ import annotations

from typing import Any

from workshare.studies.result import CoordinationResult
from workshare.studies.trade_lens import TradeLens, trade_lens
from workshare.trade.files import read_economy

ECONOMY = "americas"
"""The embedded economy that the lens uses."""

INDUSTRIES = (
    ((1, 24), "agriculture and food"),
    ((25, 26), "ores and other mining"),
    ((28, 40), "chemicals and plastics"),
    ((41, 67), "textiles, wood, paper, other"),
    ((68, 83), "metals and minerals"),
    ((84, 84), "machinery and electronics"),
    ((85, 85), "electrical equipment"),
    ((86, 89), "vehicles"),
    ((90, 92), "machinery and electronics"),
    ((93, 96), "textiles, wood, paper, other"),
)
"""HS chapters, first and last, and the industry of the embedded economy that makes their goods.

Chapter 27 is told apart: 2709 and 2711 are coal, oil and gas with 2701 to 2708, 2710 and the rest
are petroleum products.
"""


def industry_of(hs_code: str) -> str | None:
    """Return the industry that makes the goods of an HS code; None where the code says nothing.

    Examples
    --------
    >>> industry_of("850760"), industry_of("2709"), industry_of("")
    ('electrical equipment', 'coal, oil and gas', None)
    """
    if len(hs_code) < 2 or not hs_code.isdigit():
        return None
    chapter = int(hs_code[:2])
    if chapter == 27:
        crude = hs_code[:4] < "2709" or hs_code[:4] in ("2709", "2711")
        return "coal, oil and gas" if crude else "petroleum products"
    for (first, last), industry in INDUSTRIES:
        if first <= chapter <= last:
            return industry
    return None


def trade_scenario_lens(result: CoordinationResult) -> dict[str, Any]:
    """Return what the least-cost division does in general equilibrium, by entry rule.

    Returns
    -------
    record : ``status``, ``claim``; ``entry`` with, for ``free`` and ``restricted``: status, gains
        of every country (% of real income against the uncoordinated outcome) with their parts, the
        subsidies that support the division (% of the producer's price) and what was left out.
    """
    goods = {
        good.id: industry
        for good in result.region.goods
        if (industry := industry_of(good.hs_code)) is not None
    }
    economy = read_economy(ECONOMY).economy
    codes = {participant.id for participant in result.region.participants}
    why = _why_not(result, goods, codes & set(economy.countries))
    if why:
        return {"status": "not applicable", "claim": why}
    found = {
        entry: _record(
            trade_lens(result, read_economy(ECONOMY, entry).economy, goods, scenario="least_cost"),
            codes,
        )
        for entry in ("free", "restricted")
    }
    return {
        "status": "done",
        "claim": (
            "goods are put into industries by HS chapter; elasticities are those of Lashkaripour "
            "and Lugovskyy (2023); four small economies are imputed"
        ),
        "economy": economy.name,
        "sources": list(economy.sources),
        "goods": goods,
        "entry": found,
    }


def _why_not(result: CoordinationResult, goods: dict[str, str], shared: set[str]) -> str:
    """Return why the lens does not apply; "" where it does."""
    if not goods:
        return "no good of the region carries an HS code, so its industry is not known"
    if not shared:
        return f"no participant is a country of the embedded economy {ECONOMY!r}"
    if "uncoordinated" not in result.outcomes:
        return "the uncoordinated outcome to compare with was not computed"
    return ""


def _record(lens: TradeLens, participants: set[str]) -> dict[str, Any]:
    """Return one entry rule's answer as plain data."""
    record: dict[str, Any] = {
        "status": lens.status,
        "claim": lens.claim,
        "left_out": list(lens.left_out),
    }
    if lens.parts is None:
        return record
    parts, names = lens.parts, lens.economy.countries
    record["countries"] = [
        {
            "country": name,
            "participant": name in participants,
            "gain": float(parts.total[n]),
            "own_efficiency": float(parts.own_efficiency[n]),
            "terms_of_trade": float(parts.terms_of_trade[n]),
            "profit_shifting": float(parts.profit_shifting[n]),
            "revenue": float(parts.revenue[n]),
            "immiserizing": bool(parts.immiserizing[n]),
        }
        for n, name in enumerate(names)
    ]
    subsidies = lens.support.equilibrium.policy.production_subsidies
    record["subsidies"] = [
        {
            "country": name,
            "industry": industry,
            "subsidy": 100.0 * float(subsidies[n, k]),
            "added": float(lens.added[n, k]),
        }
        for n, name in enumerate(names)
        for k, industry in enumerate(lens.economy.industries)
        if lens.added[n, k] != 0
    ]
    return record
