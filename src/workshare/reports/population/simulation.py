"""A simulated labour market as findings: unemployment by region, the Beveridge loop, the moves."""

from __future__ import annotations

import numpy as np

from workshare.population import LabourMarket, Simulation
from workshare.reports.figures.figure import Figure
from workshare.reports.figures.style import (
    BLUE,
    ORANGE,
    VERMILION,
    WIDTH,
    field,
    layer,
    number_axis,
)
from workshare.reports.findings import Findings
from workshare.reports.tables import Table, make_table
from workshare.reports.words import number, percent
from workshare.results import to_jsonable

MOST_MOVES = 30
"""Moves between occupations that are listed."""


def simulation_findings(market: LabourMarket, done: Simulation) -> Findings:
    """Return the findings of one simulation."""
    tables = (_regions(done), _rates(market, done), _moves(market, done))
    weeks = market.rules.weeks
    people = number(market.workforce.total)
    return Findings(
        title=f"{people} workers over {done.periods} periods of {number(weeks)} weeks",
        sentences=tuple(_sentences(done)),
        figures=(_loop(market, done, tables[1]), _unemployment(done, tables[0])),
        tables=tables,
        notes=(
            f"Mode {done.mode}, seed {done.seed}, status {done.status.value}. One run is one draw: "
            "bands come from several seeds.",
            "Search and matching on the occupation network after del Rio-Chanona et al. (2021); "
            "parameters that are not measured for these regions are assumptions.",
            *(f"{line.name}: {line.value:g}. {line.meaning}" for line in done.certificate),
            *market.workforce.sources,
        ),
        record={
            "status": done.status.value,
            "mode": done.mode,
            "seed": done.seed,
            "inputs": done.inputs,
            "periods": done.periods,
            "certificate": to_jsonable(done.certificate),
            "by_region": to_jsonable(done.by_region),
            "flows": to_jsonable(done.flows),
            "regions": list(done.regions),
        },
    )


def _sentences(done: Simulation) -> list[str]:
    rates = done.beveridge
    lines = [
        f"Unemployment goes from {percent(rates[0, 0])} to {percent(rates[-1, 0])}, between "
        f"{percent(rates[:, 0].min())} and {percent(rates[:, 0].max())} on the way."
    ]
    if len(done.regions) > 1:
        change = done.unemployment[-1] - done.unemployment[0]
        worst, best = int(np.argmax(change)), int(np.argmin(change))
        lines.append(
            f"It changes most for the worse in {done.regions[worst]} ({100 * change[worst]:+.1f} "
            f"points) and least, or for the better, in {done.regions[best]} "
            f"({100 * change[best]:+.1f} points)."
        )
    long_term = float(done.by_region[-1, :, 3].sum())
    lines.append(f"At the end {number(long_term)} people have looked for work for half a year.")
    cost = float(done.flows[:, :, 5].sum())
    if cost > 0:
        starts = number(float(done.flows[:, :, 3].sum()))
        lines.append(f"Policy costs {number(cost)} in all; {starts} people start a course.")
    return lines


def _regions(done: Simulation) -> Table:
    columns = (
        ("region", "", "text"),
        ("unemployment at the start", "share", "number"),
        ("unemployment at the end", "share", "number"),
        ("formal", "people", "number"),
        ("informal", "people", "number"),
        ("unemployed", "people", "number"),
        ("long-term unemployed", "people", "number"),
        ("in training", "people", "number"),
        ("vacancies", "posts", "number"),
    )
    rates = done.unemployment
    rows = [
        (region, *rates[[0, -1], r].tolist(), *map(float, done.by_region[-1, r]))
        for r, region in enumerate(done.regions)
    ]
    return make_table("regions", "Regions at the end", columns, rows)


def _rates(market: LabourMarket, done: Simulation) -> Table:
    columns = (
        ("period", "", "number"),
        ("weeks", "weeks", "number"),
        ("unemployment", "share", "number"),
        ("vacancy rate", "share", "number"),
    )
    weeks = market.rules.weeks
    rows = [(t, t * weeks, *rates) for t, rates in enumerate(done.beveridge.tolist())]
    return make_table("rates", "Unemployment and vacancies over time", columns, rows)


def _moves(market: LabourMarket, done: Simulation) -> Table:
    columns = (("from", "", "text"), ("to", "", "text"), ("hires", "people", "number"))
    net = market.network
    rows = []
    if done.moves.any():
        away = np.flatnonzero((net.origin != net.target) & (done.moves > 0))
        most = away[np.argsort(-done.moves[away], kind="stable")][:MOST_MOVES]
        names = done.occupations
        rows = [(names[net.origin[e]], names[net.target[e]], float(done.moves[e])) for e in most]
    return make_table("moves", "Most frequent moves between occupations", columns, rows)


def _loop(market: LabourMarket, done: Simulation, table: Table) -> Figure:
    points = [
        {"period": t, "unemployment": 100 * u, "vacancies": 100 * v}
        for t, (u, v) in enumerate(done.beveridge)
    ]
    most = {name: max(point[name] for point in points) for name in ("unemployment", "vacancies")}
    encoding = {
        "x": {
            **field("unemployment"),
            "axis": number_axis("unemployed, % of those at work or looking", most["unemployment"]),
        },
        "y": {**field("vacancies"), "axis": number_axis("posts vacant, %", most["vacancies"])},
        "order": {**field("period")},
    }
    start = {"values": points[:1]}
    mark = {"color": VERMILION, "shape": "diamond", "filled": True, "size": 90}
    first, last = done.beveridge[0], done.beveridge[-1]
    return Figure(
        name="beveridge",
        title=f"Unemployment and vacancies over {done.periods} periods",
        alternative_text=(
            f"A path from {percent(first[0])} unemployed and {percent(first[1])} vacant to "
            f"{percent(last[0])} and {percent(last[1])}."
        ),
        note=f"One point a period of {number(market.rules.weeks)} weeks; the diamond is the start.",
        table=table,
        specification={
            "width": WIDTH,
            "height": 240,
            "data": {"values": points},
            "layer": [
                layer("line", encoding, {"color": BLUE, "strokeWidth": 1.5}),
                layer("point", encoding, {"color": BLUE, "filled": True, "size": 14}),
                {"data": start, **layer("point", encoding, mark)},
            ],
        },
    )


def _unemployment(done: Simulation, table: Table) -> Figure:
    rates = 100 * done.unemployment
    order = np.argsort(-rates[-1], kind="stable")[:20]
    rows = [{"region": done.regions[r], "start": rates[0, r], "end": rates[-1, r]} for r in order]
    top = float(max(max(row["start"], row["end"]) for row in rows))
    place = {"y": {**field("region", "nominal"), "sort": None, "axis": {"title": None}}}
    axis = {"axis": number_axis("unemployed, %", top)}
    encoding = {**place, "x": {**field("end"), **axis}}
    start_mark = {"color": ORANGE, "thickness": 3, "opacity": 1}
    return Figure(
        name="unemployment",
        title=f"{done.regions[order[0]]} has the highest unemployment at the end",
        alternative_text="; ".join(
            f"{row['region']}: from {row['start']:.1f} to {row['end']:.1f} %" for row in rows
        ),
        note="Bars are the end, lines the start; at most twenty regions, the highest first.",
        table=table,
        specification={
            "width": WIDTH - 80,
            "height": 20 * len(rows) + 10,
            "data": {"values": rows},
            "layer": [
                layer("bar", encoding, {"color": BLUE}),
                layer("tick", {**place, "x": {**field("start"), **axis}}, start_mark),
            ],
        },
    )
