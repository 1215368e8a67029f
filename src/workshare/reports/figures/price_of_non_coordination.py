"""The price of non-coordination as a waterfall, from isolated to the bound."""

from __future__ import annotations

import itertools
from typing import Any

from workshare.reports.figures.figure import Figure
from workshare.reports.figures.style import (
    BLUE,
    GREY,
    LABEL_LINES,
    LABEL_OFFSET,
    ORANGE,
    PURPLE,
    QUIET,
    SKY,
    TEXT,
    WIDTH,
    field,
    layer,
    number_axis,
    statement,
)
from workshare.reports.plain import SAME
from workshare.reports.tables import make_table
from workshare.reports.view import Record, View, view
from workshare.reports.words import is_number, money, number, percent, short

COLOURS = {
    "isolated": GREY,
    "uncoordinated": ORANGE,
    "equilibria": PURPLE,
    "coordinated": BLUE,
    "bound": SKY,
}
NAME_WIDTH = 100


def price_of_non_coordination(result: Any) -> Figure:
    """Return the waterfall: isolated, uncoordinated, range of equilibria, coordinated, bound."""
    seen = view(result)
    steps = waterfall_steps(seen)
    unit = seen.money_unit
    columns = (
        ("step", "", "text"),
        ("level from", unit, "number"),
        ("level to", unit, "number"),
        ("difference from the step before", unit, "number"),
        ("meaning", "", "text"),
    )
    cells = [(s["step"], s["low"], s["high"], s["difference"], s["meaning"]) for s in steps]
    return Figure(
        name="price-of-non-coordination",
        title=_title(seen, steps),
        alternative_text=_words(seen, steps),
        note=(
            "Regional value = sum of national values plus what falls on nobody, tariff revenue "
            "included. Bars start where the outcome before them ends. The bound is proven in the "
            "market account (tariffs are a cost there); what could still be gained is carried "
            "over: bound = coordinated + (proven bound - value). Equilibria are those found, and "
            "there may be others unless their status says certified."
        ),
        table=make_table("price_of_non_coordination", "From isolated to the bound", columns, cells),
        specification=_picture(seen, steps) if len(steps) > 1 else statement([_NONE]),
    )


_NONE = "The outcomes to compare with are not available."


def headline_sentence(seen: View) -> str:
    """Return the price of non-coordination in one sentence."""
    value, share = seen.price["value"], seen.price["share_of_gdp"]
    if not is_number(value):
        return "The price of non-coordination is not available"
    scale = max(abs(value), abs(seen.data.get("value") or 0.0), 1.0)
    if abs(value) <= 1e-9 * scale:
        return "Not coordinating costs nothing here: the price of non-coordination is zero"
    tail = f", {percent(abs(share), 2)} of GDP" if is_number(share) else ""
    if value < 0:
        more = money(-value, seen.currency)
        return f"Not coordinating is worth {more} more than least cost{tail} (regional account)"
    return f"Not coordinating costs the region {money(value, seen.currency)}{tail}"


def _title(seen: View, steps: list[Record]) -> str:
    """Return the finding of the waterfall: what two ways of acting are worth against isolated."""
    levels = {step["step"]: step["high"] for step in steps}
    if not {"isolated", "uncoordinated", "coordinated"} <= set(levels):
        return headline_sentence(seen)
    apart, together = (
        money(levels[step] - levels["isolated"], seen.currency, signed=True)
        for step in ("uncoordinated", "coordinated")
    )
    return f"Against isolated, uncoordinated is worth {apart}; coordinated {together}"


def waterfall_steps(seen: View) -> list[Record]:
    """Return the steps that are known, in order; levels in M per year, regional account."""
    levels: list[tuple[str, float | None, float | None, str]] = []
    alone = seen.isolated_total
    levels.append(("isolated", alone, alone, "sum of national values, each participant alone"))
    value = (seen.uncoordinated or {}).get("value")
    levels.append(("uncoordinated", value, value, "all act at once on their own interest"))
    found = [e["value"] for e in seen.equilibria if is_number(e.get("value"))]
    low, high = (min(found), max(found)) if found else (None, None)
    levels.append(("equilibria", low, high, "range of the equilibria found"))
    best = (seen.coordinated or {}).get("value")
    levels.append(("coordinated", best, best, "the least-cost division of labour"))
    slack = seen.data.get("gap_absolute")
    if not is_number(slack) and is_number(seen.data["value"]) and is_number(seen.data["bound"]):
        slack = seen.data["bound"] - seen.data["value"]
    top = best + slack if is_number(best) and is_number(slack) else None
    levels.append(("bound", top, top, "no division of labour can exceed it"))
    steps: list[Record] = []
    before: float | None = None
    for step, low, high, meaning in levels:
        if not is_number(low) or not is_number(high):
            continue
        difference = None if before is None or step == "equilibria" else high - before
        row = {"step": step, "low": low, "high": high, "before": before, "meaning": meaning}
        steps.append({**row, "difference": difference})
        before = before if step == "equilibria" else high
    return steps


def _words(seen: View, steps: list[Record]) -> str:
    if not steps:
        return _NONE
    parts = []
    for step in steps:
        level = money(step["high"], seen.currency)
        if step["low"] != step["high"]:
            level = f"{money(step['low'], seen.currency)} to {level}"
        parts.append(f"{step['step']} {level}")
    return f"Waterfall of regional values: {'; '.join(parts)}."


def _picture(seen: View, steps: list[Record]) -> dict[str, Any]:
    """Return bars measured from the first level, so that differences are visible."""
    base = steps[0]["low"]
    rows = []
    for step in steps:
        start = step["low"] if step["step"] == "equilibria" else step["before"]
        start = base if start is None else start
        rows.append(
            {
                "step": _label(step),
                "from": start - base,
                "to": step["high"] - base,
                "left": min(start, step["high"]) - base,
                "right": max(start, step["high"]) - base,
                "key": step["step"],
                "text": _bar_text(step),
            }
        )
    low = min(min(row["from"], row["to"]) for row in rows)
    high = max(max(row["from"], row["to"]) for row in rows)
    room = (high - low) or 1.0
    scale = {"domain": [low - 0.05 * room, high + 0.24 * room], "nice": False}
    order = [row["step"] for row in rows]
    largest = max(abs(low), abs(high))
    axis = number_axis(f"change from {steps[0]['step']}, {seen.money_unit}", largest)
    x = field("from", axis=axis, scale=scale)
    side = {"title": None, "ticks": False, "domain": False, "labelLimit": NAME_WIDTH}
    y = field("step", "nominal", sort=order, scale={"domain": order})
    y["axis"] = {**side, "labelExpr": LABEL_LINES, "labelOffset": LABEL_OFFSET}
    domain = [row["key"] for row in rows]
    colours = {"domain": domain, "range": [COLOURS[key] for key in domain]}
    colour = field("key", "nominal", legend=None, scale=colours)
    bar = {"x": x, "x2": {"field": "to"}, "y": y, "color": colour}
    tick = {"x": field("to", axis=axis, scale=scale), "y": y}
    text = {"x": field("right", axis=axis, scale=scale), "y": y, "text": field("text", "nominal")}
    chain = [row for row in rows if row["key"] != "equilibria"]
    links = [
        {"step": one["step"], "end": other["step"], "to": one["to"]}
        for one, other in itertools.pairwise(chain)
    ]
    link = {"x": field("to", scale=scale), "y": y, "y2": {"field": "end"}}
    return {
        "width": WIDTH - NAME_WIDTH,
        "height": {"step": 36},
        "layer": [
            {
                "data": {"values": links},
                **layer("rule", link, {"color": QUIET, "strokeDash": [2, 3]}),
            },
            {"data": {"values": rows}, **layer("bar", bar, {"height": 20})},
            {
                "data": {"values": rows},
                **layer("tick", tick, {"color": TEXT, "thickness": 2, "size": 26}),
            },
            {"data": {"values": rows}, **layer("text", text, {"align": "left", "dx": 5})},
        ],
    }


def _label(step: Record) -> str:
    """Return a row's name on two lines: the step and its level."""
    level = number(step["high"])
    if step["low"] != step["high"]:
        level = f"{number(step['low'])} to {level}"
    return f"{step['step']}\n{level}"


def _bar_text(step: Record) -> str:
    """Return what a bar adds to the step before; for equilibria, to the uncoordinated value."""
    before = step["before"]
    if before is None:
        return "start"
    change = step["high"] - before
    high = "+0" if abs(change) < SAME * abs(before) else short(change, signed=True)
    if step["low"] == step["high"]:
        return high
    return f"{short(step['low'] - before, signed=True)} to {high}"
