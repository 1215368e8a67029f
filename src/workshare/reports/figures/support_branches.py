"""Self-sustaining states against support: each scenario's threshold, and what stands beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from workshare.reports.figures.figure import Figure
from workshare.reports.figures.style import (
    BLUE,
    GREY,
    ORANGE,
    TEXT,
    VERMILION,
    WIDTH,
    field,
    layer,
    number_axis,
    statement,
)
from workshare.reports.tables import Table, make_table
from workshare.reports.words import listed, number, plural, shortened

ROOM = 1.3
"""The axis of support reaches this far beyond the largest end."""

APART = 0.09
"""States nearer than this share of the vertical axis share one label."""

EQUAL = 1e-6
"""Amounts nearer than this, relatively, are the same: the market clears no more exactly."""

STANDS, FALLS, BESIDE = "stands", "does not stand", "equilibrium beside it"


def scenario_support(record: Mapping[str, Any]) -> Figure:
    """Return a line for each scenario: broken where support is too small, solid from there on."""
    rows = record["scenarios"]
    table = _scenario_table(rows)
    needs = [float(row["support"]) for row in rows]
    lasting = sum(need <= 0 for need in needs)
    verb = "lasts" if lasting == 1 else "last"
    title = f"{lasting} of the {plural(len(rows), 'division')} looked at {verb} without support"
    if not lasting:
        least = min(rows, key=lambda row: float(row["support"]))
        title = (
            f"None of the {plural(len(rows), 'division')} looked at lasts without support; "
            f"“{least['title']}” needs the least, {number(least['support'])} M a year"
        )
    left = [str(name).replace("_", " ") for name in record.get("not_looked_at") or []]
    note = (
        "Support paid each year for the parts of that division. Dashed: somebody would leave; "
        "dot: the threshold; solid: nobody gains by any change of one activity. Divisions of the "
        "same plants share a line."
    )
    if left:
        note += f" Not looked at: {listed(left, 12)}."
    words = "; ".join(f"{row['title']} {number(row['support'])}" for row in rows)
    return Figure(
        "scenario_support",
        title,
        f"Support that each division needs, M a year: {words}.",
        note,
        table,
        _scenario_picture(rows, max(needs, default=0.0)),
    )


def _scenario_table(rows: Sequence[Mapping[str, Any]]) -> Table:
    columns = (
        ("division", "", "text"),
        ("same plants", "", "text"),
        ("worth on the market", "M/yr", "number"),
        ("support it needs", "M/yr", "number"),
        ("who would leave", "", "text"),
    )
    cells = [
        (
            row["title"],
            [str(name).replace("_", " ") for name in row["also"]],
            row["value"],
            row["support"],
            [code for code, need in row["by_participant"].items() if need > 0],
        )
        for row in rows
    ]
    return make_table("scenario_support", "Support that each division needs", columns, cells)


def _scenario_picture(rows: Sequence[Mapping[str, Any]], largest: float) -> dict[str, Any]:
    reach = ROOM * largest or 1.0
    pieces, dots = [], []
    for row in rows:
        name, need = shortened(row["title"], 20), float(row["support"])
        if need > 0:
            pieces.append({"name": name, "from": 0.0, "to": need, "state": FALLS})
        pieces.append({"name": name, "from": need, "to": reach, "state": STANDS})
        dots.append({"name": name, "at": need, "said": number(need, 3)})
    y = {**field("name", "nominal"), "sort": None, "axis": {"title": None, "labelLimit": 130}}
    scale = {"domain": [0, reach], "nice": False}
    x = {**field("from"), "scale": scale, "axis": number_axis("support, M a year", reach)}
    looks = {"x": x, "x2": {"field": "to"}, "y": y, **_states((STANDS, FALLS), (BLUE, VERMILION))}
    at = {"x": {**x, "field": "at"}, "y": y}
    said = {"dx": 4, "dy": -9, "align": "left", "fontSize": 11, "color": TEXT}
    return {
        "width": WIDTH - 150,
        "height": {"step": 30},
        "layer": [
            {"data": {"values": pieces}, **layer("rule", looks, {"strokeWidth": 2.5})},
            {
                "data": {"values": dots},
                **layer("point", at, {"filled": True, "color": TEXT, "size": 45, "opacity": 1}),
            },
            {
                "data": {"values": dots},
                **layer("text", {**at, "text": field("said", "nominal")}, said),
            },
        ],
    }


def _states(names: Sequence[str], colours: Sequence[str]) -> dict[str, Any]:
    """Return colour and dashes of the states of a line; colour never says it alone."""
    dashes = [[5, 4] if name == FALLS else [1, 0] for name in names]
    common = {**field("state", "nominal"), "title": None}
    return {
        "color": {**common, "scale": {"domain": list(names), "range": list(colours)}},
        "strokeDash": {**common, "scale": {"domain": list(names), "range": dashes}},
    }


def support_branches(record: Mapping[str, Any]) -> Figure:
    """Return the worth of each self-sustaining state against support for least cost."""
    rows = record["branches"]
    threshold = float(sum(record["support"].values()))
    table = _branch_table(record, threshold)
    note = (
        "Support is paid for the least-cost division's parts alone, shared out as each needs it. "
        "A solid line is a state nobody gains by leaving. Dot and dotted line: the threshold from "
        "which the division stands; cross: support first pays somebody out of that equilibrium. "
        "States that stand only in between are not sought, and play may have missed others."
    )
    if threshold <= 0:
        said = "The least-cost division stands at any support, also at none"
        return Figure("support_branches", said, f"{said}.", note, table, statement([f"{said}."]))
    ends = [float(row["to"]) for row in rows if row["to"] is not None]
    stay = len(still_standing(rows, threshold))
    title = f"The least-cost division stands from {number(threshold)} M a year on"
    if rows and stay:
        title += f"; {plural(stay, 'equilibrium', 'equilibria')} beside it would stand too"
    elif ends and max(ends) >= threshold * (1 - EQUAL):
        title += "; the equilibria found beside it end there or before"
    elif ends:
        title += f"; the last equilibrium beside it ends at {number(max(ends))}"
    words = "; ".join(
        f"equilibrium {place} ({number(row['value'])}) "
        + ("at any support" if row["to"] is None else f"up to {number(row['to'])}")
        for place, row in enumerate(rows, start=1)
    )
    return Figure(
        "support_branches",
        title,
        f"The least-cost division ({number(record['value'])}) stands from {number(threshold)} M a "
        f"year of support on. Beside it: {words or 'no equilibrium was found'}.",
        note,
        table,
        _branch_picture(record, threshold, ends),
    )


def still_standing(
    branches: Sequence[Mapping[str, Any]], threshold: float
) -> list[Mapping[str, Any]]:
    """Return the equilibria that stand beside the division when its support is paid in full."""
    room = threshold * (1 + EQUAL)
    return [row for row in branches if row["to"] is None or row["to"] > room]


def _branch_table(record: Mapping[str, Any], threshold: float) -> Table:
    columns = (
        ("state", "", "text"),
        ("worth on the market", "M/yr", "number"),
        ("stands from support of", "M/yr", "number"),
        ("stands up to support of", "M/yr", "number"),
        ("end", "", "text"),
    )
    cells: list[tuple[Any, ...]] = [
        ("least-cost division", record["value"], threshold, None, "none: more support holds it")
    ]
    for place, row in enumerate(record["branches"], start=1):
        end = "none found" if row["to"] is None else f"{row['leaves']} is paid to leave"
        cells.append((f"equilibrium {place}", row["value"], row["from"], row["to"], end))
    return make_table("support_branches", "Self-sustaining states against support", columns, cells)


def _branch_picture(
    record: Mapping[str, Any], threshold: float, ends: Sequence[float]
) -> dict[str, Any]:
    reach = ROOM * max([threshold, *ends])
    least = float(record["value"])
    pieces = [
        {"value": least, "from": 0.0, "to": threshold, "state": FALLS},
        {"value": least, "from": threshold, "to": reach, "state": STANDS},
    ]
    pieces += [
        {
            "value": row["value"],
            "from": row["from"],
            "to": reach if row["to"] is None else row["to"],
            "state": BESIDE,
        }
        for row in record["branches"]
    ]
    marks = [{"value": least, "at": threshold, "kind": "threshold"}]
    marks += [
        {"value": row["value"], "at": row["to"], "kind": "end of an equilibrium"}
        for row in record["branches"]
        if row["to"] is not None
    ]
    labels = _labels([float(row["value"]) for row in record["branches"]], least)
    values = [least, *(float(row["value"]) for row in record["branches"])]
    span = max(values) - min(values) or abs(least) or 1.0
    bounds = [min(values) - 0.12 * span, max(values) + 0.16 * span]
    x = {
        **field("from"),
        "scale": {"domain": [0, reach], "nice": False},
        "axis": number_axis("support for the least-cost division, M a year", reach),
    }
    y = {
        **field("value"),
        "scale": {"domain": bounds, "zero": False, "nice": False},
        "axis": number_axis("worth on the market, M a year", max(map(abs, values)), grid=False),
    }
    names = (STANDS, FALLS, BESIDE) if record["branches"] else (STANDS, FALLS)
    looks = {"x": x, "x2": {"field": "to"}, "y": y}
    looks |= _states(names, (BLUE, VERMILION, ORANGE)[: len(names)])
    shape = {
        **field("kind", "nominal"),
        "legend": None,
        "scale": {"domain": ["threshold", "end of an equilibrium"], "range": ["circle", "cross"]},
    }
    at = {"x": {**x, "field": "at"}, "y": y}
    cut = layer("rule", {"x": {**x, "field": "at"}}, {"color": GREY, "strokeDash": [2, 3]})
    text = {"align": "left", "dx": 4, "dy": -8, "fontSize": 11, "color": TEXT}
    dot = {"filled": True, "color": TEXT, "size": 60, "opacity": 1}
    return {
        "width": WIDTH - 60,
        "height": 230,
        "layer": [
            {"data": {"values": marks[:1]}, **cut},
            {"data": {"values": pieces}, **layer("rule", looks, {"strokeWidth": 2.5})},
            {"data": {"values": marks}, **layer("point", {**at, "shape": shape}, dot)},
            {
                "data": {"values": labels},
                **layer("text", {**at, "text": field("said", "nominal")}, text),
            },
        ],
    }


def _labels(states: Sequence[float], least: float) -> list[dict[str, Any]]:
    """Return a label for each group of states of nearly one worth, and for the division itself.

    States are numbered as in the table of equilibria: the greatest worth first.
    """
    values = [least, *states]
    near = APART * (max(values) - min(values))
    groups: list[list[tuple[float, int]]] = []
    for place, value in enumerate(states, start=1):
        if groups and abs(groups[-1][0][0] - value) <= near:
            groups[-1].append((value, place))
        else:
            groups.append([(value, place)])
    labels = [{"value": least, "at": 0.0, "said": "least-cost division"}]
    for group in groups:
        first, last = group[0][1], group[-1][1]
        said = f"equilibrium {first}" if first == last else f"equilibria {first} to {last}"
        if abs(group[0][0] - least) <= near:
            labels[0]["said"] = f"least-cost division; {said}"
        else:
            labels.append({"value": group[0][0], "at": 0.0, "said": said})
    return labels
