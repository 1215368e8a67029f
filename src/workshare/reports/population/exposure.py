"""Exposure by region and occupation as findings: what technologies could technically do, and where.

Exposure is a share of the wage bill that is technically within reach. It is never called anything
else here: whether, when and how work changes is not in it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from workshare.population import Exposure, RankSensitivity, exposure, rank_sensitivity
from workshare.population.exposure_files import ExposureQuestion
from workshare.reports.figures.figure import Figure
from workshare.reports.figures.style import BLUE, WIDTH, field, layer, number_axis, statement
from workshare.reports.findings import Findings
from workshare.reports.tables import Table, make_table
from workshare.reports.words import listed, number, percent, plural
from workshare.results import to_jsonable

MOST_REGIONS, MOST_OCCUPATIONS = 20, 12
"""Most regions and occupations in a picture; the tables have all."""


def exposure_findings(question: ExposureQuestion, month: float | None = None) -> Findings:
    """Return exposure for every score table of a question; the first one leads.

    Parameters
    ----------
    month : months after which adoption was looked at; None if all have adopted.
    """
    results = {
        name: exposure(
            question.regions, question.occupations, question.employment, question.wages, scores
        )
        for name, scores in question.scores.items()
    }
    order = rank_sensitivity(results) if len(results) > 1 else None
    regions, occupations = _regions(results, order), _occupations(question)
    first = next(iter(results))
    when = "" if month is None else f" after {number(month)} months of adoption"
    tables = [regions, occupations]
    if order is not None:
        tables.append(_agreement(order))
    return Findings(
        title=f"Exposure to technology{when}",
        sentences=tuple(_sentences(question, results, order)),
        figures=(_bars(results, order, regions), _tiles(question, first, occupations)),
        tables=tuple(tables),
        notes=(
            "Exposure is the share of the wage bill that stands for skills technologies can "
            "technically perform. It says nothing of posts, hires or layoffs, and it is no "
            "forecast of adoption.",
            "Occupations without a score are left out of the index; the column scored says how "
            "much of the wage bill has one.",
            "Where technologies are given: 'share' is the value-weighted mean over an occupation's "
            "skills, 'maximum' its best-performed skill alone.",
            *question.sources,
        ),
        record={
            "month": month,
            "exposure": to_jsonable(results),
            "ranks": None if order is None else _ranks(order),
            "scores": question.scores,
            "unused": list(question.unused),
        },
    )


def _sentences(
    question: ExposureQuestion, results: dict[str, Exposure], order: RankSensitivity | None
) -> list[str]:
    name, lead = next(iter(results.items()))
    known = float((lead.scored * lead.wage_bill).sum() / lead.wage_bill.sum())
    lines = [
        f"Technologies can technically perform {percent(lead.whole)} of the wage value of work "
        f"({name}), where {percent(known)} of the wage bill has a score. This is exposure, not "
        "job loss."
    ]
    told = [k for k in range(len(lead.regions)) if np.isfinite(lead.index[k])]
    if len(told) > 1:
        most = max(told, key=lambda k: lead.index[k])
        least = min(told, key=lambda k: lead.index[k])
        lines.append(
            f"Most exposed is {lead.regions[most]} ({percent(float(lead.index[most]))}), least "
            f"{lead.regions[least]} ({percent(float(lead.index[least]))})."
        )
    value = _values(question, name).sum(axis=0)
    top = np.argsort(-value, kind="stable")[:3]
    shares = value / max(value.sum(), np.finfo(float).tiny)
    names = [f"{question.occupations[o]} ({percent(float(shares[o]))})" for o in top]
    lines.append(f"Most of the exposed wage value is in {listed(names, 3)}.")
    if order is not None:
        lines += _rank_sentences(results, order)
    if question.unused:
        count = plural(len(question.unused), "scored occupation")
        lines.append(f"{count} had no workers here: {listed(list(question.unused), 4)}.")
    return lines


def _rank_sentences(results: dict[str, Exposure], order: RankSensitivity) -> list[str]:
    spread = order.highest - order.lowest
    worst = int(np.nanargmax(spread))
    whole = [each.whole for each in results.values()]
    lines = [
        f"Between {len(order.tables)} score tables the whole goes from {percent(min(whole))} to "
        f"{percent(max(whole))}."
    ]
    if len(order.regions) < 2:
        return lines
    pair, tau = min(order.agreement.items(), key=lambda item: item[1])
    if spread[worst] > 0:
        lines.append(
            f"The order of regions depends on the table: {order.regions[worst]} is anywhere from "
            f"rank {number(float(order.lowest[worst]))} to {number(float(order.highest[worst]))}; "
            f"least alike are {pair[0]} and {pair[1]} (Kendall's tau {number(tau, 2)})."
        )
    else:
        lines.append("The order of regions is the same in every table.")
    return lines


def _values(question: ExposureQuestion, name: str) -> Any:
    """Return the exposed wage value of every region and occupation (money per year)."""
    score = np.array([question.scores[name].get(code, 0.0) for code in question.occupations])
    return question.employment * question.wages * score


def _regions(results: dict[str, Exposure], order: RankSensitivity | None) -> Table:
    columns = (
        ("table", "", "text"),
        ("region", "", "text"),
        ("exposure", "share of wages", "number"),
        ("exposed wage value", "money per year", "number"),
        ("wage bill", "money per year", "number"),
        ("scored", "share of wages", "number"),
        ("rank", "", "number"),
    )
    rows = []
    for t, (name, each) in enumerate(results.items()):
        index = np.where(np.isfinite(each.index), each.index, -np.inf)
        ranks = index.size - np.argsort(np.argsort(index, kind="stable"), kind="stable")
        for k, region in enumerate(each.regions):
            rank = float(ranks[k] if order is None else order.ranks[t, k])
            cells = (each.index[k], each.wage_value[k], each.wage_bill[k], each.scored[k])
            rows.append((name, region, *(_told(float(cell)) for cell in cells), _told(rank)))
    return make_table("regions", "Exposure by region and score table", columns, rows)


def _told(value: float) -> float | None:
    """Return a number, or None where there is none."""
    return value if np.isfinite(value) else None


def _occupations(question: ExposureQuestion) -> Table:
    columns = (
        ("table", "", "text"),
        ("occupation", "", "text"),
        ("score", "share", "number"),
        ("workers", "workers", "number"),
        ("exposed wage value", "money per year", "number"),
    )
    people = question.employment.sum(axis=0)
    rows = []
    for name, scores in question.scores.items():
        value = _values(question, name).sum(axis=0)
        rows += [
            (name, code, scores.get(code), float(people[o]), float(value[o]))
            for o, code in enumerate(question.occupations)
        ]
    return make_table("occupations", "Exposure by occupation and score table", columns, rows)


def _agreement(order: RankSensitivity) -> Table:
    columns = (("table", "", "text"), ("other", "", "text"), ("Kendall's tau-b", "", "number"))
    rows = [(*pair, _told(tau)) for pair, tau in order.agreement.items()]
    return make_table("agreement", "How alike score tables order the regions", columns, rows)


def _ranks(order: RankSensitivity) -> dict[str, Any]:
    return {
        "tables": list(order.tables),
        "lowest": dict(zip(order.regions, order.lowest.tolist(), strict=True)),
        "highest": dict(zip(order.regions, order.highest.tolist(), strict=True)),
        "agreement": [{"tables": list(pair), "tau": tau} for pair, tau in order.agreement.items()],
    }


def _bars(results: dict[str, Exposure], order: RankSensitivity | None, table: Table) -> Figure:
    name, lead = next(iter(results.items()))
    every = 100 * np.array([each.index for each in results.values()])
    told = np.flatnonzero(np.isfinite(lead.index))
    shown = told[np.argsort(-lead.index[told], kind="stable")][:MOST_REGIONS]
    rows = [
        {
            "region": lead.regions[k],
            "exposure": 100 * float(lead.index[k]),
            "low": float(np.nanmin(every[:, k])),
            "high": float(np.nanmax(every[:, k])),
        }
        for k in shown
    ]
    place = {"y": {**field("region", "nominal"), "sort": None, "axis": {"title": None}}}
    axis = {"axis": number_axis("exposed, % of wages", max([r["high"] for r in rows], default=1))}
    layers = [layer("bar", {**place, "x": {**field("exposure"), **axis}}, {"color": BLUE})]
    if order is not None:
        ends = {**place, "x": {**field("low"), **axis}, "x2": {"field": "high"}}
        layers.append(layer("rule", ends, {"color": "black", "strokeWidth": 1.5}))
    drawn: dict[str, Any] = {
        "width": WIDTH - 80,
        "height": {"step": 20},
        "data": {"values": rows},
        "layer": layers,
    }
    words = "; ".join(f"{r['region']} {r['exposure']:.1f} %" for r in rows) or "none"
    return Figure(
        name="exposure",
        title=f"{rows[0]['region']} is most exposed" if rows else "Nothing has a score",
        alternative_text=f"Exposure by region, {name}: {words}.",
        note=f"Bars: {name}."
        + (" Lines: from the lowest to the highest score table." if order is not None else "")
        + " Exposure is not job loss.",
        table=table,
        specification=drawn if rows else statement(["No occupation of any region has a score."]),
    )


def _tiles(question: ExposureQuestion, name: str, table: Table) -> Figure:
    value = _values(question, name)
    bill = (question.employment * question.wages).sum(axis=1)
    points = 100 * np.divide(
        value, bill[:, None], out=np.zeros_like(value), where=bill[:, None] > 0
    )
    top = np.argsort(-value.sum(axis=0), kind="stable")[:MOST_OCCUPATIONS]
    shown = np.argsort(-points.sum(axis=1), kind="stable")[:MOST_REGIONS]
    rows = [
        {
            "region": question.regions[r],
            "occupation": question.occupations[o],
            "points": float(points[r, o]),
        }
        for r in shown
        for o in top
    ]
    largest = max([row["points"] for row in rows], default=0.0)
    colour = {
        **field("points"),
        "scale": {"scheme": "viridis", "reverse": True, "domain": [0, max(largest, 1e-9)]},
        "legend": {"title": "% of the region's wages", "format": ",~r", "tickCount": 4},
    }
    encoding = {
        "x": {
            **field("occupation", "nominal"),
            "sort": None,
            "axis": {"title": None, "labelAngle": -45, "labelLimit": 90},
        },
        "y": {**field("region", "nominal"), "sort": None, "axis": {"title": None}},
        "color": colour,
    }
    best = max(rows, key=lambda row: row["points"])
    drawn = {
        "width": WIDTH - 60,
        "height": {"step": 20},
        "data": {"values": rows},
        **layer("rect", encoding, {"stroke": "white", "strokeWidth": 1.5}),
    }
    return Figure(
        name="tiles",
        title=f"Where exposed wages are: most in occupation {best['occupation']}, {best['region']}",
        alternative_text=(
            f"Tiles of regions by occupations; the darkest is {best['occupation']} in "
            f"{best['region']} with {number(best['points'], 3)} % of the region's wages."
        ),
        note=f"{name}: exposed wage value of an occupation as a share of the region's wage bill; "
        f"at most {MOST_REGIONS} regions and {MOST_OCCUPATIONS} occupations, the largest first.",
        table=table,
        specification=drawn if largest > 0 else statement(["Nothing is exposed."]),
    )
