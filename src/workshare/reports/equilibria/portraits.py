"""The picture of equilibria: a phase line, a phase portrait, or a strip for each unknown."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from workshare.reports.figures.figure import Figure
from workshare.reports.figures.style import (
    BLUE,
    GREY,
    ORANGE,
    PURPLE,
    TEXT,
    VERMILION,
    WIDTH,
    field,
    layer,
)
from workshare.reports.tables import Table, make_table
from workshare.reports.words import plural

MOST_STRIPS, MOST_NUMBERS = 12, 25
SIDE = WIDTH - 90

LOOKS = {
    "equilibrium": ("circle", TEXT),
    "stable": ("circle", BLUE),
    "saddle": ("cross", VERMILION),
    "unstable": ("square", VERMILION),
    "marginal": ("diamond", ORANGE),
    "indeterminate": ("diamond", ORANGE),
    "no equilibrium": ("triangle", GREY),
}
"""Shape and colour of an equilibrium by stability."""


def portrait_figure(record: Mapping[str, Any], picture: Mapping[str, Any]) -> Figure:
    """Return the picture of the equilibria of a record of ``workshare.equilibria.summary``.

    Parameters
    ----------
    picture : ``workshare.equilibria.portrait.portrait_record``'s record.
    """
    names, found = record["unknowns"], record["equilibria"]
    labels = picture["labels"] or ["equilibrium"] * len(found)
    dots = [
        {"point": item["point"], "number": str(k + 1), "label": label}
        for k, (item, label) in enumerate(zip(found, labels, strict=True))
    ]
    draw = {1: _line, 2: _plane}.get(len(names), _strips)
    specification, note = draw(names, dots, picture)
    if picture["dynamic"]:
        note += f" Stability is under {picture['dynamic']}."
    stable = sum(label == "stable" for label in labels)
    count = plural(len(found), "equilibrium", "equilibria")
    title = count[:1].upper() + count[1:]
    if picture["dynamic"] and found:
        title = f"{title}, {stable} of them stable" if len(found) > 1 else f"{title}, {labels[0]}"
    words = f"{title}, drawn by {', '.join(names[:MOST_STRIPS])}."
    return Figure("portrait", title, words, note, _table(names, dots, picture), specification)


def _table(names: Sequence[str], dots: list[dict[str, Any]], picture: Mapping[str, Any]) -> Table:
    """Return every number of the picture: equilibria, the motion, and the zero curves."""
    columns = [("what", "", "text"), ("number", "", "text")]
    columns += [(name, "as given", "number") for name in names]
    columns += [(f"motion of {name}", "as the residual", "number") for name in names]
    none = [None] * len(names)
    rows: list[list[Any]] = [[dot["label"], dot["number"], *dot["point"], *none] for dot in dots]
    for state, motion in zip(picture["states"], picture["motion"], strict=True):
        rows.append(["motion", "", *state, *motion])
    for name, pieces in zip(names, picture["nullclines"], strict=False):
        for k, piece in enumerate(pieces):
            rows += [[f"zero curve of {name}", str(k + 1), *end, *none] for end in piece]
    return make_table("portrait", "What the picture shows", columns, rows)


def _marks(dots: list[dict[str, Any]]) -> dict[str, Any]:
    """Return colour and shape of the equilibria that there are."""
    used = [label for label in LOOKS if any(dot["label"] == label for dot in dots)]
    plain = used == ["equilibrium"]
    common: dict[str, Any] = {**field("label", "nominal"), "title": None}
    if plain:
        common["legend"] = None
    return {
        "shape": {**common, "scale": {"domain": used, "range": [LOOKS[u][0] for u in used]}},
        "color": {**common, "scale": {"domain": used, "range": [LOOKS[u][1] for u in used]}},
    }


def _dot_layers(
    rows: list[dict[str, Any]], dots: list[dict[str, Any]], place: dict[str, Any]
) -> list[dict[str, Any]]:
    """Return the equilibria, with their numbers where these are few."""
    if not rows:
        return []
    point = layer("point", {**place, **_marks(dots)}, {"filled": True, "size": 75, "opacity": 1})
    layers = [{"data": {"values": rows}, **point}]
    if len(dots) <= MOST_NUMBERS:
        text = {"dx": 8, "dy": -9, "fontSize": 11, "fontWeight": "bold", "color": TEXT}
        numbers = layer("text", {**place, "text": field("number", "nominal")}, text)
        layers.append({"data": {"values": rows}, **numbers})
    return layers


def _axis(name: str, low: float, high: float) -> dict[str, Any]:
    return {"title": name, "scale": {"domain": [low, high], "nice": False, "zero": False}}


def _line(
    names: Sequence[str], dots: list[dict[str, Any]], picture: Mapping[str, Any]
) -> tuple[dict[str, Any], str]:
    """Return the residual over one unknown, with arrows where it moves."""
    low, high = picture["lower"][0], picture["upper"][0]
    curve = [
        {"x": state[0], "f": motion[0]}
        for state, motion in zip(picture["states"], picture["motion"], strict=True)
        if motion[0] is not None
    ]
    arrows = [
        {"x": row["x"], "f": 0.0, "angle": 90 if row["f"] > 0 else 270}
        for row in curve[6::12]
        if row["f"] != 0
    ]
    x = {**field("x"), **_axis(names[0], low, high)}
    y = {**field("f"), "title": "residual"}
    rows = [{**dot, "x": dot["point"][0], "f": 0.0} for dot in dots]
    angle = {**field("angle"), "scale": {"domain": [0, 360], "range": [0, 360]}}
    look = {"shape": "triangle", "filled": True, "size": 22, "color": GREY, "opacity": 1}
    layers = [
        {"data": {"values": [{"f": 0}]}, **layer("rule", {"y": y}, {"color": GREY})},
        {"data": {"values": curve}, **layer("line", {"x": x, "y": y}, {"color": PURPLE})},
        {"data": {"values": arrows}, **layer("point", {"x": x, "y": y, "angle": angle}, look)},
        *_dot_layers(rows, dots, {"x": x, "y": y}),
    ]
    note = "Line: the residual; arrows: where the unknown tends to move."
    return {"width": WIDTH - 60, "height": 200, "layer": layers}, note


def _plane(
    names: Sequence[str], dots: list[dict[str, Any]], picture: Mapping[str, Any]
) -> tuple[dict[str, Any], str]:
    """Return the direction of motion in two unknowns, and where each is at rest."""
    low, high = picture["lower"], picture["upper"]
    x = {**field("x"), **_axis(names[0], low[0], high[0])}
    y = {**field("y"), **_axis(names[1], low[1], high[1])}
    layers: list[Any] = []
    arrows = _arrows(picture)
    if arrows:
        angle = {**field("angle"), "scale": {"domain": [0, 360], "range": [0, 360]}}
        ends = {"x": x, "y": y, "x2": {"field": "x2"}, "y2": {"field": "y2"}}
        tip = {"x": {**x, "field": "x2"}, "y": {**y, "field": "y2"}, "angle": angle}
        look = {"shape": "triangle", "filled": True, "size": 16, "color": "#a6a6a6", "opacity": 1}
        layers += [
            {"data": {"values": arrows}, **layer("rule", ends, {"color": "#bfbfbf"})},
            {"data": {"values": arrows}, **layer("point", tip, look)},
        ]
    curves = [
        {"x": a[0], "y": a[1], "x2": b[0], "y2": b[1], "curve": f"{name} at rest"}
        for name, pieces in zip(names, picture["nullclines"], strict=True)
        for a, b in pieces
    ]
    if curves:
        domain = [f"{name} at rest" for name in names]
        colour = {
            **field("curve", "nominal"),
            "title": None,
            "scale": {"domain": domain, "range": [PURPLE, ORANGE]},
        }
        ends = {"x": x, "y": y, "x2": {"field": "x2"}, "y2": {"field": "y2"}, "color": colour}
        layers.append({"data": {"values": curves}, **layer("rule", ends, {"strokeWidth": 2})})
    rows = [{**dot, "x": dot["point"][0], "y": dot["point"][1]} for dot in dots]
    layers += _dot_layers(rows, dots, {"x": x, "y": y})
    note = "Arrows: direction of the residual, all as long; lines: where one residual is zero."
    resolve = {"scale": {"color": "independent", "shape": "independent"}}
    return {"width": SIDE, "height": SIDE, "layer": layers, "resolve": resolve}, note


def _arrows(picture: Mapping[str, Any]) -> list[dict[str, float]]:
    """Return arrows of one length on the screen, their tips' angle clockwise from up."""
    low, high = picture["lower"], picture["upper"]
    spans = [b - a for a, b in zip(low, high, strict=True)]
    length = 0.55 / math.sqrt(len(picture["states"]))
    arrows = []
    for state, motion in zip(picture["states"], picture["motion"], strict=True):
        if None in motion:
            continue
        right, up = (v / span for v, span in zip(motion, spans, strict=True))
        size = math.hypot(right, up)
        if size == 0:
            continue
        right, up = right / size, up / size
        arrows.append(
            {
                "x": state[0] - 0.5 * length * right * spans[0],
                "y": state[1] - 0.5 * length * up * spans[1],
                "x2": state[0] + 0.5 * length * right * spans[0],
                "y2": state[1] + 0.5 * length * up * spans[1],
                "angle": math.degrees(math.atan2(right, up)) % 360,
            }
        )
    return arrows


def _strips(
    names: Sequence[str], dots: list[dict[str, Any]], picture: Mapping[str, Any]
) -> tuple[dict[str, Any], str]:
    """Return one strip for each unknown, between its bounds."""
    shown = list(names[:MOST_STRIPS])
    strips = []
    for k, name in enumerate(shown):
        low, high = _reach(
            [dot["point"][k] for dot in dots], picture["lower"][k], picture["upper"][k]
        )
        rows = _merged([{**dot, "x": dot["point"][k]} for dot in dots], 0.03 * (high - low))
        x = {**field("x"), **_axis(name, low, high), "axis": {"tickCount": 5, "grid": False}}
        layers = _dot_layers(rows, dots, {"x": x}) or [
            {"data": {"values": [{"x": low}]}, **layer("rule", {"x": x})}
        ]
        strips.append({"width": WIDTH - 40, "height": 34, "layer": layers})
    note = "A strip for each unknown, around its equilibria; numbers are those of the table."
    if len(names) > len(shown):
        note += f" Only the first {len(shown)} of {len(names)} unknowns are shown."
    return {"vconcat": strips, "spacing": 6}, note


def _reach(values: list[float], low: float, high: float) -> tuple[float, float]:
    """Return what a strip shows: the bounds, or closer where all points lie close together."""
    if not values or max(values) - min(values) > 0.4 * (high - low):
        return low, high
    room = 0.3 * (max(values) - min(values)) or 0.1 * (high - low)
    return max(low, min(values) - room), min(high, max(values) + room)


def _merged(rows: list[dict[str, Any]], near: float) -> list[dict[str, Any]]:
    """Return points in order, those nearer than ``near`` to the one before sharing its number."""
    made: list[dict[str, Any]] = []
    groups: list[list[dict[str, Any]]] = []
    for row in sorted(rows, key=lambda item: item["x"]):
        if groups and row["x"] - groups[-1][0]["x"] < near:
            groups[-1].append(row)
        else:
            groups.append([row])
    for group in groups:
        numbers = sorted(int(row["number"]) for row in group)
        said = ", ".join(map(str, numbers)) if len(numbers) <= 3 else f"{len(numbers)} of them"
        made.append({**group[0], "number": said})
        made += [{**row, "number": ""} for row in group[1:]]
    return made
