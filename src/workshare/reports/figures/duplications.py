"""Duplications: fixed cost spent uncoordinated beyond what the same output needs."""

from __future__ import annotations

from typing import Any

from workshare.reports.figures.figure import Figure
from workshare.reports.figures.style import (
    BLUE,
    ORANGE,
    QUIET,
    WIDTH,
    field,
    layer,
    number_axis,
    statement,
)
from workshare.reports.tables import make_table
from workshare.reports.view import Record, View, view
from workshare.reports.words import listed, money, plural, short, shortened

KINDS = ("needed", "duplicated")
COLOURS = (BLUE, ORANGE)


def duplications(result: Any) -> Figure:
    """Return the bars of needed and duplicated fixed cost by activity, uncoordinated."""
    seen = view(result)
    rows = _rows(seen)
    unit = seen.money_unit
    columns = (
        ("activity", "", "text"),
        ("who builds it", "", "text"),
        ("plants", "", "text"),
        ("fixed cost spent", unit, "number"),
        ("fixed cost needed", unit, "number"),
        ("duplicated", unit, "number"),
    )
    cells = [
        (r["activity"], r["makers"], r["plants"], r["spent"], r["needed"], r["extra"]) for r in rows
    ]
    drawn = [row for row in rows if row["needed"] is not None and row["extra"] is not None]
    none = "No fixed cost is spent twice when nobody coordinates."
    if seen.uncoordinated is None:
        none = "The uncoordinated outcome is not available."
    return Figure(
        name="duplications",
        title=_title(seen, rows),
        alternative_text=_words(seen, rows) if rows else none,
        note=(
            "When uncoordinated: yearly fixed cost (capital annualised) of the plants built, "
            "split into what the same regional output would need with the cheapest set of plants "
            "and what is spent beyond it."
        ),
        table=make_table("duplications", "Duplicated fixed cost", columns, cells),
        specification=_picture(seen, drawn) if drawn else statement([none]),
    )


def _rows(seen: View) -> list[Record]:
    rows = [
        {
            "activity": seen.name("activities", row["activity"]),
            "makers": "; ".join(str(code) for code in row.get("participants") or []),
            "plants": "; ".join(_plant(plant) for plant in row.get("plants") or []),
            "count": len(row.get("participants") or []),
            "spent": row.get("fixed_cost"),
            "needed": row.get("needed_fixed_cost"),
            "extra": row.get("extra"),
        }
        for row in (seen.uncoordinated or {}).get("duplications") or []
    ]
    return sorted(rows, key=lambda row: -(row["extra"] or 0.0))


def _plant(plant: Any) -> str:
    """Return a plant in words, whether the result names it by a text or by its record."""
    if not isinstance(plant, dict):
        return str(plant)
    known = [str(plant[key]) for key in ("number", "place", "size") if plant.get(key) is not None]
    return " ".join(known)


def _title(seen: View, rows: list[Record]) -> str:
    if seen.uncoordinated is None:
        return "Duplications are not available"
    extra = sum(row["extra"] or 0.0 for row in rows)
    if not rows or extra <= 0:
        return "Uncoordinated plans duplicate nothing"
    first = shortened(rows[0]["activity"], 40)
    count = plural(len(rows), "activity", "activities")
    text = f"Uncoordinated plans duplicate {money(extra, seen.currency)} of fixed cost in {count}"
    return f"{text}, most of it in {first.lower()}" if len(rows) > 1 else f"{text}: {first.lower()}"


def _words(seen: View, rows: list[Record]) -> str:
    parts = [
        f"{row['activity']}: {money(row['extra'], seen.currency)} duplicated of "
        f"{money(row['spent'], seen.currency)} spent, by {row['makers'] or 'unnamed parties'}"
        for row in rows
    ]
    return f"Bars of fixed cost by activity. {listed(parts, 8)}."


def _picture(seen: View, rows: list[Record]) -> dict[str, Any]:
    """Return stacked bars; the row says who builds, the bar's end says how much is duplicated."""
    order = [shortened(row["activity"], 26) for row in rows]
    data = [
        {"row": shortened(row["activity"], 26), "kind": kind, "from": start, "to": start + amount}
        for row in rows
        for kind, start, amount in (
            ("needed", 0.0, row["needed"]),
            ("duplicated", row["needed"], row["extra"]),
        )
    ]
    ends = [
        {
            "row": shortened(row["activity"], 26),
            "end": row["needed"] + row["extra"],
            "text": f"{short(row['extra'], signed=True)}: {_who(row)}",
        }
        for row in rows
    ]
    high = max((row["needed"] + row["extra"] for row in rows), default=1.0) or 1.0
    scale = {"domain": [0, high * 1.02], "nice": False}
    axis = number_axis(f"yearly fixed cost, {seen.money_unit}", high)
    y = field("row", "nominal", sort=order, axis={"title": None, "labels": False, "ticks": False})
    colour = field("kind", "nominal", legend={"title": None, "columns": 2}) | {
        "scale": {"domain": list(KINDS), "range": list(COLOURS)}
    }
    bar = {"x": field("from", axis=axis, scale=scale), "x2": {"field": "to"}, "y": y}
    name = {"x": {"value": 3}, "y": y, "text": field("row", "nominal")}
    who = {"x": {"value": WIDTH - 12}, "y": y, "text": field("text", "nominal")}
    above = {"dy": -15, "baseline": "middle"}
    return {
        "width": WIDTH - 10,
        "height": {"step": 44},
        "layer": [
            {
                "data": {"values": data},
                **layer("bar", {**bar, "color": colour}, {"height": 15, "yOffset": 7}),
            },
            {
                "data": {"values": ends},
                **layer("text", name, {"align": "left", "fontWeight": "bold", **above}),
            },
            {
                "data": {"values": ends},
                **layer("text", who, {"align": "right", "color": QUIET, **above}),
            },
        ],
    }


def _who(row: Record) -> str:
    makers = [shortened(code, 10) for code in row["makers"].split("; ") if code]
    return listed(makers, 5) if makers else "not named"
