"""Who makes what: each participant's share of every activity's output, by scenario."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from workshare.reports.figures.figure import Figure
from workshare.reports.figures.style import (
    EMPTY,
    LABEL_LINES,
    LABEL_OFFSET,
    WIDTH,
    field,
    layer,
    statement,
    two_lines,
)
from workshare.reports.tables import make_table
from workshare.reports.view import Record, View, view
from workshare.reports.words import listed, number, percent, plural, shortened

MOST_COLUMNS = 12
"""Participants stand in columns up to this number, in rows beyond it."""


def who_makes_what(result: Any, scenarios: Sequence[str] | None = None) -> Figure:
    """Return the grid of participants and activities, one panel per scenario.

    Parameters
    ----------
    result : a result record, dictionary or view.
    scenarios : names of the outcomes shown; by default the uncoordinated one and least cost.
    """
    seen = view(result)
    shown = _chosen(seen, scenarios)
    rows = [row for outcome in shown for row in _shares(seen, outcome)]
    columns = (
        ("scenario", "", "text"),
        ("participant", "", "text"),
        ("activity", "", "text"),
        ("activity name", "", "text"),
        ("output", "units/yr", "number"),
        ("unit", "", "text"),
        ("share of the region's output", "share", "number"),
    )
    cells = [
        [row[key] for key in ("scenario", "participant", "activity", "name", *_AMOUNTS)]
        for row in rows
    ]
    return Figure(
        name="who-makes-what" if scenarios is None else "who-makes-what-all",
        title=_title(seen, shown, rows),
        alternative_text=_words(rows, shown, seen),
        note=(
            "A tile is a participant's share, in per cent, of what the region makes by an "
            "activity; darker is more; an empty tile means nothing. Shares add up to 100 in each "
            "activity, up to rounding. 'idle' marks a plant that stands and makes nothing."
        ),
        table=make_table("who_makes_what", "Who makes what", columns, cells),
        specification=_picture(seen, shown, rows) if rows else statement(["No plant runs."]),
    )


_AMOUNTS = ("output", "unit", "share")


def _chosen(seen: View, scenarios: Sequence[str] | None) -> list[Record]:
    """Return the outcomes asked for, in the order of the result."""
    if scenarios is None:
        wanted = [seen.uncoordinated, seen.lead]
        return [outcome for outcome in wanted if outcome is not None]
    names = set(scenarios)
    return [outcome for outcome in seen.full_outcomes if outcome["name"] in names]


def _shares(seen: View, outcome: Record) -> list[Record]:
    """Return one row per participant and activity that has plants in an outcome."""
    output: dict[tuple[str, str], float] = {}
    for plant in outcome.get("plants") or []:
        key = (plant["activity"], plant["participant"])
        output[key] = output.get(key, 0.0) + (plant.get("output") or 0.0)
    rows = []
    for (activity, participant), amount in output.items():
        whole = sum(value for (other, _), value in output.items() if other == activity)
        rows.append(
            {
                "scenario": seen.outcome_title(outcome),
                "outcome": str(outcome["name"]),
                "participant": participant,
                "activity": activity,
                "name": seen.name("activities", activity),
                "output": amount,
                "unit": seen.activity_unit.get(activity, ""),
                "share": amount / whole if whole > 0 else None,
                "label": _label(amount, whole),
            }
        )
    order = {code: position for position, code in enumerate(seen.participants)}
    return sorted(rows, key=lambda row: (row["activity"], order.get(row["participant"], 0)))


def _label(amount: float, whole: float) -> str:
    if whole <= 0 or amount / whole < 1e-9:
        return "idle"
    share = 100 * amount / whole
    return "<1" if share < 1 else f"{share:.0f}"


def _title(seen: View, shown: Sequence[Record], rows: Sequence[Record]) -> str:
    lead = seen.lead
    names = [outcome["name"] for outcome in shown]
    if lead is None or lead["name"] not in names or not rows:
        return "Who makes what, by scenario"
    mine = [row for row in rows if row["outcome"] == lead["name"] and row["output"] > 0]
    makers = sorted({row["participant"] for row in mine}, key=seen.participants.index)
    if len(makers) == len(seen.participants) > 1:
        text = f"All {len(makers)} participants make something at least cost"
    else:
        names_of = [shortened(seen.name("participants", code), 24) for code in makers]
        verb = "makes" if len(makers) == 1 else "make"
        text = f"{listed(names_of, 4)} {verb} everything that the region makes at least cost"
    alone = {a for a in {r["activity"] for r in mine} if _makers(mine, a) == 1}
    if not alone:
        return text
    return f"{text}; {plural(len(alone), 'activity', 'activities')} in one participant only"


def _makers(rows: Sequence[Record], activity: str) -> int:
    return len({row["participant"] for row in rows if row["activity"] == activity})


def _words(rows: Sequence[Record], shown: Sequence[Record], seen: View) -> str:
    if not rows:
        return "No plant runs in the scenarios shown."
    lead = seen.lead or shown[0]
    top = [row for row in rows if row["outcome"] == lead["name"] and (row["share"] or 0) >= 0.5]
    parts = [
        f"{row['participant']} makes {percent(row['share'], 2)} of {row['name']} "
        f"({number(row['output'], 3)} {row['unit']} per year)"
        for row in top
    ]
    panels = listed([seen.outcome_title(outcome) for outcome in shown], 4)
    start = f"Grid of participants and activities for {panels}."
    return f"{start} At {seen.outcome_title(lead).lower()}: {'; '.join(parts)}." if parts else start


def _picture(seen: View, shown: Sequence[Record], rows: Sequence[Record]) -> dict[str, Any]:
    """Return one panel per scenario, stacked; all have the same rows and columns."""
    activities = _activity_order(seen, rows)
    codes = list(seen.participants)
    wide = len(codes) <= MOST_COLUMNS
    labels = two_lines(
        {code: seen.name("activities", code) for code in activities}, 19 if wide else 30
    )
    named = {code: labels.get(code, code) for code in [*activities, *codes]}
    across, down = (codes, activities) if wide else (activities, codes)
    ends = ("participant", "activity") if wide else ("activity", "participant")
    left = 118 if wide else 60
    step = max(18, min(40, (WIDTH - left) // max(len(across), 1)))
    # white lines between bands on a light panel make the empty tiles: far fewer marks to draw
    axis: dict[str, Any] = {
        "title": None,
        "domain": False,
        "ticks": False,
        "labelOverlap": False,
        "grid": True,
    }
    axis |= {"tickBand": "extent", "gridColor": "white", "gridWidth": 1.5}
    top = {**axis, "orient": "top", "labelAngle": 0 if wide else -60, "labelLimit": 150}
    side = {**axis, "labelLimit": left - 6, "labelExpr": LABEL_LINES}
    side["labelOffset"] = LABEL_OFFSET
    two = any("\n" in named[code] for code in down)
    order_x, order_y = [named[code] for code in across], [named[code] for code in down]
    frame: dict[str, Any] = {
        "width": {"step": step},
        "height": {"step": 28 if two else 21},
        "view": {"fill": EMPTY, "stroke": None},
        "encoding": {
            "x": field(ends[0], "nominal", sort=order_x, scale={"domain": order_x}, axis=top),
            "y": field(ends[1], "nominal", sort=order_y, scale={"domain": order_y}, axis=side),
        },
    }
    panels = []
    for outcome in shown:
        mine = [_tile(row, named) for row in rows if row["outcome"] == outcome["name"]]
        panels.append(_panel(seen.outcome_title(outcome), mine, frame))
    return {"vconcat": panels}


def _tile(row: Record, named: dict[str, str]) -> Record:
    """Return what one tile needs: where it stands, its share and what is written on it."""
    ends = {end: named.get(row[end], row[end]) for end in ("participant", "activity")}
    return {**ends, "share": row["share"] or 0.0, "label": row["label"]}


def _panel(title: str, tiles: Sequence[Record], frame: dict[str, Any]) -> dict[str, Any]:
    """Return one grid: filled tiles, and the share written on each."""
    colour = field("share", legend=None) | {
        "scale": {"scheme": "viridis", "reverse": True, "domain": [0, 1]},
    }
    dark = {"condition": {"test": "datum.share > 0.56", "value": "white"}, "value": "black"}
    words = {"text": field("label", "nominal"), "color": dark}
    filled = [tile for tile in tiles if tile["label"] != "idle"]
    return {
        **frame,
        "title": {"text": shortened(title, 56)},
        "layer": [
            {
                "data": {"values": filled},
                **layer("rect", {"color": colour}, {"stroke": "white", "strokeWidth": 1.5}),
            },
            {"data": {"values": tiles}, **layer("text", words, {"fontSize": 11})},
        ],
    }


def _activity_order(seen: View, rows: Sequence[Record]) -> list[str]:
    """Return the activities that run anywhere, in the region's order (along the chain)."""
    used = {row["activity"] for row in rows}
    known = [row["id"] for row in seen.region.get("activities") or [] if row["id"] in used]
    return [*known, *sorted(used - set(known))]
