"""Convergence: how the bound and the best values known closed in on each other, by round."""

from __future__ import annotations

from typing import Any

from workshare.reports.figures.figure import Figure
from workshare.reports.figures.style import (
    BLUE,
    SKY,
    VERMILION,
    WIDTH,
    field,
    layer,
    statement,
)
from workshare.reports.plain import SAME
from workshare.reports.tables import convergence as convergence_table
from workshare.reports.tables import make_table
from workshare.reports.view import Record, View, view
from workshare.reports.words import is_number, money, number, percent, plural

LINES = {
    "bound": "bound",
    "convexified": "value with mixed plans",
    "value": "value of whole plants",
}
COLOURS = (VERMILION, SKY, BLUE)
DASHES = ([6, 3], [2, 2], [1, 0])


def convergence(result: Any) -> Figure:
    """Return bound, value with mixed plans and value of whole plants by round."""
    seen = view(result)
    table = convergence_table(seen)
    points = _points(seen)
    columns = [(column.name, column.unit, column.kind) for column in table.columns]
    return Figure(
        name="convergence",
        title=_title(seen),
        alternative_text=_words(seen, points),
        note=(
            "Market account. The bound is proven from the participants' answers: no division of "
            "labour is worth more. The value with mixed plans is that of the best combination of "
            "the answers known after the round, in which half a plant is possible: it can stand "
            "above every real division. Diamonds are divisions of whole plants, found at the end."
        ),
        table=make_table("convergence", "Bound and value by round", columns, table.rows),
        specification=_picture(seen, points) if points else statement([_NONE]),
    )


_NONE = "No rounds are recorded."


def _points(seen: View) -> list[Record]:
    return [
        {"round": row["round"], "line": words, "amount": row[key]}
        for row in seen.data.get("convergence") or []
        for key, words in LINES.items()
        if is_number(row.get(key))
    ]


def _title(seen: View) -> str:
    rounds = len(seen.data.get("convergence") or [])
    gap, slack = seen.data["gap"], seen.data.get("gap_absolute")
    if not is_number(gap):
        return "How far the value is from the bound is not available"
    times = f"After {plural(rounds, 'round')}, the" if rounds else "The"
    if abs(gap) < SAME:
        return f"{times} value meets the bound: nothing better exists"
    size = f" ({money(slack, seen.currency)})" if is_number(slack) else ""
    return f"{times} value is within {percent(gap, 2)} of the bound{size}"


def _words(seen: View, points: list[Record]) -> str:
    if not points:
        return _NONE
    parts = []
    for words in LINES.values():
        mine = [point for point in points if point["line"] == words]
        if mine:
            first, last = mine[0], mine[-1]
            parts.append(
                f"{words} from {number(first['amount'])} in round {first['round']} to "
                f"{number(last['amount'])} in round {last['round']}"
            )
    return f"Lines and points by round, {seen.money_unit}: {'; '.join(parts)}."


def _picture(seen: View, points: list[Record]) -> dict[str, Any]:
    """Return two stepped lines, and the divisions of whole plants as points."""
    names = list(LINES.values())
    domain = [name for name in names if any(point["line"] == name for point in points)]
    axis = {"title": None, "tickCount": 5, "format": ",~r"}
    rounds = [point["round"] for point in points]
    x_axis = {"title": "round of prices", "format": "d", "tickMinStep": 1, "grid": False}
    x_scale = {"domain": [min(rounds) - 0.2, max(rounds) + 0.2], "nice": False}
    legend = {"title": seen.money_unit, "columns": 2, "symbolType": "stroke"}

    def look(options: Any) -> dict[str, Any]:
        return {
            "scale": {"domain": domain, "range": [options[names.index(n)] for n in domain]},
            "legend": legend,
        }

    encoding = {
        "x": field("round", axis=x_axis, scale=x_scale),
        "y": field("amount", axis=axis, scale={"domain": _window(points), "nice": False}),
        "color": field("line", "nominal", **look(COLOURS)),
    }
    line = {**encoding, "strokeDash": field("line", "nominal", **look(DASHES))}
    whole = [point for point in points if point["line"] == LINES["value"]]
    mixed = [point for point in points if point["line"] != LINES["value"]]
    dot = {"filled": True, "clip": True, "opacity": 1}
    diamond = {**dot, "shape": "diamond", "size": 90}
    return {
        "width": WIDTH - 60,
        "height": 170,
        "layer": [
            {
                "data": {"values": points},
                **layer("line", line, {"interpolate": "step-after", "clip": True}),
            },
            {"data": {"values": mixed}, **layer("point", encoding, {**dot, "size": 22})},
            {"data": {"values": whole}, **layer("point", encoding, diamond)},
        ],
    }


def _window(points: list[Record]) -> list[float]:
    """Return the range drawn: wild first rounds are cut so that the last ones can be read.

    The window reaches three times the range of the last half of the rounds beyond it.
    """
    amounts = [point["amount"] for point in points]
    rounds = sorted({point["round"] for point in points})
    late = rounds[len(rounds) // 2]
    tail = [point["amount"] for point in points if point["round"] >= late]
    low, high = min(tail), max(tail)
    span = max(high - low, 1e-9 * max(abs(high), 1.0))
    low, high = max(min(amounts), low - 3 * span), min(max(amounts), high + 3 * span)
    room = 0.05 * (high - low) or 1.0
    return [low - room, high + room]
