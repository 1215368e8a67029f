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
from workshare.reports.sentences import play_sentence
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
            "over: bound = coordinated + (proven bound - value). Equilibria are those found; there "
            "may be others. An isolated value is worked out while the others stay as they are "
            "today, so the isolated values may be more than all can have at once."
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
    """Return the finding of the waterfall: what acting apart loses and coordinating wins back."""
    levels = {step["step"]: step["high"] for step in steps}
    if not {"isolated", "uncoordinated", "coordinated"} <= set(levels):
        return headline_sentence(seen)
    alone, apart, best = (levels[step] for step in ("isolated", "uncoordinated", "coordinated"))
    scale = max(abs(alone), abs(best), 1.0)
    won = money(best - apart, seen.currency)
    if apart < alone - SAME * scale and best > apart:
        lost = money(alone - apart, seen.currency)
        more = ", more than all of it" if best > alone + SAME * scale else ""
        return (
            f"Acting all at once loses {lost} against isolated; coordinating wins back {won}{more}"
        )
    if abs(apart - alone) <= SAME * scale and best > apart:
        return f"Acting all at once is worth no more than isolated; coordinating adds {won}"
    changes = [money(level - alone, seen.currency, signed=True) for level in (apart, best)]
    return f"Against isolated, uncoordinated is worth {changes[0]}; coordinated {changes[1]}"


def waterfall_steps(seen: View) -> list[Record]:
    """Return the steps that are known, in order; levels in M per year, regional account."""
    levels: list[tuple[str, float | None, float | None, str]] = []
    alone = seen.isolated_total
    levels.append(("isolated", alone, alone, "sum of national values, each participant alone"))
    value = (seen.uncoordinated or {}).get("value")
    levels.append(("uncoordinated", value, value, "all act at once on their own interest"))
    found = [e["value"] for e in seen.equilibria if is_number(e.get("value"))]
    low, high = (min(found), max(found)) if found else (None, None)
    meaning = "range of the equilibria found" if found else play_sentence(seen)
    levels.append(("equilibria", low, high, meaning))
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
            if step == "equilibria" and seen.nash and before is not None:
                steps.append(_no_equilibria(before, meaning))
            continue
        difference = None if before is None or step == "equilibria" else high - before
        row = {"step": step, "low": low, "high": high, "before": before, "meaning": meaning}
        steps.append({**row, "difference": difference})
        before = before if step == "equilibria" else high
    return steps


def _no_equilibria(before: float, meaning: str) -> Record:
    """Return the step that says that play settled nowhere; it has no level."""
    row = {"step": "equilibria", "low": None, "high": None, "before": before}
    return {**row, "difference": None, "meaning": meaning}


def _words(seen: View, steps: list[Record]) -> str:
    if not steps:
        return _NONE
    parts = []
    for step in steps:
        if step["high"] is None:
            parts.append(f"equilibria: none. {step['meaning'].removesuffix('.')}")
            continue
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
        if step["high"] is None:  # nothing to draw: the words stand where the bar would begin
            start = step["before"]
            step = {**step, "high": start, "low": start, "none": True}
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
    size = abs(base) or 1.0
    room = high - low if high - low > SAME * size else 0.01 * size  # rounding is not drawn large
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
    solid = [row for row in rows if row["text"] != "play does not settle"]
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
            {"data": {"values": solid}, **layer("bar", bar, {"height": 20})},
            {
                "data": {"values": solid},
                **layer("tick", tick, {"color": TEXT, "thickness": 2, "size": 26}),
            },
            {"data": {"values": rows}, **layer("text", text, {"align": "left", "dx": 5})},
        ],
    }


def _label(step: Record) -> str:
    """Return a row's name on two lines: the step and its level."""
    if step.get("none"):
        return f"{step['step']}\nnone found"
    level = number(step["high"])
    if step["low"] != step["high"]:
        level = f"{number(step['low'])} to {level}"
    return f"{step['step']}\n{level}"


def _bar_text(step: Record) -> str:
    """Return what a bar adds to the step before; for equilibria, to the uncoordinated value."""
    before = step["before"]
    if step.get("none"):
        return "play does not settle"
    if before is None:
        return "start"
    change = step["high"] - before
    high = "+0" if abs(change) < SAME * abs(before) else short(change, signed=True)
    if step["low"] == step["high"]:
        return high
    return f"{short(step['low'] - before, signed=True)} to {high}"
