"""Convergence: how the bound and the best value known closed in on each other, round by round."""

from __future__ import annotations

from typing import Any

from workshare.reports.figures.figure import Figure
from workshare.reports.figures.style import (
    BLUE,
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

LINES = ("bound", "value")
COLOURS = (VERMILION, BLUE)
DASHES = ([6, 3], [1, 0])


def convergence(result: Any) -> Figure:
    """Return bound and value by round."""
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
            "labour is worth more. The value is that of the best combination of the answers known "
            "after the round; while plans may still be mixed it can stand above the best division "
            "of whole plants, and the last round is the division found."
        ),
        table=make_table("convergence", "Bound and value by round", columns, table.rows),
        specification=_picture(seen, points) if points else statement([_NONE]),
    )


_NONE = "No rounds are recorded."


def _points(seen: View) -> list[Record]:
    return [
        {"round": row["round"], "line": line, "amount": row[line]}
        for row in seen.data.get("convergence") or []
        for line in LINES
        if is_number(row.get(line))
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
    for line in LINES:
        mine = [point for point in points if point["line"] == line]
        if mine:
            first, last = mine[0], mine[-1]
            parts.append(
                f"{line} from {number(first['amount'])} in round {first['round']} to "
                f"{number(last['amount'])} in round {last['round']}"
            )
    return f"Two lines by round, {seen.money_unit}: {'; '.join(parts)}."


def _picture(seen: View, points: list[Record]) -> dict[str, Any]:
    """Return two stepped lines, each named at its end as well as in the legend."""
    domain = list(LINES)
    axis = {"title": None, "tickCount": 5, "format": ",~r"}
    rounds = [point["round"] for point in points]
    x_axis = {"title": "round of prices", "format": "d", "tickMinStep": 1, "grid": False}
    x_scale = {"domain": [min(rounds) - 0.2, max(rounds) + 0.2], "nice": False}
    colour = {"scale": {"domain": domain, "range": list(COLOURS)}}
    dash = {"scale": {"domain": domain, "range": list(DASHES)}}
    legend = {"title": seen.money_unit, "columns": 2, "symbolType": "stroke"}
    encoding = {
        "x": field("round", axis=x_axis, scale=x_scale),
        "y": field("amount", axis=axis, scale={"domain": _window(points), "nice": False}),
        "color": field("line", "nominal", legend=legend, **colour),
    }
    line = {**encoding, "strokeDash": field("line", "nominal", legend=legend, **dash)}
    return {
        "width": WIDTH - 60,
        "height": 170,
        "data": {"values": points},
        "layer": [
            layer("line", line, {"interpolate": "step-after", "clip": True, "strokeWidth": 2}),
            layer("point", encoding, {"filled": True, "size": 22, "clip": True, "opacity": 1}),
        ],
    }


def _window(points: list[Record]) -> list[float]:
    """Return the range drawn: wild first rounds are cut so that the last ones can be read.

    The window spans ten times the range of the last half of the rounds, or everything if less.
    """
    amounts = [point["amount"] for point in points]
    rounds = sorted({point["round"] for point in points})
    late = rounds[len(rounds) // 2]
    tail = [point["amount"] for point in points if point["round"] >= late]
    low, high = min(tail), max(tail)
    span = max(high - low, 1e-9 * max(abs(high), 1.0))
    low, high = max(min(amounts), low - 10 * span), min(max(amounts), high + 10 * span)
    room = 0.05 * (high - low) or 1.0
    return [low - room, high + room]
