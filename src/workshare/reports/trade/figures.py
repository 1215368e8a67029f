"""Figures of a trade answer: welfare with its parts, policy, comparison, band, terms of trade."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from workshare.reports.figures.figure import Figure
from workshare.reports.figures.style import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    QUIET,
    VERMILION,
    WIDTH,
    field,
    layer,
    number_axis,
    statement,
)
from workshare.reports.tables import Table
from workshare.reports.words import number

MOST = 25
"""This many countries at most are drawn; the table has all of them."""

PART_COLOURS = {
    "own efficiency": BLUE,
    "profit shifting": PURPLE,
    "terms of trade": ORANGE,
    "revenue": GREEN,
    "outside changes": GREY,
}


def records(table: Table) -> list[dict[str, Any]]:
    """Return the rows of a table as dictionaries by column name."""
    names = [column.name for column in table.columns]
    return [dict(zip(names, row, strict=True)) for row in table.rows]


def chosen(rows: list[dict[str, Any]], members: Sequence[str], key: str) -> list[dict[str, Any]]:
    """Return the rows to draw: members, then those that move most; sorted by value."""
    ranked = sorted(rows, key=lambda row: (row["country"] not in members, -abs(row[key] or 0.0)))
    return sorted(ranked[:MOST], key=lambda row: -(row[key] or 0.0))


def welfare_figure(table: Table, members: Sequence[str]) -> Figure:
    """Return welfare by country as stacked parts, with the whole as a mark."""
    rows = chosen(records(table), members, "gain")
    order = [row["country"] for row in rows]
    parts = [
        {"country": row["country"], "part": part, "value": row[part]}
        for row in rows
        for part in PART_COLOURS
        if row.get(part) is not None and abs(row[part]) > 1e-9
    ]
    whole = [{"country": row["country"], "value": row["gain"]} for row in rows]
    largest = max((abs(row["gain"] or 0.0) for row in rows), default=1.0)
    y = {**field("country", "nominal"), "sort": order, "axis": {"title": None}}
    x = {**field("value"), "axis": number_axis("real income, %", largest)}
    shown = [part for part in PART_COLOURS if any(row["part"] == part for row in parts)]
    colour = {
        **field("part", "nominal"),
        "scale": {"domain": shown, "range": [PART_COLOURS[part] for part in shown]},
        "legend": {"title": None, "columns": 2},
    }
    layers: list[Any] = []
    if parts:
        layers.append(
            {"data": {"values": parts}, **layer("bar", {"x": x, "y": y, "color": colour})}
        )
    mark = {"color": "#1a1a1a", "shape": "diamond", "filled": True, "size": 45}
    layers.append({"data": {"values": whole}, **layer("point", {"x": x, "y": y}, mark)})
    up = sum(1 for row in records(table) if (row["gain"] or 0.0) > 1e-9)
    words = "; ".join(f"{row['country']} {number(row['gain'])} %" for row in rows)
    left_out = len(table.rows) - len(rows)
    return Figure(
        name="welfare",
        title=f"Real income rises in {up} of {len(table.rows)} countries",
        alternative_text=f"Bars by country, parts of the change of real income: {words}.",
        note="Diamonds are the whole change, in per cent; bars are its parts in log points, which "
        "add up to 100 times its logarithm."
        + (f" {left_out} more countries are in the table." if left_out else ""),
        table=table,
        specification={"width": WIDTH - 60, "height": {"step": 15}, "layer": layers},
    )


def policy_figure(table: Table, members: Sequence[str]) -> Figure:
    """Return policy by industry: production subsidy, tariff and export subsidy, one member each."""
    rows = [row for row in records(table) if row["country"] in members[:2]]
    names = ("production subsidy", "import tariff", "export subsidy")
    points = [
        {
            "where": f"{row['industry']}",
            "country": row["country"],
            "instrument": name,
            "value": row[name],
        }
        for row in rows
        for name in names
        if row[name] is not None
    ]
    if not any(abs(point["value"]) > 1e-9 for point in points):
        drawn: Any = statement(["No member has any tax or subsidy."])
    else:
        colours = {
            **field("instrument", "nominal"),
            "scale": {"domain": list(names), "range": [BLUE, VERMILION, GREEN]},
            "legend": {"title": None, "columns": 1},
        }
        shape = {**field("instrument", "nominal"), "scale": {"domain": list(names)}}
        largest = max(abs(point["value"]) for point in points)
        encoding = {
            "x": {**field("value"), "axis": number_axis("% of price", largest)},
            "y": {**field("where", "nominal"), "sort": None, "axis": {"title": None}},
            "color": colours,
            "shape": shape,
        }
        one = layer("point", encoding, {"filled": True, "size": 45})
        drawn = {
            "data": {"values": points},
            "facet": {"row": {**field("country", "nominal"), "sort": list(members[:2])}},
            "spec": {"width": WIDTH - 110, "height": {"step": 16}, **one},
        }
    first = members[0] if members else ""
    words = "; ".join(
        f"{row['country']} {row['industry']} subsidy {number(row['production subsidy'])} %, "
        f"tariff {number(row['import tariff'])} %"
        for row in rows[:16]
    )
    return Figure(
        name="policy",
        title=f"Policy by industry{f' of {first}' if len(members) == 1 else ''}",
        alternative_text=f"Points by industry: {words}.",
        note="Subsidies are shares of the producer's price (a negative one is a tax), tariffs of "
        "the border price; trade taxes are averages weighted by trade."
        + (" The first two members are drawn." if len(members) > 2 else ""),
        table=table,
        specification=drawn,
    )


def comparison_figure(table: Table) -> Figure:
    """Return every member's gain alone beside its gain in the agreement."""
    rows = sorted(records(table), key=lambda row: -(row["together"] or 0.0))[:MOST]
    points = [
        {"country": row["country"], "how": how, "value": row[how]}
        for row in rows
        for how in ("alone", "together")
    ]
    order = [row["country"] for row in rows]
    largest = max((abs(point["value"] or 0.0) for point in points), default=1.0)
    y = {**field("country", "nominal"), "sort": order, "axis": {"title": None}}
    colour = {
        **field("how", "nominal"),
        "scale": {"domain": ["alone", "together"], "range": [ORANGE, BLUE]},
        "legend": {"title": None},
    }
    encoding = {
        "x": {**field("value"), "axis": number_axis("real income, %", largest)},
        "y": y,
        "color": colour,
        "shape": {**field("how", "nominal"), "scale": {"domain": ["alone", "together"]}},
    }
    line = {
        "x": {**field("alone"), "title": "real income, %"},
        "x2": {"field": "together"},
        "y": y,
    }
    better = sum(1 for row in records(table) if (row["together"] or 0) > (row["alone"] or 0))
    words = "; ".join(
        f"{row['country']} alone {number(row['alone'])} %, together {number(row['together'])} %"
        for row in rows
    )
    return Figure(
        name="comparison",
        title=f"{better} of {len(table.rows)} members do better together than alone",
        alternative_text=f"Pairs of points by country: {words}.",
        note="Alone: the country does the same by itself while all others stay as they are; beside "
        "a joint policy, every member for itself against the others (a contest).",
        table=table,
        specification={
            "width": WIDTH - 60,
            "height": {"step": 15},
            "layer": [
                {"data": {"values": rows}, **layer("rule", line, {"color": QUIET})},
                {
                    "data": {"values": points},
                    **layer("point", encoding, {"filled": True, "size": 45}),
                },
            ],
        },
    )


def band_figure(table: Table, members: Sequence[str], draws: int) -> Figure:
    """Return gains as bands over elasticities, named alternatives as marks."""
    rows = chosen(records(table), members, "central")
    order = [row["country"] for row in rows]
    known = ("country", "central", "low", "middle", "high")
    names = [column.name for column in table.columns if column.name not in known]
    marks = [
        {"country": row["country"], "set": name, "value": row[name]}
        for row in rows
        for name in names
        if row[name] is not None
    ]
    y = {**field("country", "nominal"), "sort": order, "axis": {"title": None}}
    largest = max((abs(row["central"] or 0.0) for row in rows), default=1.0)
    axis = number_axis("real income, %", largest)
    span = {"x": {**field("low"), "axis": axis}, "x2": {"field": "high"}, "y": y}
    layers: list[Any] = []
    if any(row["low"] is not None for row in rows):
        bar = {"color": "#c6dbef", "height": 9}
        layers.append({"data": {"values": rows}, **layer("bar", span, bar)})
    tick = {"x": {**field("central"), "axis": axis}, "y": y}
    layers.append(
        {
            "data": {"values": rows},
            **layer("tick", tick, {"color": "#1a1a1a", "thickness": 2, "size": 11}),
        }
    )
    if marks:
        colour = {
            **field("set", "nominal"),
            "scale": {"domain": names, "range": [ORANGE, GREEN, PURPLE, VERMILION][: len(names)]},
            "legend": {"title": None, "columns": 3},
        }
        shape = {**field("set", "nominal"), "scale": {"domain": names}}
        point = {"x": {**field("value"), "axis": axis}, "y": y, "color": colour, "shape": shape}
        layers.append(
            {"data": {"values": marks}, **layer("point", point, {"filled": True, "size": 35})}
        )
    sure = sum(
        1 for row in records(table) if row["low"] is not None and row["low"] * row["high"] > 0
    )
    words = "; ".join(
        f"{row['country']} {number(row['low'])} to {number(row['high'])} %" for row in rows
    )
    return Figure(
        name="band",
        title=f"The sign of the change is the same over the draws in {sure} of "
        f"{len(table.rows)} countries",
        alternative_text=f"Bands by country: {words}.",
        note=f"Bands hold nine tenths of {draws} draws of all elasticities; ticks are the central "
        "values, marks one distortion at a time or other sets.",
        table=table,
        specification={"width": WIDTH - 60, "height": {"step": 15}, "layer": layers},
    )


def terms_figure(table: Table, members: Sequence[str]) -> Figure:
    """Return terms of trade against the change of real income, one point per country."""
    rows = [row for row in records(table) if row["terms of trade"] is not None]
    points = [{**row, "group": "member" if row["country"] in members else "other"} for row in rows]
    largest = max((abs(row["gain"] or 0.0) for row in rows), default=1.0)
    encoding = {
        "x": {**field("terms of trade"), "axis": number_axis("terms of trade, log points", 1.0)},
        "y": {**field("gain"), "axis": number_axis("real income, %", largest)},
        "color": {
            **field("group", "nominal"),
            "scale": {"domain": ["member", "other"], "range": [VERMILION, GREY]},
            "legend": {"title": None},
        },
        "shape": {**field("group", "nominal"), "scale": {"domain": ["member", "other"]}},
    }
    named = sorted(points, key=lambda row: (row["group"] != "member", -abs(row["gain"] or 0)))[:8]
    label = {
        "x": encoding["x"],
        "y": encoding["y"],
        "text": field("country", "nominal"),
    }
    worse = sum(1 for row in rows if row["terms of trade"] < -1e-9)
    words = "; ".join(
        f"{row['country']} {number(row['terms of trade'])}, {number(row['gain'])} %"
        for row in named
    )
    return Figure(
        name="terms_of_trade",
        title=f"Terms of trade turn against {worse} of {len(rows)} countries",
        alternative_text=f"Points of terms of trade and change of real income: {words}.",
        note="What a country's exports buy of imports, at the border; the eight most moved, "
        "members first, are named.",
        table=table,
        specification={
            "width": WIDTH - 40,
            "height": 240,
            "layer": [
                {
                    "data": {"values": points},
                    **layer("point", encoding, {"filled": True, "size": 40}),
                },
                {
                    "data": {"values": named},
                    **layer("text", label, {"dx": 4, "dy": -7, "align": "left"}),
                },
            ],
        },
    )
